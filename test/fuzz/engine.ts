// The fuzzer of parsers in TypeScript: mutates inputs, keeps those that reach something new, and stops at the first
// that a target does not withstand. Seeded: the same seed makes the same inputs.

import { Coverage } from './coverage.js';

/** A number from 0 up to `limit`, which is left out. */
export type Random = (limit: number) => number;

/** A parser under test. */
export interface Target {
  readonly name: string;
  /** The files that it is in, as `lib/radius/packet.js`. */
  readonly files: readonly string[];
  readonly seeds: readonly Uint8Array[];
  /** In place of the engine's own: for inputs with a grammar. */
  readonly mutate?: (input: Uint8Array, random: Random, pool: readonly Uint8Array[]) => Uint8Array;
  /** Takes any octets. What it throws is a bug. */
  run(input: Buffer): void;
}

/** What came of fuzzing a target. */
export interface Findings {
  readonly executions: number;
  readonly corpus: number;
  readonly reached: number;
  readonly total: number;
  /** The input that was not withstood, and what was thrown. */
  readonly found?: { readonly input: Buffer; readonly error: unknown };
}

/** Mulberry32. */
export function randomNumbers(seed: number): Random {
  let state = seed >>> 0;
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value;
    return ((((value ^ (value >>> 14)) >>> 0) * limit) / 2 ** 32) | 0;
  };
}

const maxLength = 8192;
const interesting = [
  0, 1, 2, 3, 4, 5, 7, 8, 16, 32, 63, 64, 100, 127, 128, 253, 254, 255, 256, 4095, 4096, 65_535,
];

type Mutation = (input: Buffer, random: Random, pool: readonly Uint8Array[]) => Buffer;

const mutations: readonly Mutation[] = [
  (input, random) => {
    if (input.length > 0) input[random(input.length)]! ^= 1 << random(8);
    return input;
  },
  (input, random) => {
    if (input.length > 0) input[random(input.length)] = random(256);
    return input;
  },
  (input, random) => {
    if (input.length > 0) input[random(input.length)] = interesting[random(interesting.length)]!;
    return input;
  },
  // Lengths are one too small or too large, or those of the input itself.
  (input, random) => {
    if (input.length > 0) input[random(input.length)]! += random(2) === 0 ? 1 : -1;
    return input;
  },
  (input, random) => {
    if (input.length < 2) return input;
    const at = random(input.length - 1);
    const value = random(2) === 0 ? input.length - random(12) : interesting[random(interesting.length)]!;
    if (random(2) === 0) input.writeUInt16BE(value & 0xffff, at);
    else input.writeUInt16LE(value & 0xffff, at);
    return input;
  },
  (input, random) => input.subarray(0, random(input.length + 1)),
  (input, random) => {
    const at = random(input.length + 1);
    const added = Buffer.from(Array.from({ length: 1 + random(8) }, () => random(256)));
    return Buffer.concat([input.subarray(0, at), added, input.subarray(at)]);
  },
  (input, random) => {
    const [from, to] = [random(input.length + 1), random(input.length + 1)].toSorted((a, b) => a - b);
    return Buffer.concat([input.subarray(0, from), input.subarray(to)]);
  },
  (input, random) => {
    const [from, to] = [random(input.length + 1), random(input.length + 1)].toSorted((a, b) => a - b);
    return Buffer.concat([input.subarray(0, to), input.subarray(from)]);
  },
  (input, random, pool) => {
    const other = pool[random(pool.length)]!;
    return Buffer.concat([
      input.subarray(0, random(input.length + 1)),
      other.subarray(random(other.length + 1)),
    ]);
  },
];

/** One to eight changes, of which each makes a little sense to a parser of lengths and values. */
export function mutateOctets(input: Uint8Array, random: Random, pool: readonly Uint8Array[]): Buffer {
  let result: Buffer = Buffer.from(input);
  for (let count = 1 << random(4); count > 0; count -= 1) {
    result = mutations[random(mutations.length)]!(result, random, pool);
  }
  return result.subarray(0, maxLength);
}

/** Fuzzes a target until so many inputs were tried or this many milliseconds have passed, or one was not withstood. */
export function fuzz(
  target: Target,
  {
    executions = Infinity,
    milliseconds = Infinity,
    seed,
  }: {
    readonly executions?: number;
    readonly milliseconds?: number;
    readonly seed: number;
  },
): Findings {
  const random = randomNumbers(seed);
  const { mutate = mutateOctets } = target;
  const coverage = new Coverage(target.files);
  const corpus: Uint8Array[] = [...target.seeds];
  const end = performance.now() + milliseconds;
  let count = 0;
  const findings = () => ({
    executions: count,
    corpus: corpus.length,
    reached: coverage.reached,
    total: coverage.total,
  });
  const withstands = (input: Buffer): { readonly error: unknown } | undefined => {
    count += 1;
    try {
      // A copy: what a target does to its input must not reach the corpus.
      target.run(Buffer.from(input));
      return undefined;
    } catch (error) {
      return { error };
    }
  };
  for (const input of target.seeds) {
    const failure = withstands(Buffer.from(input));
    if (failure) return { ...findings(), found: { input: Buffer.from(input), ...failure } };
  }
  coverage.sweep();
  const isOver = () => count >= executions || ((count & 63) === 0 && performance.now() >= end);
  while (!isOver()) {
    const input = Buffer.from(mutate(corpus[random(corpus.length)]!, random, corpus));
    const failure = withstands(input);
    if (failure) return { ...findings(), found: { input, ...failure } };
    if (coverage.sweep()) corpus.push(input);
  }
  return findings();
}
