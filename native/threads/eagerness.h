// Decides whether to wait without sleeping. A wake-up costs several times as much as a quick call, so
// spinning pays while results come soon; otherwise it only burns a processor. One thread at a time.
#pragma once

namespace eaphost::threads {

class Eagerness {
 public:
  // As long as it has come soon; and now and then, to see whether it does again.
  bool IsWorthATry() { return misses_ < kMisses || ++skipped_ % kRetry == 0; }
  void Tried(bool came) { misses_ = came ? 0 : misses_ + 1; }

 private:
  static constexpr unsigned kMisses = 2;
  static constexpr unsigned kRetry = 64;

  unsigned misses_ = 0;
  unsigned skipped_ = 0;
};

}  // namespace eaphost::threads
