// A session of Windows' run-time, call by call and pointer by pointer, for the probes. The run-time is loaded
// from System32, and never unloaded. Each session on one thread at a time, which has called Enter.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "native/abi/enums.h"
#include "native/probe/json.h"
#include "native/supplicant/runtime_table.h"

namespace eaphost::probe {

using Octets = std::vector<abi::BYTE>;

// The functions of eappprxy.dll and eappcfg.dll.
extern supplicant::RuntimeTable functions;

// The logging method (method.cc).
inline constexpr abi::EAP_METHOD_TYPE kMethod{{254, 99999, 5}, 99999};

Octets IdentityRequest();
Octets Request(abi::BYTE id);
Octets Success(abi::BYTE id);
Octets Failure(abi::BYTE id);

// What a call came to; its EAP_ERROR is freed.
struct Outcome {
  abi::DWORD code = 0;
  abi::DWORD reason = 0;
  bool has_error = false;

  std::string json() const;
};
Outcome Call(const std::function<abi::DWORD(abi::EAP_ERROR**)>& call);

// EapHostPeerInitialize on this thread, until the end of the object.
class Entered {
 public:
  Entered();
  ~Entered();
  Entered(const Entered&) = delete;
  Entered& operator=(const Entered&) = delete;
  abi::DWORD code() const { return code_; }

 private:
  abi::DWORD code_;
};

// What a run-time gave a pointer to, as it was then.
struct Given {
  const char* what = "";
  const void* address = nullptr;
  Octets copy;

  // "same", "changed" or "unreadable".
  const char* Now() const;
};

class Session {
 public:
  struct Options {
    std::string script{};
    std::string user = "alice";
    abi::DWORD max_packet = 1400;
    const abi::GUID* connection = nullptr;
    abi::NotificationHandler handler = nullptr;
    void* context = nullptr;
    abi::DWORD flags = 0;
    abi::HANDLE token = nullptr;
    abi::EAP_METHOD_TYPE method = kMethod;
  };

  Session() = default;
  ~Session();
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  Outcome Begin(const Options& options);
  // `action` is an EapHostPeerResponseAction, or -1 where the call failed.
  Outcome Process(const Octets& packet, int* action);
  Outcome SendPacket(Given* given);
  Outcome UiContext(Given* given);
  Outcome SetUiContext(const std::string& answer, int* action);
  Outcome Attributes(Given* given);
  Outcome SetAttributes(int* action);
  // Its EAP_ERROR is freed.
  Outcome Result(abi::EapHostPeerMethodResultReason reason, abi::EapHostPeerMethodResult* result);
  Outcome Status(Given* given);
  Outcome End();

  abi::EAP_SESSIONID id() const { return id_; }

 private:
  abi::EAP_SESSIONID id_ = 0;
  bool is_open_ = false;
};

// {"code":0,"action":"send"}
std::string StepJson(const Outcome& outcome, int action);
// A result's verdict and reason.
std::string ResultJson(const Outcome& outcome, const abi::EapHostPeerMethodResult& result);

}  // namespace eaphost::probe
