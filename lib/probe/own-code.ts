// What a process of this package runs: Node, the package with its binaries, what it imports. SYSTEM runs it only from folders
// that administrators alone can change. JavaScript thread; Windows.

import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import { eaphostError } from '../base/errors.js';
import { isObject } from '../base/guards.js';
import { binaryFolder } from '../native/binary.js';
import { callWindows } from '../native/registry.js';
import type { NativeIntruder } from '../native/system-types.js';

/** A package: its folder and the names of what it imports. */
interface Package {
  readonly root: string;
  readonly dependencies: readonly string[];
}

/** The package that a file belongs to. Node's own rule looks no further than the nearest package.json with a name. */
function packageOf(file: string): Package {
  for (let root = dirname(file); ; root = dirname(root)) {
    let found: unknown;
    try {
      found = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    } catch (error) {
      if (dirname(root) === root) throw error;
      continue;
    }
    if (!isObject(found) || typeof found['name'] !== 'string') continue;
    return { root, dependencies: Object.keys(isObject(found['dependencies']) ? found['dependencies'] : {}) };
  }
}

/** A folder and those in it, but for other packages. */
function foldersIn(root: string): string[] {
  const inside = readdirSync(root, { withFileTypes: true })
    .filter((entry) => (entry.isDirectory() || entry.isSymbolicLink()) && entry.name !== 'node_modules')
    .flatMap((entry) => {
      const path = join(root, entry.name);
      return entry.isDirectory() ? foldersIn(path) : [path];
    });
  return [root, ...inside];
}

/** The folders that `program` and `script`, a file of this package, are run from, with all that the script imports. */
export function codeFolders(
  script: string,
  program: string = process.execPath,
  binaries: string = binaryFolder(),
): readonly string[] {
  const packages = new Map<string, Package>();
  const add = (found: Package): void => {
    if (packages.has(found.root)) return;
    packages.set(found.root, found);
    const { resolve } = createRequire(join(found.root, 'package.json'));
    for (const name of found.dependencies) add(packageOf(resolve(name)));
  };
  add(packageOf(script));
  const folders = [dirname(program), binaries, ...[...packages.keys()].flatMap(foldersIn)];
  return [...new Set(folders)];
}

/** Who could change what lies in a folder, beside the system and its administrators; this process' user, too. */
export type FindIntruders = (folder: string) => Promise<readonly NativeIntruder[]>;

/** Of this machine. */
export const findIntruders: FindIntruders = (path) =>
  callWindows('findIntruders', { path, trustsUser: false });

/**
 * Rejects with `EAPHOST_UNSAFE_FOLDER` if anybody but administrators could change what SYSTEM would run, which this user's
 * processes without an administrator's rights could: npx's cache, a clone in a home directory.
 */
export async function requireSafeCode(folders: readonly string[], find: FindIntruders): Promise<void> {
  const advice =
    'SYSTEM would run this package from there; install Node and the package where only administrators write ' +
    '(npm install --global --prefix "C:\\Program Files\\eaphost" eaphost), and ask again';
  for (const folder of folders) {
    const [first] = await find(folder).catch((error: unknown) => {
      throw eaphostError(
        'EAPHOST_UNSAFE_FOLDER',
        `${folder} is not a plain folder on a local drive: ${advice}`,
        error,
      );
    });
    if (first === undefined) continue;
    const what = first.isOwner ? 'owns' : 'may change';
    throw eaphostError('EAPHOST_UNSAFE_FOLDER', `${first.sid} ${what} ${first.path}: ${advice}`);
  }
}
