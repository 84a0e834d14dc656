// The files that the command writes: conversations, blobs, profiles and credentials, for this user alone.

import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';

import { errorCode, UsageError } from './command.js';

/** Why what is there already is not written to; undefined if it may be. Devices such as /dev/null are not planted. */
async function fault(path: string, file: Awaited<ReturnType<typeof open>>): Promise<string | undefined> {
  // Windows has no flag for it.
  if (constants.O_NOFOLLOW === undefined && (await lstat(path)).isSymbolicLink()) return 'a symbolic link';
  const found = await file.stat();
  if (found.isCharacterDevice()) return undefined;
  if (!found.isFile()) return 'no file';
  if (found.nlink > 1) return 'a file with other names';
  return process.getuid !== undefined && found.uid !== process.geteuid?.() ? 'another user’s' : undefined;
}

/**
 * Writes a file that only this user may read, even if it replaces one that others may. What somebody else has put in
 * its place in a shared folder, a link, a pipe or a file of theirs, is left as it is. Throws UsageError.
 */
export async function writePrivateFile(path: string, content: string | Uint8Array): Promise<void> {
  const { O_WRONLY, O_CREAT, O_NOFOLLOW, O_NONBLOCK } = constants;
  try {
    // Not O_TRUNC: whose file it is is seen first. Windows lacks the last two, which then count nothing.
    const file = await open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK, 0o600);
    try {
      const why = await fault(path, file);
      if (why !== undefined) throw new UsageError(`${path} is not written to: it is ${why}`);
      if ((await file.stat()).isFile()) {
        await file.chmod(0o600);
        await file.truncate(0);
      }
      await file.writeFile(content);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`${path} cannot be written (${errorCode(error) ?? String(error)})`);
  }
}
