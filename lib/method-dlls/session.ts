// Shared by the sessions of both kinds of method DLL: one call at a time, none after the end, none without a limit.
// JavaScript thread.

import { signalOf, type SignalOptions, type OptionNames } from '../base/arguments.js';
import { eaphostError, type EapError } from '../base/errors.js';
import { type FullMethodType, nameOf } from '../eap/names.js';
import { withinLimits } from './limits.js';

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
  end(): Promise<void>;
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
  /** The call under way. */
  #running: string | undefined;
  #ending: Promise<void> | undefined;
  /** A call was given up: the method's further work is ignored. */
  #isAbandoned = false;

  /** @internal */
  protected constructor(native: Native, owner: SessionOwner, endCall: string) {
    this.number = native.number;
    this.#native = native;
    this.#owner = owner;
    this.#endCall = endCall;
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

  /** @internal Checks, in `check`, that a call is in order, makes it, and gives it up where it takes too long. */
  protected async call<T>(
    call: string,
    options: SignalOptions | undefined,
    check: () => void,
    start: (native: Native) => Promise<T>,
    names?: OptionNames<SignalOptions>,
  ): Promise<T> {
    const signal = signalOf(options, names);
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
    check();
    signal?.throwIfAborted();
    this.#running = call;
    try {
      const { type: method, limit } = this.#owner;
      const onLost = (hang?: EapError): void => this.#abandon(hang);
      return await withinLimits(start(this.#native), { call, method, limit, signal, onLost });
    } finally {
      this.#running = undefined;
    }
  }

  /** Nobody waits for the call under way: the session ends when it returns. */
  #abandon(hang: EapError | undefined): void {
    this.#isAbandoned = true;
    this.end().catch(() => undefined);
    if (hang !== undefined) this.#owner.giveUp(hang);
  }

  async #end(): Promise<void> {
    const ended = this.#native.end();
    if (this.#isAbandoned) {
      ended.catch(() => undefined);
      return;
    }
    const { type: method, limit } = this.#owner;
    const onLost = (hang?: EapError): void => {
      if (hang !== undefined) this.#owner.giveUp(hang);
    };
    await withinLimits(ended, { call: this.#endCall, method, limit, signal: undefined, onLost });
  }
}
