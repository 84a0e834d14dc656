// The calls that JavaScript makes: begun on its thread, run on a lane or an apartment, delivered on its
// thread again. Each carries its inputs down and its outputs up.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

#include "native/abi/win32.h"
#include "native/addon/environment.h"
#include "native/addon/runtime.h"
#include "native/addon/values.h"

namespace eaphost::addon {

class Call : public Job, public Completion {
 public:
  // `name`: the function that a failure names when no function was called; a string literal.
  Call(std::int32_t ticket, const char* name) : ticket_(ticket), name_(name) {}

  // Instead of Run and Done, where the owner takes no more calls.
  void Refuse() { is_end_ ? Succeed() : static_cast<void>(FailWith(abi::kErrorInvalidState)); }
  // The same where there is no thread to make it.
  void RefuseWith(abi::DWORD code) { FailWith(code); }
  // It ends a session, which a closed owner has already done.
  void MarkAsEnd() { is_end_ = true; }

  void Run(LaneContext& lane) override;
  void Done() override { owner().outbox().Post(this); }
  void Deliver(Environment& environment) override;

 protected:
  virtual LaneOwner& owner() const = 0;
  // On the lane: makes the call. False with failure_ filled.
  virtual bool Make() = 0;
  // On JavaScript's thread, after Make went well.
  virtual void Resolve(Environment& environment) = 0;

  bool FailWith(abi::DWORD code);
  void Reset(std::int32_t ticket, const char* name);

  std::int32_t ticket_;
  Failure failure_;

 private:
  void Succeed() { succeeded_ = true; }

  const char* name_;
  bool succeeded_ = false;
  bool is_end_ = false;
};

// One hop of a session: a packet, a UI context or attributes down, the action and what belongs to it up. Used
// again and again.
class ExchangeCall : public Call {
 public:
  enum class Input { kPacket, kUiContext, kAttributes };

  ExchangeCall() : Call(0, "") {}

  void Prepare(std::int32_t ticket, std::shared_ptr<Session> session, Input input);
  SecretBytes& bytes() { return bytes_; }
  AttributeList& attributes() { return attributes_; }
  // Lets go of the session and of what may be secret, keeps small buffers.
  void Clear();

 protected:
  Runtime& owner() const override { return *session_->runtime; }
  bool Make() override;
  void Resolve(Environment& environment) override;
  void Release(Environment& environment) override;

 private:
  std::shared_ptr<Session> session_;
  Input input_ = Input::kPacket;
  SecretBytes bytes_;
  AttributeList attributes_;
  Step step_;
};

// A call of a run-time. (One of a method DLL is in method_calls.h.)
class RuntimeCall : public Call {
 public:
  RuntimeCall(std::int32_t ticket, std::shared_ptr<Runtime> runtime, const char* name)
      : Call(ticket, name), runtime_(std::move(runtime)) {}

 protected:
  Runtime& owner() const final { return *runtime_; }

 private:
  const std::shared_ptr<Runtime> runtime_;
};

// `Work` fills an Output on the thread of the call: bool(Output&, Failure&). `Settle` gives it to JavaScript:
// napi_value(napi_env, const Output&), or void(Environment&, std::int32_t ticket, Output&); nullptr gives
// nothing.
template <typename Base, typename Output, typename Work, typename Settle>
class WorkCall final : public Base {
 public:
  template <typename... Arguments>
  WorkCall(Work work, Settle settle, Arguments&&... arguments)
      : Base(std::forward<Arguments>(arguments)...), work_(std::move(work)), settle_(std::move(settle)) {}

 protected:
  bool Make() override { return work_(output_, this->failure_); }
  void Resolve(Environment& environment) override {
    if constexpr (std::is_null_pointer_v<Settle>) {
      environment.delivery().Resolve(this->ticket_);
    } else if constexpr (std::is_invocable_v<Settle, napi_env, const Output&>) {
      environment.delivery().ResolveValue(this->ticket_, settle_(environment.env(), output_));
    } else {
      settle_(environment, this->ticket_, output_);
    }
  }

 private:
  Work work_;
  const Settle settle_;
  Output output_{};
};

template <typename Base, typename Output, typename Work, typename Settle, typename... Arguments>
auto MakeCall(Work work, Settle settle, Arguments&&... arguments) {
  return std::make_unique<WorkCall<Base, Output, Work, Settle>>(std::move(work), std::move(settle),
                                                                std::forward<Arguments>(arguments)...);
}

// A strand for one call that belongs to no session. The call's work holds it.
template <typename Owner>
struct LooseStrand {
  explicit LooseStrand(std::shared_ptr<Owner> its_owner) : owner(std::move(its_owner)) {}
  ~LooseStrand() { owner->Leave(strand); }
  LooseStrand(const LooseStrand&) = delete;
  LooseStrand& operator=(const LooseStrand&) = delete;

  const std::shared_ptr<Owner> owner;
  Strand strand;
};

// Begins a call on a lane that belongs to no session: `work(Owner&, Output&, Failure&)`.
template <typename Base, typename Output, typename Owner, typename Work, typename Settle,
          typename... Arguments>
void StartLoose(Environment& environment, std::int32_t ticket, const std::shared_ptr<Owner>& owner, Work work,
                Settle settle, Arguments&&... arguments) {
  auto strand = std::make_shared<LooseStrand<Owner>>(owner);
  environment.Submit(*owner, strand->strand,
                     MakeCall<Base, Output>(
                         [strand, work = std::move(work)](Output& output, Failure& failure) mutable {
                           return work(*strand->owner, output, failure);
                         },
                         std::move(settle), ticket, owner, std::forward<Arguments>(arguments)...));
}

// Begins a session: bool(session, Failure&), on its strand. Gives a new `Object` with it.
template <typename Base, typename Object, typename Session, typename Owner, typename Begin,
          typename... Arguments>
void StartSession(Environment& environment, std::int32_t ticket, const std::shared_ptr<Owner>& owner,
                  const std::shared_ptr<Session>& session, Begin begin, Arguments&&... arguments) {
  environment.Submit(
      *owner, session->strand,
      MakeCall<Base, Nothing>([session, begin = std::move(begin)](
                                  Nothing&, Failure& failure) mutable { return begin(session, failure); },
                              [session](Environment& settled, std::int32_t done, Nothing&) {
                                settled.delivery().ResolveValue(done, Object::Wrap(settled, session));
                              },
                              ticket, owner, std::forward<Arguments>(arguments)...));
}

}  // namespace eaphost::addon
