// Unauthenticated attackers who use up resources: memory, places in tables, endless rounds.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { EapError } from '../../../lib/base/errors.js';
import { converse } from '../../../lib/method-dlls/index.js';
import type { MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import { makeTestAuthority, peapAuthenticator, peapPeer } from '../../../lib/methods/tls/index.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { openEapHost } from '../../../lib/supplicant/open.js';
import { eapPacket, identityRequest } from '../../../lib/eap/packet.js';
import { radiusCodes } from '../../../lib/radius/packet.js';
import { RadiusServer } from '../../../lib/radius/server.js';
import { settle } from '../../growth/live-objects.js';
import { begin, lab } from '../../radius/server-support.js';
import {
  BareClient,
  echoMethod,
  identityResponse,
  secret,
  until,
  wish,
  wishes,
} from '../../radius/support.js';
import { beginAuthenticator, beginPeer } from '../../methods/support.js';

function peap(): MethodDefinition {
  const { ca, issue } = makeTestAuthority();
  const server = issue({ name: 'server', purpose: 'server', dnsNames: ['radius.example.org'] });
  const methods = [mschapv2Authenticator({ users: memoryUsers({ alice: 'secret' }) })];
  return { ...peapPeer({ ca }), ...peapAuthenticator({ ...server, methods }) };
}

/** Octets of buffers in use. */
async function bufferOctets(): Promise<number> {
  // Another thread gives back what a collection has found: the next one waits for it.
  await settle();
  return process.memoryUsage().arrayBuffers;
}

/** A first fragment of one octet that announces 64 KiB. */
function announcement(code: number, id: number): Buffer {
  return Buffer.of(code, id, 0, 11, 25, 0xc0, 0, 1, 0, 0, 22);
}

describe('A packet of 11 octets that announces 64 KiB', () => {
  const count = 200;
  const sides: Readonly<Record<string, (method: MethodDefinition) => Promise<unknown>>> = {
    async 'an authenticator'(method) {
      const session = await beginAuthenticator(method, 'anybody');
      await session.sendPacket(1);
      equal(await session.receivePacket(announcement(2, 1)), 'send');
      return session;
    },
    async 'a peer'(method) {
      const session = await beginPeer(method);
      let id = 1;
      let step = await session.processRequest(Buffer.of(1, id, 0, 6, 25, 0x20));
      // A ClientHello with a key share that quantum computers do not break takes two packets.
      while (step.action === 'send' && ((step.packet[5] ?? 0) & 0x40) !== 0) {
        step = await session.processRequest(Buffer.of(1, ++id, 0, 6, 25, 0));
      }
      equal((await session.processRequest(announcement(1, ++id))).action, 'send');
      return session;
    },
  };
  for (const [side, open] of Object.entries(sides)) {
    it(`takes no 64 KiB of ${side}`, async () => {
      const method = peap();
      const sessions = [await open(method)];
      const before = await bufferOctets();
      while (sessions.length <= count) sessions.push(await open(method));
      const grown = ((await bufferOctets()) - before) / count;
      equal(sessions.length, count + 1);
      ok(grown < 8192, `${grown} octets for each`);
    });
  }
});

describe('A peer that goes on for ever', () => {
  const octet = (id: number, isFirst: boolean): Buffer =>
    isFirst ? announcement(2, id) : Buffer.of(2, id, 0, 7, 25, 0x40, 0);
  const more = (id: number): Buffer => wish(id, wishes.more);
  const table: readonly (readonly [string, number, MethodDefinition, typeof octet, number?])[] = [
    ['with fragments of one octet', 51, peap(), octet],
    ['with short packets', 51, echoMethod(), more],
    ['on a usual link', 101, echoMethod({ size: 100 }), more],
    ['beyond the limit that it was given', 8, echoMethod({ size: 100 }), more, 7],
  ];
  for (const [way, rounds, method, respond, maxRounds] of table) {
    it(`${way} is refused`, async () => {
      await using it = await lab({ methods: [method], ...(maxRounds !== undefined && { maxRounds }) });
      const { client, server, events } = it;
      const { state, id: first } = await begin(client);
      let id = first;
      let reply;
      let sent = 0;
      do {
        reply = await client.ask(client.request(respond(id, sent === 0), state));
        id = (id + 1) & 0xff;
        sent += 1;
      } while (reply.code === radiusCodes.accessChallenge && sent < 1000);
      equal(reply.code, radiusCodes.accessReject);
      equal(sent, rounds);
      equal(server.counters.refused.tooManyRounds, 1);
      equal(server.sessions, 0);
      ok(events.some((event) => event.kind === 'verdict' && event.reason === 'tooManyRounds'));
    });
  }
});

describe('A client that begins conversations and leaves them', () => {
  it('gives the places of its oldest to new ones, and those of no other client', async () => {
    await using server = await RadiusServer.listen({
      secret,
      methods: [echoMethod()],
      address: '::',
      port: 0,
      maxSessions: 40,
    });
    await using flood = await BareClient.open(server.port);
    await using other = await BareClient.open(server.port, '::1');
    const waiting = await begin(other);
    for (let sent = 0; sent < 200; sent++) await begin(flood);
    deepEqual([server.sessions, server.counters.displaced], [21, 180]);
    const honest = await begin(flood);
    for (const [client, { state, id }] of [
      [flood, honest],
      [other, waiting],
    ] as const) {
      const reply = await client.ask(client.request(wish(id, wishes.accept), state));
      equal(reply.code, radiusCodes.accessAccept);
    }
    deepEqual(server.counters.dropped.tooManySessionsOfClient, 0);
  });

  it('and responds to its methods fills its share of the table, and no more', async () => {
    await using server = await RadiusServer.listen({
      secret,
      methods: [echoMethod()],
      address: '::',
      port: 0,
      maxSessions: 40,
    });
    await using flood = await BareClient.open(server.port);
    const fill = async (client: BareClient): Promise<void> => {
      const { state, id } = await begin(client);
      await client.ask(client.request(wish(id, wishes.more), state));
    };
    for (let sent = 0; sent < 20; sent++) await fill(flood);
    for (let sent = 0; sent < 30; sent++) flood.send(flood.request(identityResponse(1)));
    await until(() => server.counters.dropped.tooManySessionsOfClient === 30);
    equal(server.sessions, 20);
    await using other = await BareClient.open(server.port, '::1');
    const { state, id } = await begin(other);
    // What ends makes room.
    equal((await other.ask(other.request(wish(id, wishes.accept), state))).code, radiusCodes.accessAccept);
    for (let sent = 0; sent < 20; sent++) await fill(other);
    equal(server.sessions, 40);
    flood.send(flood.request(identityResponse(1)));
    await until(() => server.counters.dropped.tooManySessions === 1);
  });
});

describe('An authenticator that goes on for ever', () => {
  const endless = (size: number): MethodDefinition => ({
    ...echoMethod({ size }),
    peer: {
      getIdentity: () => ({ identity: 'anna', credentials: new Uint8Array() }),
      beginSession: () => ({
        processRequest: (packet) => ({ action: 'send', packet: wish(packet[1] ?? 0, wishes.more) }),
        getResult: () => ({ isSuccess: true }),
        end: () => undefined,
      }),
    },
  });
  const table: readonly (readonly [string, number, number, number?])[] = [
    ['with short packets', 50, 4],
    ['with long packets', 100, 100],
    ['beyond the limit that it was given', 7, 100, 7],
  ];
  for (const [way, rounds, size, maxRounds] of table) {
    it(`${way} is left by a peer that converse() hosts`, async () => {
      const method = endless(size);
      const { outcome, peer, transcript } = await converse(method, method, { maxRounds });
      equal(outcome, 'error');
      ok(peer.error instanceof EapError);
      equal(peer.error.code, 'EAPHOST_TOO_MANY_ROUNDS');
      const answers = transcript.filter(
        ({ direction, madeBy }) => direction === 'response' && madeBy === 'method',
      );
      equal(answers.length, rounds);
    });

    it(`${way} is left by a session of the embedded run-time`, async () => {
      const method = endless(size);
      await using host = await openEapHost({ runtime: 'embedded', methods: [method], maxRounds });
      await using session = await host.beginSession({ method: method.type, credentials: Buffer.of(1) });
      let step = await session.process(identityRequest(0));
      let answers = -1;
      for (let id = 1; step.action === 'send'; id += 1) {
        answers += 1;
        step = await session.process(
          eapPacket(1, id & 0xff, Buffer.concat([Buffer.of(200), Buffer.alloc(size)])),
        );
      }
      equal(step.action, 'result');
      // The identity is a round, too.
      equal(answers, rounds - 1);
      equal(step.result.isSuccess, false);
      equal(step.result.reason, 'EAP_E_EAPHOST_REMOTE_INVALID_PACKET');
      match(step.result.error?.rootCause ?? '', /more requests than a conversation may take/u);
    });
  }
});
