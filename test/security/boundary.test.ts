// The boundary between the shim and the process that holds the method, each side attacked by a process of its own.

import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { begun } from '../../lib/base/child-process.js';
import { Call, FrameKind, FrameWriter } from '../../lib/shim-server/frames.js';
import { serveMethods } from '../../lib/shim-server/serve.js';
import { hasCode } from '../supplicant/support.js';
import { RawClient, replyOf, splitEndpoint } from '../shim-server/raw-client.js';
import { scriptedPeer, useServers } from '../shim-server/script-peer.js';

const isWindows = process.platform === 'win32';
const isRoot = process.getuid?.() === 0;

describe('the boundary of a method server', () => {
  const serve = useServers();
  const children: ChildProcess[] = [];
  const folders: string[] = [];

  const attack = async (...args: readonly string[]): Promise<{ child: ChildProcess; first: unknown }> => {
    const path = fileURLToPath(new URL('attacker.js', import.meta.url));
    const child = begun(() => fork(path, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }));
    children.push(child);
    const exited = once(child, 'exit').then(([code]) =>
      assert.fail(`the attacker ended with ${String(code)}`),
    );
    const [first]: unknown[] = await Promise.race([once(child, 'message'), exited]);
    exited.catch(() => undefined);
    return { child, first };
  };

  /** An address for one server, in a folder of its own. */
  const address = (): string => {
    const name = randomBytes(8).toString('hex');
    if (isWindows) return `\\\\.\\pipe\\eaphost-test-${name}`;
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-boundary-'));
    folders.push(folder);
    return join(folder, name);
  };

  afterEach(async () => {
    for (const child of children.splice(0)) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    }
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
  });

  it('is where it is told to be, with the token it is told', async () => {
    const at = { address: address(), token: randomBytes(32) };
    const server = await serve(scriptedPeer(), { at });
    assert.equal(server.endpoint, `${at.address}#${at.token.toString('hex')}`);
    await using client = await RawClient.open(server.endpoint);
    replyOf(await client.begin()).end();
  });

  it('refuses to start beside a squatter', async () => {
    const at = { address: address(), token: randomBytes(32) };
    await attack('squat', at.address);
    await assert.rejects(serveMethods({ methods: [scriptedPeer().definition], at }), (error) =>
      hasCode(error, 'EAPHOST_ADDRESS_TAKEN'),
    );
  });

  it('refuses to start beside itself, and starts again after itself', async () => {
    const at = { address: address(), token: randomBytes(32) };
    const first = await serve(scriptedPeer(), { at });
    await assert.rejects(serveMethods({ methods: [scriptedPeer().definition], at }), (error) =>
      hasCode(error, 'EAPHOST_ADDRESS_TAKEN'),
    );
    await first.close();
    const second = await serve(scriptedPeer(), { at });
    await using client = await RawClient.open(second.endpoint);
    replyOf(await client.begin()).end();
  });

  it('refuses a token of another length', async () => {
    const at = { address: address(), token: randomBytes(31) };
    await assert.rejects(serveMethods({ methods: [scriptedPeer().definition], at }), RangeError);
  });

  it('answers honest hosts while it is flooded', async () => {
    const scripted = scriptedPeer();
    const server = await serve(scripted, { maxHalfOpen: 16, helloTimeout: 1000 });
    await attack('flood', splitEndpoint(server.endpoint).address, '40');
    for (let round = 0; round < 10; ++round) {
      // A flood may push an honest caller out before it has said hello; the shim's host would try again.
      let frame;
      for (let attempt = 0; frame === undefined && attempt < 100; ++attempt) {
        await using client = await RawClient.open(server.endpoint).catch(() => undefined);
        frame = await client?.begin();
      }
      replyOf(frame).end();
    }
    assert.equal(scripted.begins.length, 10);
  });

  it('hangs up on a caller that says half a hello, and answers others meanwhile', async () => {
    const server = await serve(scriptedPeer(), { helloTimeout: 2000 });
    const { child } = await attack('stall', splitEndpoint(server.endpoint).address);
    const closed = once(child, 'message');
    await using client = await RawClient.open(server.endpoint);
    replyOf(await client.begin()).end();
    const [message]: unknown[] = await closed;
    assert.equal(message, 'closed');
  });

  it('hangs up on a caller that does not know the token, without a word', async () => {
    const server = await serve(scriptedPeer());
    const { address: path } = splitEndpoint(server.endpoint);
    const wrong = `${path}#${'00'.repeat(32)}`;
    await assert.rejects(RawClient.open(wrong), /no hello/u);
  });

  it('hangs up on a frame that is replayed, and ends the session', async () => {
    const scripted = scriptedPeer();
    const server = await serve(scripted);
    await using client = await RawClient.open(server.endpoint);
    replyOf(await client.begin()).end();
    const frame = new FrameWriter()
      .bytes(Buffer.from([1, 7, 0, 5, 4]))
      .finish(2, FrameKind.request, Call.processRequestPacket);
    client.send(Buffer.from(frame));
    replyOf(await client.next());
    client.send(Buffer.from(frame));
    assert.equal(await client.next(), undefined);
    await client.closed;
    assert.equal(scripted.calls.filter((call) => call === 'processRequest').length, 1);
  });

  if (!isWindows) {
    it('refuses a folder that others may enter', async () => {
      const at = { address: address(), token: randomBytes(32) };
      chmodSync(dirname(at.address), 0o755);
      await assert.rejects(serveMethods({ methods: [scriptedPeer().definition], at }), (error) =>
        hasCode(error, 'EAPHOST_UNSAFE_FOLDER'),
      );
    });

    it('takes the place of a socket whose process was killed, and of nothing else', async () => {
      const at = { address: address(), token: randomBytes(32) };
      const { child } = await attack('squat', at.address);
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
      assert.ok(existsSync(at.address));
      const server = await serve(scriptedPeer(), { at });
      await server.close();
      writeFileSync(at.address, 'a file of the user');
      await assert.rejects(serveMethods({ methods: [scriptedPeer().definition], at }), (error) =>
        hasCode(error, 'EAPHOST_ADDRESS_TAKEN'),
      );
      assert.ok(existsSync(at.address));
    });
  }

  if (isRoot) {
    it('says nothing to another user, even where the folder lets him in and he knows the token', async () => {
      const at = { address: address(), token: randomBytes(32) };
      const { endpoint } = await serve(scriptedPeer(), { at });
      const { address: path, token } = splitEndpoint(endpoint);
      chmodSync(dirname(path), 0o755);
      chmodSync(path, 0o777);
      const { first } = await attack('connect', path, token.toString('hex'));
      assert.deepEqual(first, { octets: 0 });
    });
  }
});
