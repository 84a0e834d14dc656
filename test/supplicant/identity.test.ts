// What tunnel methods and single sign-on ask of a run-time: identities, and what Windows alone has.

import assert from 'node:assert/strict';

import type { EapHost } from '../../lib/index.js';
import { ill } from './fakes.js';
import { hasCode, openTestHost, runtime, scriptedType, useLeakCheck } from './support.js';

describe(`The identity of a method in the ${runtime} run-time`, () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openTestHost();
  });
  after(() => host.close());

  const ask = (script: string, user?: string) =>
    host.getIdentity({
      method: scriptedType,
      config: Buffer.from(script),
      credentials: user === undefined ? undefined : Buffer.from(user),
    });

  it('is what the method says', async () => {
    assert.deepEqual(await ask('identity=ann userout=blob'), {
      invokeUi: false,
      identity: 'ann',
      credentials: Buffer.from('blob'),
    });
    assert.deepEqual(await ask('', 'bob'), { invokeUi: false, identity: 'bob', credentials: undefined });
  });

  it('is to be asked for', async () => {
    assert.deepEqual(await ask('ui'), { invokeUi: true, identity: undefined, credentials: undefined });
  });

  it('fails with all that an EAP_ERROR holds', async () => {
    await assert.rejects(ask('fail=GetIdentity:1317e'), (error) => {
      assert.ok(hasCode(error, 'ERROR_NO_SUCH_USER'));
      assert.equal(error.call, 'EapHostPeerGetIdentity');
      assert.equal(error.reasonCode, 1318);
      assert.equal(error.rootCause, 'scripted cause');
      return true;
    });
  });

  it('fails for a method that is not there', async () => {
    await assert.rejects(host.getIdentity({ method: { type: 99 } }), (error) =>
      hasCode(error, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED'),
    );
  });

  it('refuses what is ill-formed before anything native runs', async () => {
    await assert.rejects(host.getIdentity(ill(undefined)), /options must be an object/u);
    await assert.rejects(host.getIdentity({ method: ill(5) }), /method must be/u);
    const method = scriptedType;
    await assert.rejects(host.getIdentity({ method, userToken: ill(5) }), /userToken must be a bigint/u);
    await assert.rejects(host.getIdentity({ method, userToken: -1n }), /userToken must be the value/u);
    await assert.rejects(host.getIdentity({ method, flags: ill(['no']) }), /flags\[0\]/u);
    await assert.rejects(host.getIdentity({ method, config: ill('text') }), /config must be/u);
    await assert.rejects(host.getIdentity({ method, signal: ill(5) }), /signal must be/u);
    await assert.rejects(host.getEncryptedPassword(ill(5)), /password must be a string or/u);
    await assert.rejects(host.getEncryptedPassword('a\0b'), /password must not hold NUL/u);
    await assert.rejects(host.getEncryptedPassword(Buffer.of(0x61, 0)), /password must not hold NUL/u);
    await assert.rejects(host.getEncryptedPassword(Buffer.of(0xff)), /password must be UTF-8/u);
  });

  it('is not asked for once aborted', async () => {
    const reason = new Error('enough');
    const signal = AbortSignal.abort(reason);
    await assert.rejects(host.getIdentity({ method: scriptedType, signal }), reason);
    await assert.rejects(host.getEncryptedPassword('x', { signal }), reason);
  });

  if (runtime === 'embedded') {
    it('of a method in TypeScript needs a name and a password only', async () => {
      const credentials = { username: 'alice', password: 'secret', domain: 'CORP' };
      const { identity, credentials: blob } = await host.getIdentity({ method: 'mschapv2', credentials });
      assert.equal(identity, 'CORP\\alice');
      assert.ok(blob?.includes('secret'));
    });
  }

  it('is all that is offered of single sign-on where no credentials are plumbed', async () => {
    await using session = await host.beginSession({ method: scriptedType, credentials: Buffer.of(1) });
    await assert.rejects(session.getDataToUnplumbCredentials(), (error) => {
      assert.ok(hasCode(error, 'ERROR_NOT_SUPPORTED'));
      assert.equal(error.call, 'EapHostPeerGetDataToUnplumbCredentials');
      return true;
    });
    await assert.rejects(host.getEncryptedPassword('secret'), (error) => {
      assert.ok(hasCode(error, 'ERROR_NOT_SUPPORTED'));
      assert.equal(error.call, 'EapHostPeerGetEncryptedPassword');
      assert.ok(!String(error.stack).includes('secret'));
      return true;
    });
  });

  it('is not to be had of a closed host', async () => {
    const closed = await openTestHost();
    await closed.close();
    const isClosed = (error: unknown) => hasCode(error, 'EAPHOST_CLOSED');
    await assert.rejects(closed.getIdentity({ method: scriptedType }), isClosed);
    await assert.rejects(closed.getEncryptedPassword('x'), isClosed);
  });
});
