// Certificates that a peer or a server refuses beyond those of the matrix, and what each is told by an alert: with
// FreeRADIUS and eapol_test.

import { equal, ok } from 'node:assert/strict';
import { eapErrorCodes } from '../../../lib/base/error-codes.js';
import { peapPeer, tlsAuthenticator, tlsPeer } from '../../../lib/methods/tls/index.js';
import { RadiusClient, RadiusServer } from '../../../lib/radius/index.js';
import { type RunningServer, startFreeRadius } from '../../interop/servers.js';
import { certificates } from './certificates.js';
import { EapolTest } from './eapol-test.js';
import { authenticate, type RadiusConversation } from './radius-peer.js';
import { aliceCredentials, versions } from '../support.js';

const secret = 'between us';
const users = { alice: 'pässword' };

function assertRejected({ peer, accept, reject }: RadiusConversation, code?: number): void {
  equal(peer.isSuccess, false);
  equal(accept, undefined);
  ok(reject);
  ok(peer.rootCause);
  if (code !== undefined) equal(peer.failureReasonCode, code, peer.rootCause);
}

for (const maxVersion of versions) {
  describe(`Certificates over ${maxVersion}`, () => {
    let server: RunningServer;
    let client: RadiusClient;
    let eapolTest: EapolTest;
    before(async function () {
      this.timeout(180_000);
      server = await startFreeRadius({ secret, users, firstMethod: 'tls', tls: { maxVersion } });
      client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
      eapolTest = await EapolTest.prepare();
    });
    after(async () => {
      await client?.close();
      await server?.[Symbol.asyncDispose]();
      await eapolTest?.[Symbol.asyncDispose]();
    });

    it('tell FreeRADIUS by an alert why it is not trusted', async () => {
      const { ca, otherCa } = certificates();
      for (const [trust, code] of [
        [{ ca: otherCa }, eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND],
        [{ ca, serverNames: ['radius.example.com'] }, eapErrorCodes.EAP_E_SERVER_CERT_INVALID],
      ] as const) {
        assertRejected(await authenticate(peapPeer(trust), client, { credentials: aliceCredentials }), code);
      }
      await server.says('unknown CA');
      await server.says('certificate unknown');
    });

    it('of clients are rejected by FreeRADIUS where they are foreign, expired or missing', async () => {
      const { ca, expiredClient, foreignClient } = certificates();
      for (const identity of [expiredClient, foreignClient, {}]) {
        assertRejected(await authenticate(tlsPeer({ ca, ...identity, identity: 'alice' }), client));
      }
    });

    it('of a server that is revoked are refused', async () => {
      const { ca, crl, client: own, revokedServer: identity } = certificates();
      const tls = { maxVersion, identity };
      await using revoked = await startFreeRadius({ secret, users, firstMethod: 'tls', tls });
      await using other = new RadiusClient({ host: '127.0.0.1', port: revoked.port, secret });
      const code = eapErrorCodes.EAP_E_SERVER_CERT_REVOKED;
      for (const peer of [tlsPeer({ ca, crl, ...own, identity: 'alice' }), peapPeer({ ca, crl })]) {
        assertRejected(await authenticate(peer, other, { credentials: aliceCredentials }), code);
      }
    });

    it('of clients are refused, and eapol_test is told why', async () => {
      const { ca, crl, server: identity } = certificates();
      const method = tlsAuthenticator({ ...identity, maxVersion, clients: { ca, crl } });
      await using ours = await RadiusServer.listen({ secret, methods: [method], port: 0 });
      const options = { port: ours.port, secret, method: 'tls', version: maxVersion, password: '' } as const;
      for (const [name, alert] of [
        ['expiredClient', 'certificate expired'],
        ['foreignClient', 'unknown CA'],
        ['revokedClient', 'certificate revoked'],
      ] as const) {
        const outcome = await eapolTest.run(options, name);
        outcome.assertRejected();
        ok(outcome.mentions(alert), alert);
      }
      (await eapolTest.run(options)).assertAccepted(1);
    });
  });
}
