// PEAPv0, peer against authenticator: inner methods, results, crypto-binding, fast reconnect.

import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict';
import { eapErrorCodes } from '../../../lib/base/error-codes.js';
import { mschapv2Authenticator, mschapv2Peer } from '../../../lib/methods/mschapv2.js';
import { tlsAuthenticator, tlsPeer } from '../../../lib/methods/tls/eap-tls.js';
import type { TlsVersion } from '../../../lib/methods/tls/engine.js';
import {
  peapAuthenticator,
  type PeapAuthenticatorOptions,
  peapPeer,
  type PeapPeerOptions,
} from '../../../lib/methods/tls/peap.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import { certificates } from './certificates.js';
import {
  aliceCredentials,
  assertFailure,
  assertSuccess,
  type Conversation,
  type ConversationOptions,
  converse,
  isResumed,
  versions,
  wrongCredentials,
} from '../support.js';

const users = memoryUsers({ alice: 'pässword' });
const names = ['*.example.org'];

function peerOf(maxVersion: TlsVersion, options: Partial<PeapPeerOptions> = {}) {
  const { ca } = certificates();
  return peapPeer({ ca, maxVersion, serverNames: names, identity: 'anonymous', ...options });
}

function serverOf(maxVersion: TlsVersion, options: Partial<PeapAuthenticatorOptions> = {}) {
  const methods = [mschapv2Authenticator({ users })];
  return peapAuthenticator({
    ...certificates().server,
    maxVersion,
    methods,
    resumptionLifetime: 60,
    ...options,
  });
}

function innerTls() {
  const { ca, client, server } = certificates();
  return {
    peer: tlsPeer({ ca, ...client, serverNames: names }),
    authenticator: tlsAuthenticator({ ...server, clients: { ca } }),
  };
}

for (const version of versions) {
  describe(`PEAPv0 over ${version}`, () => {
    before(() => void certificates());

    const run = (
      options: ConversationOptions = {},
      peer = peerOf(version),
      server = serverOf(version),
    ): Promise<Conversation> => converse(peer, server, { credentials: aliceCredentials, ...options });

    for (const mtu of [100, 200, 1000, 1400]) {
      it(`succeeds with EAP-MSCHAPv2 at an MTU of ${mtu}, then reconnects`, async () => {
        const [peer, server] = [peerOf(version), serverOf(version)];
        const full = await run({ mtu }, peer, server);
        const keys = assertSuccess(full);
        equal(keys.emsk, undefined);
        const again = await run({ mtu }, peer, server);
        notDeepEqual(assertSuccess(again).msk, keys.msk);
        ok(again.requests.length < full.requests.length);
        equal(isResumed(again), true);
        deepEqual(namesOf(again), ['alice']);
        assertSuccess(await run({ mtu }, peer, server));
      });
    }

    it('tells the network the outer identity, the server the inner one', async () => {
      const conversation = await run();
      assertSuccess(conversation);
      deepEqual(namesOf(conversation), ['alice']);
    });

    for (const mtu of [200, 1400]) {
      it(`succeeds with EAP-TLS inside at an MTU of ${mtu}, then reconnects`, async () => {
        const inner = innerTls();
        const peer = peerOf(version, { methods: [inner.peer] });
        const server = serverOf(version, { methods: [inner.authenticator] });
        assertSuccess(await run({ mtu, credentials: Buffer.alloc(0) }, peer, server));
        const again = await run({ mtu, credentials: Buffer.alloc(0) }, peer, server);
        assertSuccess(again);
        equal(isResumed(again), true);
      });
    }

    it('negotiates the inner method', async () => {
      const inner = innerTls();
      const server = serverOf(version, {
        methods: [inner.authenticator, mschapv2Authenticator({ users })],
      });
      assertSuccess(await run({}, peerOf(version), server));
      const tlsOnly = serverOf(version, { methods: [inner.authenticator] });
      const conversation = await run({}, peerOf(version), tlsOnly);
      assertFailure(conversation);
      equal(conversation.end, 'rejected');
    });

    for (const [what, credentials] of Object.entries({
      'a wrong password': wrongCredentials,
      'an unknown user': encodeCredentials({ username: 'bob', password: 'pässword' }),
    })) {
      it(`refuses ${what}, and does not reconnect after it`, async () => {
        const [peer, server] = [peerOf(version), serverOf(version)];
        for (let round = 0; round < 2; round++) {
          const conversation = await run({ credentials }, peer, server);
          assertFailure(conversation);
          equal(conversation.end, 'rejected');
          equal(conversation.peer.failureReasonCode, eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED);
          equal(
            conversation.authenticator.failureReasonCode,
            eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED,
          );
          equal(isResumed(conversation), false);
        }
      });
    }

    it('does not let other credentials into a resumed connection', async () => {
      const [peer, server] = [peerOf(version), serverOf(version)];
      assertSuccess(await run({}, peer, server));
      assertFailure(await run({ credentials: wrongCredentials }, peer, server));
    });

    it('never shows the password to a server that it does not trust', async () => {
      const { foreignServer, expiredServer } = certificates();
      const refusals = [
        [serverOf(version, foreignServer), eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND],
        [serverOf(version, expiredServer), eapErrorCodes.EAP_E_SERVER_CERT_EXPIRED],
      ] as const;
      for (const [server, code] of refusals) {
        const conversation = await run({}, peerOf(version), server);
        assertFailure(conversation);
        equal(conversation.peer.failureReasonCode, code);
        equal(conversation.authenticator.failureReasonCode, code);
      }
      const conversation = await run({}, peerOf(version, { serverNames: ['example.org'] }));
      assertFailure(conversation);
      equal(conversation.peer.failureReasonCode, eapErrorCodes.EAP_E_SERVER_CERT_INVALID);
    });

    it('binds the inner method to the tunnel where both can, and insists where told', async () => {
      const bound = assertSuccess(await run({}, peerOf(version, { cryptoBinding: 'required' })));
      equal(bound.emsk, undefined);
      const unbound = assertSuccess(
        await run({}, peerOf(version), serverOf(version, { cryptoBinding: 'none' })),
      );
      equal(unbound.emsk?.length, 64);
      equal(unbound.sessionId?.[0], 25);
      const refused = await run(
        {},
        peerOf(version, { cryptoBinding: 'required' }),
        serverOf(version, { cryptoBinding: 'none' }),
      );
      assertFailure(refused);
      equal(refused.end, 'rejected');
      ok(refused.peer.rootCause?.includes('crypto-binding'));
    });

    it('carries a question of the inner method to the user', async () => {
      const peer = peerOf(version, { methods: [mschapv2Peer({ askAgain: true })] });
      const server = serverOf(version, { methods: [mschapv2Authenticator({ users, retries: 1 })] });
      const conversation = await run(
        { credentials: wrongCredentials, onUi: () => aliceCredentials },
        peer,
        server,
      );
      assertSuccess(conversation);
    });
  });
}

function namesOf({ authenticator }: Conversation): (string | undefined)[] {
  return [authenticator.identity];
}
