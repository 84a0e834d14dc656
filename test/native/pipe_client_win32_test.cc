// What the server of a named pipe may do with the rights of a client, and which servers a client is connected
// to. Windows only.
#ifdef _WIN32

#include "native/system/pipe_client.h"

#include <doctest/doctest.h>

#include <windows.h>

#include <string>

#include "native/abi/win32.h"
#include "native/platform/security_win32.h"
#include "native/system/system_facts.h"

using namespace eaphost;
using platform::Handle;

namespace {

const std::u16string kName = u"\\\\.\\pipe\\eaphost-native-test";
const std::u16string kLocalService = u"S-1-5-19";

const wchar_t* Wide(const std::u16string& text) { return reinterpret_cast<const wchar_t*>(text.c_str()); }

std::u16string OwnUser() { return platform::UserOf(platform::OwnToken().get()).Text(); }

// Of this user: Wine knows no owner of a pipe that is made without one.
Handle MakePipe() {
  const std::u16string text = u"O:" + OwnUser() + u"D:P(A;;GA;;;" + OwnUser() + u")";
  platform::LocalMemory descriptor;
  REQUIRE(ConvertStringSecurityDescriptorToSecurityDescriptorW(Wide(text), SDDL_REVISION_1, &descriptor.data,
                                                               nullptr));
  SECURITY_ATTRIBUTES attributes{sizeof(SECURITY_ATTRIBUTES), descriptor.data, FALSE};
  return Handle(CreateNamedPipeW(Wide(kName), PIPE_ACCESS_DUPLEX, PIPE_TYPE_BYTE | PIPE_WAIT, 1, 64, 64, 0,
                                 &attributes));
}

// As whom the server may act for a client that has sent an octet.
SECURITY_IMPERSONATION_LEVEL LevelOf(HANDLE server, HANDLE client) {
  const char sent = 'x';
  char got = 0;
  DWORD count = 0;
  OVERLAPPED operation{};
  const Handle done(CreateEventW(nullptr, TRUE, FALSE, nullptr));
  operation.hEvent = done.get();
  if (!WriteFile(client, &sent, 1, nullptr, &operation)) REQUIRE(GetLastError() == ERROR_IO_PENDING);
  REQUIRE(ReadFile(server, &got, 1, &count, nullptr));
  REQUIRE(GetOverlappedResult(client, &operation, &count, TRUE));
  REQUIRE(ImpersonateNamedPipeClient(server));
  HANDLE opened = nullptr;
  const BOOL is_open = OpenThreadToken(GetCurrentThread(), TOKEN_QUERY, TRUE, &opened);
  REQUIRE(RevertToSelf());
  REQUIRE(is_open);
  const Handle token(opened);
  SECURITY_IMPERSONATION_LEVEL level{};
  REQUIRE(GetTokenInformation(token.get(), TokenImpersonationLevel, &level, sizeof(level), &count));
  return level;
}

// Wine lets every server act for its clients, whatever they allow.
SECURITY_IMPERSONATION_LEVEL LevelOfIdentification() {
  system::ProcessFacts facts;
  REQUIRE(system::QueryProcess(&facts) == abi::kNoError);
  return facts.wine_version.empty() ? SecurityIdentification : SecurityImpersonation;
}

}  // namespace

TEST_CASE("The server of a pipe can identify its client, and not act for it") {
  const Handle server = MakePipe();
  REQUIRE(server);
  system::PipeServer found;
  REQUIRE(system::ConnectPipe(kName, {kLocalService, OwnUser()}, 1000, &found) == abi::kNoError);
  REQUIRE(found.connection != nullptr);
  CHECK(found.process == GetCurrentProcessId());
  CHECK(!found.account.empty());
  CHECK(LevelOf(server.get(), found.connection->get()) == LevelOfIdentification());
}

TEST_CASE("A client of a pipe that says nothing about it lets the server act for it") {
  const Handle server = MakePipe();
  REQUIRE(server);
  const Handle client(CreateFileW(Wide(kName), GENERIC_READ | GENERIC_WRITE, 0, nullptr, OPEN_EXISTING,
                                  FILE_FLAG_OVERLAPPED, nullptr));
  REQUIRE(client);
  CHECK(LevelOf(server.get(), client.get()) == SecurityImpersonation);
}

TEST_CASE("There is no connection to a pipe of an account that is not expected") {
  const Handle server = MakePipe();
  REQUIRE(server);
  system::PipeServer found;
  REQUIRE(system::ConnectPipe(kName, {kLocalService}, 1000, &found) == abi::kNoError);
  CHECK(found.connection == nullptr);
  CHECK(found.process == GetCurrentProcessId());
}

TEST_CASE("A pipe that is not there, or has no free instance, is no connection") {
  system::PipeServer found;
  CHECK(system::ConnectPipe(kName, {kLocalService, OwnUser()}, 1000, &found) == ERROR_FILE_NOT_FOUND);
  const Handle server = MakePipe();
  REQUIRE(server);
  REQUIRE(system::ConnectPipe(kName, {kLocalService, OwnUser()}, 1000, &found) == abi::kNoError);
  REQUIRE(found.connection != nullptr);
  system::PipeServer second;
  CHECK(system::ConnectPipe(kName, {kLocalService, OwnUser()}, 50, &second) == abi::kErrorTimeout);
  CHECK(second.connection == nullptr);
}

#endif
