#include "native/platform/eap_error.h"

#include <new>

namespace eaphost::platform {

namespace {

std::optional<std::u16string> CopyText(const abi::WCHAR* text) {
  if (text == nullptr) return std::nullopt;
  return std::u16string(text);
}

std::size_t SizeOf(const std::optional<std::u16string>& text) {
  return text ? (text->size() + 1) * sizeof(abi::WCHAR) : 0;
}

}  // namespace

std::size_t SizeOf(const EapError& error) {
  return sizeof(abi::EAP_ERROR) + SizeOf(error.root_cause) + SizeOf(error.repair);
}

abi::EAP_ERROR* Lay(const EapError& error, void* block) {
  abi::EAP_ERROR& laid = *::new (block) abi::EAP_ERROR{};
  auto* text = reinterpret_cast<abi::WCHAR*>(&laid + 1);
  const auto append = [&text](const std::optional<std::u16string>& from) -> abi::LPWSTR {
    if (!from) return nullptr;
    abi::LPWSTR start = text;
    text += from->copy(text, from->size());
    *text++ = u'\0';
    return start;
  };
  laid.dwWinError = error.win_error;
  laid.type = error.type;
  laid.dwReasonCode = error.reason_code;
  laid.rootCauseGuid = error.root_cause_guid;
  laid.repairGuid = error.repair_guid;
  laid.helpLinkGuid = error.help_link_guid;
  laid.pRootCauseString = append(error.root_cause);
  laid.pRepairString = append(error.repair);
  return &laid;
}

std::optional<EapError> CopyError(const abi::EAP_ERROR* error) {
  if (error == nullptr) return std::nullopt;
  return EapError{
      .win_error = error->dwWinError,
      .type = error->type,
      .reason_code = error->dwReasonCode,
      .root_cause_guid = error->rootCauseGuid,
      .repair_guid = error->repairGuid,
      .help_link_guid = error->helpLinkGuid,
      .root_cause = CopyText(error->pRootCauseString),
      .repair = CopyText(error->pRepairString),
  };
}

}  // namespace eaphost::platform
