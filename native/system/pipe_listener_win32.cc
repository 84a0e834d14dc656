// Named pipes, waited for on a thread of the listener's.
#ifdef _WIN32

#include "native/system/pipe_listener.h"

#include <windows.h>

#include <mutex>
#include <utility>

#include "native/abi/win32.h"
#include "native/platform/security_win32.h"
#include "native/threads/thread.h"

namespace eaphost::system {

namespace {

using platform::Handle;
using platform::LocalMemory;
using platform::Sid;

constexpr DWORD kBufferSize = 65536;
// Clients that wait to be taken; more have to wait for the pipe.
constexpr std::size_t kMostWaiting = 64;
// Until another try where the system is out of something.
constexpr DWORD kRetryMs = 20;
// FILE_GENERIC_READ | FILE_GENERIC_WRITE without FILE_CREATE_PIPE_INSTANCE (FILE_APPEND_DATA): a client must
// not become a server of the same name.
constexpr wchar_t kClientRights[] = L"0x12019b";

const wchar_t* Wide(const std::u16string& text) { return reinterpret_cast<const wchar_t*>(text.c_str()); }

// The accounts that may connect: as SIDs, and as the security descriptor of the pipe.
class Access {
 public:
  abi::DWORD Make(const std::vector<std::u16string>& clients) {
    const Handle token = platform::OwnToken();
    if (!token) return GetLastError();
    Sid own = platform::UserOf(token.get());
    const std::u16string own_text = own.Text();
    if (own_text.empty()) return GetLastError();
    allowed_ = {std::move(own), Sid::Parse(L"S-1-5-18"), Sid::Parse(L"S-1-5-32-544")};
    const std::wstring user(Wide(own_text));
    // The owner is the user, not the default owner, the administrators: clients check it.
    std::wstring text = L"O:" + user + L"D:P(A;;GA;;;" + user + L")";
    // Accounts that control the machine anyway.
    text += L"(A;;GA;;;SY)(A;;GA;;;BA)";
    for (const std::u16string& client : clients) {
      Sid sid = Sid::Parse(Wide(client));
      if (!sid) return ERROR_INVALID_SID;
      text.append(L"(A;;").append(kClientRights).append(L";;;").append(Wide(client)).append(L")");
      allowed_.push_back(std::move(sid));
    }
    if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text.c_str(), SDDL_REVISION_1,
                                                              &descriptor_.data, nullptr)) {
      return GetLastError();
    }
    return abi::kNoError;
  }

  SECURITY_ATTRIBUTES Attributes() const { return {sizeof(SECURITY_ATTRIBUTES), descriptor_.data, FALSE}; }

  bool Allows(HANDLE client_token) {
    for (Sid& sid : allowed_) {
      BOOL is_member = FALSE;
      if (CheckTokenMembership(client_token, sid.get(), &is_member) && is_member) return true;
    }
    return false;
  }

 private:
  std::vector<Sid> allowed_;
  LocalMemory descriptor_;
};

class Win32Listener final : public PipeListener, public std::enable_shared_from_this<Win32Listener> {
 public:
  ~Win32Listener() override = default;

  abi::DWORD Start(const Options& options) {
    name_ = options.name;
    // So that the thread needs no memory.
    waiting_.reserve(kMostWaiting);
    if (const abi::DWORD code = access_.Make(options.clients)) return code;
    stopped_ = Handle(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    connected_ = Handle(CreateEventW(nullptr, TRUE, FALSE, nullptr));
    taken_ = Handle(CreateEventW(nullptr, FALSE, FALSE, nullptr));
    if (!stopped_ || !connected_ || !taken_) return abi::kErrorNotEnoughMemory;
    pipe_ = MakeInstance(FILE_FLAG_FIRST_PIPE_INSTANCE);
    if (!pipe_) {
      const DWORD code = GetLastError();
      // The codes of Windows and Wine for a name that is taken.
      return code == ERROR_ACCESS_DENIED || code == ERROR_PIPE_BUSY ? ERROR_ALREADY_EXISTS : code;
    }
    // Wine makes an instance beside others all the same.
    DWORD instances = 0;
    if (!GetNamedPipeHandleStateW(pipe_.get(), nullptr, &instances, nullptr, nullptr, nullptr, 0))
      return GetLastError();
    if (instances != 1) return ERROR_ALREADY_EXISTS;
    return threads::StartThread([self = shared_from_this()] { self->Run(); }) ? abi::kNoError
                                                                              : abi::kErrorNotEnoughMemory;
  }

  void Await(std::function<void()> ready) override {
    {
      const std::lock_guard lock(mutex_);
      if (!is_over_ && waiting_.empty()) {
        ready_ = std::move(ready);
        return;
      }
    }
    ready();
  }

  Client Take() override {
    const std::lock_guard lock(mutex_);
    if (waiting_.empty()) return Client();
    Client client = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    SetEvent(taken_.get());
    return client;
  }

  void Close() override {
    std::vector<Client> waiting;
    {
      const std::lock_guard lock(mutex_);
      is_closed_ = true;
      waiting.swap(waiting_);
    }
    SetEvent(stopped_.get());
  }

 private:
  Handle MakeInstance(DWORD flags) {
    SECURITY_ATTRIBUTES attributes = access_.Attributes();
    return Handle(
        CreateNamedPipeW(Wide(name_), PIPE_ACCESS_DUPLEX | FILE_FLAG_OVERLAPPED | flags,
                         PIPE_TYPE_BYTE | PIPE_READMODE_BYTE | PIPE_WAIT | PIPE_REJECT_REMOTE_CLIENTS,
                         PIPE_UNLIMITED_INSTANCES, kBufferSize, kBufferSize, 0, &attributes));
  }

  void Run() {
    while (AwaitClient()) {
      // Makes the next instance first: while there is one, no other process can take the name.
      Handle next = MakeInstance(0);
      while (!next) {
        if (WaitForSingleObject(stopped_.get(), kRetryMs) == WAIT_OBJECT_0) break;
        next = MakeInstance(0);
      }
      std::swap(pipe_, next);
      bool is_trusted = false;
      if (!Identify(next.get(), &is_trusted)) break;
      if (is_trusted) Give(Client(next.release()));
      if (!pipe_ || !AwaitRoom()) break;
    }
    Close();
    pipe_ = Handle();
    // Whoever sees the listener closed can use the name again.
    Tell([this] { is_over_ = true; });
  }

  // False when the listener is stopped.
  bool AwaitClient() {
    for (;;) {
      OVERLAPPED operation{};
      operation.hEvent = connected_.get();
      if (ConnectNamedPipe(pipe_.get(), &operation)) return true;
      const DWORD code = GetLastError();
      if (code == ERROR_PIPE_CONNECTED) return true;
      if (code == ERROR_IO_PENDING) {
        const HANDLE events[] = {stopped_.get(), connected_.get()};
        const DWORD wait = WaitForMultipleObjects(2, events, FALSE, INFINITE);
        if (wait != WAIT_OBJECT_0 + 1) CancelIoEx(pipe_.get(), &operation);
        DWORD none = 0;
        const BOOL is_connected = GetOverlappedResult(pipe_.get(), &operation, &none, TRUE);
        if (wait != WAIT_OBJECT_0 + 1) return false;
        if (is_connected) return true;
      }
      // He is gone already, or the system is short of something.
      DisconnectNamedPipe(pipe_.get());
      if (WaitForSingleObject(stopped_.get(), code == ERROR_NO_DATA ? 0 : kRetryMs) == WAIT_OBJECT_0)
        return false;
    }
  }

  // Whether a client is one of those that may connect: the access list has said so, but of a handle that he
  // may have been given by another. False if this thread can no longer be itself.
  bool Identify(HANDLE client, bool* is_trusted) {
    if (!ImpersonateNamedPipeClient(client)) return true;
    HANDLE token = nullptr;
    const BOOL is_open = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &token);
    const Handle owner(is_open ? token : nullptr);
    if (!RevertToSelf()) return false;
    *is_trusted = owner && access_.Allows(owner.get());
    return true;
  }

  // AwaitRoom has seen that there is room.
  void Give(Client client) {
    Tell([this, &client] {
      if (!is_closed_) waiting_.push_back(std::move(client));
    });
  }

  // Makes a change, and tells whoever awaits one.
  template <typename Change>
  void Tell(Change change) {
    std::function<void()> ready;
    {
      const std::lock_guard lock(mutex_);
      change();
      if (is_over_ || !waiting_.empty()) ready.swap(ready_);
    }
    if (ready) ready();
  }

  // False when the listener is stopped.
  bool AwaitRoom() {
    for (;;) {
      {
        const std::lock_guard lock(mutex_);
        if (is_closed_) return false;
        if (waiting_.size() < kMostWaiting) return true;
      }
      const HANDLE events[] = {stopped_.get(), taken_.get()};
      WaitForMultipleObjects(2, events, FALSE, INFINITE);
    }
  }

  std::u16string name_;
  Access access_;
  Handle stopped_;
  Handle connected_;
  Handle taken_;
  Handle pipe_;  // the instance that waits; the thread's

  std::mutex mutex_;  // guards the rest
  std::vector<Client> waiting_;
  std::function<void()> ready_;
  bool is_closed_ = false;
  bool is_over_ = false;
};

}  // namespace

PipeListener::Client::~Client() {
  if (handle_ != nullptr) CloseHandle(handle_);
}

abi::DWORD PipeListener::Open(const Options& options, std::shared_ptr<PipeListener>* listener) {
  const auto opened = std::make_shared<Win32Listener>();
  if (const abi::DWORD code = opened->Start(options)) return code;
  // The thread holds the listener too: it is closed when everybody else has let it go.
  *listener = std::shared_ptr<PipeListener>(opened.get(), [opened](PipeListener*) { opened->Close(); });
  return abi::kNoError;
}

}  // namespace eaphost::system

#endif
