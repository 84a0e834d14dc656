// The real EAPHost of a Windows machine, with the method that every Windows has: EAP-MSCHAPv2, type 26 of author 0,
// against the authenticator of this package. Needs Windows and its EapHost service; elsewhere it fails.

import assert from 'node:assert/strict';

import { openEapHost, type AuthenticationResult, type EapHost } from '../../lib/index.js';
import { memoryUsers, mschapv2Authenticator } from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { decodeKeys } from '../../lib/eap/attributes.js';
import { AuthenticatorLink } from '../supplicant/authenticator-link.js';

const user = { username: 'alice', password: 'correct horse' };

describe("Windows' EAPHost", () => {
  let eaphost: EapHost;

  before(async () => {
    eaphost = await openEapHost({ runtime: 'system' });
  });
  after(() => eaphost.close());

  async function authenticate(
    password: string,
  ): Promise<{ result: AuthenticationResult; link: AuthenticatorLink }> {
    const { method, blob: config } = await eaphost.configFromXml(
      profiles.mschapv2({ useWinlogonCredentials: false }),
    );
    const credentials = await eaphost.credentialsFromXml(
      profiles.credentials.mschapv2({ ...user, password }),
      {
        method,
        config,
      },
    );
    await using session = await eaphost.beginSession({ method, config, credentials });
    const users = memoryUsers({ [user.username]: user.password });
    const link = new AuthenticatorLink(mschapv2Authenticator({ users }).authenticator);
    return { result: await session.authenticate(link, { timeoutMs: 30_000 }), link };
  }

  it('lists the methods that Windows ships', async () => {
    const methods = await eaphost.getMethods();
    const types = methods.map(({ type }) => `${type.authorId}/${type.type}`);
    for (const shipped of ['0/13', '0/25', '0/26']) assert.ok(types.includes(shipped), types.join(' '));
  });

  it('authenticates with its own EAP-MSCHAPv2, and the keys agree', async () => {
    const { result, link } = await authenticate(user.password);
    assert.equal(result.isSuccess, true, result.error?.message);
    const { msk } = decodeKeys(link.result!.attributes, 'authenticator');
    assert.ok(msk !== undefined && result.keys.msk !== undefined);
    assert.deepEqual(Buffer.from(result.keys.msk), Buffer.from(msk));
  });

  it('is rejected with a wrong password', async () => {
    const { result } = await authenticate('wrong');
    assert.equal(result.isSuccess, false);
    assert.notEqual(result.failureReasonCode, 0);
  });

  it('runs 100 sessions at once', async () => {
    const all = await Promise.all(Array.from({ length: 100 }, () => authenticate(user.password)));
    assert.ok(all.every(({ result }) => result.isSuccess));
  });
});
