// What the pair method's peer half exports by name beside EapPeerGetInfo and the free functions: dialogs,
// input fields, properties and blobs of a generic credential. See pair_method.h. Called on the host's
// threads.

#include <cstring>
#include <iterator>

#include "native/abi/functions.h"
#include "native/platform/text.h"
#include "test/native/methods/method_export.h"
#include "test/native/methods/method_platform.h"
#include "test/native/methods/pair_method.h"
#include "test/native/methods/pair_peer.h"

namespace {

using namespace eaphost::abi;
using namespace eaphost::pairmethod;
using eaphost::platform::ToUtf16;
using eaphost::platform::ToUtf8;
using eaphost::platform::View;
using eaphost::testdll::Allocate;
using eaphost::testdll::AllocateBytes;
using eaphost::testdll::AllocateText;

// An export that has no session.
template <typename Body>
DWORD Export(const EAP_TYPE& type, EAP_ERROR** error, Body&& body) noexcept {
  return Guarded(Owner::kPeerError, type, error, [&]() -> Failure {
    if (!IndexOf(type)) return {kErrorNotSupported, kErrorNotSupported, u"not a type of the pair method"};
    return body();
  });
}

EAP_TYPE TypeOf(const EAP_METHOD_TYPE* type) { return type == nullptr ? EAP_TYPE{} : type->eapType; }

void Give(const std::string& text, DWORD* size, BYTE** data) {
  *data = AllocateBytes(Owner::kPeerMemory, text);
  *size = static_cast<DWORD>(text.size());
}

// Updates the host's blob where it fits, else makes a new one.
void Update(const std::string& text, DWORD* size, BYTE** data) {
  if (*data == nullptr || *size < text.size()) return Give(text, size, data);
  std::memcpy(*data, text.data(), text.size());
  *size = static_cast<DWORD>(text.size());
}

// What the user made of a dialog that shows `text`.
Failure Ask(const Options& options, HWND parent, const char16_t* text) {
  if (options.Has("cancel")) return {kErrorCancelled, 0, {}, true};
  const DWORD code = options.Has("dialog") ? eaphost::testdll::ShowDialog(parent, text) : kNoError;
  return {code, 0, {}, true};
}

constexpr DWORD kFields = 2;

void FillField(EAP_CONFIG_INPUT_FIELD_DATA& field, EAP_CONFIG_INPUT_FIELD_TYPE type, DWORD flags,
               std::u16string_view label, std::u16string_view data) {
  field.dwSize = sizeof field;
  field.Type = type;
  field.dwFlagProps = flags;
  field.pwszLabel = AllocateText(Owner::kPeerMemory, label);
  field.pwszData = AllocateText(Owner::kPeerMemory, data);
  field.dwMinDataLength = 0;
  field.dwMaxDataLength = MAX_EAP_CONFIG_INPUT_FIELD_VALUE_LENGTH;
}

void FreeFields(EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  for (DWORD at = 0; array.pFields != nullptr && at < array.dwNumberOfFields; ++at) {
    eaphost::testdll::FreeByHost(Owner::kPeerMemory, array.pFields[at].pwszLabel);
    eaphost::testdll::FreeByHost(Owner::kPeerMemory, array.pFields[at].pwszData);
  }
  eaphost::testdll::FreeByHost(Owner::kPeerMemory, array.pFields);
  array = {};
}

// A name and a password to be typed in; nothing is left behind where it throws.
void FillFields(std::string_view identity, EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  array = {};
  array.dwVersion = EAP_CREDENTIAL_VERSION;
  array.pFields = static_cast<EAP_CONFIG_INPUT_FIELD_DATA*>(
      Allocate(Owner::kPeerMemory, kFields * sizeof(EAP_CONFIG_INPUT_FIELD_DATA)));
  array.dwNumberOfFields = kFields;
  try {
    FillField(array.pFields[0], EapConfigInputUsername, EAP_UI_INPUT_FIELD_PROPS_DEFAULT, u"User name",
              ToUtf16(identity));
    FillField(array.pFields[1], EapConfigInputPassword, EAP_UI_INPUT_FIELD_PROPS_NON_DISPLAYABLE, u"Password",
              u"");
  } catch (...) {
    FreeFields(array);
    throw;
  }
}

// What was typed into the field of a type, or "".
std::string Typed(const EAP_CONFIG_INPUT_FIELD_ARRAY& array, EAP_CONFIG_INPUT_FIELD_TYPE type) {
  for (DWORD at = 0; array.pFields != nullptr && at < array.dwNumberOfFields; ++at) {
    if (array.pFields[at].Type == type) return ToUtf8(View(array.pFields[at].pwszData));
  }
  return {};
}

Options UserIn(const EAP_CONFIG_INPUT_FIELD_ARRAY& array) {
  return MakeUser(Typed(array, EapConfigInputUsername), Typed(array, EapConfigInputPassword));
}

}  // namespace

DWORD EAPHOST_STDCALL EapPeerInvokeConfigUI(EAP_METHOD_TYPE* type, HWND parent, DWORD, DWORD size, BYTE* data,
                                            DWORD* out_size, BYTE** out, EAP_ERROR** error) {
  Zero(out_size);
  Zero(out);
  return Export(TypeOf(type), error, [&]() -> Failure {
    if (out_size == nullptr || out == nullptr) return {kErrorInvalidParameter};
    Options options = Options::Of(data, size);
    if (const Failure asked = Ask(options, parent, u"Configure the pair method?"); asked.failed())
      return asked;
    options.Set("configured", "1");
    Give(options.Text(), out_size, out);
    return {};
  });
}

DWORD EAPHOST_STDCALL EapPeerInvokeIdentityUI(EAP_METHOD_TYPE* type, DWORD, HWND parent, DWORD size,
                                              const BYTE* data, DWORD user_size, const BYTE* user,
                                              DWORD* out_size, BYTE** out, LPWSTR* identity,
                                              EAP_ERROR** error) {
  Zero(out_size);
  Zero(out);
  Zero(identity);
  return Export(TypeOf(type), error, [&]() -> Failure {
    if (out_size == nullptr || out == nullptr || identity == nullptr) return {kErrorInvalidParameter};
    const Options options = Options::Of(data, size);
    if (const Failure asked = Ask(options, parent, u"Log on with the pair method?"); asked.failed())
      return asked;
    Options known = UserOf(options, user, user_size);
    if (known.empty()) known = MakeUser(options.Get("typed", "typed"), options.Get("password", "password"));
    LPWSTR const name = AllocateText(Owner::kPeerMemory, ToUtf16(known.Get("identity")));
    try {
      Give(known.Text(), out_size, out);
    } catch (...) {
      eaphost::testdll::FreeByHost(Owner::kPeerMemory, name);
      throw;
    }
    *identity = name;
    return {};
  });
}

DWORD EAPHOST_STDCALL EapPeerInvokeInteractiveUI(EAP_METHOD_TYPE* type, HWND parent, DWORD size,
                                                 BYTE* context, DWORD* out_size, BYTE** out,
                                                 EAP_ERROR** error) {
  Zero(out_size);
  Zero(out);
  return Export(TypeOf(type), error, [&]() -> Failure {
    if (out_size == nullptr || out == nullptr) return {kErrorInvalidParameter};
    const Options options = Options::Of(context, size);
    const Failure asked = Ask(options, parent, u"Go on with the pair method?");
    if (asked.failed()) return asked;
    Give("answer=" + options.Get("answer", "yes"), out_size, out);
    return {};
  });
}

DWORD EAPHOST_STDCALL EapPeerQueryCredentialInputFields(HANDLE, EAP_METHOD_TYPE type, DWORD, DWORD size,
                                                        BYTE* data, EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
                                                        EAP_ERROR** error) {
  Zero(fields);
  return Export(type.eapType, error, [&]() -> Failure {
    if (fields == nullptr) return {kErrorInvalidParameter};
    const Options options = Options::Of(data, size);
    if (const Failure wanted = Wanted(options, "QueryCredentialInputFields"); wanted.failed()) return wanted;
    FillFields(options.Get("identity"), *fields);
    return {};
  });
}

DWORD EAPHOST_STDCALL EapPeerQueryUserBlobFromCredentialInputFields(
    HANDLE, EAP_METHOD_TYPE type, DWORD, DWORD, BYTE*, const EAP_CONFIG_INPUT_FIELD_ARRAY* fields,
    DWORD* blob_size, BYTE** blob, EAP_ERROR** error) {
  return Export(type.eapType, error, [&]() -> Failure {
    if (fields == nullptr || blob_size == nullptr || blob == nullptr) return {kErrorInvalidParameter};
    Update(UserIn(*fields).Text(), blob_size, blob);
    return {};
  });
}

// No type among the arguments of these two.
DWORD EAPHOST_STDCALL EapPeerQueryInteractiveUIInputFields(DWORD, DWORD, DWORD size, const BYTE* context,
                                                           EAP_INTERACTIVE_UI_DATA* data, EAP_ERROR** error,
                                                           void**) {
  Zero(data);
  return Guarded(Owner::kPeerError, kTypes[0], error, [&]() -> Failure {
    if (data == nullptr) return {kErrorInvalidParameter};
    auto* const fields = static_cast<EAP_CRED_REQ*>(Allocate(Owner::kPeerMemory, sizeof(EAP_CRED_REQ)));
    try {
      FillFields(Options::Of(context, size).Get("identity"), *fields);
    } catch (...) {
      eaphost::testdll::FreeByHost(Owner::kPeerMemory, fields);
      throw;
    }
    *data = {EAP_INTERACTIVE_UI_DATA_VERSION, sizeof *data, EapCredReq, sizeof *fields, {}};
    data->pbUiData.credData = fields;
    return {};
  });
}

DWORD EAPHOST_STDCALL EapPeerQueryUIBlobFromInteractiveUIInputFields(DWORD, DWORD, DWORD, const BYTE*,
                                                                     const EAP_INTERACTIVE_UI_DATA* data,
                                                                     DWORD* blob_size, BYTE** blob,
                                                                     EAP_ERROR** error, void**) {
  return Guarded(Owner::kPeerError, kTypes[0], error, [&]() -> Failure {
    if (data == nullptr || blob_size == nullptr || blob == nullptr || data->pbUiData.credData == nullptr) {
      return {kErrorInvalidParameter};
    }
    if (data->dwDataType != EapCredResp && data->dwDataType != EapCredReq) return {kErrorNotSupported};
    Options answer;
    answer.Set("answer", "yes");
    const std::string password = Typed(*data->pbUiData.credData, EapConfigInputPassword);
    if (!password.empty()) answer.Set("password", password);
    Update(answer.Text(), blob_size, blob);
    return {};
  });
}

DWORD EAPHOST_STDCALL EapPeerGetMethodProperties(DWORD, DWORD, EAP_METHOD_TYPE type, HANDLE, DWORD size,
                                                 const BYTE* data, DWORD, const BYTE*,
                                                 EAP_METHOD_PROPERTY_ARRAY* array, EAP_ERROR** error) {
  Zero(array);
  return Export(type.eapType, error, [&]() -> Failure {
    if (array == nullptr) return {kErrorInvalidParameter};
    constexpr DWORD kCount = 3;
    const Options options = Options::Of(data, size);
    auto* const properties =
        static_cast<EAP_METHOD_PROPERTY*>(Allocate(Owner::kPeerMemory, kCount * sizeof(EAP_METHOD_PROPERTY)));
    BYTE* text = nullptr;
    try {
      text = AllocateBytes(Owner::kPeerMemory, std::string_view("pair method"));
    } catch (...) {
      eaphost::testdll::FreeByHost(Owner::kPeerMemory, properties);
      throw;
    }
    properties[0].eapMethodPropertyType = emptPropMutualAuth;
    properties[0].eapMethodPropertyValueType = empvtBool;
    properties[0].eapMethodPropertyValue.empvBool = {sizeof(BOOL), 1};
    properties[1].eapMethodPropertyType = emptPropFragmentation;
    properties[1].eapMethodPropertyValueType = empvtDword;
    properties[1].eapMethodPropertyValue.empvDword = {sizeof(DWORD), options.Number("fragment")};
    properties[2].eapMethodPropertyType = emptPropVendorSpecific;
    properties[2].eapMethodPropertyValueType = empvtString;
    properties[2].eapMethodPropertyValue.empvString = {11, text};
    *array = {kCount, properties};
    return {};
  });
}

DWORD EAPHOST_STDCALL EapPeerGetConfigBlobAndUserBlob(DWORD, EAP_METHOD_TYPE type, EapCredential credential,
                                                      DWORD* config_size, BYTE** config, DWORD* user_size,
                                                      BYTE** user, EAP_ERROR** error) {
  Zero(config_size);
  Zero(config);
  Zero(user_size);
  Zero(user);
  return Export(type.eapType, error, [&]() -> Failure {
    if (config_size == nullptr || config == nullptr || user_size == nullptr || user == nullptr) {
      return {kErrorInvalidParameter};
    }
    if (credential.credType != EAP_USERNAME_PASSWORD_CREDENTIAL) {
      return {kErrorNotSupported, kErrorNotSupported, u"a name and a password are needed"};
    }
    const EapUsernamePasswordCredential& typed = credential.credData.username_password;
    Give("configured=1", config_size, config);
    try {
      Give(MakeUser(ToUtf8(View(typed.username)), ToUtf8(View(typed.password))).Text(), user_size, user);
    } catch (...) {
      eaphost::testdll::FreeByHost(Owner::kPeerMemory, *config);
      *config = nullptr;
      *config_size = 0;
      throw;
    }
    return {};
  });
}
