// The probes that take raw pointers and calls: each asks the run-time one question and gives the answer as
// JSON. Each runs in a process of its own, on a thread that has entered the run-time, but
// for Apartments and OtherThreadLeaves, which enter it themselves, and Ras, which has no business there.
#pragma once

#include <string>
#include <vector>

namespace eaphost::probe {

std::string BufferLifetimes();               // memory_probes.cc
std::string BuffersOfTwoSessions();          // memory_probes.cc
std::string IdentityError(bool by_runtime);  // memory_probes.cc
std::string Plain();                         // call_probes.cc, and so on
std::string NoUserData();
std::string SessionZero();
std::string SecondSession();
std::string PacketSizes();
std::string OtherThreads();
std::string Versions();
std::string StartAuthentication();
std::string ResultReasons();
std::string FailureAfterSuccess();
std::string ResultBeforeSuccess();
std::string EndWithUi();
std::string Notification();
std::string OrdinaryUser();  // system_probes_win32.cc, and so on
std::string ShippedExports();
std::string Architecture();
std::string AppContainer();
std::string Tokens();  // caller_probes_win32.cc, and so on
std::string Apartments();
std::string OtherThreadLeaves();
std::string EveryExport();
std::string OverRestart();
std::string Ras();

// What the command line has behind the question.
extern std::vector<std::string> arguments;

// Whether the heaps of this process are sound.
bool HeapsAreSound();

}  // namespace eaphost::probe
