// The replies of the last seconds, so that a doubled request gets the same octets again (RFC 5080, 2.2.2).

interface Entry {
  /** Undefined while the first copy of the request is being served. */
  reply: Buffer | undefined;
  readonly expires: number;
}

/** Owns the entries; the oldest go when there are too many, all go after their time. */
export class ReplyCache {
  readonly #entries = new Map<string, Entry>();
  readonly #lifetimeMs: number;
  readonly #capacity: number;
  #sweeper: NodeJS.Timeout | undefined;

  constructor(lifetimeMs: number, capacity: number) {
    this.#lifetimeMs = lifetimeMs;
    this.#capacity = capacity;
  }

  /** The reply of a request seen before, 'inProgress' before it has one, undefined for a new request. */
  find(key: string): Buffer | 'inProgress' | undefined {
    const entry = this.#entries.get(key);
    if (!entry || entry.expires <= performance.now()) return undefined;
    return entry.reply ?? 'inProgress';
  }

  /** Notes that this request is being served. */
  begin(key: string): void {
    this.#entries.delete(key);
    this.#entries.set(key, { reply: undefined, expires: performance.now() + this.#lifetimeMs });
    if (this.#entries.size > this.#capacity) {
      const [oldest] = this.#entries.keys();
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#sweeper ??= setTimeout(() => this.#sweep(), this.#lifetimeMs).unref();
  }

  /** Its reply, or undefined when it gets none: the next copy is then served anew. */
  finish(key: string, reply: Buffer | undefined): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    if (reply) entry.reply = reply;
    else this.#entries.delete(key);
  }

  clear(): void {
    clearTimeout(this.#sweeper);
    this.#sweeper = undefined;
    this.#entries.clear();
  }

  #sweep(): void {
    const now = performance.now();
    // In order of time: the first that lives ends the search.
    for (const [key, entry] of this.#entries) {
      if (entry.expires > now) break;
      this.#entries.delete(key);
    }
    this.#sweeper =
      this.#entries.size > 0 ? setTimeout(() => this.#sweep(), this.#lifetimeMs).unref() : undefined;
  }
}
