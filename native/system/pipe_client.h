// The connecting end of a named pipe. Node's own lets the server act for this process' user, and asks nothing
// about the server. This one lets it identify the user, and hands the connection out only where the server's
// account is expected. Waits on the calling thread. Outside Windows there is none.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "native/abi/base.h"
#include "native/system/pipe_listener.h"

namespace eaphost::system {

// The other end of a pipe.
struct PipeServer {
  // None where the server's account is not expected.
  std::shared_ptr<PipeListener::Client> connection;
  std::u16string account;     // DOMAIN\name of the pipe's owner, or its SID; empty where it is not shown
  std::uint32_t process = 0;  // its id; 0 where it is not shown
};

// Connects to a server whose pipe and process are owned by one of `owners` (SIDs). ERROR_FILE_NOT_FOUND where
// there is no such pipe, ERROR_ACCESS_DENIED where its access list keeps this user out, ERROR_TIMEOUT where
// it has had no free instance for so many milliseconds. ERROR_NOT_SUPPORTED off Windows.
abi::DWORD ConnectPipe(const std::u16string& name, const std::vector<std::u16string>& owners,
                       std::uint32_t milliseconds, PipeServer* server);

}  // namespace eaphost::system
