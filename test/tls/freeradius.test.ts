// The peers of the TLS methods against FreeRADIUS.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { decodeKeys } from '../../lib/attributes.js';
import { eapErrorCodes } from '../../lib/error-codes.js';
import type { MethodDefinition } from '../../lib/methods/method.js';
import { mschapv2 } from '../../lib/methods/mschapv2.js';
import { gtc, peapPeer, tlsPeer, type TlsVersion, ttlsPeer } from '../../lib/methods/tls/index.js';
import type { ServerTrust } from '../../lib/methods/tls/trust.js';
import { RadiusClient } from '../../lib/radius/index.js';
import { certificates, type Identity } from './certificates.js';
import { type FreeRadius, startFreeRadius } from './freeradius.js';
import { authenticate, type RadiusConversation } from './radius-peer.js';
import { aliceCredentials, versions, wrongCredentials } from './support.js';

const secret = 'between us';
const users = { alice: 'pässword' };

interface Case {
  readonly hasPassword: boolean;
  readonly peer: (maxVersion: TlsVersion, trust?: ServerTrust) => MethodDefinition;
}

function trusted(): ServerTrust {
  return { ca: certificates().ca, serverNames: ['radius.example.org'] };
}

const cases: Readonly<Record<string, Case>> = {
  'EAP-TLS': {
    hasPassword: false,
    peer: (maxVersion, trust = trusted()) =>
      tlsPeer({ ...trust, ...certificates().client, identity: 'alice', maxVersion }),
  },
  'PEAP with EAP-MSCHAPv2': {
    hasPassword: true,
    peer: (maxVersion, trust = trusted()) => peapPeer({ ...trust, maxVersion, identity: 'anonymous' }),
  },
  'PEAP with EAP-GTC': {
    hasPassword: true,
    peer: (maxVersion, trust = trusted()) => peapPeer({ ...trust, maxVersion, methods: [gtc] }),
  },
  'PEAP with EAP-TLS': {
    hasPassword: false,
    peer(maxVersion, trust = trusted()) {
      const inner = tlsPeer({ ...trusted(), ...certificates().client, identity: 'alice', maxVersion });
      return peapPeer({ ...trust, maxVersion, identity: 'anonymous', methods: [inner] });
    },
  },
  ...Object.fromEntries(
    (['pap', 'chap', 'mschap', 'mschapv2'] as const).map((inner) => [
      `EAP-TTLS with ${inner}`,
      {
        hasPassword: true,
        peer: (maxVersion: TlsVersion, trust = trusted()) =>
          ttlsPeer({ ...trust, maxVersion, inner, identity: 'anonymous' }),
      },
    ]),
  ),
  'EAP-TTLS with EAP-MSCHAPv2': {
    hasPassword: true,
    peer: (maxVersion, trust = trusted()) => ttlsPeer({ ...trust, maxVersion, inner: [mschapv2] }),
  },
  'EAP-TTLS with EAP-GTC': {
    hasPassword: true,
    peer: (maxVersion, trust = trusted()) => ttlsPeer({ ...trust, maxVersion, inner: [gtc] }),
  },
};

function assertAccepted({ peer, accept }: RadiusConversation): Buffer {
  ok(peer.isSuccess, peer.rootCause);
  ok(accept);
  const { msk } = decodeKeys(peer.attributes ?? [], 'peer');
  equal(msk?.length, 64);
  deepEqual(accept.msk, msk);
  return msk;
}

function assertRejected({ peer, accept, reject }: RadiusConversation, code?: number): void {
  equal(peer.isSuccess, false);
  equal(accept, undefined);
  ok(reject);
  ok(peer.rootCause);
  if (code !== undefined) equal(peer.failureReasonCode, code, peer.rootCause);
}

function octetsOf({ received }: RadiusConversation): number {
  return received.reduce((sum, length) => sum + length, 0);
}

for (const version of versions) {
  describe(`FreeRADIUS over ${version}`, () => {
    let server: FreeRadius;
    let client: RadiusClient;
    before(async () => {
      server = await startFreeRadius({ secret, users, maxVersion: version });
      client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
    });
    after(async () => {
      await client?.close();
      await server?.[Symbol.asyncDispose]();
    });

    for (const [name, { peer: peerOf, hasPassword }] of Object.entries(cases)) {
      const credentials = hasPassword ? aliceCredentials : Buffer.alloc(0);
      for (const mtu of [200, 1000, 1400]) {
        it(`accepts ${name} at an MTU of ${mtu}, then resumed`, async () => {
          const peer = peerOf(version);
          const first = await authenticate(peer, client, { credentials, mtu });
          const msk = assertAccepted(first);
          const second = await authenticate(peer, client, { credentials, mtu });
          ok(!assertAccepted(second).equals(msk));
          ok(octetsOf(second) < octetsOf(first) - 400, 'resumed');
        });
      }

      if (hasPassword) {
        it(`rejects ${name} with a wrong password`, async () => {
          const conversation = await authenticate(peerOf(version), client, { credentials: wrongCredentials });
          assertRejected(conversation, eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED);
        });
      }

      it(`is told by ${name} why it is not trusted`, async () => {
        const { otherCa, ca } = certificates();
        const bad: [ServerTrust, number][] = [
          [{ ca: otherCa }, eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND],
          [{ ca, serverNames: ['radius.example.com'] }, eapErrorCodes.EAP_E_SERVER_CERT_INVALID],
        ];
        for (const [trust, code] of bad) {
          assertRejected(await authenticate(peerOf(version, trust), client, { credentials }), code);
        }
        ok(server.output.includes('unknown CA'));
        ok(server.output.includes('certificate unknown'));
      });
    }

    it('rejects client certificates that are foreign, expired or missing', async () => {
      const { expiredClient, foreignClient } = certificates();
      for (const identity of [expiredClient, foreignClient, {}]) {
        const peer = tlsPeer({ ...trusted(), ...identity, identity: 'alice', maxVersion: version });
        assertRejected(await authenticate(peer, client));
      }
    });
  });

  describe(`FreeRADIUS with a bad certificate over ${version}`, () => {
    for (const [what, identityOf, code] of [
      ['expired', () => certificates().expiredServer, eapErrorCodes.EAP_E_SERVER_CERT_EXPIRED],
      ['revoked', () => certificates().revokedServer, eapErrorCodes.EAP_E_SERVER_CERT_REVOKED],
    ] as readonly (readonly [string, () => Identity, number])[]) {
      it(`is refused where it is ${what}`, async () => {
        await using server = await startFreeRadius({
          secret,
          users,
          maxVersion: version,
          identity: identityOf(),
        });
        await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
        const trust = { ...trusted(), crl: certificates().crl };
        for (const { peer: peerOf, hasPassword } of Object.values(cases)) {
          const credentials = hasPassword ? aliceCredentials : Buffer.alloc(0);
          assertRejected(await authenticate(peerOf(version, trust), client, { credentials }), code);
        }
      });
    }

    it('refuses a revoked client', async () => {
      await using server = await startFreeRadius({ secret, users, maxVersion: version, checkCrl: true });
      await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
      const { revokedClient } = certificates();
      const revoked = tlsPeer({ ...trusted(), ...revokedClient, identity: 'alice', maxVersion: version });
      assertRejected(await authenticate(revoked, client));
      assertAccepted(await authenticate(cases['EAP-TLS']!.peer(version), client));
    });
  });
}
