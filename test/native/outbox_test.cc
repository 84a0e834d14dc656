// The outbox: order, when it wakes, watching, closing, many threads at once.
#include "native/threads/lanes.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <thread>
#include <vector>

namespace {

using eaphost::threads::Message;
using eaphost::threads::Outbox;
using std::chrono::milliseconds;

std::atomic<int> messages_alive = 0;

struct Numbered : Message {
  explicit Numbered(int of, int that) : thread(of), number(that) { ++messages_alive; }
  ~Numbered() override { --messages_alive; }
  const int thread;
  const int number;
};

std::vector<int> TakeNumbers(Outbox& outbox) {
  std::vector<int> numbers;
  outbox.TakeAll([&](Message* message) {
    const std::unique_ptr<Numbered> owned(static_cast<Numbered*>(message));
    numbers.push_back(owned->number);
  });
  return numbers;
}

}  // namespace

TEST_CASE("outbox: messages come in order, and only the first of a batch wakes") {
  int wakes = 0;
  {
    Outbox outbox([&] { ++wakes; });
    CHECK(TakeNumbers(outbox).empty());
    for (int number = 0; number < 5; ++number) outbox.Post(new Numbered(0, number));
    CHECK(wakes == 1);
    CHECK(TakeNumbers(outbox) == std::vector{0, 1, 2, 3, 4});
    CHECK(TakeNumbers(outbox).empty());
    outbox.Post(new Numbered(0, 5));
    CHECK(wakes == 2);
    outbox.Post(new Numbered(0, 6));
  }
  CHECK(messages_alive == 0);
}

TEST_CASE("outbox: who watches is not woken") {
  std::atomic<int> wakes = 0;
  Outbox outbox([&] { ++wakes; });
  CHECK_FALSE(outbox.Watch(milliseconds(5)));
  std::thread poster([&] {
    std::this_thread::sleep_for(milliseconds(20));
    outbox.Post(new Numbered(0, 1));
  });
  CHECK(outbox.Watch(milliseconds(20'000)));
  poster.join();
  CHECK(wakes == 0);
  CHECK(outbox.Watch(milliseconds(0)));
  CHECK(TakeNumbers(outbox) == std::vector{1});
  // The watch is over.
  outbox.Post(new Numbered(0, 2));
  CHECK(wakes == 1);
  CHECK(TakeNumbers(outbox) == std::vector{2});
}

TEST_CASE("outbox: a closed one wakes nobody and keeps nothing") {
  int wakes = 0;
  Outbox outbox([&] { ++wakes; });
  outbox.Post(new Numbered(0, 1));
  outbox.Close();
  CHECK(messages_alive == 0);
  outbox.Post(new Numbered(0, 2));
  CHECK(messages_alive == 0);
  CHECK(wakes == 1);
  CHECK_FALSE(outbox.Watch(milliseconds(0)));
  CHECK(TakeNumbers(outbox).empty());
  outbox.Post(new Numbered(0, 3));
  CHECK(messages_alive == 0);
  outbox.Close();
}

TEST_CASE("outbox: many threads post while one takes") {
  constexpr int kThreads = 4;
  constexpr int kMessages = 20'000;
  std::atomic<int> wakes = 0;
  Outbox outbox([&] { ++wakes; });
  std::vector<std::thread> threads;
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&outbox, thread] {
      for (int number = 0; number < kMessages; ++number) outbox.Post(new Numbered(thread, number));
    });
  }
  int next[kThreads] = {};
  int disorders = 0;
  int taken = 0;
  int seen_wakes = 0;
  while (taken < kThreads * kMessages) {
    // As the consumer lives: it takes when it was woken, or when it watched and saw.
    if (wakes == seen_wakes && !outbox.Watch(milliseconds(1))) continue;
    seen_wakes = wakes;
    outbox.TakeAll([&](Message* message) {
      const std::unique_ptr<Numbered> owned(static_cast<Numbered*>(message));
      if (owned->number != next[owned->thread]++) ++disorders;
      ++taken;
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(disorders == 0);
  CHECK(messages_alive == 0);
}

TEST_CASE("outbox: closing while others post loses nothing and wakes nobody later") {
  for (int round = 0; round < 50; ++round) {
    std::atomic<bool> is_closed = false;
    std::atomic<int> late_wakes = 0;
    auto outbox = std::make_shared<Outbox>([&] {
      if (is_closed) ++late_wakes;
    });
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 3; ++thread) {
      threads.emplace_back([outbox] {
        for (int number = 0; number < 300; ++number) outbox->Post(new Numbered(0, number));
      });
    }
    TakeNumbers(*outbox);
    outbox->Close();
    is_closed = true;
    for (std::thread& thread : threads) thread.join();
    CHECK(late_wakes == 0);
    CHECK(messages_alive == 0);
  }
}
