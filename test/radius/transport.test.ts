// The link of a peer over RADIUS: the event that each reply becomes, and what the requests carry.

import assert from 'node:assert/strict';

import { attributeTypes } from '../../lib/eap/attributes.js';
import {
  errorCauseType,
  integerAttribute,
  integerOf,
  textOf,
  valuesOf,
  joinEapMessage,
  splitEapMessage,
} from '../../lib/radius/attributes.js';
import { RadiusClient } from '../../lib/radius/client.js';
import { eapPacket } from '../../lib/eap/packet.js';
import { encryptKeys } from '../../lib/radius/mppe.js';
import { checkRequest, encodeReply, radiusCodes, type RadiusPacket } from '../../lib/radius/packet.js';
import {
  type RadiusPacketEvent,
  type RadiusTransport,
  type RadiusTransportOptions,
  radiusTransport,
} from '../../lib/radius/transport.js';
import type { RadiusAttribute } from '../../lib/radius/attributes.js';
import type { LinkEvent } from '../../lib/eap/transport.js';
import { BareSocket, bareReply, decoded, identityResponse, secret } from './support.js';

const key = Buffer.from(secret);
const never = new AbortController().signal;
const { accessAccept, accessChallenge, accessReject } = radiusCodes;

interface Answer {
  readonly code: number;
  readonly eap?: Uint8Array;
  readonly attributes?: readonly RadiusAttribute[];
}

/** A link to a server that gives these answers in turn, and the requests that it got. */
async function link(
  answers: readonly ((request: RadiusPacket) => Answer)[],
  options: RadiusTransportOptions = {},
) {
  const requests: RadiusPacket[] = [];
  const server = await BareSocket.open();
  server.onDatagram((datagram, from) => {
    const request = decoded(datagram);
    assert.equal(checkRequest(request, key), undefined);
    const answer = answers[requests.push(request) - 1]?.(request);
    if (!answer) return;
    const attributes = [...(answer.attributes ?? []), ...(answer.eap ? splitEapMessage(answer.eap) : [])];
    server.send(encodeReply({ code: answer.code, attributes }, request, key), from.port);
  });
  const client = new RadiusClient({
    host: '127.0.0.1',
    port: server.port,
    secret,
    // Nobody waits for a reply that comes.
    timeoutMs: answers.length === 0 ? 30 : 10_000,
    retries: 1,
  });
  return {
    requests,
    client,
    transport: radiusTransport(client, options),
    async [Symbol.asyncDispose]() {
      await client.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Apart, so that the compiler does not take the answer for lasting. */
const isAccepted = (transport: RadiusTransport): boolean => transport.accept !== undefined;

/** The id in the made-up request that an event must be. */
function identityRequestId(event: LinkEvent): number {
  assert.ok(event instanceof Uint8Array);
  assert.deepEqual([...event], [1, event[1], 0, 5, 1]);
  return event[1] ?? 0;
}

describe('radiusTransport', () => {
  it('carries a conversation: identity, State, EAP, and the keys of the Accept', async () => {
    const long = eapPacket(1, 8, Buffer.alloc(600, 200));
    const state = { type: attributeTypes.State, value: Buffer.from('state') };
    const keys = { recvKey: Buffer.alloc(32, 1), sendKey: Buffer.alloc(32, 2) };
    const events: RadiusPacketEvent[] = [];
    await using lab = await link(
      [
        () => ({ code: accessChallenge, eap: long, attributes: [state] }),
        (request) => ({
          code: accessAccept,
          eap: eapPacket(3, 8),
          attributes: [
            ...encryptKeys(keys, request.authenticator, key),
            { type: attributeTypes.UserName, value: Buffer.from('Anna') },
            integerAttribute(attributeTypes.SessionTimeout, 3600),
            { type: attributeTypes.Class, value: Buffer.from('a') },
            { type: attributeTypes.Class, value: Buffer.from('b') },
          ],
        }),
      ],
      {
        callingStationId: '02-00-00-00-00-01',
        calledStationId: 'lab',
        framedMtu: 1020,
        attributes: [integerAttribute(attributeTypes.NASPort, 7)],
        onPacket: (event) => events.push(event),
      },
    );
    const { transport, requests } = lab;
    const id = identityRequestId(await transport.receive(never));
    await transport.send(identityResponse(id), never);
    assert.deepEqual(await transport.receive(never), long);
    assert.ok(!isAccepted(transport));
    const response = eapPacket(2, 8, Buffer.alloc(300, 200));
    await transport.send(response, never);
    assert.deepEqual(await transport.receive(never), eapPacket(3, 8));

    const [first, second] = requests;
    assert.ok(first && second);
    for (const { attributes } of [first, second]) {
      assert.equal(textOf(attributes, attributeTypes.UserName), 'anna');
      assert.equal(textOf(attributes, attributeTypes.NASIdentifier), 'eaphost');
      assert.equal(integerOf(attributes, attributeTypes.ServiceType), 2);
      assert.equal(integerOf(attributes, attributeTypes.FramedMTU), 1020);
      assert.equal(integerOf(attributes, attributeTypes.NASPortType), 15);
      assert.equal(integerOf(attributes, attributeTypes.NASPort), 7);
      assert.equal(textOf(attributes, attributeTypes.CallingStationId), '02-00-00-00-00-01');
      assert.equal(textOf(attributes, attributeTypes.CalledStationId), 'lab');
    }
    assert.deepEqual(valuesOf(first.attributes, attributeTypes.State), []);
    assert.deepEqual(valuesOf(second.attributes, attributeTypes.State), [state.value]);
    assert.deepEqual(joinEapMessage(second.attributes), response);

    const { accept } = transport;
    assert.deepEqual(accept?.msk, Buffer.concat([keys.recvKey, keys.sendKey]));
    assert.deepEqual([accept.recvKey, accept.sendKey], [keys.recvKey, keys.sendKey]);
    assert.equal(accept.userName, 'Anna');
    assert.equal(accept.sessionTimeout, 3600);
    assert.deepEqual(accept.class, [Buffer.from('a'), Buffer.from('b')]);
    assert.equal(transport.reject, undefined);
    assert.deepEqual(
      events.map(({ direction, radius, eap }) => [direction, radius?.code, radius?.id, eap?.length]),
      [
        ['received', undefined, undefined, 5],
        ['sent', 1, first.id, 9],
        ['received', 11, first.id, 604],
        ['sent', 1, second.id, 304],
        ['received', 2, second.id, 4],
      ],
    );
  });

  it('starts another conversation after the verdict, without the State of the last', async () => {
    const state = { type: attributeTypes.State, value: Buffer.from('old') };
    await using lab = await link([
      () => ({ code: accessChallenge, eap: eapPacket(1, 2, Buffer.of(4)), attributes: [state] }),
      () => ({ code: accessReject, eap: eapPacket(4, 2), attributes: [state] }),
      () => ({ code: accessAccept, eap: eapPacket(3, 2) }),
    ]);
    const { transport, requests } = lab;
    await transport.send(identityResponse(identityRequestId(await transport.receive(never))), never);
    await transport.receive(never);
    await transport.send(eapPacket(2, 2, Buffer.of(4)), never);
    assert.deepEqual(await transport.receive(never), eapPacket(4, 2));
    assert.ok(transport.reject && !isAccepted(transport));
    await transport.send(identityResponse(identityRequestId(await transport.receive(never)), 'bert'), never);
    assert.equal(transport.reject, undefined);
    await transport.receive(never);
    assert.ok(transport.accept && !transport.accept.msk);
    assert.deepEqual(valuesOf(requests[2]?.attributes ?? [], attributeTypes.State), []);
    assert.equal(textOf(requests[2]?.attributes ?? [], attributeTypes.UserName), 'bert');
  });

  const verdicts: readonly (readonly [string, Answer, LinkEvent])[] = [
    ['an Accept without EAP', { code: accessAccept }, 'altSuccess'],
    [
      'an Accept with an EAP request',
      { code: accessAccept, eap: eapPacket(1, 9, Buffer.of(4)) },
      'altSuccess',
    ],
    ['an Accept with EAP-Success', { code: accessAccept, eap: eapPacket(3, 33) }, eapPacket(3, 33)],
    ['an Accept with EAP-Failure', { code: accessAccept, eap: eapPacket(4, 33) }, eapPacket(4, 33)],
    // A peer would take no packet under an id that it did not answer, and begin anew.
    ['an Accept, EAP-Success of another id', { code: accessAccept, eap: eapPacket(3, 9) }, eapPacket(3, 33)],
    ['an Accept, EAP-Failure of another id', { code: accessAccept, eap: eapPacket(4, 9) }, eapPacket(4, 33)],
    ['a Reject, EAP-Failure of another id', { code: accessReject, eap: eapPacket(4, 9) }, eapPacket(4, 33)],
    ['a Reject without EAP', { code: accessReject }, eapPacket(4, 33)],
    ['a Reject with EAP-Success', { code: accessReject, eap: eapPacket(3, 33) }, eapPacket(4, 33)],
    ['a Reject with a broken packet', { code: accessReject, eap: Buffer.of(4, 33, 0) }, eapPacket(4, 33)],
  ];
  for (const [name, answer, event] of verdicts) {
    it(`turns ${name} into ${typeof event === 'string' ? event : Buffer.from(event).toString('hex')}`, async () => {
      await using lab = await link([() => answer]);
      await lab.transport.receive(never);
      await lab.transport.send(identityResponse(33), never);
      assert.deepEqual(await lab.transport.receive(never), event);
      assert.equal(lab.transport.accept !== undefined, answer.code === accessAccept);
      assert.equal(lab.transport.reject !== undefined, answer.code === accessReject);
    });
  }

  it('turns a Reject without EAP and without Message-Authenticator into a refusal that says so', async () => {
    await using server = await BareSocket.open();
    let requests = 0;
    server.onDatagram((datagram, from) => {
      const request = decoded(datagram);
      const eap = splitEapMessage(eapPacket(1, 8, Buffer.of(200)));
      const challenge = encodeReply({ code: accessChallenge, attributes: eap }, request, key);
      server.send(requests++ === 0 ? challenge : bareReply(accessReject, request), from.port);
    });
    await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret, retries: 0 });
    const transport = radiusTransport(client);
    await transport.send(identityResponse(identityRequestId(await transport.receive(never))), never);
    await transport.receive(never);
    await transport.send(eapPacket(2, 8, Buffer.of(200)), never);
    assert.deepEqual(await transport.receive(never), eapPacket(4, 8));
    assert.equal(transport.reject?.isAuthenticated, false);
  });

  it('joins the Reply-Messages of a Reject', async () => {
    const say = (text: string) => ({ type: attributeTypes.ReplyMessage, value: Buffer.from(text) });
    await using lab = await link([() => ({ code: accessReject, attributes: [say('not '), say('you')] })]);
    await lab.transport.receive(never);
    await lab.transport.send(identityResponse(1), never);
    await lab.transport.receive(never);
    assert.equal(lab.transport.reject?.replyMessage, 'not you');
  });

  it('rejects when no answer comes, and can start anew', async () => {
    await using lab = await link([]);
    const { transport } = lab;
    await transport.receive(never);
    await transport.send(identityResponse(1), never);
    await assert.rejects(transport.receive(never), { code: 'EAPHOST_RADIUS_TIMEOUT' });
    identityRequestId(await transport.receive(never));
  });

  it('gives a request without the padding behind its Length', async () => {
    const request = eapPacket(1, 8, Buffer.of(200));
    const padded = Buffer.concat([request, Buffer.of(1, 2, 3)]);
    await using lab = await link([() => ({ code: accessChallenge, eap: padded })]);
    await lab.transport.receive(never);
    await lab.transport.send(identityResponse(1), never);
    assert.deepEqual(await lab.transport.receive(never), request);
  });

  it('rejects a Challenge without a request', async () => {
    for (const answer of [{ code: accessChallenge }, { code: accessChallenge, eap: eapPacket(3, 1) }]) {
      await using lab = await link([() => answer]);
      await lab.transport.receive(never);
      await lab.transport.send(identityResponse(1), never);
      await assert.rejects(lab.transport.receive(never), { code: 'EAPHOST_RADIUS_PROTOCOL' });
    }
  });

  it('repeats the request of a server that ignored a response, three times at most', async () => {
    const request = eapPacket(1, 5, Buffer.of(4));
    const ignored = {
      code: accessChallenge,
      eap: request,
      attributes: [integerAttribute(errorCauseType, 202)],
    };
    await using lab = await link([() => ignored, () => ignored, () => ignored]);
    const { transport } = lab;
    await transport.receive(never);
    for (let round = 0; round < 2; round++) {
      await transport.send(identityResponse(1), never);
      assert.deepEqual(await transport.receive(never), request);
    }
    await transport.send(identityResponse(1), never);
    await assert.rejects(transport.receive(never), { code: 'EAPHOST_RADIUS_PROTOCOL' });
  });

  it('says timeout when the peer waits although it answered nothing', async () => {
    await using lab = await link([]);
    identityRequestId(await lab.transport.receive(never));
    assert.equal(await lab.transport.receive(never), 'timeout');
    identityRequestId(await lab.transport.receive(never));
  });

  it('uses the User-Name that it is given, and none for an empty identity', async () => {
    const reject = () => ({ code: accessReject });
    await using lab = await link([reject, reject], { userName: 'outer' });
    await lab.transport.receive(never);
    await lab.transport.send(identityResponse(1, 'inner'), never);
    await lab.transport.receive(never);
    assert.equal(textOf(lab.requests[0]?.attributes ?? [], attributeTypes.UserName), 'outer');
    const plain = radiusTransport(lab.client);
    await plain.receive(never);
    await plain.send(identityResponse(1, ''), never);
    await plain.receive(never);
    assert.equal(textOf(lab.requests[1]?.attributes ?? [], attributeTypes.UserName), undefined);
  });

  it('refuses what no peer sends, too long identities and bad options', async () => {
    await using lab = await link([]);
    const { transport, client } = lab;
    await transport.receive(never);
    await assert.rejects(transport.send(eapPacket(1, 1, Buffer.of(1)), never), {
      code: 'EAPHOST_RADIUS_PROTOCOL',
    });
    await assert.rejects(transport.send(Buffer.of(2, 1, 0, 9, 1), never), {
      code: 'EAPHOST_RADIUS_PROTOCOL',
    });
    await assert.rejects(transport.send(identityResponse(1, 'x'.repeat(254)), never), {
      code: 'EAPHOST_RADIUS_TOO_LONG',
    });
    assert.throws(() => radiusTransport(client, { framedMtu: 63 }), RangeError);
    assert.throws(() => radiusTransport(client, { callingStationId: 'x'.repeat(254) }), {
      code: 'EAPHOST_RADIUS_TOO_LONG',
    });
  });

  it('stops waiting when a signal aborts', async () => {
    await using lab = await link([]);
    const reason = new Error('enough');
    await assert.rejects(lab.transport.receive(AbortSignal.abort(reason)), reason);
    await lab.transport.receive(never);
    await assert.rejects(lab.transport.send(identityResponse(1), AbortSignal.abort(reason)), reason);
    await lab.transport.send(identityResponse(1), never);
    const controller = new AbortController();
    const waiting = lab.transport.receive(controller.signal);
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });
});
