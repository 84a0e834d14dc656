// The values of the configuration calls in frames, both ways: input fields, interactive data, properties,
// credentials. What they decode comes from a hostile side, what they encode from a host. Any thread.
#pragma once

#include <vector>

#include "native/abi/interactive_ui.h"
#include "native/shim/codec.h"

namespace eaphost::shim {

using values::InputField;
using values::InteractiveUi;
using values::MethodProperty;
using InputFields = std::vector<InputField>;

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
bool DecodeProperties(Octets body, std::vector<MethodProperty>* properties);
bool DecodeBlobs(Octets body, Blobs* blobs);

}  // namespace eaphost::shim
