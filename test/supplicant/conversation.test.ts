// authenticate(): the whole conversation, over scripted sessions and links.

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';

import { EapError } from '../../lib/base/errors.js';
import type { Step } from '../../lib/supplicant/result.js';
import {
  discard,
  failure,
  fakeSession,
  FakeLink,
  FakeNative,
  ill,
  invokeUi,
  nativeFailure,
  none,
  respond,
  result,
  send,
  startAuthentication,
  success,
} from './fakes.js';
import { eventually, hasCode, never } from './support.js';

const identityRequest = Buffer.from([1, 7, 0, 5, 1]);
const request = Buffer.from([1, 8, 0, 6, 26, 0]);
const response = Buffer.from([2, 8, 0, 6, 26, 1]);
const eapSuccess = Buffer.from([3, 8, 0, 4]);

describe('A session that has restarted', () => {
  it('hands its calls on at once again', async () => {
    const next = new FakeNative({ process: [none] });
    const session = fakeSession(new FakeNative(), next);
    await session.restart();
    const step = session.process(request);
    assert.deepEqual(next.packets, [request]);
    assert.deepEqual(await step, { action: 'none' });
  });

  it('hands on what a call was given when it was made, though the memory is used again meanwhile', async () => {
    const next = new FakeNative({ process: [none], setUiContext: [none], setResponseAttributes: [none] });
    const session = fakeSession(new FakeNative(), next);
    const memory = Buffer.from(request);
    const restarted = session.restart();
    const steps = [
      session.process(memory),
      session.setUiContext(memory),
      session.setResponseAttributes([{ type: 1, value: memory }]),
    ];
    memory.fill(0);
    await restarted;
    await Promise.all(steps);
    assert.deepEqual(next.packets, [request]);
    assert.deepEqual(next.contexts, [request]);
    assert.deepEqual(next.attributes, [[{ type: 1, value: request }]]);
  });
});

describe('A conversation', () => {
  it('carries packets both ways until there is a result', async () => {
    const native = new FakeNative({ process: [send(response), discard, none, result()] });
    const link = new FakeLink(identityRequest, request, request, eapSuccess);
    const packets: string[] = [];
    const steps: Step[] = [];
    const outcome = await fakeSession(native).authenticate(link, {
      onPacket: (direction, packet) => packets.push(`${direction} ${Buffer.from(packet).toString('hex')}`),
      onStep: (step) => steps.push(step),
    });
    assert.equal(outcome.isSuccess, true);
    assert.equal(outcome.reason, undefined);
    assert.deepEqual(native.packets, [identityRequest, request, request, eapSuccess]);
    assert.deepEqual(link.sent, [response]);
    assert.deepEqual(packets, [
      `received ${identityRequest.toString('hex')}`,
      `sent ${response.toString('hex')}`,
      `received ${request.toString('hex')}`,
      `received ${request.toString('hex')}`,
      `received ${eapSuccess.toString('hex')}`,
    ]);
    assert.deepEqual(
      steps.map(({ action }) => action),
      ['send', 'discard', 'none', 'result'],
    );
    assert.equal(native.ends, 0);
  });

  it('ends with a failed result, not with an exception', async () => {
    const native = new FakeNative({ process: [result(failure)] });
    const outcome = await fakeSession(native).authenticate(new FakeLink(identityRequest));
    assert.equal(outcome.isSuccess, false);
    assert.equal(outcome.failureReasonCode, 0x80420112);
    assert.equal(outcome.reason, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
  });

  for (const [indication, reason] of [
    ['altSuccess', 1],
    ['timeout', 2],
  ] as const) {
    it(`takes the link’s ${indication} to the method`, async () => {
      const native = new FakeNative({
        process: [none],
        getResult: [indication === 'timeout' ? failure : success],
      });
      const outcome = await fakeSession(native).authenticate(new FakeLink(identityRequest, indication));
      assert.deepEqual(native.reasons, [reason]);
      assert.equal(outcome.isSuccess, indication === 'altSuccess');
    });
  }

  for (const event of [undefined, null, 'success', 0, [], { packet: request }]) {
    it(`refuses ${JSON.stringify(event)} of its transport by name`, async () => {
      const native = new FakeNative({ process: [none] });
      const transport = { receive: async () => event as never, send: async () => undefined };
      await assert.rejects(
        fakeSession(native).authenticate(transport),
        (error: unknown) =>
          error instanceof TypeError && /^what the transport received\b/u.test(error.message),
      );
      assert.deepEqual(native.packets, []);
    });
  }

  it('refuses an answer to attributes that is none by name', async () => {
    const native = new FakeNative({ process: [respond({ type: 8103, value: Buffer.of(1) })] });
    await assert.rejects(
      fakeSession(native).authenticate(new FakeLink(identityRequest), {
        onAttributes: () => undefined as never,
      }),
      { name: 'TypeError', message: 'what onAttributes gave must be an array of attributes' },
    );
  });

  it('answers attributes with none where nobody looks at them', async () => {
    const native = new FakeNative({
      process: [respond({ type: 8103, value: Buffer.of(1) })],
      setResponseAttributes: [send(response), result()],
    });
    const link = new FakeLink(identityRequest);
    const conversation = fakeSession(native).authenticate(link);
    await eventually(() => link.sent.length > 0, 'the response is sent');
    assert.deepEqual(native.attributes, [[]]);
    assert.deepEqual(link.sent, [response]);
    // The link says nothing more: the conversation goes on waiting.
    assert.equal(await Promise.race([conversation, delay(20, 'waiting')]), 'waiting');
  });

  it('gives attributes and contexts to those who look at them, again and again', async () => {
    const native = new FakeNative({
      process: [respond({ type: 8103, value: Buffer.of(1) })],
      setResponseAttributes: [invokeUi(Buffer.of(4)), result()],
      setUiContext: [respond({ type: 8102, value: Buffer.of(2) })],
    });
    const seen: number[] = [];
    const outcome = await fakeSession(native).authenticate(new FakeLink(identityRequest), {
      onAttributes: async (attributes) => {
        seen.push(...attributes.map(({ type }) => type));
        return [{ type: 1, value: Buffer.of(9) }];
      },
      onUi: ({ context, input, showDialog }) => {
        assert.equal(input, undefined);
        assert.equal(typeof showDialog, 'function');
        assert.deepEqual(context, Buffer.of(4));
        return Buffer.of(5);
      },
    });
    assert.equal(outcome.isSuccess, true);
    assert.deepEqual(seen, [8103, 8102]);
    assert.deepEqual(native.contexts, [Buffer.of(5)]);
    assert.deepEqual(native.attributes, [
      [{ type: 1, value: Buffer.of(9) }],
      [{ type: 1, value: Buffer.of(9) }],
    ]);
  });

  it('says what to do where the method asks for its user interface and nobody shows it', async () => {
    const native = new FakeNative({ process: [invokeUi(Buffer.of(1))] });
    await assert.rejects(
      fakeSession(native).authenticate(new FakeLink(identityRequest)),
      (error) => hasCode(error, 'EAPHOST_UI_REQUIRED') && /onUi/u.test(error.message),
    );
  });

  it('refuses answers that are none', async () => {
    const ui = new FakeNative({ process: [invokeUi(Buffer.of(1))] });
    const noBytes = { onUi: ill(() => 'text') };
    await assert.rejects(fakeSession(ui).authenticate(new FakeLink(identityRequest), noBytes), TypeError);
    const asking = new FakeNative({ process: [respond()] });
    const noList = { onAttributes: ill(() => 5) };
    await assert.rejects(fakeSession(asking).authenticate(new FakeLink(identityRequest), noList), TypeError);
    assert.deepEqual(asking.attributes, []);
    const link = new FakeLink(ill('nonsense'));
    await assert.rejects(fakeSession(new FakeNative()).authenticate(link), TypeError);
  });

  it('begins again and replays the identity where the run-time asks for it', async () => {
    const first = new FakeNative({ process: [send(response), startAuthentication] });
    const second = new FakeNative({ process: [send(response), result()] });
    const link = new FakeLink(identityRequest, request, eapSuccess);
    const session = fakeSession(first, second);
    const outcome = await session.authenticate(link);
    assert.equal(outcome.isSuccess, true);
    assert.equal(first.ends, 1);
    assert.equal(second.ends, 0);
    assert.equal(session.id, second.id);
    assert.deepEqual(second.packets, [identityRequest, eapSuccess]);
    assert.deepEqual(link.sent, [response, response]);
  });

  it('makes up the identity request where the link had none', async () => {
    const first = new FakeNative({ process: [startAuthentication] });
    const second = new FakeNative({ process: [result()] });
    await fakeSession(first, second).authenticate(new FakeLink(request));
    assert.deepEqual(second.packets, [Buffer.from([1, 0, 0, 5, 1])]);
  });

  it('begins again three times, and no more', async () => {
    const again = Array.from({ length: 3 }, () => new FakeNative({ process: [startAuthentication] }));
    const [begun = new FakeNative(), ...others] = again;
    const last = new FakeNative({ process: [result()] });
    const outcome = await fakeSession(begun, ...others, last).authenticate(new FakeLink(identityRequest));
    assert.equal(outcome.isSuccess, true);
    const sessions = Array.from({ length: 5 }, () => new FakeNative({ process: [startAuthentication] }));
    const [first = new FakeNative(), ...next] = sessions;
    await assert.rejects(fakeSession(first, ...next).authenticate(new FakeLink(identityRequest)), (error) =>
      hasCode(error, 'EAPHOST_TOO_MANY_RESTARTS'),
    );
    assert.deepEqual(
      sessions.map(({ ends }) => ends),
      [1, 1, 1, 0, 0],
    );
  });

  it('fails, and ends the session, where it cannot begin again', async () => {
    const first = new FakeNative({ process: [startAuthentication] });
    const session = fakeSession(first);
    await assert.rejects(session.authenticate(new FakeLink(identityRequest)), (error) =>
      hasCode(error, 'ERROR_INVALID_STATE'),
    );
    assert.equal(session.isEnded, true);
    await assert.rejects(session.process(request), (error) => hasCode(error, 'EAPHOST_SESSION_ENDED'));
  });

  it('rejects where a call fails', async () => {
    const native = new FakeNative({
      process: [() => Promise.reject(nativeFailure('EapHostPeerProcessReceivedPacket', 127))],
    });
    await assert.rejects(fakeSession(native).authenticate(new FakeLink(identityRequest)), (error) =>
      hasCode(error, 'ERROR_PROC_NOT_FOUND'),
    );
  });

  it('rejects with what the link and the callbacks reject with', async () => {
    const broken = new Error('the cable is gone');
    const answers = (): FakeNative =>
      new FakeNative({ process: [send(response)], setUiContext: [], getResult: [] });
    const reject = (): never => {
      throw broken;
    };
    const links = [
      Object.assign(new FakeLink(), { receive: reject }),
      Object.assign(new FakeLink(identityRequest), { send: reject }),
      Object.assign(new FakeLink(identityRequest), { send: () => Promise.reject(broken) }),
    ];
    for (const link of links) await assert.rejects(fakeSession(answers()).authenticate(link), broken);
    for (const callback of ['onPacket', 'onStep'] as const) {
      const link = new FakeLink(identityRequest);
      await assert.rejects(fakeSession(answers()).authenticate(link, { [callback]: reject }), broken);
    }
    const asking = new FakeNative({ process: [invokeUi(Buffer.of(1))] });
    await assert.rejects(
      fakeSession(asking).authenticate(new FakeLink(identityRequest), { onUi: reject }),
      broken,
    );
  });

  it('refuses to hold two conversations at once', async () => {
    const native = new FakeNative({ process: [result()] });
    const session = fakeSession(native);
    const first = session.authenticate(new FakeLink(identityRequest));
    await assert.rejects(session.authenticate(new FakeLink(identityRequest)), (error) =>
      hasCode(error, 'EAPHOST_SESSION_BUSY'),
    );
    assert.equal((await first).isSuccess, true);
  });
});

describe('A conversation that is aborted', () => {
  it('rejects at once while it waits for the link, and ends the session', async () => {
    const native = new FakeNative({ process: [none] });
    const session = fakeSession(native);
    const link = new FakeLink(identityRequest);
    const controller = new AbortController();
    const conversation = session.authenticate(link, { signal: controller.signal });
    await delay(10);
    const reason = new Error('enough');
    controller.abort(reason);
    await assert.rejects(conversation, reason);
    assert.equal(session.isEnded, true);
    await session.end();
    assert.equal(native.ends, 1);
    assert.ok(link.signals.every(({ aborted }) => aborted));
  });

  it('rejects at once while the method works, and ends the session when it returns', async () => {
    let finish: (() => void) | undefined;
    const native = new FakeNative({
      process: [
        () =>
          new Promise((resolve) => {
            finish = () => {
              resolve(none);
            };
          }),
      ],
    });
    const session = fakeSession(native);
    const controller = new AbortController();
    const conversation = session.authenticate(new FakeLink(identityRequest), { signal: controller.signal });
    await delay(10);
    controller.abort();
    await assert.rejects(conversation, { name: 'AbortError' });
    finish?.();
    await session.end();
    assert.equal(native.ends, 1);
  });

  it('does nothing where the signal had aborted before', async () => {
    const native = new FakeNative({ process: [result()] });
    const session = fakeSession(native);
    const signal = AbortSignal.abort();
    await assert.rejects(session.authenticate(new FakeLink(identityRequest), { signal }), {
      name: 'AbortError',
    });
    assert.equal(session.isEnded, false);
    assert.deepEqual(native.packets, []);
    assert.equal((await session.authenticate(new FakeLink(identityRequest))).isSuccess, true);
  });

  it('leaves no listener at the signal', async () => {
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      listeners += 1;
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      listeners -= 1;
      remove(...args);
    };
    const native = new FakeNative({ process: [none, result()] });
    await fakeSession(native).authenticate(new FakeLink(identityRequest, eapSuccess), { signal });
    assert.equal(listeners, 0);
  });
});

describe('A conversation that takes too long', () => {
  it('asks the method for the result of a timeout while it waits for the link', async () => {
    const native = new FakeNative({ process: [none], getResult: [failure] });
    const session = fakeSession(native);
    const outcome = await session.authenticate(new FakeLink(identityRequest), { timeoutMs: 20 });
    assert.equal(outcome.isSuccess, false);
    assert.deepEqual(native.reasons, [2]);
    assert.equal(session.isEnded, false);
  });

  it('does so while it waits for the user', async () => {
    const native = new FakeNative({ process: [invokeUi(Buffer.of(1))], getResult: [failure] });
    const outcome = await fakeSession(native).authenticate(new FakeLink(identityRequest), {
      timeoutMs: 20,
      onUi: never,
    });
    assert.equal(outcome.isSuccess, false);
    assert.deepEqual(native.reasons, [2]);
  });

  it('rejects where it is the method that takes so long, and ends the session', async () => {
    const native = new FakeNative({ process: [never] });
    const session = fakeSession(native);
    await assert.rejects(
      session.authenticate(new FakeLink(identityRequest), { timeoutMs: 20 }),
      (error) => error instanceof EapError && error.code === 'ERROR_TIMEOUT' && error.winError === 1460,
    );
    assert.equal(session.isEnded, true);
  });

  it('rejects where the method does not even give the result', async () => {
    const native = new FakeNative({ process: [none], getResult: [never] });
    const session = fakeSession(native);
    await assert.rejects(session.authenticate(new FakeLink(identityRequest), { timeoutMs: 20 }), (error) =>
      hasCode(error, 'ERROR_TIMEOUT'),
    );
    assert.equal(session.isEnded, true);
  });
});
