// Shared by the sessions of both kinds of method DLL: one call at a time, none after the end, none without a limit.
// JavaScript thread.

import { signalOf, type SignalOptions, type OptionNames } from '../base/arguments.js';
import { eaphostError, type EapError } from '../base/errors.js';
import type { Aborting } from '../base/stop.js';
import { type FullMethodType, nameOf } from '../eap/names.js';
import { type Bounds, Wait } from './limits.js';
import type { Waiter } from '../native/calls.js';

/** The part of the method that a session needs. */
export interface SessionOwner {
  readonly type: FullMethodType;
  /** Milliseconds that a call may take. */
  readonly limit: number | undefined;
  /** Throws if the method is closed. */
  checkOpen(): void;
  /** A call of it is given up. */
  giveUp(hang: EapError): void;
}

interface NativeEnd {
  readonly number: number;
  readonly startFor: (waiter: Waiter, name: 'end') => void;
}

/** A call that came out of its order. */
export function outOfOrder(call: string, why: string): EapError {
  return eaphostError('EAPHOST_CALL_ORDER', `${call} was called out of order: ${why}`);
}

/** The name of an action that a method asks for. */
export function actionOf<Name extends string>(actions: Readonly<Record<Name, number>>, action: number): Name {
  const name = nameOf(actions, action);
  if (name !== undefined) return name;
  throw eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    `the method asked for an action that does not exist: ${action}`,
  );
}

/** A session of a method DLL. */
export abstract class DllSession<Native extends NativeEnd> implements AsyncDisposable {
  /** The number that its calls have in `onCall`. */
  readonly number: number;
  readonly #native: Native;
  readonly #owner: SessionOwner;
  readonly #endCall: string;
  readonly #bounds: Bounds;
  /** The call under way. */
  #running: string | undefined;
  #ending: Promise<void> | undefined;
  /** A call was given up: the method's further work is ignored. */
  #isAbandoned = false;
  #isOrdered = true;
  /** The host's, if it has one. */
  #signal: Aborting | undefined;
  /** That for the call under way. */
  #wait: Wait<unknown> | undefined;
  /** That for the beginning, until the first call. */
  #beginning: Wait<unknown> | undefined;
  readonly #onAbort = (): void => this.#wait?.lose(this.#signal?.reason);

  /** @internal */
  protected constructor(native: Native, owner: SessionOwner, endCall: string) {
    const { type: method, limit } = owner;
    this.number = native.number;
    this.#native = native;
    this.#owner = owner;
    this.#endCall = endCall;
    this.#bounds = {
      method,
      limit,
      onLost: (hang) => this.#abandon(hang),
      onReturn: () => {
        this.#running = undefined;
        this.#wait = undefined;
      },
    };
  }

  /** The method's type. */
  get method(): FullMethodType {
    return this.#owner.type;
  }

  /** Whether it has ended, or is ending. */
  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  /**
   * Ends the session, after the call under way: EapPeerEndSession, EapMethodAuthenticatorEndSession. Idempotent: every
   * call gives the same promise. Where a call was given up or aborted, the session ends when the method returns from
   * it, and this does not wait for that.
   */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** As `end`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.end();
  }

  /** @internal Gives it to a host, whose `signal` aborts every call: one listener for all of them. */
  hostedBy(signal: Aborting): this {
    this.#signal = signal;
    signal.addEventListener('abort', this.#onAbort, { once: true });
    return this;
  }

  /** @internal Lets each call through, in whatever order: a host may be wrong, too. */
  inAnyOrder(): this {
    this.#isOrdered = false;
    return this;
  }

  /** @internal It begins with the call that `wait` is for: the next one comes after it. */
  beginsWith(wait: Wait<unknown>): this {
    this.#beginning = wait;
    return this;
  }

  /** @internal Awaits `begun`. A session that has not begun has no host. */
  async hasBegun(begun: Promise<unknown>): Promise<void> {
    try {
      await begun;
    } catch (error) {
      this.#signal?.removeEventListener('abort', this.#onAbort);
      throw error;
    }
  }

  /** @internal Whether a host drives it. */
  protected get isHosted(): boolean {
    return this.#signal !== undefined;
  }

  /**
   * @internal Checks, in `check`, that a call is in order, makes it, and gives it up where it takes too long. `take`
   * has its outcome first, and makes of it what the caller gets. Throws, and rejects.
   */
  protected call<T, R = T>(
    call: string,
    options: SignalOptions | undefined,
    check: () => void,
    start: (native: Native, waiter: Waiter) => void,
    take?: (value: T) => R,
    names?: OptionNames<SignalOptions>,
  ): Promise<R> {
    const own = signalOf(options, names);
    if (this.#ending !== undefined) {
      throw eaphostError(
        'EAPHOST_SESSION_ENDED',
        `${call}: the session has ended; begin another with beginSession()`,
      );
    }
    this.#owner.checkOpen();
    if (this.#running !== undefined) {
      throw eaphostError(
        'EAPHOST_SESSION_BUSY',
        `${call}: the session is still in ${this.#running}; await it`,
      );
    }
    if (this.#isOrdered) check();
    (own ?? this.#signal)?.throwIfAborted();
    const wait = new Wait<R>(call, this.#bounds, own, take);
    this.#running = call;
    this.#wait = wait;
    wait.begin(this.#beginning);
    this.#beginning = undefined;
    start(this.#native, wait);
    return wait.promise;
  }

  /** Nobody waits for the call under way: the session ends when it returns. */
  #abandon(hang: EapError | undefined): void {
    this.#isAbandoned = true;
    this.end().catch(() => undefined);
    if (hang !== undefined) this.#owner.giveUp(hang);
  }

  #end(): Promise<void> {
    this.#signal?.removeEventListener('abort', this.#onAbort);
    const { type: method, limit } = this.#owner;
    const onLost = (hang?: EapError): void => {
      if (hang !== undefined) this.#owner.giveUp(hang);
    };
    const wait = new Wait<void>(this.#endCall, {
      method,
      limit: this.#isAbandoned ? undefined : limit,
      onLost,
    });
    wait.begin(this.#wait ?? this.#beginning);
    this.#native.startFor(wait, 'end');
    if (!this.#isAbandoned) return wait.promise;
    wait.promise.catch(() => undefined);
    return Promise.resolve();
  }
}
