// The building blocks of the calls of both sides: deadlines, one exchange with the server of the thread's
// endpoint, finding and locking a session, memory for a host's outputs. Any thread.
#pragma once

#include <chrono>
#include <memory>
#include <mutex>

#include "native/shim/guard.h"
#include "native/shim/memory.h"
#include "native/shim/session.h"

namespace eaphost::shim {

// Octets of a request beside its blobs, texts and attributes.
inline constexpr std::size_t kFixedSize = 64;

// How long a call may take, one that asks a user, and one that ends a session. For tests; the defaults are
// the protocol's.
void SetDeadlines(std::chrono::milliseconds call, std::chrono::milliseconds end,
                  std::chrono::milliseconds user = std::chrono::minutes(10));
std::chrono::milliseconds CallTime();
std::chrono::milliseconds EndTime();
std::chrono::milliseconds UserTime();

// Memory of memory.h's until a host has it.
struct ReleaseBlock {
  void operator()(void* data) const { Free(data); }
};
using Block = std::unique_ptr<void, ReleaseBlock>;

// NULL for no octets.
Block CopyOf(Octets octets);
// With a terminator.
Block CopyOf(std::u16string_view text);
inline Block CopyOf(const SecretText& text) { return CopyOf(std::u16string_view(text.data(), text.size())); }

inline bool IsBlob(const abi::BYTE* data, abi::DWORD size) { return data != nullptr || size == 0; }
inline void WriteBlob(Writer& writer, const abi::BYTE* data, abi::DWORD size) { writer.Bytes({data, size}); }

// Hands octets out as a block and its size.
inline void HandOut(Octets octets, abi::DWORD* size, abi::BYTE** data) {
  Block block = CopyOf(octets);
  *size = static_cast<abi::DWORD>(octets.size());
  *data = static_cast<abi::BYTE*>(block.release());
}

// A request outside sessions and its answer, which `decode` takes, on a connection to the endpoint for a
// type.
template <typename Decode, typename... Output>
Failure Ask(const abi::EAP_TYPE& type, Call call, Writer& request, std::chrono::milliseconds time,
            Decode decode, Output*... outputs) {
  const EndpointPointer endpoint = EndpointFor(type);
  if (endpoint == nullptr) return Failure::Of(abi::kErrorNotReady);
  const Deadline deadline(time);
  std::unique_ptr<Connection> stream;
  if (const abi::DWORD code = endpoint->Take(deadline, &stream); code != abi::kNoError) {
    return Failure::Of(code);
  }
  Failure failure = stream->Exchange(call, request, deadline, decode, outputs...);
  endpoint->Give(std::move(stream));
  return failure;
}

// As Ask with a request that begins a session, whose handle it gives.
Failure Begin(Side side, Call call, const abi::EAP_TYPE& type, Writer& request,
              abi::EAP_SESSION_HANDLE* handle);

// Ends the session that `handle` names. What the server answers changes nothing but the code.
abi::DWORD End(Side side, Call call, abi::EAP_SESSION_HANDLE handle, abi::EAP_ERROR** error) noexcept;

// Runs `body` on the session of `side` that `handle` names, one thread at a time.
template <typename Body>
abi::DWORD OnSession(Side side, abi::EAP_SESSION_HANDLE handle, abi::EAP_ERROR** error, Body body) noexcept {
  abi::EAP_METHOD_TYPE type{};
  return Guarded(error, type, [&] {
    const SessionPointer session = FindSession(side, handle);
    if (session == nullptr) return Failure::Of(kErrorInvalidHandle);
    type.eapType = session->type;
    const std::lock_guard guard(session->lock);
    return body(*session);
  });
}

}  // namespace eaphost::shim
