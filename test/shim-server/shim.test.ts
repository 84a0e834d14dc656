// The shim's library, called as a host calls a method DLL from a thread that blocks, with the method in TypeScript on
// this one: the whole way there and back.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

import { begun } from '../../lib/base/child-process.js';
import { splitEndpoint } from './raw-client.js';
import { eventually, responsePacket, scriptedPeer } from './script-peer.js';
import { ways } from './transports.js';
import { ShimHost, type HostCall, type HostReply } from './shim-host.js';

const errorRefused = 1225;
const errorAborted = 1236;

const none = Buffer.alloc(0);
const begin: HostCall = {
  call: 'beginSession',
  flags: 0x40000,
  config: Buffer.from('config'),
  credentials: Buffer.from('user'),
  attributes: [{ type: 30, value: Buffer.from('00-11-22') }],
  maxSendPacketSize: 1400,
};
const request = Buffer.from([1, 7, 0, 5, 4]);

async function succeed(host: ShimHost, call: HostCall): Promise<HostReply> {
  const reply = await host.call(call);
  assert.equal(reply.code, 0, `${call.call}: ${JSON.stringify(reply.error)}`);
  assert.equal(reply.error, undefined);
  return reply;
}

async function beginOn(host: ShimHost): Promise<bigint> {
  return (await succeed(host, begin)).handle!;
}

for (const { name, serve } of ways) {
  describe(`shim ${name}`, function () {
    // Loading the library's host takes a while under Wine.
    this.timeout(180_000);

    it('carries a whole conversation', async () => {
      const step = Object.assign([] as string[], { context: '', attributes: [] as unknown[] });
      const scripted = scriptedPeer({
        processRequest: (packet) => {
          step.push(Buffer.from(packet).toString('hex'));
          if (step.length === 1) return { action: 'send', packet: responsePacket };
          if (step.length === 2) return { action: 'invokeUi', context: Buffer.from('ask') };
          return { action: 'respond', attributes: [{ type: 8102, value: Buffer.from('tlv') }] };
        },
        setCredentials: (identity, password) => {
          step.context = `${identity}:${password}`;
        },
        setUiContext: (context) => ({
          action: 'send',
          packet: Buffer.from([2, 8, 0, 4 + context.length, ...context]),
        }),
        setResponseAttributes: (attributes) => {
          step.attributes.push(...attributes.map(({ type, value }) => [type, Buffer.from(value).toString()]));
          return { action: 'result', allowNotifications: false };
        },
        getResult: (reason) => ({
          isSuccess: reason === 'success',
          failureReasonCode: 0x80420112,
          rootCause: 'the password is wrong',
          attributes: [{ type: 26, value: Buffer.alloc(56, 3) }],
          saveConfig: Buffer.from('new config'),
          saveCredentials: Buffer.from('new user'),
        }),
      });
      await using server = await serve({ methods: [scripted.definition] });
      await using host = new ShimHost();
      await host.open(server.endpoint, { type: 4 });

      const identity = await succeed(host, {
        call: 'getIdentity',
        flags: 2,
        config: none,
        credentials: none,
      });
      assert.equal(identity.identity, 'bob');
      assert.equal(identity.invokeUi, false);
      assert.equal(Buffer.from(identity.data!).toString(), 'user');

      const handle = await beginOn(host);
      assert.deepEqual(
        scripted.begins[0]!.attributes.map(({ type, value }) => [type, Buffer.from(value).toString()]),
        [[30, '00-11-22']],
      );
      await succeed(host, { call: 'setCredentials', handle, identity: 'bob', password: 'grün' });
      assert.equal(step.context, 'bob:grün');

      const sent = await succeed(host, { call: 'processRequestPacket', handle, packet: request });
      assert.equal(sent.action, 1);
      assert.equal(sent.allowNotifications, true);
      assert.equal((await host.call({ call: 'getResponsePacket', handle, capacity: 3 })).code, 122);
      const packet = await succeed(host, { call: 'getResponsePacket', handle, capacity: 1400 });
      assert.deepEqual(Buffer.from(packet.data!), responsePacket);

      assert.equal(
        (await succeed(host, { call: 'processRequestPacket', handle, packet: request })).action,
        3,
      );
      const context = await succeed(host, { call: 'getUiContext', handle });
      // The method's own octets are behind its type.
      assert.equal(Buffer.from(context.data!).subarray(13).toString(), 'ask');
      await succeed(host, { call: 'setUiContext', handle, context: Buffer.from('told') });
      const answer = await succeed(host, { call: 'getResponsePacket', handle, capacity: 1400 });
      assert.equal(Buffer.from(answer.data!).subarray(4).toString(), 'told');

      assert.equal(
        (await succeed(host, { call: 'processRequestPacket', handle, packet: request })).action,
        4,
      );
      const asked = await succeed(host, { call: 'getResponseAttributes', handle });
      assert.deepEqual(
        asked.attributes!.map(({ type, value }) => [type, Buffer.from(value).toString()]),
        [[8102, 'tlv']],
      );
      const attributes = [
        { type: 1, value: Buffer.from('one') },
        { type: -1, value: none },
      ];
      const last = await succeed(host, { call: 'setResponseAttributes', handle, attributes });
      assert.equal(last.action, 2);
      assert.equal(last.allowNotifications, false);
      assert.deepEqual(step.attributes, [
        [1, 'one'],
        [-1, ''],
      ]);

      const good = await succeed(host, { call: 'getResult', handle, reason: 2 });
      assert.equal(good.isSuccess, true);
      assert.equal(good.reasonCode, 0);
      assert.equal(Buffer.from(good.config!).toString(), 'new config');
      assert.equal(Buffer.from(good.data!).toString(), 'new user');
      assert.deepEqual(Buffer.from(good.attributes![0]!.value), Buffer.alloc(56, 3));
      assert.equal(good.resultError, undefined);
      assert.equal(good.tailUntouched, true);
      const bad = await succeed(host, { call: 'getResult', handle, reason: 3 });
      assert.equal(bad.isSuccess, false);
      assert.equal(bad.reasonCode, 0x80420112);
      assert.equal(bad.resultError?.winError, 0x80420112);
      assert.equal(bad.resultError.authorId, 67_532);
      assert.equal(bad.resultError.rootCause, 'the password is wrong');

      await succeed(host, { call: 'endSession', handle });
      assert.equal(scripted.calls.at(-1), 'end');
      assert.ok(scripted.begins[0]!.credentials.every((octet) => octet === 0));
      assert.deepEqual(step.slice(0, 1), ['0107000504']);
      await succeed(host, { call: 'shutdown' });
      await eventually(() => server.connections === 0, 'idle connections are closed');
    });

    it('brings a method error to the host as an EAP_ERROR', async () => {
      const scripted = scriptedPeer({
        processRequest: () => {
          throw Object.assign(new Error('no such user'), {
            winError: 0x80420112,
            reasonCode: 691,
            rootCauseGuid: '9612fc67-6150-4209-a85e-a8d80000020e',
            repairGuid: '9612fc67-6150-4209-a85e-a8d80000011b',
            repair: 'type it again',
          });
        },
      });
      await using server = await serve({ methods: [scripted.definition] });
      await using host = new ShimHost();
      await host.open(server.endpoint, { type: 4 });
      const handle = await beginOn(host);
      const { code, error } = await host.call({ call: 'processRequestPacket', handle, packet: request });
      assert.equal(code, 0x80420112);
      assert.deepEqual(error, {
        winError: 0x80420112,
        type: 4,
        authorId: 67_532,
        reasonCode: 691,
        rootCauseGuid: '9612fc67-6150-4209-a85e-a8d80000020e',
        repairGuid: '9612fc67-6150-4209-a85e-a8d80000011b',
        rootCause: 'no such user',
        repair: 'type it again',
      });
      await succeed(host, { call: 'endSession', handle });
    });

    it('finds the method by type, where one server has several', async () => {
      const one = scriptedPeer({}, { getIdentity: () => ({ identity: 'one', credentials: none }) }, 4);
      const two = scriptedPeer({}, { getIdentity: () => ({ identity: 'two', credentials: none }) }, 26);
      await using server = await serve({ methods: [one.definition, two.definition] });
      await using host = new ShimHost();
      const ask: HostCall = { call: 'getIdentity', flags: 0, config: none, credentials: none };
      await host.open(server.endpoint, { type: 4 });
      assert.equal((await succeed(host, ask)).identity, 'one');
      await host.open(server.endpoint, { type: 26 });
      assert.equal((await succeed(host, ask)).identity, 'two');
      await host.open(server.endpoint, { type: 13 });
      assert.equal((await host.call(ask)).code, 0x80420011);
    });

    it('fails at once when the server closes, in a call and between calls', async () => {
      const scripted = scriptedPeer({ processRequest: () => new Promise(() => {}) });
      const server = await serve({ methods: [scripted.definition] });
      await using host = new ShimHost();
      await host.open(server.endpoint, { type: 4 });
      const handle = await beginOn(host);
      const waiting = host.call({ call: 'processRequestPacket', handle, packet: request });
      await eventually(() => scripted.calls.length === 1, 'the method is asked');
      const start = performance.now();
      const closing = server.close();
      assert.equal((await waiting).code, errorAborted);
      assert.equal(
        (await host.call({ call: 'processRequestPacket', handle, packet: request })).code,
        errorAborted,
      );
      assert.equal((await host.call({ call: 'endSession', handle })).code, 0);
      assert.equal((await host.call(begin)).code, errorRefused);
      assert.ok(performance.now() - start < 2000);
      await closing;
    });

    it('fails at once when the worker that holds the method is terminated', async () => {
      const holder = new Worker(new URL('method-holder.js', import.meta.url), { workerData: name });
      const endpoint = await new Promise<string>((resolve) => {
        holder.once('message', resolve);
      });
      await using host = new ShimHost();
      await host.open(endpoint, { type: 4 });
      const handle = await beginOn(host);
      const asked = new Promise((resolve) => {
        holder.once('message', resolve);
      });
      const waiting = host.call({ call: 'processRequestPacket', handle, packet: request });
      await asked;
      const start = performance.now();
      await holder.terminate();
      assert.equal((await waiting).code, errorAborted);
      assert.equal((await host.call({ call: 'endSession', handle })).code, 0);
      assert.equal((await host.call(begin)).code, errorRefused);
      assert.ok(performance.now() - start < 2000);
      const { address } = splitEndpoint(endpoint);
      if (process.platform !== 'win32' && name === 'through the pipe') {
        // It could not clean up after itself; what it leaves is one empty folder for the whole process.
        assert.equal(existsSync(address), false);
        assert.equal(basename(dirname(address)), `eaphost-${process.pid}`);
      }
    });

    it('serves many hosts at once', async () => {
      let open = 0;
      let most = 0;
      const scripted = scriptedPeer(
        {
          processRequest: async () => {
            open += 1;
            most = Math.max(most, open);
            await eventually(() => most > 1, 'calls of different sessions overlap');
            open -= 1;
            return { action: 'send', packet: responsePacket };
          },
        },
        {},
      );
      await using server = await serve({ methods: [scripted.definition] });
      const hosts = await Promise.all(
        Array.from({ length: 4 }, async () => {
          const host = new ShimHost();
          await host.open(server.endpoint, { type: 4 });
          return host;
        }),
      );
      try {
        await Promise.all(
          hosts.map(async (host) => {
            const handles: bigint[] = [];
            for (let count = 0; count < 10; ++count) handles.push(await beginOn(host));
            for (const handle of handles)
              await succeed(host, { call: 'processRequestPacket', handle, packet: request });
            for (const handle of handles) await succeed(host, { call: 'endSession', handle });
          }),
        );
      } finally {
        await Promise.all(hosts.map((host) => host[Symbol.asyncDispose]()));
      }
      assert.equal(scripted.calls.filter((name) => name === 'end').length, 40);
    });
  });
}

describe('shim', function () {
  this.timeout(180_000);

  it('lets the process that serves exit, and finds it gone', async () => {
    const program = fileURLToPath(new URL('method-holder.js', import.meta.url));
    const child = begun(() => spawn(process.execPath, [program], { stdio: ['pipe', 'pipe', 'inherit'] }));
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', resolve);
    });
    const endpoint = String((await lines.next()).value);
    await using host = new ShimHost();
    await host.open(endpoint, { type: 4 });
    const handle = await beginOn(host);
    const waiting = host.call({ call: 'processRequestPacket', handle, packet: request });
    assert.equal((await lines.next()).value, 'asked');
    // Nothing but its standard input keeps it alive: not the server, not the session, not the call.
    child.stdin.end();
    assert.equal(await exited, 0);
    assert.equal((await waiting).code, errorAborted);
    assert.equal((await host.call({ call: 'endSession', handle })).code, 0);
    assert.equal((await host.call(begin)).code, errorRefused);
    const { address } = splitEndpoint(endpoint);
    if (process.platform !== 'win32') assert.equal(existsSync(dirname(address)), false);
  });
});
