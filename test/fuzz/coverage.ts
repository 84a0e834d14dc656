// What a run has reached of the files that a target names: counters that instrument.ts has put into them. Without it
// there are none, and nothing is ever new.

type Counters = Readonly<Record<number, number>>;

interface FileCounters {
  readonly s: Counters;
  readonly b: Readonly<Record<string, Counters>>;
}

declare global {
  /** Counters by path, as istanbul-lib-instrument writes them. */
  var __coverage__: Readonly<Record<string, FileCounters>> | undefined;
}

/** Statements and branches of some files, and which of them have been reached. */
export class Coverage {
  readonly total: number;
  #unseen: (readonly [counters: Counters, index: number])[];

  /** @param files ends of paths, such as `lib/radius/packet.js` */
  constructor(files: readonly string[]) {
    const all = Object.entries(globalThis.__coverage__ ?? {});
    const counters = all
      .filter(([path]) => files.some((file) => path.endsWith(file)))
      .flatMap(([, { s, b }]) => [s, ...Object.values(b)]);
    this.#unseen = counters.flatMap((group) =>
      Object.keys(group).map((key) => [group, Number(key)] as const),
    );
    this.total = this.#unseen.length;
    this.sweep();
  }

  get reached(): number {
    return this.total - this.#unseen.length;
  }

  /** Whether something was reached since the last call that had not been before. */
  sweep(): boolean {
    const before = this.#unseen.length;
    if (this.#unseen.some(([counters, index]) => counters[index] !== 0)) {
      this.#unseen = this.#unseen.filter(([counters, index]) => counters[index] === 0);
    }
    return this.#unseen.length < before;
  }
}
