// The ends of waits that are equally long, with one timer for all of them, which never keeps the process alive.

/** Who waits, in the order in which their time is up. */
export class Deadlines<Owner> {
  readonly #waitMs: number;
  readonly #expire: (owner: Owner) => void;
  /** When each is due. */
  readonly #due = new Map<Owner, number>();
  #timer: NodeJS.Timeout | undefined;

  /** @param expire called for each whose time is up, and who waits no more then; it does not throw */
  constructor(waitMs: number, expire: (owner: Owner) => void) {
    this.#waitMs = waitMs;
    this.#expire = expire;
  }

  /** Begins to wait, or does so anew. */
  begin(owner: Owner): void {
    this.#due.delete(owner);
    this.#due.set(owner, performance.now() + this.#waitMs);
    this.#timer ??= this.#wake(this.#waitMs);
  }

  /** Waits no more. */
  end(owner: Owner): void {
    this.#due.delete(owner);
  }

  /** Nobody waits any more. */
  clear(): void {
    this.#due.clear();
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wake(afterMs: number): NodeJS.Timeout {
    return setTimeout(() => this.#look(), Math.ceil(afterMs)).unref();
  }

  /** It may be early: who began anew since is due later. */
  #look(): void {
    for (const [owner, due] of this.#due) {
      const leftMs = due - performance.now();
      if (leftMs > 0) {
        this.#timer = this.#wake(leftMs);
        return;
      }
      this.#due.delete(owner);
      this.#expire(owner);
    }
    this.#timer = undefined;
  }
}
