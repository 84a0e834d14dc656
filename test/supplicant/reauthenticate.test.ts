// The 'reauthenticate' event: the run-time calls its NotificationHandler, from a thread that is not ours. What makes
// the embedded one do so is an export of its own, reached here through koffi.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

import { openEapHost } from '../../lib/index.js';
import { eapSuccess, identityRequest, request } from './script-method.js';
import { loadNotify } from './notify.js';
import { trivialDll, trivialType, useLeakCheck } from './support.js';

const errorNotFound = 1168;
const guid = '9612fc67-6150-4209-a85e-a8d800000042';

describe('A connection that must be authenticated again', () => {
  useLeakCheck();
  const options = { method: trivialType, credentials: Buffer.of(1, 0), connectionId: guid } as const;

  it('is told of, authenticates again, and is forgotten', async () => {
    const notify = loadNotify();
    await using host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });
    assert.equal(await notify(guid), errorNotFound);
    const seen: string[] = [];
    host.on('reauthenticate', (connectionId) => seen.push(connectionId));

    const authenticate = async (): Promise<boolean> => {
      await using session = await host.beginSession(options);
      await session.process(identityRequest);
      await session.process(request(2, Buffer.of(0), trivialType));
      const step = await session.process(eapSuccess(2));
      return step.action === 'result' && step.result.isSuccess;
    };
    assert.equal(await authenticate(), true);

    // The connection outlives its session.
    const told = once(host, 'reauthenticate');
    assert.equal(await notify(guid), 0);
    assert.deepEqual(await told, [guid]);
    assert.equal(await authenticate(), true);
    const toldAgain = once(host, 'reauthenticate');
    assert.equal(await notify(guid), 0);
    await toldAgain;
    assert.deepEqual(seen, [guid, guid]);

    await host.clearConnection(guid);
    assert.equal(await notify(guid), errorNotFound);
    await delay(20);
    assert.equal(seen.length, 2);
  });

  it('is never told of once it is cleared, however much the run-time has to say meanwhile', async () => {
    const notify = loadNotify();
    await using host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });
    let isCleared = false;
    let told = 0;
    host.on('reauthenticate', () => {
      assert.equal(isCleared, false);
      told += 1;
    });
    for (let round = 0; round < 100; round += 1) {
      isCleared = false;
      const session = await host.beginSession(options);
      await session.end();
      const notices = Array.from({ length: 8 }, () => notify(guid));
      if (round % 2 === 0) await notices[0];
      await host.clearConnection(guid);
      isCleared = true;
      const codes = await Promise.all(notices);
      assert.ok(codes.every((code) => code === 0 || code === errorNotFound));
    }
    await delay(20);
    assert.ok(told >= 50);
  });

  it('that was made up goes with its session', async () => {
    const notify = loadNotify();
    await using host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });
    const session = await host.beginSession({ method: trivialType, credentials: Buffer.of(1, 0) });
    const { connectionId } = session;
    assert.ok(connectionId !== undefined);
    const told = once(host, 'reauthenticate');
    assert.equal(await notify(connectionId), 0);
    assert.deepEqual(await told, [connectionId]);
    await session.end();
    assert.equal(await notify(connectionId), errorNotFound);
  });

  it('does not hurt a host that nobody listens to, nor one that is closed', async () => {
    const notify = loadNotify();
    const host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });
    await using session = await host.beginSession(options);
    assert.equal(await notify(guid), 0);
    await session.end();
    await host.close();
    assert.equal(await notify(guid), errorNotFound);
  });
});
