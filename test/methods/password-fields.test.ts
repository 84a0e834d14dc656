// The input fields of the password methods and of tunnels, through the embedded run-time: what a tool shows in place of
// a dialog, and the user blob of what was typed.

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';

import { EapError, openEapHost, type EapHost, type InputField, type MethodName } from '../../lib/index.js';
import {
  decodeCredentials,
  makeTestAuthority,
  peapPeer,
  tlsPeer,
  ttlsPeer,
} from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';

const notSupported = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';

describe('The input fields of the password methods', () => {
  let host: EapHost;
  const { ca, issue } = makeTestAuthority();
  const serverValidation = { trustedRoots: [new X509Certificate(ca).fingerprint] };
  before(async () => {
    const trust = { ca, onlyProfileRoots: true };
    const inner = tlsPeer({ ...trust, ...issue({ name: 'alice', purpose: 'client' }) });
    host = await openEapHost({
      runtime: 'embedded',
      methods: [peapPeer({ ...trust, methods: [inner] }), ttlsPeer(trust), inner],
    });
  });
  after(() => host.close());

  const asked = async (xml: string) => {
    const { method, blob } = await host.configFromXml(xml);
    return { method, config: blob };
  };
  const fill = (fields: readonly InputField[], values: Readonly<Record<string, string>>): InputField[] =>
    fields.map((field) => ({ ...field, data: values[field.type] ?? '' }));
  const alice = { username: 'alice', password: 'correct horse' };

  const documents: Readonly<Record<string, string>> = {
    'EAP-MSCHAPv2': profiles.mschapv2({ useWinlogonCredentials: false }),
    'PEAP around EAP-MSCHAPv2': profiles.peap({ serverValidation, inner: { mschapv2: {} } }),
    'TTLS around a password': profiles.ttls({ serverValidation, inner: 'pap' }),
    'TTLS around EAP': profiles.ttls({ serverValidation, inner: { eap: { mschapv2: {} } } }),
  };
  for (const [name, xml] of Object.entries(documents)) {
    it(`${name}: a name to see, a password to hide, and a user blob of both`, async () => {
      const options = await asked(xml);
      const fields = await host.queryCredentialInputFields(options);
      assert.deepEqual(
        fields.map(({ type, flags, minLength, maxLength }) => ({ type, flags, minLength, maxLength })),
        [
          { type: 'username', flags: [], minLength: 1, maxLength: 256 },
          { type: 'password', flags: ['nonDisplayable'], minLength: 0, maxLength: 256 },
        ],
      );
      const blob = await host.userBlobFromCredentialInputFields(fill(fields, alice), options);
      const credentials = decodeCredentials(blob);
      assert.equal(credentials.username, 'alice');
      assert.equal(credentials.password.toString(), 'correct horse');
    });
  }

  it('are there by the names of the built-in methods, without a configuration', async () => {
    for (const method of ['md5', 'mschapv2'] satisfies MethodName[]) {
      assert.equal((await host.queryCredentialInputFields({ method })).length, 2);
    }
  });

  it('do not exist where a certificate says who the user is', async () => {
    const filled = fill([], alice);
    for (const xml of [
      profiles.tls({ serverValidation }),
      profiles.peap({ serverValidation, inner: { tls: {} } }),
    ]) {
      const options = await asked(xml);
      for (const call of [
        host.queryCredentialInputFields(options),
        host.userBlobFromCredentialInputFields(filled, options),
      ]) {
        await assert.rejects(call, (error) => error instanceof EapError && error.code === notSupported);
      }
    }
  });

  it('refuse a user without a name, and do not repeat the password', async () => {
    const options = await asked(profiles.mschapv2({}));
    const fields = fill(await host.queryCredentialInputFields(options), { password: 'correct horse' });
    await assert.rejects(host.userBlobFromCredentialInputFields(fields, options), (error) => {
      assert.ok(error instanceof EapError);
      assert.match(error.message, /the username, with its domain, must have 1 to 256 octets/u);
      assert.ok(!error.message.includes('correct horse'));
      return true;
    });
  });
});
