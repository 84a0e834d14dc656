// Packs the built program into an archive, as electron-builder does with the `build` of package.json:
//   node pack.mjs FOLDER EAPHOST      app.asar and app.asar.unpacked in FOLDER; EAPHOST is a version or a tarball

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { createPackageWithOptions } from '@electron/asar';

const here = dirname(fileURLToPath(import.meta.url));
const [folder, eaphost] = process.argv.slice(2);
if (folder === undefined || eaphost === undefined) throw new Error('say: node pack.mjs FOLDER EAPHOST');
const target = resolve(folder);
const stage = join(target, 'stage');
const {
  build,
  devDependencies: _,
  scripts: __,
  ...manifest
} = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));

// What the program runs with, and nothing that it was built with.
rmSync(stage, { recursive: true, force: true });
mkdirSync(stage, { recursive: true });
for (const name of ['dist', 'renderer/index.html', 'renderer/style.css']) {
  cpSync(join(here, name), join(stage, name), { recursive: true });
}
writeFileSync(
  join(stage, 'package.json'),
  JSON.stringify({
    ...manifest,
    dependencies: {
      ...manifest.dependencies,
      eaphost: eaphost.endsWith('.tgz') ? resolve(eaphost) : eaphost,
    },
  }),
);
const { status } = spawnSync(
  'npm',
  ['install', '--omit=dev', '--no-audit', '--no-fund', '--no-package-lock'],
  {
    cwd: stage,
    stdio: ['ignore', 'ignore', 'inherit'],
    shell: process.platform === 'win32',
  },
);
if (status !== 0) throw new Error(`npm install ended with ${status}`);

// electron-builder's patterns begin at the program's folder, asar's match whole paths.
const unpack = build.asarUnpack.map((pattern) => `**/${pattern}`);
await createPackageWithOptions(stage, join(target, 'app.asar'), {
  unpack: unpack.length === 1 ? unpack[0] : `{${unpack.join(',')}}`,
});
rmSync(stage, { recursive: true });
