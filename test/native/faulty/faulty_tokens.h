// The user tokens that the faulty run-time was given. One that is no open impersonation token when it is
// given, that is closed before its session has ended or still open after, is counted. Any thread.
#pragma once

#include "native/abi/base.h"

namespace eaphost::faulty {

// A call was given a token; with `session` 0 for no longer than it lasts. NULL is none.
void TakeToken(abi::HANDLE token, abi::DWORD session);
void LeaveToken(abi::DWORD session);
abi::HANDLE TokenOf(abi::DWORD session);

// How many were given, and how many of them wrongly.
abi::DWORD TokensGiven();
abi::DWORD WrongTokens();

}  // namespace eaphost::faulty
