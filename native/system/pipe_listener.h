// The listening end of a named pipe. Node's own is not safe enough. This one is the first instance of its
// name or fails, has its access list from the first moment, takes no client from another machine, and it
// identifies a client before it reads a byte from it. It hands each connection out as a handle for libuv to
// read and write. It owns a thread, which waits for clients. Outside Windows there is none.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "native/abi/base.h"

namespace eaphost::system {

class PipeListener {
 public:
  // A connected client, or nothing once taken. Closes a client that was not taken.
  class Client {
   public:
    explicit Client(void* handle = nullptr) : handle_(handle) {}
    Client(Client&& other) noexcept : handle_(other.Take()) {}
    Client& operator=(Client&& other) noexcept {
      std::swap(handle_, other.handle_);
      return *this;
    }
    ~Client();
    explicit operator bool() const { return handle_ != nullptr; }
    void* get() const { return handle_; }
    void* Take() { return std::exchange(handle_, nullptr); }

   private:
    void* handle_;
  };

  struct Options {
    std::u16string name;                  // \\.\pipe\...
    std::vector<std::u16string> clients;  // SIDs that may connect beside this user, SYSTEM and Administrators
  };

  // Makes the first instance. It is closed with the last pointer to it. ERROR_ALREADY_EXISTS if another
  // process has the name; ERROR_NOT_SUPPORTED off Windows.
  static abi::DWORD Open(const Options& options, std::shared_ptr<PipeListener>* listener);

  virtual ~PipeListener() = default;
  PipeListener(const PipeListener&) = delete;
  PipeListener& operator=(const PipeListener&) = delete;

  // Calls `ready` once, at once or on the listener's thread: when a client waits, or the listener is closed
  // and its name is free.
  virtual void Await(std::function<void()> ready) = 0;
  // The client that has waited longest; none if none waits.
  virtual Client Take() = 0;
  // Releases the name and closes the clients that were not taken. Idempotent.
  virtual void Close() = 0;

 protected:
  PipeListener() = default;
};

}  // namespace eaphost::system
