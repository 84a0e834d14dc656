// The usual way to make blocking calls from Node: an AsyncWorker of libuv's thread pool for each exchange. On
// JavaScript's thread, but for Execute.
#include <napi.h>

#include <memory>

#include "test/bench/native/supplicant_pair.h"

namespace {

using eaphost::bench::SupplicantPair;

// load(runtime, method); begin(blockMicroseconds) → session; exchange(session, id) → promise of a buffer;
// end(session).
class Pool : public Napi::Addon<Pool> {
 public:
  Pool(Napi::Env, Napi::Object exports) {
    DefineAddon(exports, {InstanceMethod("load", &Pool::Load), InstanceMethod("begin", &Pool::Begin),
                          InstanceMethod("exchange", &Pool::Exchange), InstanceMethod("end", &Pool::End)});
  }

 private:
  class Worker : public Napi::AsyncWorker {
   public:
    Worker(Napi::Env env, const SupplicantPair& pair, std::uint32_t session, std::uint8_t id)
        : Napi::AsyncWorker(env),
          deferred(Napi::Promise::Deferred::New(env)),
          pair_(pair),
          session_(session),
          id_(id) {}

    void Execute() override {
      if (!pair_.Exchange(session_, id_, response_)) SetError("the exchange failed");
    }
    void OnOK() override {
      deferred.Resolve(Napi::Buffer<std::uint8_t>::Copy(Env(), response_.data(), response_.size()));
    }
    void OnError(const Napi::Error& error) override { deferred.Reject(error.Value()); }

    const Napi::Promise::Deferred deferred;

   private:
    const SupplicantPair& pair_;
    const std::uint32_t session_;
    const std::uint8_t id_;
    std::vector<std::uint8_t> response_;
  };

  static std::uint32_t Number(const Napi::CallbackInfo& info, std::size_t index) {
    return info[index].As<Napi::Number>().Uint32Value();
  }

  Napi::Value Load(const Napi::CallbackInfo& info) {
    const bool is_loaded =
        pair_.Load(info[0].As<Napi::String>().Utf8Value(), info[1].As<Napi::String>().Utf8Value());
    return Napi::Boolean::New(info.Env(), is_loaded);
  }
  Napi::Value Begin(const Napi::CallbackInfo& info) {
    return Napi::Number::New(info.Env(), pair_.Begin(Number(info, 0)));
  }
  Napi::Value Exchange(const Napi::CallbackInfo& info) {
    auto* const worker =
        new Worker(info.Env(), pair_, Number(info, 0), static_cast<std::uint8_t>(Number(info, 1)));
    worker->Queue();
    return worker->deferred.Promise();
  }
  Napi::Value End(const Napi::CallbackInfo& info) {
    pair_.End(Number(info, 0));
    return info.Env().Undefined();
  }

  SupplicantPair pair_;
};

NODE_API_ADDON(Pool)

}  // namespace
