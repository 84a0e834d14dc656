// The outbox: a list that any thread may push to without a lock.
#include "native/threads/outbox.h"

#include "native/threads/thread.h"

namespace eaphost::threads {

void Outbox::Post(Message* message) {
  Message* head = head_.load(std::memory_order_relaxed);
  do {
    if (head == &closed_) {
      delete message;
      return;
    }
    message->next_ = head == &watched_ ? nullptr : head;
  } while (!head_.compare_exchange_weak(head, message, std::memory_order_release, std::memory_order_relaxed));
  if (head != nullptr) return;
  const std::lock_guard lock(mutex_);
  if (wake_) wake_();
}

void Outbox::Close() {
  Message* message = nullptr;
  {
    const std::lock_guard lock(mutex_);
    wake_ = nullptr;
    message = head_.exchange(&closed_, std::memory_order_acquire);
  }
  if (message == &closed_) return;
  while (message != nullptr) delete std::exchange(message, message->next_);
}

bool Outbox::Watch(std::chrono::steady_clock::duration patience) {
  using Clock = std::chrono::steady_clock;
  Message* head = nullptr;
  if (!head_.compare_exchange_strong(head, &watched_, std::memory_order_relaxed)) return head != &closed_;
  const Clock::time_point end = Clock::now() + patience;
  do {
    for (int turn = 0; turn < 16; ++turn) {
      if (head_.load(std::memory_order_relaxed) != &watched_) return true;
      Relax();
    }
  } while (Clock::now() < end);
  head = &watched_;
  return !head_.compare_exchange_strong(head, nullptr, std::memory_order_relaxed);
}

Message* Outbox::TakeList() {
  // Only this thread closes, so what is open now is open for the exchange.
  if (head_.load(std::memory_order_relaxed) == &closed_) return nullptr;
  Message* last = head_.exchange(nullptr, std::memory_order_acquire);
  Message* first = nullptr;
  while (last != nullptr) {
    Message* const next = last->next_;
    last->next_ = first;
    first = std::exchange(last, next);
  }
  return first;
}

}  // namespace eaphost::threads
