// Fuzzes what the shim makes of a server's octets: frames, hellos and each reply's body; and what it makes of
// a host's for a UI context.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "native/shim/codec_configuration.h"
#include "native/shim/field_memory.h"
#include "native/shim/memory.h"
#include "native/shim/ui_context.h"

namespace {

using namespace eaphost;

// Reads every octet that a host would read.
unsigned Sum(const std::uint8_t* data, std::size_t size) {
  unsigned sum = 0;
  for (std::size_t index = 0; index < size; ++index) sum += data[index];
  return sum;
}

unsigned Sum(const abi::EAP_ATTRIBUTES& attributes) {
  unsigned sum = 0;
  for (abi::DWORD index = 0; index < attributes.dwNumberOfAttributes; ++index) {
    sum += Sum(attributes.pAttribs[index].pValue, attributes.pAttribs[index].dwLength);
  }
  return sum;
}

unsigned Sum(const shim::Failure& failure) {
  abi::EAP_ERROR* error = shim::MakeError(failure);
  if (error == nullptr) std::abort();
  unsigned sum = error->dwWinError;
  for (const abi::WCHAR* text : {error->pRootCauseString, error->pRepairString}) {
    for (; text != nullptr && *text != 0; ++text) sum += *text;
  }
  shim::Free(error);
  return sum;
}

volatile unsigned sink;

void FuzzAuthenticator(shim::Octets octets) {
  shim::AuthenticatorStep step;
  if (shim::DecodeAuthenticatorStep(octets, &step)) sink = Sum(*step.attributes.get());
  shim::Outgoing outgoing;
  if (shim::DecodeOutgoing(octets, &outgoing)) sink = Sum(outgoing.packet.data(), outgoing.packet.size());
  shim::Result result;
  if (shim::DecodeAuthenticatorResult(octets, &result)) sink = Sum(*result.attributes.get());
}

void Free(abi::EAP_CONFIG_INPUT_FIELD_ARRAY& fields) {
  for (abi::DWORD index = 0; index < fields.dwNumberOfFields; ++index) {
    shim::Free(fields.pFields[index].pwszLabel);
    shim::Free(fields.pFields[index].pwszData);
  }
  shim::Free(fields.pFields);
}

// What was decoded, as a host gets it and frees it.
void FuzzConfiguration(shim::Octets octets) {
  shim::InputFields fields;
  if (shim::DecodeFields(octets, &fields)) {
    abi::EAP_CONFIG_INPUT_FIELD_ARRAY array{};
    shim::HandOutFields(fields, &array);
    Free(array);
  }
  shim::InteractiveUi ui;
  if (shim::DecodeInteractiveUi(octets, &ui)) {
    abi::EAP_INTERACTIVE_UI_DATA data{};
    shim::HandOutInteractiveUi(ui, &data);
    if (abi::IsExpiry(data.dwDataType)) {
      Free(data.pbUiData.credExpiryData->curCreds);
      Free(data.pbUiData.credExpiryData->newCreds);
    } else {
      Free(*data.pbUiData.credData);
    }
    shim::Free(data.pbUiData.credData);
  }
  std::vector<shim::MethodProperty> properties;
  if (shim::DecodeProperties(octets, &properties)) {
    abi::EAP_METHOD_PROPERTY_ARRAY array{};
    shim::HandOutProperties(properties, &array);
    for (abi::DWORD index = 0; index < array.dwNumberOfProperties; ++index) {
      const abi::EAP_METHOD_PROPERTY& property = array.pMethodProperty[index];
      if (property.eapMethodPropertyValueType != abi::empvtString) continue;
      shim::Free(property.eapMethodPropertyValue.empvString.value);
    }
    shim::Free(array.pMethodProperty);
  }
  shim::Blobs blobs;
  if (shim::DecodeBlobs(octets, &blobs)) sink = Sum(blobs.config.data(), blobs.config.size());
  shim::SecretText text;
  if (shim::DecodeText(octets, &text) && !text.empty()) sink = text.back();
  abi::EAP_TYPE type{};
  shim::Octets context;
  if (shim::UnwrapUiContext(octets, &type, &context)) {
    if (shim::WrapUiContext(type, context) != platform::SecretBytes(octets.begin(), octets.end())) {
      std::abort();
    }
  }
  if (shim::OutstandingBlocks() != 0) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const shim::Octets octets(data, size);
  shim::Frame frame;
  if (shim::DecodeFrame(octets, &frame) && frame.body.size() + shim::kHeaderSize != size) std::abort();
  if (shim::DecodeHello(octets, shim::Token{}) && size != shim::kHelloSize) std::abort();
  if (shim::DecodeEmpty(octets) && size != 0) std::abort();

  shim::Identity identity;
  if (shim::DecodeIdentity(octets, &identity)) {
    sink = Sum(identity.user_data.data(), identity.user_data.size());
    for (const char16_t unit : identity.identity) {
      if (unit == 0) std::abort();
    }
  }
  shim::Step decoded;
  if (shim::DecodeStep(octets, &decoded)) {
    shim::Step step = std::move(decoded);
    sink = Sum(step.data.data(), step.data.size()) + Sum(*step.attributes.get());
    if (step.action == abi::EapPeerMethodResponseActionSend && step.data.size() > shim::kMaxPacketSize)
      std::abort();
  }
  shim::Result result;
  if (shim::DecodeResult(octets, &result)) {
    sink = Sum(*result.attributes.get()) + Sum(result.error);
    if (result.success != (result.reason == 0)) std::abort();
  }
  FuzzAuthenticator(octets);
  FuzzConfiguration(octets);
  shim::Failure failure;
  if (shim::DecodeFailure(octets, &failure)) {
    sink = Sum(failure);
    if (!failure.failed()) std::abort();
  }
  return 0;
}
