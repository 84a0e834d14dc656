// The supplicant's calls. On lanes.
#include "native/supplicant/supplicant.h"

#include "native/supplicant/owned_error.h"
#include "native/values/copy.h"

namespace eaphost::host {

namespace {

using abi::BYTE;
using abi::DWORD;
using abi::EAP_SESSIONID;

DWORD Size(std::size_t size) { return static_cast<DWORD>(size); }

// NULL for nothing: methods have been seen to read a byte of an empty block.
const BYTE* Data(std::span<const BYTE> bytes) { return bytes.empty() ? nullptr : bytes.data(); }

// The array that the ABI wants, pointing into `attributes`. The run-time only reads it.
class AttributeArray {
 public:
  explicit AttributeArray(std::span<const Attribute> attributes) {
    elements_.reserve(attributes.size());
    for (const Attribute& attribute : attributes) {
      elements_.push_back({.eaType = static_cast<abi::EAP_ATTRIBUTE_TYPE>(attribute.type),
                           .dwLength = Size(attribute.value.size()),
                           .pValue = const_cast<BYTE*>(Data(attribute.value))});
    }
    array_ = {.dwNumberOfAttributes = Size(elements_.size()),
              .pAttribs = elements_.empty() ? nullptr : elements_.data()};
  }
  AttributeArray(const AttributeArray&) = delete;
  AttributeArray& operator=(const AttributeArray&) = delete;

  const abi::EapAttributes* get() const { return &array_; }

 private:
  std::vector<abi::EAP_ATTRIBUTE> elements_;
  abi::EapAttributes array_{};
};

}  // namespace

bool Supplicant::Begin(const BeginArguments& arguments, EAP_SESSIONID& id, Failure& failure) const {
  const AttributeArray attributes(arguments.attributes);
  const abi::GUID* connection_id = arguments.connection_id ? &*arguments.connection_id : nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  id = 0;
  const DWORD code = table_.EapHostPeerBeginSession(
      arguments.flags, arguments.method, arguments.attributes.empty() ? nullptr : attributes.get(),
      arguments.user_token, Size(arguments.connection_data.size()), Data(arguments.connection_data),
      Size(arguments.user_data.size()), Data(arguments.user_data), arguments.max_send_packet_size,
      connection_id, arguments.handler, arguments.handler_context, &id, error.out());
  if (!error.Check("EapHostPeerBeginSession", code, failure)) return false;
  if (id != 0) return true;
  failure = MakeFailure("EapHostPeerBeginSession", kErrorInvalidData, "the run-time gave no session");
  return false;
}

bool Supplicant::ProcessReceivedPacket(EAP_SESSIONID id, std::span<const BYTE> packet, Step& step,
                                       Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerProcessReceivedPacket";
  abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
  {
    OwnedError error(table_.EapHostPeerFreeEapError);
    const DWORD code =
        table_.EapHostPeerProcessReceivedPacket(id, Size(packet.size()), Data(packet), &action, error.out());
    if (!error.Check(kCall, code, failure)) return false;
  }
  return Fetch(kCall, id, action, step, failure);
}

bool Supplicant::SetUiContext(EAP_SESSIONID id, std::span<const BYTE> context, Step& step,
                              Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerSetUIContext";
  abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
  {
    OwnedError error(table_.EapHostPeerFreeEapError);
    const DWORD code =
        table_.EapHostPeerSetUIContext(id, Size(context.size()), Data(context), &action, error.out());
    if (!error.Check(kCall, code, failure)) return false;
  }
  return Fetch(kCall, id, action, step, failure);
}

bool Supplicant::SetResponseAttributes(EAP_SESSIONID id, std::span<const Attribute> attributes, Step& step,
                                       Failure& failure) const {
  constexpr const char* kCall = "EapHostPeerSetResponseAttributes";
  abi::EapHostPeerResponseAction action = abi::EapHostPeerResponseDiscard;
  {
    const AttributeArray array(attributes);
    OwnedError error(table_.EapHostPeerFreeEapError);
    const DWORD code = table_.EapHostPeerSetResponseAttributes(id, array.get(), &action, error.out());
    if (!error.Check(kCall, code, failure)) return false;
  }
  return Fetch(kCall, id, action, step, failure);
}

bool Supplicant::Fetch(const char* call, EAP_SESSIONID id, abi::EapHostPeerResponseAction action, Step& step,
                       Failure& failure) const {
  step.action = action;
  DWORD size = 0;
  BYTE* data = nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  switch (action) {
    case abi::EapHostPeerResponseDiscard:
    case abi::EapHostPeerResponseStartAuthentication:
    case abi::EapHostPeerResponseNone:
      return true;
    case abi::EapHostPeerResponseSend: {
      const DWORD code = table_.EapHostPeerGetSendPacket(id, &size, &data, error.out());
      if (!error.Check("EapHostPeerGetSendPacket", code, failure)) return false;
      if (data == nullptr || size == 0) {
        failure = MakeFailure("EapHostPeerGetSendPacket", kErrorInvalidData, "the run-time gave no packet");
        return false;
      }
      return CopyBytes(data, size, step.bytes) || RefuseSize("EapHostPeerGetSendPacket", failure);
    }
    case abi::EapHostPeerResponseResult:
      step.result = std::make_unique<Result>();
      return GetResult(id, abi::EapHostPeerMethodResultFromMethod, *step.result, failure);
    case abi::EapHostPeerResponseInvokeUi: {
      const DWORD code = table_.EapHostPeerGetUIContext(id, &size, &data, error.out());
      if (!error.Check("EapHostPeerGetUIContext", code, failure)) return false;
      return CopyBytes(data, size, step.bytes) || RefuseSize("EapHostPeerGetUIContext", failure);
    }
    case abi::EapHostPeerResponseRespond: {
      abi::EapAttributes attributes{};
      const DWORD code = table_.EapHostPeerGetResponseAttributes(id, &attributes, error.out());
      if (!error.Check("EapHostPeerGetResponseAttributes", code, failure)) return false;
      return CopyAttributes(&attributes, step.attributes) ||
             RefuseSize("EapHostPeerGetResponseAttributes", failure);
    }
  }
  failure = MakeFailure(call, kErrorInvalidData,
                        "the run-time returned the unknown action " + std::to_string(action));
  return false;
}

bool Supplicant::GetResult(EAP_SESSIONID id, abi::EapHostPeerMethodResultReason reason, Result& result,
                           Failure& failure) const {
  abi::EapHostPeerMethodResult raw{};
  OwnedError inside(table_.EapHostPeerFreeEapError);
  OwnedError error(table_.EapHostPeerFreeEapError);
  const DWORD code = table_.EapHostPeerGetResult(id, reason, &raw, error.out());
  // A failed call may hand out the same error twice; freeing it twice would corrupt the run-time's heap.
  if (raw.pEapError != error.get()) *inside.out() = raw.pEapError;
  if (!error.Check("EapHostPeerGetResult", code, failure)) {
    if (!failure.error) failure.error = CopyError(inside.get());
    return false;
  }
  if (!CopyResult(raw, result)) return RefuseSize("EapHostPeerGetResult", failure);
  result.error = CopyError(raw.pEapError);
  return true;
}

bool Supplicant::GetAuthStatus(EAP_SESSIONID id, abi::EapHostPeerAuthParams parameter, SecretBytes& data,
                               Failure& failure) const {
  DWORD size = 0;
  BYTE* raw = nullptr;
  OwnedError error(table_.EapHostPeerFreeEapError);
  const DWORD code = table_.EapHostPeerGetAuthStatus(id, parameter, &size, &raw, error.out());
  if (!error.Check("EapHostPeerGetAuthStatus", code, failure)) return false;
  return CopyBytes(raw, size, data) || RefuseSize("EapHostPeerGetAuthStatus", failure);
}

bool Supplicant::End(EAP_SESSIONID id, Failure& failure) const {
  OwnedError error(table_.EapHostPeerFreeEapError);
  return error.Check("EapHostPeerEndSession", table_.EapHostPeerEndSession(id, error.out()), failure);
}

bool Supplicant::ClearConnection(const abi::GUID& connection_id, Failure& failure) const {
  abi::GUID id = connection_id;
  OwnedError error(table_.EapHostPeerFreeEapError);
  return error.Check("EapHostPeerClearConnection", table_.EapHostPeerClearConnection(&id, error.out()),
                     failure);
}

}  // namespace eaphost::host
