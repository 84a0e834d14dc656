// A socket at a named address: what a process that is gone has left is replaced, what lives or is no socket stays. And the
// limits of the server's frames and of those that have not greeted.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { md5 } from '../../lib/methods/index.js';
import { serveMethods } from '../../lib/registration/index.js';
import { plainText } from '../../lib/hosts/failure.js';
import { FrameAssembler, maxFrameSize } from '../../lib/shim-server/frames.js';
import { hasCode } from '../supplicant/support.js';

// Windows' pipes leave nothing behind.
const describePosix = process.platform === 'win32' ? (): void => undefined : describe;

describePosix('A named address of a method server', () => {
  let folder: string;
  let address: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-address-'));
    address = join(folder, 'socket');
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  const serve = () => serveMethods({ methods: [md5], at: { address, token: Buffer.alloc(32, 1) } });

  it('is taken over from a process that is gone', async () => {
    const program = `
      require('node:net').createServer().listen(${JSON.stringify(address)}, () => process.kill(process.pid, 'SIGKILL'));`;
    assert.equal(spawnSync(process.execPath, ['-e', program]).signal, 'SIGKILL');
    assert.ok(lstatSync(address).isSocket());
    await using server = await serve();
    assert.equal(server.connections, 0);
  });

  it('is not taken over from one that listens', async () => {
    const other = createServer().listen(address);
    await once(other, 'listening');
    await assert.rejects(serve(), (error) => hasCode(error, 'EAPHOST_ADDRESS_TAKEN'));
    assert.ok(lstatSync(address).isSocket());
    other.close();
  });

  it('is not taken over from another file', async () => {
    writeFileSync(address, 'kept');
    await assert.rejects(serve(), (error) => hasCode(error, 'EAPHOST_ADDRESS_TAKEN'));
    assert.ok(lstatSync(address).isFile());
  });
});

describe('The bounds of frames', () => {
  it('a frame of 1 MiB is taken, and no longer one', () => {
    const headed = (length: number): Buffer => {
      const head = Buffer.alloc(4);
      head.writeUInt32LE(length);
      return head;
    };
    const assembler = new FrameAssembler();
    assert.equal(assembler.push(headed(1 << 20), maxFrameSize), undefined);
    assert.equal(assembler.push(Buffer.alloc((1 << 20) - 4), maxFrameSize)?.length, 1 << 20);
    assert.throws(() => new FrameAssembler().push(headed((1 << 20) + 1), maxFrameSize), /out of bounds/u);
  });

  it('a text of an error has 1,024 characters', () => {
    assert.equal(plainText('x'.repeat(1024)), 'x'.repeat(1024));
    assert.equal(plainText('x'.repeat(1025)), 'x'.repeat(1024));
  });
});
