// A file that only this user may use, on systems with modes: looked at before it is read, and replaced by all of the new
// one or by nothing.

import { randomUUID } from 'node:crypto';
import { constants, type Stats } from 'node:fs';
import * as nodeFileSystem from 'node:fs/promises';
import { dirname } from 'node:path';

import { eaphostError, type EapError } from '../base/errors.js';
import { secretBuffer } from '../base/secret.js';

/** What it is made with: a test has some that fails. */
export type FileSystem = Pick<typeof nodeFileSystem, 'open' | 'rename' | 'unlink'>;

/** Octets of the largest file of secrets. */
export const mostOctets = 2 ** 19;

const { O_RDONLY, O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
const othersRights = 0o077;

/** A refusal that says why, and what to do. */
export function unsafeFile(path: string, why: string, remedy: string): EapError {
  return eaphostError('EAPHOST_UNSAFE_FILE', `${path} is not used: ${why}; ${remedy}`);
}

/** Why a file is none to take secrets from. */
function fault(path: string, found: Stats): EapError | undefined {
  const elsewhere = 'name a file of this user’s own';
  if (!found.isFile()) return unsafeFile(path, 'it is no file', elsewhere);
  if (found.uid !== process.geteuid?.()) return unsafeFile(path, 'it is another user’s', elsewhere);
  if (found.nlink > 1) return unsafeFile(path, 'it has other names', elsewhere);
  if (found.size > mostOctets)
    return unsafeFile(path, `it has more than ${mostOctets} octets`, 'it is no file of secrets');
  return undefined;
}

/**
 * What is in a file. Rejects with `EAPHOST_UNSAFE_FILE` where it is not this user's alone, and with Node's error.
 * `isOpen`: other users may be able to read it.
 */
export async function readOwnFile(
  path: string,
  { isOpen = false, fileSystem = nodeFileSystem }: { isOpen?: boolean; fileSystem?: FileSystem } = {},
): Promise<Buffer> {
  // A pipe that was put in its place does not make it wait, and a link leads nowhere.
  const file = await fileSystem.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const found = await file.stat();
    const why = fault(path, found);
    if (why !== undefined) throw why;
    if (!isOpen && (found.mode & othersRights) !== 0)
      throw unsafeFile(path, 'other users may use it', `chmod 600 ${path}, and change what it held`);
    const content = secretBuffer(found.size);
    let length = 0;
    while (length < content.length) {
      const { bytesRead } = await file.read(content, length, content.length - length);
      if (bytesRead === 0) break;
      length += bytesRead;
    }
    return content.subarray(0, length);
  } finally {
    await file.close();
  }
}

/** Replaces the file, or makes it, durably. Rejects with Node's error, and what was there is there still. */
export async function writeOwnFile(
  path: string,
  content: Uint8Array,
  { fileSystem = nodeFileSystem }: { fileSystem?: FileSystem } = {},
): Promise<void> {
  const temporary = `${path}.${randomUUID()}`;
  const file = await fileSystem.open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
  try {
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await fileSystem.rename(temporary, path);
  } catch (error) {
    // What failed first is told.
    await fileSystem.unlink(temporary).catch(() => undefined);
    throw error;
  }
  const folder = await fileSystem.open(dirname(path), O_RDONLY | O_DIRECTORY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
