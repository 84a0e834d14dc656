// The method server against a client that sends every request, well formed and malformed.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { Call, FrameKind, FrameReader, FrameWriter, writeHello } from '../../lib/shim-server/frames.js';
import { RawClient, replyOf, splitEndpoint } from './raw-client.js';
import { eventually, scriptedPeer, useServers } from './script-peer.js';

describe('method server', () => {
  const serve = useServers();

  describe('signals', () => {
    it('abort when the connection breaks, and the session is ended when its call has settled', async () => {
      let settle = (): void => {};
      const scripted = scriptedPeer({
        processRequest: () =>
          new Promise((resolve) => {
            settle = () => resolve({ action: 'none' });
          }),
      });
      const { endpoint } = await serve(scripted);
      const client = await RawClient.open(endpoint);
      await client.begin();
      void client.process();
      await eventually(() => scripted.calls.length === 1, 'the method is asked');
      const { signal } = scripted.begins[0]!;
      assert.equal(signal.aborted, false);
      client.destroy();
      await eventually(() => signal.aborted, 'the signal aborts');
      assert.deepEqual(scripted.calls, ['processRequest']);
      settle();
      await eventually(() => scripted.calls.includes('end'), 'the session is ended');
      assert.deepEqual(scripted.calls, ['processRequest', 'end']);
    });

    it('abort GetIdentity and BeginSession in progress; what begins too late is ended', async () => {
      let begun = (): void => {};
      const scripted = scriptedPeer();
      const waiting = scriptedPeer(
        {},
        {
          getIdentity: ({ signal }) =>
            new Promise((_, reject) => {
              signal.addEventListener('abort', () => reject(new Error('aborted')));
            }),
          beginSession: (begin) =>
            new Promise((resolve) => {
              begun = () => resolve(scripted.definition.peer!.beginSession(begin));
            }),
        },
      );
      const { endpoint } = await serve(waiting);
      const first = await RawClient.open(endpoint);
      void first.getIdentity();
      await eventually(() => waiting.identities.length === 1, 'the method is asked');
      first.destroy();
      await eventually(() => waiting.identities[0]!.signal.aborted, 'the signal aborts');

      const second = await RawClient.open(endpoint);
      void second.begin();
      await eventually(() => waiting.begins.length === 1, 'the method is asked');
      second.destroy();
      await eventually(() => waiting.begins[0]!.signal.aborted, 'the signal aborts');
      begun();
      await eventually(() => scripted.calls.includes('end'), 'the session is ended');
    });
  });

  describe('hostile clients', () => {
    const token = (endpoint: string): Buffer => splitEndpoint(endpoint).token;

    const hellos: [string, (token: Buffer) => Buffer][] = [
      ['the wrong token', () => writeHello(1, Buffer.alloc(32, 7))],
      [
        'a token whose last octet is wrong',
        (token) => {
          const wrong = Buffer.from(token);
          wrong.writeUInt8(wrong.readUInt8(31) ^ 1, 31);
          return writeHello(1, wrong);
        },
      ],
      ['version 0', (token) => writeHello(0, token)],
      ['a request first', () => new FrameWriter().raw(Buffer.alloc(40)).finish(1, FrameKind.request, 1)],
      ['a frame longer than a hello', () => new FrameWriter().raw(Buffer.alloc(41)).finish(0, 1, 0)],
      ['a hello and an octet', (token) => Buffer.concat([writeHello(1, token), Buffer.from([0])])],
      ['two hellos', (token) => Buffer.concat([writeHello(1, token), writeHello(1, token)])],
      ['noise', () => Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ];
    for (const [what, hello] of hellos) {
      it(`are hung up on for ${what}, with no answer`, async () => {
        const { endpoint } = await serve(scriptedPeer());
        await using client = await RawClient.connect(endpoint);
        client.send(hello(token(endpoint)));
        assert.equal(await client.next(), undefined);
      });
    }

    it('may speak a later version: the server names its own', async () => {
      const { endpoint } = await serve(scriptedPeer());
      await using client = await RawClient.connect(endpoint);
      client.send(writeHello(9, token(endpoint)));
      const reader = new FrameReader((await client.next())!.body);
      assert.equal(reader.u32(), 0x53504145);
      assert.equal(reader.u16(), 1);
    });

    const frame = (id: number, kind: number, call: number): Buffer =>
      new FrameWriter().bytes(Buffer.from([1, 7, 0, 5, 4])).finish(id, kind, call);
    const requests: [string, () => Buffer][] = [
      ['id 0', () => frame(0, FrameKind.request, 4)],
      ['call 0', () => frame(1, FrameKind.request, 0)],
      ['a second hello', () => frame(0, FrameKind.hello, 0)],
      ['a reply', () => frame(1, FrameKind.reply, 4)],
      ['kind 9', () => frame(1, 9, 4)],
      [
        'a zero field that is not zero',
        () => {
          const bad = frame(1, FrameKind.request, 4);
          bad.writeUInt8(1, 11);
          return bad;
        },
      ],
      ['a length of 11', () => Buffer.from([11, 0, 0, 0])],
      ['a length over 1 MiB', () => Buffer.from([1, 0, 16, 0])],
      ['a body too short', () => new FrameWriter().u32(9).finish(1, FrameKind.request, 4)],
      ['a body too long', () => new FrameWriter().u32(0).u8(0).finish(1, FrameKind.request, 4)],
      ['a second session', () => beginFrame()],
      ['reason 0', () => new FrameWriter().u32(0).finish(1, FrameKind.request, Call.getResult)],
      ['reason 4', () => new FrameWriter().u32(4).finish(1, FrameKind.request, Call.getResult)],
      ['an end with a body', () => frame(1, FrameKind.request, Call.endSession)],
      ['two requests', () => Buffer.concat([frame(1, 2, 4), frame(2, 2, 4)])],
    ];
    const beginFrame = (): Buffer =>
      new FrameWriter().type({ type: 4 }).u32(0).bool(false).u32(0).u32(0).u32(0).u32(0).finish(1, 2, 2);
    for (const [what, request] of requests) {
      it(`are hung up on for ${what}; their session ends, and others go on`, async () => {
        const scripted = scriptedPeer();
        const { endpoint } = await serve(scripted);
        await using other = await RawClient.open(endpoint);
        await other.begin();
        await using client = await RawClient.open(endpoint);
        await client.begin();
        client.send(request());
        assert.equal(await client.next(), undefined);
        await eventually(() => scripted.calls.includes('end'), 'the session is ended');
        assert.equal(scripted.begins[1]!.signal.aborted, true);
        replyOf(await other.process());
        assert.equal(scripted.begins[0]!.signal.aborted, false);
      });
    }

    it('are hung up on for calls that need a session, where there is none', async () => {
      const { endpoint } = await serve(scriptedPeer());
      for (const call of [3, 4, 5, 6, 7, 8]) {
        await using client = await RawClient.open(endpoint);
        assert.equal(await client.request(call), undefined);
      }
    });

    it('are hung up on for a request while another is being answered', async () => {
      let settle = (): void => {};
      const scripted = scriptedPeer({
        processRequest: () =>
          new Promise((resolve) => {
            settle = () => resolve({ action: 'none' });
          }),
      });
      const { endpoint } = await serve(scripted);
      await using client = await RawClient.open(endpoint);
      await client.begin();
      void client.process();
      await eventually(() => scripted.calls.length === 1, 'the method is asked');
      client.send(frame(3, 2, 4));
      await client.closed;
      settle();
      await eventually(() => scripted.calls.includes('end'), 'the session is ended');
      assert.equal(scripted.calls.filter((name) => name === 'processRequest').length, 1);
    });

    it('find no answer when they say nothing in time', async () => {
      const server = await serve(scriptedPeer(), { helloTimeout: 1500 });
      await using silent = await RawClient.connect(server.endpoint);
      await using slow = await RawClient.connect(server.endpoint);
      slow.send(writeHello(1, token(server.endpoint)).subarray(0, 30));
      await using good = await RawClient.open(server.endpoint);
      await Promise.all([silent.closed, slow.closed]);
      await eventually(() => server.connections === 1, 'the silent are forgotten');
      replyOf(await good.begin());
    });

    it('that connect and say nothing are bounded in number, and keep nobody out', async () => {
      const server = await serve(scriptedPeer(), { maxHalfOpen: 20 });
      await using early = await RawClient.open(server.endpoint);
      const flood = await Promise.all(Array.from({ length: 200 }, () => RawClient.connect(server.endpoint)));
      await eventually(() => server.connections <= 21, 'the oldest are hung up on');
      await using late = await RawClient.open(server.endpoint);
      replyOf(await late.begin());
      replyOf(await early.begin());
      for (const client of flood) client.destroy();
      await eventually(() => server.connections === 2, 'the flood is forgotten');
    });
  });

  describe('life', () => {
    it('closes: sessions end, connections break, the socket goes', async () => {
      const scripted = scriptedPeer();
      const server = await serve(scripted);
      const { address } = splitEndpoint(server.endpoint);
      if (process.platform !== 'win32') {
        assert.equal(statSync(dirname(address)).mode & 0o777, 0o700);
      }
      const client = await RawClient.open(server.endpoint);
      await client.begin();
      const idle = await RawClient.open(server.endpoint);
      await Promise.all([server.close(), server.close()]);
      assert.deepEqual(scripted.calls, ['end']);
      assert.equal(scripted.begins[0]!.signal.aborted, true);
      await Promise.all([client.closed, idle.closed]);
      assert.equal(server.connections, 0);
      if (process.platform !== 'win32') {
        assert.equal(existsSync(address), false);
        // The folder is the process'; it goes with its last socket.
        const folder = dirname(address);
        assert.ok(!existsSync(folder) || readdirSync(folder).length > 0, 'an empty folder stays behind');
      }
      await assert.rejects(RawClient.connect(server.endpoint));
    });

    it('closes within its grace although a method never settles', async () => {
      const server = await serve(scriptedPeer({ processRequest: () => new Promise(() => {}) }));
      const client = await RawClient.open(server.endpoint);
      await client.begin();
      void client.process();
      await new Promise((resolve) => {
        setTimeout(resolve, 20);
      });
      const start = performance.now();
      await server.close();
      assert.ok(performance.now() - start < 10_000);
    });

    it('does not share a folder that others may enter', async () => {
      if (process.platform === 'win32') return;
      const base = mkdtempSync(join(tmpdir(), 'eaphost-test-'));
      const { TMPDIR } = process.env;
      process.env['TMPDIR'] = base;
      try {
        const taken = join(base, `eaphost-${process.pid}`);
        mkdirSync(taken, { mode: 0o755 });
        const server = await serve(scriptedPeer());
        const folder = dirname(splitEndpoint(server.endpoint).address);
        assert.notEqual(folder, taken);
        assert.equal(statSync(folder).mode & 0o777, 0o700);
        await server.close();
        assert.deepEqual(readdirSync(base), [basename(taken)]);
      } finally {
        if (TMPDIR === undefined) delete process.env['TMPDIR'];
        else process.env['TMPDIR'] = TMPDIR;
        rmSync(base, { recursive: true });
      }
    });

    it('gives each server an address and a token of its own', async () => {
      const [one, other] = [await serve(scriptedPeer()), await serve(scriptedPeer())];
      const [first, second] = [splitEndpoint(one.endpoint), splitEndpoint(other.endpoint)];
      assert.notEqual(first.address, second.address);
      assert.notDeepEqual(first.token, second.token);
      assert.equal(first.token.length, 32);
      assert.ok(first.address.length < 104);
    });
  });
});
