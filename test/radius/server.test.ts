// The server: what its replies carry, whom it believes, how it chooses methods.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { attributeTypes } from '../../lib/eap/attributes.js';
import {
  errorCauseType,
  integerAttribute,
  integerOf,
  messageAuthenticatorType,
  textOf,
  valuesOf,
  type RadiusAttribute,
  joinEapMessage,
} from '../../lib/radius/attributes.js';
import { eapPacket } from '../../lib/eap/packet.js';
import { decryptKeys, mskOf } from '../../lib/radius/mppe.js';
import { radiusCodes } from '../../lib/radius/packet.js';
import { RadiusServer } from '../../lib/radius/server.js';
import { begin, eapOf, lab, stateOf } from './server-support.js';
import {
  BareClient,
  echoMethod,
  echoMsk,
  identityResponse,
  pause,
  secret,
  until,
  wish,
  wishes,
} from './support.js';

const key = Buffer.from(secret);
const { accessAccept, accessChallenge, accessReject } = radiusCodes;

describe('RadiusServer', () => {
  it('holds a conversation to an Access-Accept with keys', async () => {
    await using it = await lab();
    const { client, server, events } = it;
    const first = await begin(client);
    assert.equal(first.state[0]?.value.length, 16);
    assert.equal(first.id, 8);
    assert.equal(server.sessions, 1);
    const more = await client.ask(client.request(wish(8, wishes.more), first.state));
    assert.deepEqual(stateOf(more), first.state);
    const request = client.request(wish(9, wishes.accept), first.state);
    const accept = await client.ask(request);
    assert.deepEqual(eapOf(accept, accessAccept), eapPacket(3, 9));
    assert.equal(textOf(accept.attributes, attributeTypes.UserName), 'anna');
    assert.deepEqual(stateOf(accept), []);
    const keys = decryptKeys(accept.attributes, request.subarray(4, 20), key);
    assert.ok(keys);
    assert.deepEqual(mskOf(keys), echoMsk);
    assert.ok(
      !accept.bytes.includes(echoMsk.subarray(0, 16)) && !accept.bytes.includes(echoMsk.subarray(32, 48)),
    );
    for (const reply of [first.reply, more, accept]) {
      assert.equal(reply.attributes[0]?.type, messageAuthenticatorType);
    }
    assert.equal(server.sessions, 0);
    const { requests, challenges, accepts, rejects } = server.counters;
    assert.deepEqual(
      { requests, challenges, accepts, rejects },
      { requests: 3, challenges: 2, accepts: 1, rejects: 0 },
    );
    assert.deepEqual(
      events.map((event) =>
        event.kind === 'packet' ? `${event.direction} ${event.radius.code}` : event.kind,
      ),
      ['received 1', 'sent 11', 'received 1', 'sent 11', 'received 1', 'sent 2', 'verdict'],
    );
    const verdict = events.at(-1);
    assert.ok(verdict?.kind === 'verdict' && verdict.accepted);
    assert.deepEqual([verdict.identity, verdict.outerIdentity], ['anna', 'anna']);
    assert.deepEqual([verdict.method, verdict.reason], [{ type: 200 }, undefined]);
    assert.ok(!JSON.stringify(events).includes(secret));
  });

  it('makes up no User-Name out of the outer identity', async () => {
    await using it = await lab({}, { isNameless: true });
    const { state } = await begin(it.client);
    const accept = await it.client.ask(it.client.request(wish(8, wishes.accept), state));
    assert.equal(accept.code, accessAccept);
    assert.equal(textOf(accept.attributes, attributeTypes.UserName), undefined);
    const verdict = it.events.at(-1);
    assert.ok(verdict?.kind === 'verdict');
    assert.deepEqual([verdict.identity, verdict.outerIdentity], [undefined, 'anna']);
  });

  it('refuses with EAP-Failure and without keys', async () => {
    await using it = await lab();
    const { client, server, events } = it;
    const { state } = await begin(client);
    const reply = await client.ask(client.request(wish(8, wishes.refuse), state));
    assert.deepEqual(eapOf(reply, accessReject), eapPacket(4, 8));
    assert.deepEqual(
      reply.attributes.map(({ type }) => type),
      [messageAuthenticatorType, attributeTypes.EAPMessage],
    );
    assert.equal(server.counters.rejects, 1);
    await until(() => events.at(-1)?.kind === 'verdict');
    const verdict = events.at(-1);
    assert.ok(verdict?.kind === 'verdict' && !verdict.accepted);
    assert.deepEqual([verdict.reason, verdict.failureReasonCode], ['methodFailure', 691]);
  });

  it('echoes Proxy-State in order, after its own attributes, in every reply', async () => {
    await using it = await lab();
    const proxies = ['first', 'second', 'third'].map((text) => ({
      type: attributeTypes.ProxyState,
      value: Buffer.from(text),
    }));
    const { reply, state } = await begin(it.client, proxies);
    const refused = await it.client.ask(it.client.request(wish(8, wishes.refuse), [...state, ...proxies]));
    const plain = await it.client.ask(it.client.request(undefined, proxies));
    for (const { attributes } of [reply, refused, plain]) {
      assert.deepEqual(
        attributes.slice(-3).map(({ value }) => Buffer.from(value).toString()),
        ['first', 'second', 'third'],
      );
    }
  });

  it('starts with a request for the identity when the client sends EAP-Start', async () => {
    await using it = await lab();
    const reply = await it.client.ask(it.client.request(Buffer.alloc(0)));
    const eap = eapOf(reply, accessChallenge);
    assert.deepEqual([...eap], [1, eap[1], 0, 5, 1]);
    assert.equal(it.server.sessions, 0);
  });

  it('answers a response that it ignores with the waiting request and Error-Cause 202', async () => {
    await using it = await lab();
    const { reply, state } = await begin(it.client);
    const waiting = eapOf(reply, accessChallenge);
    const odd: readonly (readonly [keyof RadiusServer['counters']['ignored'], Uint8Array])[] = [
      ['badEap', Buffer.of(2, 8)],
      ['badEap', Buffer.alloc(0)],
      ['wrongEapId', wish(9, wishes.accept)],
      ['wrongEapType', eapPacket(2, 8, Buffer.of(17))],
      ['methodDiscard', wish(8, wishes.discard)],
    ];
    for (const [fault, packet] of odd) {
      const before = it.server.counters.ignored[fault];
      const again = await it.client.ask(it.client.request(packet, state));
      assert.deepEqual(eapOf(again, accessChallenge), waiting);
      assert.equal(integerOf(again.attributes, errorCauseType), 202);
      assert.deepEqual(stateOf(again), state);
      assert.equal(it.server.counters.ignored[fault], before + 1);
    }
    const accept = await it.client.ask(it.client.request(wish(8, wishes.accept), state));
    assert.equal(accept.code, accessAccept);
  });

  it('refuses what begins no conversation', async () => {
    await using it = await lab();
    const { client, events } = it;
    const unknown = [{ type: attributeTypes.State, value: randomBytes(16) }];
    const cases: readonly (readonly [string, Uint8Array | undefined, readonly RadiusAttribute[]])[] = [
      ['noEap', undefined, []],
      ['noIdentity', wish(8, wishes.accept), []],
      ['noIdentity', Buffer.of(2), []],
      ['noIdentity', eapPacket(1, 3, Buffer.of(1)), []],
      ['unknownState', wish(8, wishes.accept), unknown],
      ['unknownState', identityResponse(8), unknown],
    ];
    for (const [reason, eap, attributes] of cases) {
      const reply = await client.ask(client.request(eap, attributes));
      assert.equal(reply.code, accessReject);
      assert.deepEqual(joinEapMessage(reply.attributes), eap && eapPacket(4, eap[1] ?? 0));
      await pause(0);
      const verdict = events.at(-1);
      assert.equal(verdict?.kind === 'verdict' && verdict.reason, reason);
    }
    assert.equal(it.server.sessions, 0);
  });

  it('chooses another method after a Nak', async () => {
    await using it = await lab({
      methods: [echoMethod(), echoMethod({ type: { type: 201 } }), echoMethod({ type: { type: 202 } })],
    });
    const { state } = await begin(it.client);
    const next = await it.client.ask(it.client.request(eapPacket(2, 8, Buffer.of(3, 202, 201)), state));
    assert.deepEqual([...eapOf(next, accessChallenge).subarray(0, 5)], [1, 9, 0, 9, 201]);
    const end = await it.client.ask(it.client.request(eapPacket(2, 9, Buffer.of(3, 0)), state));
    assert.deepEqual(eapOf(end, accessReject), eapPacket(4, 9));
    const verdict = it.events.at(-1);
    assert.ok(verdict?.kind === 'verdict');
    assert.deepEqual([verdict.reason, verdict.method], ['noMethod', { type: 201 }]);
  });

  it('asks the policy for methods and a connection blob, and then what the proved identity may do', async () => {
    const begun: unknown[] = [];
    const small = echoMethod({
      type: { type: 201 },
      onBegin: ({ identity, config, attributes, maxSendPacketSize }) => {
        begun.push(identity, Buffer.from(config).toString(), maxSendPacketSize);
        begun.push(attributes.map(({ type }) => type));
      },
    });
    await using it = await lab({
      policy: async ({ outerIdentity, client, attributes }) => {
        await pause(1);
        if (outerIdentity === 'nobody') throw new Error('no such user');
        if (outerIdentity === 'guest') return { methods: [] };
        assert.equal(client.address, '127.0.0.1');
        assert.equal(textOf(attributes, attributeTypes.CalledStationId), 'lab');
        return { methods: [small], config: Buffer.from('blob') };
      },
      authorize: async ({ identity, outerIdentity, client, attributes, method }) => {
        await pause(1);
        assert.deepEqual([identity, outerIdentity, client.address], ['anna', 'anna', '127.0.0.1']);
        assert.equal(textOf(attributes, attributeTypes.CalledStationId), 'lab');
        assert.deepEqual(method, { type: 201 });
        return {
          attributes: [
            integerAttribute(attributeTypes.SessionTimeout, 60),
            { type: attributeTypes.UserName, value: Buffer.from('Anna') },
            { type: attributeTypes.ReplyMessage, value: Buffer.from('never beside EAP') },
            { type: attributeTypes.State, value: Buffer.from('mine') },
          ],
        };
      },
    });
    const { client } = it;
    const known = [
      { type: attributeTypes.CalledStationId, value: Buffer.from('lab') },
      integerAttribute(attributeTypes.FramedMTU, 500),
      { type: attributeTypes.ProxyState, value: Buffer.from('p') },
    ];
    const { state } = await begin(client, known);
    assert.deepEqual(begun, [
      'anna',
      'blob',
      500,
      [attributeTypes.CalledStationId, attributeTypes.FramedMTU],
    ]);
    const accept = await client.ask(client.request(wish(8, wishes.accept, { type: 201 }), state));
    assert.equal(accept.code, accessAccept);
    assert.equal(integerOf(accept.attributes, attributeTypes.SessionTimeout), 60);
    assert.deepEqual(valuesOf(accept.attributes, attributeTypes.UserName), [Buffer.from('Anna')]);
    assert.deepEqual(valuesOf(accept.attributes, attributeTypes.ReplyMessage), []);
    assert.deepEqual(stateOf(accept), []);
    for (const [identity, reason] of [
      ['guest', 'noMethod'],
      ['nobody', 'methodError'],
    ]) {
      const reply = await client.ask(client.request(identityResponse(3, identity)));
      assert.deepEqual(eapOf(reply, accessReject), eapPacket(4, 3));
      await pause(0);
      const verdict = it.events.at(-1);
      assert.equal(verdict?.kind === 'verdict' && verdict.reason, reason);
    }
    assert.equal(it.server.sessions, 0);
  });

  it('refuses when a method throws, and goes on serving others', async () => {
    await using it = await lab();
    const one = await begin(it.client);
    const two = await begin(it.client);
    const reply = await it.client.ask(it.client.request(wish(8, wishes.fail), one.state));
    assert.deepEqual(eapOf(reply, accessReject), eapPacket(4, 8));
    assert.equal(
      (await it.client.ask(it.client.request(wish(8, wishes.accept), two.state))).code,
      accessAccept,
    );
  });

  it('cuts long requests into EAP-Messages, never above Framed-MTU', async () => {
    await using it = await lab({}, { size: 995 });
    const fits = await begin(it.client, [integerAttribute(attributeTypes.FramedMTU, 1000)]);
    assert.equal(eapOf(fits.reply, accessChallenge).length, 1000);
    assert.equal(valuesOf(fits.reply.attributes, attributeTypes.EAPMessage).length, 4);
    const tight = it.client.request(identityResponse(7), [integerAttribute(attributeTypes.FramedMTU, 999)]);
    assert.equal((await it.client.ask(tight)).code, accessReject);
  });

  it('asks of no method to make requests of fewer than 64 octets, however small the link says to be', async () => {
    const sizes: number[] = [];
    await using it = await lab(
      {},
      { onBegin: ({ maxSendPacketSize }) => void sizes.push(maxSendPacketSize) },
    );
    const proxyStates = Array.from({ length: 15 }, () => ({
      type: attributeTypes.ProxyState,
      value: Buffer.alloc(253),
    }));
    await begin(it.client, [integerAttribute(attributeTypes.FramedMTU, 0)]);
    await begin(it.client, [integerAttribute(attributeTypes.FramedMTU, 65)]);
    await begin(it.client, proxyStates);
    await begin(it.client, [...proxyStates, { type: attributeTypes.ProxyState, value: Buffer.alloc(190) }]);
    assert.deepEqual(sizes, [64, 65, 199, 64]);
  });

  it('turns an Accept that does not fit into a Reject', async () => {
    const many = Array.from({ length: 16 }, () => ({
      type: attributeTypes.Class,
      value: Buffer.alloc(253, 1),
    }));
    await using it = await lab({ authorize: () => ({ attributes: many }) });
    const { state } = await begin(it.client);
    const reply = await it.client.ask(it.client.request(wish(8, wishes.accept), state));
    assert.deepEqual(eapOf(reply, accessReject), eapPacket(4, 8));
    const verdict = it.events.at(-1);
    assert.ok(verdict?.kind === 'verdict' && !verdict.accepted);
    assert.deepEqual([verdict.reason, verdict.identity], ['replyTooLong', 'anna']);
    assert.deepEqual([it.server.counters.accepts, it.server.counters.rejects], [0, 1]);
  });

  it('refuses when a method exports keys that RADIUS cannot carry', async () => {
    await using it = await lab({}, { msk: Buffer.alloc(478, 1) });
    const { state } = await begin(it.client);
    assert.equal((await it.client.ask(it.client.request(wish(8, wishes.accept), state))).code, accessAccept);
    const tooLong = { type: attributeTypes.VendorSpecific, value: Buffer.alloc(6 + 255, 250) };
    Buffer.of(0, 0, 1, 55, 16, 255, 0, 0, 250).copy(tooLong.value);
    const other = { type: attributeTypes.VendorSpecific, value: Buffer.from(tooLong.value) };
    other.value[4] = 17;
    const keyed = echoMethod();
    await using server = await RadiusServer.listen({
      secret,
      port: 0,
      methods: [
        {
          ...keyed,
          authenticator: {
            async beginSession(begin) {
              const session = await keyed.authenticator?.beginSession(begin);
              assert.ok(session);
              return { ...session, getResult: () => ({ isSuccess: true, attributes: [tooLong, other] }) };
            },
          },
        },
      ],
    });
    await using client = await BareClient.open(server.port);
    const second = await begin(client);
    const reply = await client.ask(client.request(wish(8, wishes.accept), second.state));
    assert.deepEqual(eapOf(reply, accessReject), eapPacket(4, 8));
    assert.equal(server.sessions, 0);
  });

  it('passes a method’s RADIUS attributes on, and nothing of EAPHost’s own', async () => {
    const attributes = [
      { type: attributeTypes.Class, value: Buffer.from('staff') },
      { type: attributeTypes.EMSK, value: Buffer.alloc(64, 9) },
      { type: attributeTypes.Minimum, value: Buffer.alloc(0) },
      { type: attributeTypes.Class, value: Buffer.alloc(254) },
    ];
    const onEnd = () => {
      for (const { value } of attributes) value.fill(0);
    };
    await using it = await lab({}, { attributes, onEnd });
    const { state } = await begin(it.client);
    const accept = await it.client.ask(it.client.request(wish(8, wishes.accept), state));
    const { UserName, Class, VendorSpecific, EAPMessage } = attributeTypes;
    assert.deepEqual(
      accept.attributes.map(({ type }) => type),
      [messageAuthenticatorType, UserName, Class, VendorSpecific, VendorSpecific, EAPMessage],
    );
    // As it was before the method ended and wiped it.
    assert.equal(textOf(accept.attributes, Class), 'staff');
  });
});
