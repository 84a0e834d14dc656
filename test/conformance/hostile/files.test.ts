// Another user of the machine, in a folder that both may write to: what the command writes there is not his to read, and
// goes nowhere else. POSIX: Windows keeps files by the lists of their folders.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { auth } from '../../../lib/cli/auth.js';
import { UsageError } from '../../../lib/cli/command.js';
import { writePrivateFile } from '../../../lib/cli/files.js';
import { Output } from '../../../lib/cli/output.js';
import { xml } from '../../../lib/cli/xml.js';

if (process.platform !== 'win32') {
  describe('A file in a folder that others may write to', function () {
    this.timeout(60_000);
    let folder: string;
    let options: string;
    const silent = new Output(false, { write: () => true }, { write: () => true }, {});

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'eaphost-files-'));
      chmodSync(folder, 0o1777);
      options = join(folder, 'options.json');
      writeFileSync(options, '{"method":"mschapv2"}');
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    /** Everything that the command writes. */
    const writers: Readonly<Record<string, (path: string) => Promise<number>>> = {
      '--html': (path) => auth(['--runtime', 'embedded', '--html', path], silent),
      '--pcap': (path) => auth(['--runtime', 'embedded', '--pcap', path], silent),
      'xml --to xml': (path) => xml([options, '--to', 'xml', '--output', path], silent),
      'xml --to options': (path) => xml([options, '--to', 'options', '--output', path], silent),
    };
    let count = 0;
    for (const [name, write] of Object.entries(writers)) {
      const fresh = (): string => join(folder, `${(count += 1)}`);

      it(`${name} is for this user alone`, async () => {
        const path = fresh();
        assert.equal(await write(path), 0);
        assert.equal(statSync(path).mode & 0o777, 0o600);
        assert.ok(readFileSync(path).length > 10);
      });

      it(`${name} is so where a wider one of this user was there, too`, async () => {
        const path = fresh();
        writeFileSync(path, 'x'.repeat(1_000_000));
        chmodSync(path, 0o666);
        assert.equal(await write(path), 0);
        assert.equal(statSync(path).mode & 0o777, 0o600);
        assert.ok(!readFileSync(path, 'latin1').includes('xxxxxxxxxx'));
      });

      it(`${name} follows no link, whether or not it leads to something`, async () => {
        for (const isThere of [true, false]) {
          const target = fresh();
          if (isThere) writeFileSync(target, 'kept');
          const path = fresh();
          symlinkSync(target, path);
          await assert.rejects(write(path), UsageError);
          assert.ok(lstatSync(path).isSymbolicLink());
          assert.equal(existsSync(target), isThere);
          if (isThere) assert.equal(readFileSync(target, 'utf8'), 'kept');
        }
      });

      it(`${name} overwrites no file that has another name`, async () => {
        const [target, path] = [fresh(), fresh()];
        writeFileSync(target, 'kept', { mode: 0o644 });
        linkSync(target, path);
        await assert.rejects(write(path), /a file with other names/u);
        assert.equal(readFileSync(target, 'utf8'), 'kept');
        assert.equal(statSync(target).mode & 0o777, 0o644);
      });

      it(`${name} goes into no pipe`, async () => {
        const path = fresh();
        execFileSync('mkfifo', [path]);
        await assert.rejects(write(path), UsageError);
      });
    }

    // Only root can give a file to somebody else.
    if (process.getuid?.() === 0) {
      it('is not overwritten where it is another user’s', async () => {
        const path = join(folder, 'theirs');
        writeFileSync(path, 'kept', { mode: 0o666 });
        execFileSync('chown', ['65534', path]);
        await assert.rejects(writePrivateFile(path, 'secret'), UsageError);
        assert.equal(readFileSync(path, 'utf8'), 'kept');
      });
    }

    it('may be a device', async () => {
      await writePrivateFile('/dev/null', 'nothing');
      assert.ok(statSync('/dev/null').isCharacterDevice());
    });
  });
}
