// The files that the command writes: conversations, blobs, profiles and credentials, for this user alone.

import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';

import { errorCode, UsageError } from './command.js';

/** Why what is there already is not written to; undefined if it may be. Devices such as /dev/null are not planted. */
async function fault(path: string, file: FileHandle): Promise<string | undefined> {
  // Windows has no flag for it.
  if (constants.O_NOFOLLOW === undefined && (await lstat(path)).isSymbolicLink()) return 'a symbolic link';
  const found = await file.stat();
  if (found.isCharacterDevice()) return undefined;
  if (!found.isFile()) return 'no file';
  if (found.nlink > 1) return 'a file with other names';
  return process.getuid !== undefined && found.uid !== process.geteuid?.() ? 'another user’s' : undefined;
}

/**
 * A file that only this user may read, even if it replaces one that others may. What somebody else has put in its place
 * in a shared folder, a link, a pipe or a file of theirs, is left as it is. What is there keeps its content until
 * `write`. `open` and `write` throw UsageError.
 */
export class PrivateFile {
  readonly #path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /** Tries whether the file can be written. `write` or `close` it. */
  static async open(path: string): Promise<PrivateFile> {
    const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
    // Not O_TRUNC: whose file it is is seen first. Windows lacks the last two, which then count nothing.
    const file = await refusing(path, open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600));
    const why = await fault(path, file);
    if (why === undefined) return new PrivateFile(path, file);
    await file.close();
    throw new UsageError(`${path} is not written to: it is ${why}`);
  }

  /** Writes all of it, and closes it. */
  async write(content: string | Uint8Array): Promise<void> {
    await refusing(this.#path, this.#replace(content));
  }

  /** Leaves it as it is. */
  async close(): Promise<void> {
    await this.#file.close();
  }

  async #replace(content: string | Uint8Array): Promise<void> {
    try {
      if ((await this.#file.stat()).isFile()) {
        await this.#file.chmod(0o600);
        await this.#file.truncate(0);
      }
      await this.#file.writeFile(content);
    } finally {
      await this.#file.close();
    }
  }
}

/** What the system refuses is a UsageError that names the file. */
async function refusing<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const why = errorCode(error) ?? String(error);
    throw new UsageError(
      `${path} cannot be written (${why})`,
      'a path that can be written, on a disk with room',
    );
  }
}

/** Writes a file as {@link PrivateFile} does. */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  const file = await PrivateFile.open(path);
  await file.write(content);
}
