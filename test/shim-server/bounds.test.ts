// The bounds of method servers: callers without a hello, time for a hello and a frame, the size of a frame, connections
// that wait, tries for a socket, and the length of its path.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { mock } from 'node:test';
import { setImmediate } from 'node:timers/promises';

import { md5 } from '../../lib/methods/index.js';
import { serveMethods } from '../../lib/registration/index.js';
import { makeAddress, removeAddress } from '../../lib/shim-server/address.js';
import { ShimConnection } from '../../lib/shim-server/connection.js';
import { writeHello } from '../../lib/shim-server/frames.js';
import type { ShimStream } from '../../lib/shim-server/stream.js';
import { hasCode } from '../supplicant/support.js';
import { RawClient, splitEndpoint } from './raw-client.js';
import { eventually } from './script-peer.js';

const methods = [md5];

/** A connection whose caller has said its hello. */
function greeted() {
  const token = Buffer.alloc(32, 7);
  let say: (chunk: Buffer) => void = () => assert.fail('it does not listen');
  let hangUps = 0;
  const nothing = (): void => undefined;
  const stream: ShimStream = {
    destroyed: false,
    tell: (listener) => (say = (chunk) => listener.received(chunk)),
    send: nothing,
    destroy: () => (hangUps += 1),
  };
  const events = { onError: undefined, onHello: nothing, onClosed: nothing };
  const connection = new ShimConnection(stream, {
    token,
    methods: new Map(),
    helloTimeout: 5000,
    ...events,
  });
  assert.ok(connection.ended);
  say(writeHello(1, token));
  return { say, hasHungUp: () => hangUps > 0 };
}

describe('The bounds of a method server', () => {
  it('1,024 connections may be without a hello; over that the oldest is closed', async () => {
    // They are closed by number alone.
    await using server = await serveMethods({ methods, helloTimeout: 0x7fff_ffff });
    const clients: RawClient[] = [];
    const open = async (count: number): Promise<void> => {
      for (; count > 0; count -= 1) clients.push(await RawClient.connect(server.endpoint));
      await eventually(() => server.connections >= 1024, 'they are there');
    };
    const greet = async (index: number): Promise<void> => {
      clients[index]!.send(writeHello(1, splitEndpoint(server.endpoint).token));
      assert.ok(await clients[index]!.next(), `connection ${index} was closed`);
    };
    try {
      await open(1024);
      await greet(0);
      await open(2);
      await clients[1]!.closed;
      await greet(2);
    } finally {
      for (const client of clients) client.destroy();
    }
  }).timeout(30_000);

  it('a caller has five seconds for its hello', async () => {
    const waits = mock.method(globalThis, 'setTimeout');
    try {
      await using server = await serveMethods({ methods });
      await using client = await RawClient.connect(server.endpoint);
      await eventually(() => server.connections === 1, 'it is there');
      assert.ok(waits.mock.calls.some(({ arguments: [, milliseconds] }) => milliseconds === 5000));
      client.destroy();
    } finally {
      mock.restoreAll();
    }
  });

  it('a frame has 30 seconds from its first octet', async () => {
    mock.timers.enable({ apis: ['setTimeout'] });
    try {
      const caller = greeted();
      const hangsUpAfter = async (milliseconds: number): Promise<boolean> => {
        mock.timers.tick(milliseconds);
        await setImmediate();
        return caller.hasHungUp();
      };
      assert.equal(await hangsUpAfter(100_000), false, 'between two frames there is no hurry');
      caller.say(Buffer.of(16));
      assert.equal(await hangsUpAfter(29_999), false);
      // More of it is no reason to wait longer.
      caller.say(Buffer.of(0));
      assert.equal(await hangsUpAfter(1), true);
    } finally {
      mock.timers.reset();
    }
  });

  it('a frame has a mebioctet', () => {
    for (const [length, isTooLong] of [
      [1 << 20, false],
      [(1 << 20) + 1, true],
    ] as const) {
      const caller = greeted();
      const announced = Buffer.alloc(4);
      announced.writeUInt32LE(length);
      caller.say(announced);
      assert.equal(caller.hasHungUp(), isTooLong);
    }
  });

  // Windows has pipes in their place.
  if (process.platform === 'win32') return;

  describe('at a socket', () => {
    const listen = Reflect.get(Server.prototype, 'listen') as (this: Server, ...args: unknown[]) => Server;
    let asked: { backlog: number }[];
    let failures: number;
    beforeEach(() => {
      asked = [];
      failures = 0;
      Server.prototype.listen = function (this: Server, ...args: unknown[]) {
        asked.push(args[0] as { backlog: number });
        if (asked.length > failures) return listen.apply(this, args);
        process.nextTick(() => this.emit('error', Object.assign(new Error('not here'), { code: 'ENOENT' })));
        return this;
      };
    });
    afterEach(() => {
      Server.prototype.listen = listen;
    });

    it('4,096 connections may wait, as far as the system lets them', async () => {
      await using server = await serveMethods({ methods });
      assert.equal(server.connections, 0);
      assert.deepEqual(
        asked.map(({ backlog }) => backlog),
        [4096],
      );
    });

    it('three folders are tried', async () => {
      failures = 2;
      await using server = await serveMethods({ methods });
      assert.deepEqual([server.connections, asked.length], [0, 3]);
      asked = [];
      failures = 3;
      await assert.rejects(serveMethods({ methods }), (error) => hasCode(error, 'EAPHOST_TEMPORARY_FOLDER'));
      assert.equal(asked.length, 3);
    });
  });

  it('a path has 103 octets with the longest name; where the folder makes it longer, it is in /tmp', () => {
    const before = process.env['TMPDIR'];
    const parent = mkdtempSync('/tmp/eaphost-bounds-');
    const rest = `/eaphost-${process.pid}-XXXXXX/${'x'.repeat(16)}`;
    try {
      for (const [length, isThere] of [
        [103, true],
        [104, false],
      ] as const) {
        const folder = join(parent, 'x'.repeat(length - rest.length - parent.length - 1));
        mkdirSync(folder);
        process.env['TMPDIR'] = folder;
        const address = makeAddress();
        removeAddress(address);
        assert.equal(dirname(dirname(address)), isThere ? folder : '/tmp');
      }
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
      rmSync(parent, { recursive: true });
    }
  });
});
