#include "native/shim/local_stream.h"

#include <map>
#include <mutex>

#include "native/abi/win32.h"
#include "native/platform/text.h"
#include "native/shim/immortal.h"

namespace eaphost::shim {

namespace {

constexpr std::u16string_view kPrefix = kLocalPrefix;

struct Servers {
  std::mutex lock;  // held while connecting, so that a server that is withdrawn is left alone
  std::map<std::u16string, LocalServer> by_address;
};

Immortal<Servers> servers;

class LocalStream final : public Stream {
 public:
  explicit LocalStream(const LocalServer& server) : server_(server) {}
  ~LocalStream() override {
    if (stream_ != nullptr) server_.Close(stream_);
  }

  abi::DWORD Connect() { return server_.Connect(server_.context, &stream_); }

  abi::DWORD Write(std::span<const std::uint8_t> data, const Deadline&) override {
    return server_.Write(stream_, data.data(), data.size());
  }
  abi::DWORD Read(std::span<std::uint8_t> data, const Deadline& deadline, std::size_t* got) override {
    return server_.Read(stream_, data.data(), data.size(), static_cast<abi::DWORD>(deadline.Left()), got);
  }
  bool Quiet() override { return server_.Quiet(stream_) != 0; }
  void Abort() override { server_.Abort(stream_); }

 private:
  const LocalServer server_;
  void* stream_ = nullptr;
};

}  // namespace

bool IsLocalAddress(std::u16string_view address) {
  return address.size() > kPrefix.size() && address.starts_with(kPrefix);
}

abi::DWORD ServeLocally(abi::LPCWSTR text, const LocalServer* server) {
  const std::u16string address(platform::View(text));
  if (!IsLocalAddress(address)) return abi::kErrorInvalidParameter;
  const std::lock_guard guard(servers->lock);
  if (server == nullptr) {
    servers->by_address.erase(address);
    return abi::kNoError;
  }
  return servers->by_address.emplace(address, *server).second ? abi::kNoError : abi::kErrorAlreadyExists;
}

abi::DWORD ConnectLocally(const std::u16string& address, std::unique_ptr<Stream>* stream) {
  const std::lock_guard guard(servers->lock);
  const auto found = servers->by_address.find(address);
  if (found == servers->by_address.end()) return abi::kErrorConnectionRefused;
  auto connected = std::make_unique<LocalStream>(found->second);
  if (const abi::DWORD code = connected->Connect(); code != abi::kNoError) return code;
  *stream = std::move(connected);
  return abi::kNoError;
}

}  // namespace eaphost::shim
