// Fuzzes the server's half of the protocol: the frame parser, every request against a method that has every function,
// and whole connections, whose octets come in pieces of any size. Seeded: the same seed makes the same inputs.
// Usage: node dist/test/shim-server/request-fuzz.js [SECONDS] [SEED]      (default 30, and a seed of the moment, which is said)

import { readFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

import {
  Call,
  FrameAssembler,
  FrameKind,
  FrameWriter,
  ProtocolError,
  headerSize,
  maxFrameSize,
  protocolVersion,
  readFrame,
  readHello,
  tokenSize,
  writeHello,
  type Frame,
} from '../../lib/shim-server/frames.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import { ShimCalls } from '../../lib/shim-server/calls.js';
import { ShimConnection } from '../../lib/shim-server/connection.js';
import { socketStream } from '../../lib/shim-server/stream.js';
import { CallFailure } from '../../lib/hosts/failure.js';
import { methodTable } from '../../lib/shim-server/checks.js';
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
  const lines = readFileSync('test/shim-server/request-seeds.txt', 'utf8').split('\n');
  return lines
    .filter((line) => /^\d/u.test(line))
    .map((line) => {
      const [call = '', body = ''] = line.split(' ');
      return { call: Number(call), body: Buffer.from(body, 'hex') };
    });
}

const methods = methodTable([fullMethod]);
const numbers = [...Object.values(Call), 0, 21, 40, 255];

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
    const call = random() < 0.9 ? seed.call : numbers[Math.floor(random() * numbers.length)]!;
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

/** The server's end of a connection, in memory. */
class FakeSocket extends Socket {
  readonly #assembler = new FrameAssembler();
  readonly #told: (frame: Frame) => void;

  constructor(told: (frame: Frame) => void) {
    super();
    this.#told = told;
  }
  override _read(): void {}
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    const whole = this.#assembler.push(Buffer.from(chunk), maxFrameSize);
    if (whole === undefined) throw new Error('part of a frame');
    this.#told(readFrame(whole));
    done();
  }
  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    done(error);
    process.nextTick(() => this.emit('close', error !== null));
  }
}

/** Counts the sessions that a method has begun, less how often it was told of an end. */
function counted(open: { sessions: number }): MethodDefinition {
  const watch = async <Held extends { end(): unknown }>(session: Promise<Held>): Promise<Held> => {
    const held = await session;
    open.sessions += 1;
    const end = (): unknown => {
      open.sessions -= 1;
      return held.end();
    };
    return { ...held, end };
  };
  const { peer, authenticator }: MethodDefinition = fullMethod;
  return {
    ...fullMethod,
    peer: peer && { ...peer, beginSession: (begin) => watch((async () => peer.beginSession(begin))()) },
    authenticator: authenticator && {
      ...authenticator,
      beginSession: (begin) => watch((async () => authenticator.beginSession(begin))()),
    },
  };
}

const token = Buffer.alloc(tokenSize, 7);
const open = { sessions: 0 };
const countedMethods = methodTable([counted(open)]);

/**
 * One whole connection: hello and requests, some of them mutated, out of turn, or sent before the answer to the last.
 * What the server sends is a hello, then an answer for each request in turn, and each session that it began has ended.
 * @throws only where the server is wrong
 */
export async function fuzzStream(
  seeds: readonly { readonly call: number; readonly body: Buffer }[],
  random: () => number,
): Promise<void> {
  const sent: { readonly id: number; readonly call: number }[] = [];
  let answers = -1;
  const socket = new FakeSocket((frame) => {
    if (answers < 0 && !readHello(frame).token.equals(token)) throw new Error('another token');
    const request = sent[answers];
    if (answers >= 0 && (request?.id !== frame.id || request.call !== frame.call))
      throw new Error('an answer to nothing');
    if (answers >= 0 && frame.kind !== FrameKind.reply && frame.kind !== FrameKind.failure)
      throw new Error('no answer');
    answers += 1;
  });
  const connection = new ShimConnection(socketStream(socket), {
    token,
    methods: countedMethods,
    helloTimeout: 60_000,
    onError: undefined,
    onHello: () => {},
    onClosed: () => {},
  });
  const say = (octets: Buffer): void => {
    const data = random() < 0.95 ? octets : mutate(octets, random);
    for (let at = 0; at < data.length && !socket.destroyed;) {
      const size = random() < 0.5 ? data.length : 1 + Math.floor(random() * 40);
      socket.push(Buffer.from(data.subarray(at, at + size)));
      at += size;
    }
  };
  say(writeHello(random() < 0.9 ? protocolVersion : Math.floor(random() * 65_536), token));
  await turn();
  // Mostly a session of one side and its calls: whatever else comes ends the connection, or begins nothing.
  const begin = random() < 0.5 ? Call.beginSession : Call.authenticatorBeginSession;
  const calls = seeds.filter(({ call }) => call > begin && call <= begin + 6);
  for (let count = 1; count <= 8 && !socket.destroyed; ++count) {
    const likely = count === 1 ? seeds.filter(({ call }) => call === begin) : calls;
    const among = random() < 0.9 ? likely : seeds;
    const seed = among[Math.floor(random() * among.length)]!;
    const body = random() < 0.8 ? seed.body : mutate(seed.body, random);
    const id = random() < 0.97 ? count : Math.floor(random() * 2 ** 32);
    sent.push({ id, call: seed.call });
    say(new FrameWriter().raw(body).finish(id, FrameKind.request, seed.call));
    if (random() < 0.9) await turn();
  }
  await turn();
  socket.destroy();
  await connection.ended;
  if (open.sessions !== 0) throw new Error('a session was not ended, or more than once');
}

if (process.argv[1]?.endsWith('request-fuzz.js')) {
  const seconds = Number(process.argv[2] ?? 30);
  const seed = Number(process.argv[3] ?? Date.now() % 2 ** 32);
  console.log(`fuzzing requests for ${seconds} s with seed ${seed}`);
  const seeds = readSeeds();
  const random = randomNumbers(seed);
  const end = performance.now() + seconds * 1000;
  let count = 0;
  for (; performance.now() < end; ++count) {
    await fuzzConnection(seeds, random);
    await fuzzStream(seeds, random);
  }
  console.log(`${2 * count} connections, nothing found`);
}
