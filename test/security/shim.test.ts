// The shim against servers that are not its user's. (Windows' half is in test/registration/arrangement.test.ts.)

import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

import { begun } from '../../lib/base/child-process.js';
import { ShimHost } from '../shim-server/shim-host.js';

const accessDenied = 5;

/** Runs `body` with an attacker and the first thing that it said. */
async function withAttacker(
  args: readonly string[],
  body: (child: ChildProcess, first: unknown) => Promise<void>,
): Promise<void> {
  const path = fileURLToPath(new URL('attacker.js', import.meta.url));
  const child = begun(() => fork(path, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }));
  const exited = once(child, 'exit');
  try {
    const [first]: unknown[] = await Promise.race([
      once(child, 'message'),
      exited.then(([code]) => assert.fail(`the attacker ended with ${String(code)}`)),
    ]);
    await body(child, first);
  } finally {
    // It ends by itself, and takes its folder with it.
    if (child.connected) child.disconnect();
    await exited;
  }
}

// It takes root to run a process as somebody else.
if (process.getuid?.() === 0) {
  describe('the shim', () => {
    it('tells nothing to a server of another user, though it knows the token', () =>
      withAttacker(['serve'], async (child, first) => {
        assert.ok(first instanceof Object && 'endpoint' in first && typeof first.endpoint === 'string');
        const none = Buffer.alloc(0);
        await using host = new ShimHost();
        await host.open(first.endpoint, { type: 4 });
        const reply = await host.call({
          call: 'getIdentity',
          flags: 2,
          config: none,
          credentials: Buffer.from('secret'),
        });
        assert.equal(reply.code, accessDenied);
        assert.equal(reply.error?.winError, accessDenied);
        assert.ok(!JSON.stringify(reply.error).includes('secret'));
        child.send('?');
        const [told]: unknown[] = await once(child, 'message');
        assert.deepEqual(told, { octets: 0 });
      }));
  });
}
