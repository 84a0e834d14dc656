// Conversations of the pair of method DLLs: through converse, in this process and isolated, beside the same
// conversations in a plain C++ loop.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { AuthenticatorMethod, converse, PeerMethod } from '../../lib/method-dlls/index.js';
import { binaryFolder } from '../../lib/native/binary.js';
import { libraryPath, sideBySide, times } from './support.js';

const type = { type: 254, vendorId: 99_999, vendorType: 3, authorId: 99_999 };
const options = {
  peer: { credentials: Buffer.from('identity=alice;password=password') },
} as const;

/** Conversations in a second. */
export interface HostingRates {
  /** Through converse. */
  readonly converse: number;
  /** With each DLL in a process of its own. */
  readonly isolated: number;
  /** In a plain C++ loop, with as many threads as conversations at once. */
  readonly cpp: number;
}

/** The benchmark's figures, by how many conversations there are at once. */
export interface HostingTimes {
  readonly one: HostingRates;
  readonly sixtyFour: HostingRates;
  /** What a native call costs through the facade beyond the call itself, in nanoseconds, one at a time. */
  readonly perCallNs: number;
}

interface Pair {
  readonly peer: PeerMethod;
  readonly authenticator: AuthenticatorMethod;
}

async function load(isolate: boolean, trace = false): Promise<Pair> {
  const given = { type, dllPath: libraryPath('pairmethod'), isolate, trace };
  return { peer: await PeerMethod.load(given), authenticator: await AuthenticatorMethod.load(given) };
}

async function close({ peer, authenticator }: Pair): Promise<void> {
  await peer.close();
  await authenticator.close();
}

async function hold({ peer, authenticator }: Pair): Promise<void> {
  const { outcome } = await converse(peer, authenticator, options);
  if (outcome !== 'success') throw new Error(`a conversation came to ${outcome}`);
}

/** Conversations in a second, `atOnce` of them at any time. */
async function rate(pair: Pair, count: number, atOnce: number): Promise<number> {
  let left = count;
  const start = process.hrtime.bigint();
  await Promise.all(
    times(atOnce, async () => {
      while (left-- > 0) await hold(pair);
    }),
  );
  return count / (Number(process.hrtime.bigint() - start) / 1e9);
}

/** The same in C++. */
function cppRate(count: number, threads: number): Promise<number> {
  const program = join(binaryFolder(), process.platform === 'win32' ? 'pair_loop.exe' : 'pair_loop');
  const { stdout, stderr, status } = spawnSync(program, [String(count), String(threads)], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`pair_loop failed: ${stderr}`);
  const { perSecond }: { perSecond: number } = JSON.parse(stdout);
  return Promise.resolve(perSecond);
}

/** How many native calls one conversation makes. */
async function callsOfOne(): Promise<number> {
  const pair = await load(false, true);
  const { calls } = await converse(pair.peer, pair.authenticator, options);
  await close(pair);
  return calls.length;
}

export async function benchHosting(): Promise<HostingTimes> {
  const here = await load(false);
  const isolated = await load(true);
  const rates = (atOnce: number, counts: { here: number; isolated: number; cpp: number }) =>
    sideBySide({
      converse: () => rate(here, counts.here, atOnce),
      isolated: () => rate(isolated, counts.isolated, atOnce),
      cpp: () => cppRate(counts.cpp, atOnce),
    });
  // As many alone as at once: V8 is still compiling in the first some thousands, which the round before the first is for.
  const one = await rates(1, { here: 4000, isolated: 200, cpp: 10_000 });
  const sixtyFour = await rates(64, { here: 4000, isolated: 1000, cpp: 10_000 });
  await close(here);
  await close(isolated);
  const perCallNs = (1e9 / one.converse - 1e9 / one.cpp) / (await callsOfOne());
  return { one, sixtyFour, perCallNs };
}
