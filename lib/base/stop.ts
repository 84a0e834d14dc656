// An abort that hosts pass to what they drive: an AbortSignal costs more than a call of a method DLL, so one is made
// where somebody asks for it.

/** What hears of an abort. */
export type AbortListener = (() => void) | { handleEvent(): void };

/** What can be heard of an abort: of an AbortSignal, or of a {@link Stop}. */
export interface Aborting {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
  addEventListener(type: 'abort', listener: AbortListener, options?: { readonly once?: boolean }): void;
  removeEventListener(type: 'abort', listener: AbortListener): void;
}

/** Aborts what a host drives. Its listeners are called once, in their order; they do not throw. */
export class Stop implements Aborting {
  #controller: AbortController | undefined;
  #listeners: AbortListener[] = [];
  #aborted = false;
  #reason: unknown;

  /** One that aborts when `signal` does. */
  static after(signal: AbortSignal): Stop {
    const stop = new Stop();
    if (signal.aborted) stop.abort(signal.reason);
    else signal.addEventListener('abort', () => stop.abort(signal.reason), { once: true });
    return stop;
  }

  get aborted(): boolean {
    return this.#aborted;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** As an AbortSignal, for those who need one. */
  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#aborted) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Idempotent. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) {
      if (typeof listener === 'function') listener();
      else listener.handleEvent();
    }
    this.#controller?.abort(reason);
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason;
  }

  addEventListener(_type: 'abort', listener: AbortListener): void {
    if (!this.#aborted) this.#listeners.push(listener);
  }

  removeEventListener(_type: 'abort', listener: AbortListener): void {
    const at = this.#listeners.indexOf(listener);
    if (at >= 0) this.#listeners.splice(at, 1);
  }
}
