// Small helpers of the scripts: where things are, running programs, the npm packages of this clone.

import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));
export const inRoot = (...parts) => join(root, ...parts);
export const jobs = String(Math.max(1, cpus().length));

/** Runs a program in the root to its end; throws when it fails. */
export function run(command, args, options = {}) {
  const shell = process.platform === 'win32' && command === 'npm';
  const result = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell, ...options });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    throw new Error(`${command} ${args.join(' ')}: ended with ${result.status ?? result.signal}`);
  }
}

/** Runs a program in the root and resolves with its exit code (or signal). */
export function spawned(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', ...options });
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
}

/** Runs a script of an npm package under this Node. */
export function runPackage(script, args, options) {
  run(process.execPath, [inRoot('node_modules', script), ...args], options);
}

/** Installs the npm packages of a folder, or of the root, when its package-lock.json is not what they are of. */
export function ensurePackages(...parts) {
  const folder = inRoot(...parts);
  const stamp = join(folder, 'node_modules', '.eaphost-lock');
  const lock = createHash('sha256')
    .update(readFileSync(join(folder, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
  writeFileSync(stamp, lock);
}

/**
 * Installs the npm packages that a folder of tests names, in build; returns where. In the tree, type-aware lint takes
 * their types for those of every script that no tsconfig.json has.
 */
export function ensurePackagesInBuild(...parts) {
  const place = ['build', 'packages', parts.at(-1)];
  const folder = ensureFolder(...place);
  for (const name of ['package.json', 'package-lock.json', '.npmrc']) {
    copyFileSync(inRoot(...parts, name), join(folder, name));
  }
  ensurePackages(...place);
  return folder;
}

/** A digest of files and of all files in folders, each by its name and contents. */
export function digestOf(names) {
  const hash = createHash('sha256');
  for (const name of names) {
    const files = statSync(inRoot(name)).isDirectory()
      ? readdirSync(inRoot(name), { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .toSorted()
      : [inRoot(name)];
    for (const file of files) hash.update(`${file}\0`).update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}

export function ensureFolder(...parts) {
  const folder = inRoot(...parts);
  mkdirSync(folder, { recursive: true });
  return folder;
}
