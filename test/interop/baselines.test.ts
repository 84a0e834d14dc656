// The catalogue of conformance on the servers of others. What they fail is in baselines/*.txt.

import assert from 'node:assert/strict';

import { type CaseResult, conformServer, type RunOptions } from '../../lib/conformance/index.js';
import { preflightServer } from '../../lib/conformance/preflight.js';
import { assertAsKnown, knownFailures } from './known-failures.js';
import type { RunningServer } from './servers.js';
import { type MethodName, methodNames, servers, targetOf } from './tried-servers.js';

/** Runs cases on a server that has just been started. */
async function tryServer(
  server: RunningServer,
  name: MethodName,
  cases: Pick<RunOptions, 'only' | 'skip' | 'restartMs' | 'concurrency'>,
): Promise<CaseResult[]> {
  const target = { ...targetOf(server.port, name), silenceMs: 1000, answerMs: 3000 };
  assert.equal(await preflightServer(target), undefined);
  return await conformServer(target, { ...cases, disruptive: true });
}

for (const server of ['freeradius', 'hostapd'] as const) {
  const { start, endedBy } = servers[server];
  describe(`${server}, tried by eaphost conform @long`, function () {
    this.timeout(60_000);

    for (const method of methodNames) {
      const lethal = endedBy[method] ?? [];

      it(`fails what its baseline has and no more, with ${method}`, async () => {
        await using running = await start(method);
        const results = await tryServer(running, method, { skip: lethal });
        assertAsKnown(server, method, results, lethal);
      });

      for (const id of lethal) {
        it(`is ended by ${id}, with ${method}`, async () => {
          await using running = await start(method);
          const [result] = await tryServer(running, method, { only: [id], restartMs: 1000 });
          assert.equal(result?.verdict, 'failed', result?.reason);
          assert.match(result.reason ?? '', /^the server stopped answering during this case/u);
          assert.ok(knownFailures(server, method).includes(id), `${id} is not in baselines/${server}.txt`);
        });
      }
    }
  });
}

describe('freeradius, restarted whenever a case ends it, tried by eaphost conform @long', function () {
  this.timeout(600_000);

  for (const method of ['mschapv2', 'peap', 'ttls'] as const) {
    for (const concurrency of [1, 16]) {
      it(`fails what its baseline has and no more, with ${method}, ${concurrency} at a time`, async () => {
        await using running = await servers.freeradius.start(method, true);
        const results = await tryServer(running, method, { concurrency });
        assertAsKnown('freeradius', method, results);
        for (const id of servers.freeradius.endedBy[method] ?? []) {
          const { reason = '' } = results.find((each) => each.id === id) ?? {};
          assert.match(reason, /^the server stopped answering for \d+\.\d s during this case/u);
        }
      });
    }
  }
});
