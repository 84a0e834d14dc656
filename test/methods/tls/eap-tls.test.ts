// EAP-TLS, peer against authenticator: versions, fragments, resumption, who is refused and what the other side is told.

import { deepEqual, equal, notDeepEqual, ok, rejects, throws } from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { attributeTypes } from '../../../lib/eap/attributes.js';
import { eapErrorCodes } from '../../../lib/base/error-codes.js';
import {
  tlsAuthenticator,
  type EapTlsAuthenticatorOptions,
  type EapTlsPeerOptions,
  tlsPeer,
} from '../../../lib/methods/tls/eap-tls.js';
import type { TlsVersion } from '../../../lib/methods/tls/engine.js';
import { certificates } from './certificates.js';
import { assertFailure, assertSuccess, beginPeer, converse, isResumed, versions } from '../support.js';

function peerOf(maxVersion: TlsVersion, options: Partial<EapTlsPeerOptions> = {}) {
  const { ca, client } = certificates();
  return tlsPeer({ ca, ...client, maxVersion, serverNames: ['radius.example.org'], ...options });
}

function serverOf(maxVersion: TlsVersion, options: Partial<EapTlsAuthenticatorOptions> = {}) {
  const { ca, server } = certificates();
  return tlsAuthenticator({ ...server, clients: { ca }, maxVersion, resumptionLifetime: 60, ...options });
}

for (const version of versions) {
  describe(`EAP-TLS over ${version}`, () => {
    before(function () {
      this.timeout(180_000);
      certificates();
    });

    for (const mtu of [100, 200, 1000, 1400]) {
      it(`succeeds at an MTU of ${mtu}, then resumes`, async () => {
        const { largeServer } = certificates();
        const [peer, server] = [peerOf(version), serverOf(version, largeServer)];
        const full = await converse(peer, server, { mtu });
        const keys = assertSuccess(full);
        equal(keys.emsk?.length, 64);
        equal(keys.sessionId?.length, 65);
        equal(keys.sessionId?.[0], 13);
        equal(keys.serverId?.toString(), 'radius.example.org');
        notDeepEqual(keys.emsk, keys.msk);
        const resumed = await converse(peer, server, { mtu });
        const newKeys = assertSuccess(resumed);
        notDeepEqual(newKeys.msk, keys.msk);
        ok(octetsOf(resumed.requests) < octetsOf(full.requests) / 2, 'resumed');
        assertSuccess(await converse(peer, server, { mtu }));
      });
    }

    it('does not resume where it must not', async () => {
      const [peer, server] = [peerOf(version), serverOf(version)];
      equal(isResumed(await converse(peer, server)), false);
      const again = await converse(peer, server, { flags: ['fullAuth'] });
      assertSuccess(again);
      equal(isResumed(again), false);
      const elsewhere = await converse(peer, serverOf(version));
      assertSuccess(elsewhere);
      equal(isResumed(elsewhere), false);
      for (const side of [
        [peerOf(version, { resumption: false }), server],
        [peerOf(version), serverOf(version, { resumptionLifetime: 0 })],
      ] as const) {
        assertSuccess(await converse(...side));
        const second = await converse(...side);
        assertSuccess(second);
        equal(isResumed(second), false);
      }
    });

    it('does not resume a conversation that the authenticator refused', async () => {
      let allowed = false;
      const peer = peerOf(version);
      const server = serverOf(version, { authorize: () => allowed });
      assertFailure(await converse(peer, server));
      allowed = true;
      const full = await converse(peer, server);
      assertSuccess(full);
      equal(isResumed(full), false);
      allowed = false;
      const resumed = await converse(peer, server);
      assertFailure(resumed);
      // The owner of the session is refused once the peer has proved to be it. Then there is none.
      equal(isResumed(resumed), true);
      const again = await converse(peer, server);
      assertFailure(again);
      equal(isResumed(again), false);
    });

    it('takes a PFX, and does not trust the authorities in it', async () => {
      const { pfx, foreignServer, otherCa } = certificates();
      const options = { pfx, passphrase: 'secret', cert: [], key: '', identity: 'alice' };
      const { cert: _cert, key: _key, ...rest } = options;
      const { ca } = certificates();
      const peer = tlsPeer({ ca, maxVersion: version, ...rest });
      assertSuccess(await converse(peer, serverOf(version)));
      const { client } = certificates();
      const conversation = await converse(peer, serverOf(version, foreignServer));
      assertFailure(conversation);
      equal(conversation.peer.failureReasonCode, eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND);
      assertSuccess(
        await converse(
          tlsPeer({ ca: otherCa, ...client, maxVersion: version }),
          serverOf(version, foreignServer),
        ),
      );
    });

    it('believes a chain, a hash, any server if told so', async () => {
      const { ca, chainedServer, foreignServer, client } = certificates();
      assertSuccess(await converse(peerOf(version), serverOf(version, chainedServer)));
      const base = { ...client, maxVersion: version };
      for (const algorithm of ['sha1', 'sha256']) {
        const hash = (pem: string) =>
          createHash(algorithm).update(new X509Certificate(pem).raw).digest('hex').toUpperCase();
        const pinned = tlsPeer({ ...base, serverHashes: [hash(foreignServer.cert)] });
        assertSuccess(await converse(pinned, serverOf(version, foreignServer)));
        assertFailure(await converse(pinned, serverOf(version)));
        const rooted = tlsPeer({ ...base, ca, rootHashes: [hash(ca).replaceAll(/..(?=.)/gu, '$& ')] });
        assertSuccess(await converse(rooted, serverOf(version)));
        assertFailure(await converse(rooted, serverOf(version, foreignServer)));
        throws(() => tlsPeer({ ...base, ca, rootHashes: [hash(foreignServer.cert)] }), {
          code: 'EAPHOST_NO_TRUST',
        });
      }
      const any = tlsPeer({ ...base, insecurelyTrustAnyServer: true });
      assertSuccess(await converse(any, serverOf(version, foreignServer)));
    });

    const badServers: Record<string, [() => Partial<EapTlsAuthenticatorOptions>, number, number]> = {
      untrusted: [
        () => certificates().foreignServer,
        eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND,
        0x80420400,
      ],
      expired: [() => certificates().expiredServer, eapErrorCodes.EAP_E_SERVER_CERT_EXPIRED, 0x80420202],
      'for clients': [
        () => certificates().serverForClients,
        eapErrorCodes.EAP_E_SERVER_CERT_INVALID,
        0x80420201,
      ],
    };
    for (const [what, [identity, code, told]] of Object.entries(badServers)) {
      it(`refuses a server whose certificate is ${what}, and tells it so by an alert`, async () => {
        for (const mtu of [200, 1400]) {
          const conversation = await converse(
            peerOf(version, { serverNames: [] as never }),
            serverOf(version, identity()),
            { mtu },
          );
          assertFailure(conversation);
          equal(conversation.end, 'rejected');
          equal(conversation.peer.failureReasonCode, code);
          equal(conversation.authenticator.failureReasonCode, told);
        }
      });
    }

    it('refuses a server of another name', async () => {
      const peer = peerOf(version, { serverNames: ['radius.example.com'] });
      const conversation = await converse(peer, serverOf(version));
      assertFailure(conversation);
      equal(conversation.peer.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_INVALID);
      ok(conversation.peer.rootCause?.includes('radius.example.org'));
      equal(conversation.authenticator.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_INVALID);
    });

    it('refuses who is revoked, and where no list can tell', async () => {
      const { ca, otherCa, crl, revokedServer, revokedClient, foreignServer, client } = certificates();
      const peer = peerOf(version, { crl });
      assertSuccess(await converse(peer, serverOf(version, { clients: { ca, crl } })));
      const revoked = await converse(peerOf(version, { crl }), serverOf(version, revokedServer));
      assertFailure(revoked);
      equal(revoked.peer.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_REVOKED);
      equal(revoked.authenticator.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_REVOKED);
      assertSuccess(await converse(peerOf(version), serverOf(version, revokedServer)));
      const unknown = tlsPeer({ ...client, ca: otherCa, crl, maxVersion: version });
      const untold = await converse(unknown, serverOf(version, foreignServer));
      assertFailure(untold);
      equal(untold.peer.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_OTHER_ERROR);
      const server = serverOf(version, { clients: { ca, crl } });
      const refused = await converse(peerOf(version, revokedClient), server);
      assertFailure(refused);
      equal(refused.peer.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_REVOKED);
      equal(refused.authenticator.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_REVOKED);
    });

    it('refuses a peer whose certificate is expired, foreign or missing, and tells it so by an alert', async () => {
      const { ca, expiredClient, foreignClient } = certificates();
      const expired = await converse(peerOf(version, expiredClient), serverOf(version));
      assertFailure(expired);
      equal(expired.end, 'rejected');
      equal(expired.peer.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_EXPIRED);
      equal(expired.authenticator.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_EXPIRED);
      const foreign = await converse(peerOf(version, foreignClient), serverOf(version));
      assertFailure(foreign);
      equal(foreign.peer.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_REJECTED);
      equal(foreign.authenticator.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_REJECTED);
      const bare = tlsPeer({ ca, identity: 'nobody', maxVersion: version });
      const missing = await converse(bare, serverOf(version));
      assertFailure(missing);
      equal(missing.end, 'rejected');
      equal(missing.authenticator.failureReasonCode, eapErrorCodes.EAP_E_USER_CERT_NOT_FOUND);
    });

    it('accepts no peer that refuses what the server says last', async () => {
      const { requests } = await converse(peerOf(version), serverOf(version));
      const last = requests.length - 1;
      const conversation = await converse(peerOf(version), serverOf(version), {
        tamper: (packet, direction, index) => {
          if (direction === 'request' && index === last) packet[packet.length - 1]! ^= 1;
          return packet;
        },
      });
      assertFailure(conversation);
      equal(conversation.end, 'rejected');
    });

    it('asks whether a certificate may be used under an identity', async () => {
      const asked: string[] = [];
      const server = serverOf(version, {
        authorize: (certificate, identity) => {
          asked.push(`${certificate.subject} ${identity}`);
          return identity === 'alice@example.org';
        },
      });
      const accepted = await converse(peerOf(version), server);
      assertSuccess(accepted);
      const peerId = accepted.authenticator.attributes.find(({ type }) => type === attributeTypes.PeerId);
      equal(Buffer.from(peerId?.value ?? []).toString(), 'alice@example.org');
      assertFailure(await converse(peerOf(version, { identity: 'alice' }), server));
      // Not for somebody else: the certificate has no such name.
      assertFailure(await converse(peerOf(version, { identity: 'bob' }), server));
      deepEqual(asked, ['CN=alice alice@example.org', 'CN=alice alice']);
    });

    it('falls back to what both speak, and fails where there is nothing', async () => {
      assertSuccess(await converse(peerOf('TLSv1.3'), serverOf(version)));
      assertSuccess(await converse(peerOf(version), serverOf('TLSv1.3')));
      const other = version === 'TLSv1.2' ? 'TLSv1.3' : 'TLSv1.2';
      const conversation = await converse(
        peerOf(version, { minVersion: version }),
        serverOf(other, { minVersion: other }),
      );
      assertFailure(conversation);
      equal(conversation.end, 'rejected');
    });
  });
}

describe('EAP-TLS', () => {
  it('trusts nobody by default, and says how to', () => {
    throws(() => tlsPeer({ identity: 'a' }), {
      code: 'EAPHOST_NO_TRUST',
      message: /`ca`.*`systemRoots: true`.*`serverHashes`.*`insecurelyTrustAnyServer: true`/su,
    });
    throws(() => tlsPeer({ identity: 'a', systemRoots: true }), { code: 'EAPHOST_NO_TRUST' });
    throws(() => tlsPeer({ identity: 'a', serverNames: ['radius.example.org'] }), {
      code: 'EAPHOST_NO_TRUST',
    });
    throws(() => tlsPeer({ identity: 'a', serverHashes: ['0011'] }), { code: 'EAPHOST_BAD_TLS_OPTIONS' });
    throws(() => tlsPeer({ identity: 'a', ca: 'no PEM' }), { code: 'EAPHOST_BAD_TLS_OPTIONS' });
  });

  it('validates the server where the host wants it, whatever the options say', async () => {
    const any = tlsPeer({ identity: 'a', insecurelyTrustAnyServer: true });
    const flags = ['serverValidationRequired'] as const;
    await rejects(beginPeer(any, { flags }), { code: 'EAPHOST_NO_TRUST' });
    const peer = await beginPeer(tlsPeer({ ca: certificates().ca, identity: 'a' }), { flags });
    await peer.end();
  });

  it('says what is wrong with a certificate or a key', () => {
    const { ca, client, server, pfx } = certificates();
    throws(() => tlsPeer({ ca, cert: client.cert, key: server.key }), { code: 'EAPHOST_BAD_TLS_OPTIONS' });
    throws(() => tlsPeer({ ca, pfx, passphrase: 'wrong' }), { code: 'EAPHOST_BAD_TLS_OPTIONS' });
  });

  it('names itself by its certificate, its user blob or as told', async () => {
    const { ca, client, server } = certificates();
    const begin = {
      flags: new Set<never>(),
      config: Buffer.alloc(0),
      credentials: Buffer.alloc(0),
      signal: new AbortController().signal,
    };
    const nameOf = async (options: Partial<EapTlsPeerOptions>) => {
      const reply = await tlsPeer({ ca, ...options }).peer.getIdentity(begin);
      return 'identity' in reply ? reply.identity : undefined;
    };
    equal(await nameOf(client), 'alice@example.org');
    equal(await nameOf(server), 'radius.example.org');
    equal(await nameOf({ ...client, identity: '@example.org' }), '@example.org');
    equal(await nameOf({ pfx: certificates().pfx, passphrase: 'secret' }), 'alice@example.org');
    await rejects(nameOf({}), { code: 'EAPHOST_BAD_TLS_OPTIONS' });
  });
});

function octetsOf(packets: readonly Buffer[]): number {
  return packets.reduce((sum, packet) => sum + packet.length, 0);
}
