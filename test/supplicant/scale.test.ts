// What a session costs where there are many: counted in processor time, which waits for nobody.

import assert from 'node:assert/strict';

import { openTestHost, trivialType, useLeakCheck } from './support.js';

const few = 1000;
const many = 8000;
const atOnce = 250;
/** Constant means 1; what goes through a list of the others for each session would come to `many / few`. */
const allowed = 3;
const tries = 4;

/** Microseconds of processor time. */
async function cost(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** For each of `count` sessions that are all open together. */
async function costs(count: number): Promise<{ begin: number; close: number }> {
  const host = await openTestHost();
  const begin = await cost(async () => {
    for (let begun = 0; begun < count; begun += atOnce) {
      await Promise.all(
        Array.from({ length: atOnce }, () =>
          host.beginSession({ method: trivialType, credentials: Buffer.of(1) }),
        ),
      );
    }
  });
  const close = await cost(() => host.close());
  return { begin: begin / count, close: close / count };
}

describe('Many open sessions', () => {
  useLeakCheck();

  it(`cost each as much to begin and to close where there are ${many} as where there are ${few}`, async () => {
    await costs(few);
    const least = { begin: Infinity, close: Infinity };
    // The rest of the machine can only make it look dearer.
    for (let turn = 0; turn < tries && Math.max(least.begin, least.close) > allowed; turn += 1) {
      const [cheap, dear] = [await costs(few), await costs(many)];
      least.begin = Math.min(least.begin, dear.begin / cheap.begin);
      least.close = Math.min(least.close, dear.close / cheap.close);
    }
    assert.ok(least.begin <= allowed && least.close <= allowed, JSON.stringify(least));
  });
});
