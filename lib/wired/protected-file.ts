// Files of secrets that only their account can use: encrypted by DPAPI and behind an access list on Windows
// (native/system/protected_file.h), of mode 0600 elsewhere.

import { randomUUID } from 'node:crypto';

import { ownOptions, toBoolean, toBytes, toText, type OptionNames } from '../base/arguments.js';
import { systemErrorCodes } from '../base/error-codes.js';
import { eaphostError, isNativeFailure, toEapError } from '../base/errors.js';
import { secretFrom } from '../base/secret.js';
import { loadNative } from '../native/binary.js';
import { mostOctets, readOwnFile, unsafeFile, writeOwnFile } from './own-file.js';

/** How `writeProtectedFile` protects a file. */
export interface ProtectedFileOptions {
  /**
   * Windows: whether any account of this machine that may read the file can decrypt it (CRYPTPROTECT_LOCAL_MACHINE), as
   * for a service that an administrator sets up. Who may read it are its account, SYSTEM and the administrators. Default
   * false: its account alone can; true for LocalSystem.
   */
  readonly forMachine?: boolean | undefined;
}

const protectedNames: OptionNames<ProtectedFileOptions> = { forMachine: 'boolean' };

const isWindows = process.platform === 'win32';
const localSystem = 'S-1-5-18';
const magic = Buffer.from('EHPF');

/** Codes of Windows that no other call of this package gives. */
const codes = {
  ERROR_BAD_FILE_TYPE: 222,
  ERROR_FILE_TOO_LARGE: 223,
  ERROR_INVALID_OWNER: 1307,
  ERROR_INVALID_ACL: 1336,
  ERROR_ENCRYPTION_FAILED: 6000,
  ERROR_DECRYPTION_FAILED: 6001,
} as const;

const again = 'have its own account write it again: eaphost wired protect';

/** What Windows refused, in words. */
function failureOf(reason: unknown, path: string): unknown {
  if (!isNativeFailure(reason)) return reason;
  const { winError } = reason;
  switch (winError) {
    case codes.ERROR_BAD_FILE_TYPE:
      return unsafeFile(path, 'it is no file, or has other names', 'name a file of this account’s own');
    case codes.ERROR_FILE_TOO_LARGE:
      return unsafeFile(path, `it has more than ${mostOctets} octets`, 'it is no file of secrets');
    case codes.ERROR_INVALID_OWNER:
      return unsafeFile(path, 'it is another account’s', again);
    case codes.ERROR_INVALID_ACL:
      return unsafeFile(path, 'other accounts may use it', again);
    case systemErrorCodes.ERROR_INVALID_DATA:
      return eaphostError('EAPHOST_PROTECTION', `${path} is not protected; ${again}`, reason);
    case codes.ERROR_DECRYPTION_FAILED:
      return eaphostError(
        'EAPHOST_PROTECTION',
        `${path} cannot be decrypted: it is damaged, or was protected by another account or on another machine; ${again}`,
        reason,
      );
    case codes.ERROR_ENCRYPTION_FAILED:
      return eaphostError(
        'EAPHOST_PROTECTION',
        `${path} cannot be encrypted: this account has no keys of DPAPI; a service’s account needs a profile, or forMachine`,
        reason,
      );
    default:
      return toEapError(reason);
  }
}

/** Whether an error says that there is no such file. */
function isMissing(error: unknown): boolean {
  if (isNativeFailure(error)) {
    const { ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND } = systemErrorCodes;
    return error.winError === ERROR_FILE_NOT_FOUND || error.winError === ERROR_PATH_NOT_FOUND;
  }
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** @internal Whether these are the first octets of a file that DPAPI protects. */
export function isProtected(content: Uint8Array): boolean {
  return isWindows && magic.equals(content.subarray(0, magic.length));
}

/**
 * Reads a file that `writeProtectedFile` wrote; undefined if there is none. The content is a secret: wipe it
 * (`fill(0)`) when you are done. On Windows it is decrypted by DPAPI (CryptUnprotectData).
 *
 * Rejects with `EapError`: `EAPHOST_UNSAFE_FILE` if the file is another account's, other accounts could read or change it,
 * it is a link or has more than 512 KiB; `EAPHOST_PROTECTION` if Windows cannot decrypt it. Rejects with Node's error where
 * the system refuses.
 *
 * @example
 * ```ts
 * import { readProtectedFile, writeProtectedFile } from 'eaphost/wired';
 *
 * await writeProtectedFile('alice.password', Buffer.from('correct horse'));
 * const password = await readProtectedFile('alice.password');
 * password?.fill(0);
 * ```
 */
export async function readProtectedFile(path: string): Promise<Buffer | undefined> {
  const name = toText(path, 'path');
  try {
    if (!isWindows) return await readOwnFile(name);
    return await loadNative().system('readProtectedFile', { path: name });
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw failureOf(error, name);
  }
}

/**
 * Writes up to 512 KiB of secrets into a file that only this account can use, in place of one that may be there: all of it
 * or nothing, even where power fails. On Windows it is encrypted by DPAPI (CryptProtectData), behind an access list of this
 * account, SYSTEM and the administrators; elsewhere its mode is 0600.
 *
 * Rejects with `EapError` `EAPHOST_PROTECTION` if Windows does not encrypt it, else with Windows' code or Node's error where
 * the file cannot be written.
 *
 * @example
 * ```ts
 * import { writeProtectedFile } from 'eaphost/wired';
 *
 * await writeProtectedFile('alice.password', Buffer.from('correct horse'), { forMachine: true });
 * ```
 */
export async function writeProtectedFile(
  path: string,
  content: Uint8Array,
  options?: ProtectedFileOptions,
): Promise<void> {
  const name = toText(path, 'path');
  const given = ownOptions<keyof ProtectedFileOptions>(options, 'options', protectedNames);
  const isForMachine = toBoolean(given.forMachine, 'forMachine', false);
  const { length } = toBytes(content, 'content');
  if (length > mostOctets) throw new RangeError(`content may have ${mostOctets} octets, not ${length}`);
  // The caller may wipe his own at once.
  const octets = secretFrom(content);
  try {
    if (!isWindows) return await writeOwnFile(name, octets);
    const addon = loadNative();
    const forMachine = isForMachine || (await isLocalSystem(given.forMachine));
    const temporary = `${name}.${randomUUID()}`;
    await addon.system('writeProtectedFile', { path: name, temporary, content: octets, forMachine });
  } catch (error) {
    throw failureOf(error, name);
  } finally {
    octets.fill(0);
  }
}

/** Whether LocalSystem has said nothing: what it protects, its machine does. */
async function isLocalSystem(given: unknown): Promise<boolean> {
  return given === undefined && (await loadNative().system('currentUser', {})) === localSystem;
}
