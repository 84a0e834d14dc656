// What a long-lived process does over and over, very often, without growth. Usage:
//   node --expose-gc --max-semi-space-size=1 dist/test/soak/growth.js [SCENARIO] [COUNT]
// (default: conversations 100,000). Fails where memory grows, here or in the processes of isolated method DLLs, where
// a session stays, or where the DLL was not given back what it gave. The first half warms up.
//
// What looks like growth and is none, measured with method DLLs:
// - V8's young generation. It grows with what survives while calls are under way, from 1 to 16 MB a half, and keeps
//   what it has; with it grows the garbage that Node's channel to a child makes between two collections (64 KB for each
//   read). Isolated conversations, dirty memory of the DLL's process in MB after 0, 4,000, 8,000, 16,000, 32,000 and
//   64,000: 10, 47, 72, 82, 85, 86; then it stays. Of one arena of malloc as of many. With --max-semi-space-size=1: 10,
//   17, 17, 17, 18 after 32,000. Hence that option here.
// - Lanes. Where calls are slow there are up to maxLanes of them for each method, 64 by default, until they have been
//   idle for 10 s. Under Wine each takes 1 MB and 4 descriptors: conversations in one process went from 118 MB and 10
//   threads to 281 MB and 136 threads, and back to 191 MB and 39 threads. With one lane for each method, after 5,000,
//   10,000, 20,000, 40,000 and 80,000: 153, 156, 157, 158, 158 MB, 10 threads, 52 descriptors. Hence maxLanes.
// - The snapshots of the heap that count the objects. After one the process has some 6 MB less than at work. It has them
//   again after 4,000 to 10,000 conversations, and keeps them: 132, 136, 138 MB, then 138 to 140 for 180,000 more. Hence
//   the samples that do not count.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Children, countAll, measureAll } from '../growth/children.js';
import { more } from '../growth/live-objects.js';
import * as scenarios from '../growth/scenarios.js';

const table: Readonly<Record<string, scenarios.OpenScenario>> = {
  conversations: scenarios.conversations(false),
  isolated: scenarios.conversations(true),
  authentications: scenarios.authentications,
  connections: scenarios.connections,
  sessions: scenarios.sessions,
  hosts: scenarios.hosts,
  methods: scenarios.methods(false),
};
const [, , name = 'conversations', turns = '100000'] = process.argv;
const count = Number(turns);
const open = table[name];
if (open === undefined) throw new Error(`no scenario ${name}; there are ${Object.keys(table).join(', ')}`);

/**
 * What may be more at the end than after the first half: objects, and octets of memory. Objects are counted, this
 * program's samples among them and what Node makes once: a leak shows in some thousand turns. Octets waver with V8's
 * code and the system's arenas; at 100,000 turns they come to less than an object in JavaScript for each, and to 256
 * octets beside it.
 */
const allowed = { objects: 600, held: 400_000, resident: 6_400_000 };
const samples = 40;
/** Of those, the first that do not count. */
const unsettled = 10;
type Memory = Readonly<Record<'held' | 'resident', number>>;

/** Of this process, and of those that it has started. */
async function measure(children: Children): Promise<Memory[]> {
  const all = await measureAll(children);
  return all.map(({ heapUsed, external, rss }) => ({ held: heapUsed + external, resident: rss }));
}

const counters = join(tmpdir(), `eaphost-soak-${process.pid}.json`);
process.env['EAPHOST_PAIR_COUNTERS'] = counters;
using children = new Children('--max-semi-space-size=1');
const scenario = await open();
const warm = Math.ceil(count / 2);
await scenarios.repeat(scenario, warm, { atOnce: 16 });
let before = await countAll(children);
before = await countAll(children);
const started = performance.now();
const measured: Memory[][] = [];
const at = (sample: number): number => warm + Math.floor(((count - warm) * sample) / samples);
for (let sample = 0; sample < samples; sample += 1) {
  const from = at(sample);
  await scenarios.repeat(scenario, at(sample + 1) - from, { from, atOnce: 16 });
  measured.push(await measure(children));
}
const seconds = (performance.now() - started) / 1000;
// What the heap holds for a while comes and goes; what is lost raises the lowest level, too.
function growthOf(process: number, what: keyof Memory): number {
  const all = measured.map((each) => each[process]?.[what] ?? Infinity);
  const half = (unsettled + samples) / 2;
  return Math.min(...all.slice(half)) - Math.min(...all.slice(unsettled, half));
}
const after = await countAll(children);
const growth = before.map((counts, process) => ({
  objects: more(counts, after[process] ?? new Map()).reduce((sum, [, more]) => sum + more, 0),
  held: growthOf(process, 'held'),
  resident: growthOf(process, 'resident'),
}));
await scenario[Symbol.asyncDispose]();

/** What the pair was asked for, and what it was given back; of no account where it took no part. */
interface Given {
  readonly allocated: unknown;
  readonly freed: unknown;
  readonly sessionsBegun: number;
  readonly sessionsEnded: number;
}
let isBalanced = true;
if (existsSync(counters)) {
  const given: Given = JSON.parse(readFileSync(counters, 'utf8'));
  rmSync(counters);
  isBalanced =
    JSON.stringify(given.allocated) === JSON.stringify(given.freed) &&
    given.sessionsBegun === given.sessionsEnded;
}
const megabytes = measured.at(-1)?.map(({ resident }) => Math.round(resident / 2 ** 20));
console.log(
  JSON.stringify({
    scenario: name,
    count,
    perSecond: Math.round((count - warm) / seconds),
    growth,
    megabytes,
    isBalanced,
  }),
);
const isSteady = growth.every(
  ({ objects, held, resident }) =>
    objects <= allowed.objects && held <= allowed.held && resident <= allowed.resident,
);
process.exitCode = isSteady && isBalanced ? 0 : 1;
