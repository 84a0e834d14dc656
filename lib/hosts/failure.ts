// Converts a method's error for the shim: a code and a text that contain nothing that the method did not mean to pass
// on. JavaScript thread; pure.

import { eapErrorCodes } from '../base/error-codes.js';
import { isObject } from '../base/guards.js';
import type { MethodType } from '../eap/names.js';
import type { MethodDefinition } from './method.js';

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

const longestText = 1024;

/** A Win32 code out of a number that may be a signed one; undefined for 0 and for an invalid code. */
function toCode(value: unknown): number | undefined {
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  if (value < -0x80000000 || value > 0xffffffff || value === 0) return undefined;
  return value >>> 0;
}

/** A text as the protocol carries it: no zeros, not too long. */
export function plainText(text: string): string {
  return text.replaceAll('\0', ' ').slice(0, longestText);
}

/**
 * What the shim learns of `error`. An error with a numeric `winError` (EapError and the like) is meant to be passed
 * on: its code, reason, GUIDs and text cross. Of any other error only the fact crosses, because its message may quote
 * what the method was working on.
 */
export function toMethodFailure(error: unknown, definition: MethodDefinition | undefined): MethodFailure {
  const type = definition?.type ?? { type: 0 };
  const fields = isObject(error) ? error : {};
  const winError = toCode(fields['winError']);
  if (winError === undefined) {
    const rootCause = plainText(`The EAP method ${definition?.name ?? ''} failed with an error of its own`);
    const code = eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
    return { winError: code, type, reasonCode: code, rootCause };
  }
  const text = (name: string): string | undefined => {
    const value = fields[name];
    return typeof value === 'string' ? plainText(value) : undefined;
  };
  return {
    winError,
    type,
    reasonCode: toCode(fields['reasonCode']) ?? winError,
    rootCause: text('rootCause') ?? text('message'),
    repair: text('repair'),
    rootCauseGuid: text('rootCauseGuid'),
    repairGuid: text('repairGuid'),
    helpLinkGuid: text('helpLinkGuid'),
  };
}

/** A failure of ours in a call of a method, with the code that a method DLL is to return. */
export class CallFailure extends Error {
  override name = 'CallFailure';
  constructor(
    readonly winError: number,
    message: string,
  ) {
    super(message);
  }
}

/** The error of a feature that a method does not support. */
export function unsupported(what: string): CallFailure {
  return new CallFailure(eapErrorCodes.EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED, what);
}
