// Whoever sits between a RADIUS client and its server, without their secret, or has a secret and lies: nothing is believed
// that was not signed for this request, no conversation is anybody else's.

import assert from 'node:assert/strict';
import { createHash, createHmac, randomBytes } from 'node:crypto';

import { attributeTypes } from '../../lib/eap/attributes.js';
import { textOf, type RadiusAttribute, splitEapMessage } from '../../lib/radius/attributes.js';
import type { ReplyDropReason } from '../../lib/radius/client.js';
import { eapPacket } from '../../lib/eap/packet.js';
import { encryptKeys } from '../../lib/radius/mppe.js';
import { encodeReply, encodeRequest, radiusCodes, type RadiusPacket } from '../../lib/radius/packet.js';
import { RadiusServer } from '../../lib/radius/server.js';
import { radiusTransport } from '../../lib/radius/transport.js';
import { accept, anna, open, patched, serve } from '../radius/client-support.js';
import { begin, dropsOf, eapOf, lab } from '../radius/server-support.js';
import {
  BareClient,
  bareReply,
  BareSocket,
  decoded,
  echoMethod,
  identityResponse,
  pause,
  secret,
  seeded,
  until,
  wish,
  wishes,
} from '../radius/support.js';

const key = Buffer.from(secret);
const { accessAccept, accessReject, accessChallenge } = radiusCodes;

const sum = (counts: object): number =>
  Object.values(counts).reduce((total: number, count) => total + Number(count), 0);

/** Everything that differs from a datagram in one bit. */
function* flips(datagram: Buffer): Generator<Buffer> {
  for (let bit = 0; bit < datagram.length * 8; bit++) {
    const changed = Buffer.from(datagram);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield changed;
  }
}

/** A datagram cut at every place, and with a length that says so. */
function* cuts(datagram: Buffer): Generator<Buffer> {
  for (let length = 0; length < datagram.length; length++) {
    yield datagram.subarray(0, length);
    const honest = Buffer.from(datagram.subarray(0, length));
    if (length < 4) continue;
    honest.writeUInt16BE(length, 2);
    yield honest;
  }
}

/** Lengths that are none. */
function* lengths(datagram: Buffer): Generator<Buffer> {
  for (const length of [0, 19, 20, datagram.length - 1, datagram.length + 1, 4096, 4097, 65_535]) {
    for (const size of [datagram.length, 5000]) {
      const changed = Buffer.alloc(size, 1);
      datagram.copy(changed);
      changed.writeUInt16BE(length, 2);
      yield changed;
    }
  }
}

/** Sends datagrams that must all be dropped, no more at a time than a socket keeps. */
async function sendAll(
  datagrams: Iterable<Buffer>,
  send: (datagram: Buffer) => void,
  dropped: () => number,
): Promise<number> {
  let sent = 0;
  for (const datagram of datagrams) {
    send(datagram);
    sent += 1;
    if (sent % 16 === 0) await until(() => dropped() === sent);
  }
  await until(() => dropped() === sent);
  return sent;
}

/** Other codes than those, signed with the secret as they should be. */
function* codes(good: readonly number[], make: (code: number) => Buffer): Generator<Buffer> {
  for (let code = 0; code < 256; code++) if (!good.includes(code)) yield make(code);
}

describe('A reply', () => {
  const forgeries: readonly (readonly [string, (request: RadiusPacket) => Buffer])[] = [
    ['tooShort', () => Buffer.alloc(10)],
    ['badLength', (request) => accept(request).subarray(0, 30)],
    ['badAttribute', (request) => Buffer.concat([Buffer.of(2, request.id, 0, 21), Buffer.alloc(17)])],
    ['unexpectedCode', (request) => Buffer.concat([Buffer.of(1), accept(request).subarray(1)])],
    ['unexpectedId', (request) => accept({ ...request, id: request.id ^ 1 })],
    ['badResponseAuthenticator', (request) => patched(accept(request), 4)],
    ['badResponseAuthenticator', (request) => patched(accept(request), 30)],
    [
      'badResponseAuthenticator',
      (request) => encodeReply({ code: 2, attributes: [] }, request, Buffer.from('no')),
    ],
    [
      'badResponseAuthenticator',
      (request) =>
        encodeReply({ code: 2, attributes: [] }, { ...request, authenticator: Buffer.alloc(16) }, key),
    ],
  ];
  for (const [reason, forge] of forgeries) {
    it(`that is forged is dropped as ${reason}, and the right one after it taken`, async () => {
      await using server = await serve((request) => [forge(request), accept(request)]);
      await using client = open(server, { timeoutMs: 2000 });
      const reply = await client.request(anna);
      assert.equal(reply.attempts, 1);
      const dropped = Object.entries(client.counters.dropped).filter(([, count]) => count > 0);
      assert.deepEqual(dropped, [[reason, 1]]);
    });
  }

  it('without Message-Authenticator is dropped, however well it is signed otherwise', async () => {
    const sign = (bytes: Buffer, request: RadiusPacket) => {
      request.authenticator.copy(bytes, 4);
      createHash('md5').update(bytes).update(key).digest().copy(bytes, 4);
      return bytes;
    };
    const bare = (request: RadiusPacket) =>
      sign(Buffer.concat([Buffer.of(2, request.id, 0, 20), Buffer.alloc(16)]), request);
    const wrong = (request: RadiusPacket) => {
      const bytes = Buffer.concat([
        Buffer.of(2, request.id, 0, 38),
        Buffer.alloc(16),
        Buffer.of(80, 18),
        Buffer.alloc(16),
      ]);
      createHmac('md5', 'other').update(bytes).digest().copy(bytes, 22);
      return sign(bytes, request);
    };
    await using server = await serve((request) => [bare(request), wrong(request), accept(request)]);
    await using client = open(server, { timeoutMs: 2000 });
    await client.request(anna);
    assert.equal(client.counters.dropped.noMessageAuthenticator, 1);
    assert.equal(client.counters.dropped.badMessageAuthenticator, 1);
  });

  const message = { type: attributeTypes.EAPMessage, value: Buffer.of(4, 1, 0, 4) };
  const forged = { type: 80, value: Buffer.alloc(16) };
  const { accessAccept, accessReject, accessChallenge } = radiusCodes;
  const bare: readonly (readonly [string, number, readonly RadiusAttribute[], ReplyDropReason])[] = [
    ['an acceptance', accessAccept, [], 'noMessageAuthenticator'],
    ['a challenge', accessChallenge, [], 'noMessageAuthenticator'],
    ['a refusal with an EAP packet', accessReject, [message], 'noMessageAuthenticator'],
    ['a refusal with a wrong one', accessReject, [forged], 'badMessageAuthenticator'],
  ];
  for (const [what, code, attributes, reason] of bare) {
    it(`that is ${what} is not believed without a valid Message-Authenticator`, async () => {
      await using server = await serve((request) => [bareReply(code, request, attributes), accept(request)]);
      await using client = open(server);
      const reply = await client.request(anna);
      assert.deepEqual([reply.code, reply.isAuthenticated], [accessAccept, true]);
      assert.equal(client.counters.dropped[reason], 1);
    });
  }

  it('from another port or address is dropped', async () => {
    await using stranger = await BareSocket.open();
    // Elsewhere than on Linux there may be one loopback address only.
    await using neighbour = await BareSocket.open(process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1');
    await using server = await BareSocket.open();
    await using client = open(server, { timeoutMs: 2000 });
    server.onDatagram((datagram, from) => {
      const reply = accept(decoded(datagram));
      stranger.send(reply, from.port);
      neighbour.send(reply, from.port);
      setTimeout(() => server.send(reply, from.port), 20);
    });
    await client.request(anna);
    assert.equal(client.counters.dropped.unknownSource, 2);
  });

  it('may be mutated 3000 times: nothing is thrown, nothing believed', async () => {
    const random = seeded(3579);
    await using server = await serve((request) => {
      const datagrams = Array.from({ length: 30 }, () => {
        const datagram = encodeRequest({ ...request, code: 2, attributes: request.attributes }, key);
        for (let change = 0; change < 3; change++)
          datagram[Math.floor(random() * datagram.length)] = Math.floor(random() * 256);
        return datagram.subarray(0, Math.floor(random() * (datagram.length + 20)));
      });
      return [...datagrams, accept(request)];
    });
    await using client = open(server, { timeoutMs: 5000 });
    for (let round = 0; round < 100; round++) {
      assert.equal((await client.request(anna)).code, radiusCodes.accessAccept);
    }
    const dropped = Object.values(client.counters.dropped).reduce((sum, count) => sum + count, 0);
    assert.equal(dropped, 3000);
  });

  const keyed = (request: RadiusPacket, more: readonly RadiusAttribute[] = []): Buffer => {
    const keys = { sendKey: Buffer.alloc(32, 1), recvKey: Buffer.alloc(32, 2) };
    const attributes = [
      { type: attributeTypes.UserName, value: Buffer.from('anna') },
      ...encryptKeys(keys, request.authenticator, key),
      ...splitEapMessage(eapPacket(3, 9)),
      ...more,
    ];
    return encodeReply({ code: accessAccept, attributes }, request, key);
  };
  const altered: Readonly<Record<string, (reply: Buffer, request: RadiusPacket) => Iterable<Buffer>>> = {
    'with any bit changed': flips,
    'cut anywhere': cuts,
    'with a length that is none': lengths,
    'with a code that is none': (_reply, request) =>
      codes([accessAccept, accessReject, accessChallenge], (code) =>
        encodeReply({ code, attributes: [] }, request, key),
      ),
  };
  for (const [what, alter] of Object.entries(altered)) {
    it(`is dropped ${what}`, async () => {
      await using server = await BareSocket.open();
      await using client = open(server);
      const asked = new Promise<{ request: RadiusPacket; port: number }>((resolve) => {
        server.onDatagram((datagram, { port }) => resolve({ request: decoded(datagram), port }));
      });
      const replied = client.request(anna);
      const { request, port } = await asked;
      const good = keyed(request);
      const sent = await sendAll(
        alter(good, request),
        (datagram) => server.send(datagram, port),
        () => sum(client.counters.dropped),
      );
      assert.ok(sent > 10);
      assert.equal(client.counters.replies, 0);
      server.send(good, port);
      assert.deepEqual((await replied).keys?.sendKey, Buffer.alloc(32, 1));
    });
  }

  it('to an earlier request is none to a later one, under its own id or the later one’s', async () => {
    const earlier: Buffer[] = [];
    await using server = await serve((request, count) => {
      const reply = accept(request);
      const old = earlier[request.id];
      earlier[request.id] = reply;
      if (old) return [old, reply];
      const other = Buffer.from(earlier.find((one) => one !== reply && one !== undefined) ?? reply);
      if (count === 1) return reply;
      const renamed = Buffer.from(other);
      renamed[1] = request.id;
      return [other, renamed, reply];
    });
    await using client = open(server);
    for (let round = 0; round < 257; round++) {
      assert.equal((await client.request(anna)).code, accessAccept);
    }
    await until(() => sum(client.counters.dropped) === 255 * 2 + 1);
    assert.equal(client.counters.dropped.unexpectedId, 255);
    assert.equal(client.counters.dropped.badResponseAuthenticator, 256);
    assert.equal(client.counters.replies, 257);
  });

  it('with two Message-Authenticators is dropped', async () => {
    const second = { type: 80, value: Buffer.alloc(16) };
    await using server = await serve((request) => [keyed(request, [second]), accept(request)]);
    await using client = open(server);
    assert.equal((await client.request(anna)).keys, undefined);
    assert.equal(client.counters.dropped.badMessageAuthenticator, 1);
  });

  it('with two keys of a kind gives none', async () => {
    await using server = await serve((request) => {
      const keys = { sendKey: Buffer.alloc(32, 3), recvKey: Buffer.alloc(32, 4) };
      const [send, recv] = encryptKeys(keys, request.authenticator, key);
      assert.ok(send && recv);
      return keyed(request, [request.id % 2 === 0 ? send : recv]);
    });
    await using client = open(server);
    for (let round = 0; round < 2; round++) {
      const { code, keys } = await client.request(anna);
      assert.deepEqual([code, keys], [accessAccept, undefined]);
    }
  });

  it('with a scattered EAP-Message carries no packet of EAP', async () => {
    const [piece] = splitEapMessage(eapPacket(1, 9, Buffer.of(4)));
    assert.ok(piece);
    const user = { type: attributeTypes.UserName, value: Buffer.from('anna') };
    await using server = await serve((request) =>
      encodeReply({ code: accessChallenge, attributes: [piece, user, piece] }, request, key),
    );
    await using client = open(server);
    const transport = radiusTransport(client);
    const { signal } = new AbortController();
    await transport.receive(signal);
    await transport.send(identityResponse(1), signal);
    await assert.rejects(transport.receive(signal), { code: 'EAPHOST_RADIUS_PROTOCOL' });
  });
});

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
      if (round % 50 === 49) await pause(1);
    }
    await using other = await BareClient.open(server.port);
    const { state } = await begin(other);
    const accept = await other.ask(other.request(wish(8, wishes.accept), state));
    assert.equal(accept.code, accessAccept);
    const { requests, dropped, duplicates } = server.counters;
    const sum = Object.values(dropped).reduce((total, count) => total + count, requests + duplicates);
    assert.ok(sum > 4000, `only ${sum} arrived`);
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
