// How often a method may ask within one step, on either side: the last time that is answered, and the first that is not.
// How long its calls may take, and on how many lanes. And how much of a value is shown.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';

import { Stop } from '../../lib/base/stop.js';
import { conversationLadder } from '../../lib/method-dlls/ladder.js';
import { checkLoadOptions } from '../../lib/method-dlls/load-options.js';
import type { PeerSideOptions } from '../../lib/hosts/options.js';
import { PeerHost } from '../../lib/hosts/peer-host.js';
import { eapCodes, eapPacket } from '../../lib/eap/packet.js';
import { AuthenticatorHost } from '../../lib/hosts/authenticator-host.js';
import { defineMethod } from '../../lib/methods/index.js';
import type { PeerSide, PeerStep } from '../../lib/hosts/method.js';
import { hasCode } from '../supplicant/support.js';

const type = { type: 254, vendorId: 99_999, vendorType: 9, authorId: 99_999 };
const expanded = Buffer.from('fe01869f00000009', 'hex');
const request = eapPacket(eapCodes.request, 1, expanded);
const response = eapPacket(eapCodes.response, 1, expanded);

/** A peer that asks `times` for a dialog or attributes in answer to a request, and before that for its identity. */
function asking(times: number, action: 'invokeUi' | 'respond', dialogs = 0): PeerSide {
  let asked = 0;
  const next = (): PeerStep => {
    if (asked === times) return { action: 'send', packet: response };
    asked += 1;
    return action === 'respond' ? { action, attributes: [] } : { action, context: Buffer.of(asked) };
  };
  let shown = 0;
  const { peer } = defineMethod({
    type,
    name: 'asking',
    properties: ['standalone'],
    peer: {
      getIdentity: ({ credentials }) =>
        shown++ === dialogs ? { identity: 'alice', credentials } : { invokeUi: true },
      beginSession: () => ({
        processRequest: next,
        setUiContext: next,
        setResponseAttributes: next,
        getResult: () => ({ isSuccess: true, attributes: [] }),
        end: () => undefined,
      }),
    },
  });
  return peer;
}

const hostOf = (side: PeerSide, options: PeerSideOptions = {}): PeerHost =>
  new PeerHost({ side, options, maxSendPacketSize: 1400, maxRounds: 10, stop: new Stop() });

describe('The bounds of one step', () => {
  for (const action of ['invokeUi', 'respond'] as const) {
    it(`a peer method may ask 16 times (${action})`, async () => {
      let answers = 0;
      const options = {
        onUi: async () => Buffer.of((answers += 1)),
        onAttributes: async () => ((answers += 1), []),
      };
      const answer = await hostOf(asking(16, action), options).receive(request);
      assert.deepEqual([answer.kind, answers], ['response', 16]);
      answers = 0;
      await assert.rejects(hostOf(asking(17, action), options).receive(request), (error) =>
        hasCode(error, 'EAPHOST_NOT_SUPPORTED'),
      );
      assert.equal(answers, 16);
    });
  }

  it('a peer method may ask for three dialogs before it gives an identity', async () => {
    let dialogs = 0;
    const options = { onIdentityUi: async () => Buffer.of((dialogs += 1)) };
    await hostOf(asking(0, 'respond', 3), options).identify(1);
    assert.equal(dialogs, 3);
    dialogs = 0;
    await assert.rejects(hostOf(asking(0, 'respond', 4), options).identify(1), (error) =>
      hasCode(error, 'EAPHOST_UI_REQUIRED'),
    );
    assert.equal(dialogs, 3);
  });

  it('an authenticator method may ask for attributes 16 times', async () => {
    const run = async (times: number) => {
      let asked = 0;
      const method = defineMethod({
        type,
        name: 'asking',
        properties: ['standalone'],
        authenticator: {
          beginSession: () => ({
            sendPacket: (id: number) => ({ packet: eapPacket(eapCodes.request, id, expanded) }),
            receivePacket: () => 'respond',
            getAttributes: () => [],
            setAttributes: () => ((asked += 1) === times ? 'result' : 'respond'),
            getResult: () => ({ isSuccess: true, attributes: [] }),
            end: () => undefined,
          }),
        },
      });
      const host = new AuthenticatorHost({
        methods: [method],
        identity: 'alice',
        attributes: [],
        config: Buffer.alloc(0),
        maxSendPacketSize: 1400,
      });
      const { packet } = await host.start(0);
      const answer = eapPacket(eapCodes.response, packet[1]!, expanded);
      return [await host.receive(answer), asked] as const;
    };
    const [accepted, asked] = await run(16);
    assert.deepEqual([accepted.kind, asked], ['accept', 16]);
    const [refused, count] = await run(17);
    assert.deepEqual([refused.kind, count], ['refuse', 16]);
  });
});

describe('The bounds of a method DLL', () => {
  it('a call has 60 seconds, unless it is told of others: a day at most, or none', () => {
    const limitOf = (timeout?: number | null) => checkLoadOptions({ type: 4, timeout }).limit;
    assert.deepEqual([undefined, 86_400_000, null].map(limitOf), [60_000, 86_400_000, undefined]);
    for (const timeout of [0, 86_400_001]) assert.throws(() => limitOf(timeout), RangeError);
  });

  it('lanes are 64, unless it is told of others: 1,024 at most', () => {
    const lanesOf = (maxLanes?: number) => checkLoadOptions({ type: 4, maxLanes }).maxLanes;
    assert.deepEqual([undefined, 1024].map(lanesOf), [64, 1024]);
    for (const lanes of [0, 1025]) assert.throws(() => lanesOf(lanes), RangeError);
  });
});

describe('The ladder of a conversation', () => {
  it('has 24 octets of a value, and of a longer one the beginning', () => {
    const shown = (length: number): string | undefined => {
      const values = { value: Buffer.alloc(length, 0xab) };
      const call = { call: 'EapPeerGetInfo', values, duration: 1 } as never;
      const [, , line] = conversationLadder([{ kind: 'call', side: 'peer', call }], { withValues: true });
      return line?.trim();
    };
    const whole = `value: ${'ab'.repeat(24)}`;
    assert.deepEqual([shown(24), shown(25)], [whole, `${whole}… (25 octets)`]);
  });
});
