// Finds and loads the package's native binaries: the addon, and beside it the embedded run-time and the method DLL
// shim. Importing this package loads nothing.

import { closeSync, existsSync, openSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { bindAddon, type Binding, type NativeAddon } from './addon.js';
import { eaphostError, toEapError } from '../base/errors.js';
import { isObject } from '../base/guards.js';
import { hasMoreRights } from './rights.js';
import { shortage } from '../base/shortage.js';

interface Loaded {
  readonly addon: NativeAddon;
  readonly folder: string;
  /** Of the files in the folder: who looks for another needs no descriptor. */
  readonly names: readonly string[];
}

let loaded: Loaded | undefined;
let named: string | undefined;

/**
 * Names the folder of the binaries, or the addon in it, for programs that move them: bundled programs, installers. It
 * goes before every other place, so call it before the first session; the environment variable EAPHOST_BINARY does
 * the same, except in a process that has more rights than the user who set the variable (see the security guide).
 * Make sure that nobody else can write to the folder. Throws TypeError or RangeError for anything but an absolute
 * path, and Error where a binary is loaded.
 *
 * @example
 * ```ts
 * import { openEapHost, useBinary } from 'eaphost';
 *
 * useBinary('C:\\Program Files\\Example\\eaphost'); // before the first call
 * await using eaphost = await openEapHost();
 * ```
 */
export function useBinary(path: string): void {
  if (typeof path !== 'string') throw new TypeError('path must be a string');
  if (!isFixed(path)) throw new RangeError(`path must be absolute, not ${path}`);
  if (loaded !== undefined) throw new Error(`the binary in ${loaded.folder} is already loaded`);
  named = path;
}

/** Whether a path means the same file whatever the current folder is; on Windows the current drive, too. */
function isFixed(path: string): boolean {
  return isAbsolute(path) && (process.platform !== 'win32' || /^(?:[a-z]:|[\\/]{2})/iu.test(path));
}

/**
 * `path` where Electron can load libraries from: inside an archive (`app.asar`) nothing can be loaded by the
 * system, so `asarUnpack` puts such files beside it, under `app.asar.unpacked`.
 */
function unpackedPath(path: string): string {
  return path.replaceAll(/\.asar(?=[\\/])/gu, '.asar.unpacked');
}

/** The caller's script, as V8 names it. */
function ownScript(): unknown {
  // With --frozen-intrinsics nobody can have changed what V8 writes.
  if (Object.isFrozen(Error)) {
    const [caller] = new Error('where').stack?.match(/^ +at .*$/gmu) ?? [];
    return /(?:\(|at )((?:file:|[\\/]|[a-z]:).*?)(?::\d+){2}\)?$/iu.exec(caller ?? '')?.[1];
  }
  const former: unknown = Reflect.get(Error, 'prepareStackTrace');
  let script: unknown;
  try {
    Error.prepareStackTrace = (_error, [site]) => (script = site?.getFileName());
    void new Error('where').stack;
  } finally {
    Reflect.set(Error, 'prepareStackTrace', former);
  }
  return script;
}

/**
 * The folder of this file, or of the bundle that it became part of, as V8 names the script: a bundler may have replaced
 * import.meta.url by where the module was when it bundled, on another machine. Importing this never fails.
 */
function findOwnFolder(): string {
  const script = ownScript();
  const name = typeof script === 'string' ? script : '';
  const file = name.startsWith('file:') ? fileURLToPath(name) : name;
  // Code that has no file, such as eval's, is the program's.
  return dirname(isAbsolute(file) ? file : (process.argv[1] ?? process.execPath));
}

const ownFolder = findOwnFolder();

/** Where this file lies in the package: compiled by itself, as the tests use it, or in a bundle, as it is published. */
const ownPlaces = [
  ['dist', 'lib', 'native'],
  ['dist', 'eaphost'],
];

/** The package that this file is part of. */
interface OwnPackage {
  readonly root: string;
  readonly version: string;
}

/**
 * The package, where this file has its place in it and the nearest package.json is that of this package. Nothing above
 * is looked at: in the root of a drive anybody may make a folder.
 */
function ownPackage(): OwnPackage | undefined {
  const place = ownPlaces.find((each) => join(ownFolder, ...each.map(() => '..'), ...each) === ownFolder);
  if (place === undefined) return undefined;
  const above = place.map((_, ups) => join(ownFolder, ...place.slice(0, ups).fill('..')));
  if (above.some((folder) => existsSync(join(folder, 'package.json')))) return undefined;
  const root = join(ownFolder, ...place.map(() => '..'));
  try {
    const found: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    return isObject(found) && found['name'] === 'eaphost'
      ? { root, version: String(found['version']) }
      : undefined;
  } catch (error) {
    const out = shortage(error, 'the package of eaphost cannot be looked at');
    if (out !== undefined) throw out;
    return undefined;
  }
}

/** The version of the package; 'unknown' in a program that was bundled. */
export function packageVersion(): string {
  return ownPackage()?.version ?? 'unknown';
}

const target = `${process.platform}-${process.arch}`;

/** The folder of a path that a caller named: of the addon, or itself. */
function folderOf(path: string): string {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true ? dirname(path) : path;
}

/** A folder where a binary for this process may be, and why it is not looked at where that is so. */
interface Candidate {
  readonly folder: string;
  readonly refused?: string | undefined;
}

function refusalOf(variable: string): string | undefined {
  if (!isFixed(variable)) return 'EAPHOST_BINARY must be an absolute path';
  return hasMoreRights()
    ? 'EAPHOST_BINARY is not followed in a process that has more rights than who set it may have; call useBinary()'
    : undefined;
}

/** The folders of a package: where the binary of a release is, and where one is built. */
function foldersIn(root: string): string[] {
  const unpacked = unpackedPath(root);
  const prebuilt = join(unpacked, 'prebuilds', target);
  const built = [
    join(unpacked, 'build', 'native', 'Release'),
    join(unpacked, 'build', 'Release'),
    ...(target === 'win32-x64' ? [join(unpacked, 'build', target, 'Release')] : []),
  ];
  // In a clone what was built last counts: a prebuild there is a copy of an older build.
  return isClone(root) ? [...built, prebuilt] : [prebuilt, ...built];
}

/** Whether this is a clone of the repository, and not an installed package: the latter has no sources. */
function isClone(root: string): boolean {
  return existsSync(join(root, 'binding.gyp'));
}

/** Where a binary may be, in the order in which it is looked for. */
function candidates(root: string | undefined): Candidate[] {
  const variable = process.env['EAPHOST_BINARY'] ?? '';
  const folders = root === undefined ? [unpackedPath(ownFolder)] : foldersIn(root);
  return [
    ...(named === undefined ? [] : [{ folder: folderOf(unpackedPath(named)) }]),
    ...(variable === '' ? [] : [{ folder: folderOf(variable), refused: refusalOf(variable) }]),
    ...folders.map((folder) => ({ folder })),
  ];
}

const libraryExtension =
  ({ win32: '.dll', darwin: '.dylib' } as Partial<Record<NodeJS.Platform, string>>)[process.platform] ??
  '.so';

/** Those that may be this file: prebuildify adds tags (eaphost.musl.node), bundlers hashes. */
function namesOf(stem: string, extension: string, names: readonly string[]): string[] {
  return names
    .filter(
      (name) => name.startsWith(stem) && /^[-.]/u.test(name.slice(stem.length)) && name.endsWith(extension),
    )
    .toSorted((a, b) => a.length - b.length);
}

/** The addon in a folder. Throws what is wrong with the last of the files that it could be. */
function loadFrom({ folder, refused }: Candidate): Loaded {
  if (refused !== undefined) throw new Error(refused);
  if (!existsSync(folder)) throw new Error('there is no such folder');
  const names = readdirSync(folder);
  let reason: unknown = new Error('there is no eaphost.node');
  for (const name of namesOf('eaphost', '.node', names)) {
    const path = join(folder, name);
    try {
      // Bundlers that know createRequire by its import resolve what it loads when they bundle, and so cannot.
      const binding: Binding = process.getBuiltinModule('node:module').createRequire(path)(path);
      return { addon: bindAddon(binding), folder, names };
    } catch (error) {
      // The system's loader reports a shortage only in words; this shows whether descriptors ran out.
      closeSync(openSync(path, 'r'));
      reason = error;
    }
  }
  throw reason;
}

/** What to do about it: a clone can build, an installed package cannot, and a bundle lacks what it was not given. */
function remedy(root: string | undefined): string {
  if (root === undefined) {
    const files = ['eaphost.node', `eapembedded${libraryExtension}`, `eapshim${libraryExtension}`];
    const copied = files.map((file) => `\n  node_modules/eaphost/prebuilds/${target}/${file}`).join('');
    return (
      `This program is bundled: mark eaphost external, or copy these three files to ${unpackedPath(ownFolder)}, or to a ` +
      `folder that useBinary() names:${copied}`
    );
  }
  return isClone(root)
    ? 'Build it with: npm run build'
    : 'Where the package has no binary for a platform, one can be built from a clone of its repository (npm run ' +
        'build) and named by the environment variable EAPHOST_BINARY or by useBinary().';
}

function loadFirst(): Loaded {
  const root = ownPackage()?.root;
  const attempts: string[] = [];
  for (const candidate of candidates(root)) {
    const { folder } = candidate;
    try {
      return loadFrom(candidate);
    } catch (error) {
      const failure = toEapError(error);
      const out = shortage(failure, `the native binary in ${folder} cannot be loaded`);
      if (out !== undefined) throw out;
      attempts.push(`  ${folder}: ${failure instanceof Error ? failure.message : String(failure)}`);
    }
  }
  throw eaphostError(
    'EAPHOST_NATIVE_NOT_FOUND',
    `eaphost has no native binary that this process (${target}, Node ${process.versions.node}) can load. ` +
      `Tried:\n${attempts.join('\n')}\n${remedy(root)}`,
  );
}

/**
 * The native addon of this process. Loaded by the first call: importing this package never fails. Throws EapError
 * `EAPHOST_NATIVE_NOT_FOUND`, each time anew, so that a binary that was built meanwhile is found, or
 * `EAPHOST_OUT_OF_DESCRIPTORS`.
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
  const { folder, names } = (loaded ??= loadFirst());
  const [file = `${name}${libraryExtension}`] = namesOf(name, libraryExtension, names);
  return join(folder, file);
}
