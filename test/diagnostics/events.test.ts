// Events of calls and packets, and that no secret is in them.

import assert from 'node:assert/strict';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';

import { openEapHost } from '../../lib/index.js';
import * as diagnostics from '../../lib/diagnostics/index.js';
import { maskPacket } from '../../lib/eap/describe.js';
import { password, record } from './support.js';

describe('Diagnostics', () => {
  it('tells every call of a conversation in its order', async () => {
    const { events } = await record();
    const calls = events.filter((event) => event.kind === 'call').map((event) => event.calls.join(' '));
    const exchange = 'EapHostPeerProcessReceivedPacket EapHostPeerGetSendPacket';
    assert.deepEqual(calls, [
      'EapHostPeerBeginSession',
      exchange,
      exchange,
      exchange,
      'EapHostPeerProcessReceivedPacket EapHostPeerGetResult',
      'EapHostPeerEndSession EapHostPeerClearConnection',
      'EapHostPeerUninitialize',
    ]);
    for (const event of events) {
      assert.ok(event.at > Date.now() - 60_000 && event.at <= Date.now() + 1000);
      if (event.kind === 'call') assert.ok(event.duration >= 0);
    }
  });

  it('tells every packet, each way', async () => {
    const { events } = await record();
    const packets = events.filter((event) => event.kind === 'packet');
    assert.deepEqual(
      packets.map(({ direction, packet }) => [
        direction,
        diagnostics.describePacket(packet).summary.replace(/ \d+/u, ''),
      ]),
      [
        ['received', 'Request Identity'],
        ['sent', 'Response Identity "alice"'],
        ['received', 'Request EAP-MSCHAPv2 Challenge'],
        ['sent', 'Response EAP-MSCHAPv2 Response'],
        ['received', 'Request EAP-MSCHAPv2 Success'],
        ['sent', 'Response EAP-MSCHAPv2 Success'],
        ['received', 'Success'],
      ],
    );
  });

  it('holds no secret: no password, no key', async () => {
    const { events, result } = await record();
    const msk = result.keys.msk;
    assert.ok(msk !== undefined && result.isSuccess);
    const text = JSON.stringify(events);
    for (const form of [
      password,
      Buffer.from(password).toString('hex'),
      Buffer.from(password, 'utf16le').toString('hex'),
    ]) {
      assert.ok(!text.includes(form));
    }
    assert.ok(!text.includes(JSON.stringify([...msk.subarray(0, 16)]).slice(1, -1)));
    assert.ok(!text.includes(msk.subarray(0, 16).toString('hex')));
  });

  it('masks a password that a method sends as it is', () => {
    const gtc = Buffer.concat([Buffer.of(2, 9, 0, 5 + 6, 6), Buffer.from('secret')]);
    assert.equal(maskPacket(gtc).subarray(5).toString(), '******');
    assert.equal(gtc.subarray(5).toString(), 'secret');
    const request = Buffer.concat([Buffer.of(1, 9, 0, 5 + 9, 6), Buffer.from('Password:')]);
    assert.deepEqual(maskPacket(request), request);
  });

  it('tells what a call failed with', async () => {
    const events: diagnostics.DiagnosticEvent[] = [];
    await using host = await openEapHost({ runtime: 'embedded', onEvent: (event) => events.push(event) });
    await assert.rejects(host.beginSession({ method: { type: 99 } }));
    const [event] = events;
    assert.ok(event?.kind === 'call' && event.error !== undefined);
    assert.equal(event.error.code, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED');
  });

  it('tells the diagnostics channels of every host', async () => {
    const heard: unknown[] = [];
    const listen = (message: unknown): void => {
      heard.push(message);
    };
    subscribe('eaphost:call', listen);
    subscribe('eaphost:packet', listen);
    const { events } = await record();
    unsubscribe('eaphost:call', listen);
    unsubscribe('eaphost:packet', listen);
    assert.deepEqual(heard, events);
  });

  it('refuses a listener that is none', async () => {
    // @ts-expect-error -- what it is given
    await assert.rejects(openEapHost({ runtime: 'embedded', onEvent: 7 }), /onEvent must be a function/u);
  });
});
