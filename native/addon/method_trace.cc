// Recorded calls as JavaScript sees them: NativeCall in lib/native/method-types.ts.
#include "native/addon/method_trace.h"

#include "native/addon/values.h"
#include "native/method/exports.h"

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
  napi_env env = environment.env();
  napi_value calls = nullptr;
  if (napi_create_array_with_length(env, records.size(), &calls) != napi_ok) return;
  for (std::size_t index = 0; index < records.size(); ++index) {
    const method::CallRecord& record = records[index];
    ObjectWriter call(env);
    call.Text("call", std::string_view(record.call));
    call.Number("session", session);
    call.Number("lane", lane);
    call.Double("startedAt", Microseconds(record.started - opened_at));
    call.Double("duration", Microseconds(record.duration));
    call.Number("winError", record.code);
    call.Value("values", ToValues(env, record));
    if (record.error) call.Value("error", ToError(env, *record.error));
    if (call.value() == nullptr ||
        napi_set_element(env, calls, static_cast<std::uint32_t>(index), call.value()) != napi_ok) {
      return;
    }
  }
  environment.delivery().Trace(method_number, calls);
}

}  // namespace eaphost::addon
