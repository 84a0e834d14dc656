#include "native/embedded/errors.h"

#include <utility>

#include "native/abi/constants.h"

namespace eaphost::embedded {

namespace {

using values::EapError;
using values::Status;

struct Description {
  abi::DWORD code;
  abi::GUID cause;
  abi::GUID repair;
  const char16_t* cause_text;
  const char16_t* repair_text;
};

constexpr abi::GUID kNone = abi::GUID_EapHost_Default;

constexpr Description kDescriptions[] = {
    {abi::EAP_E_EAPHOST_METHOD_NOT_INSTALLED, abi::GUID_EapHost_Cause_MethodDLLNotFound,
     abi::GUID_EapHost_Repair_ContactAdmin_MethodNotFound, u"No such EAP method is installed.",
     u"Install or register the method; its type and author must both match."},
    {abi::EAP_E_EAPHOST_IDENTITY_UNKNOWN, abi::GUID_EapHost_Cause_IdentityUnknown,
     abi::GUID_EapHost_Repair_ContactAdmin_IdentityUnknown, u"The identity of the user is not known.",
     u"Begin the session with user data that names an identity."},
    {abi::EAP_E_AUTHENTICATION_FAILED, abi::GUID_EapHost_Cause_Generic_AuthFailure,
     abi::GUID_EapHost_Repair_ContactAdmin_AuthFailure, u"The authentication failed.",
     u"Check the credentials and the server's log."},
    {abi::EAP_I_USER_ACCOUNT_OTHER_ERROR, abi::GUID_EapHost_Cause_User_Account_OtherProblem,
     abi::GUID_EapHost_Repair_ContactAdmin_InvalidUserAccount,
     u"The server refused the identity before any method began.", u"Check the user's account on the server."},
    {abi::EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED, abi::GUID_EapHost_Cause_EapNegotiationFailed,
     abi::GUID_EapHost_Repair_ContactAdmin_NegotiationFailed,
     u"The server offers no method that is wanted here.", u"Allow the same EAP method on both sides."},
    {abi::EAP_E_EAPHOST_METHOD_INVALID_PACKET, kNone, abi::GUID_EapHost_Repair_ContactSysadmin,
     u"The method made a packet that is not valid, or was given one.", nullptr},
    {abi::EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, abi::GUID_EapHost_Cause_MethodDoesNotSupportOperation,
     abi::GUID_EapHost_Repair_ContactSysadmin, u"The method does not support this operation.", nullptr},
    {abi::EAP_E_EAPHOST_XML_MALFORMED, abi::GUID_EapHost_Cause_XmlMalformed,
     abi::GUID_EapHost_Repair_ContactSysadmin, u"The XML is not what EAPHost's schemas allow.",
     u"Check the profile's elements, their order and their namespaces."},
    {abi::kErrorProcNotFound, kNone, abi::GUID_EapHost_Repair_ContactSysadmin,
     u"The method's DLL lacks a function that every method must have.", u"Repair or update the method."},
    {abi::kErrorModNotFound, abi::GUID_EapHost_Cause_MethodDLLNotFound,
     abi::GUID_EapHost_Repair_ContactAdmin_MethodNotFound, u"The method's DLL could not be loaded.",
     u"Check the registered path and what the DLL depends on."},
    {abi::kErrorUnhandledException, kNone, abi::GUID_EapHost_Repair_ContactSysadmin,
     u"An exception came out of the method.", u"Repair or update the method."},
    {abi::kErrorTimeout, abi::GUID_EapHost_Cause_Generic_AuthFailure,
     abi::GUID_EapHost_Repair_Retry_Authentication, u"The server did not answer in time.",
     u"Try again; check that the server can be reached."},
    {abi::kErrorCancelled, kNone, kNone, u"The user cancelled.", nullptr},
    {abi::kErrorInvalidState, kNone, kNone, u"The call is not possible in this state of the session.",
     nullptr},
    {abi::kErrorInvalidParameter, kNone, kNone, u"An argument is not valid.", nullptr},
    {abi::kErrorNotSupported, abi::GUID_EapHost_Cause_MethodDoesNotSupportOperation, kNone,
     u"The operation is not supported.", nullptr},
    {abi::kErrorNotEnoughMemory, kNone, kNone, u"There is not enough memory.", nullptr},
    {kCoNotInitialized, kNone, kNone, u"The run-time has not been initialized.",
     u"Call EapHostPeerInitialize first."},
};

}  // namespace

EapError DescribeCode(abi::DWORD code, const abi::EAP_METHOD_TYPE& type) { return Complete({}, code, type); }

EapError Complete(EapError error, abi::DWORD code, const abi::EAP_METHOD_TYPE& type) {
  // An error that says nothing of its own is described; one that does is left as the method made it.
  const bool empty =
      !error.root_cause && !error.repair && error.root_cause_guid == kNone && error.repair_guid == kNone;
  if (error.win_error == 0) error.win_error = code;
  if (error.type.eapType.type == 0) error.type = type;
  if (!empty) return error;
  if (error.reason_code == 0) error.reason_code = code;
  for (const Description& description : kDescriptions) {
    if (description.code != code) continue;
    error.root_cause_guid = description.cause;
    error.repair_guid = description.repair;
    if (description.cause_text != nullptr) error.root_cause = description.cause_text;
    if (description.repair_text != nullptr) error.repair = description.repair_text;
  }
  return error;
}

Status Fail(abi::DWORD code, const abi::EAP_METHOD_TYPE& type) { return {code, DescribeCode(code, type)}; }

Status Describe(Status status, const abi::EAP_METHOD_TYPE& type) {
  if (status.ok()) return status;
  return {status.code, Complete(status.error ? *status.error : EapError(), status.code, type)};
}

}  // namespace eaphost::embedded
