// A call's work out of a member function and its inputs. Made on JavaScript's thread, run on an apartment.
#pragma once

#include <tuple>
#include <utility>

#include "native/values/plain.h"

namespace eaphost::addon {

// bool(const Target&, Output&, Failure&), which calls the target's `function` with the inputs, the output and
// the failure. Write the inputs as std::tuple{...}: their order in braces is the order they are read in.
template <auto function, typename... Inputs>
auto WithInputs(std::tuple<Inputs...> inputs) {
  return [inputs = std::move(inputs)](const auto& target, auto& output, host::Failure& failure) mutable {
    return std::apply([&](auto&... each) { return (target.*function)(each..., output, failure); }, inputs);
  };
}

}  // namespace eaphost::addon
