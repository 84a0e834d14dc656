// The client against servers that are late, silent, doubled or forged.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import dns from 'node:dns/promises';
import { syncBuiltinESMExports } from 'node:module';

import { attributeTypes } from '../../lib/eap/attributes.js';
import { textOf } from '../../lib/radius/attributes.js';
import { RadiusClient, type RadiusClientOptions, type RadiusReply } from '../../lib/radius/client.js';
import { checkRequest, encodeReply, radiusCodes } from '../../lib/radius/packet.js';
import { accept, anna, open, patched, serve, withoutWaits } from './client-support.js';
import { BareSocket, bareReply, decoded, pause, secret, until } from './support.js';

const key = Buffer.from(secret);
const { accessAccept, accessReject } = radiusCodes;

describe('RadiusClient', () => {
  it('sends a verified request with NAS-Identifier and takes the reply', async () => {
    await using server = await serve((request) =>
      checkRequest(request, key) || textOf(request.attributes, attributeTypes.NASIdentifier) !== 'lab'
        ? undefined
        : encodeReply(
            {
              code: radiusCodes.accessReject,
              attributes: [{ type: attributeTypes.ReplyMessage, value: Buffer.from('no') }],
            },
            request,
            key,
          ),
    );
    await using client = open(server, { nasIdentifier: 'lab' });
    const sent: unknown[] = [];
    const reply = await client.request(anna, { onSent: (event) => sent.push(event) });
    assert.equal(reply.code, radiusCodes.accessReject);
    assert.equal(textOf(reply.attributes, attributeTypes.ReplyMessage), 'no');
    assert.equal(reply.attempts, 1);
    assert.ok(reply.elapsedMs >= 0);
    assert.deepEqual(sent, [{ id: reply.id, attempt: 1 }]);
    assert.deepEqual(
      { ...client.counters, dropped: {} },
      { requests: 1, retransmissions: 0, replies: 1, unauthenticated: 0, timeouts: 0, dropped: {} },
    );
  });

  it('repeats the same octets until a reply comes', async () => {
    await using server = await serve((request, count) => (count < 3 ? undefined : accept(request)));
    await using client = open(server);
    let sent = 0;
    const onSent = ({ attempt }: { attempt: number }): void => void (sent = attempt);
    await withoutWaits(
      async () => assert.equal((await client.request(anna, { onSent })).attempts, 3),
      () => sent < 3,
    );
    assert.equal(client.counters.retransmissions, 2);
    assert.equal(server.received.length, 3);
    assert.ok(server.received.every((datagram) => datagram.equals(server.received[0] ?? Buffer.of())));
  });

  it('waits no longer than 16 seconds for a reply, or than it was told', async () => {
    await using server = await BareSocket.open();
    for (const [options, middles] of [
      [{}, [2000, 4000, 8000, 16_000]],
      [{ timeoutMs: 3000, retries: 4 }, [3000, 6000, 12_000, 16_000, 16_000]],
      [{ timeoutMs: 20_000, retries: 4 }, [20_000, 20_000, 20_000, 20_000, 20_000]],
    ] as const) {
      await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret, ...options });
      const waits = await withoutWaits(() => assert.rejects(client.request(anna)));
      assert.equal(waits.length, middles.length);
      for (const [index, middle] of middles.entries()) {
        assert.ok(Math.abs((waits[index] ?? 0) - middle) <= middle / 10, String(waits));
      }
    }
  });

  it('gives up after its retries, with growing waits', async () => {
    await using server = await BareSocket.open();
    await using client = open(server, { timeoutMs: 300, retries: 2 });
    const sent: number[] = [];
    const waits = await withoutWaits(() =>
      assert.rejects(client.request(anna, { onSent: ({ attempt }) => sent.push(attempt) }), {
        name: 'RadiusError',
        code: 'EAPHOST_RADIUS_TIMEOUT',
      }),
    );
    assert.deepEqual(sent, [1, 2, 3]);
    // Spread by a tenth.
    assert.equal(waits.length, 3);
    for (const [index, wait] of waits.entries()) {
      const middle = 300 * 2 ** index;
      assert.ok(Math.abs(wait - middle) <= middle / 10, String(waits));
    }
    assert.equal(client.counters.timeouts, 1);
    await until(() => server.received.length === 3);
  });

  it('counts a late and a doubled reply and takes neither', async () => {
    await using server = await serve((request) => [accept(request), accept(request)]);
    await using client = open(server);
    await client.request(anna);
    await until(() => client.counters.dropped.unexpectedId === 1);
    assert.equal(client.counters.replies, 1);
  });

  it('believes a refusal without Message-Authenticator, and says that it had none', async () => {
    const said = { type: attributeTypes.ReplyMessage, value: Buffer.from('no') };
    await using server = await serve((request) => [
      patched(bareReply(accessReject, request), 5),
      bareReply(accessReject, request, [said]),
    ]);
    await using client = open(server);
    const reply = await client.request(anna);
    assert.deepEqual([reply.code, reply.isAuthenticated], [accessReject, false]);
    assert.equal(textOf(reply.attributes, attributeTypes.ReplyMessage), 'no');
    assert.equal(client.counters.dropped.badResponseAuthenticator, 1);
    assert.equal(client.counters.unauthenticated, 1);
  });

  it('says at a timeout which replies it dropped', async () => {
    await using server = await serve((request) => [
      bareReply(accessAccept, request),
      patched(accept(request), 5),
    ]);
    await using client = open(server, { retries: 1 });
    const { dropped } = client.counters;
    const message = /; dropped were noMessageAuthenticator \d, badResponseAuthenticator \d/u;
    await withoutWaits(
      () => assert.rejects(client.request(anna), { code: 'EAPHOST_RADIUS_TIMEOUT', message }),
      () => dropped.badResponseAuthenticator > 0,
    );
  });

  it('has 600 requests outstanding on three sockets, answered in reverse', async () => {
    const replies: (() => void)[] = [];
    await using server = await BareSocket.open();
    server.onDatagram((datagram, from) => {
      const request = decoded(datagram);
      replies.push(() =>
        server.send(
          encodeReply(
            { code: 2, attributes: request.attributes.filter(({ type }) => type === 1) },
            request,
            key,
          ),
          from.port,
        ),
      );
    });
    await using client = open(server, { timeoutMs: 20_000 });
    const requests: Promise<RadiusReply>[] = [];
    while (requests.length < 600) {
      const user = { type: 1, value: Buffer.from(`user ${requests.length}`) };
      requests.push(client.request({ attributes: [user] }));
      // In waves: the system keeps only so many datagrams for a socket.
      if (requests.length % 100 === 0) await until(() => replies.length === requests.length);
    }
    assert.equal(client.sockets, 3);
    // In waves again.
    for (const [index, reply] of replies.toReversed().entries()) {
      reply();
      if (index % 100 === 99) await until(() => client.counters.replies === index + 1);
    }
    const names = (await Promise.all(requests)).map((reply) => textOf(reply.attributes, 1));
    assert.deepEqual(
      names,
      Array.from({ length: 600 }, (_, index) => `user ${index}`),
    );
    assert.equal(client.counters.retransmissions, 0);
  });

  it('uses an id again only when the other 255 were used', async () => {
    await using server = await serve(accept);
    await using client = open(server);
    const ids: number[] = [];
    for (let round = 0; round < 300; round++) ids.push((await client.request(anna)).id);
    assert.equal(new Set(ids.slice(0, 256)).size, 256);
    assert.deepEqual(ids.slice(256), ids.slice(0, 44));
    assert.equal(client.sockets, 1);
  });

  it('speaks IPv6', async () => {
    await using server = await serve(accept, '::1');
    await using client = open(server, { host: '0:0:0:0:0:0:0:1' });
    assert.equal((await client.request(anna)).code, radiusCodes.accessAccept);
  });

  it('sends from the local address that it is given', async () => {
    // Elsewhere than on Linux there may be one loopback address only.
    const loopback = process.platform === 'linux' ? '127.0.0.3' : '127.0.0.1';
    const sources: string[] = [];
    await using server = await serve(accept);
    server.onDatagram((_, from) => sources.push(from.address));
    await using client = open(server, { localAddress: loopback });
    await client.request(anna);
    assert.deepEqual(sources, [loopback]);
    await using elsewhere = open(server, { localAddress: '::1' });
    await assert.rejects(elsewhere.request(anna), { code: 'EAPHOST_RADIUS_NETWORK' });
    // A socket that could not be bound is not used again.
    await assert.rejects(elsewhere.request(anna), { code: 'EAPHOST_RADIUS_NETWORK' });
    assert.equal(elsewhere.sockets, 1);
  });

  it('takes a name, and says when it does not resolve', async () => {
    await using server = await serve(accept);
    await using client = open(server, { host: 'localhost' });
    assert.equal((await client.request(anna)).code, radiusCodes.accessAccept);
    await using nobody = open(server, { host: 'nobody.invalid' });
    const fault = { code: 'EAPHOST_RADIUS_NETWORK', message: /does not resolve; check the name/u };
    await assert.rejects(nobody.request(anna), fault);
  });

  it('closes its sockets for an address that the name has left', async () => {
    const { lookup } = dns;
    let address = 0;
    const moving = () => Promise.resolve({ address: `127.0.0.${++address}`, family: 4 });
    Reflect.set(dns, 'lookup', moving);
    syncBuiltinESMExports();
    try {
      await using server = await BareSocket.open();
      await using client = open(server, { host: 'moving', timeoutMs: 20, retries: 0 });
      for (let count = 1; count <= 20; count += 1) {
        await assert.rejects(client.request(anna), { code: 'EAPHOST_RADIUS_TIMEOUT' });
        assert.equal(client.sockets, 1);
        assert.equal(address, count);
      }
    } finally {
      dns.lookup = lookup;
      syncBuiltinESMExports();
    }
  });

  it('stops at once when the signal aborts', async () => {
    await using server = await BareSocket.open();
    await using client = open(server, { timeoutMs: 10_000 });
    const reason = new Error('enough');
    await assert.rejects(client.request(anna, { signal: AbortSignal.abort(reason) }), reason);
    assert.equal(client.counters.requests, 0);
    const controller = new AbortController();
    const request = client.request(anna, { signal: controller.signal });
    await server.next();
    controller.abort(reason);
    await assert.rejects(request, reason);
    await pause(30);
    assert.equal(server.received.length, 0);
  });

  it('rejects what is in flight when closed, and everything after', async () => {
    await using server = await BareSocket.open();
    const client = open(server, { timeoutMs: 10_000 });
    const early = client.request(anna);
    await Promise.all([assert.rejects(early, { code: 'EAPHOST_RADIUS_CLOSED' }), client.close()]);
    await assert.rejects(client.request(anna), { code: 'EAPHOST_RADIUS_CLOSED' });
    await client.close();
    const other = open(server, { timeoutMs: 10_000 });
    const flying = other.request(anna);
    await until(() => server.received.length > 0);
    await Promise.all([assert.rejects(flying, { code: 'EAPHOST_RADIUS_CLOSED' }), other.close()]);
  });

  it('rejects when onSent throws, and when attributes do not fit', async () => {
    await using server = await BareSocket.open();
    await using client = open(server);
    const onSent = () => {
      throw new Error('listener');
    };
    await assert.rejects(client.request(anna, { onSent }), /listener/u);
    const attributes = Array.from({ length: 20 }, () => ({ type: 25, value: Buffer.alloc(253) }));
    await assert.rejects(client.request({ attributes }), { code: 'EAPHOST_RADIUS_TOO_LONG' });
    await until(() => server.received.length > 0);
    await pause(50);
    assert.equal(server.received.length, 1);
  });

  it('checks its options', () => {
    const bad = (options: Partial<RadiusClientOptions>, error: typeof TypeError) =>
      assert.throws(() => new RadiusClient({ host: '127.0.0.1', secret, ...options }), error);
    bad({ host: '' }, RangeError);
    bad({ secret: '' }, TypeError);
    bad({ port: 0 }, RangeError);
    bad({ port: 65_536 }, RangeError);
    bad({ timeoutMs: 0 }, RangeError);
    bad({ retries: 1.5 }, RangeError);
    bad({ localAddress: 'here' }, TypeError);
  });

  it('keeps no process alive once a request is done', () => {
    const program = `
      import { RadiusClient } from ${JSON.stringify(new URL('../../lib/radius/client.js', import.meta.url).href)};
      const client = new RadiusClient({ host: '127.0.0.1', port: 9, secret: 'x', timeoutMs: 5, retries: 1 });
      await client.request({ attributes: [] }).catch((error) => console.log(error.code));
    `;
    const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
      timeout: 60_000,
      encoding: 'utf8',
    });
    assert.equal(run.status, 0, run.stderr);
    assert.equal(run.stdout.trim(), 'EAPHOST_RADIUS_TIMEOUT');
  });
});
