// Shared by the kinds of EAP_INTERACTIVE_UI_DATA.
#pragma once

#include "native/abi/enums.h"

namespace eaphost::abi {

// Whether the data are those of an expired password: the current fields and new ones.
constexpr bool IsExpiry(EAP_INTERACTIVE_UI_DATA_TYPE type) {
  return type == EapCredExpiryReq || type == EapCredExpiryResp;
}

// An answer's kind is one more than its request's.
constexpr EAP_INTERACTIVE_UI_DATA_TYPE AnswerTo(EAP_INTERACTIVE_UI_DATA_TYPE type) {
  return static_cast<EAP_INTERACTIVE_UI_DATA_TYPE>(type | 1);
}

}  // namespace eaphost::abi
