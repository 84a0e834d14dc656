// The methods in Windows' registry, which is read at each lookup. On other systems there are none.
#include "native/embedded/registry.h"

#include <doctest/doctest.h>

#ifdef _WIN32
#include <windows.h>

#include <objbase.h>
#endif

#include <algorithm>
#include <thread>

#include "native/abi/constants.h"
#include "test/native/runtime_harness.h"

using namespace eaphost;
using namespace eaphost::embedded;
using namespace eaphost::embedded::test;

#ifdef _WIN32

namespace {

// A key under EapHost\Methods, gone with all below it when the test ends.
class MethodKey {
 public:
  explicit MethodKey(std::wstring path)
      : path_(L"System\\CurrentControlSet\\Services\\EapHost\\Methods\\" + path) {
    REQUIRE(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path_.c_str(), 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &key_,
                            nullptr) == ERROR_SUCCESS);
  }
  ~MethodKey() { Delete(); }
  MethodKey(const MethodKey&) = delete;
  MethodKey& operator=(const MethodKey&) = delete;

  void Text(const wchar_t* name, const std::wstring& value, DWORD type = REG_SZ) {
    CHECK(RegSetValueExW(key_, name, 0, type, reinterpret_cast<const BYTE*>(value.c_str()),
                         static_cast<DWORD>((value.size() + 1) * sizeof(wchar_t))) == ERROR_SUCCESS);
  }
  void Number(const wchar_t* name, DWORD value) {
    CHECK(RegSetValueExW(key_, name, 0, REG_DWORD, reinterpret_cast<const BYTE*>(&value), sizeof value) ==
          ERROR_SUCCESS);
  }
  void Delete() {
    if (key_ == nullptr) return;
    RegCloseKey(key_);
    key_ = nullptr;
    RegDeleteTreeW(HKEY_LOCAL_MACHINE, path_.c_str());
  }

 private:
  std::wstring path_;
  HKEY key_ = nullptr;
};

std::wstring WidePath(const char* library) {
  const std::u16string path = BesideProgram(library);
  return std::wstring(path.begin(), path.end());
}

std::u16string Narrowed(const std::wstring& text) { return std::u16string(text.begin(), text.end()); }

abi::DWORD Begins(const abi::EAP_METHOD_TYPE& type) {
  Peer peer;
  Peer::Options options;
  options.type = type;
  return peer.Begin("", options);
}

constexpr abi::EAP_METHOD_TYPE kPlain{{25, 0, 0}, 88888};

}  // namespace

TEST_CASE("registry: a method is seen as soon as its key is there, and no longer than that") {
  REQUIRE(EapHostPeerInitialize() == abi::kNoError);
  CHECK(Begins(kPlain) == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  {
    MethodKey key(L"88888\\25");
    CHECK(Begins(kPlain) == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
    key.Text(L"PeerDllPath", WidePath("testmethod"));
    key.Text(L"PeerFriendlyName", L"Plain");
    key.Number(L"Properties", 0x1234);
    CHECK(Begins(kPlain) == abi::kNoError);
    CHECK(CountersNow().dwLoadedMethods == 1);  // kept for the next session

    const auto entry = FindInRegistry(kPlain);
    REQUIRE(entry);
    CHECK(entry->dll_path == BesideProgram("testmethod"));
    CHECK(entry->friendly_name == u"Plain");
    CHECK(entry->author_name.empty());
    CHECK(entry->properties == 0x1234);
    CHECK(entry->config_ui_path.empty());
    CHECK(!entry->endpoint);

    // Another path is another DLL from the next session on.
    key.Text(L"PeerDllPath", L"Z:\\no\\such.dll");
    CHECK(Begins(kPlain) == abi::kErrorModNotFound);
    CHECK(CountersNow().dwLoadedMethods == 0);
    key.Text(L"PeerDllPath", WidePath("testmethod"));
    CHECK(Begins(kPlain) == abi::kNoError);
  }
  CHECK(Begins(kPlain) == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  CHECK(CountersNow().dwLoadedMethods == 0);
  EapHostPeerUninitialize();
}

TEST_CASE("registry: expanded types, environment strings, user interface paths, the author's name") {
  SetEnvironmentVariableW(L"EAPHOST_TEST_FOLDER", L"C:\\methods");
  MethodKey author(L"88888");
  author.Text(nullptr, L"The author");
  MethodKey key(L"88888\\254\\99999\\2");
  key.Text(L"PeerDllPath", L"%EAPHOST_TEST_FOLDER%\\peer.dll", REG_EXPAND_SZ);
  key.Text(L"PeerConfigUIPath", L"%EAPHOST_TEST_FOLDER%\\config.dll", REG_SZ);
  key.Text(L"PeerIdentityPath", L"identity.dll");
  key.Text(L"PeerInteractiveUIPath", L"interactive.dll");
  key.Text(L"PeerFriendlyName", L"100%EAPHOST_TEST_FOLDER%");
  const auto entry = FindInRegistry({{254, 99999, 2}, 88888});
  REQUIRE(entry);
  CHECK(entry->dll_path == u"C:\\methods\\peer.dll");
  CHECK(entry->config_ui_path == u"C:\\methods\\config.dll");
  CHECK(entry->identity_path == u"identity.dll");
  CHECK(entry->interactive_ui_path == u"interactive.dll");
  CHECK(entry->friendly_name == u"100%EAPHOST_TEST_FOLDER%");
  CHECK(entry->author_name == u"The author");
  CHECK(!FindInRegistry({{254, 99999, 3}, 88888}));
  CHECK(!FindInRegistry({{254, 0, 0}, 88888}));
  CHECK(!FindInRegistry({{254, 99999, 2}, 99999}));
}

TEST_CASE("registry: the list has what can be used, and nothing that is no method") {
  MethodKey plain(L"88888\\25");
  plain.Text(L"PeerDllPath", L"a.dll");
  plain.Text(L"PeerFriendlyName", L"A");
  MethodKey nameless(L"88888\\26");
  nameless.Text(L"PeerDllPath", L"b.dll");
  MethodKey server(L"88888\\27");
  server.Text(L"AuthenticatorDllPath", L"c.dll");
  server.Text(L"PeerFriendlyName", L"C");
  MethodKey expanded(L"88888\\254\\1\\4294967295");
  expanded.Text(L"PeerDllPath", L"d.dll");
  expanded.Text(L"PeerFriendlyName", L"D");
  MethodKey indirect(L"88888\\28");
  indirect.Text(L"PeerDllPath", L"f.dll");
  indirect.Text(L"PeerFriendlyName", L"@C:\\no\\such.dll,-1");
  MethodKey odd(L"88888\\notanumber");
  MethodKey large(L"88888\\256");
  large.Text(L"PeerDllPath", L"e.dll");
  large.Text(L"PeerFriendlyName", L"E");
  std::vector<MethodEntry> ours;
  for (MethodEntry& entry : ListRegistry()) {
    if (entry.type.dwAuthorId == 88888) ours.push_back(std::move(entry));
  }
  std::sort(ours.begin(), ours.end(),
            [](const auto& one, const auto& other) { return one.dll_path < other.dll_path; });
  REQUIRE(ours.size() == 3);
  CHECK(ours[0].friendly_name == Narrowed(L"A"));
  CHECK(ours[0].type.eapType.type == 25);
  CHECK(ours[1].friendly_name == Narrowed(L"D"));
  CHECK(ours[1].type.eapType.dwVendorType == 0xFFFFFFFF);
  // A text that is kept in a DLL is read from there; what cannot be read is shown as it is.
  CHECK(ours[2].friendly_name == Narrowed(L"@C:\\no\\such.dll,-1"));
}

TEST_CASE("registry: a user interface in a DLL of its own") {
  Fixture fixture;
  MethodKey key(L"88888\\25");
  key.Text(L"PeerDllPath", WidePath("trivialmethod"));
  key.Text(L"PeerFriendlyName", L"Split");
  key.Text(L"PeerConfigUIPath", WidePath("testmethod"));
  abi::DWORD size = 0;
  abi::BYTE* data = nullptr;
  const abi::BYTE config[] = {'q', 'u', 'i', 'e', 't'};
  REQUIRE(EapHostPeerInvokeConfigUI(nullptr, 0, kPlain, 5, config, &size, &data, nullptr) == abi::kNoError);
  CHECK(std::string(data, data + size) == "configured:quiet");
  EapHostPeerFreeMemory(data);
  CHECK(EapHostPeerInvokeIdentityUI(0, kPlain, 0, nullptr, 0, nullptr, 0, nullptr, &size, &data, nullptr,
                                    nullptr, nullptr) == abi::kErrorInvalidParameter);
  CHECK(EapEmbeddedDropScope(0) == abi::kNoError);
}

TEST_CASE("registry: a single-threaded apartment is left as it is, or refused where that is asked for") {
  const auto initialize = [] {
    abi::DWORD code = 0;
    std::thread([&code] {
      REQUIRE(SUCCEEDED(CoInitializeEx(nullptr, COINIT_APARTMENTTHREADED)));
      code = EapHostPeerInitialize();
      if (code == abi::kNoError) {
        CHECK(EapHostPeerInitialize() == abi::kNoError);
        CHECK(Begins(kPlain) == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
        EapHostPeerUninitialize();
        EapHostPeerUninitialize();
      }
      // The apartment is still the thread's own.
      APTTYPE type{};
      APTTYPEQUALIFIER qualifier{};
      CHECK(SUCCEEDED(CoGetApartmentType(&type, &qualifier)));
      CHECK((type == APTTYPE_STA || type == APTTYPE_MAINSTA));
      CoUninitialize();
      CHECK(FAILED(CoGetApartmentType(&type, &qualifier)));
    }).join();
    return code;
  };
  CHECK(initialize() == abi::kNoError);
  REQUIRE(EapEmbeddedSetOption(0, embedded::kOptionRefusesSta, 1) == abi::kNoError);
  CHECK(initialize() == abi::kRpcChangedMode);
  REQUIRE(EapEmbeddedSetOption(0, embedded::kOptionRefusesSta, 0) == abi::kNoError);
  CHECK(EapEmbeddedSetOption(0, embedded::kOptionRefusesSta, 2) == abi::kErrorInvalidParameter);
}

TEST_CASE("registry: a thread with an apartment of its own needs no EapHostPeerInitialize") {
  REQUIRE(SUCCEEDED(CoInitializeEx(nullptr, COINIT_MULTITHREADED)));
  CHECK(Begins(kPlain) == abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED);
  CoUninitialize();
}

TEST_CASE("registry: a session keeps a token of its own") {
  Fixture fixture;
  HANDLE token = nullptr;
  REQUIRE(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY | TOKEN_DUPLICATE, &token) != 0);
  abi::EAP_SESSIONID id = 0;
  REQUIRE(EapHostPeerBeginSession(0, kTestMethod, nullptr, token, 0, nullptr, 0, nullptr, 1500, nullptr,
                                  nullptr, nullptr, &id, nullptr) == abi::kNoError);
  CloseHandle(token);
  abi::EapHostPeerResponseAction action{};
  CHECK(EapHostPeerProcessReceivedPacket(id, 5, kIdentityRequest.data(), &action, nullptr) == abi::kNoError);
  CHECK(action == abi::EapHostPeerResponseSend);
  CHECK(EapHostPeerEndSession(id, nullptr) == abi::kNoError);
  CHECK(EapHostPeerBeginSession(0, kTestMethod, nullptr, token, 0, nullptr, 0, nullptr, 1500, nullptr,
                                nullptr, nullptr, &id, nullptr) == ERROR_INVALID_HANDLE);
}

#else

TEST_CASE("registry: where there is none it is empty") {
  CHECK(ListRegistry().empty());
  CHECK(!FindInRegistry(kTestMethod));
}

#endif
