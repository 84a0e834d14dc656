// How commands reach the `eaphost wired` that runs: by its owner alone, and on Windows only where the pipe is not another's.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mock } from 'node:test';

import { CommandError } from '../../lib/cli/command.js';
import { Output } from '../../lib/cli/output.js';
import { wired } from '../../lib/cli/wired.js';
import { isAnswered, listenForWords, sendWord, usualControl } from '../../lib/cli/wired-control.js';
import { listenAtPipe } from '../../lib/shim-server/listener.js';

const windows = process.platform === 'win32';

/** A server of this account that is none of `eaphost wired`. */
async function listen(
  path: string,
  accept: (socket: Socket) => void,
): Promise<{ close(): Promise<unknown> }> {
  if (windows) return listenAtPipe(accept, path, []);
  const server = createServer(accept).listen(path);
  await once(server, 'listening');
  return { close: () => new Promise((resolve) => server.close(resolve)) };
}

describe('the control of eaphost wired', () => {
  let folder: string;
  let control: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-control-'));
    control = windows ? `\\\\.\\pipe\\eaphost-test-${process.pid}` : join(folder, 'control');
  });
  after(() => {
    rmSync(folder, { recursive: true });
  });

  it('is reached where only its account can listen, a place for each port', () => {
    assert.notEqual(usualControl('eth0'), usualControl('eth1'));
    assert.ok(!usualControl('../eth0').includes('..' + (windows ? '\\' : '/')));
  });

  it('is reached by its owner alone, one at an address', async () => {
    await assert.rejects(sendWord(control, 'health'), { code: 'ENOENT' });
    if (!windows) {
      const dying = `require('net').createServer().listen(${JSON.stringify(control)}, () => process.kill(process.pid, 9))`;
      assert.equal(spawnSync(process.execPath, ['-e', dying]).signal, 'SIGKILL');
      assert.ok(statSync(control).isSocket());
    }
    assert.equal(await isAnswered(control), false);
    let count = 0;
    const server = await listenForWords(control, { health: () => ({ count: (count += 1) }) });
    if (!windows) assert.equal(statSync(control).mode & 0o077, 0);
    assert.deepEqual(await sendWord(control, 'health'), { count: 1 });
    assert.deepEqual(await sendWord(control, 'constructor'), { error: 'unknown' });
    await assert.rejects(
      listenForWords(control, {}),
      windows ? /is taken by process/u : /is another eaphost wired's/u,
    );
    for (const tooLong of ['x'.repeat(100_000), `${' '.repeat(26)}health\n`]) {
      const babbler = connect(control);
      babbler.on('error', () => undefined);
      const hungUp = new Promise((done) => {
        babbler.once('close', done);
      });
      babbler.write(tooLong);
      await hungUp;
    }
    assert.deepEqual(await sendWord(control, 'health'), { count: 2 });
    await server.close();
    assert.equal(await isAnswered(control), false);
  });

  if (windows) {
    it('says by whom its pipe is taken', async () => {
      const squatter = createServer().listen(control);
      await once(squatter, 'listening');
      await assert.rejects(listenForWords(control, {}), (error) => {
        assert.ok(error instanceof CommandError);
        assert.equal(error.code, 'EAPHOST_ADDRESS_TAKEN');
        assert.match(error.message, new RegExp(`is taken by process ${process.pid} of .*\\S`, 'u'));
        return true;
      });
      squatter.close();
      await once(squatter, 'close');
    });

    it('asks no server of another account, which is sent nothing', async () => {
      let octets = 0;
      const hungUp: Promise<unknown>[] = [];
      const squatter = createServer((socket) => {
        hungUp.push(once(socket, 'close'));
        socket.on('error', () => undefined);
        socket.on('data', (chunk) => (octets += chunk.length));
      }).listen(control);
      await once(squatter, 'listening');
      // Here all processes are one user's: what is asked for is another's.
      const localService = 'S-1-5-19';
      await assert.rejects(sendWord(control, 'health', [localService]), (error) => {
        assert.ok(error instanceof CommandError);
        assert.equal(error.code, 'ERROR_ACCESS_DENIED');
        assert.match(error.message, new RegExp(`is served by process ${process.pid} of `, 'u'));
        return true;
      });
      await Promise.all(hungUp);
      assert.equal(octets, 0);
      squatter.close();
      await once(squatter, 'close');
    });
  }

  it('removes nothing but a socket from where it is to listen', async () => {
    if (windows) return;
    const file = join(folder, 'precious');
    writeFileSync(file, 'precious');
    await assert.rejects(listenForWords(file, {}), /precious is no socket/u);
    assert.equal(readFileSync(file, 'utf8'), 'precious');
  });

  it('takes an answer of 65,536 characters, and no longer one', async () => {
    for (const length of [65_536, 65_537]) {
      const text = 'x'.repeat(length - '{"a":""}\n'.length);
      const server = await listen(control, (socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end(`${JSON.stringify({ a: text })}\n`),
      );
      const answer = sendWord(control, 'health');
      if (length === 65_536) assert.deepEqual(await answer, { a: text });
      else await assert.rejects(answer, /has no end/u);
      await server.close();
    }
  });

  it('waits ten seconds for a word, and for an answer', async () => {
    const waits: number[] = [];
    mock.method(Socket.prototype, 'setTimeout', function (this: Socket, wait: number, work: () => void) {
      waits.push(wait);
      setImmediate(work);
      return this;
    });
    try {
      let hungUp: Promise<unknown> | undefined;
      const silent = await listen(control, (socket) => {
        hungUp = once(socket.on('error', () => undefined).resume(), 'close');
      });
      await assert.rejects(sendWord(control, 'health'), /^Error: no answer$/u);
      await silent.close();
      // Windows lets nobody be the first at a pipe's name while an end of it is open.
      await hungUp;
      const server = await listenForWords(control, {});
      const caller = connect(control);
      await once(caller.resume(), 'close');
      await server.close();
    } finally {
      mock.restoreAll();
    }
    assert.deepEqual(waits, [10_000, 10_000]);
  });

  it('waits 30 seconds for the end of what it has stopped', async () => {
    let connections = 0;
    const server = await listen(control, (socket) => {
      connections += 1;
      socket.on('error', () => undefined).on('data', () => socket.end('{}\n'));
    });
    mock.method(performance, 'now', () => (connections < 3 ? 0 : connections < 5 ? 30_000 : 30_001));
    try {
      const output = new Output(false, { write: () => true }, { write: () => true }, {});
      const stop = wired(['stop', '--interface', 'eth0', '--control', control], output);
      await assert.rejects(stop, /^CommandError: eth0 is not given up in 30 s$/u);
    } finally {
      mock.restoreAll();
    }
    assert.ok(connections >= 5, 'it is asked until then');
    await server.close();
  });

  it('believes no endless answer, and none that is no object', async () => {
    for (const [answer, message] of [
      ['{"a":'.padEnd(100_000, '1'), /has no end/u],
      ['3\n', /is none/u],
      ['{', SyntaxError],
    ] as const) {
      const server = await listen(control, (socket) =>
        socket
          .on('error', () => undefined)
          .resume()
          .end(answer),
      );
      await assert.rejects(sendWord(control, 'health'), message);
      await server.close();
    }
  });
});
