// What a session costs where there are many, in processor time, which does not depend on other processes.

import assert from 'node:assert/strict';

import { openTestHost, trivialType, useLeakCheck } from './support.js';

const few = 1000;
const many = 8000;
const atOnce = 250;
/** Constant means 1; what goes through a list of the others for each session would come to `many / few`. */
const allowed = 3;
/** Microseconds: Windows counts processor time in ticks, and a cost under one may come to nothing. */
const tick = 15_625;
const tries = 4;

/** Microseconds of processor time. */
async function cost(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

type Costs = Readonly<Record<'begin' | 'close', number>>;

/** Of `many` sessions, `together` of them open at a time. */
async function costs(together: number): Promise<Costs> {
  let [begin, close] = [0, 0];
  for (let left = many; left > 0; left -= together) {
    const host = await openTestHost();
    begin += await cost(async () => {
      for (let begun = 0; begun < together; begun += atOnce) {
        await Promise.all(
          Array.from({ length: atOnce }, () =>
            host.beginSession({ method: trivialType, credentials: Buffer.of(1) }),
          ),
        );
      }
    });
    close += await cost(() => host.close());
  }
  return { begin, close };
}

describe('Many open sessions', () => {
  useLeakCheck();

  it(`cost each as much to begin and to close where there are ${many} as where there are ${few}`, async () => {
    await costs(few);
    const least = { begin: Infinity, close: Infinity };
    // The rest of the machine can only make it look dearer.
    for (let turn = 0; turn < tries && Math.max(least.begin, least.close) > allowed; turn += 1) {
      const [apart, together] = [await costs(few), await costs(many)];
      for (const what of ['begin', 'close'] as const)
        least[what] = Math.min(least[what], (together[what] + tick) / (apart[what] + tick));
    }
    assert.ok(least.begin <= allowed && least.close <= allowed, JSON.stringify(least));
  });
});
