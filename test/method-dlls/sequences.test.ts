// The two documented call sequences, exactly, from the trace of the pair: each outcome, each way out.

import { deepEqual, equal, ok } from 'node:assert/strict';

import { attributeTypes, abortAt, type ConverseOptions } from './sequence-support.js';
import { alice, converseTraced, loadAuthenticator, loadPeer, order, server, type Orders } from './support.js';
import { withCounters } from '../supplicant/hosted-dll.js';
import { converse } from '../../lib/method-dlls/index.js';

const load = ['GetInfo', 'Initialize'];
const request = ['ProcessRequestPacket', 'GetResponsePacket'];
const success: Orders = {
  peer: [
    ...load,
    'GetIdentity',
    'BeginSession',
    ...request,
    ...request,
    'GetResult',
    'EndSession',
    'Shutdown',
  ],
  authenticator: [
    ...load,
    'BeginSession',
    'SendPacket',
    'ReceivePacket',
    'SendPacket',
    'ReceivePacket',
    'GetResult',
    'EndSession',
    'Shutdown',
  ],
};

for (const isolate of [false, true]) {
  describe(`call sequences of the pair${isolate ? ', isolated' : ''}`, () => {
    const run = (options: ConverseOptions = {}) => converseTraced(options, { isolate });

    it('success', async () => {
      await withCounters(async () => {
        const { conversed, orders } = await run();
        equal(conversed?.outcome, 'success');
        equal(conversed.identity, 'alice');
        equal(conversed.keysAgree, true);
        equal(conversed.peer.keys.emsk?.equals(conversed.authenticator.keys.emsk ?? Buffer.alloc(0)), true);
        deepEqual(orders, success);
      });
    });

    it('failure: the authenticator refuses', async () => {
      await withCounters(async () => {
        const { conversed, orders } = await run({ authenticator: { config: Buffer.from('password=other') } });
        equal(conversed?.outcome, 'failure');
        equal(conversed.peer.result?.isSuccess, false);
        equal(conversed.authenticator.result?.isSuccess, false);
        equal(conversed.keysAgree, undefined);
        // A verdict of refusal is a request, too, that the peer answers.
        deepEqual(orders, success);
      });
    });

    it('failure: the peer refuses the server', async () => {
      await withCounters(async () => {
        const { conversed, orders } = await run({
          authenticator: { config: Buffer.from('password=tiger;fail=server') },
        });
        equal(conversed?.outcome, 'failure');
        equal(conversed.peer.result?.isSuccess, false);
        deepEqual(orders.peer.slice(-3), ['GetResult', 'EndSession', 'Shutdown']);
        deepEqual(orders.authenticator.slice(-2), ['EndSession', 'Shutdown']);
      });
    });

    it('attributes, on both sides', async () => {
      await withCounters(async () => {
        const asked: string[] = [];
        const answer = (side: string) => (attributes: readonly { type: number; value: Uint8Array }[]) => {
          asked.push(side);
          equal(attributes[0]?.type, attributeTypes.UserName);
          return [{ type: attributeTypes.EAPTLV, value: Buffer.from(side) }];
        };
        const { conversed, orders } = await run({
          peer: { config: Buffer.from('attributes=1'), onAttributes: answer('peer') },
          authenticator: {
            config: Buffer.from('password=tiger;attributes=1'),
            onAttributes: answer('authenticator'),
          },
        });
        equal(conversed?.outcome, 'success');
        deepEqual(asked, ['peer', 'authenticator']);
        deepEqual(orders.peer.slice(4, 8), [
          'ProcessRequestPacket',
          'GetResponseAttributes',
          'SetResponseAttributes',
          'GetResponsePacket',
        ]);
        deepEqual(orders.authenticator.slice(4, 8), [
          'ReceivePacket',
          'GetAttributes',
          'SetAttributes',
          'SendPacket',
        ]);
      });
    });

    it('interactive user interface', async () => {
      await withCounters(async () => {
        const calls: string[] = [];
        await using peer = await loadPeer({ isolate, trace: true });
        await using authenticator = await loadAuthenticator({ isolate });
        const conversed = await converse(peer, authenticator, {
          peer: {
            config: Buffer.from('ui=1'),
            credentials: alice,
            onUi: async (context) => (await peer.invokeInteractiveUi(context)) ?? Buffer.alloc(0),
          },
          authenticator: { config: Buffer.from('password=tiger;ui=1') },
        });
        calls.push(...order(conversed.calls.filter(({ side }) => side === 'peer')));
        equal(conversed.outcome, 'success');
        deepEqual(calls, [
          'GetIdentity',
          'BeginSession',
          'ProcessRequestPacket',
          'GetUIContext',
          'InvokeInteractiveUI',
          'SetUIContext',
          'GetResponsePacket',
          ...request,
          'GetResult',
          'EndSession',
        ]);
      });
    });

    it('identity dialog: the method is asked again with what it gave', async () => {
      await using peer = await loadPeer({ isolate, trace: true });
      await using authenticator = await loadAuthenticator({ isolate });
      const conversed = await converse(peer, authenticator, {
        peer: {
          onIdentityUi: async () =>
            (await peer.invokeIdentityUi({ config: Buffer.from('typed=bob') }))?.credentials ??
            Buffer.alloc(0),
        },
        authenticator: { config: Buffer.from('password=password') },
      });
      equal(conversed.outcome, 'success');
      deepEqual(order(conversed.calls.filter(({ side }) => side === 'peer')).slice(0, 3), [
        'GetIdentity',
        'InvokeIdentityUI',
        'GetIdentity',
      ]);
    });

    it('name and password from the host: SetCredentials right after BeginSession', async () => {
      const { conversed, orders } = await run({ peer: { login: { identity: 'alice', password: 'tiger' } } });
      equal(conversed?.outcome, 'success');
      deepEqual(orders.peer.slice(2, 5), ['BeginSession', 'SetCredentials', 'ProcessRequestPacket']);
    });

    it('timeout: a silent authenticator is a reason unknown, a silent peer gets no verdict', async () => {
      await withCounters(async () => {
        let responses = 0;
        const { conversed, orders } = await run({
          retries: 2,
          lose: ({ direction }) => direction === 'response' && ++responses > 1,
        });
        equal(conversed?.outcome, 'timeout');
        equal(conversed.peer.result?.isSuccess, false);
        equal(conversed.authenticator.result, undefined);
        // The repeated requests are answered with the copy of the response.
        deepEqual(orders.peer, [
          ...load,
          'GetIdentity',
          'BeginSession',
          ...request,
          'GetResult',
          'EndSession',
          'Shutdown',
        ]);
        deepEqual(orders.authenticator, [...load, 'BeginSession', 'SendPacket', 'EndSession', 'Shutdown']);
        equal(conversed.transcript.filter(({ isRetransmission }) => isRetransmission).length, 4);
      });
    });

    it('packets that are lost are sent again from the copies of the hosts', async () => {
      const { conversed, orders } = await run({
        retries: 5,
        lose: ({ isRetransmission }) => !isRetransmission,
      });
      // EAP-Success is not repeated (RFC 3748, 4.2): the peer's method does not hear of it.
      equal(conversed?.authenticator.result?.isSuccess, true);
      equal(conversed.peer.result?.isSuccess, false);
      equal(conversed.outcome, 'failure');
      deepEqual(orders, success);
    });

    it('an abort at every step ends what was begun', async () => {
      const { conversed } = await run();
      const packets = conversed?.transcript.length ?? 0;
      ok(packets > 5);
      for (let at = 0; at < packets; at += 1) {
        await withCounters(async () => {
          const { signal, lose, reason } = abortAt(at);
          const { error, orders } = await run({ signal, lose });
          equal(error, reason);
          for (const side of ['peer', 'authenticator'] as const) {
            const calls = orders[side];
            const begun = calls.includes('BeginSession');
            deepEqual(calls.slice(begun ? -2 : -1), begun ? ['EndSession', 'Shutdown'] : ['Shutdown']);
            const before = calls.filter((call) => call !== 'EndSession' && call !== 'Shutdown');
            deepEqual(before, success[side].slice(0, before.length));
          }
        });
      }
    });

    it('an abort while the host answers ends what was begun, and the answer is not given', async () => {
      for (const [asker, routine, refused] of [
        ['attributes of the peer', 'GetResponseAttributes', 'SetResponseAttributes'],
        ['user interface', 'GetUIContext', 'SetUIContext'],
        ['attributes of the authenticator', 'GetAttributes', 'SetAttributes'],
      ] as const) {
        await withCounters(async () => {
          const abort = new AbortController();
          const reason = new Error(`aborted at ${asker}`);
          const answer =
            <T>(name: string, value: T) =>
            (): T => {
              if (name === asker) abort.abort(reason);
              return value;
            };
          const { error, orders } = await run({
            signal: abort.signal,
            peer: {
              config: Buffer.from('attributes=1;ui=1'),
              onAttributes: answer('attributes of the peer', []),
              onUi: answer('user interface', Buffer.from('answer=yes')),
            },
            authenticator: {
              config: Buffer.from('password=tiger;attributes=1;ui=1'),
              onAttributes: answer('attributes of the authenticator', []),
            },
          });
          equal(error, reason, asker);
          const side = asker.endsWith('authenticator') ? orders.authenticator : orders.peer;
          deepEqual(side.slice(side.indexOf(routine)), [routine, 'EndSession', 'Shutdown']);
          ok(!side.includes(refused));
          for (const calls of [orders.peer, orders.authenticator]) {
            deepEqual(calls.slice(-2), ['EndSession', 'Shutdown']);
          }
        });
      }
    });
  });
}

describe('conversations of the pair', () => {
  it('fragments what exceeds the packet size', async () => {
    await withCounters(async () => {
      const { conversed } = await converseTraced({
        maxSendPacketSize: 128,
        peer: { config: Buffer.from('fragment=1000') },
        authenticator: { config: Buffer.from('password=tiger;fragment=1000') },
      });
      equal(conversed?.outcome, 'success');
      ok(conversed.transcript.every(({ packet }) => packet.length <= 128));
      ok(conversed.transcript.length > 30);
    });
  });

  it('gives what is to be saved', async () => {
    const { conversed } = await converseTraced({ peer: { config: Buffer.from('save=1') } });
    const result = conversed?.peer.result;
    ok(Buffer.from(result?.saveConfig ?? []).includes('saved=1'));
    ok((result?.saveCredentials?.length ?? 0) > 0);
  });

  it('holds 32 at once on one DLL, each traced apart', async () => {
    await withCounters(async () => {
      await using peer = await loadPeer({ trace: true });
      await using authenticator = await loadAuthenticator({ trace: true });
      const held = await Promise.all(
        Array.from({ length: 32 }, () =>
          converse(peer, authenticator, { peer: { credentials: alice }, authenticator: { config: server } }),
        ),
      );
      for (const { outcome, keysAgree, calls } of held) {
        equal(outcome, 'success');
        equal(keysAgree, true);
        const own = calls.filter(({ session }) => session !== 0);
        deepEqual(order(own.filter(({ side }) => side === 'peer')), success.peer.slice(3, -1));
        deepEqual(
          order(own.filter(({ side }) => side === 'authenticator')),
          success.authenticator.slice(2, -1),
        );
      }
    });
  });

  it('masks secrets in the trace', async () => {
    await using peer = await loadPeer({ trace: true });
    await using authenticator = await loadAuthenticator({ trace: true });
    const { calls } = await converse(peer, authenticator, {
      peer: { credentials: alice, login: { identity: 'alice', password: 'tiger' } },
      authenticator: { config: server },
    });
    const begin = calls.find(({ call }) => call === 'EapPeerBeginSession');
    deepEqual(begin?.values['userData'], { octets: alice.length });
    const login = calls.find(({ call }) => call === 'EapPeerSetCredentials');
    deepEqual(login?.values['password'], { octets: 10 });
    const result = calls.findLast(({ call }) => call === 'EapPeerGetResult');
    ok(typeof result?.values['attributes[0].value'] === 'object');
    ok('octets' in result.values['attributes[0].value']);
  });

  it('does not grow in 1,000 conversations', async () => {
    await withCounters(async () => {
      await using peer = await loadPeer();
      await using authenticator = await loadAuthenticator();
      for (let held = 0; held < 1000; held += 1) {
        const { outcome } = await converse(peer, authenticator, {
          peer: { credentials: alice },
          authenticator: { config: server },
        });
        equal(outcome, 'success');
      }
      deepEqual([peer.stats().sessions, peer.stats().pending, authenticator.stats().sessions], [0, 0, 0]);
    });
  });
});
