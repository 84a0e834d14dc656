// The outcome of an authentication, and the steps that lead to it, in the facade's terms.

import { decodeKeys, type DecodedKeys } from '../eap/attributes.js';
import { errorCodeName } from '../base/error-codes.js';
import { EapError, eaphostError, resultError } from '../base/errors.js';
import type { NativeMethodInfo, NativeResult, NativeStep } from '../native/runtime-types.js';
import {
  bitsToProperties,
  isolationStateNumbers,
  nameOf,
  type EapAttribute,
  type FullMethodType,
  type IsolationState,
  type MethodProperty,
} from '../eap/names.js';

/** What EAPHost tells of a method (EAP_METHOD_INFO). */
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
  /** Whether the peer's method says so; over RADIUS the server's word is `transport.accept`. */
  readonly isSuccess: boolean;
  /** Why it failed: an EAPHost, Win32 or RAS code as an unsigned number; 0 for a success. */
  readonly failureReasonCode: number;
  /** The name of `failureReasonCode`, such as `EAP_E_USER_NAME_PASSWORD_REJECTED`; undefined for 0. */
  readonly reason: string | undefined;
  /** A new connection blob to keep and to begin the next session with; undefined: keep what you have. */
  readonly saveConfig: Buffer | undefined;
  /** A new user blob to keep. It may hold secrets: protect it, and wipe it when you are done. */
  readonly saveCredentials: Buffer | undefined;
  /** Everything that the method exports, as it came. */
  readonly attributes: readonly EapAttribute[];
  /** The keys among `attributes`, decoded: MSK, EMSK and their like. Secrets: wipe them when you are done. */
  readonly keys: DecodedKeys;
  /** What a NAP statement of health came to; `unknown` as a rule. */
  readonly isolationState: IsolationState;
  /** The method that ran. */
  readonly methodInfo: MethodInfo | undefined;
  /** What EAPHost or the method says of a failure. */
  readonly error: EapError | undefined;
}

/**
 * What the run-time asks for after a packet, a UI context or response attributes, with what it handed out for it.
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
