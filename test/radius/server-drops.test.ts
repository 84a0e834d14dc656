// The server: every reason to drop a request. A dropped request has no other effect.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { attributeTypes } from '../../lib/eap/attributes.js';
import {
  messageAuthenticatorType,
  type RadiusAttribute,
  splitEapMessage,
} from '../../lib/radius/attributes.js';
import { encodeRequest, radiusCodes } from '../../lib/radius/packet.js';
import { RadiusServer } from '../../lib/radius/server.js';
import { begin, dropsOf, lab } from './server-support.js';
import { BareClient, echoMethod, identityResponse, secret, until, wish, wishes } from './support.js';

const key = Buffer.from(secret);
const { accessAccept, accessChallenge } = radiusCodes;

describe('RadiusServer: what it drops', () => {
  const request = (
    id = 1,
    attributes: readonly RadiusAttribute[] = splitEapMessage(identityResponse(7)),
    code = 1,
  ) => encodeRequest({ code, id, authenticator: randomBytes(16), attributes }, key);
  const piece = { type: attributeTypes.EAPMessage, value: Buffer.of(1) };
  const user = { type: attributeTypes.UserName, value: Buffer.of(65) };
  const state = { type: attributeTypes.State, value: Buffer.alloc(16) };
  it('answers Status-Server, which must be signed, and begins nothing by it', async () => {
    await using it = await lab();
    const { client, server, events } = it;
    const { statusServer } = radiusCodes;
    // What a request must not have is no reason not to answer.
    for (const attributes of [[], [user], [state, piece, state], [piece, user, piece]]) {
      const asked = request(7, attributes, statusServer);
      const reply = await client.ask(asked);
      assert.equal(reply.code, accessAccept);
      assert.deepEqual(
        reply.attributes.map(({ type }) => type),
        [messageAuthenticatorType],
      );
      assert.equal((await client.ask(asked)).code, accessAccept);
    }
    const { requests, statusRequests, accepts, challenges } = server.counters;
    assert.deepEqual([requests, statusRequests, accepts, challenges], [0, 8, 0, 0]);
    assert.deepEqual([server.sessions, events.some(({ kind }) => kind === 'verdict')], [0, false]);
    const forged = request(8, [], statusServer);
    forged[25] = (forged[25] ?? 0) ^ 1;
    const bare = Buffer.concat([Buffer.of(statusServer, 9, 0, 20), randomBytes(16)]);
    for (const datagram of [forged, bare]) client.send(datagram);
    await until(() => server.counters.dropped.noMessageAuthenticator === 1);
    assert.deepEqual(dropsOf(server), { badMessageAuthenticator: 1, noMessageAuthenticator: 1 });
    assert.equal(client.socket.received.length, 0);
  });

  it('knows each client by its own secret, that of the smallest network', async () => {
    await using server = await RadiusServer.listen({
      secret: 'for the rest',
      clients: {
        '127.0.0.0/8': 'other',
        '127.0.0.0/24': secret,
        '::/0': 'other',
        '::ffff:192.0.2.1': 'other',
      },
      methods: [echoMethod()],
      address: '::',
      port: 0,
    });
    await using client = await BareClient.open(server.port);
    await begin(client);
    await using neighbour = await BareClient.open(server.port, '::1');
    neighbour.send(neighbour.request(identityResponse(1)));
    await until(() => server.counters.dropped.badMessageAuthenticator === 1);
  });

  it('drops inProgress and sessionBusy while a method works, then repeats its reply', async () => {
    let release!: () => void;
    const wait = new Promise<void>((resolve) => (release = resolve));
    await using it = await lab({}, { onReceive: () => wait });
    const { client, server } = it;
    const { state } = await begin(client);
    const slow = client.request(wish(8, wishes.more), state);
    client.send(slow);
    await until(() => server.counters.requests === 2);
    client.send(slow);
    await until(() => server.counters.dropped.inProgress === 1);
    client.send(client.request(wish(8, wishes.accept), state));
    await until(() => server.counters.dropped.sessionBusy === 1);
    release();
    const reply = await client.socket.next();
    client.send(slow);
    assert.deepEqual(await client.socket.next(), reply);
    assert.equal(server.counters.duplicates, 1);
  });

  it('drops tooManySessions, and serves the same request once there is room', async () => {
    await using it = await lab({ maxSessions: 2, maxSessionsPerClient: 2 });
    const { client, server } = it;
    const { state } = await begin(client);
    for (const taken of [state, (await begin(client)).state]) {
      await client.ask(client.request(wish(8, wishes.more), taken));
    }
    const third = client.request(identityResponse(7));
    client.send(third);
    await until(() => server.counters.dropped.tooManySessions === 1);
    assert.equal(server.sessions, 2);
    await client.ask(client.request(wish(9, wishes.refuse), state));
    assert.equal((await client.ask(third)).code, accessChallenge);
  });

  it('drops sessionExpired when a method outlasts its time', async () => {
    let aborted = false;
    let outlast = (): void => undefined;
    const outlasted = new Promise<void>((resolve) => (outlast = resolve));
    await using it = await lab(
      { sessionTimeoutMs: 1500 },
      {
        onBegin: ({ signal }) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            outlast();
          });
        },
        onReceive: () => outlasted,
      },
    );
    const { state } = await begin(it.client);
    it.client.send(it.client.request(wish(8, wishes.accept), state));
    await until(() => it.server.counters.dropped.sessionExpired === 1);
    assert.ok(aborted);
    assert.equal(it.server.counters.expired, 1);
    assert.equal(it.client.socket.received.length, 0);
  });
});
