// PEAP-MSCHAPv2 against a RADIUS server of this program's own: with Windows' EAPHost where there is one, and with the
// embedded run-time. The folder radius is what `eaphost serve --make-test-config radius` makes.

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import { openEapHost } from 'eaphost';
import { memoryUsers, mschapv2Authenticator, peapAuthenticator, peapPeer } from 'eaphost/methods';
import { profiles } from 'eaphost/profiles';
import { RadiusClient, RadiusServer, radiusTransport } from 'eaphost/radius';
import * as diagnostics from 'eaphost/diagnostics';

const [ca, cert, key, config] = ['ca.pem', 'server.pem', 'server.key', 'serve.json'].map((name) =>
  readFileSync(`radius/${name}`, 'utf8'),
);
const { users, secret } = JSON.parse(config);
const password = process.env.EAPHOST_PASSWORD ?? users.alice;

const serverValidation = {
  disablePrompt: true,
  serverNames: ['radius.example.org'],
  trustedRoots: [createHash('sha1').update(new X509Certificate(ca).raw).digest('hex')],
};
const profile = profiles.peap({
  serverValidation,
  performServerValidation: true,
  acceptServerName: true,
  fastReconnect: true,
  innerEapOptional: false,
  inner: { mschapv2: { useWinlogonCredentials: false } },
  enableQuarantineChecks: false,
  requireCryptoBinding: false,
});

for (const runtime of process.platform === 'win32' ? ['system', 'embedded'] : ['embedded']) {
  describe(`PEAP-MSCHAPv2, run-time ${runtime}`, () => {
    const events = [];
    let server, client, eaphost;

    before(async () => {
      const methods = [mschapv2Authenticator({ users: memoryUsers(users) })];
      server = await RadiusServer.listen({
        secret,
        methods: [peapAuthenticator({ cert, key, methods })],
        port: 0,
      });
      client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
      // Windows' own method has the authority from the machine's store, the package's from here.
      const own = runtime === 'embedded' ? { methods: [peapPeer({ ca, onlyProfileRoots: true })] } : {};
      eaphost = await openEapHost({ runtime, onEvent: (event) => events.push(event), ...own });
    });

    after(async () => {
      mkdirSync('report', { recursive: true });
      writeFileSync(`report/${runtime}.html`, diagnostics.toHtml(events, { title: `run-time ${runtime}` }));
      await eaphost?.close();
      await client?.close();
      await server?.close();
    });

    /** One conversation: what the peer makes of it, and what the server said. */
    async function authenticate(user) {
      const { method, blob } = await eaphost.configFromXml(profile);
      const userXml = profiles.credentials.peap({ inner: { mschapv2: user } });
      const credentials = await eaphost.credentialsFromXml(userXml, { method, config: blob });
      const session = await eaphost.beginSession({ method, config: blob, credentials });
      try {
        const transport = radiusTransport(client);
        const result = await session.authenticate(transport, { timeoutMs: 30_000 });
        return { result, accept: transport.accept };
      } finally {
        await session.end();
      }
    }

    it('accepts the user, and both sides have the same key', async () => {
      const { result, accept } = await authenticate({ username: 'alice', password });
      assert.equal(result.isSuccess, true, result.error?.message);
      assert.ok(accept?.msk?.equals(result.keys.msk));
    });

    it('rejects a wrong password', async () => {
      const { result, accept } = await authenticate({ username: 'alice', password: 'no such password' });
      assert.equal(result.isSuccess, false);
      assert.equal(accept, undefined);
    });
  });
}
