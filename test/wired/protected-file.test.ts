// Files of secrets: whose they must be, and what is left of them where the system fails at any step.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import * as fileSystem from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { readProtectedFile, writeProtectedFile } from '../../lib/wired/index.js';
import { readOwnFile, writeOwnFile, type FileSystem } from '../../lib/wired/own-file.js';

const secret = Buffer.from('correct horse');
const fault = new Error('the disk is gone');

/** A file system whose `failing`th step fails, and the files that it left open. */
class FailingFiles {
  steps = 0;
  open = 0;
  readonly #failing: number;

  constructor(failing: number) {
    this.#failing = failing;
  }

  get fileSystem(): FileSystem {
    const { open, rename, unlink } = fileSystem;
    return {
      open: async (...args: Parameters<typeof open>) => {
        this.#step();
        const file = await open(...args);
        this.open += 1;
        return this.#failingFile(file);
      },
      rename: async (...args: Parameters<typeof rename>) => {
        this.#step();
        await rename(...args);
      },
      unlink,
    };
  }

  #step(): void {
    this.steps += 1;
    if (this.steps === this.#failing) throw fault;
  }

  #failingFile(file: fileSystem.FileHandle): fileSystem.FileHandle {
    return new Proxy(file, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return async (...args: unknown[]) => {
          // A file whose closing fails is closed all the same.
          if (name === 'close') {
            await target.close();
            this.open -= 1;
          }
          this.#step();
          return name === 'close' ? undefined : Reflect.apply(value, target, args);
        };
      },
    });
  }
}

describe('A protected file', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-protected-'));
    path = join(folder, 'kept');
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('gives back what was written, all of it, and is none where there is none', async () => {
    assert.equal(await readProtectedFile(path), undefined);
    for (const content of [secret, Buffer.alloc(0), Buffer.alloc(2 ** 19, 7), secret]) {
      await writeProtectedFile(path, content);
      assert.deepEqual(await readProtectedFile(path), content);
    }
    assert.deepEqual(readdirSync(folder), ['kept']);
    await assert.rejects(writeProtectedFile(path, Buffer.alloc(2 ** 19 + 1)), RangeError);
    await assert.rejects(writeProtectedFile('', secret), RangeError);
    await assert.rejects(writeProtectedFile(path, 'horse' as never), TypeError);
    await assert.rejects(writeProtectedFile(path, secret, { forMachine: 1 } as never), TypeError);
    await assert.rejects(writeProtectedFile(join(folder, 'none', 'kept'), secret));
    assert.deepEqual(await readProtectedFile(path), secret);
  });

  if (process.platform === 'win32') {
    it('is no text, and not of another form', async () => {
      await writeProtectedFile(path, secret, { forMachine: true });
      const raw = readFileSync(path);
      assert.ok(!raw.includes('horse'));
      writeFileSync(path, secret);
      await assert.rejects(readProtectedFile(path), { code: 'EAPHOST_PROTECTION' });
      writeFileSync(path, raw.subarray(0, raw.length - 1));
      await assert.rejects(readProtectedFile(path), { code: 'EAPHOST_PROTECTION' });
    });
    return;
  }

  it('is for its user alone, whatever the mask says', async () => {
    const mask = process.umask(0);
    try {
      await writeProtectedFile(path, secret);
    } finally {
      process.umask(mask);
    }
    assert.equal(statSync(path).mode & 0o777, 0o600);
    // One that others could read is replaced, not written into.
    chmodSync(path, 0o666);
    await writeProtectedFile(path, secret);
    assert.equal(statSync(path).mode & 0o777, 0o600);
  });

  const refused = (message: RegExp): Promise<void> =>
    assert.rejects(readProtectedFile(path), (error: Error) => {
      assert.match(error.message, message);
      assert.equal(Reflect.get(error, 'code'), 'EAPHOST_UNSAFE_FILE');
      assert.ok(!error.message.includes('horse'));
      return true;
    });

  it('is refused where it is not its user’s alone, and no file of one name', async () => {
    writeFileSync(path, secret);
    for (const mode of [0o640, 0o604, 0o620, 0o602, 0o610, 0o601]) {
      chmodSync(path, mode);
      await refused(/other users may use it; chmod 600/u);
    }
    chmodSync(path, 0o600);
    assert.deepEqual(await readProtectedFile(path), secret);

    linkSync(path, join(folder, 'other'));
    await refused(/it has other names/u);
    rmSync(path);
    symlinkSync(join(folder, 'other'), path);
    await assert.rejects(readProtectedFile(path), { code: 'ELOOP' });
    rmSync(path);
    mkdirSync(path);
    await refused(/it is no file/u);
    rmSync(path, { recursive: true });
    // Nobody writes into it: it must not be waited for.
    execFileSync('mkfifo', ['-m', '600', path]);
    await refused(/it is no file/u);
    rmSync(path);
    writeFileSync(path, Buffer.alloc(2 ** 19 + 1), { mode: 0o600 });
    await refused(/more than 524288 octets/u);
  });

  it('is refused where it is another user’s', async () => {
    if (process.getuid?.() === 0) {
      await writeProtectedFile(path, secret);
      chownSync(path, 65_534, 65_534);
      await refused(/it is another user’s/u);
      return;
    }
    // One of the system's, which every user may read.
    path = '/etc/passwd';
    await refused(/it is another user’s/u);
  });

  it('is replaced by all of the new one or by nothing, whatever fails', async () => {
    const next = Buffer.from('battery staple');
    let failing = 1;
    for (; ; failing += 1) {
      await writeProtectedFile(path, secret);
      const files = new FailingFiles(failing);
      const { fileSystem } = files;
      const writing = writeOwnFile(path, next, { fileSystem });
      if (
        await writing.then(
          () => true,
          () => false,
        )
      )
        break;
      await assert.rejects(writing, fault);
      assert.equal(files.open, 0);
      assert.deepEqual(readdirSync(folder), ['kept']);
      const content = await readProtectedFile(path);
      // Once it has its name, only the power could take it away again.
      assert.deepEqual(content, failing <= 5 ? secret : next, `step ${failing}`);
    }
    // Making, writing, flushing, closing, and naming the file; the same of the folder's entry.
    assert.equal(failing, 9);
    assert.deepEqual(await readProtectedFile(path), next);
  });

  it('is read whole or not at all, whatever fails', async () => {
    await writeProtectedFile(path, secret);
    let failing = 1;
    for (; ; failing += 1) {
      const files = new FailingFiles(failing);
      const { fileSystem } = files;
      const reading = readOwnFile(path, { fileSystem });
      if (
        await reading.then(
          () => true,
          () => false,
        )
      )
        break;
      await assert.rejects(reading, fault);
      assert.equal(files.open, 0);
    }
    // Opening, looking, reading, closing.
    assert.equal(failing, 5);
  });
});
