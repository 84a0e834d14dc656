// The values of the configuration calls in frames, both ways: input fields, interactive data, properties,
// credentials. What they decode comes from a hostile side, what they encode from a host. Any thread.
#pragma once

#include <vector>

#include "native/abi/interactive_ui.h"
#include "native/shim/codec.h"

namespace eaphost::shim {

struct InputField {
  abi::DWORD type = 0;
  abi::DWORD flags = 0;
  SecretText label;
  SecretText data;
  abi::DWORD min_length = 0;
  abi::DWORD max_length = 0;
};
using InputFields = std::vector<InputField>;

// EAP_INTERACTIVE_UI_DATA. `new_fields` belong to an expired password.
struct InteractiveUi {
  abi::EAP_INTERACTIVE_UI_DATA_TYPE type = abi::EapCredReq;
  InputFields fields;
  InputFields new_fields;
};

struct Property {
  abi::DWORD type = 0;
  abi::EAP_METHOD_PROPERTY_VALUE_TYPE value_type = abi::empvtBool;
  abi::DWORD number = 0;         // of a boolean and a number
  platform::SecretBytes octets;  // of a string
};

struct Blobs {
  platform::SecretBytes config;
  platform::SecretBytes user;
};

// Appends what a host passed in. False: a pointer is missing, or a value is none that there is.
bool WriteFields(Writer& writer, const abi::EAP_CONFIG_INPUT_FIELD_ARRAY* fields);
bool WriteInteractiveUi(Writer& writer, const abi::EAP_INTERACTIVE_UI_DATA* data);
bool WriteCredential(Writer& writer, const abi::EapCredential& credential);

// Each takes a whole body, whatever it holds; false: malformed.
bool DecodeBlob(Octets body, platform::SecretBytes* blob);
bool DecodeText(Octets body, SecretText* text);
bool DecodeFields(Octets body, InputFields* fields);
bool DecodeInteractiveUi(Octets body, InteractiveUi* ui);
bool DecodeProperties(Octets body, std::vector<Property>* properties);
bool DecodeBlobs(Octets body, Blobs* blobs);

}  // namespace eaphost::shim
