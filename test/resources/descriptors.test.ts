// What happens where a process has no file descriptors left: every call says so, none stays behind, and the same call
// succeeds when there are some again.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import type { Swept } from './children/sweep.js';

const script = fileURLToPath(new URL('children/sweep.js', import.meta.url));

/** Runs the scenario in a process that may have 128 descriptors. */
async function sweep(...args: readonly string[]): Promise<Swept> {
  const child = spawn('sh', ['-c', 'ulimit -n 128; exec "$@"', 'sh', process.execPath, script, ...args], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const [swept] = (await Promise.race([once(child, 'message'), exited])) as [Swept];
  const [code] = (await exited) as [number | null];
  equal(code, 0);
  return swept;
}

if (process.platform === 'linux') {
  describe('a process without file descriptors', () => {
    for (const scenario of ['session', 'served', 'isolated']) {
      it(`is told so wherever one is missing, and keeps none: ${scenario}`, async () => {
        const { tries, before, after } = await sweep(scenario);
        const failed = tries.filter(({ code }) => code !== undefined);
        ok(failed.length > 0);
        ok(tries.some(({ code }) => code === undefined));
        deepEqual(
          failed.filter(({ code }) => code !== 'EAPHOST_OUT_OF_DESCRIPTORS'),
          [],
        );
        equal(after, before, 'descriptors stay behind');
      });
    }

    it('loads what it could not load when there are some again', async () => {
      for (let free = 0; free < 12; free += 1) {
        const { tries } = await sweep('session', String(free));
        ok(
          tries.every(({ code }) => code === undefined || code === 'EAPHOST_OUT_OF_DESCRIPTORS'),
          JSON.stringify(tries),
        );
      }
    }).timeout(60_000);
  });
}
