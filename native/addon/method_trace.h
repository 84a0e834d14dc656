// The recorded calls of a method DLL on their way to JavaScript. Recorded on lanes, delivered on JavaScript's
// thread.
#pragma once

#include <memory>

#include "native/addon/environment.h"
#include "native/addon/method_host.h"
#include "native/method/trace.h"

namespace eaphost::addon {

// The calls of one hop.
struct MethodTrace {
  std::uint32_t lane = 0;
  std::uint32_t session = 0;  // 0: none
  method::CallRecords records;

  bool empty() const { return records.empty(); }
  // On JavaScript's thread.
  void Deliver(Environment& environment, std::int32_t method,
               std::chrono::steady_clock::time_point opened_at) const;
};

// Calls that end no call of JavaScript's.
class TraceMessage : public Completion {
 public:
  TraceMessage(std::int32_t method, std::chrono::steady_clock::time_point opened_at, MethodTrace trace)
      : method_(method), opened_at_(opened_at), trace_(std::move(trace)) {}
  void Deliver(Environment& environment) override { trace_.Deliver(environment, method_, opened_at_); }

 private:
  const std::int32_t method_;
  const std::chrono::steady_clock::time_point opened_at_;
  const MethodTrace trace_;
};

}  // namespace eaphost::addon
