// EAP_ERROR as EAPHost completes it: the cause and the repair of a code, where the method names none. The same table is
// in native/embedded/errors.cc, and test/hosts/peer-cases.ts holds both to each other. Pure.

import { eapErrorCodes, systemErrorCodes } from '../base/error-codes.js';
import type { NativeEapError } from '../base/errors.js';
import type { FullMethodType, MethodType } from '../eap/names.js';

/** EAP_ERROR of a method, as far as it said something. GUIDs are in text form, any case, without braces; absent means all zero. */
export interface MethodFailure {
  /** Win32 code, 1 to 0xFFFFFFFF. */
  readonly winError: number;
  readonly type: MethodType;
  readonly reasonCode: number;
  readonly rootCauseGuid?: string | undefined;
  readonly repairGuid?: string | undefined;
  readonly helpLinkGuid?: string | undefined;
  readonly rootCause?: string | undefined;
  readonly repair?: string | undefined;
}

const noGuid = '00000000-0000-0000-0000-000000000000';
/** GUID_EapHost_… differ in the last four digits. */
const guid = (last: string): string => `9612fc67-6150-4209-a85e-a8d80000${last}`;
const methodNotSupported = guid('001e');
const repairContactSysadmin = guid('0002');

interface Description {
  readonly cause: string;
  readonly repair: string;
  readonly causeText: string;
  readonly repairText?: string;
}

const descriptions: ReadonlyMap<number, Description> = new Map([
  [
    eapErrorCodes.EAP_E_EAPHOST_METHOD_NOT_INSTALLED,
    {
      cause: guid('0001'),
      repair: guid('0022'),
      causeText: 'No such EAP method is installed.',
      repairText: 'Install or register the method; its type and author must both match.',
    },
  ],
  [
    eapErrorCodes.EAP_E_EAPHOST_IDENTITY_UNKNOWN,
    {
      cause: guid('0204'),
      repair: guid('0020'),
      causeText: 'The identity of the user is not known.',
      repairText: 'Begin the session with user data that names an identity.',
    },
  ],
  [
    eapErrorCodes.EAP_E_AUTHENTICATION_FAILED,
    {
      cause: guid('0104'),
      repair: guid('001f'),
      causeText: 'The authentication failed.',
      repairText: "Check the credentials and the server's log.",
    },
  ],
  [
    eapErrorCodes.EAP_I_USER_ACCOUNT_OTHER_ERROR,
    {
      cause: guid('010e'),
      repair: guid('0025'),
      causeText: 'The server refused the identity before any method began.',
      repairText: "Check the user's account on the server.",
    },
  ],
  [
    eapErrorCodes.EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED,
    {
      cause: guid('001c'),
      repair: guid('0021'),
      causeText: 'The server offers no method that is wanted here.',
      repairText: 'Allow the same EAP method on both sides.',
    },
  ],
  [
    eapErrorCodes.EAP_E_EAPHOST_METHOD_INVALID_PACKET,
    {
      cause: noGuid,
      repair: repairContactSysadmin,
      causeText: 'The method made a packet that is not valid, or was given one.',
    },
  ],
  [
    eapErrorCodes.EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED,
    {
      cause: methodNotSupported,
      repair: repairContactSysadmin,
      causeText: 'The method does not support this operation.',
    },
  ],
  [
    eapErrorCodes.EAP_E_EAPHOST_XML_MALFORMED,
    {
      cause: guid('001d'),
      repair: repairContactSysadmin,
      causeText: "The XML is not what EAPHost's schemas allow.",
      repairText: "Check the profile's elements, their order and their namespaces.",
    },
  ],
  [
    systemErrorCodes.ERROR_TIMEOUT,
    {
      cause: guid('0104'),
      repair: guid('011b'),
      causeText: 'The server did not answer in time.',
      repairText: 'Try again; check that the server can be reached.',
    },
  ],
  [
    systemErrorCodes.ERROR_PROC_NOT_FOUND,
    {
      cause: noGuid,
      repair: repairContactSysadmin,
      causeText: "The method's DLL lacks a function that every method must have.",
      repairText: 'Repair or update the method.',
    },
  ],
  [
    systemErrorCodes.ERROR_MOD_NOT_FOUND,
    {
      cause: guid('0001'),
      repair: guid('0022'),
      causeText: "The method's DLL could not be loaded.",
      repairText: 'Check the registered path and what the DLL depends on.',
    },
  ],
  [
    systemErrorCodes.ERROR_UNHANDLED_EXCEPTION,
    {
      cause: noGuid,
      repair: repairContactSysadmin,
      causeText: 'An exception came out of the method.',
      repairText: 'Repair or update the method.',
    },
  ],
  [
    systemErrorCodes.ERROR_NOT_ENOUGH_MEMORY,
    { cause: noGuid, repair: noGuid, causeText: 'There is not enough memory.' },
  ],
  [systemErrorCodes.ERROR_CANCELLED, { cause: noGuid, repair: noGuid, causeText: 'The user cancelled.' }],
  [
    systemErrorCodes.ERROR_INVALID_STATE,
    {
      cause: noGuid,
      repair: noGuid,
      causeText: 'The call is not possible in this state of the session.',
    },
  ],
  [
    systemErrorCodes.ERROR_INVALID_PARAMETER,
    { cause: noGuid, repair: noGuid, causeText: 'An argument is not valid.' },
  ],
  [
    systemErrorCodes.ERROR_NOT_SUPPORTED,
    { cause: methodNotSupported, repair: noGuid, causeText: 'The operation is not supported.' },
  ],
]);

/**
 * `failure` as an EAP_ERROR of a call that returns `code`. Where it names no cause and no repair, those of the code are
 * put in.
 */
export function completeError(
  failure: Partial<MethodFailure>,
  code: number,
  type: FullMethodType,
): NativeEapError {
  const { rootCause, repair } = failure;
  const rootCauseGuid = failure.rootCauseGuid?.toLowerCase() ?? noGuid;
  const repairGuid = failure.repairGuid?.toLowerCase() ?? noGuid;
  const isSilent =
    rootCause === undefined && repair === undefined && rootCauseGuid === noGuid && repairGuid === noGuid;
  const known = isSilent ? descriptions.get(code) : undefined;
  const reasonCode = failure.reasonCode ?? 0;
  const { causeText = rootCause, repairText = repair }: Partial<Description> = known ?? {};
  return {
    winError: failure.winError || code,
    type: failure.type === undefined || failure.type.type === 0 ? type : { ...type, ...failure.type },
    reasonCode: isSilent && reasonCode === 0 ? code : reasonCode,
    rootCauseGuid: known?.cause ?? rootCauseGuid,
    repairGuid: known?.repair ?? repairGuid,
    helpLinkGuid: failure.helpLinkGuid?.toLowerCase() ?? noGuid,
    ...(causeText !== undefined && { rootCause: causeText }),
    ...(repairText !== undefined && { repair: repairText }),
  };
}
