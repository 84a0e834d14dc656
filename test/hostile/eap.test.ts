// Whoever sits between a peer and its authenticator, or plays one of them, with packets of EAP and of the tunnels: no success
// comes before its time, no method is talked down, no tunnel is taken for one that ends elsewhere.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { microsoft } from '../../lib/eap/attributes.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { md5, md5Authenticator } from '../../lib/methods/md5.js';
import type { MethodDefinition } from '../../lib/methods/method.js';
import { mschapv2, mschapv2Authenticator } from '../../lib/methods/mschapv2.js';
import { TlsAuthenticator, TlsAuthenticatorKit } from '../../lib/methods/tls/authenticator.js';
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
} from '../../lib/methods/tls/index.js';
import { PeapAuthenticator } from '../../lib/methods/tls/peap-authenticator.js';
import { compoundKeys } from '../../lib/methods/tls/peap-keys.js';
import { PeapPeer } from '../../lib/methods/tls/peap-peer.js';
import {
  bindingSubTypes,
  bindingTlv,
  resultTlv,
  tlvResults,
  writeExtensions,
} from '../../lib/methods/tls/peap-tlv.js';
import { avpCodes, microsoftCodes, writeAvp } from '../../lib/methods/tls/ttls-avp.js';
import type { AuthenticatorTunnel, Connection } from '../../lib/methods/tls/tunnel.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { openEapHost } from '../../lib/supplicant/open.js';
import { AuthenticatorHost } from '../../lib/methods/authenticator-host.js';
import { eapPacket, identityRequest } from '../../lib/eap/packet.js';
import type { Session } from '../../lib/supplicant/session.js';
import { echoMethod, typeOctets, wish, wishes } from '../radius/support.js';
import {
  beginAuthenticator,
  beginPeer,
  converse,
  earlyVerdicts,
  peerBegin,
  versions,
} from '../methods/support.js';

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

/** What a server says in its tunnel. */
type Lie = (connection: Connection) => Uint8Array | Promise<Uint8Array>;

/** A server whose certificate is right, and which says these things in its tunnel, then EAP-Success. */
function liar(type: 21 | 25, lies: readonly Lie[], heard: Buffer[]): MethodDefinition {
  const peap = { type, version: 0, alwaysLength: true, keyLabel: 'client EAP encryption' };
  const kit = new TlsAuthenticatorKit(
    type === 25 ? peap : { type, version: 0, keyLabel: 'ttls keying material' },
    server,
  );
  return {
    type: { type },
    name: 'liar',
    properties: 0,
    authenticator: {
      beginSession(begin) {
        const left = [...lies];
        const tunnel: AuthenticatorTunnel = {
          async advance(data, connection) {
            heard.push(Buffer.from(data));
            const lie = left.shift();
            return lie ? { data: await lie(connection) } : { verdict: { isSuccess: true, attributes: [] } };
          },
        };
        return new TlsAuthenticator(kit, tunnel, begin);
      },
    },
  };
}

/** What a peer makes of EAP-Success after those lies, and what it said in the tunnel. */
async function believe(peerMethod: MethodDefinition, type: 21 | 25, lies: readonly Lie[]) {
  const heard: Buffer[] = [];
  const peer = await beginPeer(peerMethod, { credentials });
  const authenticator = await beginAuthenticator(liar(type, lies, heard), 'alice');
  let isOver = false;
  for (let id = 1; !isOver; id++) {
    const step = await peer.processRequest((await authenticator.sendPacket(id)).packet);
    isOver = step.action !== 'send' || (await authenticator.receivePacket(step.packet)) !== 'send';
  }
  const { isSuccess, attributes = [] } = await peer.getResult('success');
  await peer.end();
  await authenticator.end();
  return { isSuccess, attributes, said: Buffer.concat(heard) };
}

async function challenge(): Promise<Buffer> {
  const session = await beginAuthenticator(mschapv2Authenticator({ users }), 'alice');
  return Buffer.from((await session.sendPacket(0)).packet);
}

describe('A server that says in its tunnel what is not so', () => {
  const result =
    (...tlvs: readonly Buffer[]) =>
    (connection: Connection) =>
      writeExtensions(1, (connection.id + 1) & 0xff, tlvs);
  const yes = resultTlv(tlvResults.success);
  const no = resultTlv(tlvResults.failure);
  const bound =
    (isk: Uint8Array | undefined): Lie =>
    (connection) =>
      result(yes, bindingTlv(compoundKeys(connection.keys.msk, isk), bindingSubTypes.request))(connection);
  const zeros = new Uint8Array(32);
  const say =
    (...octets: number[]): Lie =>
    () =>
      Buffer.of(...octets);
  const ask: Lie = async () => (await challenge()).subarray(4);
  const inPeap: Readonly<Record<string, readonly Lie[]>> = {
    nothing: [],
    'success at once': [result(yes)],
    'success at once, bound as a fast reconnect': [bound(undefined)],
    'success at once, bound to a method without keys': [bound(zeros)],
    'success after the identity': [say(1), result(yes)],
    'success after the identity, bound': [say(1), bound(zeros)],
    'success after a challenge, in place of the proof': [say(1), ask, result(yes)],
    'success after a challenge, bound to a method without keys': [say(1), ask, bound(zeros)],
    'success after a challenge, bound as a fast reconnect': [say(1), ask, bound(undefined)],
    'failure, then success': [result(no), result(yes)],
    'success twice': [result(yes, yes)],
    'success and failure': [result(yes, no)],
    'success and what must be known': [result(yes, Buffer.of(0x80, 99, 0, 0))],
    'success as a response': [(connection) => writeExtensions(2, connection.id, [yes])],
    'EAP-Success': [(connection) => success(connection.id + 1)],
    'EAP-Success after the identity': [say(1), (connection) => success(connection.id + 1)],
    'that it wants the password (GTC)': [say(1), say(6, 63), result(yes)],
    'that it wants the password (GTC), and is bound': [say(1), say(6, 63), bound(zeros)],
    'that it wants MD5': [say(1), say(4, 4, 1, 2, 3, 4), result(yes)],
    'that it wants another tunnel': [say(1), say(21, 0x20), say(25, 0x20), result(yes)],
  };
  const eap = (packet: Uint8Array): Uint8Array => writeAvp(avpCodes.eapMessage, packet);
  const proof = (text: string) =>
    writeAvp(microsoftCodes.chap2Success, Buffer.from(`\u{1}${text}`), microsoft.vendorId);
  const forged = proof(`S=${'0123456789ABCDEF'.repeat(3).slice(0, 40)}`);
  const inTtlsTunnel: Readonly<Record<string, readonly Lie[]>> = {
    nothing: [],
    'EAP-Success': [() => eap(success(1))],
    'EAP-Success, twice': [() => eap(success(0)), () => eap(success(1))],
    'EAP-Failure, then EAP-Success': [() => eap(failure(0)), () => eap(success(1))],
    'a word of welcome': [() => writeAvp(avpCodes.replyMessage, Buffer.from('welcome'))],
    'a proof before there is a response': [() => forged, () => forged],
    'a forged proof': [() => new Uint8Array(), () => forged],
    'an empty proof': [() => new Uint8Array(), () => proof('')],
    'two proofs': [() => new Uint8Array(), () => Buffer.concat([forged, forged])],
    'a proof of Microsoft’s without its vendor': [
      () => new Uint8Array(),
      () => writeAvp(26, Buffer.from('\u{1}S=')),
    ],
    'that it wants the password (GTC)': [() => none, () => eap(eapPacket(1, 1, Buffer.of(6, 63)))],
    'that it wants MD5': [() => none, () => eap(eapPacket(1, 1, Buffer.of(4, 4, 1, 2, 3, 4)))],
    'a challenge, and no proof': [() => none, async () => eap(await challenge()), () => eap(success(0))],
  };
  for (const maxVersion of versions) {
    const trust = { ca, maxVersion };
    const tunnels = [
      ['PEAP', 25, inPeap, peapPeer(trust)],
      ['PEAP that must be bound', 25, inPeap, peapPeer({ ...trust, cryptoBinding: 'required' })],
      ['EAP-TTLS with MS-CHAPv2', 21, inTtlsTunnel, ttlsPeer({ ...trust, inner: 'mschapv2' })],
      ['EAP-TTLS with EAP-MSCHAPv2', 21, inTtlsTunnel, ttlsPeer({ ...trust, inner: [mschapv2] })],
    ] as const;
    for (const [name, type, table, peer] of tunnels) {
      for (const [what, lies] of Object.entries(table)) {
        it(`is not believed by ${name} over ${maxVersion}, and gets no password: ${what}`, async () => {
          const { isSuccess, attributes, said } = await believe(peer, type, lies);
          deepEqual([isSuccess, attributes], [false, []]);
          equal(said.includes(password), false);
        });
      }
    }
  }
});

describe('Crypto-binding of PEAP', () => {
  type Way = 'request' | 'response';
  const head = Buffer.of(0, 12, 0, 56);
  const tlvOf = (packet: Buffer): Buffer | undefined => {
    const at = packet.indexOf(head);
    return packet[4] === 33 && at > 0 ? packet.subarray(at, at + 60) : undefined;
  };
  const replaced = (packet: Buffer, ...tlvs: readonly Buffer[]) =>
    writeExtensions(packet[0] ?? 0, packet[1] ?? 0, [resultTlv(tlvResults.success), ...tlvs]);

  /** A conversation in a tunnel that somebody else ends: both verdicts, and the two TLVs. */
  async function bind(tamper: (packet: Buffer, way: Way, tlv: Buffer) => Buffer = (packet) => packet) {
    const msk = randomBytes(64);
    const connection: Connection = {
      id: 1,
      version: 'TLSv1.2',
      isResumed: false,
      certificate: undefined,
      keys: { msk },
      exportKey: () => randomBytes(64),
    };
    const peer = new PeapPeer([mschapv2], peerBegin({ credentials }), 'required');
    const begin = { ...peerBegin(), identity: 'alice' };
    const authenticator = new PeapAuthenticator([mschapv2Authenticator({ users })], begin, 'required');
    const tlvs: Partial<Record<Way, Buffer>> = {};
    const carry = (packet: Uint8Array, way: Way): Buffer => {
      const octets = Buffer.from(packet);
      const tlv = tlvOf(octets);
      if (!tlv) return octets;
      tlvs[way] = Buffer.from(tlv);
      return tamper(octets, way, tlv);
    };
    let step = await authenticator.advance(Buffer.alloc(0), connection, undefined);
    while (!step.verdict) {
      const answer = await peer.advance(carry(step.data ?? none, 'request'), connection);
      if (answer.kind === 'ask') throw new Error('the peer asks');
      if (!answer.data) break;
      step = await authenticator.advance(carry(answer.data, 'response'), connection, undefined);
    }
    const { isSuccess } = await peer.getResult('success');
    const outcome = { peer: isSuccess, authenticator: step.verdict?.isSuccess === true, tlvs };
    await peer.end();
    await authenticator.end();
    return outcome;
  }

  const tampering = (way: Way, change: (packet: Buffer, tlv: Buffer) => Buffer | void) =>
    bind((packet, direction, tlv) => (direction === way ? (change(packet, tlv) ?? packet) : packet));
  const assertRefused = (way: Way, outcome: Awaited<ReturnType<typeof bind>>, what: string) => {
    equal(outcome.authenticator, false, what);
    if (way === 'request') equal(outcome.peer, false, what);
  };

  it('holds where nobody touches it', async () => {
    const { peer, authenticator } = await bind();
    deepEqual([peer, authenticator], [true, true]);
  });

  for (const way of ['request', 'response'] as const) {
    it(`does not hold with any octet of the ${way} changed`, async () => {
      for (let at = 0; at < 60; at++) {
        for (const mask of [1, 0x80, 1 + ((at * 37) % 255)]) {
          const outcome = await tampering(way, (_packet, tlv) => {
            tlv[at] = (tlv[at] ?? 0) ^ mask;
          });
          assertRefused(way, outcome, `octet ${at} by ${mask}`);
        }
      }
    });

    const changes: Readonly<Record<string, (packet: Buffer, tlv: Buffer, earlier: Buffer) => Buffer>> = {
      'of the other sub-type': (packet, tlv) => {
        tlv[7] = way === 'request' ? 1 : 0;
        return packet;
      },
      'left out': (packet) => replaced(packet),
      doubled: (packet, tlv) => replaced(packet, tlv, tlv),
      'with one of an earlier conversation beside it': (packet, tlv, earlier) =>
        replaced(packet, tlv, earlier),
      'of an earlier conversation': (packet, _tlv, earlier) => replaced(packet, earlier),
      'with the nonce of an earlier conversation': (packet, tlv, earlier) => {
        earlier.copy(tlv, 8, 8, 40);
        return packet;
      },
      'with the MAC of an earlier conversation': (packet, tlv, earlier) => {
        earlier.copy(tlv, 40, 40);
        return packet;
      },
      'with another nonce': (packet, tlv) => {
        randomBytes(32).copy(tlv, 8);
        return packet;
      },
      'cut short': (packet, tlv) => replaced(packet, tlv.subarray(0, 56)),
      'of no MAC': (packet, tlv) =>
        replaced(packet, Buffer.concat([Buffer.of(0, 12, 0, 36), tlv.subarray(4, 40)])),
    };
    for (const [what, change] of Object.entries(changes)) {
      it(`does not hold with a ${way} ${what}`, async () => {
        const earlier = (await bind()).tlvs[way];
        ok(earlier);
        assertRefused(way, await tampering(way, (packet, tlv) => change(packet, tlv, earlier)), what);
      });
    }
  }

  it('does not hold where the request comes back as the response', async () => {
    for (const subType of [0, 1]) {
      let request: Buffer | undefined;
      const { authenticator } = await bind((packet, way, tlv) => {
        if (way === 'request') {
          request = Buffer.from(tlv);
          return packet;
        }
        ok(request);
        request[7] = subType;
        return replaced(packet, request);
      });
      equal(authenticator, false);
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
