// What a method's error becomes for the shim: a code and a text that hold nothing the method did not mean to tell.
// JavaScript thread; pure.

import type { WireError } from './frames.js';
import type { MethodDefinition } from '../methods/method.js';

/** ERROR_NOT_SUPPORTED. */
export const errorNotSupported = 50;
/** EAP_E_EAPHOST_METHOD_NOT_INSTALLED. */
export const methodNotInstalled = 0x80420011;
/** EAP_E_AUTHENTICATION_FAILED. */
export const authenticationFailed = 0x80420015;
/** EAP_E_EAPHOST_METHOD_INVALID_PACKET. */
export const methodInvalidPacket = 0x80420017;
/** EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED. */
export const operationNotSupported = 0x80420020;

const longestText = 1024;

/** A failure of ours with the code that the shim is to return. */
export class CallFailure extends Error {
  override name = 'CallFailure';
  constructor(
    readonly winError: number,
    message: string,
  ) {
    super(message);
  }
}

function field(error: unknown, name: string): unknown {
  return typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
}

function textField(error: unknown, name: string): string | undefined {
  const value = field(error, name);
  return typeof value === 'string' ? value : undefined;
}

/** A Win32 code out of a number that may be a signed one; undefined for 0 and for an invalid code. */
function codeField(error: unknown, name: string): number | undefined {
  const value = field(error, name);
  if (typeof value !== 'number' || !Number.isInteger(value)) return undefined;
  if (value < -0x80000000 || value > 0xffffffff || value === 0) return undefined;
  return value >>> 0;
}

/** A text as the protocol carries it: no zeros, not too long. */
export function plainText(text: string): string {
  return text.replaceAll('\0', ' ').slice(0, longestText);
}

/**
 * What the shim is told of `error`. An error with a numeric `winError` (EapError and its like) was made to be told:
 * its code, reason, GUIDs and text cross. Of any other error only the fact crosses, because its message may quote
 * what the method was working on.
 */
export function failureOf(error: unknown, definition: MethodDefinition | undefined): WireError {
  const type = definition?.type ?? { type: 0 };
  const winError = codeField(error, 'winError');
  if (winError === undefined) {
    const rootCause = plainText(`The EAP method ${definition?.name ?? ''} failed with an error of its own`);
    return { winError: authenticationFailed, type, reasonCode: authenticationFailed, rootCause };
  }
  const rootCause = textField(error, 'rootCause') ?? textField(error, 'message');
  const repair = textField(error, 'repair');
  const rootCauseGuid = textField(error, 'rootCauseGuid');
  const repairGuid = textField(error, 'repairGuid');
  const helpLinkGuid = textField(error, 'helpLinkGuid');
  return {
    winError,
    type,
    reasonCode: codeField(error, 'reasonCode') ?? winError,
    ...(rootCause !== undefined && { rootCause: plainText(rootCause) }),
    ...(repair !== undefined && { repair: plainText(repair) }),
    ...(rootCauseGuid !== undefined && { rootCauseGuid }),
    ...(repairGuid !== undefined && { repairGuid }),
    ...(helpLinkGuid !== undefined && { helpLinkGuid }),
  };
}
