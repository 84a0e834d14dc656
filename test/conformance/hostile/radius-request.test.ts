// Whoever sits between a RADIUS client and its server, without their secret, or is a client that lies: no request is served
// that was not signed, no conversation is anybody else's.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { attributeTypes } from '../../../lib/eap/attributes.js';
import { textOf, type RadiusAttribute, splitEapMessage } from '../../../lib/radius/attributes.js';
import { eapPacket } from '../../../lib/eap/packet.js';
import { encodeRequest, radiusCodes } from '../../../lib/radius/packet.js';
import { RadiusServer } from '../../../lib/radius/server.js';
import { begin, dropsOf, eapOf, lab } from '../../radius/server-support.js';
import {
  BareClient,
  echoMethod,
  identityResponse,
  pause,
  secret,
  seeded,
  until,
  wish,
  wishes,
} from '../../radius/support.js';
import { codes, cuts, flips, lengths, sendAll, sum } from './datagrams.js';

const key = Buffer.from(secret);
const { accessAccept, accessReject, accessChallenge } = radiusCodes;

describe('A request', () => {
  const request = (
    id = 1,
    attributes: readonly RadiusAttribute[] = splitEapMessage(identityResponse(7)),
    code: number = radiusCodes.accessRequest,
  ) => encodeRequest({ code, id, authenticator: randomBytes(16), attributes }, key);
  const piece = { type: attributeTypes.EAPMessage, value: Buffer.of(1) };
  const user = { type: attributeTypes.UserName, value: Buffer.of(65) };
  const state = { type: attributeTypes.State, value: Buffer.alloc(16) };
  const second = { type: 80, value: Buffer.alloc(16) };
  const changed = (at: number) => {
    const datagram = request();
    datagram[at] = (datagram[at] ?? 0) ^ 1;
    return datagram;
  };
  const unsigned = () => {
    const signed = request();
    const bytes = Buffer.concat([signed.subarray(0, 20), signed.subarray(38)]);
    bytes.writeUInt16BE(bytes.length, 2);
    return bytes;
  };
  const cases: readonly (readonly [string, () => Buffer])[] = [
    ['tooShort', () => Buffer.alloc(19)],
    ['badLength', () => request().subarray(0, 40)],
    ['badAttribute', () => Buffer.concat([Buffer.of(1, 1, 0, 22), Buffer.alloc(16), Buffer.of(1, 1)])],
    ['noMessageAuthenticator', unsigned],
    ['badMessageAuthenticator', () => changed(25)],
    ['badMessageAuthenticator', () => changed(45)],
    ['badMessageAuthenticator', () => changed(5)],
    ['unexpectedCode', () => request(1, [], 4)],
    ['unexpectedCode', () => request(1, [], 13)],
    ['scatteredEapMessage', () => request(1, [piece, user, piece])],
    ['repeatedState', () => request(1, [state, piece, state])],
    ['repeatedState', () => request(1, [state, state, piece])],
    ['scatteredEapMessage', () => request(1, [piece, state, piece])],
    ['badMessageAuthenticator', () => request(1, [piece, second])],
  ];
  for (const [reason, make] of cases) {
    it(`is dropped as ${reason}, and counted`, async () => {
      await using it = await lab();
      it.client.send(make());
      await until(() => it.events.length > 0);
      assert.deepEqual(dropsOf(it.server), { [reason]: 1 });
      assert.ok(it.events.some((event) => event.kind === 'dropped' && event.reason === reason));
      // Nothing came of it, and the next is served.
      await begin(it.client);
      assert.equal(it.client.socket.received.length, 0);
      assert.equal(it.server.counters.requests, 1);
    });
  }

  it('of a stranger is dropped as unknownClient', async () => {
    await using server = await RadiusServer.listen({
      clients: { '127.0.0.1': secret },
      methods: [echoMethod()],
      address: '::',
      port: 0,
    });
    await using known = await BareClient.open(server.port);
    await begin(known);
    await using stranger = await BareClient.open(server.port, '::1');
    stranger.send(stranger.request(identityResponse(1)));
    await until(() => server.counters.dropped.unknownClient === 1);
  });

  it('is refused with a State that is over, and with one of another client', async () => {
    await using it = await lab({ address: '::' });
    const { client, server } = it;
    const { state } = await begin(client);
    await using thief = await BareClient.open(server.port, '::1');
    const stolen = await thief.ask(thief.request(wish(8, wishes.accept), state));
    assert.deepEqual(eapOf(stolen, accessReject), eapPacket(4, 8));
    // The same client may go on from another port.
    await using sibling = await BareClient.open(server.port);
    assert.equal((await sibling.ask(sibling.request(wish(8, wishes.accept), state))).code, accessAccept);
    assert.equal((await client.ask(client.request(wish(8, wishes.accept), state))).code, accessReject);
  });

  it('may be mutated 5000 times, signed or not: nothing is thrown', async () => {
    await using it = await lab({ maxSessions: 1_000_000 });
    const { client, server } = it;
    const random = seeded(2869);
    const pick = (limit: number) => Math.floor(random() * limit);
    const { state: known } = await begin(client);
    await using other = await BareClient.open(server.port);
    for (let round = 0; round < 5000; round++) {
      const eap = Buffer.from(wish(pick(256), pick(256)));
      if (random() < 0.5) eap[pick(eap.length)] = pick(256);
      const attributes = Array.from({ length: pick(3) }, () => ({
        type: pick(256),
        value: Buffer.alloc(pick(20), pick(256)),
      }));
      const datagram = request(pick(256), [
        ...attributes,
        ...(random() < 0.5 ? known : []),
        ...splitEapMessage(eap),
      ]);
      if (random() < 0.3) datagram[pick(datagram.length)] = pick(256);
      client.send(random() < 0.1 ? datagram.subarray(0, pick(datagram.length)) : datagram);
      // A socket keeps only so many. What comes before this question is taken before it.
      if (round % 50 === 49) await other.ask(request(1, [], radiusCodes.statusServer));
    }
    const { state } = await begin(other);
    const accept = await other.ask(other.request(wish(8, wishes.accept), state));
    assert.equal(accept.code, accessAccept);
    const { requests, dropped, duplicates } = server.counters;
    assert.equal(sum(dropped) + requests + duplicates, 5003);
    assert.ok(dropped.badMessageAuthenticator > 100 && dropped.badLength > 10);
  });

  const altered: Readonly<Record<string, (datagram: Buffer) => Iterable<Buffer>>> = {
    'with any bit changed': flips,
    'cut anywhere': cuts,
    'with a length that is none': lengths,
    'with a code that is none': () =>
      codes([radiusCodes.accessRequest, radiusCodes.statusServer], (code) => request(1, undefined, code)),
  };
  for (const [what, alter] of Object.entries(altered)) {
    it(`is dropped ${what}`, async () => {
      await using it = await lab();
      const { client, server } = it;
      const { state: known } = await begin(client);
      const good = client.request(wish(8, wishes.accept), known);
      const sent = await sendAll(
        alter(good),
        (datagram) => client.send(datagram),
        () => sum(server.counters.dropped),
      );
      assert.ok(sent > 10);
      assert.deepEqual([server.counters.requests, client.socket.received.length], [1, 0]);
      assert.equal((await client.ask(good)).code, accessAccept);
    });
  }

  it('that is sent again later, from its port or another, lets nobody in', async () => {
    await using it = await lab({ duplicateWindowMs: 1 });
    const { client, server } = it;
    const first = client.request(identityResponse(7));
    const { attributes } = await client.ask(first);
    const known = attributes.filter(({ type }) => type === attributeTypes.State);
    const next = client.request(wish(8, wishes.more), known);
    assert.equal((await client.ask(next)).code, accessChallenge);
    await using other = await BareClient.open(server.port);
    // Under way: what was answered is not taken again.
    const again = await other.ask(next);
    assert.deepEqual([eapOf(again, accessChallenge)[1], server.counters.ignored.wrongEapId], [9, 1]);
    const last = client.request(wish(9, wishes.accept), known);
    assert.equal((await client.ask(last)).code, accessAccept);
    await pause(20);
    for (const one of [client, other]) {
      for (const [datagram, code] of [
        [first, accessChallenge],
        [next, accessReject],
        [last, accessReject],
      ] as const) {
        assert.equal((await one.ask(datagram)).code, code);
      }
    }
    assert.equal(server.counters.accepts, 1);
  });

  it('finds no conversation by a State that is guessed', async () => {
    await using it = await lab();
    const { client, server } = it;
    const { state: known } = await begin(client);
    const own = Buffer.from(known[0]?.value ?? []);
    const guesses = [
      ...flips(own),
      ...Array.from({ length: 50 }, () => randomBytes(16)),
      ...[0, 1, 15].map((length) => own.subarray(0, length)),
      Buffer.concat([own, Buffer.of(0)]),
      Buffer.concat([own, own]),
      Buffer.alloc(16),
      Buffer.alloc(253),
      Buffer.from(own.toString('hex')),
      Buffer.from('__proto__'),
    ];
    for (const value of guesses) {
      const guess = [{ type: attributeTypes.State, value }];
      assert.equal((await client.ask(client.request(wish(8, wishes.accept), guess))).code, accessReject);
    }
    assert.equal(server.counters.refused.unknownState, guesses.length);
    assert.equal((await client.ask(client.request(wish(8, wishes.accept), known))).code, accessAccept);
  });

  const identities: Readonly<Record<string, Buffer>> = {
    'of nothing': Buffer.alloc(0),
    'of a NUL': Buffer.of(0),
    'with a NUL': Buffer.from('anna\0admin'),
    'of control characters': Buffer.from(Array.from({ length: 32 }, (_, octet) => octet)),
    'of an escape sequence': Buffer.from('\u{1b}]0;owned\u{7}'),
    'of no UTF-8': Buffer.of(0xff, 0xfe, 0xc0, 0x80, 0xed, 0xa0, 0x80),
    'of 253 octets': Buffer.alloc(253, 97),
    'of 254 octets': Buffer.alloc(254, 97),
    'of 3900 octets': Buffer.alloc(3900, 97),
    'of a property of every object': Buffer.from('__proto__'),
  };
  for (const [what, identity] of Object.entries(identities)) {
    it(`has an identity ${what}, and gets a reply like any other`, async () => {
      await using it = await lab();
      const { client, server } = it;
      const eap = eapPacket(2, 7, Buffer.concat([Buffer.of(1), identity]));
      const { attributes } = await client.ask(client.request(eap));
      const known = attributes.filter(({ type }) => type === attributeTypes.State);
      const reply = await client.ask(client.request(wish(8, wishes.accept), known));
      assert.equal(reply.code, accessAccept);
      const told = identity.length > 0 && Buffer.byteLength(identity.toString()) <= 253;
      assert.equal(textOf(reply.attributes, attributeTypes.UserName), told ? identity.toString() : undefined);
      assert.equal(server.sessions, 0);
    });
  }
});
