// One call of a method DLL's function, as its tracer reports it. Pure.

import { errorCodeName } from '../base/error-codes.js';
import { EapError, toEapError } from '../base/errors.js';
import type { NativeCall, NativeTraceValue } from '../native/method-types.js';
import { nameOf } from '../eap/names.js';
import { authenticatorActions, peerActions, resultReasons, sendTimeouts } from '../hosts/method.js';

/** A call of one of a method DLL's functions, free functions included, after it returned. */
export interface MethodCall {
  /** The function, such as `EapPeerProcessRequestPacket`. */
  readonly call: string;
  /** The session's number within its method, from 1; 0 for a call without one. */
  readonly session: number;
  /** The native thread, from 1. */
  readonly lane: number;
  /** Microseconds since the method was loaded. */
  readonly startedAt: number;
  /** Microseconds. */
  readonly duration: number;
  /** What it returned; 0 if it returns nothing. */
  readonly winError: number;
  /** The name of what it returned; undefined for 0. */
  readonly code: string | undefined;
  /** Its arguments, decoded: inputs, then outputs. Secrets appear only as their length in octets. */
  readonly values: Readonly<Record<string, MethodCallValue>>;
  /** Its EAP_ERROR, if it failed. */
  readonly error: EapError | undefined;
}

/**
 * A decoded argument: a number, a text, a name, octets; of a secret its length. `unwritten` for an `action` or
 * `isSuccess` that the method left as it was.
 */
export type MethodCallValue = NativeTraceValue;

/** What is preset where a method that succeeds must write; native code takes it for a discard, and for no success. */
const unwritten = 0x8000_0000;

function decodeValue(call: string, name: string, value: NativeTraceValue): MethodCallValue {
  if (typeof value !== 'number') return value;
  if ((name === 'action' || name === 'isSuccess') && value === unwritten) return 'unwritten';
  if (name === 'action') {
    const table: Readonly<Record<string, number>> = call.startsWith('EapPeer')
      ? peerActions
      : authenticatorActions;
    return nameOf(table, value) ?? value;
  }
  if (name === 'timeout') return nameOf(sendTimeouts, value) ?? value;
  if (name === 'reason' && call === 'EapPeerGetResult') return nameOf(resultReasons, value) ?? value;
  return value;
}

/** A recorded call in the facade's terms. */
export function toMethodCall(native: NativeCall): MethodCall {
  const { call, winError, values, error } = native;
  const failure = error === undefined ? undefined : toEapError({ call, winError, error });
  return {
    ...native,
    code: winError === 0 ? undefined : errorCodeName(winError),
    values: Object.fromEntries(
      Object.entries(values).map(([name, value]) => [name, decodeValue(call, name, value)]),
    ),
    error: failure instanceof EapError ? failure : undefined,
  };
}
