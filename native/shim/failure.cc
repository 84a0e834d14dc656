#include "native/shim/failure.h"

#include <cstring>
#include <new>

#include "native/abi/constants.h"
#include "native/shim/memory.h"

namespace eaphost::shim {

namespace {

const char16_t* SentenceOf(abi::DWORD code) {
  switch (code) {
    case abi::kErrorConnectionRefused:
      return u"Nothing answers at the address of the EAP method's server";
    case abi::kErrorTooManyOpenFiles:
      return u"No file descriptor is left for a connection to the EAP method's server";
    case kErrorAccessDenied:
      return u"Another user's process answers at the address of the EAP method's server";
    case abi::kErrorConnectionAborted:
      return u"The connection to the EAP method's server broke";
    case abi::kErrorTimeout:
      return u"The EAP method's server did not answer in time";
    case abi::kErrorBadNetResponse:
      return u"The EAP method's server sent a malformed answer";
    case abi::kErrorNotReady:
      return u"No server is named for the EAP method";
    case abi::kErrorNotSupported:
    case abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED:
      return u"The EAP method does not support this operation";
    default:
      return nullptr;
  }
}

std::size_t SizeOf(const std::optional<std::u16string>& text) {
  return text ? (text->size() + 1) * sizeof(char16_t) : 0;
}

// Copies `text` to `at` and moves `at` behind it.
abi::LPWSTR Place(const std::optional<std::u16string>& text, unsigned char*& at) {
  if (!text) return nullptr;
  abi::LPWSTR placed = reinterpret_cast<abi::LPWSTR>(at);
  std::memcpy(at, text->c_str(), SizeOf(text));
  at += SizeOf(text);
  return placed;
}

}  // namespace

Failure Failure::Of(abi::DWORD code) {
  Failure failure;
  failure.code = code;
  failure.reason = code;
  if (const char16_t* sentence = SentenceOf(code)) failure.root_cause = sentence;
  return failure;
}

abi::EAP_ERROR* MakeError(const Failure& failure) noexcept {
  try {
    void* block = Allocate(sizeof(abi::EAP_ERROR) + SizeOf(failure.root_cause) + SizeOf(failure.repair));
    abi::EAP_ERROR* error = ::new (block) abi::EAP_ERROR{};
    unsigned char* at = static_cast<unsigned char*>(block) + sizeof(abi::EAP_ERROR);
    error->dwWinError = failure.code;
    error->type = failure.type;
    error->dwReasonCode = failure.reason;
    error->rootCauseGuid = failure.root_cause_guid;
    error->repairGuid = failure.repair_guid;
    error->helpLinkGuid = failure.help_link_guid;
    error->pRootCauseString = Place(failure.root_cause, at);
    error->pRepairString = Place(failure.repair, at);
    return error;
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace eaphost::shim
