// A process that hosts the shim, whose methods another process serves. Arguments: the endpoint, how many conversations.
// Says `true` for each that succeeded, then what is left of them all: `clean`, or what leaked.

import { readdirSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

import { converse, openHost } from '../stalling.js';

/** Descriptors and threads, where the system tells. */
function holdings(): number[] {
  if (process.platform !== 'linux') return [];
  return ['fd', 'task'].map((what) => readdirSync(`/proc/self/${what}`).length);
}

const [endpoint = '', rounds = '1'] = process.argv.slice(2);
process.on('disconnect', () => process.exit());
let before: number[] = [];
for (let round = 0; round < Number(rounds); ++round) {
  const host = await openHost(endpoint);
  process.send?.(String(await converse(host)));
  const { outstandingBlocks, sessions } = host.counters();
  await host.close();
  if (outstandingBlocks !== 0 || sessions !== 0) process.send?.('leaked blocks or sessions');
  // The first round loads what stays loaded.
  if (round === 1) before = holdings();
}

/** Whether no more is held than after the second round: a thread's end may lag behind what it did last. */
const isClean = (): boolean => holdings().every((count, index) => count <= (before[index] ?? Infinity));
const end = performance.now() + 30_000;
while (!isClean() && performance.now() < end) await setTimeout(10);
process.send?.(isClean() ? 'clean' : `leaked: ${before.join('/')} became ${holdings().join('/')}`);
