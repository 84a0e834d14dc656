// The calls of a method DLL, and their records as JavaScript sees them: NativeCall in
// lib/native/method-types.ts. Run on lanes and apartments, Deliver on JavaScript's thread.
#include "native/addon/method_calls.h"

#include "native/addon/values.h"

namespace eaphost::addon {

namespace {

double Microseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

// Puts a value under its name.
struct ValueWriter {
  ObjectWriter& object;
  napi_env env;
  const char* name;

  void operator()(std::uint32_t number) const { object.Number(name, number); }
  void operator()(const std::u16string& text) const { object.Text(name, std::u16string_view(text)); }
  void operator()(const platform::SecretBytes& bytes) const { object.Bytes(name, bytes); }
  void operator()(const method::Octets& octets) const {
    ObjectWriter secret(env);
    secret.Number("octets", static_cast<std::uint32_t>(octets.count));
    object.Value(name, secret.value());
  }
};

napi_value ToValues(napi_env env, const method::CallRecord& record) {
  ObjectWriter values(env);
  for (const auto& [name, value] : record.values) std::visit(ValueWriter{values, env, name.c_str()}, value);
  return values.value();
}

}  // namespace

void MethodTrace::Deliver(Environment& environment, std::int32_t method_number,
                          std::chrono::steady_clock::time_point opened_at) const {
  napi_value calls = ToArray(environment.env(), records, [&](napi_env env, const method::CallRecord& record) {
    ObjectWriter call(env);
    call.Text("call", std::string_view(record.call));
    call.Number("session", session);
    call.Number("lane", lane);
    call.Double("startedAt", Microseconds(record.started - opened_at));
    call.Double("duration", Microseconds(record.duration));
    call.Number("winError", record.code);
    call.Value("values", ToValues(env, record));
    if (record.error) call.Value("error", ToError(env, *record.error));
    return call.value();
  });
  if (calls == nullptr) return;
  environment.delivery().Trace(method_number, calls);
}

void MethodCall::Run(LaneContext& lane) {
  if (!host_->options().trace) return Call::Run(lane);
  trace_.lane = static_cast<const MethodLane&>(lane).number();
  const method::Recording recording(trace_.records);
  Call::Run(lane);
}

void MethodCall::Done() {
  host_->EndJob([this] { Call::Done(); });
}

void MethodCall::Deliver(Environment& environment) {
  if (!trace_.empty()) trace_.Deliver(environment, host_->number(), host_->opened_at());
  Call::Deliver(environment);
}

}  // namespace eaphost::addon
