// Fuzzes the server's half of the protocol: the frame parser, and every request against a method that has every
// function. Seeded: the same seed makes the same inputs.
// Usage: node dist/test/shim/request-fuzz.js [SECONDS] [SEED]      (default 30, and a seed of the moment, which is said)

import { readFileSync } from 'node:fs';

import {
  Call,
  FrameKind,
  FrameWriter,
  ProtocolError,
  headerSize,
  readFrame,
} from '../../lib/methods/frames.js';
import { ShimCalls } from '../../lib/methods/shim-calls.js';
import { CallFailure } from '../../lib/methods/shim-failure.js';
import { methodTable } from '../../lib/methods/shim-methods.js';
import { fuzzFrames } from './frames-fuzz.js';
import { fullMethod } from './full-method.js';

/** Mulberry32. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let value = Math.imul(state ^ (state >>> 15), state | 1);
    value = (value + Math.imul(value ^ (value >>> 7), value | 61)) ^ value;
    return ((value ^ (value >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** The committed seeds: bodies of good requests, one a line: the call's number, and the body in hexadecimal. */
export function readSeeds(): readonly { readonly call: number; readonly body: Buffer }[] {
  const lines = readFileSync('test/shim/request-seeds.txt', 'utf8').split('\n');
  return lines
    .filter((line) => /^\d/u.test(line))
    .map((line) => {
      const [call = '', body = ''] = line.split(' ');
      return { call: Number(call), body: Buffer.from(body, 'hex') };
    });
}

const methods = methodTable([fullMethod]);
const calls = [...Object.values(Call), 0, 21, 40, 255];

/** A body with some of its octets changed, left out, doubled or replaced by numbers that matter. */
function mutate(body: Buffer, random: () => number): Buffer {
  const below = (limit: number): number => Math.floor(random() * limit);
  let result = Buffer.from(body);
  for (let count = below(4); count >= 0; --count) {
    const at = below(result.length + 1);
    const kind = below(5);
    if (kind === 0 && result.length > 0) result[at % result.length] = below(256);
    else if (kind === 1) result = result.subarray(0, at);
    else if (kind === 2)
      result = Buffer.concat([result.subarray(0, at), Buffer.from([below(256)]), result.subarray(at)]);
    else if (kind === 3 && at + 4 <= result.length)
      result.writeUInt32LE([0, 1, 0x7fffffff, 0xffffffff, result.length][below(5)] ?? 0, at);
    else result = Buffer.concat([result, result.subarray(at)]);
  }
  return result;
}

/** Whether an error is one that a connection answers for: anything else is a bug. */
function isExpected(error: unknown): boolean {
  if (error instanceof ProtocolError || error instanceof CallFailure) return true;
  return error instanceof Error && 'winError' in error;
}

/**
 * One connection that gets a few requests, each a mutation of a good one.
 * @throws only where the server is wrong
 */
export async function fuzzConnection(
  seeds: readonly { readonly call: number; readonly body: Buffer }[],
  random: () => number,
): Promise<void> {
  const connection = new ShimCalls(methods);
  for (let requests = 0; requests < 8; ++requests) {
    const seed = seeds[Math.floor(random() * seeds.length)]!;
    const call = random() < 0.9 ? seed.call : calls[Math.floor(random() * calls.length)]!;
    const body = random() < 0.5 ? seed.body : mutate(seed.body, random);
    const data = new FrameWriter().raw(body).finish(1, FrameKind.request, call);
    fuzzFrames(random() < 0.5 ? data : mutate(data, random));
    const reply = new FrameWriter();
    try {
      await connection.answer(readFrame(Buffer.from(data)), reply);
      const frame = reply.finish(1, FrameKind.reply, call);
      if (frame.readUInt32LE(0) !== frame.length || frame.length < headerSize)
        throw new Error('a wrong reply');
    } catch (error) {
      if (!isExpected(error)) throw error;
      if (error instanceof ProtocolError) break;
    }
  }
  connection.abort();
  await connection.end();
}

if (process.argv[1]?.endsWith('request-fuzz.js')) {
  const seconds = Number(process.argv[2] ?? 30);
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
  console.log(`fuzzing requests for ${seconds} s with seed ${seed}`);
  const seeds = readSeeds();
  const random = randomNumbers(seed);
  const end = performance.now() + seconds * 1000;
  let count = 0;
  for (; performance.now() < end; ++count) await fuzzConnection(seeds, random);
  console.log(`${count} connections, nothing found`);
}
