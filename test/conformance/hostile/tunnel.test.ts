// A server that lies inside its tunnel, and an attacker at one end of two tunnels: no premature success is accepted, and
// a tunnel is bound to its own two ends.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { microsoft } from '../../../lib/eap/attributes.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import type { MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import { TlsAuthenticator, TlsAuthenticatorKit } from '../../../lib/methods/tls/authenticator.js';
import { makeTestAuthority, peapPeer, ttlsPeer } from '../../../lib/methods/tls/index.js';
import { PeapAuthenticator } from '../../../lib/methods/tls/peap-authenticator.js';
import { compoundKeys } from '../../../lib/methods/tls/peap-keys.js';
import { PeapPeer } from '../../../lib/methods/tls/peap-peer.js';
import {
  bindingSubTypes,
  bindingTlv,
  resultTlv,
  tlvResults,
  writeExtensions,
} from '../../../lib/methods/tls/peap-tlv.js';
import { avpCodes, microsoftCodes, writeAvp } from '../../../lib/methods/tls/ttls-avp.js';
import type { AuthenticatorTunnel, Connection } from '../../../lib/methods/tls/tunnel.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { eapPacket } from '../../../lib/eap/packet.js';
import { beginAuthenticator, beginPeer, peerBegin, versions } from '../../methods/support.js';

const password = 'a secret apple';
const users = memoryUsers({ alice: password });
const credentials = encodeCredentials({ username: 'alice', password });
const { ca, issue } = makeTestAuthority();
const server = issue({ name: 'server', purpose: 'server' });
const none = new Uint8Array();

const success = (id: number): Buffer => eapPacket(3, id & 0xff);
const failure = (id: number): Buffer => eapPacket(4, id & 0xff);

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
