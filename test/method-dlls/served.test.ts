// The method DLL shim driven as any method DLL, in this process and in one of its own, with the methods served from
// another process.

import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { begun } from '../../lib/base/child-process.js';
import { AuthenticatorMethod, converse, PeerMethod } from '../../lib/method-dlls/index.js';
import { encodeCredentials } from '../../lib/methods/index.js';

const script = fileURLToPath(new URL('children/serving.js', import.meta.url));
const credentials = encodeCredentials({ username: 'alice', password: 'correct horse' });
const wrong = encodeCredentials({ username: 'alice', password: 'wrong' });

async function serve(): Promise<{ child: ChildProcess; endpoint: string }> {
  const child = begun(() => fork(script, [], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }));
  const [endpoint] = (await once(child, 'message')) as [string];
  return { child, endpoint };
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

for (const isolate of [false, true]) {
  describe(`methods served from another process${isolate ? ', their DLL isolated' : ''}`, () => {
    it('authenticate, fail at once when that process dies, and go on with the next', async () => {
      for (let round = 0; round < 2; ++round) {
        const { child, endpoint } = await serve();
        try {
          const load = { type: 4, endpoint, isolate };
          await using peer = await PeerMethod.load(load);
          await using authenticator = await AuthenticatorMethod.load(load);
          const accepted = await converse(peer, authenticator, { peer: { credentials } });
          assert.equal(accepted.outcome, 'success');
          const refused = await converse(peer, authenticator, { peer: { credentials: wrong } });
          assert.equal(refused.outcome, 'failure');
          await end(child);
          const lost = await converse(peer, authenticator, { peer: { credentials } });
          assert.equal(lost.outcome, 'error');
        } finally {
          if (child.exitCode === null && child.signalCode === null) await end(child);
        }
      }
    });

    for (const packets of [1, 2]) {
      it(`fail at once when that process dies after packet ${packets}`, async () => {
        const { child, endpoint } = await serve();
        try {
          const load = { type: 4, endpoint, isolate };
          await using peer = await PeerMethod.load(load);
          await using authenticator = await AuthenticatorMethod.load(load);
          let seen = 0;
          const { outcome } = await converse(peer, authenticator, {
            peer: { credentials },
            lose() {
              seen += 1;
              if (seen === packets) child.kill('SIGKILL');
              return false;
            },
          });
          assert.equal(outcome, 'error');
        } finally {
          if (child.exitCode === null && child.signalCode === null) await end(child);
        }
      });
    }
  });
}

describe('an endpoint', () => {
  it('does not go with a path', async () => {
    const load = { type: 4, endpoint: 'x', dllPath: process.execPath };
    await assert.rejects(PeerMethod.load(load), /dllPath and endpoint exclude each other/u);
  });
});
