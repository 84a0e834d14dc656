// Time limits of calls count the time that a call took, not how late JavaScript noticed its end.

import { equal, rejects } from 'node:assert/strict';
import { stat } from 'node:fs/promises';

import { withinLimits } from '../../lib/method-dlls/limits.js';
import type { EapError } from '../../lib/base/errors.js';

const method = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };

/** Keeps JavaScript busy; what other threads do goes on. */
function block(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

describe('The limit of a call', () => {
  const bounds = { call: 'EapPeerProcessRequestPacket', method, limit: 50, signal: undefined };

  it('takes what came in time, although JavaScript was busy until after it', async () => {
    const losses: unknown[] = [];
    const work = withinLimits(stat('.'), { ...bounds, onLost: (hang) => losses.push(hang) });
    block(300);
    equal((await work).isDirectory(), true);
    equal(losses.length, 0);
  });

  it('gives up what does not come', async () => {
    const losses: (EapError | undefined)[] = [];
    const never = new Promise<void>(() => undefined);
    const work = withinLimits(never, { ...bounds, onLost: (hang) => losses.push(hang) });
    await rejects(work, { code: 'EAPHOST_METHOD_TIMEOUT', call: bounds.call });
    equal(losses[0]?.code, 'EAPHOST_METHOD_TIMEOUT');
  });
});
