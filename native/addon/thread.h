// A detached thread, started without exceptions: a machine that has no more threads to give is no reason to
// die.
#pragma once

#include <functional>

namespace eaphost::addon {

// Runs `body` on a thread of its own. False when the system refuses.
bool StartThread(std::function<void()> body);

// How many threads can run at once; 1 when unknown.
unsigned ProcessorCount();

// Tells the processor that this thread only waits in a loop.
void Relax();

}  // namespace eaphost::addon
