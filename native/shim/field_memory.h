// Input fields, interactive data and properties in memory that a host frees block by block with
// EapPeerFreeMemory: texts and values first, then the array. Any thread.
#pragma once

#include "native/shim/codec_configuration.h"

namespace eaphost::shim {

// Each sets its output only when all memory is there. Throws std::bad_alloc.
void HandOutFields(const InputFields& fields, abi::EAP_CONFIG_INPUT_FIELD_ARRAY* array);
void HandOutInteractiveUi(const InteractiveUi& ui, abi::EAP_INTERACTIVE_UI_DATA* data);
void HandOutProperties(const std::vector<MethodProperty>& properties, abi::EAP_METHOD_PROPERTY_ARRAY* array);

}  // namespace eaphost::shim
