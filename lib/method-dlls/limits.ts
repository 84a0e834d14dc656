// Limits how long a call of a method DLL may keep its caller: by the caller's signal and by a time limit.

import { untilAborted } from '../base/abort.js';
import { EapError, toEapError } from '../base/errors.js';
import { formatMethodType, type FullMethodType } from '../eap/names.js';

/** The call did not return within `limit` milliseconds. */
export function hung(call: string, limit: number, method: FullMethodType): EapError {
  return new EapError(
    `${call} of method ${formatMethodType(method)} has not returned within ${limit} ms: the call was given up, and ` +
      'its session with it (EAPHOST_METHOD_TIMEOUT)',
    { code: 'EAPHOST_METHOD_TIMEOUT', method, call },
  );
}

/** What bounds one call. */
export interface CallLimits {
  /** The function, for the error. */
  readonly call: string;
  readonly method: FullMethodType;
  /** Milliseconds; undefined: none. */
  readonly limit: number | undefined;
  /** When the limit's time begins. Default: immediately. */
  readonly begins?: Promise<void> | undefined;
  readonly signal: AbortSignal | undefined;
  /** The caller goes on without the call: by an abort, or with the error of a hang. */
  readonly onLost: (hang?: EapError) => void;
}

/** `work`, or a rejection when it takes too long or its signal aborts. NativeFailures become EapErrors. */
export async function withinLimits<T>(work: Promise<T>, limits: CallLimits): Promise<T> {
  const { limit, signal, method, onLost } = limits;
  try {
    const bounded = limit === undefined ? work : withinTime(work, limit, limits);
    if (signal === undefined) return await bounded;
    return await untilAborted(bounded, signal, () => onLost());
  } catch (error) {
    throw toEapError(error, method);
  }
}

async function withinTime<T>(work: Promise<T>, limit: number, limits: CallLimits): Promise<T> {
  const { call, method, begins, onLost } = limits;
  let timer: NodeJS.Timeout | undefined;
  let isSettled = false;
  const late = new Promise<never>((_, reject) => {
    const giveUp = (): void => {
      if (isSettled) return;
      const error = hung(call, limit, method);
      onLost(error);
      reject(error);
    };
    const begin = (): void => {
      // Where JavaScript was busy beyond the limit, the timer runs before what has come meanwhile is delivered.
      if (!isSettled) timer = setTimeout(() => setImmediate(giveUp), limit);
    };
    if (begins === undefined) begin();
    else void begins.then(begin);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    isSettled = true;
    clearTimeout(timer);
  }
}
