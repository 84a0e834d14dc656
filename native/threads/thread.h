// Starts a detached thread without exceptions: a machine without free threads must not end the process.
#pragma once

#include <functional>
#include <memory>
#include <new>
#include <utility>

namespace eaphost::threads {

using ThreadBody = std::function<void()>;
bool StartDetached(std::unique_ptr<ThreadBody> body);

// Runs `body` on a thread of its own. False when the system refuses.
template <typename Body>
bool StartThread(Body body) {
  try {
    return StartDetached(std::make_unique<ThreadBody>(std::move(body)));
  } catch (const std::bad_alloc&) {
    return false;
  }
}

// How many threads can run at once; 1 when unknown.
unsigned ProcessorCount();

// Tells the processor that this thread only waits in a loop.
void Relax();

}  // namespace eaphost::threads
