// The WLAN service of the fake wlanapi: adapters, profiles in memory, clients, and the thread that tells
// them. Any thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "native/abi/networks.h"

namespace eaphost::fake {

struct Profile {
  std::u16string name;
  std::u16string xml;
  abi::DWORD flags = 0;
  std::u16string credentials;
  bool are_for_all = false;
};

// The adapters: test/networks/support.ts has the same.
inline constexpr abi::GUID kFirst{
    0x11111111, 0x2222, 0x3333, {0x44, 0x44, 0x55, 0x55, 0x55, 0x55, 0x55, 0x55}};
inline constexpr abi::GUID kSecond{0xAAAAAAAA, 0xBBBB, 0xCCCC, {0xDD, 0xDD, 1, 2, 3, 4, 5, 6}};

class Service {
 public:
  static Service& Get();

  // A number that is no pointer.
  abi::HANDLE Open();
  abi::DWORD Close(abi::HANDLE client);
  bool Has(abi::HANDLE client);
  // Waits until nothing is being told.
  abi::DWORD Register(abi::HANDLE client, abi::DWORD sources, abi::WLAN_NOTIFICATION_CALLBACK callback,
                      void* context);

  // One adapter, or none, or two.
  void SetAdapters(unsigned count);
  std::vector<abi::GUID> Adapters();
  bool HasAdapter(const abi::GUID& guid);

  std::vector<Profile> Profiles();
  // A Win32 code of the function that it does.
  abi::DWORD Set(const std::u16string& xml, abi::DWORD flags, bool overwrite, abi::DWORD* reason);
  abi::DWORD Delete(const std::u16string& name);
  abi::DWORD Move(const std::u16string& name, abi::DWORD position);
  abi::DWORD SetCredentials(const std::u16string& name, const std::u16string& xml, bool for_all);
  abi::DWORD Connect(const abi::GUID& adapter, const std::u16string& name);
  abi::DWORD Disconnect(const abi::GUID& adapter);
  std::u16string Connected();

  // Tells every client that asked for the source. With a size of its own the data are as long as `size` says
  // that they were.
  void Tell(abi::DWORD source, abi::DWORD code, const abi::GUID& adapter, std::vector<std::uint8_t> data);
  void TellWrongly(abi::DWORD kind);

  // As JSON.
  std::u16string Describe();
  void Reset();
};

}  // namespace eaphost::fake
