// The real arrangement: a host in one process, the methods in another; and either of them dies, in each call.

import assert from 'node:assert/strict';

import { serveMethods } from '../../lib/registration/index.js';
import { eventually } from './script-peer.js';
import { Child, converse, openHost, stages, stallingMethod, type Stage } from './stalling.js';

const codes = { refused: 1225, aborted: 1236 };

describe('a host and its methods in two processes', function () {
  // Processes take a while to start under Wine.
  this.timeout(120_000);

  it('carry conversations, hosts of several processes at once, and leave nothing behind', async () => {
    const calls: Stage[] = [];
    const method = stallingMethod({ at: undefined, onCall: (stage) => calls.push(stage) });
    await using server = await serveMethods({ methods: [method] });
    const hosts = [1, 2].map(() => new Child('hosting.js', server.endpoint, '10'));
    for (const host of hosts) {
      for (let round = 0; round < 10; ++round) assert.equal(await host.next(), 'true');
      assert.equal(await host.next(), 'clean');
    }
    await Promise.all(hosts.map((host) => host.kill()));
    assert.equal(calls.filter((call) => call === 'end').length, 20);
    await eventually(() => server.connections === 0, 'the connections of hosts that ended are closed');
  });

  for (const stage of stages) {
    it(`fail the host's call at once when the methods die in ${stage}, and go on with the next server`, async () => {
      await using first = new Child('serving.js', stage);
      const host = await openHost(await first.next());
      const conversation = converse(host).then(
        (isSuccess) => isSuccess,
        ({ winError }: { winError: number }) => winError,
      );
      await first.says(stage);
      await first.kill();
      const outcome = await conversation;
      assert.equal(outcome, codes.aborted);
      assert.deepEqual(
        await converse(host).catch(({ winError }: { winError: number }) => winError),
        codes.refused,
      );
      await host.close();
      await using second = new Child('serving.js');
      const again = await openHost(await second.next());
      assert.equal(await converse(again), true);
      assert.equal(again.counters().sessions, 0);
      await again.close();
    });

    it(`end the session when the host dies in ${stage}, and serve the next host`, async () => {
      const calls: Stage[] = [];
      let aborted = 0;
      const stall = {
        at: stage as Stage | undefined,
        onCall: (called: Stage) => calls.push(called),
        onAbort: () => {
          aborted += 1;
        },
      };
      await using server = await serveMethods({ methods: [stallingMethod(stall)] });
      const host = new Child('hosting.js', server.endpoint);
      await eventually(() => calls.at(-1) === stage, `the method is in ${stage}`);
      await host.kill();
      await eventually(() => server.connections === 0, 'the connection is closed');
      // A call that needs no session, or has not begun one, has no session's signal.
      if (stage !== 'getIdentity') await eventually(() => aborted === 1, 'the signal aborts');
      stall.at = undefined;
      const next = new Child('hosting.js', server.endpoint);
      assert.equal(await next.next(), 'true');
      assert.equal(await next.next(), 'clean');
      await next.kill();
    });
  }

  it('are both restarted, again and again', async () => {
    for (let round = 0; round < 4; ++round) {
      await using serving = new Child('serving.js');
      await using hosting = new Child('hosting.js', await serving.next(), '3');
      for (let count = 0; count < 3; ++count) assert.equal(await hosting.next(), 'true');
      assert.equal(await hosting.next(), 'clean');
    }
  });
});
