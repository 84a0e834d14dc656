// Limits how long a call of a method DLL may keep its caller: by the caller's signal and by a time limit.

import { EapError, toEapError, withCaller } from '../base/errors.js';
import { formatMethodType, type FullMethodType } from '../eap/names.js';
import type { Aborting } from '../base/stop.js';
import type { Waiter } from '../native/calls.js';

/** The call did not return within `limit` milliseconds. */
export function hung(call: string, limit: number, method: FullMethodType): EapError {
  return new EapError(
    `${call} of method ${formatMethodType(method)} has not returned within ${limit} ms: the call was given up, and ` +
      'its session with it (EAPHOST_METHOD_TIMEOUT)',
    { code: 'EAPHOST_METHOD_TIMEOUT', method, call },
  );
}

/** A call that somebody waits for, in the list of those that do. */
interface Waiting {
  /** By performance.now(). */
  due: number;
  earlier: Waiting | undefined;
  later: Waiting | undefined;
  giveUp(): void;
}

/** The calls that wait for one limit. They fall due in the order in which they began, so one timer serves them all. */
class Deadlines {
  readonly #limit: number;
  #first: Waiting | undefined;
  #last: Waiting | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Calls `giveUp` when the limit has passed, unless `remove` comes before. */
  add(call: Waiting): void {
    call.due = performance.now() + this.#limit;
    call.earlier = this.#last;
    if (this.#last === undefined) this.#first = call;
    else this.#last.later = call;
    this.#last = call;
    if (this.#timer === undefined) this.#start(this.#limit);
  }

  /** Nothing if it is not among them. */
  remove(call: Waiting): void {
    const { earlier, later } = call;
    if (earlier === undefined && this.#first !== call) return;
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
    call.earlier = call.later = undefined;
  }

  /** It outlives the calls, for those to come; the process is kept by calls under way, not by the timer. */
  #start(delay: number): void {
    this.#timer = setTimeout(() => this.#expire(), delay).unref();
  }

  #expire(): void {
    this.#timer = undefined;
    const now = performance.now();
    for (let call = this.#first; call !== undefined; call = this.#first) {
      if (call.due > now) {
        this.#start(call.due - now);
        return;
      }
      this.remove(call);
      // Where JavaScript was busy beyond the limit, the timer runs before what has come meanwhile is delivered.
      setImmediate((late: Waiting) => late.giveUp(), call);
    }
  }
}

const deadlines = new Map<number, Deadlines>();

function deadlinesOf(limit: number): Deadlines {
  let found = deadlines.get(limit);
  if (found === undefined) deadlines.set(limit, (found = new Deadlines(limit)));
  return found;
}

/** What bounds calls: those of a session, or one. */
export interface Bounds {
  readonly method: FullMethodType;
  /** Milliseconds; undefined: none. */
  readonly limit: number | undefined;
  /** The caller goes on without the call: by an abort, or with the error of a hang. */
  onLost(hang?: EapError): void;
  /** The call has returned; its caller goes on after this. */
  onReturn?(): void;
  /** What came of a call that was lost. */
  onLate?(value: unknown): void;
}

/**
 * Rejects with `reason`, which gets the lines of who waits: V8 knows them once a promise that was resolved with this one
 * follows it, which takes two turns of the microtasks.
 */
async function failed(reason: unknown): Promise<never> {
  await Promise.resolve();
  await Promise.resolve();
  throw withCaller(reason);
}

/**
 * The wait for one call, which it gets the outcome of: in the turn in which that is known, so that a session's state is
 * right for whoever comes next. One object, and no closures but its promise's: calls are quick, and what they leave is
 * collected.
 */
export class Wait<T> implements Waiter, Waiting {
  due = 0;
  earlier: Waiting | undefined;
  later: Waiting | undefined;
  readonly promise: Promise<T>;
  readonly #call: string;
  readonly #bounds: Bounds;
  readonly #signal: Aborting | undefined;
  readonly #take: ((value: never) => T) | undefined;
  #resolve!: (value: unknown) => void;
  #reject!: (reason: unknown) => void;
  #hasReturned = false;
  #isLost = false;
  /** The call that comes after this one. */
  #next: Wait<unknown> | undefined;

  /** @param take makes the caller's value of what the call gives; without it that is the value */
  constructor(call: string, bounds: Bounds, signal?: Aborting, take?: (value: never) => T) {
    this.#call = call;
    this.#bounds = bounds;
    this.#signal = signal;
    this.#take = take;
    this.promise = new Promise((resolve, reject) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the caller says what the call gives
      this.#resolve = resolve as (value: unknown) => void;
      this.#reject = reject;
    });
    if (signal === undefined) return;
    signal.addEventListener('abort', this, { once: true });
    if (signal.aborted) this.handleEvent();
  }

  /** Its limit's time begins, or does when the call before it returns or is given up. */
  begin(before?: Wait<unknown>): void {
    if (before !== undefined && !before.#hasReturned && !before.#isLost) {
      before.#next = this;
      return;
    }
    const { limit } = this.#bounds;
    if (!this.#hasReturned && limit !== undefined) deadlinesOf(limit).add(this);
  }

  /** The call came to a value. */
  resolve(value: unknown): void {
    this.#return();
    if (this.#isLost) {
      this.#bounds.onLate?.(value);
      return;
    }
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- and what it takes
      this.#resolve(this.#take === undefined ? value : this.#take(value as never));
    } catch (error) {
      this.reject(error);
    }
  }

  /** The call failed. */
  reject(reason: unknown): void {
    if (!this.#hasReturned) this.#return();
    if (!this.#isLost) this.#resolve(failed(toEapError(reason, this.#bounds.method)));
  }

  /** The signal aborts. */
  handleEvent(): void {
    this.lose(this.#signal?.reason);
  }

  /** The limit has passed; also that of a call that was aborted, as one that hangs is to be known. */
  giveUp(): void {
    if (this.#hasReturned) return;
    const { limit = 0, method } = this.#bounds;
    const error = hung(this.#call, limit, method);
    this.lose(error, error);
  }

  /** The caller goes on without the call. */
  lose(reason: unknown, hang?: EapError): void {
    if (this.#hasReturned) return;
    this.#signal?.removeEventListener('abort', this);
    this.#bounds.onLost(hang);
    if (this.#isLost) return;
    this.#isLost = true;
    if (hang === undefined) this.#reject(reason);
    else this.#resolve(failed(hang));
    this.#goOn();
  }

  /** In the same turn as the settling: an abort right after it must not count. */
  #return(): void {
    const { limit } = this.#bounds;
    this.#hasReturned = true;
    if (limit !== undefined) deadlinesOf(limit).remove(this);
    this.#signal?.removeEventListener('abort', this);
    this.#bounds.onReturn?.();
    this.#goOn();
  }

  #goOn(): void {
    const next = this.#next;
    this.#next = undefined;
    next?.begin();
  }
}

/** What bounds one call that has a promise. */
export interface CallLimits extends Bounds {
  /** The function, for the error. */
  readonly call: string;
  /** When the limit's time begins. Default: immediately. */
  readonly begins?: Promise<void> | undefined;
  readonly signal: Aborting | undefined;
}

/** `work`, or a rejection when it takes too long or its signal aborts. NativeFailures become EapErrors. */
export function withinLimits<T>(work: Promise<T>, limits: CallLimits): Promise<T> {
  const { call, begins, signal } = limits;
  const wait = new Wait<T>(call, limits, signal);
  if (begins === undefined) wait.begin();
  else void begins.then(() => wait.begin());
  work.then(
    (value) => wait.resolve(value),
    (error: unknown) => wait.reject(error),
  );
  return wait.promise;
}
