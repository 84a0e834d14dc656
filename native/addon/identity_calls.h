// The calls for tunnel methods and for single sign-on. Begun on JavaScript's thread, run on lanes.
#pragma once

#include <memory>
#include <string>

#include "native/addon/calls.h"

namespace eaphost::addon {

// EapHostPeerGetIdentity.
class IdentityCall : public LooseCall {
 public:
  IdentityCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime, host::IdentityArguments arguments)
      : LooseCall(ticket, std::move(runtime)), arguments_(std::move(arguments)) {}

 protected:
  const char* name() const override { return "EapHostPeerGetIdentity"; }
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  const host::IdentityArguments arguments_;
  host::Identity identity_;
};

// EapHostPeerGetEncryptedPassword.
class EncryptCall : public LooseCall {
 public:
  EncryptCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime, platform::SecretText password)
      : LooseCall(ticket, std::move(runtime)), password_(std::move(password)) {}

 protected:
  const char* name() const override { return "EapHostPeerGetEncryptedPassword"; }
  bool Make() override;
  void Resolve(Environment& environment) override;

 private:
  const platform::SecretText password_;
  platform::SecretText encrypted_;
};

// EapHostPeerGetDataToUnplumbCredentials.
class UnplumbCall : public SessionCall {
 public:
  using SessionCall::SessionCall;

 protected:
  const char* name() const override { return "EapHostPeerGetDataToUnplumbCredentials"; }
  bool MakeOpen() override;
  void Resolve(Environment& environment) override;

 private:
  host::UnplumbData data_;
};

}  // namespace eaphost::addon
