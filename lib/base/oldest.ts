// Finds the oldest key of a Map or Set in constant time. Pure.

/**
 * The keys of a collection in the order of insertion, one after the other. The iterator goes on where it stopped: a new
 * one would step over every deleted key before the first one that is left, of which V8 keeps as many as there are keys.
 */
export class Oldest<Key> {
  readonly #all: { keys(): Iterator<Key, undefined> };
  #rest: Iterator<Key, undefined>;

  constructor(all: { keys(): Iterator<Key, undefined> }) {
    this.#all = all;
    this.#rest = all.keys();
  }

  /** The oldest key, which the caller deletes. Undefined if there is none. */
  next(): Key | undefined {
    const next = this.#rest.next();
    if (next.done !== true) return next.value;
    this.#rest = this.#all.keys();
    return this.#rest.next().value;
  }
}
