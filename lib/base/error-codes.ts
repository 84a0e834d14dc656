// Names of the codes that EAPHost's functions return: EAPHost's own, as the Windows SDK spells them, and the
// Win32, RPC and COM codes that callers meet. A test compares them with native/abi/eaphost-abi.json.

/** EAPHost's own codes by name (eaphosterror.h). Where a number has two names, the first is the one to show. */
export const eapErrorCodes = {
  EAP_E_CERT_STORE_INACCESSIBLE: 0x80420010,
  EAP_E_EAPHOST_METHOD_NOT_INSTALLED: 0x80420011,
  EAP_E_EAPHOST_THIRDPARTY_METHOD_HOST_RESET: 0x80420012,
  EAP_E_EAPHOST_EAPQEC_INACCESSIBLE: 0x80420013,
  EAP_E_EAPHOST_IDENTITY_UNKNOWN: 0x80420014,
  EAP_E_AUTHENTICATION_FAILED: 0x80420015,
  EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED: 0x40420016,
  EAP_E_EAPHOST_METHOD_INVALID_PACKET: 0x80420017,
  EAP_E_EAPHOST_REMOTE_INVALID_PACKET: 0x80420018,
  EAP_E_EAPHOST_XML_MALFORMED: 0x80420019,
  EAP_E_METHOD_CONFIG_DOES_NOT_SUPPORT_SSO: 0x8042001a,
  EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED: 0x80420020,
  EAP_E_USER_CERT_NOT_FOUND: 0x80420100,
  EAP_E_USER_CERT_INVALID: 0x80420101,
  EAP_E_USER_CERT_EXPIRED: 0x80420102,
  EAP_E_USER_CERT_REVOKED: 0x80420103,
  EAP_E_USER_CERT_OTHER_ERROR: 0x80420104,
  EAP_E_USER_CERT_REJECTED: 0x80420105,
  EAP_I_USER_ACCOUNT_OTHER_ERROR: 0x40420110,
  EAP_E_USER_CREDENTIALS_REJECTED: 0x80420111,
  EAP_E_USER_NAME_PASSWORD_REJECTED: 0x80420112,
  EAP_E_NO_SMART_CARD_READER: 0x80420113,
  EAP_E_SERVER_CERT_NOT_FOUND: 0x80420200,
  EAP_E_SERVER_CERT_INVALID: 0x80420201,
  EAP_E_SERVER_CERT_EXPIRED: 0x80420202,
  EAP_E_SERVER_CERT_REVOKED: 0x80420203,
  EAP_E_SERVER_CERT_OTHER_ERROR: 0x80420204,
  EAP_E_USER_ROOT_CERT_NOT_FOUND: 0x80420300,
  EAP_E_USER_ROOT_CERT_INVALID: 0x80420301,
  EAP_E_USER_ROOT_CERT_EXPIRED: 0x80420302,
  EAP_E_SERVER_ROOT_CERT_NOT_FOUND: 0x80420400,
  EAP_E_SERVER_ROOT_CERT_INVALID: 0x80420401,
  EAP_E_SERVER_ROOT_CERT_NAME_REQUIRED: 0x80420406,
  EAP_E_SIM_NOT_VALID: 0x80420500,
  EAP_METHOD_INVALID_PACKET: 0x80420017,
  EAP_INVALID_PACKET: 0x80420018,
} as const;

/**
 * The Win32, RPC and COM codes that matter here, by name; 646 to 722 are those of RAS (raserror.h), which methods give
 * as the reason of a refusal.
 */
export const systemErrorCodes = {
  ERROR_INVALID_FUNCTION: 1,
  ERROR_FILE_NOT_FOUND: 2,
  ERROR_PATH_NOT_FOUND: 3,
  ERROR_TOO_MANY_OPEN_FILES: 4,
  ERROR_ACCESS_DENIED: 5,
  ERROR_INVALID_HANDLE: 6,
  ERROR_NOT_ENOUGH_MEMORY: 8,
  ERROR_INVALID_DATA: 13,
  ERROR_OUTOFMEMORY: 14,
  ERROR_NOT_READY: 21,
  ERROR_NOT_SUPPORTED: 50,
  ERROR_BAD_NET_RESP: 58,
  ERROR_INVALID_PARAMETER: 87,
  ERROR_BROKEN_PIPE: 109,
  ERROR_CALL_NOT_IMPLEMENTED: 120,
  ERROR_INSUFFICIENT_BUFFER: 122,
  ERROR_MOD_NOT_FOUND: 126,
  ERROR_PROC_NOT_FOUND: 127,
  ERROR_MAX_THRDS_REACHED: 164,
  ERROR_ALREADY_EXISTS: 183,
  ERROR_BAD_EXE_FORMAT: 193,
  ERROR_MORE_DATA: 234,
  ERROR_UNHANDLED_EXCEPTION: 574,
  ERROR_RESTRICTED_LOGON_HOURS: 646,
  ERROR_ACCT_DISABLED: 647,
  ERROR_PASSWD_EXPIRED: 648,
  ERROR_NO_DIALIN_PERMISSION: 649,
  ERROR_AUTHENTICATION_FAILURE: 691,
  ERROR_CHANGING_PASSWORD: 709,
  ERROR_PPP_INVALID_PACKET: 722,
  ERROR_SERVICE_REQUEST_TIMEOUT: 1053,
  ERROR_SERVICE_DISABLED: 1058,
  ERROR_SERVICE_DOES_NOT_EXIST: 1060,
  ERROR_SERVICE_NOT_ACTIVE: 1062,
  ERROR_DLL_INIT_FAILED: 1114,
  ERROR_NOT_FOUND: 1168,
  ERROR_CANCELLED: 1223,
  ERROR_CONNECTION_REFUSED: 1225,
  ERROR_CONNECTION_ABORTED: 1236,
  ERROR_NO_SUCH_USER: 1317,
  ERROR_LOGON_FAILURE: 1326,
  ERROR_INTERNAL_ERROR: 1359,
  ERROR_TIMEOUT: 1460,
  RPC_S_SERVER_UNAVAILABLE: 1722,
  RPC_S_CALL_FAILED: 1726,
  RPC_S_CALL_FAILED_DNE: 1727,
  EPT_S_NOT_REGISTERED: 1753,
  ERROR_INVALID_STATE: 5023,
  E_NOTIMPL: 0x80004001,
  E_FAIL: 0x80004005,
  RPC_E_CHANGED_MODE: 0x80010106,
  RPC_E_DISCONNECTED: 0x80010108,
  REGDB_E_CLASSNOTREG: 0x80040154,
  E_ACCESSDENIED: 0x80070005,
  E_OUTOFMEMORY: 0x8007000e,
  E_INVALIDARG: 0x80070057,
  NTE_BAD_KEY_STATE: 0x8009000b,
  SEC_E_ALGORITHM_MISMATCH: 0x80090331,
} as const;

/** The name of one of EAPHost's own codes. */
export type EapErrorCodeName = keyof typeof eapErrorCodes;

const numbers: ReadonlyMap<string, number> = new Map(
  Object.entries({ ...eapErrorCodes, ...systemErrorCodes }),
);
const names: ReadonlyMap<number, string> = new Map(
  [...numbers].toReversed().map(([name, code]) => [code, name]),
);

/**
 * The Win32 code inside an HRESULT of facility Win32 (0x8007…), else the code itself, as an unsigned number: COM
 * turns a stopped service's 1722 into 0x800706BA.
 */
export function win32CodeOf(code: number): number {
  const unsigned = code >>> 0;
  return unsigned >>> 16 === 0x8007 ? unsigned & 0xffff : unsigned;
}

/**
 * The name of a code. One without a name is `ERROR_<decimal>`, or `ERROR_0x<hex>` where its high bits say that it
 * is an HRESULT. Negative numbers are codes as signed 32-bit integers.
 */
export function errorCodeName(code: number): string {
  const unsigned = code >>> 0;
  const win32 = win32CodeOf(unsigned);
  const name = names.get(unsigned) ?? names.get(win32);
  if (name !== undefined) return name;
  return unsigned > 0xffff
    ? `ERROR_0x${unsigned.toString(16).toUpperCase().padStart(8, '0')}`
    : `ERROR_${unsigned}`;
}

/** The number of a code's name, `ERROR_<decimal>` and `ERROR_0x<hex>` included; undefined for a name of none. */
export function errorCodeNumber(name: string): number | undefined {
  const known = numbers.get(name);
  if (known !== undefined) return known;
  const match = /^ERROR_(0x[0-9a-f]{1,8}|\d{1,10})$/iu.exec(name);
  const number = match?.[1] === undefined ? undefined : Number(match[1]);
  return number !== undefined && number <= 0xffffffff ? number : undefined;
}
