// The example as a program of its own, staged beside what it needs: its build, eaphost, and a module 'electron' that is
// the tests' own.

import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { appFolder } from './support.js';

const root = fileURLToPath(new URL('../../../../', import.meta.url));

/** Copies the program, without its packages, into `folder`. */
export function copyProgram(folder: string): void {
  for (const name of ['package.json', 'dist', 'renderer/index.html', 'renderer/style.css']) {
    cpSync(join(appFolder, name), join(folder, name), { recursive: true });
  }
}

/** Gives a program in `folder` the fake Electron. */
export function addFakeElectron(folder: string): void {
  const electron = join(folder, 'node_modules', 'electron');
  mkdirSync(electron, { recursive: true });
  writeFileSync(join(electron, 'package.json'), '{ "type": "module", "main": "index.js" }');
  const url = new URL('fake-electron.js', import.meta.url).href;
  writeFileSync(join(electron, 'index.js'), `export * from ${JSON.stringify(url)};\n`);
}

/** Gives a program in `folder` this clone as its eaphost. */
export function linkEaphost(folder: string): void {
  mkdirSync(join(folder, 'node_modules'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules', 'eaphost'), 'junction');
}
