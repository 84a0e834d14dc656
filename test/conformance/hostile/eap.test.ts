// An attacker between a peer and its authenticator, or in the place of one of them, sends EAP packets: no premature
// success is accepted, and no weaker method is negotiated.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import { md5, md5Authenticator } from '../../../lib/methods/md5.js';
import type { MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import {
  gtc,
  gtcAuthenticator,
  makeTestAuthority,
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
  ttlsAuthenticator,
  ttlsPeer,
  type TtlsPeerOptions,
} from '../../../lib/methods/tls/index.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { openEapHost } from '../../../lib/supplicant/open.js';
import { AuthenticatorHost } from '../../../lib/hosts/authenticator-host.js';
import { eapPacket, identityRequest } from '../../../lib/eap/packet.js';
import type { Session } from '../../../lib/supplicant/session.js';
import { echoMethod, typeOctets, wish, wishes } from '../../radius/support.js';
import { converse, earlyVerdicts, versions } from '../../methods/support.js';

const password = 'a secret apple';
const users = memoryUsers({ alice: password });
const credentials = encodeCredentials({ username: 'alice', password });
const { ca, issue } = makeTestAuthority();
const server = issue({ name: 'server', purpose: 'server' });
const client = issue({ name: 'alice', purpose: 'client' });
const none = new Uint8Array();

type Pair = readonly [peer: MethodDefinition, authenticator: MethodDefinition];

const bare: Readonly<Record<string, Pair>> = {
  'MD5-Challenge': [md5, md5Authenticator({ users })],
  'EAP-MSCHAPv2': [mschapv2, mschapv2Authenticator({ users })],
  'EAP-GTC': [gtc, gtcAuthenticator({ users })],
};
const innerTls = [tlsPeer({ ca, ...client }), tlsAuthenticator({ ...server, clients: { ca } })] as const;
const inTtls: Readonly<Record<string, NonNullable<TtlsPeerOptions['inner']>>> = {
  PAP: 'pap',
  CHAP: 'chap',
  'MS-CHAP': 'mschap',
  'MS-CHAPv2': 'mschapv2',
  'MD5-Challenge': [md5],
  'EAP-MSCHAPv2': [mschapv2],
  'EAP-GTC': [gtc],
};

/** Every method, by name. */
function* allPairs(): Generator<readonly [string, Pair]> {
  yield* Object.entries(bare);
  for (const maxVersion of versions) {
    const trust = { ca, maxVersion };
    const own = { ...server, maxVersion };
    yield [
      `EAP-TLS over ${maxVersion}`,
      [tlsPeer({ ...trust, ...client }), tlsAuthenticator({ ...own, clients: { ca } })],
    ];
    for (const [name, [peer, authenticator]] of Object.entries({ ...bare, 'EAP-TLS': innerTls })) {
      yield [
        `PEAP with ${name} over ${maxVersion}`,
        [peapPeer({ ...trust, methods: [peer] }), peapAuthenticator({ ...own, methods: [authenticator] })],
      ];
    }
    const methods = Object.values(bare).map(([, authenticator]) => authenticator);
    for (const [name, inner] of Object.entries(inTtls)) {
      yield [
        `EAP-TTLS with ${name} over ${maxVersion}`,
        [
          ttlsPeer({ ...trust, inner }),
          ttlsAuthenticator({
            ...own,
            users,
            methods:
              typeof inner === 'string'
                ? []
                : methods.filter(({ type }) => type.type === inner[0]?.type.type),
          }),
        ],
      ];
    }
  }
}
const pairs = [...allPairs()];

const success = (id: number): Buffer => eapPacket(3, id & 0xff);
const failure = (id: number): Buffer => eapPacket(4, id & 0xff);

describe('An early end', () => {
  for (const [name, [peer, authenticator]] of pairs) {
    it(`is no success for ${name}`, async () => {
      const verdicts = await earlyVerdicts(peer, authenticator, credentials, 'success', 'alice');
      ok(verdicts.length > 1);
      const expected = verdicts.map((_verdict, index) => index === verdicts.length - 1);
      deepEqual(
        verdicts.map(({ isSuccess }) => isSuccess),
        expected,
      );
      for (const { isSuccess, attributes = [] } of verdicts) ok(isSuccess || attributes.length === 0);
      for (const reason of ['failure', 'unknown'] as const) {
        for (const verdict of await earlyVerdicts(peer, authenticator, credentials, reason, 'alice')) {
          deepEqual([verdict.isSuccess, verdict.attributes ?? []], [false, []]);
        }
      }
    });
  }
});

/** A conversation of hosts; `attack` is asked before each request, its index and that of the last one given. */
async function hosted(
  [peer, authenticator]: Pair,
  attack: {
    readonly onPeer?: (session: Session, request: Buffer, index: number) => Promise<boolean>;
    readonly onAuthenticator?: (
      it: AuthenticatorHost,
      response: Buffer,
      request: Uint8Array,
      index: number,
    ) => Promise<void>;
  },
): Promise<'accepted' | 'attacked'> {
  await using host = await openEapHost({ runtime: 'embedded', methods: [peer] });
  await using session = await host.beginSession({ method: peer.type, credentials });
  const conversation = new AuthenticatorHost({
    identity: 'alice',
    methods: [authenticator],
    attributes: [],
    config: none,
    maxSendPacketSize: 1400,
  });
  try {
    equal((await session.process(identityRequest(0))).action, 'send');
    let step = await conversation.start(0);
    for (let index = 0; step.kind === 'request'; index++) {
      const request = Buffer.from(step.packet);
      if ((await attack.onPeer?.(session, request, index)) === true) return 'attacked';
      const answer = await session.process(request);
      ok(answer.action === 'send');
      await attack.onAuthenticator?.(conversation, answer.packet, request, index);
      step = await conversation.receive(answer.packet);
    }
    equal(step.kind, 'accept');
    const end = await session.process(step.packet);
    ok(end.action === 'result' && end.result.isSuccess);
    return 'accepted';
  } finally {
    await conversation.end();
  }
}
const silent = new Set(['discard', 'none']);

describe('A stranger on the link of a hosted peer', () => {
  for (const [name, pair] of pairs) {
    it(`gets no answer and changes nothing, at any step: ${name}`, async () => {
      let tried = 0;
      const end = await hosted(pair, {
        async onPeer(session, request, index) {
          const id = request[1] ?? 0;
          const other = Buffer.concat([typeOctets({ type: 254, vendorId: 9, vendorType: 9 }), Buffer.of(1)]);
          const packets: readonly Uint8Array[] = [
            success(id),
            success(id + 1),
            success(id + 200),
            failure(id),
            failure(id + 1),
            Buffer.of(3, id - 1, 0, 5, 0),
            Buffer.of(3, id - 1, 0, 3),
            Buffer.of(3, id - 1),
            eapPacket(2, id, request.subarray(4)),
            eapPacket(5, id, request.subarray(4)),
            eapPacket(1, id, Buffer.of(3, pair[0].type.type)),
            eapPacket(1, id - 1, request.subarray(4)),
            // Before the method has begun, a success is nobody's, a failure the network's; other methods get a Nak.
            ...(index === 0
              ? [success(id - 1)]
              : [identityRequest(id), eapPacket(1, id, Buffer.of(43, 1)), eapPacket(1, id, other)]),
          ];
          for (const packet of packets) {
            const { action } = await session.process(packet);
            ok(silent.has(action), `${action} for ${Buffer.from(packet).toString('hex').slice(0, 40)}`);
            tried++;
          }
          return false;
        },
      });
      equal(end, 'accepted');
      ok(tried > 10);
    });

    it(`can end it, but not as a success: ${name}`, async () => {
      for (let at = 1, isOver = false; !isOver; at++) {
        const end = await hosted(pair, {
          async onPeer(session, request, index) {
            if (index !== at) return false;
            const step = await session.process(success((request[1] ?? 0) - 1));
            ok(step.action === 'result');
            deepEqual([step.result.isSuccess, step.result.attributes], [false, []]);
            deepEqual(step.result.keys, {});
            return true;
          },
        });
        isOver = end === 'accepted';
      }
    });
  }
});

describe('A stranger on the link of an authenticator', () => {
  const expanded = (type: number) => typeOctets({ type: 254, vendorType: type });
  for (const [name, pair] of pairs) {
    it(`talks nobody into another method, nor out of it: ${name}`, async () => {
      const own = pair[1].type.type;
      const weak = md5Authenticator({ users });
      const accepting: Pair = pair;
      let tried = 0;
      const end = await hosted(accepting, {
        async onAuthenticator(conversation, response, request, index) {
          const id = request[1] ?? 0;
          const later = [
            eapPacket(2, id, Buffer.of(3, weak.type.type)),
            eapPacket(2, id, Buffer.of(3, own)),
            eapPacket(2, id, Buffer.of(3, 0)),
            eapPacket(2, id, Buffer.of(3)),
            eapPacket(2, id, Buffer.concat([expanded(3), expanded(weak.type.type)])),
          ];
          const always = [
            eapPacket(2, id - 1, response.subarray(4)),
            eapPacket(2, id + 1, response.subarray(4)),
            eapPacket(2, id + 1, Buffer.of(3, weak.type.type)),
            eapPacket(1, id, response.subarray(4)),
            success(id),
            failure(id),
            eapPacket(2, id, Buffer.of(1, 98)),
            eapPacket(2, id, Buffer.of(43, 1)),
            // An expanded Nak answers an expanded request alone.
            eapPacket(2, id, Buffer.concat([expanded(3), expanded(weak.type.type)])),
          ];
          for (const packet of [...always, ...(index === 0 ? [] : later)]) {
            const step = await conversation.receive(packet);
            equal(step.kind, 'ignored', packet.toString('hex').slice(0, 40));
            deepEqual(Buffer.from(step.packet), request);
            tried++;
          }
        },
      });
      equal(end, 'accepted');
      ok(tried > 8);
    });

    it(`gets no other method than is offered: ${name}`, async () => {
      for (const type of [0, 1, 3, 4, 6, 13, 21, 25, 26, 43, 254, 255, pair[1].type.type]) {
        const conversation = new AuthenticatorHost({
          identity: 'alice',
          methods: [pair[1]],
          attributes: [],
          config: none,
          maxSendPacketSize: 1400,
        });
        const { packet } = await conversation.start(0);
        const step = await conversation.receive(eapPacket(2, packet[1] ?? 0, Buffer.of(3, type)));
        ok(step.kind === 'refuse' && step.reason === 'noMethod', String(type));
        await conversation.end();
      }
    });
  }

  it('cannot send a Nak any more once the method has had a response', async () => {
    for (const type of [{ type: 200 }, { type: 254, vendorId: 311, vendorType: 7 }]) {
      const weaker = echoMethod({ type: { type: 201 } });
      const conversation = new AuthenticatorHost({
        identity: 'alice',
        methods: [echoMethod({ type }), weaker],
        attributes: [],
        config: none,
        maxSendPacketSize: 1400,
      });
      await conversation.start(0);
      await conversation.receive(wish(1, wishes.more, type));
      for (const nak of [Buffer.of(3, 201), Buffer.concat([expanded(3), expanded(201)])]) {
        const step = await conversation.receive(eapPacket(2, 2, nak));
        equal(step.kind === 'ignored' && step.fault, 'wrongEapType');
      }
      equal((await conversation.receive(wish(2, wishes.accept, type))).kind, 'accept');
      await conversation.end();
    }
  });
});

describe('A peer that knows a password', () => {
  const names: Readonly<Record<string, string>> = {
    'with a NUL behind it': 'alice\0',
    'with a NUL before it': '\0alice',
    'with a NUL and a domain': 'alice\0@example.org',
    'of a NUL': '\0',
    'with a line feed': 'alice\n',
    'with a tab': '\talice',
    'with an escape sequence': '\u{1b}[2Jalice',
    'with a zero-width space': 'alice\u{200b}',
    'with a right-to-left mark': '\u{202e}alice',
    'with a space': 'alice ',
    'of another case': 'ALICE',
    'of 253 octets': 'alice'.padEnd(253, 'e'),
    'of 254 octets': 'alice'.padEnd(254, '\0'),
    'of 60000 octets': 'alice'.padEnd(60_000, 'e'),
    'of a property of every object': '__proto__',
    'of another property': 'constructor',
  };
  for (const [name, [peer, authenticator]] of Object.entries(bare)) {
    for (const [what, identity] of Object.entries(names)) {
      it(`is not let in under a name ${what}: ${name}`, async () => {
        const { end, authenticator: verdict } = await converse(peer, authenticator, {
          credentials,
          identity,
        });
        equal(end, 'rejected');
        deepEqual([verdict.isSuccess, verdict.identity, verdict.attributes], [false, undefined, []]);
      });
    }
  }
});
