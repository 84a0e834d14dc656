// A folder for files that another program reads or writes for this one, such as credentials for netsh: nobody but this
// user can look into it, and it is gone when the work is done, whatever becomes of that. JavaScript thread.

import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { lstat, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { atExit } from '../base/at-exit.js';
import { eaphostError } from '../base/errors.js';
import { secretFrom } from '../base/secret.js';
import { shortage, systemCodeOf } from '../base/shortage.js';
import { callWindows } from '../native/registry.js';
import { hasMoreRights } from '../native/rights.js';

/** Where it is made. A process with more rights than who set its environment does not go by that. */
async function parentFolder(): Promise<string> {
  if (process.platform !== 'win32' || !hasMoreRights()) return tmpdir();
  return join(dirname(await callWindows('systemFolder', {})), 'Temp');
}

const removal = { recursive: true, force: true, maxRetries: 5 } as const;

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH';
  }
}

/** No call takes as long. A process of another container, whose number means nothing here, has ended by then. */
const oldest = 3_600_000;

/**
 * Whether a folder is this user's, and nobody else may change it. What others may change must not be deleted with more
 * rights than they have: they could have it lead elsewhere meanwhile.
 */
async function isOwn(path: string): Promise<boolean> {
  if (process.platform !== 'win32') return (await lstat(path)).uid === process.geteuid?.();
  const intruders = await callWindows('findIntruders', { path, trustsUser: true });
  return !intruders.some((each) => each.path.toLowerCase() === path.toLowerCase());
}

/** Removes what processes of this user left in `parent` that were killed. What is others' stays. */
async function tidy(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /^eaphost-(\d{1,10})-[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/u.exec(name)?.[1];
    if (pid === undefined || isRunning(Number(pid))) continue;
    const path = join(parent, name);
    try {
      if (Date.now() - (await lstat(path)).mtimeMs > oldest && (await isOwn(path))) await rm(path, removal);
    } catch {
      // What cannot be looked at stays; another process may remove it at the same time.
    }
  }
}

async function makeFolder(): Promise<string> {
  const parent = await parentFolder();
  const path = join(parent, `eaphost-${process.pid}-${randomUUID()}`);
  // A folder that cannot be listed may be written to all the same.
  await tidy(parent).catch(() => undefined);
  try {
    if (process.platform === 'win32') await callWindows('makePrivateFolder', { path });
    else await mkdir(path, { mode: 0o700 });
  } catch (error) {
    const what = `no file can be put into ${parent}`;
    throw (
      shortage(error, what) ??
      eaphostError(
        'EAPHOST_TEMPORARY_FOLDER',
        `${what} (${systemCodeOf(error) ?? String(error)}); make the folder, or make room in it`,
        error,
      )
    );
  }
  return path;
}

/**
 * Gives `work` a folder that only this user, and on Windows the system, can look into. It is deleted when the work has
 * ended, failed, or the process exits meanwhile. Rejects with `EAPHOST_TEMPORARY_FOLDER` where it can be neither made
 * nor deleted.
 */
export async function withPrivateFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeFolder();
  const isGone = atExit(() => rmSync(folder, removal));
  try {
    return await work(folder);
  } finally {
    try {
      await rm(folder, removal);
    } catch (error) {
      // oxlint-disable-next-line no-unsafe-finally -- a secret that stays is worse than what the work failed with
      throw eaphostError(
        'EAPHOST_TEMPORARY_FOLDER',
        `${folder} cannot be deleted (${systemCodeOf(error) ?? String(error)}); delete it: credentials may be in it`,
        error,
      );
    } finally {
      isGone();
    }
  }
}

/** Writes a document into a new file of such a folder, in UTF-8, and gives its path. The copy in memory is wiped. */
export async function writeDocument(folder: string, name: string, xml: string): Promise<string> {
  const path = join(folder, name);
  // The file is UTF-8, whatever a declaration made for a string's UTF-16 says.
  const octets = secretFrom(xml.replace(/^\uFEFF?\s*<\?xml\s[^>]*\?>\s*/u, ''));
  try {
    await writeFile(path, octets, { flag: 'wx', mode: 0o600 });
  } finally {
    octets.fill(0);
  }
  return path;
}
