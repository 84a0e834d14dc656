// Methods in TypeScript where the folder for temporary files, in which their sockets lie, cannot be used.

import { equal, match } from 'node:assert/strict';
import fs, { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEapHost } from '../../lib/index.js';
import { rejectsWith } from '../method-dlls/support.js';

const md5 = { type: 4 };
const real = { mkdirSync: fs.mkdirSync, mkdtempSync: fs.mkdtempSync };

/** Makes every new folder fail as the system does. */
function failWith(code: string): void {
  const fail = (): never => {
    throw Object.assign(new Error(`${code}: mkdir`), { code });
  };
  Object.assign(fs, { mkdirSync: fail, mkdtempSync: fail });
  syncBuiltinESMExports();
}

// Windows' pipes lie in no folder.
const describePosix = process.platform === 'win32' ? (): void => undefined : describe;

describePosix('a folder for temporary files that cannot be used', () => {
  const before = process.env['TMPDIR'];
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-temporary-'));
    // Where no server of another test has a folder.
    process.env['TMPDIR'] = folder;
  });
  afterEach(() => {
    Object.assign(fs, real);
    syncBuiltinESMExports();
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    rmSync(folder, { recursive: true, force: true });
  });

  const troubles: readonly (readonly [name: string, code: string, make: () => void])[] = [
    ['is missing', 'ENOENT', () => (process.env['TMPDIR'] = join(folder, 'missing'))],
    [
      'is a file',
      'ENOTDIR',
      () => {
        const file = join(folder, 'file');
        writeFileSync(file, '');
        process.env['TMPDIR'] = file;
      },
    ],
    ['is not to be written to', 'EACCES', () => failWith('EACCES')],
    ['is mounted read-only', 'EROFS', () => failWith('EROFS')],
    ['is full', 'ENOSPC', () => failWith('ENOSPC')],
    ['is over its quota', 'EDQUOT', () => failWith('EDQUOT')],
  ];
  for (const [name, code, make] of troubles) {
    it(`because it ${name} is told, with what to do, and the next session tries again`, async () => {
      await using host = await openEapHost({ runtime: 'embedded' });
      make();
      const error = await rejectsWith(host.beginSession({ method: md5 }), 'EAPHOST_TEMPORARY_FOLDER');
      match(error.message, /TMPDIR/u);
      equal((error.cause as NodeJS.ErrnoException).code, code);
      Object.assign(fs, real);
      syncBuiltinESMExports();
      process.env['TMPDIR'] = folder;
      await using session = await host.beginSession({ method: md5, credentials: Buffer.from('a') });
      equal(session.isEnded, false);
    });
  }
});
