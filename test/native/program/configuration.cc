// What a configuration program does with eappcfg.dll. On its single-threaded apartment.

#include <cstdlib>
#include <vector>

#include "native/platform/local_memory.h"
#include "test/native/program/program.h"

namespace eaphost::program {

namespace {

using abi::BYTE;
using abi::DWORD;

void Free(void* memory) { libraries.EapHostPeerFreeMemory(static_cast<BYTE*>(memory)); }

// Takes a blob that is ours.
std::string Take(DWORD size, BYTE* data) {
  std::string text = Text(data, size);
  Free(data);
  return text;
}

void FreeInfo(abi::EAP_METHOD_INFO& info) {
  Free(info.pwszAuthorName);
  Free(info.pwszFriendlyName);
  if (info.pInnerMethodInfo == nullptr) return;
  FreeInfo(*info.pInnerMethodInfo);
  Free(info.pInnerMethodInfo);
}

void FreeFields(abi::EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  for (DWORD index = 0; index < array.dwNumberOfFields; ++index) {
    Free(array.pFields[index].pwszLabel);
    Free(array.pFields[index].pwszData);
  }
  Free(array.pFields);
}

// The user's answers, in memory of the program's own.
class Filled {
 public:
  explicit Filled(const abi::EAP_CONFIG_INPUT_FIELD_ARRAY& asked)
      : fields_(asked.pFields, asked.pFields + asked.dwNumberOfFields) {
    for (abi::EAP_CONFIG_INPUT_FIELD_DATA& field : fields_) {
      field.pwszData = field.Type == abi::EapConfigInputUsername ? name_ : password_;
    }
  }
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY get() {
    return {abi::EAP_CREDENTIAL_VERSION, static_cast<DWORD>(fields_.size()), fields_.data()};
  }

 private:
  std::vector<abi::EAP_CONFIG_INPUT_FIELD_DATA> fields_;
  abi::WCHAR name_[6] = u"alice";
  abi::WCHAR password_[7] = u"secret";
};

void ListMethods() {
  abi::EAP_METHOD_INFO_ARRAY array{};
  EAPHOST_EXPECT(Succeeded(FromConfiguration(
      [&](abi::EAP_ERROR** error) { return libraries.EapHostPeerGetMethods(&array, error); })));
  int found = 0;
  for (DWORD index = 0; index < array.dwNumberOfMethods; ++index) {
    abi::EAP_METHOD_INFO& info = array.pEapMethods[index];
    if (info.eaptype.dwAuthorId == 99999 && info.eaptype.eapType.dwVendorType == 2) {
      ++found;
      EAPHOST_EXPECT(std::u16string(info.pwszFriendlyName) == u"Scripted");
      EAPHOST_EXPECT(info.eapProperties == 0x280000);
    }
    FreeInfo(info);
  }
  Free(array.pEapMethods);
  EAPHOST_EXPECT(found == 1);
}

void AskProperties(const std::string& config, DWORD count) {
  abi::EAP_METHOD_PROPERTY_ARRAY array{};
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerGetMethodProperties(0, 0, kMethod, nullptr, Size(config),
                                                    config.empty() ? nullptr : Data(config), 0, nullptr,
                                                    &array, error);
  })));
  EAPHOST_EXPECT(array.dwNumberOfProperties == count);
  for (DWORD index = 0; index < array.dwNumberOfProperties; ++index) {
    abi::EAP_METHOD_PROPERTY& property = array.pMethodProperty[index];
    if (property.eapMethodPropertyValueType == abi::empvtString) {
      Free(property.eapMethodPropertyValue.empvString.value);
    }
  }
  Free(array.pMethodProperty);
}

abi::EAP_CONFIG_INPUT_FIELD_ARRAY AskFields(const std::string& config) {
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY array{};
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerQueryCredentialInputFields(nullptr, kMethod, 0, Size(config), Data(config),
                                                           &array, error);
  })));
  EAPHOST_EXPECT(array.dwNumberOfFields == 2);
  return array;
}

void UpdateUserBlob(const std::string& config) {
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY asked = AskFields(config);
  Filled filled(asked);
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY array = filled.get();
  // The old blob is a LocalAlloc block of the program's, and stays it.
  platform::LocalBlock old;
  const std::string given = "an old blob with room for the new one";
  EAPHOST_EXPECT(old.Assign({Data(given), given.size()}));
  auto size = static_cast<DWORD>(old.size());
  BYTE* data = old.data();
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerQueryUserBlobFromCredentialInputFields(
        nullptr, kMethod, 0, Size(config), Data(config), &array, &size, &data, error);
  })));
  EAPHOST_EXPECT(data != old.data());
  EAPHOST_EXPECT(Text(old.data(), static_cast<DWORD>(old.size())) == given);
  EAPHOST_EXPECT(Take(size, data) == "alice|secret|");
  FreeFields(asked);
}

void RaiseDialogs() {
  const std::string config = "config";
  DWORD size = 0;
  BYTE* data = nullptr;
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerInvokeConfigUI(nullptr, 0, kMethod, Size(config), Data(config), &size, &data,
                                               error);
  })));
  EAPHOST_EXPECT(Take(size, data) == "configured:config");

  const std::string cancelled = "fail=InvokeConfigUI:1223";
  EAPHOST_EXPECT(FailedWith(FromConfiguration([&](abi::EAP_ERROR** error) {
                              return libraries.EapHostPeerInvokeConfigUI(
                                  nullptr, 0, kMethod, Size(cancelled), Data(cancelled), &size, &data, error);
                            }),
                            abi::kErrorCancelled));
  EAPHOST_EXPECT(data == nullptr && size == 0);

  abi::LPWSTR identity = nullptr;
  void* reserved = nullptr;
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerInvokeIdentityUI(0, kMethod, 0, nullptr, Size(config), Data(config), 0,
                                                 nullptr, &size, &data, &identity, error, &reserved);
  })));
  EAPHOST_EXPECT(std::u16string(identity) == u"typed");
  Free(identity);
  EAPHOST_EXPECT(Take(size, data) == "typed");
}

void MeetNoMethod() {
  DWORD size = 9;
  BYTE* data = nullptr;
  EAPHOST_EXPECT(FailedWith(FromConfiguration([&](abi::EAP_ERROR** error) {
                              return libraries.EapHostPeerInvokeConfigUI(nullptr, 0, kNoMethod, 0, nullptr,
                                                                         &size, &data, error);
                            }),
                            abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED));
  EAPHOST_EXPECT(data == nullptr && size == 0);
}

}  // namespace

std::string UserBlob(const std::string& config) {
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY asked = AskFields(config);
  Filled filled(asked);
  const abi::EAP_CONFIG_INPUT_FIELD_ARRAY array = filled.get();
  DWORD size = 0;
  BYTE* data = nullptr;
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerQueryUserBlobFromCredentialInputFields(
        nullptr, kMethod, 0, Size(config), Data(config), &array, &size, &data, error);
  })));
  FreeFields(asked);
  return Take(size, data);
}

std::string AskByFields(const std::string& context) {
  abi::EAP_INTERACTIVE_UI_DATA asked{};
  void* reserved = nullptr;
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerQueryInteractiveUIInputFields(abi::EAPHOST_PEER_API_VERSION, 0, Size(context),
                                                              Data(context), &asked, error, &reserved);
  })));
  EAPHOST_EXPECT(asked.dwDataType == abi::EapCredReq);
  if (asked.pbUiData.credData == nullptr) return {};
  Filled filled(*asked.pbUiData.credData);
  abi::EAP_CONFIG_INPUT_FIELD_ARRAY array = filled.get();
  abi::EAP_INTERACTIVE_UI_DATA answer = asked;
  answer.dwDataType = abi::EapCredResp;
  answer.cbUiData = sizeof array;
  answer.pbUiData.credData = &array;
  DWORD size = 0;
  BYTE* data = nullptr;
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerQueryUIBlobFromInteractiveUIInputFields(abi::EAPHOST_PEER_API_VERSION, 0,
                                                                        Size(context), Data(context), &answer,
                                                                        &size, &data, error, &reserved);
  })));
  FreeFields(*asked.pbUiData.credData);
  Free(asked.pbUiData.credData);
  return Take(size, data);
}

std::string AskByDialog(const std::string& context) {
  DWORD size = 0;
  BYTE* data = nullptr;
  EAPHOST_EXPECT(Succeeded(FromConfiguration([&](abi::EAP_ERROR** error) {
    return libraries.EapHostPeerInvokeInteractiveUI(nullptr, Size(context), Data(context), &size, &data,
                                                    error);
  })));
  return Take(size, data);
}

void Configure() {
  ListMethods();
  AskProperties("", 29);
  AskProperties("config", 2);
  UpdateUserBlob("config");
  ConvertXml();
  RaiseDialogs();
  MeetNoMethod();
}

}  // namespace eaphost::program
