// The outbox: a list that any thread may push to without a lock.
#include "native/addon/outbox.h"

namespace eaphost::addon {

void Outbox::Post(Message* message) {
  Message* head = head_.load(std::memory_order_relaxed);
  do {
    if (head == closed()) {
      delete message;
      return;
    }
    message->next_ = head;
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
    message = head_.exchange(closed(), std::memory_order_acquire);
  }
  if (message == closed()) return;
  while (message != nullptr) delete std::exchange(message, message->next_);
}

Message* Outbox::TakeList() {
  // Only this thread closes, so what is open now is open for the exchange.
  if (head_.load(std::memory_order_relaxed) == closed()) return nullptr;
  Message* last = head_.exchange(nullptr, std::memory_order_acquire);
  Message* first = nullptr;
  while (last != nullptr) {
    Message* const next = last->next_;
    last->next_ = first;
    first = std::exchange(last, next);
  }
  return first;
}

}  // namespace eaphost::addon
