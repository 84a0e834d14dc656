// Conversations of the pair without growth, as many as wanted. Usage: node --expose-gc dist/test/soak/hosting.js [COUNT]
// [--isolate]      (default: 100,000). Fails where memory grows, a session stays, or the DLL was not given back what
// it gave. The first half warms up; fewer than some 50,000 are too few for memory to settle.

import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { AuthenticatorMethod, converse, PeerMethod } from '../../lib/index.js';
import { libraryPath } from '../facade/support.js';

const { values, positionals } = parseArgs({
  options: { isolate: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const count = Number(positionals[0] ?? 100_000);
const { isolate } = values;
const atOnce = 16;
/**
 * Octets for each conversation that count as growth. What JavaScript holds is known exactly: less than an object
 * takes. What the process has beside it wavers by some megabytes.
 */
const allowed = { held: 16, resident: 256 };
const samples = 40;

const counters = join(tmpdir(), `eaphost-soak-${process.pid}.json`);
process.env['EAPHOST_PAIR_COUNTERS'] = counters;
const type = { type: 254, vendorId: 99_999, vendorType: 3, authorId: 99_999 };
const load = { type, path: libraryPath('pairmethod'), isolate };
const peer = await PeerMethod.load(load);
const authenticator = await AuthenticatorMethod.load(load);

const outcomes = ['success', 'failure', 'timeout', 'aborted'] as const;

/** Every fourth conversation ends in another way. */
async function hold(number: number): Promise<void> {
  const wanted = outcomes[number % outcomes.length] ?? 'success';
  const abort = new AbortController();
  let packets = 0;
  try {
    const { outcome } = await converse(peer, authenticator, {
      signal: abort.signal,
      retries: 1,
      peer: { credentials: Buffer.from('identity=alice;password=tiger') },
      authenticator: { config: Buffer.from(`password=${wanted === 'failure' ? 'lion' : 'tiger'}`) },
      lose() {
        packets += 1;
        if (wanted === 'aborted' && packets === 4) abort.abort(new Error('aborted'));
        return wanted === 'timeout' && packets > 3;
      },
    });
    if (outcome !== wanted) throw new Error(`a conversation came to ${outcome}, not to ${wanted}`);
  } catch (error) {
    if (wanted !== 'aborted' || error !== abort.signal.reason) throw error;
  }
}

async function holdAll(from: number, to: number): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < to) await hold(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, work));
}

function measure(): Readonly<Record<keyof typeof allowed, number>> {
  if (globalThis.gc === undefined) throw new Error('run it with --expose-gc');
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  return { held: heapUsed + external, resident: rss };
}

const warm = Math.ceil(count / 2);
await holdAll(0, warm);
const started = performance.now();
const measured: ReturnType<typeof measure>[] = [];
const at = (sample: number): number => warm + Math.floor(((count - warm) * sample) / samples);
for (let sample = 0; sample < samples; sample += 1) {
  await holdAll(at(sample), at(sample + 1));
  measured.push(measure());
}
const seconds = (performance.now() - started) / 1000;
// What the heap holds for a while comes and goes; what is lost raises the lowest level, too.
function growthOf(what: keyof typeof allowed): number {
  const all = measured.map((each) => each[what]);
  const grown = Math.min(...all.slice(samples / 2)) - Math.min(...all.slice(0, samples / 2));
  return Math.round((grown / ((count - warm) / 2)) * 100) / 100;
}
const growth = { held: growthOf('held'), resident: growthOf('resident') };
const left = peer.stats().sessions + authenticator.stats().sessions;
await peer.close();
await authenticator.close();
const given: { allocated: unknown; freed: unknown; sessionsBegun: number; sessionsEnded: number } =
  JSON.parse(readFileSync(counters, 'utf8'));
rmSync(counters);
const isBalanced =
  JSON.stringify(given.allocated) === JSON.stringify(given.freed) &&
  given.sessionsBegun === given.sessionsEnded;
console.log(
  JSON.stringify({
    count,
    isolate,
    perSecond: Math.round((count - warm) / seconds),
    growthPerConversation: growth,
    sessionsLeft: left,
    isBalanced,
  }),
);
const isSteady = growth.held <= allowed.held && growth.resident <= allowed.resident;
process.exitCode = isSteady && left === 0 && isBalanced ? 0 : 1;
