// The calls that JavaScript makes: begun on its thread, run on a lane, delivered on its thread again. Each
// carries its inputs down and its outputs up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "native/abi/win32.h"
#include "native/addon/environment.h"
#include "native/addon/runtime.h"

namespace eaphost::addon {

class Call : public Job, public Completion {
 public:
  explicit Call(std::int32_t ticket) : ticket_(ticket) {}

  // Instead of Run and Done, where the owner takes no more calls.
  virtual void Refuse() { FailWith(abi::kErrorInvalidState); }

  void Run(LaneContext& lane) override;
  void Done() final { owner().outbox().Post(this); }
  void Deliver(Environment& environment) override;

 protected:
  virtual LaneOwner& owner() const = 0;
  // The function that a failure names when no function was called.
  virtual const char* name() const = 0;
  // On the lane: makes the call. False with failure_ filled.
  virtual bool Make() = 0;
  // On JavaScript's thread, after Make went well.
  virtual void Resolve(Environment& environment) = 0;

  bool FailWith(abi::DWORD code);
  // Whether `code` is NO_ERROR.
  bool Check(abi::DWORD code) { return code == abi::kNoError || FailWith(code); }
  void Succeed() { succeeded_ = true; }
  void Reset(std::int32_t ticket);

  std::int32_t ticket_;
  host::Failure failure_;

 private:
  bool succeeded_ = false;
};

// A call of a session that has begun and not ended.
class SessionCall : public Call {
 public:
  SessionCall(std::int32_t ticket, std::shared_ptr<Session> session)
      : Call(ticket), session_(std::move(session)) {}

 protected:
  Runtime& owner() const final { return *session_->runtime; }
  bool Make() final;
  virtual bool MakeOpen() = 0;

  std::shared_ptr<Session> session_;
};

// EapHostPeerBeginSession. Resolves with a new session object.
class BeginCall : public Call {
 public:
  BeginCall(std::int32_t ticket, std::shared_ptr<Session> session, host::BeginArguments arguments)
      : Call(ticket), session_(std::move(session)), arguments_(std::move(arguments)) {}

 protected:
  Runtime& owner() const override { return *session_->runtime; }
  const char* name() const override { return "EapHostPeerBeginSession"; }
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  const std::shared_ptr<Session> session_;
  host::BeginArguments arguments_;
};

// One hop: a packet, a UI context or attributes down, the action and what belongs to it up. Used again and
// again.
class ExchangeCall : public SessionCall {
 public:
  enum class Input { kPacket, kUiContext, kAttributes };

  ExchangeCall() : SessionCall(0, nullptr) {}

  void Prepare(std::int32_t ticket, std::shared_ptr<Session> session, Input input);
  host::SecretBytes& bytes() { return bytes_; }
  std::vector<host::Attribute>& attributes() { return attributes_; }
  // Lets go of the session and of what may be secret, keeps small buffers.
  void Clear();

 protected:
  const char* name() const override;
  bool MakeOpen() override;
  void Resolve(Environment& environment) override;
  void Release(Environment& environment) override;

 private:
  Input input_ = Input::kPacket;
  host::SecretBytes bytes_;
  std::vector<host::Attribute> attributes_;
  host::Step step_;
};

// EapHostPeerGetResult.
class ResultCall : public SessionCall {
 public:
  ResultCall(std::int32_t ticket, std::shared_ptr<Session> session, abi::EapHostPeerMethodResultReason reason)
      : SessionCall(ticket, std::move(session)), reason_(reason) {}

 protected:
  const char* name() const override { return "EapHostPeerGetResult"; }
  bool MakeOpen() override;
  void Resolve(Environment& environment) override;

 private:
  const abi::EapHostPeerMethodResultReason reason_;
  host::Result result_;
};

// EapHostPeerGetAuthStatus.
class StatusCall : public SessionCall {
 public:
  StatusCall(std::int32_t ticket, std::shared_ptr<Session> session, abi::EapHostPeerAuthParams parameter)
      : SessionCall(ticket, std::move(session)), parameter_(parameter) {}

 protected:
  const char* name() const override { return "EapHostPeerGetAuthStatus"; }
  bool MakeOpen() override;
  void Resolve(Environment& environment) override;

 private:
  const abi::EapHostPeerAuthParams parameter_;
  host::SecretBytes data_;
};

// EapHostPeerEndSession, if the session has not ended before.
class EndCall : public Call {
 public:
  EndCall(std::int32_t ticket, std::shared_ptr<Session> session)
      : Call(ticket), session_(std::move(session)) {}

  // A closed run-time has ended its sessions.
  void Refuse() override { Succeed(); }

 protected:
  Runtime& owner() const override { return *session_->runtime; }
  const char* name() const override { return "EapHostPeerEndSession"; }
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  const std::shared_ptr<Session> session_;
};

// A call that belongs to no session: a strand of its own.
class LooseCall : public Call {
 public:
  LooseCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime)
      : Call(ticket), runtime_(std::move(runtime)) {}
  ~LooseCall() override { runtime_->lanes().Leave(strand_); }

  static void Start(Environment& environment, std::unique_ptr<LooseCall> call);

 protected:
  Runtime& owner() const final { return *runtime_; }

 private:
  const std::shared_ptr<Runtime> runtime_;
  Strand strand_;
};

// EapHostPeerClearConnection.
class ClearCall : public LooseCall {
 public:
  ClearCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime, const abi::GUID& connection_id)
      : LooseCall(ticket, std::move(runtime)), connection_id_(connection_id) {}

 protected:
  const char* name() const override { return "EapHostPeerClearConnection"; }
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  const abi::GUID connection_id_;
};

// EapEmbeddedRegisterMethod. What it replaces may be shut down and unloaded in it.
class RegisterCall : public LooseCall {
 public:
  struct Method {
    abi::EAP_METHOD_TYPE type{};
    std::u16string dll_path;
    std::optional<std::u16string> friendly_name;
    std::optional<std::u16string> author_name;
    std::optional<std::u16string> endpoint;
    abi::DWORD properties = 0;
  };

  RegisterCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime, Method method)
      : LooseCall(ticket, std::move(runtime)), method_(std::move(method)) {}

 protected:
  const char* name() const override { return "EapEmbeddedRegisterMethod"; }
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  const Method method_;
};

// EapEmbeddedUnregisterMethod. The method's DLL may be shut down and unloaded in it.
class UnregisterCall : public LooseCall {
 public:
  UnregisterCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime, const abi::EAP_METHOD_TYPE& type)
      : LooseCall(ticket, std::move(runtime)), type_(type) {}

 protected:
  const char* name() const override { return "EapEmbeddedUnregisterMethod"; }
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  const abi::EAP_METHOD_TYPE type_;
};

}  // namespace eaphost::addon
