// What wrong method DLLs are made of.

import { EapError } from '../../../../lib/base/errors.js';
import type { CallMutant, MethodMutant } from '../../subjects.js';

/** A change of what a call gives. */
export function giving(change: object | ((given: never) => unknown)): CallMutant {
  return async (call, ...args) => {
    const given = await call(...args);
    return typeof change === 'function' ? change(given as never) : { ...(given as object), ...change };
  };
}

/** The same from the second call on: a method that does not begin anew. */
export function givingLater(change: object, from = 2): CallMutant {
  let calls = 0;
  return async (call, ...args) => {
    const given = (await call(...args)) as object;
    return ++calls < from ? given : { ...given, ...change };
  };
}

/** A change of the octets that a call gives, from the call of this number on. */
export function octetsOf(change: (packet: Buffer, calls: number) => Buffer): CallMutant {
  let calls = 0;
  return async (call, ...args) => {
    const given = (await call(...args)) as Buffer | { readonly packet: Buffer };
    return Buffer.isBuffer(given)
      ? change(given, ++calls)
      : { ...given, packet: change(given.packet, ++calls) };
  };
}

/** Fails as methods fail. */
export const refusing: CallMutant = () =>
  Promise.reject(
    new EapError('the method fails (ERROR_INVALID_PARAMETER)', {
      code: 'ERROR_INVALID_PARAMETER',
      winError: 87,
    }),
  );

/** Takes its process with it. */
export const crashing: CallMutant = () =>
  Promise.reject(
    new EapError('the process of the method has died (EAPHOST_METHOD_CRASHED)', {
      code: 'EAPHOST_METHOD_CRASHED',
    }),
  );

/** Does so where its first argument is like this. */
export function crashingWhere(isBad: (argument: unknown) => boolean): CallMutant {
  return (call, ...args) => (isBad(args[0]) ? crashing(call) : call(...args));
}

/** Does so from the second call on. */
export function crashingAgain(): CallMutant {
  let calls = 0;
  return (call, ...args) => (++calls < 2 ? call(...args) : crashing(call));
}

/** Writes behind its host's buffer. */
export const overrunning: CallMutant = () =>
  Promise.reject(
    new EapError('the method wrote 3 octets behind the end of its buffer', {
      code: 'EAP_E_EAPHOST_METHOD_INVALID_PACKET',
    }),
  );

/** A list that this name is missing in. */
export function without(name: string): CallMutant {
  return (call) => (call() as unknown as readonly string[]).filter((each) => each !== name);
}

/** Fails from the second call on. */
export function refusingLater(from = 2): CallMutant {
  let calls = 0;
  return (call, ...args) => (++calls < from ? call(...args) : refusing(call));
}

/** A session that is never ended. */
export const neverEnds: CallMutant = () => undefined;

/** A wrong peer half. */
export const peerMutant = (peer: MethodMutant['peer']): MethodMutant => ({ ...(peer && { peer }) });

/** A wrong authenticator half. */
export const authenticatorMutant = (authenticator: MethodMutant['authenticator']): MethodMutant => ({
  ...(authenticator && { authenticator }),
});
