// The method server's answers: each request, and each way in which a method can fail.

import assert from 'node:assert/strict';

import { Call, FrameWriter, type Frame } from '../../lib/shim-server/frames.js';
import type { PeerResultReason } from '../../lib/hosts/method.js';
import { serveMethods } from '../../lib/shim-server/serve.js';
import { RawClient, readFailure, replyOf } from './raw-client.js';
import { eventually, responsePacket, scriptedPeer, untyped, useServers } from './script-peer.js';

const authenticationFailed = 0x80420015;

describe('method server answers', () => {
  const serve = useServers();

  describe('calls', () => {
    it('answers GetIdentity', async () => {
      const scripted = scriptedPeer();
      const { endpoint } = await serve(scripted);
      await using client = await RawClient.open(endpoint);
      const reply = replyOf(
        await client.request(Call.getIdentity, (writer) =>
          writer
            .type({ type: 4 })
            .u32(0x40002)
            .bool(true)
            .bytes(Buffer.from('config'))
            .bytes(Buffer.from('old')),
        ),
      );
      assert.equal(reply.bool(), false);
      assert.equal(reply.bytes().toString(), 'user');
      assert.equal(reply.text(), 'bob');
      reply.end();
      const [request] = scripted.identities;
      assert.deepEqual([...request!.flags].sort(), ['nonInteractive', 'userAuth']);
      assert.equal(request!.signal.aborted, false);
    });

    it('answers GetIdentity that wants a user interface', async () => {
      const { endpoint } = await serve(scriptedPeer({}, { getIdentity: () => ({ invokeUi: true }) }));
      await using client = await RawClient.open(endpoint);
      const frame = await client.getIdentity();
      assert.deepEqual([...frame!.body], [1, 0, 0, 0, 0, 0, 0, 0, 0]);
    });

    it('gives BeginSession everything the host gave, and wipes it when the session has ended', async () => {
      const scripted = scriptedPeer();
      const { endpoint } = await serve(scripted);
      await using client = await RawClient.open(endpoint);
      replyOf(await client.begin()).end();
      const begin = scripted.begins[0]!;
      assert.deepEqual([...begin.flags].sort(), ['machineAuth', 'nonInteractive', 'userAuth']);
      assert.equal(Buffer.from(begin.config).toString(), 'config');
      assert.equal(Buffer.from(begin.credentials).toString(), 'secret');
      assert.equal(begin.maxSendPacketSize, 1400);
      assert.equal(begin.attributes.length, 1);
      assert.equal(Buffer.from(begin.attributes[0]!.value).toString(), 'bob');
      replyOf(await client.request(Call.endSession)).end();
      assert.deepEqual(scripted.calls, ['end']);
      assert.equal(begin.signal.aborted, true);
      assert.ok(begin.credentials.every((octet) => octet === 0));
    });

    it('wipes what GetIdentity was given when it has answered', async () => {
      const scripted = scriptedPeer();
      const { endpoint } = await serve(scripted);
      await using client = await RawClient.open(endpoint);
      await client.getIdentity(4, Buffer.from('password'));
      assert.equal(scripted.identities[0]!.credentials.length, 8);
      assert.ok(scripted.identities[0]!.credentials.every((octet) => octet === 0));
    });

    it('answers each action with its payload', async () => {
      const steps = [
        { action: 'discard' },
        { action: 'send', packet: responsePacket },
        { action: 'result', allowNotifications: false },
        { action: 'invokeUi', context: Buffer.from('ui') },
        { action: 'respond', attributes: [{ type: 8102, value: Buffer.from('tlv') }] },
        { action: 'none' },
      ] as const;
      const packets: string[] = [];
      let next = 0;
      const scripted = scriptedPeer({
        processRequest: async (packet) => {
          packets.push(Buffer.from(packet).toString('hex'));
          return steps[next++]!;
        },
      });
      const { endpoint } = await serve(scripted);
      await using client = await RawClient.open(endpoint);
      await client.begin();
      for (const [index, step] of steps.entries()) {
        const reply = replyOf(await client.process(Buffer.from([1, index, 0, 5, 4])));
        assert.equal(reply.u8(), index);
        assert.equal(reply.bool(), step.action !== 'result');
        if (step.action === 'send') assert.deepEqual(reply.bytes(), responsePacket);
        if (step.action === 'invokeUi') assert.equal(reply.bytes().toString(), 'ui');
        if (step.action === 'respond') assert.deepEqual(reply.attributes(), step.attributes);
        reply.end();
      }
      assert.deepEqual(packets[3], '0103000504');
    });

    it('passes credentials, UI context and attributes on', async () => {
      const seen: unknown[] = [];
      const { endpoint } = await serve(
        scriptedPeer({
          setCredentials: async (identity, password) => {
            seen.push([identity, password]);
          },
          setUiContext: (context) => {
            seen.push(Buffer.from(context).toString());
            return { action: 'send', packet: responsePacket };
          },
          setResponseAttributes: (attributes) => {
            seen.push(attributes.map(({ type, value }) => [type, Buffer.from(value).toString()]));
            return { action: 'none' };
          },
        }),
      );
      await using client = await RawClient.open(endpoint);
      await client.begin();
      replyOf(
        await client.request(Call.setCredentials, (writer) => writer.text('bob').text('pä\u{1F511}')),
      ).end();
      const step = replyOf(
        await client.request(Call.setUiContext, (writer) => writer.bytes(Buffer.from('ctx'))),
      );
      assert.equal(step.u8(), 1);
      const attributes = [{ type: -1, value: Buffer.from('v') }];
      const last = replyOf(
        await client.request(Call.setResponseAttributes, (writer) => writer.attributes(attributes)),
      );
      assert.equal(last.u8(), 5);
      assert.deepEqual(seen, [['bob', 'pä\u{1F511}'], 'ctx', [[-1, 'v']]]);
    });

    it('answers GetResult', async () => {
      const reasons: PeerResultReason[] = [];
      let failing = false;
      const { endpoint } = await serve(
        scriptedPeer({
          getResult: (reason) => {
            reasons.push(reason);
            if (failing)
              return { isSuccess: false, failureReasonCode: 0x80420112, rootCause: 'wrong password' };
            return {
              isSuccess: true,
              attributes: [{ type: 26, value: Buffer.from('key') }],
              saveConfig: Buffer.from('c'),
              saveCredentials: Buffer.alloc(0),
            };
          },
        }),
      );
      await using client = await RawClient.open(endpoint);
      await client.begin();
      const good = replyOf(await client.request(Call.getResult, (writer) => writer.u32(2)));
      assert.equal(good.bool(), true);
      assert.equal(good.u32(), 0);
      assert.equal(good.bool() && good.bytes().toString(), 'c');
      assert.equal(good.bool() && good.bytes().length, 0);
      assert.deepEqual(good.attributes(), [{ type: 26, value: Buffer.from('key') }]);
      assert.equal(good.bool(), false);
      good.end();

      failing = true;
      const bad = replyOf(await client.request(Call.getResult, (writer) => writer.u32(3)));
      assert.equal(bad.bool(), false);
      assert.equal(bad.u32(), 0x80420112);
      assert.equal(bad.bool(), false);
      assert.equal(bad.bool(), false);
      assert.deepEqual(bad.attributes(), []);
      assert.equal(bad.bool(), true);
      assert.equal(bad.u32(), 0x80420112);
      assert.deepEqual(bad.type(), { type: 4, vendorId: 0, vendorType: 0 });
      assert.equal(bad.u32(), 67_532);
      bad.raw(4 + 48);
      assert.equal(bad.bool() && bad.text(), 'wrong password');

      await client.request(Call.getResult, (writer) => writer.u32(1));
      assert.deepEqual(reasons, ['success', 'failure', 'unknown']);
    });

    it('serves one session after the other on a connection, and many connections at once', async () => {
      const scripted = scriptedPeer();
      const server = await serve(scripted);
      const clients = await Promise.all(Array.from({ length: 50 }, () => RawClient.open(server.endpoint)));
      assert.equal(server.connections, 50);
      await Promise.all(
        clients.map(async (client) => {
          for (let round = 0; round < 3; ++round) {
            replyOf(await client.begin());
            replyOf(await client.process());
            replyOf(await client.request(Call.endSession));
          }
        }),
      );
      assert.equal(scripted.calls.filter((name) => name === 'end').length, 150);
      for (const client of clients) client.destroy();
      await eventually(() => server.connections === 0, 'connections are forgotten');
    });

    it('tells methods apart by type, and vendors where the type is an expanded one', async () => {
      const md5 = scriptedPeer();
      const wcn = scriptedPeer({}, {}, 254);
      const definition = { ...wcn.definition, type: { type: 254, vendorId: 14_122, vendorType: 1 } };
      await assert.rejects(serveMethods({ methods: [md5.definition, md5.definition] }), TypeError);
      await assert.rejects(
        serveMethods({ methods: [{ ...md5.definition, type: { type: 300 } }] }),
        RangeError,
      );
      await using server = await serveMethods({ methods: [md5.definition, definition] });
      await using client = await RawClient.open(server.endpoint);
      const ask = (vendorId: number): Promise<Frame | undefined> =>
        client.request(Call.getIdentity, (writer) =>
          writer.type({ type: 254, vendorId, vendorType: 1 }).u32(0).bool(false).u32(0).u32(0),
        );
      replyOf(await ask(14_122));
      assert.equal(readFailure(await ask(1)).winError, 0x80420011);
      assert.equal(readFailure(await client.getIdentity(13)).winError, 0x80420011);
      replyOf(await client.getIdentity(4));
      assert.equal(wcn.identities.length, 1);
    });
  });

  describe('failures', () => {
    it('tells the code and text of an error made to be told', async () => {
      const error = Object.assign(new Error('no such user'), {
        winError: -2143157998,
        reasonCode: 691,
        rootCauseGuid: '9612fc67-6150-4209-a85e-a8d80000020e',
        repair: 'try again',
      });
      const { endpoint } = await serve(
        scriptedPeer({
          processRequest: async () => {
            throw error;
          },
        }),
      );
      await using client = await RawClient.open(endpoint);
      await client.begin();
      const failure = readFailure(await client.process());
      assert.equal(failure.winError, 0x80420112);
      assert.equal(failure.reasonCode, 691);
      assert.equal(failure.type, 4);
      assert.equal(failure.authorId, 67_532);
      assert.equal(failure.guids[0], '67fc129650610942a85ea8d80000020e');
      assert.equal(failure.rootCause, 'no such user');
      assert.equal(failure.repair, 'try again');
      // The session goes on.
      assert.equal(readFailure(await client.process()).winError, 0x80420112);
      replyOf(await client.request(Call.endSession));
    });

    it('tells of any other error only that it happened, and tells the listener all', async () => {
      const told: unknown[] = [];
      const scripted = scriptedPeer(
        {
          processRequest: () => {
            JSON.parse('the password is hunter2');
            return { action: 'none' };
          },
        },
        {
          beginSession: (begin) => {
            if (begin.credentials.length === 0) throw new Error('hunter2');
            return scriptedPeer().definition.peer!.beginSession(begin);
          },
        },
      );
      const { endpoint } = await serve(scripted, {
        onError: (error, method, call) => {
          told.push([String(error), method.name, call]);
          throw new Error('the listener is broken');
        },
      });
      await using client = await RawClient.open(endpoint);
      const failure = readFailure(
        await client.request(Call.beginSession, (writer) =>
          writer.type({ type: 4 }).u32(0).bool(false).u32(0).u32(0).u32(0).u32(0),
        ),
      );
      assert.equal(failure.winError, authenticationFailed);
      assert.doesNotMatch(failure.rootCause!, /hunter2/);
      assert.match(failure.rootCause!, /Scripted/);
      assert.deepEqual(told, [['Error: hunter2', 'Scripted', 'beginSession']]);
      // No session was begun, and the connection is as good as before.
      replyOf(await client.begin());
    });

    const wrongSteps: [string, unknown][] = [
      ['no action', {}],
      ['an action that does not exist', { action: 'dance' }],
      ['undefined', undefined],
      ['a packet that is none', { action: 'send', packet: 'hello' }],
      ['a packet that is too short', { action: 'send', packet: Buffer.from([2, 7, 0]) }],
      ['a packet whose length field is wrong', { action: 'send', packet: Buffer.from([2, 7, 0, 9, 4]) }],
      ['a packet that is too long', { action: 'send', packet: Buffer.alloc(65_536 + 4) }],
      ['no context', { action: 'invokeUi' }],
      ['a context larger than a frame', { action: 'invokeUi', context: Buffer.alloc(2 ** 21) }],
      ['attributes that are none', { action: 'respond', attributes: [{ type: 1 }] }],
    ];
    for (const [what, step] of wrongSteps) {
      it(`fails the call of a method that gives ${what}`, async () => {
        const { endpoint } = await serve(scriptedPeer({ processRequest: () => untyped(step) }));
        await using client = await RawClient.open(endpoint);
        await client.begin();
        const { winError } = readFailure(await client.process());
        assert.ok(winError === authenticationFailed || winError === 0x80420017, winError.toString(16));
        replyOf(await client.request(Call.endSession));
      });
    }

    it('fails GetIdentity of a method that gives no plain text', async () => {
      let identity: unknown = 'a\0b';
      const { endpoint } = await serve(
        scriptedPeer(
          {},
          { getIdentity: () => ({ identity: untyped(identity), credentials: Buffer.alloc(0) }) },
        ),
      );
      await using client = await RawClient.open(endpoint);
      assert.equal(readFailure(await client.getIdentity()).winError, authenticationFailed);
      identity = 7;
      assert.equal(readFailure(await client.getIdentity()).winError, authenticationFailed);
      identity = 'ann';
      replyOf(await client.getIdentity());
    });

    it('says so where the method has no such function, or no peer side', async () => {
      const { endpoint } = await serve(scriptedPeer());
      await using client = await RawClient.open(endpoint);
      await client.begin();
      const calls: [number, (writer: FrameWriter) => unknown][] = [
        [Call.setCredentials, (writer) => writer.text('a').text('b')],
        [Call.setUiContext, (writer) => writer.bytes(Buffer.alloc(1))],
        [Call.setResponseAttributes, (writer) => writer.attributes([])],
      ];
      for (const [call, write] of calls) {
        assert.equal(readFailure(await client.request(call, write)).winError, 0x80420020);
      }
      await using server = await serveMethods({
        methods: [
          {
            type: { type: 4 },
            name: 'Server only',
            properties: 0,
            authenticator: { beginSession: () => untyped({}) },
          },
        ],
      });
      await using other = await RawClient.open(server.endpoint);
      assert.equal(readFailure(await other.begin()).winError, 0x80420020);
    });

    it('answers calls that it does not know, and keeps the connection', async () => {
      const { endpoint } = await serve(scriptedPeer());
      await using client = await RawClient.open(endpoint);
      for (const call of [21, 31, 40, 255]) {
        const failure = readFailure(await client.request(call, (writer) => writer.u32(0xffffffff)));
        assert.equal(failure.winError, 50);
      }
      replyOf(await client.begin());
    });

    it('ends a session whose end fails all the same', async () => {
      const scripted = scriptedPeer({
        end: () => {
          throw Object.assign(new Error('late'), { winError: 5 });
        },
      });
      const { endpoint } = await serve(scripted);
      await using client = await RawClient.open(endpoint);
      await client.begin();
      assert.equal(readFailure(await client.request(Call.endSession)).winError, 5);
      assert.equal(scripted.begins[0]!.signal.aborted, true);
      replyOf(await client.begin());
    });

    it('fails a call whose error cannot be read, by hanging up', async () => {
      const trap = new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      );
      const { endpoint } = await serve(scriptedPeer({ processRequest: () => Promise.reject(trap) }));
      await using client = await RawClient.open(endpoint);
      await client.begin();
      assert.equal(await client.process(), undefined);
    });
  });
});
