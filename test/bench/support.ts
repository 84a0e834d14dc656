// What the benchmarks share: where the libraries are, the trivial method, sessions of the addon, the median.

import { join } from 'node:path';

import { binaryFolder, loadNative } from '../../lib/native/binary.js';
import type { NativeRuntime, NativeSession } from '../../lib/native/runtime-types.js';

/** The method of test/native/methods/trivial_method.cc: it answers each request with one octet. */
export const trivialMethod = { type: 254, vendorId: 99_999, vendorType: 1, authorId: 99_999 } as const;

/** How often everything is measured; the median counts. The first round warms up and does not. */
export const rounds = 5;

/** EAP-Request/Identity. */
export const identityRequest = Buffer.from([1, 0, 0, 5, 1]);

/** The trivial method's request with each id, so that none is a duplicate of the one before it. */
export const requests = Array.from({ length: 256 }, (_, id) =>
  Buffer.from([1, id, 0, 13, 254, 0x01, 0x86, 0x9f, 0, 0, 0, 1, 65]),
);

const extensions: Partial<Record<NodeJS.Platform, string>> = { win32: '.dll', darwin: '.dylib' };

/** The path of a library beside the addon. */
export function libraryPath(name: string): string {
  return join(binaryFolder(), name + (extensions[process.platform] ?? '.so'));
}

/** Of native/abi/embedded.h: these sessions go on as long as they are wanted. */
export const optionMaxRounds = 2;
export const noLimit = 0xffff_ffff;

/** The embedded run-time through the addon's own surface, with the trivial method. */
export async function openRuntime(maxLanes = 64): Promise<NativeRuntime> {
  const library = libraryPath('eapembedded');
  const runtime = await loadNative().openRuntime({
    runtimeLibrary: library,
    configurationLibrary: library,
    system: false,
    maxLanes,
  });
  runtime.setOption(optionMaxRounds, noLimit);
  await runtime.registerMethod({ type: trivialMethod, dllPath: libraryPath('trivialmethod'), properties: 0 });
  return runtime;
}

/** The trivial method's connection data: how long each request blocks. */
export function blockingConfig(microseconds: number): Buffer {
  const config = Buffer.alloc(4);
  config.writeUInt32LE(microseconds);
  return config;
}

/** A session behind its identity round. */
export async function beginSession(runtime: NativeRuntime, blockMicroseconds = 0): Promise<NativeSession> {
  const session = await runtime.beginSession({
    flags: 0,
    method: trivialMethod,
    attributes: [],
    userToken: 0n,
    connectionData: blockingConfig(blockMicroseconds),
    userData: undefined,
    maxSendPacketSize: 1500,
    connectionId: undefined,
  });
  await session.processReceivedPacket(identityRequest);
  return session;
}

/** One element for each of `count`. */
export function times<Value>(count: number, make: (index: number) => Value): Value[] {
  return Array.from({ length: count }, (_, index) => make(index));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Nanoseconds for each of `count`, where `work` does them all. */
export async function timePerItem(count: number, work: () => Promise<void>): Promise<number> {
  const start = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - start) / count;
}

/**
 * Measures several ways side by side: each round goes through all of them, so that what else the machine does
 * meets them alike. Resolves with the median of each.
 */
export async function sideBySide<Name extends string>(
  ways: Readonly<Record<Name, () => Promise<number>>>,
): Promise<Record<Name, number>> {
  const names = Object.keys(ways) as Name[];
  const measured = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of names) {
      const value = await ways[name]();
      if (round > 0) measured.get(name)?.push(value);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(measured.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}
