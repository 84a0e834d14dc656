// The system's clock is set while things last: what has a term lasts no longer for that.

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { AuthenticatorResumptions } from '../../lib/methods/tls/resumption.js';

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

  function kept(): AuthenticatorResumptions {
    const sessions = new AuthenticatorResumptions();
    const connection = { ticketKeys: Buffer.alloc(48), session: { id, data: Buffer.of(1) }, proved: {} };
    sessions.keep({ ...connection, mayResume: () => true }, now() + lifetimeMs);
    return sessions;
  }

  it('is remembered until its term', async () => {
    assert.ok((await kept().find(clientHello, 'alice')) !== undefined);
  });

  for (const [title, shift] of [
    ['an hour back', -hour],
    ['an hour forward', hour],
  ] as const) {
    it(`is forgotten at its term where the clock is set ${title}`, async () => {
      const sessions = kept();
      Date.now = () => now() + shift;
      await delay(lifetimeMs + 10);
      assert.equal(await sessions.find(clientHello, 'alice'), undefined);
    });
  }
});
