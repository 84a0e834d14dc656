#include "native/shim/codec_configuration.h"

#include "native/abi/constants.h"
#include "native/platform/text.h"

namespace eaphost::shim {

namespace {

// Least octets of a field and of a property.
constexpr std::size_t kLeastField = 24;
constexpr std::size_t kLeastProperty = 6;

// Texts longer than Windows' dialogs have room for are not for them.
bool ReadFields(Reader& reader, InputFields* fields) {
  const std::uint32_t count = reader.U32();
  if (count > reader.rest() / kLeastField) {
    reader.Fail();
    return false;
  }
  fields->resize(count);
  for (InputField& field : *fields) {
    field.type = static_cast<std::int32_t>(reader.U32());
    field.flags = reader.U32();
    const SecretText label = reader.Text();
    field.label.assign(label.begin(), label.end());
    field.data = reader.Text();
    field.min_length = reader.U32();
    field.max_length = reader.U32();
    if (field.label.size() > abi::MAX_EAP_CONFIG_INPUT_FIELD_LENGTH ||
        field.data.size() > abi::MAX_EAP_CONFIG_INPUT_FIELD_VALUE_LENGTH) {
      reader.Fail();
    }
  }
  return reader.ok();
}

}  // namespace

bool WriteFields(Writer& writer, const abi::EAP_CONFIG_INPUT_FIELD_ARRAY* fields) {
  const abi::DWORD count = fields == nullptr ? 0 : fields->dwNumberOfFields;
  if (count != 0 && fields->pFields == nullptr) return false;
  writer.U32(count);
  for (abi::DWORD index = 0; index < count && !writer.too_large(); ++index) {
    const abi::EAP_CONFIG_INPUT_FIELD_DATA& field = fields->pFields[index];
    writer.U32(static_cast<std::uint32_t>(field.Type));
    writer.U32(field.dwFlagProps);
    writer.Text(platform::View(field.pwszLabel));
    writer.Text(platform::View(field.pwszData));
    writer.U32(field.dwMinDataLength);
    writer.U32(field.dwMaxDataLength);
  }
  return true;
}

bool WriteInteractiveUi(Writer& writer, const abi::EAP_INTERACTIVE_UI_DATA* data) {
  if (data == nullptr || data->pbUiData.credData == nullptr) return false;
  if (data->dwDataType < abi::EapCredReq || data->dwDataType > abi::EapCredLogonResp) return false;
  writer.U32(static_cast<std::uint32_t>(data->dwDataType));
  if (!IsExpiry(data->dwDataType))
    return WriteFields(writer, data->pbUiData.credData) && WriteFields(writer, nullptr);
  const abi::EAP_CRED_EXPIRY_REQ& expiry = *data->pbUiData.credExpiryData;
  return WriteFields(writer, &expiry.curCreds) && WriteFields(writer, &expiry.newCreds);
}

bool WriteCredential(Writer& writer, const abi::EapCredential& credential) {
  writer.U8(static_cast<std::uint8_t>(credential.credType));
  switch (credential.credType) {
    case abi::EAP_EMPTY_CREDENTIAL:
    case abi::EAP_WINLOGON_CREDENTIAL:
      return true;
    case abi::EAP_USERNAME_PASSWORD_CREDENTIAL:
      writer.Text(platform::View(credential.credData.username_password.username));
      writer.Text(platform::View(credential.credData.username_password.password));
      return true;
    case abi::EAP_CERTIFICATE_CREDENTIAL:
      writer.Raw(credential.credData.certificate.certHash);
      writer.Text(platform::View(credential.credData.certificate.password));
      return true;
    case abi::EAP_SIM_CREDENTIAL:
      writer.Text(platform::View(credential.credData.sim.iccID));
      return true;
  }
  return false;
}

bool DecodeBlob(Octets body, platform::SecretBytes* blob) {
  Reader reader(body);
  *blob = reader.Blob();
  return reader.done();
}

bool DecodeText(Octets body, SecretText* text) {
  Reader reader(body);
  *text = reader.Text();
  return reader.done();
}

bool DecodeFields(Octets body, InputFields* fields) {
  Reader reader(body);
  return ReadFields(reader, fields) && reader.done();
}

bool DecodeInteractiveUi(Octets body, InteractiveUi* ui) {
  Reader reader(body);
  const std::uint32_t type = reader.U32();
  if (type > abi::EapCredLogonResp) return false;
  ui->type = static_cast<abi::EAP_INTERACTIVE_UI_DATA_TYPE>(type);
  if (!ReadFields(reader, &ui->fields) || !ReadFields(reader, &ui->new_fields)) return false;
  return reader.done() && (IsExpiry(ui->type) || ui->new_fields.empty());
}

bool DecodeProperties(Octets body, std::vector<MethodProperty>* properties) {
  Reader reader(body);
  const std::uint32_t count = reader.U32();
  if (count > reader.rest() / kLeastProperty) return false;
  properties->resize(count);
  for (MethodProperty& property : *properties) {
    property.type = static_cast<std::int32_t>(reader.U32());
    const std::uint8_t value_type = reader.U8();
    property.value_type = static_cast<abi::EAP_METHOD_PROPERTY_VALUE_TYPE>(value_type);
    if (value_type == abi::empvtBool) {
      property.number = reader.Bool() ? 1 : 0;
    } else if (value_type == abi::empvtDword) {
      property.number = reader.U32();
    } else if (value_type == abi::empvtString) {
      property.text = reader.Blob();
    } else {
      return false;
    }
  }
  return reader.done();
}

bool DecodeBlobs(Octets body, Blobs* blobs) {
  Reader reader(body);
  blobs->config = reader.Blob();
  blobs->user = reader.Blob();
  return reader.done();
}

}  // namespace eaphost::shim
