// How the package's native binaries are found and loaded: the addon, and beside it the embedded run-time and the
// method DLL shim. Importing this package loads nothing.

import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bindAddon, type Binding } from './binding.js';
import type { NativeAddon } from './native.js';

/** Why no binary could be loaded: `loadNative` throws it. The message lists every place and what was wrong there. */
class NativeNotFoundError extends Error {
  readonly code = 'EAPHOST_NATIVE_NOT_FOUND';
}

interface Loaded {
  readonly addon: NativeAddon;
  readonly folder: string;
}

const load = createRequire(import.meta.url);
let loaded: Loaded | undefined;
let named: string | undefined;

/**
 * Names the folder of the binaries, or the addon in it, for programs that move them: bundled programs, installers.
 * It goes before every other place, so call it before the first session; the environment variable EAPHOST_BINARY
 * does the same. Throws TypeError or RangeError for what is no absolute path, and Error where a binary is loaded.
 */
export function useBinary(path: string): void {
  if (typeof path !== 'string') throw new TypeError('path must be a string');
  if (!isAbsolute(path)) throw new RangeError(`path must be absolute, not ${path}`);
  if (loaded !== undefined) throw new Error(`the binary in ${loaded.folder} is already loaded`);
  named = path;
}

/**
 * `path` where Electron can load libraries from: inside an archive (`app.asar`) nothing can be loaded by the
 * system, so `asarUnpack` puts such files beside it, under `app.asar.unpacked`.
 */
function unpackedPath(path: string): string {
  return path.replaceAll(/\.asar(?=[\\/])/gu, '.asar.unpacked');
}

/** The folder of package.json, from dist/lib as well as from lib. */
function packageRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

/** Whether this is a clone of the repository, and not an installed package: the latter has no sources. */
function isClone(): boolean {
  return existsSync(join(packageRoot(), 'binding.gyp'));
}

const target = `${process.platform}-${process.arch}`;

/** The folder of a path that a caller named: of the addon, or itself. */
function folderOf(path: string): string {
  const full = resolve(path);
  return statSync(full, { throwIfNoEntry: false })?.isFile() === true ? dirname(full) : full;
}

/** The folders where a binary for this process may be, in the order in which they are tried. */
function candidateFolders(): string[] {
  const root = unpackedPath(packageRoot());
  const variable = process.env['EAPHOST_BINARY'];
  const prebuilt = join(root, 'prebuilds', target);
  const built = [
    join(root, 'build', 'native', 'Release'),
    join(root, 'build', 'Release'),
    ...(target === 'win32-x64' ? [join(root, 'build', target, 'Release')] : []),
  ];
  return [
    ...(named === undefined ? [] : [folderOf(unpackedPath(named))]),
    ...(variable === undefined || variable === '' ? [] : [folderOf(variable)]),
    // In a clone what was built last counts: a prebuild there is a copy of an older build.
    ...(isClone() ? [...built, prebuilt] : [prebuilt, ...built]),
  ];
}

const libraryExtensions: Partial<Record<NodeJS.Platform, string>> = { win32: '.dll', darwin: '.dylib' };

// cmake-js and node-gyp say eaphost.node; prebuildify may add tags, such as eaphost.musl.node.
const addonName = /^eaphost(?:\..+)?\.node$/;

/** The addon in a folder. Throws what is wrong with the last of the files that it could be. */
function loadFrom(folder: string): NativeAddon {
  if (!existsSync(folder)) throw new Error('there is no such folder');
  let reason: unknown = new Error('there is no eaphost.node');
  for (const name of readdirSync(folder).filter((file) => addonName.test(file))) {
    try {
      const binding: Binding = load(join(folder, name));
      return bindAddon(binding);
    } catch (error) {
      reason = error;
    }
  }
  throw reason;
}

/** What to do about it: a clone can build, an installed package cannot. */
function remedy(): string {
  return isClone()
    ? 'Build it with: npm run build'
    : 'Where the package has no binary for a platform, one can be built from a clone of its repository (npm run ' +
        'build) and named by the environment variable EAPHOST_BINARY or by useBinary().';
}

function loadFirst(): Loaded {
  const attempts: string[] = [];
  for (const folder of candidateFolders()) {
    try {
      return { addon: loadFrom(folder), folder };
    } catch (error) {
      attempts.push(`  ${folder}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new NativeNotFoundError(
    `eaphost has no native binary that this process (${target}, Node ${process.versions.node}) can load. ` +
      `Tried:\n${attempts.join('\n')}\n${remedy()}`,
  );
}

/**
 * The native addon of this process. Loaded by the first call: importing this package never fails. Throws
 * NativeNotFoundError, each time anew, so that a binary that was built meanwhile is found.
 */
export function loadNative(): NativeAddon {
  loaded ??= loadFirst();
  return loaded.addon;
}

/** The folder that the addon was loaded from; the embedded run-time and the method DLL shim are beside it. */
export function binaryFolder(): string {
  loaded ??= loadFirst();
  return loaded.folder;
}

/** The path of one of the package's own libraries: `eapembedded` or `eapshim`. */
export function ownLibrary(name: string): string {
  return join(binaryFolder(), `${name}${libraryExtensions[process.platform] ?? '.so'}`);
}
