// Waits that are equally long: each ends at its time, in their order, by one timer.

import assert from 'node:assert/strict';

import { Deadlines } from '../../lib/base/deadlines.js';
import { until } from './support.js';

const waitMs = 30;

describe('Deadlines', () => {
  /** How often something asks the system for a timer. */
  function timersOf(work: () => void): number {
    const { setTimeout: own } = globalThis;
    let count = 0;
    globalThis.setTimeout = new Proxy(own, {
      apply(target, self, args: unknown[]) {
        count += 1;
        return Reflect.apply(target, self, args);
      },
    });
    try {
      work();
    } finally {
      globalThis.setTimeout = own;
    }
    return count;
  }

  it('end in the order in which they began, none before its time', async () => {
    const ended: string[] = [];
    const began = new Map<string, number>();
    const deadlines = new Deadlines<string>(waitMs, (name) => {
      ended.push(name);
      assert.ok(performance.now() - (began.get(name) ?? Infinity) >= waitMs, name);
    });
    const begin = (name: string): void => {
      began.set(name, performance.now());
      deadlines.begin(name);
    };
    for (const name of ['a', 'b', 'c', 'd']) begin(name);
    begin('a');
    deadlines.end('c');
    await until(() => ended.length === 3);
    assert.deepEqual(ended, ['b', 'd', 'a']);
    begin('c');
    await until(() => ended.length === 4);
    assert.deepEqual(ended, ['b', 'd', 'a', 'c']);
  });

  it('may begin again where one ends', async () => {
    let rounds = 0;
    const deadlines = new Deadlines<string>(waitMs, (name) => {
      rounds += 1;
      if (rounds < 3) deadlines.begin(name);
    });
    deadlines.begin('a');
    await until(() => rounds === 3);
  });

  it('take one timer for all', async () => {
    let left = 1000;
    const deadlines = new Deadlines<number>(waitMs, () => (left -= 1));
    const timers = timersOf(() => {
      for (let owner = 0; owner < 1000; owner += 1) deadlines.begin(owner);
      for (let owner = 0; owner < 1000; owner += 2) deadlines.begin(owner);
    });
    assert.equal(timers, 1);
    await until(() => left === 0);
  });

  it('end nothing once they are cleared', async () => {
    const ended: string[] = [];
    const cleared = new Deadlines<string>(waitMs, (name) => ended.push(name));
    const others = new Deadlines<string>(waitMs, (name) => ended.push(name));
    cleared.begin('a');
    cleared.clear();
    others.begin('b');
    await until(() => ended.length > 0);
    cleared.begin('c');
    await until(() => ended.length > 1);
    assert.deepEqual(ended, ['b', 'c']);
  });
});
