#include "native/embedded/ui_context.h"

namespace eaphost::embedded {

namespace {

// All numbers little-endian, 32 bits: magic, kind, flags, type (4 numbers), then both blobs with their sizes
// before them. What comes last is what the method made.
constexpr abi::DWORD kMagic = 0x31554845;  // EHU1

void AppendNumber(platform::SecretBytes& bytes, abi::DWORD number) {
  for (int shift = 0; shift < 32; shift += 8) bytes.push_back(static_cast<std::uint8_t>(number >> shift));
}

void AppendBlob(platform::SecretBytes& bytes, const platform::SecretBytes& blob) {
  AppendNumber(bytes, static_cast<abi::DWORD>(blob.size()));
  bytes.insert(bytes.end(), blob.begin(), blob.end());
}

class Reader {
 public:
  explicit Reader(std::span<const std::uint8_t> bytes) : rest_(bytes) {}

  abi::DWORD Number() {
    if (rest_.size() < 4) {
      failed_ = true;
      return 0;
    }
    abi::DWORD number = 0;
    for (std::size_t at = 0; at < 4; ++at) number |= static_cast<abi::DWORD>(rest_[at]) << (8 * at);
    rest_ = rest_.subspan(4);
    return number;
  }

  platform::SecretBytes Blob() {
    const abi::DWORD size = Number();
    if (failed_ || size > rest_.size()) {
      failed_ = true;
      return {};
    }
    platform::SecretBytes blob(rest_.begin(), rest_.begin() + size);
    rest_ = rest_.subspan(size);
    return blob;
  }

  bool complete() const { return !failed_ && rest_.empty(); }

 private:
  std::span<const std::uint8_t> rest_;
  bool failed_ = false;
};

}  // namespace

platform::SecretBytes EncodeUiContext(const UiContext& context) {
  platform::SecretBytes bytes;
  bytes.reserve(36 + context.connection_data.size() + context.data.size());
  AppendNumber(bytes, kMagic);
  AppendNumber(bytes, static_cast<abi::DWORD>(context.kind));
  AppendNumber(bytes, context.flags);
  AppendNumber(bytes, context.type.eapType.type);
  AppendNumber(bytes, context.type.eapType.dwVendorId);
  AppendNumber(bytes, context.type.eapType.dwVendorType);
  AppendNumber(bytes, context.type.dwAuthorId);
  AppendBlob(bytes, context.connection_data);
  AppendBlob(bytes, context.data);
  return bytes;
}

std::optional<UiContext> DecodeUiContext(std::span<const std::uint8_t> bytes) {
  Reader reader(bytes);
  if (reader.Number() != kMagic) return std::nullopt;
  UiContext context;
  const abi::DWORD kind = reader.Number();
  context.kind = static_cast<UiContext::Kind>(kind);
  context.flags = reader.Number();
  const abi::DWORD type = reader.Number();
  context.type.eapType.type = static_cast<abi::BYTE>(type);
  context.type.eapType.dwVendorId = reader.Number();
  context.type.eapType.dwVendorType = reader.Number();
  context.type.dwAuthorId = reader.Number();
  context.connection_data = reader.Blob();
  context.data = reader.Blob();
  if (!reader.complete() || type > 0xFF || kind < 1 || kind > 2) return std::nullopt;
  return context;
}

}  // namespace eaphost::embedded
