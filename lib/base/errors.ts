// EapError: what every failed call rejects with, and how the native side's failures become one.

import { errorAdvice } from './error-advice.js';
import { errorCodeName, systemErrorCodes, win32CodeOf } from './error-codes.js';
import { isObject } from './guards.js';
import type { FullMethodType } from './method-type.js';

/** Codes of failures that no function of Windows reports. */
export type EaphostCode =
  /** The run-time asked for does not exist on this platform. */
  | 'EAPHOST_UNSUPPORTED_PLATFORM'
  /** The native addon could not be loaded. */
  | 'EAPHOST_NATIVE_NOT_FOUND'
  /** The host was closed. */
  | 'EAPHOST_CLOSED'
  /** The session has ended. */
  | 'EAPHOST_SESSION_ENDED'
  /** The session already runs a conversation. */
  | 'EAPHOST_SESSION_BUSY'
  /** The method asks for its user interface, and the caller gave no way to show it. */
  | 'EAPHOST_UI_REQUIRED'
  /** The run-time asked for a new start again and again. */
  | 'EAPHOST_TOO_MANY_RESTARTS'
  /** A conversation between two methods came to no end in as many rounds as it may take. */
  | 'EAPHOST_TOO_MANY_ROUNDS'
  /** A method DLL's function did not return within the limit; its session is abandoned. */
  | 'EAPHOST_METHOD_TIMEOUT'
  /** The process of an isolated method DLL died. */
  | 'EAPHOST_METHOD_CRASHED'
  /** The process of an isolated method DLL could not be started, or did not answer within 60 seconds. */
  | 'EAPHOST_PROCESS_NOT_STARTED'
  /** This process, or the system, can open no more files, sockets and pipes. */
  | 'EAPHOST_OUT_OF_DESCRIPTORS'
  /** Nothing can be made in the folder for temporary files, or deleted there: it is missing, full, or not to be written to. */
  | 'EAPHOST_TEMPORARY_FOLDER'
  /** Windows' registry names no DLL for the method. */
  | 'EAPHOST_METHOD_NOT_REGISTERED'
  /** A method's function was called out of its order. */
  | 'EAPHOST_CALL_ORDER'
  /** The method, the run-time or the program of this process does not support what was asked for. */
  | 'EAPHOST_NOT_SUPPORTED'
  /** The call needs an administrator's rights. */
  | 'EAPHOST_ELEVATION_REQUIRED'
  /** This machine has no network interface of that name. */
  | 'EAPHOST_INTERFACE_NOT_FOUND'
  /** Windows: netsh, which configures wired networks, failed without a code. */
  | 'EAPHOST_NETSH'
  /** Windows: the WLAN service, or Remote Access, is not installed, or does not run. */
  | 'EAPHOST_NETWORK_SERVICE_NOT_FOUND'
  /** Windows: Npcap, which brings a network card's frames, is not installed, or too old. */
  | 'EAPHOST_NPCAP_NOT_FOUND'
  /** Others could change what lies in the folder, or what listens in it. */
  | 'EAPHOST_UNSAFE_FOLDER'
  /** A file of secrets is another account's, or other accounts could read or change it. */
  | 'EAPHOST_UNSAFE_FILE'
  /** Windows: DPAPI does not encrypt a file for this account, or cannot decrypt it. */
  | 'EAPHOST_PROTECTION'
  /** Another process already listens at the address. */
  | 'EAPHOST_ADDRESS_TAKEN'
  /** A method of this type is registered already, or none is, or one that is not of this package. */
  | 'EAPHOST_REGISTRATION';

/** What a failed call left behind: its code and, where the run-time gave one, its EAP_ERROR, copied and freed. */
export interface NativeFailure {
  /** The function that failed, such as `EapHostPeerBeginSession`, or a step of ours, such as `LoadLibrary`. */
  call: string;
  /** The function's return code as an unsigned number. */
  winError: number;
  /** A sentence, for failures of ours (loading). */
  message?: string;
  error?: NativeEapError;
}

/** EAP_ERROR as plain data. GUIDs are lower-case, without braces. */
export interface NativeEapError {
  winError: number;
  type: FullMethodType;
  reasonCode: number;
  rootCauseGuid: string;
  repairGuid: string;
  helpLinkGuid: string;
  rootCause?: string;
  repair?: string;
}

/** What an EapError carries beside its message. */
export interface EapErrorDetails {
  readonly code: string;
  readonly winError?: number | undefined;
  readonly reasonCode?: number | undefined;
  readonly method?: FullMethodType | undefined;
  readonly rootCause?: string | undefined;
  readonly repair?: string | undefined;
  readonly rootCauseGuid?: string | undefined;
  readonly repairGuid?: string | undefined;
  readonly helpLinkGuid?: string | undefined;
  readonly call?: string | undefined;
  readonly cause?: unknown;
}

/**
 * A call that failed: its code, and what EAPHost said about it: a copy of the EAP_ERROR, which is freed by then with
 * EapHostPeerFreeEapError or EapHostPeerFreeErrorMemory. It never holds a secret; `cause`, where a method in TypeScript of
 * this process failed, is what that method threw.
 */
export class EapError extends Error {
  /**
   * The stable name of the failure: the Windows SDK's where it has one, such as
   * `EAP_E_EAPHOST_METHOD_NOT_INSTALLED` or `ERROR_PROC_NOT_FOUND`; `ERROR_<decimal>` or `ERROR_0x<hex>` for other
   * codes of Windows; `EAPHOST_…` ({@link EaphostCode}) for failures of this package.
   */
  readonly code: string;
  /** The function's return code as an unsigned number; undefined if no function of Windows failed. */
  readonly winError: number | undefined;
  /** The detailed code of EAPHost or of the method (EAP_ERROR.dwReasonCode). */
  readonly reasonCode: number | undefined;
  /** The method that raised the error. */
  readonly method: FullMethodType | undefined;
  /** What EAPHost or the method says of the cause. */
  readonly rootCause: string | undefined;
  /** What EAPHost or the method says of the repair. */
  readonly repair: string | undefined;
  /** GUID_EapHost_Cause_… or the method's own, lower-case without braces; undefined where none was given. */
  readonly rootCauseGuid: string | undefined;
  /** GUID_EapHost_Repair_…. */
  readonly repairGuid: string | undefined;
  /** GUID_EapHost_Help_…. */
  readonly helpLinkGuid: string | undefined;
  /** The function that failed, such as `EapHostPeerBeginSession`. */
  readonly call: string | undefined;

  constructor(message: string, details: EapErrorDetails) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = details.code;
    this.winError = details.winError;
    this.reasonCode = details.reasonCode;
    this.method = details.method;
    this.rootCause = details.rootCause;
    this.repair = details.repair;
    this.rootCauseGuid = details.rootCauseGuid;
    this.repairGuid = details.repairGuid;
    this.helpLinkGuid = details.helpLinkGuid;
    this.call = details.call;
  }

  static {
    Object.defineProperty(this.prototype, 'name', { value: 'EapError', configurable: true, writable: true });
  }
}

/** An EapError of this package's own. */
export function eaphostError(code: EaphostCode, message: string, cause?: unknown): EapError {
  return new EapError(message, { code, cause });
}

/** Whether `value` is what the native side rejects with. */
export function isNativeFailure(value: unknown): value is NativeFailure {
  // An EapError has these fields, too.
  if (!isObject(value) || value instanceof Error) return false;
  return typeof value['call'] === 'string' && typeof value['winError'] === 'number';
}

/** The GUIDs of `guidOfCause` begin so. */
const causePrefix = 'ea9b05f0-6a0e-4d0c-8c5e-';
/** EAP_ERRORs that no call returned, since the run-time dropped them, leave their causes here: so many at most. */
export const mostCauses = 64;
const causes = new Map<string, unknown>();
let causeCount = 0;

/**
 * A GUID for `rootCauseGuid` of an EAP_ERROR that comes back to this thread: the EapError made of it has `cause` as its
 * own, instead of the GUID.
 */
export function guidOfCause(cause: unknown): string {
  const guid = `${causePrefix}${(causeCount++).toString(16).padStart(12, '0')}`;
  causes.set(guid, cause);
  if (causes.size > mostCauses) causes.delete(causes.keys().next().value ?? '');
  return guid;
}

function takeCause(guid = ''): unknown {
  const cause = causes.get(guid);
  causes.delete(guid);
  return cause;
}

const noGuid = '00000000-0000-0000-0000-000000000000';
const noMethod: FullMethodType = { type: 0, vendorId: 0, vendorType: 0, authorId: 0 };

function detailsOf(error: NativeEapError | undefined, asked: FullMethodType | undefined) {
  const guid = (value: string | undefined): string | undefined =>
    value === noGuid || value?.startsWith(causePrefix) ? undefined : value;
  const method: FullMethodType | undefined =
    error !== undefined && error.type.type !== 0 ? error.type : asked;
  return {
    reasonCode: error?.reasonCode,
    method: method === undefined ? undefined : { ...method },
    rootCause: error?.rootCause,
    repair: error?.repair,
    rootCauseGuid: guid(error?.rootCauseGuid),
    repairGuid: guid(error?.repairGuid),
    helpLinkGuid: guid(error?.helpLinkGuid),
    cause: takeCause(error?.rootCauseGuid),
  };
}

/** An EapError of `what` happened, with what the method says of it. */
function errorOf(
  what: string,
  code: string,
  { winError, call, error, message }: NativeFailure,
  asked: FullMethodType | undefined,
): EapError {
  const details = { code, winError, call, ...detailsOf(error, asked) };
  const advice = message ?? errorAdvice(win32CodeOf(winError), details.method ?? noMethod);
  const reason = errorCodeName(details.reasonCode ?? 0);
  const isNews = details.reasonCode && reason !== code;
  const parts = [
    `${what}${advice === undefined ? '' : `: ${advice}`} (${code}${isNews ? `, reason ${reason}` : ''})`,
  ];
  if (details.rootCause) parts.push(`Cause: ${details.rootCause.replace(/\.$/u, '')}`);
  if (details.repair) parts.push(`Repair: ${details.repair}`);
  return new EapError(parts.join('. '), details);
}

/**
 * A rejection of the native side as an EapError. `asked` is the method of the session, for the message. What is
 * no native failure comes back as it is.
 */
export function toEapError(reason: unknown, asked?: FullMethodType): unknown {
  if (!isNativeFailure(reason)) return reason;
  const winError = reason.winError >>> 0;
  const code =
    winError === systemErrorCodes.ERROR_TOO_MANY_OPEN_FILES
      ? ('EAPHOST_OUT_OF_DESCRIPTORS' satisfies EaphostCode)
      : errorCodeName(winError);
  return errorOf(`${reason.call} failed`, code, { ...reason, winError }, asked);
}

/** The EAP_ERROR inside a result as an EapError: why the authentication failed. */
export function resultError(
  error: NativeEapError,
  asked?: FullMethodType,
  call = 'EapHostPeerGetResult',
): EapError {
  const winError = error.winError >>> 0;
  const code = errorCodeName(winError === 0 ? error.reasonCode : winError);
  return errorOf('The authentication failed', code, { call, winError, error }, asked);
}

/**
 * `error`, with the lines of who waits for the calling function in its stack: what a callback has made lacks them. Call
 * it in an async function that has awaited.
 */
export function withCaller(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const here = { stack: '' };
  Error.captureStackTrace(here, withCaller);
  const { stack = error.message } = error;
  const missing = here.stack.split('\n').filter((line) => /^ +at /u.test(line) && !stack.includes(line));
  Reflect.set(error, 'stack', [stack, ...missing].join('\n'));
  return error;
}

/** What a dialog gives; undefined if the user closed it without an answer. */
export async function whereAnswered<T>(dialog: () => Promise<T>): Promise<T | undefined> {
  try {
    return await dialog();
  } catch (error) {
    const code = error instanceof EapError ? error.winError : undefined;
    if (code !== undefined && win32CodeOf(code) === systemErrorCodes.ERROR_CANCELLED) return undefined;
    throw error;
  }
}
