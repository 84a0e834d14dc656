// Attackers who try to get in by resuming somebody else's connection: other users, wrong passwords, a bare EAP-Success.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { constants } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import { eapErrorCodes } from '../../../lib/base/error-codes.js';
import { converse as host, type Conversed, type PeerSideOptions } from '../../../lib/method-dlls/index.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import type { MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2Authenticator, mschapv2Peer } from '../../../lib/methods/mschapv2.js';
import { TlsEngine } from '../../../lib/methods/tls/engine.js';
import { gtc, gtcAuthenticator } from '../../../lib/methods/gtc.js';
import {
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
  type TlsVersion,
  ttlsAuthenticator,
  ttlsPeer,
} from '../../../lib/methods/tls/index.js';
import { avpCodes, writeAvp } from '../../../lib/methods/tls/ttls-avp.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import type { Flag } from '../../../lib/eap/names.js';
import { certificates } from '../../methods/tls/certificates.js';
import {
  aliceCredentials,
  assertFailure,
  assertSuccess,
  beginAuthenticator,
  beginPeer,
  converse,
  isResumed,
  packetOf,
  versions,
  wrongCredentials,
} from '../../methods/support.js';

const users = memoryUsers({ alice: 'pässword', bob: 'of bob' });
const password = 'pässword';
const none = Buffer.alloc(0);

type Pair = readonly [peer: MethodDefinition, authenticator: MethodDefinition];

/** Methods whose user knows a password: one definition serves them all, as a service's does. */
const pairs: Readonly<Record<string, (maxVersion: TlsVersion) => Pair>> = {
  'PEAP with EAP-MSCHAPv2': (maxVersion) => {
    const { ca, server } = certificates();
    return [
      peapPeer({ ca, maxVersion, methods: [mschapv2Peer({ askAgain: true })] }),
      peapAuthenticator({
        ...server,
        maxVersion,
        resumptionLifetime: 3600,
        methods: [mschapv2Authenticator({ users, retries: 1 })],
      }),
    ];
  },
  'EAP-TTLS with PAP': (maxVersion) => {
    const { ca, server } = certificates();
    return [
      ttlsPeer({ ca, maxVersion, inner: 'pap' }),
      ttlsAuthenticator({ ...server, maxVersion, resumptionLifetime: 3600, users }),
    ];
  },
  'EAP-TTLS with EAP-GTC': (maxVersion) => {
    const { ca, server } = certificates();
    const methods = [gtcAuthenticator({ users })];
    return [
      ttlsPeer({ ca, maxVersion, inner: [gtc] }),
      ttlsAuthenticator({ ...server, maxVersion, resumptionLifetime: 3600, methods }),
    ];
  },
};

function tlsPair(maxVersion: TlsVersion): Pair {
  const { ca, client, server } = certificates();
  return [
    tlsPeer({ ca, ...client, maxVersion }),
    tlsAuthenticator({ ...server, clients: { ca }, maxVersion, resumptionLifetime: 3600 }),
  ];
}

/** Whether the server took up an earlier connection. */
function hasResumed({ transcript }: Conversed): boolean {
  const requests = transcript.filter(
    ({ direction, madeBy }) => direction === 'request' && madeBy === 'method',
  );
  return isResumed({ requests: requests.map(({ packet }) => packet) });
}

for (const version of versions) {
  for (const [name, pairOf] of Object.entries(pairs)) {
    describe(`${name} over ${version}, after a connection of alice`, () => {
      const login = async ([peer, authenticator]: Pair, options: PeerSideOptions) =>
        host(peer, authenticator, { peer: options });

      it('does not let in whoever logs in under another name or with another password', async () => {
        const pair = pairOf(version);
        const alice = await login(pair, { login: { identity: 'alice', password } });
        equal(alice.outcome, 'success');
        for (const [identity, word] of [
          ['bob', 'wrong'],
          ['mallory', 'anything'],
          ['alice', 'wrong'],
          ['bob', password],
        ] as const) {
          const other = await login(pair, {
            login: { identity, password: word },
            onUi: () => Buffer.alloc(0),
          });
          deepEqual([identity, other.outcome, hasResumed(other)], [identity, 'failure', false]);
        }
        const again = await login(pair, { login: { identity: 'alice', password } });
        deepEqual([again.outcome, hasResumed(again)], ['success', true]);
      });

      it('does not go by a user blob that a login has replaced', async () => {
        const pair = pairOf(version);
        const credentials = aliceCredentials;
        equal((await login(pair, { credentials })).outcome, 'success');
        const other = await login(pair, {
          credentials,
          login: { identity: 'bob', password: 'wrong' },
          onUi: () => Buffer.alloc(0),
        });
        deepEqual([other.outcome, hasResumed(other)], ['failure', false]);
      });

      it('is no connection of a guest, of the machine, or of whoever logs in later', async () => {
        const [peer, authenticator] = pairOf(version);
        for (const flags of [['guestAccess'], ['guestAccess']] as const) {
          const guest = await converse(peer, authenticator, { credentials: aliceCredentials, flags });
          equal(isResumed(guest), false);
        }
        assertSuccess(await converse(peer, authenticator, { credentials: aliceCredentials }));
        const flags: readonly Flag[] = ['machineAuth'];
        const machine = await converse(peer, authenticator, { credentials: aliceCredentials, flags });
        equal(isResumed(machine), false);
        // Credentials that come when TLS has begun: nothing was offered, nothing is kept.
        for (const round of [1, 2]) {
          const late = await converse(peer, authenticator, {
            identity: 'alice',
            beforeRequest: async (session, index) => {
              if (index === 1) await session.setCredentials?.('alice', password);
            },
          });
          assertSuccess(late);
          equal(isResumed(late), false, `round ${round}`);
        }
      });

      it('does not admit whom the user became while the connection was taken up', async () => {
        const [peer, authenticator] = pairOf(version);
        assertSuccess(await converse(peer, authenticator, { credentials: aliceCredentials }));
        const changed = await converse(peer, authenticator, {
          credentials: aliceCredentials,
          beforeRequest: async (session, index) => {
            if (index === 1) await session.setCredentials?.('mallory', 'anything');
          },
        });
        equal(isResumed(changed), true);
        equal(changed.peer.isSuccess, false);
        deepEqual(changed.peer.attributes ?? [], []);
      });
    });
  }

  describe(`PEAP with EAP-MSCHAPv2 over ${version}`, () => {
    it('keeps nothing for a wrong password that was put right in a dialog', async () => {
      const [peer, authenticator] = pairs['PEAP with EAP-MSCHAPv2']!(version);
      let asked = 0;
      for (const round of [1, 2, 3]) {
        const conversation = await converse(peer, authenticator, {
          credentials: wrongCredentials,
          onUi() {
            asked++;
            return Buffer.from(aliceCredentials);
          },
        });
        assertSuccess(conversation);
        equal(isResumed(conversation), false);
        equal(asked, round);
      }
      assertFailure(
        await converse(peer, authenticator, { credentials: wrongCredentials, onUi: () => Buffer.alloc(0) }),
      );
    });

    it('keeps nothing for a password that was changed under way', async () => {
      const { ca, server } = certificates();
      const store = memoryUsers({ alice: { password: 'old', state: 'passwordExpired' } });
      const peer = peapPeer({ ca, maxVersion: version });
      const authenticator = peapAuthenticator({
        ...server,
        maxVersion: version,
        resumptionLifetime: 3600,
        methods: [mschapv2Authenticator({ users: store })],
      });
      const credentials = encodeCredentials({ username: 'alice', password: 'old', newPassword: 'new' });
      assertSuccess(await converse(peer, authenticator, { credentials }));
      const again = await converse(peer, authenticator, { credentials });
      assertFailure(again);
      equal(isResumed(again), false);
      equal(again.peer.failureReasonCode, eapErrorCodes.EAP_E_USER_NAME_PASSWORD_REJECTED);
    });
  });

  describe(`EAP-TLS over ${version}, after a connection of alice`, () => {
    it('does not offer it under another name', async () => {
      const [peer, authenticator] = tlsPair(version);
      const alice = await host(peer, authenticator, { peer: { login: { identity: 'alice', password: '' } } });
      equal(alice.outcome, 'success');
      for (const options of [
        { login: { identity: 'bob', password: '' } },
        { credentials: encodeCredentials({ username: 'carol', password: '' }) },
      ]) {
        const other = await host(peer, authenticator, { peer: options });
        equal(hasResumed(other), false);
      }
      const again = await host(peer, authenticator, { peer: { login: { identity: 'alice', password: '' } } });
      deepEqual([again.outcome, hasResumed(again)], ['success', true]);
    });
  });
}

const committing: Readonly<Record<string, () => Pair>> = {
  'PEAP with EAP-MSCHAPv2': () => pairs['PEAP with EAP-MSCHAPv2']!('TLSv1.3'),
  'EAP-TTLS with PAP': () => pairs['EAP-TTLS with PAP']!('TLSv1.3'),
  'EAP-TTLS with EAP-GTC': () => pairs['EAP-TTLS with EAP-GTC']!('TLSv1.3'),
  'EAP-TLS': () => tlsPair('TLSv1.3'),
};

for (const [name, pairOf] of Object.entries(committing)) {
  describe(`${name} over TLSv1.3, resumed`, () => {
    it('believes no EAP-Success that comes before the word of the server inside of TLS', async () => {
      const verdicts: boolean[] = [];
      for (let responses = 1, isOver = false; !isOver; responses++) {
        const [peer, authenticator] = pairOf();
        assertSuccess(await converse(peer, authenticator, { credentials: aliceCredentials, flags: [] }));
        const requests: Buffer[] = [];
        const ours = await beginPeer(peer, { credentials: aliceCredentials });
        const theirs = await beginAuthenticator(authenticator, 'alice');
        for (let round = 0; round < responses && !isOver; round++) {
          const { packet } = await theirs.sendPacket(round);
          requests.push(Buffer.from(packet));
          const step = await ours.processRequest(packet);
          if (step.action !== 'send') throw new Error(`the peer's action is ${step.action}`);
          isOver = (await theirs.receivePacket(step.packet)) === 'result';
        }
        const { isSuccess, attributes = [] } = await ours.getResult('success');
        verdicts.push(isSuccess);
        equal(attributes.length > 0, isSuccess);
        if (isOver) equal(isResumed({ requests }), true);
        await ours.end();
        await theirs.end();
      }
      deepEqual(
        verdicts,
        verdicts.map((_verdict, index) => index === verdicts.length - 1),
      );
    });
  });
}

for (const maxVersion of versions) {
  describe(`A ClientHello of somebody else, over ${maxVersion}`, () => {
    /** The identities that `authorize` was called with, and its answer. */
    let asked: (string | undefined)[];
    let isAllowed: boolean;
    beforeEach(() => {
      asked = [];
      isAllowed = true;
    });

    /** EAP-TLS, by itself and inside PEAP. */
    function eapTls(): Readonly<Record<string, Pair>> {
      const { ca, client, server } = certificates();
      const authorize = (_certificate: unknown, identity: string | undefined) => {
        asked.push(identity);
        return isAllowed;
      };
      const lifetime = { maxVersion, resumptionLifetime: 3600 };
      const inner = tlsAuthenticator({ ...server, clients: { ca }, authorize });
      return {
        'EAP-TLS': [
          tlsPeer({ ca, ...client, maxVersion, identity: 'alice' }),
          tlsAuthenticator({ ...server, ...lifetime, clients: { ca }, authorize }),
        ],
        'PEAP with EAP-TLS': [
          peapPeer({ ca, maxVersion, methods: [tlsPeer({ ca, ...client, identity: 'alice' })] }),
          peapAuthenticator({ ...server, ...lifetime, methods: [inner] }),
        ],
      };
    }

    for (const name of ['EAP-TLS', 'PEAP with EAP-TLS']) {
      it(`decides nothing about ${name}, and takes nothing from its owner`, async () => {
        const [peer, authenticator] = eapTls()[name]!;
        assertSuccess(await converse(peer, authenticator));
        asked = [];
        const options = { mtu: 4000 };
        const alice = await beginPeer(peer, options);
        const theirs = await beginAuthenticator(authenticator, 'alice', options.mtu);
        const hello = packetOf(await alice.processRequest((await theirs.sendPacket(0)).packet));
        // Those of a stranger, who has nothing but her hello: its answer to ours is made up, or none.
        for (const identity of ['mallory', 'alice', 'anonymous']) {
          for (const answer of [none, Buffer.alloc(80, 0x16), hello.subarray(6)]) {
            const stranger = await beginAuthenticator(authenticator, identity, options.mtu);
            await stranger.sendPacket(0);
            equal(await stranger.receivePacket(hello), 'send');
            const { packet } = await stranger.sendPacket(1);
            const requests = [none, Buffer.from(packet)].map((each) => Buffer.from(each));
            equal(isResumed({ requests }), true);
            const response = Buffer.concat([hello.subarray(0, 5), Buffer.of(0), answer]);
            response.writeUInt16BE(response.length, 2);
            while ((await stranger.receivePacket(response)) === 'send') await stranger.sendPacket(2);
            equal((await stranger.getResult()).isSuccess, false);
            await stranger.end();
          }
        }
        deepEqual(asked, []);
        // It is still hers.
        const requests: Buffer[] = [none];
        for (let response = hello, id = 1; (await theirs.receivePacket(response)) === 'send'; id++) {
          const { packet } = await theirs.sendPacket(id);
          requests.push(Buffer.from(packet));
          response = packetOf(await alice.processRequest(packet));
        }
        equal(isResumed({ requests }), true);
        equal((await theirs.getResult()).isSuccess, true);
        equal((await alice.getResult('success')).isSuccess, true);
        deepEqual(asked, ['alice']);
        await alice.end();
        await theirs.end();
      });

      it(`does not keep ${name} where its owner may no longer come in`, async () => {
        const [peer, authenticator] = eapTls()[name]!;
        assertSuccess(await converse(peer, authenticator));
        isAllowed = false;
        const refused = await converse(peer, authenticator);
        assertFailure(refused);
        equal(isResumed(refused), true);
        isAllowed = true;
        for (const expected of [false, true]) {
          const again = await converse(peer, authenticator);
          assertSuccess(again);
          equal(isResumed(again), expected);
        }
      });
    }
  });
}

/** Where the content of an element of a session begins: it is a sequence in DER, before which Node 24 puts a name. */
function contentOf(der: Buffer, element: number): number {
  const contentAt = (at: number): { start: number; end: number } => {
    const first = der.readUInt8(at + 1);
    const octets = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + octets;
    return { start, end: start + (octets === 0 ? first : der.readUIntBE(at + 2, octets)) };
  };
  let at = contentAt(der.indexOf(Buffer.of(0x30, 0x82))).start;
  for (let passed = 0; passed < element; passed += 1) at = contentAt(at).end;
  return contentAt(at).start;
}

for (const maxVersion of versions)
  describe(`A session that is resumed by its id, over ${maxVersion}`, () => {
    const { SSL_OP_NO_TICKET: secureOptions } = constants;

    /** A peer of EAP-TTLS with PAP that takes no tickets of TLS 1.2. */
    async function attempt(method: MethodDefinition, word: string, session?: Buffer) {
      const authenticator = await beginAuthenticator(method, 'alice', 4000);
      const { ca } = certificates();
      const context = createSecureContext({ ca, maxVersion, secureOptions });
      const engine = new TlsEngine({ side: 'client', context, session });
      await engine.feed(Buffer.alloc(0));
      await authenticator.sendPacket(0);
      let hasProved = false;
      for (let id = 0; ;) {
        const isReady = engine.isEstablished && !engine.hasOutput && !engine.isResumed;
        if (isReady && !hasProved) {
          hasProved = true;
          const padded = Buffer.alloc(16);
          padded.write(word);
          const name = writeAvp(avpCodes.userName, Buffer.from('alice'));
          await engine.write(Buffer.concat([name, writeAvp(avpCodes.userPassword, padded)]));
        }
        const data = engine.takeOutput();
        const packet = Buffer.concat([Buffer.of(2, id, 0, 0, 21, 0), data]);
        packet.writeUInt16BE(packet.length, 2);
        if ((await authenticator.receivePacket(packet)) === 'result') break;
        const request = Buffer.from((await authenticator.sendPacket(++id)).packet);
        await engine.feed(request.subarray(((request[5] ?? 0) & 0x80) === 0 ? 6 : 10));
      }
      const { isSuccess } = await authenticator.getResult();
      const outcome = {
        isSuccess,
        isResumed: engine.isResumed,
        session: engine.session && Buffer.from(engine.session),
      };
      engine.end();
      await authenticator.end();
      return outcome;
    }

    let isOpen: boolean;
    function server(): MethodDefinition {
      isOpen = true;
      const lookup = () => ({ password, state: isOpen ? 'active' : 'disabled' }) as const;
      return ttlsAuthenticator({ ...certificates().server, resumptionLifetime: 60, users: { lookup } });
    }

    it('is that of a user who was accepted, and no other', async () => {
      const method = server();
      const refused = await attempt(method, 'wrong');
      deepEqual([refused.isSuccess, refused.isResumed], [false, false]);
      ok(refused.session);
      const again = await attempt(method, 'wrong', refused.session);
      deepEqual([again.isSuccess, again.isResumed], [false, false]);
      const accepted = await attempt(method, password);
      equal(accepted.isSuccess, true);
      const resumed = await attempt(method, 'wrong', accepted.session);
      deepEqual([resumed.isSuccess, resumed.isResumed], [true, true]);
      const elsewhere = await attempt(server(), 'wrong', accepted.session);
      deepEqual([elsewhere.isSuccess, elsewhere.isResumed], [false, false]);
    });

    it('is worth nothing to somebody who saw its id, but not its secret', async () => {
      const method = server();
      const { session } = await attempt(method, password);
      const seen = Buffer.from(session!);
      // The master secret, behind two versions, the cipher and the id, which is random: 48 octets in an octet string.
      const secret = contentOf(seen, 4);
      deepEqual([...seen.subarray(secret - 2, secret)], [4, 48]);
      seen.fill(0xaa, secret, secret + 48);
      const { isSuccess } = await attempt(method, 'wrong', seen);
      equal(isSuccess, false);
      const resumed = await attempt(method, 'wrong', session);
      deepEqual([resumed.isSuccess, resumed.isResumed], [true, true]);
    });

    it('is not prolonged by those who resume it', async () => {
      const method = server();
      const { now } = Date;
      const start = now();
      const resumed: boolean[] = [];
      try {
        let session: Buffer | undefined;
        for (const seconds of [0, 40, 70]) {
          Date.now = () => start + seconds * 1000;
          const outcome = await attempt(method, seconds === 0 ? password : 'wrong', session);
          resumed.push(outcome.isResumed);
          session = outcome.session ?? session;
        }
      } finally {
        Date.now = now;
      }
      deepEqual(resumed, [false, true, false]);
    });

    if (maxVersion === 'TLSv1.3') {
      it('gives its place to the one that a resumed connection has made', async () => {
        const method = server();
        const { session: first } = await attempt(method, password);
        const { session: second } = await attempt(method, 'wrong', first);
        equal((await attempt(method, 'wrong', first)).isResumed, false);
        equal((await attempt(method, 'wrong', second)).isResumed, true);
      });
    }

    it('is forgotten with an account that was closed', async () => {
      const method = server();
      const { session } = await attempt(method, password);
      isOpen = false;
      const closed = await attempt(method, password, session);
      deepEqual([closed.isSuccess, closed.isResumed], [false, true]);
      isOpen = true;
      const again = await attempt(method, 'wrong', session);
      deepEqual([again.isSuccess, again.isResumed], [false, false]);
    });
  });
