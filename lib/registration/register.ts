// Registers methods in TypeScript with Windows' EAPHost, and takes them out again. All or nothing: what fails leaves
// the machine as it was. JavaScript thread.

import { randomBytes } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';

import { ownOptions, toText, type OptionNames } from '../base/arguments.js';
import { EapError, eaphostError } from '../base/errors.js';
import { isObject } from '../base/guards.js';
import { tokenSize } from '../shim-server/frames.js';
import type { MethodDefinition } from '../hosts/method.js';
import { textIn, type RegistryKey } from '../native/registry.js';
import { formatMethodType, toMethodType, type FullMethodType, type MethodType } from '../eap/names.js';
import { Changes } from './changes.js';
import { dllPathIn, numbersOf, shimValues, valueNames, valuesOfKey } from './keys.js';
import { authorKey, expandedType, methodKey, methodsKey } from '../eap/registry-keys.js';
import { thisMachine, type Machine } from './machine.js';

/** What to register. */
export interface RegisterOptions {
  /** The method; its sides say whether it is registered as peer, as authenticator or as both. */
  readonly method: MethodDefinition;
  /**
   * Where its DLL is put: an absolute path of a folder on a local drive that exists, that EAPHost's service can read
   * and that nobody but administrators can change.
   */
  readonly directory: string;
  /**
   * The SID of the user whose process will serve the method, such as `S-1-5-18` for a service that runs as
   * LocalSystem or `S-1-5-19` for LocalService. Default: this process' user.
   */
  readonly owner?: string | undefined;
  /** Who wrote it; kept for all methods of the author id. Default: what is there already, or nothing. */
  readonly authorName?: string | undefined;
}

const registerNames: OptionNames<RegisterOptions> = {
  method: 'object',
  directory: 'string',
  owner: 'string',
  authorName: 'string',
};

/** A method that was registered. */
export interface Registration {
  readonly type: FullMethodType;
  /** The method's own copy of the package's method DLL. */
  readonly dllPath: string;
  /** Its registry key, below HKEY_LOCAL_MACHINE. */
  readonly key: string;
  /** The pipe at which its server will listen. */
  readonly pipe: string;
  readonly owner: string;
}

/** What is left of a method that was taken out. */
export interface Unregistration {
  readonly type: FullMethodType;
  /** The DLL, under another name, where a process has it loaded still; delete it when EAPHost was restarted. */
  readonly leftover: string | undefined;
}

const sidPattern = /^S-1-\d+(?:-\d+)+$/u;

/** Checks what a module says is a method. Throws TypeError or RangeError that name `argument`. */
export function checkMethod(value: unknown, argument: string): asserts value is MethodDefinition {
  if (!isObject(value)) throw new TypeError(`${argument} must be a method definition`);
  const { type, name, properties, peer, authenticator } = value;
  toMethodType(type, `${argument}.type`);
  toText(name, `${argument}.name`);
  if (typeof properties !== 'number') throw new TypeError(`${argument}.properties must be a number`);
  for (const [side, given] of Object.entries({ peer, authenticator })) {
    if (given !== undefined && !isObject(given)) throw new TypeError(`${argument}.${side} must be an object`);
  }
  if (peer === undefined && authenticator === undefined) {
    throw new TypeError(`${argument} must have a peer or an authenticator side`);
  }
}

function check(options: RegisterOptions): { type: FullMethodType; directory: string } {
  const { method, directory, owner, authorName } = ownOptions(options, 'options', registerNames);
  checkMethod(method, 'method');
  const type = toMethodType(method.type, 'method.type');
  if (type.authorId === 0) {
    throw new RangeError(
      'method.type.authorId must be the number of its author: 0 is for methods of Windows’ own',
    );
  }
  const path = toText(directory, 'directory');
  if (!isAbsolute(path)) throw new RangeError('directory must be an absolute path');
  if (owner !== undefined && !sidPattern.test(toText(owner, 'owner')))
    throw new RangeError('owner must be a SID, such as S-1-5-18');
  if (authorName !== undefined) toText(authorName, 'authorName');
  return { type, directory: resolve(path) };
}

/** Rejects if this process may not change EAPHost's part of the registry. */
async function requireElevation({ registry }: Machine): Promise<void> {
  try {
    await registry.checkWritable(methodsKey);
  } catch (error) {
    if (!(error instanceof EapError) || error.code !== 'ERROR_ACCESS_DENIED') throw error;
    throw eaphostError(
      'EAPHOST_ELEVATION_REQUIRED',
      'methods are registered for the whole machine, which takes an administrator; run it elevated',
      error,
    );
  }
}

/** Rejects with EAPHOST_UNSAFE_FOLDER if others could change what EAPHost's service loads from a folder. */
export async function requireSafeFolder(machine: Machine, directory: string): Promise<void> {
  let intruders;
  try {
    intruders = await machine.findIntruders(directory);
  } catch (error) {
    if (!(error instanceof EapError) || error.code !== 'ERROR_NOT_SUPPORTED') throw error;
    throw eaphostError(
      'EAPHOST_UNSAFE_FOLDER',
      `${directory} is not a plain folder on a local drive; EAPHost's service would load the method's DLL from it`,
      error,
    );
  }
  const [first] = intruders;
  if (first === undefined) return;
  const what = first.isOwner ? 'owns' : 'may change';
  throw eaphostError(
    'EAPHOST_UNSAFE_FOLDER',
    `${first.sid}, who is no administrator, ${what} ${first.path}; EAPHost's service would load the method's DLL from ` +
      `${directory}, so nobody else may change it: use a folder below Program Files`,
  );
}

function refused(type: FullMethodType, why: string): EapError {
  return new EapError(`method ${formatMethodType(type)} ${why}`, {
    code: 'EAPHOST_REGISTRATION',
    method: type,
  });
}

function isRegistered(key: RegistryKey | undefined): boolean {
  return key !== undefined && valueNames.some((name) => key.values.has(name.toLowerCase()));
}

/**
 * Registers a method in TypeScript with EAPHost, for the whole machine: puts a copy of the package's method DLL into
 * `directory`, and the values that EAPHost reads into the registry, with the pipe's name and the user who may serve.
 * EAPHost finds the method at once; it works while a process of that user runs `serveRegistered`.
 *
 * Rejects with TypeError or RangeError for bad options, with `EapError` `EAPHOST_ELEVATION_REQUIRED` without an
 * administrator's rights, `EAPHOST_UNSAFE_FOLDER` if others could change the DLL, `EAPHOST_REGISTRATION` if a method
 * of the type and author is registered, `EAPHOST_UNSUPPORTED_PLATFORM` off Windows. Whatever fails leaves everything
 * as it was.
 *
 * @example
 * ```ts
 * import { registerMethod } from 'eaphost/registration';
 *
 * const { dllPath } = await registerMethod({
 *   method,
 *   directory: 'C:\\Program Files\\Example EAP',
 *   owner: 'S-1-5-19', // LocalService
 *   authorName: 'Example',
 * });
 * console.log(dllPath);
 * ```
 */
export async function registerMethod(
  options: RegisterOptions,
  machine: Machine = thisMachine,
): Promise<Registration> {
  const { type, directory } = check(options);
  const { method, authorName } = options;
  const { registry } = machine;
  await requireElevation(machine);
  await requireSafeFolder(machine, directory);
  const key = methodKey(type);
  if (isRegistered(await registry.read(key)))
    throw refused(type, 'is registered already; unregister it first');

  const owner = options.owner ?? (await machine.currentUser());
  const dllPath = dllPathIn(directory, type);
  const pipe = `\\\\.\\pipe\\eaphost-${numbersOf(type)}-${randomBytes(16).toString('hex')}`;
  const endpoint = `${pipe}#${randomBytes(tokenSize).toString('hex')}`;
  await Changes.all(registry, async (changes) => {
    await changes.do(
      () => machine.copyShim(dllPath),
      () => machine.remove(dllPath),
    );
    await changes.createKey(key);
    if (authorName !== undefined)
      await changes.setValue(authorKey(type), '', { kind: 'text', text: authorName });
    for (const [name, data] of valuesOfKey(method, { dllPath, endpoint, owner })) {
      await changes.setValue(key, name, data);
    }
  });
  return { type, dllPath, key, pipe, owner };
}

/** The key of a method, the keys above it that are its author's or its vendor's, innermost first. */
function keysOf(type: FullMethodType): string[] {
  const levels = type.type === expandedType ? 3 : 1;
  const parts = methodKey(type).split('\\');
  return Array.from({ length: levels }, (_, level) => parts.slice(0, parts.length - level).join('\\'));
}

/**
 * Removes a method that `registerMethod` has registered: its registry values, the keys that are then empty, its DLL.
 * If a process has the DLL loaded, the file stays under another name. Rejects as `registerMethod` does, with
 * `EAPHOST_REGISTRATION` if no such method is registered, or one that is not of this package.
 */
export async function unregisterMethod(
  method: MethodType,
  machine: Machine = thisMachine,
): Promise<Unregistration> {
  const type = toMethodType(method, 'type');
  const { registry } = machine;
  await requireElevation(machine);
  const key = methodKey(type);
  const contents = await registry.read(key);
  if (!isRegistered(contents)) throw refused(type, 'is not registered');
  if (textIn(contents, shimValues.endpoint) === undefined) {
    throw refused(type, 'is not one of this package; take it out with what installed it');
  }
  const dllPath = textIn(contents, 'PeerDllPath') ?? textIn(contents, 'AuthenticatorDllPath');
  let leftover: string | undefined;
  await Changes.all(registry, async (changes) => {
    for (const name of valueNames) await changes.deleteValue(key, name);
    for (const path of keysOf(type)) if (!(await changes.deleteEmptyKey(path))) break;
    const author = await registry.read(authorKey(type));
    if (author?.keys.length === 0) {
      // His name is of use to his methods only.
      await changes.deleteValue(authorKey(type), '');
      await changes.deleteEmptyKey(authorKey(type));
    }
    if (dllPath === undefined || !(await machine.isFile(dllPath))) return;
    // A DLL that is loaded can be renamed and not deleted.
    const retired = `${dllPath}.${randomBytes(4).toString('hex')}.old`;
    await changes.do(
      () => machine.rename(dllPath, retired),
      () => machine.rename(retired, dllPath),
    );
    leftover = retired;
  });
  if (leftover !== undefined) {
    const file = leftover;
    await machine.remove(file).then(
      () => (leftover = undefined),
      () => undefined,
    );
  }
  return { type, leftover };
}
