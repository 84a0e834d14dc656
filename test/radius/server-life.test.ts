// The server: doubled requests, expiry, many conversations, addresses, and its end.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';

import { attributeTypes } from '../../lib/eap/attributes.js';
import { integerOf, type RadiusAttribute, splitEapMessage } from '../../lib/radius/attributes.js';
import { encodeRequest, radiusCodes } from '../../lib/radius/packet.js';
import { RadiusServer } from '../../lib/radius/server.js';
import type { RadiusServerOptions } from '../../lib/radius/server-types.js';
import { liveObjects } from '../growth/live-objects.js';
import { begin, lab, stateOf } from './server-support.js';
import {
  BareClient,
  BareSocket,
  echoMethod,
  identityResponse,
  pause,
  secret,
  until,
  wish,
  wishes,
} from './support.js';

const key = Buffer.from(secret);
const { accessAccept, accessChallenge, accessReject } = radiusCodes;

describe('RadiusServer: doubled requests', () => {
  it('gives the same octets and does not ask the method again', async () => {
    const log: string[] = [];
    await using it = await lab({}, { log });
    const { client, server } = it;
    const start = client.request(identityResponse(7));
    client.send(start);
    const first = await client.socket.next();
    client.send(start);
    assert.deepEqual(await client.socket.next(), first);
    const state = stateOf(await client.ask(start));
    const last = client.request(wish(8, wishes.accept), state);
    client.send(last);
    const accept = await client.socket.next();
    client.send(last);
    assert.deepEqual(await client.socket.next(), accept);
    // An old one that comes late still gets its own reply.
    client.send(start);
    assert.deepEqual(await client.socket.next(), first);
    assert.deepEqual(log, ['begin anna', 'send 8', 'receive 2', 'getResult', 'end']);
    assert.equal(server.counters.duplicates, 4);
    assert.equal(server.counters.requests, 2);
    assert.equal(server.sessions, 0);
  });

  it('keeps 16384 replies, and serves anew what came before them', async () => {
    await using it = await lab();
    const { client, server } = it;
    const first = client.request(undefined);
    const later = client.request(undefined);
    await client.ask(first);
    for (let sent = 1; sent < 16_384; sent += 1)
      await client.ask(sent === 1 ? later : client.request(undefined));
    await client.ask(first);
    assert.deepEqual([server.counters.requests, server.counters.duplicates], [16_384, 1]);
    await client.ask(client.request(undefined));
    await client.ask(later);
    assert.deepEqual([server.counters.requests, server.counters.duplicates], [16_385, 2]);
    await client.ask(first);
    assert.deepEqual([server.counters.requests, server.counters.duplicates], [16_386, 2]);
  });

  it('tells requests apart by source port and by authenticator', async () => {
    await using it = await lab();
    const datagram = it.client.request(identityResponse(7));
    await it.client.ask(datagram);
    await using other = await BareClient.open(it.server.port);
    await other.ask(datagram);
    await it.client.ask(
      encodeRequest(
        {
          code: 1,
          id: datagram[1] ?? 0,
          authenticator: randomBytes(16),
          attributes: splitEapMessage(identityResponse(7)),
        },
        key,
      ),
    );
    assert.equal(it.server.counters.duplicates, 0);
    assert.equal(it.server.sessions, 3);
  });

  it('forgets replies after their time', async () => {
    await using it = await lab({ duplicateWindowMs: 30 });
    const datagram = it.client.request(identityResponse(7));
    await it.client.ask(datagram);
    await pause(80);
    await it.client.ask(datagram);
    assert.equal(it.server.counters.duplicates, 0);
    assert.equal(it.server.counters.requests, 2);
  });
});

describe('RadiusServer: other secrets', () => {
  it('hold from the next request on; one under way is answered with its own', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let hasCome = false;
    const onReceive = () => {
      hasCome = true;
      return gate;
    };
    await using it = await lab({}, { onReceive });
    const { client, server } = it;
    const { state, id } = await begin(client);
    const asked = client.ask(client.request(wish(id, wishes.accept), state));
    await until(() => hasCome);
    server.replaceSecrets({ clients: { '127.0.0.0/8': 'another' } });
    open();
    assert.equal((await asked).code, accessAccept);
    client.send(client.request(identityResponse(9)));
    await until(() => server.counters.dropped.badMessageAuthenticator === 1);
    assert.throws(() => server.replaceSecrets({}), TypeError);
    assert.throws(() => server.replaceSecrets({ secret: '' }), TypeError);
    server.replaceSecrets({ secret });
    assert.equal((await begin(client)).reply.code, accessChallenge);
    await server.close();
    assert.throws(() => server.replaceSecrets({ secret }), /closed/u);
  });

  it('are forgotten when what came with them is answered, while other requests are under way', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let waiting = 0;
    const onReceive = async (): Promise<void> => {
      waiting += 1;
      await gate;
    };
    const count = async (): Promise<number> => (await liveObjects()).get('object ClientSecrets') ?? 0;
    await using it = await lab({}, { onReceive });
    const { server, client } = it;
    const before = await count();
    for (let round = 1; round <= 5; round += 1) {
      // One more that is not answered, with these secrets.
      const { state, id } = await begin(client);
      client.send(client.request(wish(id, wishes.more), state));
      await until(() => waiting === round);
      for (let turn = 0; turn < 20; turn += 1) {
        await begin(client);
        server.replaceSecrets({ secret });
      }
    }
    assert.equal((await count()) - before, 5);
    open();
    for (let round = 1; round <= 5; round += 1) await client.socket.next();
    assert.equal((await count()) - before, 0);
  });
});

describe('RadiusServer: life', () => {
  it('expires silent conversations and ends their methods', async () => {
    const log: string[] = [];
    await using it = await lab({ sessionTimeoutMs: 40 }, { log });
    const { state } = await begin(it.client);
    await until(() => it.server.counters.expired === 1);
    assert.equal(it.server.sessions, 0);
    assert.equal(log.at(-1), 'end');
    await until(() => it.events.at(-1)?.kind === 'expired');
    assert.equal((await it.client.ask(it.client.request(wish(8, wishes.accept), state))).code, accessReject);
  });

  it('waits longer for a person, and says so to the client', async () => {
    await using it = await lab({ sessionTimeoutMs: 1000 }, { timeout: 'interactive' });
    const { reply, state } = await begin(it.client);
    assert.equal(integerOf(reply.attributes, attributeTypes.SessionTimeout), 5);
    await pause(1500);
    assert.equal((await it.client.ask(it.client.request(wish(8, wishes.accept), state))).code, accessAccept);
  });

  it('prolongs a conversation with each step', async () => {
    await using it = await lab({ sessionTimeoutMs: 3000 });
    const { state } = await begin(it.client);
    for (let id = 8; id < 12; id++) {
      await pause(900);
      const reply = await it.client.ask(it.client.request(wish(id, wishes.more), state));
      assert.equal(reply.code, accessChallenge);
    }
  });

  it('listens on IPv6, and on both families at once', async () => {
    await using server = await RadiusServer.listen({
      clients: { '0:0:0:0:0:0:0:1': secret },
      methods: [echoMethod()],
      address: '::1',
      port: 0,
    });
    await using client = await BareClient.open(server.port, '::1');
    const { state } = await begin(client);
    assert.equal((await client.ask(client.request(wish(8, wishes.accept), state))).code, accessAccept);
    await using both = await RadiusServer.listen({
      clients: { '127.0.0.0/8': secret, '::1': secret },
      methods: [echoMethod()],
      address: '::',
      port: 0,
    });
    await using four = await BareClient.open(both.port, '127.0.0.1');
    await begin(four);
    await using six = await BareClient.open(both.port, '::1');
    await begin(six);
    assert.equal(both.sessions, 2);
  });

  it('serves 1000 conversations at once', async () => {
    await using it = await lab();
    const { server } = it;
    const clients = await Promise.all(Array.from({ length: 10 }, () => BareClient.open(server.port)));
    const states: RadiusAttribute[][][] = await Promise.all(
      clients.map(async (client) => {
        const own: RadiusAttribute[][] = [];
        for (let round = 0; round < 100; round++) own.push((await begin(client, [], `user ${round}`)).state);
        return own;
      }),
    );
    assert.equal(server.sessions, 1000);
    const unique = new Set(states.flat().map(([state]) => Buffer.from(state?.value ?? []).toString('hex')));
    assert.equal(unique.size, 1000);
    await Promise.all(
      clients.map(async (client, index) => {
        for (const [round, state] of (states[index] ?? []).entries()) {
          const what = round % 2 === 0 ? wishes.accept : wishes.refuse;
          const reply = await client.ask(client.request(wish(8, what), state));
          assert.equal(reply.code, round % 2 === 0 ? accessAccept : accessReject);
        }
        await client[Symbol.asyncDispose]();
      }),
    );
    assert.equal(server.sessions, 0);
    assert.deepEqual([server.counters.accepts, server.counters.rejects], [500, 500]);
  });

  it('ends its conversations when closed, also while a method works', async () => {
    const log: string[] = [];
    let open = (): void => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    const server = await RadiusServer.listen({
      secret,
      methods: [echoMethod({ log, onReceive: () => gate })],
      port: 0,
    });
    await using client = await BareClient.open(server.port);
    const { state } = await begin(client);
    await begin(client);
    client.send(client.request(wish(8, wishes.accept), state));
    await until(() => server.counters.requests === 3);
    const closing = Promise.all([server.close(), server.close()]);
    open();
    await closing;
    assert.equal(server.sessions, 0);
    await until(() => server.counters.dropped.sessionExpired === 1);
    assert.equal(log.filter((line) => line === 'end').length, 2);
    assert.equal(client.socket.received.length, 0);
  });

  it('checks its options, and says when it cannot listen', async () => {
    const methods = [echoMethod()];
    const bad = async (options: Partial<RadiusServerOptions>, error: object) => {
      await assert.rejects(RadiusServer.listen({ secret, methods, port: 0, ...options }), error);
    };
    await bad({ address: 'here' }, TypeError);
    await bad({ port: -1 }, RangeError);
    await bad({ secret: '' }, TypeError);
    await bad({ clients: { 'somewhere/8': 'x' } }, TypeError);
    await bad({ clients: { '10.0.0.0/33': 'x' } }, TypeError);
    await bad({ maxSessions: 0 }, RangeError);
    await bad({ sessionTimeoutMs: 0 }, RangeError);
    await bad({ duplicateWindowMs: 0 }, RangeError);
    await bad({ methods: [{ type: { type: 4 }, name: 'none', properties: 0 }] }, TypeError);
    await assert.rejects(RadiusServer.listen({ methods, port: 0 }), TypeError);
    await using taken = await BareSocket.open();
    await bad({ port: taken.port }, { code: 'EAPHOST_RADIUS_NETWORK', message: /port \d+ \(EADDRINUSE\)/u });
  });

  it('keeps a process alive unless told otherwise', () => {
    const url = JSON.stringify(new URL('../../lib/radius/server.js', import.meta.url).href);
    const run = (unref: boolean, timeout: number) =>
      spawnSync(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `import { RadiusServer } from ${url};
           await RadiusServer.listen({ secret: 'x', methods: [], port: 0, unref: ${unref} });`,
        ],
        { timeout, encoding: 'utf8' },
      );
    assert.equal(run(true, 30_000).status, 0);
    assert.equal(run(false, 2000).signal, 'SIGTERM');
  });
});
