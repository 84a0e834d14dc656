// Whoever sits between a RADIUS client and its server, without their secret, or is a server that lies: no reply is believed
// that was not signed for this request.

import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';

import { attributeTypes } from '../../../lib/eap/attributes.js';
import { type RadiusAttribute, splitEapMessage } from '../../../lib/radius/attributes.js';
import type { ReplyDropReason } from '../../../lib/radius/client.js';
import { eapPacket } from '../../../lib/eap/packet.js';
import { encryptKeys } from '../../../lib/radius/mppe.js';
import { encodeReply, encodeRequest, radiusCodes, type RadiusPacket } from '../../../lib/radius/packet.js';
import { radiusTransport } from '../../../lib/radius/transport.js';
import { accept, anna, open, patched, serve } from '../../radius/client-support.js';
import {
  bareReply,
  BareSocket,
  decoded,
  identityResponse,
  secret,
  seeded,
  until,
} from '../../radius/support.js';
import { codes, cuts, flips, lengths, sendAll, sum } from './datagrams.js';

const key = Buffer.from(secret);

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
      await using client = open(server);
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
    await using client = open(server);
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
    await using client = open(server);
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
