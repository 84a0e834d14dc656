// A global object that is never destroyed, because a thread may be inside the library while the process
// exits. Its resources are freed when the host shuts the library down, before it may be unloaded.
#pragma once

#include <new>

namespace eaphost::shim {

template <typename T>
class Immortal {
 public:
  Immortal() { ::new (static_cast<void*>(&value_)) T(); }
  ~Immortal() {}
  Immortal(const Immortal&) = delete;
  Immortal& operator=(const Immortal&) = delete;

  T* operator->() { return &value_; }
  T& operator*() { return value_; }

 private:
  union {
    T value_;
  };
};

}  // namespace eaphost::shim
