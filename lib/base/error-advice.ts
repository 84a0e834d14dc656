// What a code means and what to do about it, in a sentence.

import { errorCodeNumber, type EapErrorCodeName, type systemErrorCodes } from './error-codes.js';
import { formatMethodType, type FullMethodType } from './method-type.js';

/** What to do where no file can be opened any more. */
export const descriptorAdvice =
  'there are no file descriptors left for it; close what need not be open, or raise the limit (ulimit -n, ' +
  'LimitNOFILE= of a systemd service, fs.file-max for the whole system)';

const serviceDown =
  'the EapHost service does not answer; start it as administrator with "sc start EapHost", ' +
  'or use openEapHost({ runtime: "embedded" }), which needs no service';
const dllMissing =
  'a DLL of method {method}, or one that it needs, was not found; ' +
  'check the path that the method is registered with, and that the DLL has the bitness of its host';

/** By the names of codes. */
const texts: Readonly<Partial<Record<EapErrorCodeName | keyof typeof systemErrorCodes, string>>> = {
  EAP_E_EAPHOST_METHOD_NOT_INSTALLED:
    'EAP method {method} is not installed; install it, or choose one of those that `eaphost methods` lists',
  EAP_E_EAPHOST_IDENTITY_UNKNOWN:
    'there was no identity to answer the network with: the session has no credentials, or none that the method ' +
    'takes an identity from; pass credentials to beginSession()',
  EAP_E_EAPHOST_THIRDPARTY_METHOD_HOST_RESET:
    'the process that hosts the method hung and was restarted; end the session and begin another',
  EAP_E_AUTHENTICATION_FAILED:
    'the other side refused, or the method failed; the cause and the logs of the server say more',
  EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED:
    'the network offers no method that was asked for; it must allow method {method}',
  EAP_E_EAPHOST_METHOD_INVALID_PACKET: 'the method built a packet that is no EAP packet; mend the method',
  EAP_E_EAPHOST_REMOTE_INVALID_PACKET:
    'the network sent a packet that breaks the protocol of the method; look at the server',
  EAP_E_EAPHOST_XML_MALFORMED:
    'the XML breaks EAPHost’s schemas; compare it with a profile that Windows exports',
  EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED: 'method {method} does not support this operation',
  EAP_E_USER_CREDENTIALS_REJECTED: 'the network rejected the credentials; check them, and the account',
  EAP_E_USER_NAME_PASSWORD_REJECTED:
    'the network rejected the user name or the password; check both, and the account',
  EAP_I_USER_ACCOUNT_OTHER_ERROR:
    'the network refused right after the identity; check that the account exists and may log on',
  EAP_E_USER_CERT_NOT_FOUND:
    'the user’s certificate was not found; put one for client authentication into the user’s store',
  EAP_E_USER_CERT_REJECTED:
    'the server rejected the user’s certificate; it must be of an authority that the server trusts, be among those that ' +
    'it allows, and name the identity',
  EAP_E_USER_CERT_EXPIRED: 'the user’s certificate has expired; enrol a new one',
  EAP_E_SERVER_CERT_EXPIRED: 'the server’s certificate has expired; renew it on the server',
  EAP_E_SERVER_CERT_INVALID:
    'the server’s certificate is not valid for the server; check its names and purposes',
  EAP_E_SERVER_ROOT_CERT_NOT_FOUND:
    'the server’s root certificate is not trusted here; install it among the trusted roots',
  SEC_E_ALGORITHM_MISMATCH:
    'peer and server have no TLS version and cipher suite in common; allow one with forward secrecy (ECDHE)',
  ERROR_PROC_NOT_FOUND:
    'the DLL of method {method} lacks a function that EAPHost calls; export it, or put it into the table ' +
    'that EapPeerGetInfo fills',
  ERROR_FILE_NOT_FOUND: dllMissing,
  ERROR_PATH_NOT_FOUND: dllMissing,
  ERROR_MOD_NOT_FOUND: dllMissing,
  ERROR_BAD_EXE_FORMAT: 'the DLL of method {method} is built for another architecture than its host',
  ERROR_ACCESS_DENIED: 'access was denied; this call needs more rights than the process has',
  E_ACCESSDENIED: 'access was denied; this call needs more rights than the process has',
  ERROR_TOO_MANY_OPEN_FILES: descriptorAdvice,
  ERROR_NOT_ENOUGH_MEMORY: 'memory ran out',
  ERROR_MAX_THRDS_REACHED:
    'the system gives this process no more threads; raise its limit (ulimit -u, TasksMax of a systemd unit, ' +
    'pids of a container), or open fewer hosts at once',
  ERROR_INVALID_PARAMETER: 'the run-time or the method refused an argument',
  ERROR_NOT_SUPPORTED: 'the run-time or method {method} does not support this',
  ERROR_NO_SUCH_USER: 'the method found no credentials for this user; pass credentials to beginSession()',
  ERROR_TIMEOUT: 'the method did not answer in time',
  ERROR_CONNECTION_REFUSED: 'the process that holds the method does not run, or refused the connection',
  ERROR_CONNECTION_ABORTED: 'the process that holds the method went away during the call',
  ERROR_BAD_NET_RESP: 'the process that serves the method sent an invalid answer',
  ERROR_UNHANDLED_EXCEPTION: 'the method threw',
  ERROR_INVALID_STATE:
    'the call does not fit the state of the session; see the order of calls in EAPHost’s documentation',
  ERROR_CANCELLED: 'the user cancelled',
  ERROR_RESTRICTED_LOGON_HOURS: 'the account may not log on at this time; ask its administrator',
  ERROR_ACCT_DISABLED: 'the account is disabled; ask its administrator to enable it',
  ERROR_PASSWD_EXPIRED: 'the password has expired; choose a new one, or give newPassword in the credentials',
  ERROR_NO_DIALIN_PERMISSION:
    'the account may not use this network; ask its administrator for the permission',
  ERROR_AUTHENTICATION_FAILURE:
    'the network rejected the user name or the password; check both, and the account',
  ERROR_CHANGING_PASSWORD: 'the network refused the new password; choose one that its rules allow',
  ERROR_SERVICE_DISABLED:
    'the EapHost service is disabled; allow it as administrator with "sc config EapHost start= demand", ' +
    'or use openEapHost({ runtime: "embedded" }), which needs no service',
  ERROR_SERVICE_DOES_NOT_EXIST: serviceDown,
  ERROR_SERVICE_REQUEST_TIMEOUT: serviceDown,
  ERROR_SERVICE_NOT_ACTIVE: serviceDown,
  RPC_S_SERVER_UNAVAILABLE: serviceDown,
  RPC_S_CALL_FAILED: serviceDown,
  RPC_S_CALL_FAILED_DNE: serviceDown,
  EPT_S_NOT_REGISTERED: serviceDown,
  REGDB_E_CLASSNOTREG: serviceDown,
  RPC_E_DISCONNECTED:
    'the run-time’s objects are gone: the EapHost service was stopped; close the host and open another',
};
const advice = new Map(Object.entries(texts).map(([name, text]) => [errorCodeNumber(name), text]));

/** What `code` means and what to do about it; undefined if there is nothing to say beyond the code. */
export function errorAdvice(code: number, method: FullMethodType): string | undefined {
  const text = advice.get(code >>> 0);
  return text?.replaceAll('{method}', method.type === 0 ? 'of the session' : formatMethodType(method));
}
