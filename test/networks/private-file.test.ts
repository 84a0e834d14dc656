// The folder for files with credentials, where the system has run out of something, or where it cannot be deleted.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import files from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { EapError } from '../../lib/base/errors.js';
import { withPrivateFolder } from '../../lib/networks/private-file.js';

const real = { mkdir: files.mkdir, rm: files.rm };

/** Makes a function of the file system fail as the system does. */
function failing(name: keyof typeof real, code: string): void {
  const fail = (): Promise<never> => Promise.reject(Object.assign(new Error(`${code}: ${name}`), { code }));
  Object.assign(files, { [name]: fail });
  syncBuiltinESMExports();
}

// Windows makes the folder natively: test/networks/wired.test.ts.
const describePosix = process.platform === 'win32' ? (): void => undefined : describe;

describePosix('The folder for files with credentials', () => {
  const before = process.env['TMPDIR'];
  let parent: string;
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'eaphost-private-'));
    process.env['TMPDIR'] = parent;
  });
  afterEach(() => {
    Object.assign(files, real);
    syncBuiltinESMExports();
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(parent, { recursive: true, force: true });
  });

  for (const [code, expected, remedy] of [
    ['EMFILE', 'EAPHOST_OUT_OF_DESCRIPTORS', /no file can be put into/u],
    ['ENFILE', 'EAPHOST_OUT_OF_DESCRIPTORS', /no file can be put into/u],
    ['ENOMEM', 'ERROR_NOT_ENOUGH_MEMORY', /memory ran out/u],
    ['ENOSPC', 'EAPHOST_TEMPORARY_FOLDER', /\(ENOSPC\); make the folder, or make room in it/u],
    ['EROFS', 'EAPHOST_TEMPORARY_FOLDER', /\(EROFS\); make the folder/u],
  ] as const) {
    it(`is not made with ${code}: ${expected}, before anything is written, and again when there is room`, async () => {
      failing('mkdir', code);
      let calls = 0;
      await assert.rejects(
        withPrivateFolder(async () => void (calls += 1)),
        (error) => {
          assert.ok(error instanceof EapError && error.code === expected, String(error));
          assert.match(error.message, remedy);
          assert.equal((error.cause as NodeJS.ErrnoException).code, code);
          return true;
        },
      );
      assert.deepEqual([calls, readdirSync(parent)], [0, []]);
      Object.assign(files, real);
      syncBuiltinESMExports();
      const folder = await withPrivateFolder(async (path) => (assert.ok(existsSync(path)), path));
      assert.equal(existsSync(folder), false);
    });
  }

  it('that cannot be deleted is named, since credentials may be in it, even where the work failed', async () => {
    failing('rm', 'EBUSY');
    await assert.rejects(
      withPrivateFolder(() => Promise.reject(new Error('the work'))),
      (error) =>
        error instanceof EapError &&
        error.code === 'EAPHOST_TEMPORARY_FOLDER' &&
        error.message.includes(join(parent, readdirSync(parent)[0] ?? '?')) &&
        /\(EBUSY\); delete it/u.test(error.message),
    );
  });
});
