// The messages of native threads for one JavaScript environment. Native threads hold nothing else of it:
// the environment may be gone by the time a call returns, and then posting a message destroys it.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <utility>

namespace eaphost::threads {

// Posted once; owned by the outbox until taken.
class Message {
 public:
  virtual ~Message() = default;

 private:
  friend class Outbox;
  Message* next_ = nullptr;
};

class Outbox {
 public:
  // `wake` is called on the posting thread when the outbox was empty, and never after Close.
  explicit Outbox(std::function<void()> wake) : wake_(std::move(wake)) {}
  ~Outbox() { Close(); }
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  // Any thread.
  void Post(Message* message);

  // Waits a moment, without sleeping and without being woken, for something to be posted. Whether there is
  // something. JavaScript's thread.
  bool Watch(std::chrono::steady_clock::duration patience);

  // Everything that was posted, in order: hands each to `take`, which owns it. JavaScript's thread.
  template <typename Take>
  void TakeAll(Take take) {
    Message* message = TakeList();
    while (message != nullptr) take(std::exchange(message, message->next_));
  }

  // Destroys what was posted and what will be. JavaScript's thread, or the last owner. Idempotent.
  void Close();

 private:
  Message* TakeList();

  // Markers in head_ in place of a message: empty and watched; closed for good.
  Message watched_;
  Message closed_;
  std::atomic<Message*> head_ = nullptr;  // the message posted last
  std::mutex mutex_;  // held while waking, so that Close does not return in the middle of it
  std::function<void()> wake_;
};

}  // namespace eaphost::threads
