// What both halves of the pair method use: failures, blocks that a session owns, attributes. Called on the
// host's threads; one session on one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "native/abi/constants.h"
#include "native/abi/structs.h"
#include "native/abi/win32.h"
#include "test/native/methods/counted_heap.h"
#include "test/native/methods/options.h"
#include "test/native/methods/pair_crypto.h"

namespace eaphost::pairmethod {

using testdll::Options;
using testdll::Owner;
using testdll::SessionBlocks;

struct Failure {
  abi::DWORD code = abi::kNoError;
  abi::DWORD reason = 0;
  std::u16string_view cause{};
  bool silent = false;  // no EAP_ERROR

  bool failed() const { return code != abi::kNoError; }
};

// What error= of the configuration wants of `routine`.
Failure Wanted(const Options& options, std::string_view routine);

// Runs `body`, which returns a Failure, as the body of an export: no exception leaves it, and *error is NULL
// or tells of the failure.
template <typename Body>
abi::DWORD Guarded(Owner owner, const abi::EAP_TYPE& type, abi::EAP_ERROR** error, Body&& body) noexcept {
  if (error != nullptr) *error = nullptr;
  Failure failure;
  try {
    failure = body();
  } catch (const std::bad_alloc&) {
    failure = {abi::kErrorNotEnoughMemory};
  } catch (...) {
    failure = {abi::kErrorUnhandledException};
  }
  if (failure.failed() && !failure.silent && error != nullptr) {
    *error = testdll::MakeError(owner, type, failure.code, failure.reason, failure.cause);
  }
  return failure.code;
}

// Where in kTypes, or nothing.
std::optional<std::size_t> IndexOf(const abi::EAP_TYPE& type);

template <typename T>
void Zero(T* output) {
  if (output != nullptr) *output = {};
}

// An array of attributes that a session owns.
class SessionAttributes {
 public:
  void Clear();
  void Add(abi::EAP_ATTRIBUTE_TYPE type, Bytes value);
  void Add(abi::EAP_ATTRIBUTE_TYPE type, std::string_view value);
  // The MSK as this half sees it, the EMSK and the Session-Id.
  void AddKeys(const Transcript& transcript, const abi::EAP_TYPE& type, bool is_peer);
  // What a half asks its host with.
  void AddQuestions(std::string_view identity, abi::DWORD count);
  // Valid until the next Clear, Add or the end.
  abi::EapAttributes* Get();

 private:
  struct Item {
    abi::EAP_ATTRIBUTE_TYPE type;
    abi::DWORD size;
    abi::BYTE* value;
  };
  SessionBlocks blocks_;
  std::vector<Item> items_;
  abi::EapAttributes view_{};
};

// The value of the first eatEAPTLV, or "".
std::string AnswerIn(const abi::EapAttributes& attributes);

}  // namespace eaphost::pairmethod
