// The system's clock is set while terms run: nothing expires later for that.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { AuthenticatorResumptions, termUntil } from '../../lib/methods/tls/resumption.js';

const hour = 3_600_000;
const lifetimeMs = 500;
const id = Buffer.alloc(16, 1);
/** A ClientHello up to its session id, and nothing behind it. */
const clientHello = Buffer.concat([Buffer.alloc(43), Buffer.of(id.length), id, Buffer.alloc(5)]);

describe('A connection that may be resumed', () => {
  const { now } = Date;
  afterEach(() => {
    Date.now = now;
  });

  function kept(termMs: number): AuthenticatorResumptions {
    const sessions = new AuthenticatorResumptions();
    const term = termUntil(now() + termMs);
    sessions.keep({ session: { id, data: Buffer.of(1) }, term, proved: {}, mayResume: () => true });
    return sessions;
  }

  it('is remembered until its term', () => {
    assert.ok(kept(hour).find(clientHello) !== undefined);
  });

  for (const [title, shift] of [
    ['an hour back', -hour],
    ['an hour forward', hour],
  ] as const) {
    it(`is forgotten at its term where the clock is set ${title}`, async () => {
      const sessions = kept(lifetimeMs);
      Date.now = () => now() + shift;
      await delay(lifetimeMs + 10);
      assert.equal(sessions.find(clientHello), undefined);
    });
  }
});

if (process.platform === 'linux') {
  const machine = process.arch === 'arm64' ? 'aarch64' : 'x86_64';
  const faketime = `/usr/lib/${machine}-linux-gnu/faketime/libfaketime.so.1`;
  describe('Conversations while the clock is set an hour forward and back', () => {
    it('go on, and their limits are those of a clock that nobody sets', async () => {
      assert.ok(existsSync(faketime), `${faketime} is not there; run: apt-get install libfaketime`);
      const folder = mkdtempSync(join(tmpdir(), 'clock-'));
      try {
        const file = join(folder, 'time');
        writeFileSync(file, '+0\n');
        const program = fileURLToPath(new URL('children/clock.js', import.meta.url));
        const child = spawn(process.execPath, [program, file], {
          stdio: ['ignore', 'ignore', 'pipe'],
          env: {
            ...process.env,
            LD_PRELOAD: faketime,
            FAKETIME_TIMESTAMP_FILE: file,
            FAKETIME_NO_CACHE: '1',
            FAKETIME_DONT_FAKE_MONOTONIC: '1',
          },
        });
        const [told, ended] = await Promise.all([text(child.stderr), once(child, 'exit')]);
        assert.deepEqual(ended, [0, null], told);
      } finally {
        rmSync(folder, { recursive: true });
      }
    }).timeout(60_000);
  });
}
