// Node-API fails: in a worker that is being terminated at any call, elsewhere where memory is short. Each call of it
// that the addon makes fails once, alone and with all that come after it. Needs the addon of a sanitizer's build, which
// has a switch for that (faults.cmake); the sanitizer sees what becomes of the memory.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const sweep = fileURLToPath(new URL('sweep.js', import.meta.url));
/** EAPHOST_NAPI_CALLS=all: every call, which takes long. */
const step = process.env['EAPHOST_NAPI_CALLS'] === 'all' ? 1 : 17;
const atOnce = 30;

async function run(faults: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [sweep, ...faults], { stdio: ['ignore', 'ignore', 'pipe'] });
  const [told, [code, signal]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  assert.deepEqual([code, signal], [0, null], `${faults.join(' ')}:\n${told}`);
  return told;
}

describe('A call of Node-API that fails', () => {
  let calls = 0;
  before(async () => {
    const [, count] = /N-API calls: (\d+)/u.exec(await run(['0'])) ?? [];
    calls = Number(count);
    assert.ok(calls > 500, `${calls} calls were counted`);
  });

  for (const [title, suffix] of [
    ['is an error of a call of ours, or nothing', ''],
    ['with all that come after it is an error of a call of ours, or nothing', '+'],
  ] as const) {
    it(title, async function () {
      this.timeout(calls * 2000);
      const failed = new Set<string>();
      for (let from = 1; from <= calls; from += step * atOnce) {
        const numbers = Array.from({ length: atOnce }, (_, index) => from + index * step);
        const told = await run(numbers.filter((n) => n <= calls).map((n) => `${n}${suffix}`));
        for (const [, name = ''] of told.matchAll(/N-API call \d+ fails: (\w+)/gu)) failed.add(name);
      }
      assert.ok(failed.size > 5, [...failed].join(' '));
    });
  }
});
