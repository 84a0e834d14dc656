// eappcfg.dll's XML functions: documents from and to blobs, by the method that a document names, or without
// it where the document holds the blob itself. On the caller's apartment. Every output is set to nothing
// before anything can fail.

#include "native/embedded/config_call.h"
#include "native/embedded/exports.h"
#include "native/embedded/method_xml.h"

namespace {

using namespace eaphost::abi;  // the names are Windows' own
using eaphost::embedded::CallMethod;
using eaphost::embedded::Clear;
using eaphost::embedded::Fail;
using eaphost::embedded::Given;
using eaphost::embedded::Guarded;
using eaphost::embedded::MethodXml;
using eaphost::embedded::OwnedXml;
using eaphost::embedded::Part;
using eaphost::embedded::XmlKind;
using eaphost::method::DllMemory;
using eaphost::method::PeerMethodDll;
using eaphost::values::Status;

// Where the blob of a document goes, and whose it is.
struct BlobOut {
  DWORD* size;
  BYTE** data;
  EAP_METHOD_TYPE* type;

  bool valid() const { return size != nullptr && data != nullptr && type != nullptr; }
  void Nothing() const {
    Clear(size);
    Clear(data);
    Clear(type);
  }
};

// Reads the document, and has the method's `export_name` convert it: `call(function, xml, data, size,
// error)`.
template <typename Function, typename Call>
Status Convert(XmlKind kind, IXMLDOMNode* node, Part part, const char* export_name, const BlobOut& out,
               Call&& call) {
  if (Status status = eaphost::embedded::XmlAvailable(); !status.ok()) return status;
  MethodXml xml;
  if (Status status = xml.Read(kind, node); !status.ok()) return status;
  if (xml.blob()) {
    auto copy = eaphost::embedded::CopyToHeap(xml.blob()->data(), xml.blob()->size());
    *out.size = static_cast<DWORD>(xml.blob()->size());
    *out.data = copy.release();
    *out.type = xml.type();
    return {};
  }
  return CallMethod<Function>(
      xml.type(), part, export_name, [&](const PeerMethodDll& dll, Function* function) {
        DllMemory<BYTE> blob(dll);
        Status status = dll.Invoke(
            [&](EAP_ERROR** error) { return call(function, xml, blob.put(), blob.put_size(), error); });
        if (!status.ok()) return status;
        eaphost::embedded::HandOut(blob, out.size, out.data);
        *out.type = xml.type();
        return status;
      });
}

}  // namespace

DWORD EAPHOST_STDCALL EapHostPeerConfigXml2Blob(DWORD dwFlags, IXMLDOMNode* pConfigDoc,
                                                DWORD* pdwSizeOfConfigOut, BYTE** ppConfigOut,
                                                EAP_METHOD_TYPE* pEapMethodType, EAP_ERROR** ppEapError) {
  const BlobOut out{pdwSizeOfConfigOut, ppConfigOut, pEapMethodType};
  out.Nothing();
  return Guarded(ppEapError, [&] {
    if (!out.valid() || pConfigDoc == nullptr) return Fail(kErrorInvalidParameter, {});
    return Convert<EapPeerConfigXml2BlobFn>(
        XmlKind::kConfig, pConfigDoc, Part::kConfiguration, "EapPeerConfigXml2Blob", out,
        [&](EapPeerConfigXml2BlobFn* function, const MethodXml& xml, BYTE** data, DWORD* size,
            EAP_ERROR** error) { return function(dwFlags, xml.type(), xml.document(), data, size, error); });
  });
}

DWORD EAPHOST_STDCALL EapHostPeerCredentialsXml2Blob(DWORD dwFlags, IXMLDOMNode* pCredentialsDoc,
                                                     DWORD dwSizeOfConfigIn, BYTE* pConfigIn,
                                                     DWORD* pdwSizeOfCredentialsOut, BYTE** ppCredentialsOut,
                                                     EAP_METHOD_TYPE* pEapMethodType,
                                                     EAP_ERROR** ppEapError) {
  const BlobOut out{pdwSizeOfCredentialsOut, ppCredentialsOut, pEapMethodType};
  out.Nothing();
  return Guarded(ppEapError, [&] {
    if (!out.valid() || pCredentialsDoc == nullptr || !Given(pConfigIn, dwSizeOfConfigIn)) {
      return Fail(kErrorInvalidParameter, {});
    }
    return Convert<EapPeerCredentialsXml2BlobFn>(
        XmlKind::kCredentials, pCredentialsDoc, Part::kMethod, "EapPeerCredentialsXml2Blob", out,
        [&](EapPeerCredentialsXml2BlobFn* function, const MethodXml& xml, BYTE** data, DWORD* size,
            EAP_ERROR** error) {
          return function(dwFlags, xml.type(), xml.document(), pConfigIn, dwSizeOfConfigIn, data, size,
                          error);
        });
  });
}

// The document is the caller's to release.
DWORD EAPHOST_STDCALL EapHostPeerConfigBlob2Xml(DWORD dwFlags, EAP_METHOD_TYPE eapMethodType,
                                                DWORD dwSizeOfConfigIn, BYTE* pConfigIn,
                                                IXMLDOMDocument2** ppConfigDoc, EAP_ERROR** ppEapError) {
  Clear(ppConfigDoc);
  return Guarded(ppEapError, [&] {
    if (ppConfigDoc == nullptr || !Given(pConfigIn, dwSizeOfConfigIn)) {
      return Fail(kErrorInvalidParameter, eapMethodType);
    }
    if (Status status = eaphost::embedded::XmlAvailable(); !status.ok()) return status;
    return CallMethod<EapPeerConfigBlob2XmlFn>(
        eapMethodType, Part::kConfiguration, "EapPeerConfigBlob2Xml",
        [&](const PeerMethodDll& dll, EapPeerConfigBlob2XmlFn* function) {
          OwnedXml made;
          Status status = dll.Invoke([&](EAP_ERROR** error) {
            return function(dwFlags, eapMethodType, pConfigIn, dwSizeOfConfigIn, made.put(), error);
          });
          if (!status.ok()) return status;
          return eaphost::embedded::WrapConfig(eapMethodType, made.get(), *ppConfigDoc);
        });
  });
}
