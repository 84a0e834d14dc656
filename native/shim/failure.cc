#include "native/shim/failure.h"

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

}  // namespace

Failure Failure::Of(abi::DWORD code) {
  Failure failure;
  failure.win_error = code;
  failure.reason_code = code;
  if (const char16_t* sentence = SentenceOf(code)) failure.root_cause = sentence;
  return failure;
}

abi::EAP_ERROR* MakeError(const Failure& failure) noexcept {
  try {
    return platform::Lay(failure, Allocate(platform::SizeOf(failure)));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}

}  // namespace eaphost::shim
