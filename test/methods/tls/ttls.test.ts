// EAP-TTLS, peer against authenticator: password methods, inner EAP methods, resumption.

import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict';
import { eapErrorCodes } from '../../../lib/base/error-codes.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import type { MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import { tlsAuthenticator, tlsPeer } from '../../../lib/methods/tls/eap-tls.js';
import type { TlsVersion } from '../../../lib/methods/tls/engine.js';
import { gtc, gtcAuthenticator } from '../../../lib/methods/gtc.js';
import {
  ttlsAuthenticator,
  type TtlsAuthenticatorOptions,
  ttlsPeer,
  type TtlsPeerOptions,
} from '../../../lib/methods/tls/ttls.js';
import { peapAuthenticator, peapPeer } from '../../../lib/methods/tls/peap.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { certificates } from './certificates.js';
import {
  aliceCredentials,
  assertFailure,
  assertSuccess,
  converse,
  isResumed,
  versions,
  wrongCredentials,
} from '../support.js';

const users = memoryUsers({
  alice: 'pässword',
  'DOM\\carol': 'a password of more than sixteen octets',
  dave: { password: 'pässword', state: 'disabled' },
});
const passwordMethods = ['pap', 'chap', 'mschap', 'mschapv2'] as const;

function peerOf(maxVersion: TlsVersion, options: Partial<TtlsPeerOptions>) {
  const { ca } = certificates();
  return ttlsPeer({ ca, maxVersion, serverNames: ['.example.org'], identity: 'anonymous', ...options });
}

function serverOf(maxVersion: TlsVersion, options: Partial<TtlsAuthenticatorOptions> = {}) {
  const methods = [gtcAuthenticator({ users }), mschapv2Authenticator({ users })];
  return ttlsAuthenticator({
    ...certificates().server,
    maxVersion,
    users,
    methods,
    resumptionLifetime: 60,
    ...options,
  });
}

const inners: Readonly<Record<string, NonNullable<TtlsPeerOptions['inner']>>> = {
  PAP: 'pap',
  CHAP: 'chap',
  MSCHAP: 'mschap',
  MSCHAPv2: 'mschapv2',
  'EAP-MSCHAPv2': [mschapv2],
  'EAP-GTC': [gtc],
};

for (const version of versions) {
  describe(`EAP-TTLS over ${version}`, () => {
    before(() => void certificates());

    for (const [name, inner] of Object.entries(inners)) {
      for (const mtu of [200, 1000, 1400]) {
        it(`succeeds with ${name} at an MTU of ${mtu}, then resumes`, async () => {
          const [peer, server] = [peerOf(version, { inner }), serverOf(version)];
          const options = { credentials: aliceCredentials, mtu };
          const full = await converse(peer, server, options);
          const keys = assertSuccess(full);
          equal(keys.emsk?.length, 64);
          equal(keys.sessionId?.[0], 21);
          equal(isResumed(full), false);
          for (let round = 0; round < 2; round++) {
            const again = await converse(peer, server, options);
            notDeepEqual(assertSuccess(again).msk, keys.msk);
            equal(isResumed(again), true);
            equal(again.authenticator.identity, 'alice');
          }
        });
      }

      it(`refuses a wrong password, nobody, and a disabled account with ${name}`, async () => {
        const [peer, server] = [peerOf(version, { inner }), serverOf(version)];
        const rejected = eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED;
        for (const [credentials, code] of [
          [wrongCredentials, rejected],
          [wrongCredentials, rejected],
          [encodeCredentials({ username: 'bob', password: 'pässword' }), rejected],
          [encodeCredentials({ username: 'alice', password: '' }), rejected],
          [encodeCredentials({ username: 'dave', password: 'pässword' }), 647],
        ] as const) {
          const conversation = await converse(peer, server, { credentials });
          assertFailure(conversation);
          equal(conversation.end, 'rejected');
          equal(conversation.authenticator.failureReasonCode, code);
          equal(isResumed(conversation), false);
        }
      });

      it(`takes a name with a domain with ${name}`, async () => {
        const password = 'a password of more than sixteen octets';
        const credentials = encodeCredentials({ username: 'carol', domain: 'DOM', password });
        assertSuccess(await converse(peerOf(version, { inner }), serverOf(version), { credentials }));
      });

      it(`shows nothing of ${name} to a server that it does not trust`, async () => {
        const { foreignServer, expiredServer } = certificates();
        for (const identity of [foreignServer, expiredServer]) {
          const server = serverOf(version, identity);
          const conversation = await converse(peerOf(version, { inner }), server, {
            credentials: aliceCredentials,
          });
          assertFailure(conversation);
          equal(conversation.end, 'rejected');
        }
        const elsewhere = peerOf(version, { inner, serverNames: ['.example.com'] });
        assertFailure(await converse(elsewhere, serverOf(version), { credentials: aliceCredentials }));
      });
    }

    it('lets a server refuse password methods', async () => {
      for (const inner of passwordMethods) {
        const others = passwordMethods.filter((method) => method !== inner);
        const credentials = aliceCredentials;
        const server = serverOf(version, { passwordMethods: others });
        assertFailure(await converse(peerOf(version, { inner }), server, { credentials }));
        const only = serverOf(version, { passwordMethods: [inner] });
        assertSuccess(await converse(peerOf(version, { inner }), only, { credentials }));
        const { server: identity } = certificates();
        const without = ttlsAuthenticator({ ...identity, maxVersion: version });
        assertFailure(await converse(peerOf(version, { inner }), without, { credentials }));
      }
    });

    it('carries PEAP inside, which carries EAP-TLS', async () => {
      const { ca, client, server } = certificates();
      const innermost = {
        peer: tlsPeer({ ca, ...client }),
        authenticator: tlsAuthenticator({ ...server, clients: { ca } }),
      };
      const peap: MethodDefinition[] = [
        peapPeer({ ca, methods: [innermost.peer] }),
        peapAuthenticator({ ...server, methods: [innermost.authenticator] }),
      ];
      const [inner, authenticator] = peap;
      ok(inner && authenticator);
      const conversation = await converse(
        peerOf(version, { inner: [inner] }),
        serverOf(version, { methods: [authenticator] }),
        { mtu: 300 },
      );
      assertSuccess(conversation);
    });

    it('asks for an identity where there are no credentials', async () => {
      const peer = peerOf(version, { inner: 'pap' });
      const request = {
        flags: new Set<never>(),
        config: Buffer.alloc(0),
        credentials: Buffer.alloc(0),
        signal: new AbortController().signal,
      };
      deepEqual(await peer.peer.getIdentity(request), { invokeUi: true });
      const reply = await peer.peer.getIdentity({ ...request, credentials: aliceCredentials });
      equal('identity' in reply && reply.identity, 'anonymous');
    });
  });
}
