// Methods served to other processes where the folder for temporary files, in which their sockets lie, cannot be used.

import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs, {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { openEapHost } from '../../lib/index.js';
import { md5 } from '../../lib/methods/index.js';
import { serveMethods } from '../../lib/registration/index.js';
import { eventually } from '../supplicant/support.js';
import { rejectsWith } from '../method-dlls/support.js';

const serve = () => serveMethods({ methods: [md5] });
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
    it(`because it ${name} is told, with what to do, and the next server tries again; this process' own sessions need none`, async () => {
      await using host = await openEapHost({ runtime: 'embedded' });
      make();
      await using session = await host.beginSession({ method: 'md5', credentials: Buffer.from('a') });
      equal(session.isEnded, false);
      const error = await rejectsWith(serve(), 'EAPHOST_TEMPORARY_FOLDER');
      match(error.message, /TMPDIR/u);
      equal((error.cause as NodeJS.ErrnoException).code, code);
      Object.assign(fs, real);
      syncBuiltinESMExports();
      process.env['TMPDIR'] = folder;
      await using server = await serve();
      equal(server.connections, 0);
    });
  }

  const module = (name: string): string =>
    JSON.stringify(new URL(`../../lib/${name}/index.js`, import.meta.url).href);
  /** The number of a process that has ended. */
  const dead = (): number => {
    const { pid } = spawnSync('true');
    return pid;
  };
  const folderOf = (pid: number): string => {
    const path = join(folder, `eaphost-${pid}`);
    mkdirSync(path, { mode: 0o700 });
    return path;
  };
  async function serveOnce(): Promise<void> {
    await using server = await serve();
    equal(server.connections, 0);
  }

  it('is rid of what killed processes left in it by the next that uses it', async () => {
    const program = `
      const { md5 } = await import(${module('methods')});
      const { serveMethods } = await import(${module('registration')});
      await serveMethods({ methods: [md5] });
      process.kill(process.pid, 'SIGKILL');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: 'inherit' });
    deepEqual(await once(child, 'exit'), [null, 'SIGKILL']);
    deepEqual(readdirSync(folder), [`eaphost-${child.pid}`]);
    await serveOnce();
    await eventually(() => readdirSync(folder).length === 0, 'nothing is left');
  });

  it('keeps in it what somebody uses, or what is not of a process of this user', async () => {
    const used = folderOf(dead());
    const server = createServer().listen(join(used, 'socket'));
    await once(server, 'listening');
    const kept = [used, folderOf(process.ppid)];
    writeFileSync(join(folderOf(dead()), 'file'), '');
    const elsewhere = mkdtempSync(join(folder, 'elsewhere-'));
    symlinkSync(elsewhere, join(folder, `eaphost-${dead()}`));
    mkdirSync(join(folder, `eaphost-${dead()}-abcdef`), { mode: 0o777 });
    fs.chmodSync(folderOf(dead()), 0o755);
    if (process.getuid?.() === 0) chownSync(folderOf(dead()), 65_534, 65_534);
    const before = readdirSync(folder).sort();
    for (let round = 0; round < 2; round += 1) {
      const removed = folderOf(dead());
      await serveOnce();
      await eventually(() => !fs.existsSync(removed), 'it is rid of another');
    }
    deepEqual(
      readdirSync(folder)
        .filter((name) => name !== `eaphost-${process.pid}`)
        .sort(),
      before,
    );
    deepEqual(readdirSync(used), ['socket']);
    equal(
      kept.every((path) => fs.existsSync(path)),
      true,
    );
    server.close();
  });
});
