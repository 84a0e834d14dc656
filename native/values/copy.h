// Copies the ABI's structures into plain data. Reads only; frees nothing. On the thread that got the
// structure.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "native/abi/structs.h"
#include "native/values/plain.h"

namespace eaphost::values {

// A tunnel in a tunnel in a tunnel; what is deeper is not a method but a damaged list.
inline constexpr int kDeepestMethod = 8;

// Replaces `out`, keeping its memory where it is large enough. A NULL pointer is empty, whatever the size
// says. False if that is impossible.
[[nodiscard]] bool CopyBytes(const abi::BYTE* data, abi::DWORD size, SecretBytes& out);

// A NULL array is empty, whatever the count says. False if a count or a size is impossible.
[[nodiscard]] bool CopyAttributes(const abi::EAP_ATTRIBUTES* attributes, AttributeList& copy);

// With its inner methods; NULL for NULL.
std::unique_ptr<MethodInfo> CopyMethodInfo(const abi::EAP_METHOD_INFO* info);

// Everything but pEapError, which its owner frees. False if a count or a size is impossible.
[[nodiscard]] bool CopyResult(const abi::EapHostPeerMethodResult& result, Result& copy);

}  // namespace eaphost::values
