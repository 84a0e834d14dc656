// Where method servers listen: a socket in this process' own folder, or a named pipe. Owns the folder, which goes
// with its last socket, and removes those of processes that were killed. JavaScript thread; the folder is shared by the
// process' workers.

import { randomBytes } from 'node:crypto';
import { chmodSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, rmdirSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { systemCodeOf } from '../base/shortage.js';

/** A Unix-domain socket's path is shorter than this on every system. */
const longestPath = 103;

/** The sockets of this environment. */
const sockets = new Set<string>();

/** Whether a folder is this user's and no other user may enter it. Throws if it does not exist. */
export function isPrivate(folder: string): boolean {
  const entry = lstatSync(folder);
  return entry.isDirectory() && entry.uid === process.geteuid?.() && (entry.mode & 0o77) === 0;
}

/** Why nobody can be reached at a socket; undefined where somebody can. */
export function connectError(path: string): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', resolve);
  });
}

/** Whether a process runs, as far as it can be seen from here: not in another container. */
function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemCodeOf(error) !== 'ESRCH';
  }
}

/** Removes a folder that nobody listens in. Only its sockets: what else is in it is not ours, and keeps it. */
async function removeForsaken(folder: string): Promise<void> {
  for (const name of isPrivate(folder) ? readdirSync(folder) : []) {
    const path = join(folder, name);
    const isDead = systemCodeOf(await connectError(path)) === 'ECONNREFUSED';
    if (isDead && lstatSync(path).isSocket()) rmSync(path);
  }
  if (isPrivate(folder)) rmdirSync(folder);
}

/** Removes the folders in `parent` of this user's processes that were killed. */
async function tidy(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = /^eaphost-(\d+)(?:-\w{6})?$/u.exec(name)?.[1];
    // Another process may use it after all, or remove it, too.
    if (pid !== undefined && !isRunning(Number(pid)))
      await removeForsaken(join(parent, name)).catch(() => {});
  }
}

/**
 * A folder that only this user may enter. It has the process' name, so that a worker that is terminated, and has no
 * chance to remove anything, leaves none of its own behind; where that name is taken, a random one.
 */
function privateFolder(): string {
  const name = `eaphost-${process.pid}`;
  const longest = join(tmpdir(), `${name}-XXXXXX`, 'x'.repeat(16));
  const folder = join(longest.length > longestPath ? '/tmp' : tmpdir(), name);
  try {
    mkdirSync(folder, { mode: 0o700 });
    // A folder that cannot be read stays untidy.
    tidy(dirname(folder)).catch(() => {});
    return folder;
  } catch {
    try {
      if (isPrivate(folder)) return folder;
    } catch {
      // It is gone again, or cannot be looked at.
    }
    const other = mkdtempSync(`${folder}-`);
    chmodSync(other, 0o700);
    return other;
  }
}

/** An unused address. The caller binds it or releases it. */
export function makeAddress(): string {
  const unique = randomBytes(8).toString('hex');
  if (process.platform === 'win32') return `\\\\.\\pipe\\eaphost-${process.pid}-${unique}`;
  const socket = join(privateFolder(), unique);
  if (sockets.size === 0) process.once('exit', removeAll);
  sockets.add(socket);
  return socket;
}

/** Removes an address without a listener. */
export function removeAddress(address: string): void {
  if (!sockets.delete(address)) return;
  rmSync(address, { force: true });
  try {
    rmdirSync(dirname(address));
  } catch {
    // Other sockets are in it.
  }
  if (sockets.size === 0) process.off('exit', removeAll);
}

function removeAll(): void {
  for (const socket of sockets) removeAddress(socket);
}
