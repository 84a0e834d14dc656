// What waits to be taken from a link. Its thread and JavaScript's.
#include "native/system/raw_link.h"

#include <utility>

#include "native/abi/win32.h"
#include "native/threads/thread.h"

namespace eaphost::system {

namespace {

constexpr std::size_t kMostWaiting = std::size_t{1} << 16;  // octets
constexpr std::size_t kLengthSize = 2;

}  // namespace

abi::DWORD RawLink::Start() {
  // So that the thread needs no memory.
  next_.frames.reserve(kMostWaiting);
  const auto body = [self = shared_from_this()] {
    self->Run();
    {
      const std::lock_guard lock(self->mutex_);
      self->Release();
      self->next_.is_over = true;
    }
    self->Tell();
  };
  return threads::StartThread(body) ? abi::kNoError : abi::kErrorMaxThreadsReached;
}

void RawLink::Await(std::function<void()> ready) {
  {
    const std::lock_guard lock(mutex_);
    if (!HasNews()) {
      ready_ = std::move(ready);
      return;
    }
  }
  ready();
}

RawLink::Batch RawLink::Take() {
  Batch batch;
  batch.frames.reserve(kMostWaiting);
  const std::lock_guard lock(mutex_);
  batch.is_up = next_.is_up;
  batch.is_over = next_.is_over;
  std::swap(batch, next_);
  has_changed_ = false;
  if (!HasRoomFor(batch) && !batch.is_over) Wake();
  return batch;
}

abi::DWORD RawLink::Send(std::span<const std::uint8_t> frame) {
  const std::lock_guard lock(mutex_);
  return next_.is_over ? abi::kErrorNotReady : Transmit(frame);
}

void RawLink::Close() {
  const std::lock_guard lock(mutex_);
  is_closed_ = true;
  if (!next_.is_over) Wake();
}

bool RawLink::closed() {
  const std::lock_guard lock(mutex_);
  return is_closed_;
}

bool RawLink::HasRoomFor(const Batch& batch) {
  return batch.frames.size() + kLengthSize + kMostInFrame <= kMostWaiting;
}

bool RawLink::HasRoom() {
  const std::lock_guard lock(mutex_);
  return HasRoomFor(next_);
}

void RawLink::Add(std::span<const std::uint8_t> frame) {
  const std::lock_guard lock(mutex_);
  next_.frames.push_back(static_cast<std::uint8_t>(frame.size() & 0xFF));
  next_.frames.push_back(static_cast<std::uint8_t>(frame.size() >> 8));
  next_.frames.insert(next_.frames.end(), frame.begin(), frame.end());
}

void RawLink::AddDropped(std::uint32_t count) {
  const std::lock_guard lock(mutex_);
  next_.dropped += count;
}

void RawLink::SetUp(bool is_up) {
  const std::lock_guard lock(mutex_);
  if (next_.is_up == is_up) return;
  next_.is_up = is_up;
  next_.was_down = next_.was_down || !is_up;
  has_changed_ = true;
}

void RawLink::Tell() {
  std::function<void()> ready;
  {
    const std::lock_guard lock(mutex_);
    if (HasNews()) ready.swap(ready_);
  }
  if (ready) ready();
}

}  // namespace eaphost::system
