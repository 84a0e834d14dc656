// The authenticator's host: order of calls, checks of responses, choice of methods.

import assert from 'node:assert/strict';

import {
  AuthenticatorHost,
  type AuthenticatorHostOptions,
  type ConversationStep,
} from '../../lib/hosts/authenticator-host.js';
import { eapPacket } from '../../lib/eap/packet.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import type { MethodType } from '../../lib/eap/names.js';
import { echoMethod, type EchoOptions, typeOctets, wish, wishes } from './support.js';

const anna = { identity: 'anna', attributes: [], config: new Uint8Array(), maxSendPacketSize: 1400 };

function converse(
  methods: readonly MethodDefinition[],
  options: Partial<AuthenticatorHostOptions> = {},
): AuthenticatorHost {
  return new AuthenticatorHost({ ...anna, methods, ...options });
}

/** One small method and the log of its calls. */
function lab(options: EchoOptions = {}, more: Partial<AuthenticatorHostOptions> = {}) {
  const log: string[] = [];
  const conversation = converse([echoMethod({ ...options, log })], more);
  return { log, conversation };
}

/** The type of the request that a step must be. */
function requestType(step: ConversationStep, id: number): number | undefined {
  assert.equal(step.kind, 'request');
  assert.deepEqual([step.packet[0], step.packet[1]], [1, id]);
  return step.packet[4];
}

const nak = (id: number, ...types: number[]) => eapPacket(2, id, Buffer.of(3, ...types));
const expandedNak = (id: number, ...types: MethodType[]) =>
  eapPacket(2, id, Buffer.concat([{ type: 254, vendorType: 3 }, ...types].map((type) => expanded(type))));

function expanded({ type, vendorId = 0, vendorType = 0 }: MethodType): Buffer {
  return typeOctets({ type: 254, vendorId, vendorType: type === 254 ? vendorType : type });
}

describe('AuthenticatorHost', () => {
  it('calls an authenticator in the documented order', async () => {
    const { log, conversation } = lab();
    assert.equal(requestType(await conversation.start(255), 0), 200);
    assert.equal(requestType(await conversation.receive(wish(0, wishes.more)), 1), 200);
    const end = await conversation.receive(wish(1, wishes.accept));
    assert.equal(end.kind, 'accept');
    assert.deepEqual(end.packet, eapPacket(3, 1));
    assert.equal(end.attributes.length, 2);
    await conversation.end();
    await conversation.end();
    assert.deepEqual(log, ['begin anna', 'send 0', 'receive 1', 'send 1', 'receive 2', 'getResult', 'end']);
  });

  it('asks for the result only after the action result', async () => {
    const { log, conversation } = lab();
    await conversation.start(0);
    await conversation.receive(wish(1, wishes.more));
    await conversation.end();
    assert.ok(!log.includes('getResult'));
  });

  it('refuses with the reason of the method', async () => {
    const { conversation } = lab();
    await conversation.start(0);
    const end = await conversation.receive(wish(1, wishes.refuse));
    assert.equal(end.kind, 'refuse');
    assert.deepEqual(
      [end.reason, end.failureReasonCode, end.packet],
      ['methodFailure', 691, eapPacket(4, 1)],
    );
  });

  it('keeps the request for responses that it ignores, and does not show them to the method', async () => {
    const { log, conversation } = lab();
    const first = await conversation.start(0);
    const cases: readonly (readonly [string, Uint8Array])[] = [
      ['badEap', Buffer.alloc(0)],
      ['badEap', Buffer.of(2, 1, 0, 5)],
      ['badEap', Buffer.of(2, 1, 0, 6, 200, 1, 1)],
      ['badEap', eapPacket(1, 1, Buffer.of(200))],
      ['badEap', eapPacket(3, 1)],
      ['badEap', eapPacket(9, 1, Buffer.of(200))],
      ['wrongEapId', wish(0, wishes.accept)],
      ['wrongEapId', wish(2, wishes.accept)],
      ['wrongEapId', nak(2, 4)],
      ['wrongEapType', eapPacket(2, 1, Buffer.of(4, 2))],
      ['wrongEapType', eapPacket(2, 1, Buffer.of(1, 2))],
      ['wrongEapType', eapPacket(2, 1, Buffer.of(254, 2))],
      ['wrongEapType', expandedNak(1, { type: 4 })],
    ];
    for (const [fault, packet] of cases) {
      const step = await conversation.receive(packet);
      assert.deepEqual(step, { kind: 'ignored', fault, packet: first.packet });
    }
    assert.deepEqual(log, ['begin anna', 'send 1']);
    const discarded = await conversation.receive(wish(1, wishes.discard));
    assert.deepEqual(discarded, { kind: 'ignored', fault: 'methodDiscard', packet: first.packet });
    assert.equal((await conversation.receive(wish(1, wishes.accept))).kind, 'accept');
  });

  it('hands attributes to and fro for the action respond', async () => {
    const answer = [
      { type: 1, value: Buffer.from('a') },
      { type: 2, value: Buffer.from('b') },
    ];
    const seen: unknown[] = [];
    const { log, conversation } = lab(
      {},
      {
        onAttributes: (attributes, method) => {
          seen.push(attributes, method);
          return answer;
        },
      },
    );
    await conversation.start(0);
    assert.equal(requestType(await conversation.receive(wish(1, wishes.respond)), 2), 200);
    assert.deepEqual(log.slice(2), ['receive 5', 'getAttributes', 'setAttributes 2', 'send 2']);
    assert.deepEqual(seen, [[{ type: 1, value: Buffer.from('asked') }], { type: 200 }]);
    const plain = lab();
    await plain.conversation.start(0);
    await plain.conversation.receive(wish(1, wishes.respond));
    assert.ok(plain.log.includes('setAttributes 0'));
  });

  it('gives up on a method that asks for attributes for ever', async () => {
    const { log, conversation } = lab({ afterAttributes: 'respond' });
    await conversation.start(0);
    const end = await conversation.receive(wish(1, wishes.respond));
    assert.equal(end.kind === 'refuse' && end.reason, 'methodError');
    assert.equal(log.filter((line) => line === 'getAttributes').length, 16);
    const silent = lab({ afterAttributes: 'discard' });
    await silent.conversation.start(0);
    assert.equal((await silent.conversation.receive(wish(1, wishes.respond))).kind, 'ignored');
  });

  it('survives a method that throws when it ends', async () => {
    const { log, conversation } = lab({
      onEnd: () => {
        throw new Error('end');
      },
    });
    await conversation.start(0);
    await conversation.end();
    assert.equal(log.at(-1), 'end');
  });

  it('tells the identity for the action handleIdentity, and refuses the action authenticate', async () => {
    const { log, conversation } = lab();
    await conversation.start(0);
    assert.equal(requestType(await conversation.receive(wish(1, wishes.inner)), 2), 200);
    assert.ok(log.includes('inner anna'));
    const end = await conversation.receive(wish(2, wishes.odd));
    assert.equal(end.kind === 'refuse' && end.reason, 'methodError');
  });

  it('refuses when the method throws or sends what is no request of its own', async () => {
    const broken: readonly EchoOptions[] = [
      { onBegin: () => Promise.reject(new Error('begin')) },
      { request: () => Buffer.alloc(0) },
      { request: (id) => eapPacket(1, id + 1, Buffer.of(200)) },
      { request: (id) => eapPacket(1, id, Buffer.of(201)) },
      { request: (id) => eapPacket(2, id, Buffer.of(200)) },
      { request: (id) => eapPacket(3, id) },
      { request: (id) => Buffer.concat([eapPacket(1, id, Buffer.of(200)), Buffer.of(0)]) },
      { size: 1396 },
    ];
    for (const options of broken) {
      const { conversation } = lab(options);
      const step = await conversation.start(7);
      assert.equal(step.kind === 'refuse' && step.reason, 'methodError');
      assert.deepEqual(step.packet, eapPacket(4, 7));
    }
    const { conversation } = lab({ size: 1395 });
    await conversation.start(7);
    const step = await conversation.receive(wish(8, wishes.fail));
    assert.equal(
      step.kind === 'refuse' && step.error instanceof Error && step.error.message,
      'the method fails',
    );
  });

  it('aborts the method and ends its session, also while it begins', async () => {
    let begun!: () => void;
    const waiting = new Promise<void>((resolve) => (begun = resolve));
    let aborted = false;
    const { log, conversation } = lab({
      onBegin: ({ signal }) => {
        begun();
        return new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            aborted = true;
            resolve();
          });
        });
      },
    });
    const step = conversation.start(0);
    await waiting;
    await conversation.end();
    assert.equal((await step).kind, 'refuse');
    assert.ok(aborted);
    assert.deepEqual(log, ['begin anna', 'end']);
    const late = await conversation.receive(wish(1, wishes.accept));
    assert.equal(late.kind, 'refuse');
  });
});

describe('AuthenticatorHost: Nak', () => {
  const methods = (log: string[] = []) => [
    echoMethod({ type: { type: 200 }, log }),
    echoMethod({ type: { type: 201 } }),
    echoMethod({ type: { type: 202, authorId: 311 } }),
    echoMethod({ type: { type: 254, vendorId: 311, vendorType: 7 } }),
  ];

  it('takes the server’s first choice among the peer’s', async () => {
    const log: string[] = [];
    const conversation = converse(methods(log));
    assert.equal(requestType(await conversation.start(0), 1), 200);
    assert.equal(requestType(await conversation.receive(nak(1, 202, 201)), 2), 201);
    assert.deepEqual(log, ['begin anna', 'send 1', 'end']);
    assert.deepEqual(conversation.method?.type, { type: 201 });
    assert.equal((await conversation.receive(wish(2, wishes.accept, { type: 201 }))).kind, 'accept');
  });

  it('never offers what was refused again, and refuses when nothing is left', async () => {
    const conversation = converse(methods());
    await conversation.start(0);
    assert.equal(requestType(await conversation.receive(nak(1, 201)), 2), 201);
    assert.equal(requestType(await conversation.receive(nak(2, 200, 201, 202)), 3), 202);
    const end = await conversation.receive(nak(3, 200));
    assert.deepEqual([end.kind, end.kind === 'refuse' && end.reason], ['refuse', 'noMethod']);
    assert.deepEqual(end.packet, eapPacket(4, 3));
  });

  it('refuses when the peer wants nothing that is offered', async () => {
    for (const types of [[0], [4], [], [0, 13]]) {
      const conversation = converse(methods());
      await conversation.start(0);
      const end = await conversation.receive(nak(1, ...types));
      assert.equal(end.kind === 'refuse' && end.reason, 'noMethod', String(types));
    }
    const nothing = await converse([]).start(9);
    assert.equal(nothing.kind === 'refuse' && nothing.reason, 'noMethod');
    assert.deepEqual(nothing.packet, eapPacket(4, 9));
  });

  it('tries expanded types for a legacy Nak with 254, and reads an expanded Nak', async () => {
    const conversation = converse(methods());
    await conversation.start(0);
    assert.equal(requestType(await conversation.receive(nak(1, 254)), 2), 254);
    const again = await conversation.receive(
      expandedNak(2, { type: 254, vendorId: 9, vendorType: 9 }, { type: 202 }),
    );
    assert.equal(requestType(again, 3), 202);
  });

  it('reads an expanded Nak that wants a vendor’s type, or nothing', async () => {
    const vendor = [
      echoMethod({ type: { type: 254, vendorId: 311, vendorType: 1 } }),
      echoMethod({ type: { type: 254, vendorId: 311, vendorType: 2 } }),
    ];
    const conversation = converse(vendor);
    await conversation.start(0);
    const next = await conversation.receive(expandedNak(1, { type: 254, vendorId: 311, vendorType: 2 }));
    assert.equal(requestType(next, 2), 254);
    assert.equal(next.packet.at(11), 2);
    const end = await conversation.receive(expandedNak(2, { type: 0 }));
    assert.equal(end.kind === 'refuse' && end.reason, 'noMethod');
    const other = converse(vendor);
    await other.start(0);
    assert.equal((await other.receive(expandedNak(1))).kind, 'refuse');
  });

  it('still takes a Nak after a response that the method discarded', async () => {
    const conversation = converse(methods());
    await conversation.start(0);
    await conversation.receive(wish(1, wishes.discard));
    assert.equal(requestType(await conversation.receive(nak(1, 201)), 2), 201);
  });

  it('takes an expanded response with vendor 0 for the legacy type', async () => {
    const conversation = converse(methods());
    await conversation.start(0);
    const packet = eapPacket(2, 1, Buffer.concat([expanded({ type: 200 }), Buffer.of(wishes.accept)]));
    assert.equal((await conversation.receive(packet)).kind, 'accept');
  });
});
