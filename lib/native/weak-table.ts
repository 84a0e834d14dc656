// Objects that the binary refers to by number. JavaScript thread.

/** Objects by number, held weakly. */
export class WeakTable<Value extends object> {
  readonly #entries = new Map<number, WeakRef<Value>>();
  readonly #collected = new FinalizationRegistry<number>((number) => {
    this.#entries.delete(number);
  });

  /** No number is ever used again. */
  set(number: number, value: Value): void {
    this.#entries.set(number, new WeakRef(value));
    this.#collected.register(value, number);
  }

  get(number: number): Value | undefined {
    return this.#entries.get(number)?.deref();
  }
}
