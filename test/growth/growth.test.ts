// What a long-lived process does over and over leaves nothing in JavaScript: objects are counted, here and in the
// processes of isolated DLLs, between two runs of as many turns.

import { ok } from 'node:assert/strict';

import { useLeakCheck } from '../supplicant/support.js';
import { Children, countAll } from './children.js';
import { more, type ObjectCounts } from './live-objects.js';
import {
  authentications,
  connections,
  conversations,
  hosts,
  methods,
  repeat,
  sessions,
  type OpenScenario,
} from './scenarios.js';

/** Checks that far fewer objects are left than one for each turn; Node makes some of its own, once. */
function checkGrowth(before: ObjectCounts, after: ObjectCounts, turns: number): void {
  const grown = more(before, after);
  const total = grown.reduce((sum, [, count]) => sum + count, 0);
  ok(total < turns / 2 + 10, `${turns} turns left ${total} objects: ${JSON.stringify(grown.slice(0, 5))}`);
}

const table: readonly (readonly [string, number, OpenScenario])[] = [
  ['conversations of method DLLs', 200, conversations(false)],
  ['conversations of isolated method DLLs', 200, conversations(true)],
  ['authentications over RADIUS with methods in TypeScript', 120, authentications],
  ['connections to a method server', 200, connections],
  ['sessions', 200, sessions],
  ['opened and closed run-times', 100, hosts],
  ['loaded and closed method DLLs', 100, methods(false)],
  ['loaded and closed isolated method DLLs', 24, methods(true)],
];

describe('Objects that are left by', () => {
  useLeakCheck();

  for (const [name, turns, open] of table) {
    it(`${name}: none`, async function test() {
      this.timeout(300_000);
      using children = new Children();
      await using scenario = await open();
      const own = children.all.length;
      await repeat(scenario, turns);
      children.all.length = own;
      // A count takes objects itself: the second sees the first, as the last sees the second.
      let before = await countAll(children);
      before = await countAll(children);
      await repeat(scenario, turns, { from: turns });
      children.all.length = own;
      const after = await countAll(children);
      for (const [index, counts] of before.entries()) checkGrowth(counts, after[index] ?? new Map(), turns);
    });
  }
});
