// Time that a test plays: timers and performance.now() follow it, and nothing waits.

interface Timer {
  readonly at: number;
  readonly work: () => void;
}

/** The process's clock until it is disposed of. */
export class PlayedTime implements Disposable {
  #now = 0;
  readonly #timers = new Set<Timer>();
  readonly #own = { setTimeout: globalThis.setTimeout, clearTimeout: globalThis.clearTimeout };

  constructor() {
    Object.defineProperty(performance, 'now', { value: () => this.#now, configurable: true });
    const set = (work: () => void, ms = 0) => {
      const timer = { at: this.#now + ms, work, unref: () => timer };
      this.#timers.add(timer);
      return timer;
    };
    Object.assign(globalThis, {
      setTimeout: set,
      clearTimeout: (timer: Timer) => this.#timers.delete(timer),
    });
  }

  get now(): number {
    return this.#now;
  }

  /** Lets timers fire that are due by then, each at its time. */
  goTo(now: number): void {
    for (;;) {
      const due = [...this.#timers].filter(({ at }) => at <= now).toSorted((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers.delete(due);
      this.#now = due.at;
      due.work();
    }
    this.#now = now;
  }

  [Symbol.dispose](): void {
    Reflect.deleteProperty(performance, 'now');
    Object.assign(globalThis, this.#own);
  }
}
