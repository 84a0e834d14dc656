// A dynamic library, loaded while this object lives. Any thread; one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace eaphost::platform {

class Library {
 public:
  enum class Where {
    kPath,      // the file named, and nothing else; its own folder is searched for what it needs
    kSystem32,  // Windows only: the file of that name in System32 and nowhere else
  };

  Library() = default;
  Library(Library&& other) noexcept;
  Library& operator=(Library&& other) noexcept;
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
  ~Library();

  // Loads `name`. On failure the result is not loaded() and `error` and `message` say why.
  static Library Load(std::u16string_view name, Where where);

  bool loaded() const { return handle_ != nullptr; }
  // Windows: GetLastError of the load. Elsewhere: ERROR_MOD_NOT_FOUND (126), or ERROR_TOO_MANY_OPEN_FILES
  // (4) or ERROR_NOT_ENOUGH_MEMORY (8) where that is why it could not be read. 0 when loaded.
  std::uint32_t error() const { return error_; }
  // The loader's message, for people. Empty when loaded.
  const std::string& message() const { return message_; }

  // The address of an export, or nullptr.
  template <typename Function>
  Function* Find(const char* name) const {
    return reinterpret_cast<Function*>(FindAddress(name));
  }

  // Keeps the library in the process for good, whatever becomes of this object.
  void Pin() { pinned_ = true; }

  // Keeps the library that holds `address` in the process for good. By address: its file may have moved
  // since.
  static bool PinOwnerOf(const void* address);

  // The full path of the library that holds `address`, or empty.
  static std::u16string PathOf(const void* address);

 private:
  using Address = void (*)();
  Address FindAddress(const char* name) const;

  void* handle_ = nullptr;
  bool pinned_ = false;
  std::uint32_t error_ = 0;
  std::string message_;
};

}  // namespace eaphost::platform
