// Binaries that somebody has planted where a program might look for its own: the folders above it, the current folder,
// what a variable names in a process that has more rights than whoever set it. None is loaded.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import { begun } from '../../../lib/base/child-process.js';
import { binaryFolder } from '../../../lib/native/binary.js';

/** The package's code: as it is compiled, and as it is published. `own` is where it looks for binaries beside itself. */
const forms = {
  modules: { code: fileURLToPath(new URL('../../../lib/', import.meta.url)), own: 'native' },
  bundle: { code: fileURLToPath(new URL('../../../eaphost/', import.meta.url)), own: '.' },
};
const child = fileURLToPath(new URL('children/open-copy.js', import.meta.url));
const isWindows = process.platform === 'win32';
const dependencies = ['saxes', 'xmlchars'];

interface Said {
  readonly opened?: string;
  readonly code?: string;
  readonly message?: string;
}

/** The package's own libraries in another folder: good ones, so that a program that takes them works. */
function plant(folder: string): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(binaryFolder()).filter((file) =>
    /^eap[a-z]+\.(?:node|so|dylib|dll)$/u.test(file),
  )) {
    copyFileSync(join(binaryFolder(), name), join(folder, name));
  }
}

/** Copies what a program runs, and not what it was made of: a system may take long to remove each file. */
function copyCode(from: string, to: string): void {
  const filter = (path: string): boolean => !/\.(?:map|d\.ts)$/u.test(path);
  cpSync(from, to, { recursive: true, filter });
}

/** All the places below `root` that a package has its binaries in. */
function plantPackage(root: string): void {
  plant(join(root, 'prebuilds', `${process.platform}-${process.arch}`));
  plant(join(root, 'build', 'native', 'Release'));
}

/** The folders that were looked at. */
function tried({ message = '' }: Said): string[] {
  return [...message.matchAll(/^ {2}(.+?): /gmu)].map(([, folder = '']) => folder);
}

for (const [form, { code, own: ownPlace }] of Object.entries(forms)) {
  describe(`planted binaries: the ${form}`, () => {
    let drive: string;
    /** The program's folder, two below what stands for the root of a drive. */
    let program: string;
    let empty: string;

    before(() => {
      drive = mkdtempSync(join(tmpdir(), 'eaphost-planting-'));
      program = join(drive, 'opt', 'program');
      empty = join(drive, 'empty');
      mkdirSync(empty);
      copyCode(code, program);
      for (const name of dependencies) {
        const from = dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));
        copyCode(from, join(program, 'node_modules', name));
      }
    });
    afterEach(() => {
      for (const path of [
        'package.json',
        'prebuilds',
        'build',
        'opt/package.json',
        'opt/prebuilds',
        'opt/build',
      ]) {
        rmSync(join(drive, path), { recursive: true, force: true });
      }
    });
    after(() => {
      rmSync(drive, { recursive: true, force: true });
    });

    interface Situation {
      readonly cwd?: string;
      readonly variable?: string;
      readonly how?: string;
      /** Where the program is. */
      readonly from?: string;
    }

    /** What comes of the program, which has no package.json and no binary. */
    async function start({ cwd = empty, variable = '', how, from = program }: Situation = {}): Promise<Said> {
      const index = pathToFileURL(join(from, 'index.js')).href;
      const started = begun(() =>
        fork(child, [index, ...(how === undefined ? [] : [how])], {
          cwd,
          env: { ...process.env, EAPHOST_BINARY: variable },
          stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
        }),
      );
      // Windows may tell the end of a process before its last message.
      const ended = Promise.all([once(started, 'exit'), once(started, 'disconnect')]);
      const said: Said[] = [];
      started.on('message', (each: Said) => said.push(each));
      await ended;
      return said[0] ?? {};
    }

    const refuses = (said: Said): void => {
      equal(said.code, 'EAPHOST_NATIVE_NOT_FOUND', JSON.stringify(said));
    };

    it('in the folders above a program without a package.json are not looked for', async () => {
      plantPackage(drive);
      plantPackage(join(drive, 'opt'));
      const said = await start();
      refuses(said);
      deepEqual(tried(said), [join(program, ownPlace)]);
    });

    for (const name of ['other', 'eaphost']) {
      it(`beside a package.json of ${name} above it are not looked for`, async () => {
        for (const root of [drive, join(drive, 'opt')]) {
          writeFileSync(join(root, 'package.json'), JSON.stringify({ name, type: 'module' }));
          plantPackage(root);
        }
        const said = await start();
        refuses(said);
        deepEqual(tried(said), [join(program, ownPlace)]);
      });
    }

    it('in the current folder are not looked for, nor where a variable names a place from there', async () => {
      plantPackage(drive);
      const relative = join('prebuilds', `${process.platform}-${process.arch}`);
      for (const variable of ['', isWindows ? `\\${relative}` : relative]) {
        const said = await start({ cwd: drive, variable });
        refuses(said);
        if (variable !== '') match(said.message ?? '', /EAPHOST_BINARY must be an absolute path/u);
      }
    });

    it('in a folder that looks like the package are not looked for', async () => {
      for (const [name, nearer] of [
        ['other', undefined],
        ['eaphost', 'dist'],
      ] as const) {
        const root = join(drive, `looks-like-${name}`);
        const place = form === 'bundle' ? join(root, 'dist', 'eaphost') : join(root, 'dist', 'lib');
        mkdirSync(dirname(place), { recursive: true });
        writeFileSync(join(root, 'package.json'), JSON.stringify({ name, type: 'module' }));
        if (nearer !== undefined) writeFileSync(join(root, nearer, 'package.json'), '{ "type": "module" }');
        plantPackage(root);
        // There and back.
        renameSync(program, place);
        try {
          const said = await start({ from: place });
          refuses(said);
          deepEqual(tried(said), [join(place, ownPlace)]);
        } finally {
          renameSync(place, program);
        }
      }
    });

    it('are not loaded for a variable in a process that has more rights than who started it', async () => {
      plantPackage(drive);
      const variable = join(drive, 'build', 'native', 'Release');
      // Under Wine, as on a build server, everything runs as an administrator.
      const said = await start({ variable, how: 'setuid' });
      refuses(said);
      match(said.message ?? '', /EAPHOST_BINARY is not followed in a process that has more rights/u);
      ok(tried(said).includes(variable));
      if (!isWindows) deepEqual(await start({ variable }), { opened: 'embedded' });
    });

    it('leave the program’s own alone: beside the bundle they are found', async () => {
      const own = join(program, ownPlace);
      plant(own);
      try {
        deepEqual(await start(), { opened: 'embedded' });
      } finally {
        for (const file of readdirSync(own).filter((name) => /\.(?:node|so|dylib|dll)$/u.test(name))) {
          rmSync(join(own, file));
        }
      }
    });
  });
}
