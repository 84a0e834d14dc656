// What the configuration of the misbehaving method asks of one routine: see misbehaving_method.h. Called on
// the host's threads, one session on one at a time.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/abi/structs.h"
#include "native/abi/win32.h"
#include "test/native/methods/counted_heap.h"
#include "test/native/methods/misbehaving_method.h"
#include "test/native/methods/options.h"

namespace eaphost::misbehaving {

using testdll::Options;
using testdll::Owner;
using testdll::SessionBlocks;

// Where a type stands in kBehaviours.
std::optional<std::size_t> IndexOf(const abi::EAP_TYPE& type);

[[noreturn]] void Crash();

// One call of a routine.
class Call {
 public:
  // `errors` is what the half's EAP_ERRORs are owned as.
  Call(const Options& options, std::string_view routine, Owner errors) noexcept
      : options_(options), routine_(routine), errors_(errors) {}

  // Whether the routine is among those that option `name` lists.
  bool Is(std::string_view name) const;

  // Crashes, hangs, throws, fails or leaves an error. A code: the routine is to return it at once.
  std::optional<abi::DWORD> Begin(abi::EAP_ERROR** error) const;
  abi::EAP_ERROR* MakeError() const;

  // `text` with a size, as asked for.
  template <typename Allocate>
  void Blob(std::string_view text, abi::DWORD* size, abi::BYTE** data, Allocate&& allocate) const {
    if (Is("null") || Is("huge")) {
      *size = Is("huge") ? 0xFFFFFFFF : 3;
      *data = nullptr;
    } else {
      *data = allocate(text);
      *size = Is("zero") ? 0 : static_cast<abi::DWORD>(text.size());
    }
  }

  // A list with keys, as asked for.
  abi::EapAttributes Attributes(SessionBlocks& blocks) const;

  // A packet, as asked for.
  abi::DWORD Packet(abi::BYTE code, abi::BYTE id, abi::DWORD* size, abi::EapPacket* packet) const;

 private:
  const Options& options_;
  std::string_view routine_;
  Owner errors_;
};

// The step's action from `step`, or `otherwise`.
std::int32_t Action(const Options& options, std::size_t step, std::string_view otherwise, bool is_peer);

}  // namespace eaphost::misbehaving
