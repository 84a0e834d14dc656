// A named pipe's listening end, which Node's own cannot be trusted to be: it is the first instance of its
// name or nothing, its access list is there from the first moment, it takes no client from another machine,
// and it says who a client is before a byte of his is read. What it accepts is handed out as a handle for
// libuv to read and write. It owns a thread, which waits for clients. Elsewhere than on Windows there is
// none.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "native/abi/base.h"

namespace eaphost::system {

class PipeListener {
 public:
  // A connected client, or nothing for one that has been taken. Closes what nobody took.
  class Client {
   public:
    explicit Client(void* handle = nullptr) : handle_(handle) {}
    Client(Client&& other) noexcept : handle_(other.Take()) {}
    Client& operator=(Client&&) = delete;
    ~Client();
    void* Take() {
      void* const handle = handle_;
      handle_ = nullptr;
      return handle;
    }

   private:
    void* handle_;
  };

  struct Options {
    std::u16string name;                  // \\.\pipe\...
    std::vector<std::u16string> clients;  // SIDs that may connect beside this user, SYSTEM and Administrators
  };

  // Makes the first instance. It is closed with the last pointer to it. ERROR_ALREADY_EXISTS where somebody
  // has the name; ERROR_NOT_SUPPORTED off Windows.
  static abi::DWORD Open(const Options& options, std::shared_ptr<PipeListener>* listener);

  virtual ~PipeListener() = default;
  PipeListener(const PipeListener&) = delete;
  PipeListener& operator=(const PipeListener&) = delete;

  // Says who takes the next client: once, at once or on the listener's thread. With no client when the
  // listener is closed and its name is free.
  virtual void Accept(std::function<void(Client)> take) = 0;
  // Lets the name go and closes what nobody took. Idempotent.
  virtual void Close() = 0;

 protected:
  PipeListener() = default;
};

}  // namespace eaphost::system
