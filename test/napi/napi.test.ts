// Node-API fails: in a worker that is being terminated at any call, elsewhere where memory is short. Calls of it that
// the addon makes fail here, each alone and with all that come after it, and so do the addon's own allocations, on
// whatever thread. Needs the addon of a sanitizer's build, which has a switch for that (faults.cmake); the sanitizer sees
// what becomes of the memory.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const sweep = fileURLToPath(new URL('sweep.js', import.meta.url));
/** Of each function the first call, the last and one between; EAPHOST_NAPI_CALLS=all: every call and allocation, which takes long. */
const isWhole = process.env['EAPHOST_NAPI_CALLS'] === 'all';
/** Those of which every call is tried: what they give is owned by us until JavaScript has taken it. */
const owning = new Set(['napi_wrap', 'napi_new_instance']);
const atOnce = 25;

async function run(scenario: string, faults: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [sweep, scenario, ...faults], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const [told, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.deepEqual([code, signal], [0, null], `${scenario} ${faults.join(' ')}:\n${told}`);
  return told;
}

async function runAll(scenario: string, faults: readonly string[]): Promise<void> {
  for (let from = 0; from < faults.length; from += atOnce)
    await run(scenario, faults.slice(from, from + atOnce));
}

/** What is done while calls fail: the names of the modules beside this one. */
const scenarios = ['sessions', 'networks'] as const;

/** What a test says, what is behind a fault's number, and whether it takes long. */
const ways = [
  ['is an error of a call of ours, or nothing', '', ''],
  ['is an error of a call of ours, or nothing', '', ' @long'],
  ['with all that come after it is an error of a call of ours, or nothing', '+', ' @long'],
] as const;

for (const scenario of scenarios) {
  describe(`A call of Node-API that fails: ${scenario}`, () => {
    /** By the function that is called. */
    const calls = new Map<string, number[]>();
    before(async () => {
      for (const [, number, name = ''] of (await run(scenario, ['napi:0'])).matchAll(
        /napi call (\d+): (\w+)/gu,
      )) {
        const numbers = calls.get(name) ?? [];
        numbers.push(Number(number));
        calls.set(name, numbers);
      }
      assert.ok(calls.has('napi_wrap'), 'the addon has a switch that lets calls fail');
    });

    /** By a title's tag: of each function the first call alone is tried soon. */
    const tried = (numbers: readonly number[], tag: string): readonly number[] =>
      numbers.filter((_, at) =>
        (tag === '' ? [0] : [0, numbers.length >> 1, numbers.length - 1]).includes(at),
      );

    for (const [title, suffix, tag] of ways) {
      it(`${title}${tag}`, async function () {
        const faults = [...calls].flatMap(([name, numbers]) =>
          isWhole || (tag !== '' && owning.has(name)) ? numbers : tried(numbers, tag),
        );
        this.timeout(faults.length * 30_000);
        await runAll(
          scenario,
          faults.map((number) => `napi:${number}${suffix}`),
        );
      });
    }
  });

  describe(`An allocation of the addon that fails: ${scenario}`, () => {
    let most = 0;
    before(async () => {
      const numbers = (await run(scenario, ['memory:0'])).matchAll(/memory call (\d+)/gu);
      most = Math.max(...[...numbers].map(([, number]) => Number(number)));
      assert.ok(most > 10, 'the addon has a switch that lets allocations fail');
    });

    for (const [title, suffix, tag] of ways) {
      it(`${title}${tag}`, async function () {
        // Each of the first, which other threads than JavaScript's make, too.
        const [first, stride] = isWhole ? [most, 1] : tag === '' ? [10, 30] : [60, 6];
        const numbers = Array.from({ length: most }, (_, at) => at + 1);
        const faults = numbers.filter((number) => number <= first || number % stride === 0);
        this.timeout(faults.length * 30_000);
        await runAll(
          scenario,
          faults.map((number) => `memory:${number}${suffix}`),
        );
      });
    }
  });
}
