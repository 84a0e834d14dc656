// EAPHost's documents: reads the method and contents of one, and wraps a method's configuration in one.
// They are MSXML's, so they exist on Windows alone; elsewhere everything here fails with
// METHOD_OPERATION_NOT_SUPPORTED. On the caller's apartment, which the documents never leave.
#pragma once

#include <optional>

#include "native/abi/structs.h"
#include "native/platform/secret.h"
#include "native/values/plain.h"

namespace eaphost::embedded {

// Success where there is MSXML.
values::Status XmlAvailable();

// A document's reference, released when this object dies.
class OwnedXml {
 public:
  OwnedXml() = default;
  ~OwnedXml();
  OwnedXml(const OwnedXml&) = delete;
  OwnedXml& operator=(const OwnedXml&) = delete;

  abi::IXMLDOMDocument2* get() const { return document_; }
  // For a call to fill. Once.
  abi::IXMLDOMDocument2** put() { return &document_; }

 private:
  abi::IXMLDOMDocument2* document_ = nullptr;
};

// EapHostConfig, EapHostUserCredentials.
enum class XmlKind { kConfig, kCredentials };

class MethodXml {
 public:
  // Takes a document apart: the document itself, or its element. Once. EAP_E_EAPHOST_XML_MALFORMED for what
  // EAPHost's schemas do not allow; the method checks what stands below Config or Credentials.
  values::Status Read(XmlKind kind, abi::IXMLDOMNode* given);

  const abi::EAP_METHOD_TYPE& type() const { return type_; }
  // The content of ConfigBlob or CredentialsBlob; empty if the method's own elements stand there.
  const std::optional<platform::SecretBytes>& blob() const { return blob_; }
  // The whole document for the method: a copy, since methods do with it what they like.
  abi::IXMLDOMDocument2* document() const { return document_.get(); }

 private:
  abi::EAP_METHOD_TYPE type_{};
  std::optional<platform::SecretBytes> blob_;
  OwnedXml document_;
};

// The EapHostConfig round what a method made: a document whose element is Config or ConfigBlob.
// EAP_E_EAPHOST_XML_MALFORMED for anything else.
values::Status WrapConfig(const abi::EAP_METHOD_TYPE& type, abi::IXMLDOMDocument2* made,
                          abi::IXMLDOMDocument2*& whole);

}  // namespace eaphost::embedded
