// The outputs of a session in the facade's terms: steps, the result of the authentication, its status.

import { decodeKeys, type DecodedKeys } from '../eap/attributes.js';
import { errorCodeName } from '../base/error-codes.js';
import { EapError, eaphostError, resultError } from '../base/errors.js';
import type { NativeMethodInfo, NativeResult, NativeStep } from '../native/runtime-types.js';
import {
  authStatusNumbers,
  bitsToProperties,
  isolationStateNumbers,
  nameOf,
  type authParameterNumbers,
  type AuthStatusName,
  type EapAttribute,
  type FullMethodType,
  type IsolationState,
  type MethodProperty,
} from '../eap/names.js';

/** EAPHost's information about a method (EAP_METHOD_INFO). */
export interface MethodInfo {
  readonly type: FullMethodType;
  readonly authorName: string;
  readonly friendlyName: string;
  readonly properties: readonly MethodProperty[];
  /** The method inside a tunnel method. */
  readonly inner?: MethodInfo;
}

/** How an authentication ended (EapHostPeerMethodResult). A failed one is a result, not an exception. */
export interface AuthenticationResult {
  /** The verdict of the peer's method. Over RADIUS, `transport.accept` is the server's. */
  readonly isSuccess: boolean;
  /** Why it failed: an EAPHost, Win32 or RAS code as an unsigned number; 0 for a success. */
  readonly failureReasonCode: number;
  /** The name of `failureReasonCode`, such as `EAP_E_USER_NAME_PASSWORD_REJECTED`; undefined for 0. */
  readonly reason: string | undefined;
  /** A new connection blob to keep and to begin the next session with; undefined: keep what you have. */
  readonly saveConfig: Buffer | undefined;
  /** A new user blob to keep. It may hold secrets: protect it, and wipe it when you are done. */
  readonly saveCredentials: Buffer | undefined;
  /** Everything that the method exports, unchanged. */
  readonly attributes: readonly EapAttribute[];
  /** The keys among `attributes`, decoded: MSK, EMSK and their like. Secrets: wipe them when you are done. */
  readonly keys: DecodedKeys;
  /** The outcome of a NAP statement of health; normally `unknown`. */
  readonly isolationState: IsolationState;
  /** The method that ran. */
  readonly methodInfo: MethodInfo | undefined;
  /** The error of EAPHost or the method. */
  readonly error: EapError | undefined;
}

/**
 * The run-time's request after a packet, a UI context or response attributes, with its data.
 *
 * | action | what to do |
 * |---|---|
 * | `send` | send `packet`, wait for the next one |
 * | `result` | the authentication is over: `result` |
 * | `invokeUi` | show the method's user interface for `context`, give its answer to `setUiContext` |
 * | `respond` | act on `attributes` where you know them, then call `setResponseAttributes`, with `[]` if nothing |
 * | `startAuthentication` | the session is beyond repair: `restart`, and process the identity request again |
 * | `discard`, `none` | wait for the next packet |
 */
export type Step =
  | { readonly action: 'send'; readonly packet: Buffer }
  | { readonly action: 'result'; readonly result: AuthenticationResult }
  | { readonly action: 'invokeUi'; readonly context: Buffer }
  | { readonly action: 'respond'; readonly attributes: readonly EapAttribute[] }
  | { readonly action: 'startAuthentication' }
  | { readonly action: 'discard' }
  | { readonly action: 'none' };

const nothing = Buffer.alloc(0);

/** EAP_METHOD_INFO in the facade's terms. */
export function toMethodInfo(native: NativeMethodInfo): MethodInfo {
  const { type, authorName, friendlyName, properties, inner } = native;
  return {
    type,
    authorName,
    friendlyName,
    properties: bitsToProperties(properties),
    ...(inner === undefined ? {} : { inner: toMethodInfo(inner) }),
  };
}

/** EapHostPeerMethodResult in the facade's terms. `method` is the session's. */
export function toResult(native: NativeResult, method: FullMethodType): AuthenticationResult {
  const failureReasonCode = native.isSuccess ? 0 : native.failureReasonCode >>> 0;
  return {
    isSuccess: native.isSuccess,
    failureReasonCode,
    reason: failureReasonCode === 0 ? undefined : errorCodeName(failureReasonCode),
    saveConfig: native.connectionData,
    saveCredentials: native.userData,
    attributes: native.attributes,
    keys: decodeKeys(native.attributes, 'peer'),
    isolationState: nameOf(isolationStateNumbers, native.isolationState) ?? 'unknown',
    methodInfo: native.methodInfo === undefined ? undefined : toMethodInfo(native.methodInfo),
    error: native.error === undefined ? undefined : resultError(native.error, method),
  };
}

/** The outcome of one hop in the facade's terms. `method` is the session's. */
export function toStep(native: NativeStep, method: FullMethodType): Step {
  switch (native.action) {
    case 0:
      return { action: 'discard' };
    case 1:
      return { action: 'send', packet: native.packet ?? nothing };
    case 2:
      if (native.result !== undefined) {
        return { action: 'result', result: toResult(native.result, method) };
      }
      break;
    case 3:
      return { action: 'invokeUi', context: native.uiContext ?? nothing };
    case 4:
      return { action: 'respond', attributes: native.attributes ?? [] };
    case 5:
      return { action: 'startAuthentication' };
    case 6:
      return { action: 'none' };
    default:
  }
  throw eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    `the run-time asked for what this package does not know: action ${native.action}`,
  );
}

/** The credentials that a single sign-on left in Windows (EapHostPeerGetDataToUnplumbCredentials). */
export interface UnplumbData {
  /** The connection that saved credentials last. */
  readonly connectionId: string;
  /** The impersonation token of the user, as a handle's value. */
  readonly userToken: bigint;
  /** Whether they went to the Credential Manager. */
  readonly saveToCredMan: boolean;
}

/** EAPHOST_AUTH_INFO: the status of the authentication, and the codes of its failure. */
export interface AuthStatus {
  readonly status: AuthStatusName;
  /** 0 if nothing failed. */
  readonly errorCode: number;
  /** The name of `errorCode`; undefined if nothing failed. */
  readonly error: string | undefined;
  /** 0 if there is none. */
  readonly reasonCode: number;
  /** The name of `reasonCode`; undefined if there is none. */
  readonly reason: string | undefined;
}

/** EapHostPeerNapInfo: Network Access Protection, which Windows 10 no longer has. */
export interface NapInfo {
  readonly isolationState: IsolationState;
  /** Until when the machine is on probation; undefined if it is not. */
  readonly probationTime: Date | undefined;
  readonly correlationId: string;
}

/** What can be asked of a session (EapHostPeerAuthParams), and the form of each answer. */
export interface AuthParameters {
  authStatus: AuthStatus;
  /** The identity that the session has sent; empty before that. */
  identity: string;
  /** The method's own data about the identity. */
  identityExtendedInfo: Buffer;
  napInfo: NapInfo;
}

// FILETIME counts 100 ns from 1601-01-01; Date counts milliseconds from 1970-01-01.
const fileTimesPerMillisecond = 10_000n;
const millisecondsFrom1601To1970 = 11_644_473_600_000n;

/** A UTF-16 string up to its terminator, or to the end of the data. */
function toString16(data: Buffer): string {
  const text = data.toString('utf16le');
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** A number at `offset`; 0 if the data ends before it. */
function numberAt(data: Buffer, offset: number): number {
  return data.length >= offset + 4 ? data.readUInt32LE(offset) : 0;
}

function toAuthStatus(data: Buffer): AuthStatus {
  const errorCode = numberAt(data, 4);
  const reasonCode = numberAt(data, 8);
  return {
    status: nameOf(authStatusNumbers, numberAt(data, 0)) ?? 'invalidSession',
    errorCode,
    error: errorCode === 0 ? undefined : errorCodeName(errorCode),
    reasonCode,
    reason: reasonCode === 0 ? undefined : errorCodeName(reasonCode),
  };
}

function toNapInfo(data: Buffer): NapInfo {
  const fileTime = data.length >= 12 ? data.readBigUInt64LE(4) : 0n;
  return {
    isolationState: nameOf(isolationStateNumbers, numberAt(data, 0)) ?? 'unknown',
    probationTime:
      fileTime === 0n
        ? undefined
        : new Date(Number(fileTime / fileTimesPerMillisecond - millisecondsFrom1601To1970)),
    correlationId: toString16(data.subarray(16)),
  };
}

const decoders: {
  readonly [Name in keyof typeof authParameterNumbers]: (data: Buffer) => AuthParameters[Name];
} = {
  authStatus: toAuthStatus,
  identity: toString16,
  identityExtendedInfo: (data) => data,
  napInfo: toNapInfo,
};

/** The bytes of EapHostPeerGetAuthStatus in the form of the parameter that was asked for. */
export function decodeAuthParameter<Name extends keyof AuthParameters>(
  parameter: Name,
  data: Buffer,
): AuthParameters[Name] {
  return decoders[parameter](data);
}
