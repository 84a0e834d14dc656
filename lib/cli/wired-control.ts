// How commands reach the `eaphost wired` that runs: a word in, a line of JSON out, over a local socket, or a named pipe on
// Windows. Its account and root, on Windows the administrators and SYSTEM, reach it: the socket's mode says so, or the
// pipe's access list. On Windows anybody may have made a pipe of the name before: a command asks a server of this account or
// of SYSTEM alone, and lets it identify the user and not act for him. No secret goes over it.

import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, Socket } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { systemErrorCodes } from '../base/error-codes.js';
import { EapError, isNativeFailure, toEapError } from '../base/errors.js';
import { loadNative } from '../native/binary.js';
import type { NativePipeServer } from '../native/system-types.js';
import { listenAtPipe, type Listener } from '../shim-server/listener.js';
import { CommandError, errorCode } from './command.js';

/** What each word does: gives the answer. */
export type Words = Readonly<Record<string, () => unknown>>;

const isWindows = process.platform === 'win32';
const maxWord = 32;
const maxAnswer = 65_536;
/** Milliseconds for an answer, which is there at once. */
const answerLimit = 10_000;

const localSystem = 'S-1-5-18';

/** Where the keeper of a port is reached, unless it is told. Off Windows only its own account can put something there. */
export function usualControl(port: string): string {
  const name = `eaphost-wired-${encodeURIComponent(port)}`;
  if (isWindows) return `\\\\.\\pipe\\${name}`;
  return process.geteuid?.() === 0 ? `/var/run/${name}.sock` : join(homedir(), `.${name}.sock`);
}

/** Answers one command. */
function serve(socket: Socket, words: Words): void {
  let said = '';
  socket.setEncoding('utf8');
  socket.setTimeout(answerLimit, () => socket.destroy());
  // One that says nothing does not hold a process that ends.
  socket.unref();
  socket.on('error', () => socket.destroy());
  socket.on('end', () => socket.end());
  socket.on('data', (chunk) => {
    said += chunk.toString();
    if (said.length > maxWord) {
      socket.destroy();
      return;
    }
    if (!said.includes('\n')) return;
    const word = said.trim();
    const answer = Object.hasOwn(words, word) ? words[word]?.() : { error: 'unknown' };
    socket.end(`${JSON.stringify(answer ?? {})}\n`);
  });
}

/** Begins to listen. A socket that nobody listens at any more is taken over. Rejects where somebody does. */
export async function listenForWords(path: string, words: Words): Promise<Listener> {
  if (isWindows) {
    return listenAtPipe((socket) => serve(socket, words), path, []).catch(async (error: unknown) => {
      if (!(error instanceof EapError) || error.code !== 'EAPHOST_ADDRESS_TAKEN') throw error;
      throw new CommandError(await takenBy(path), 'stop it, or name another pipe with --control', error.code);
    });
  }
  const server = createServer({ allowHalfOpen: true }, (socket) => serve(socket, words));
  if (await isAnswered(path)) throw new CommandError(`${path} is another eaphost wired's`);
  removeSocket(path);
  const mask = process.umask(0o077);
  try {
    server.listen(path);
    await once(server, 'listening');
  } finally {
    process.umask(mask);
  }
  return {
    address: path,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** Removes a socket that nobody listens at any more. Anything else that is there is not ours to remove. */
function removeSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new CommandError(`${path} is no socket`, 'name another path with --control');
  rmSync(path, { force: true });
}

/** Of a pipe's server. */
const nameOf = ({ account, process: id }: NativePipeServer): string =>
  `process ${id} of ${account === '' ? 'an account that is not shown' : account}`;

/** Which process has the pipe of that name. */
async function takenBy(path: string): Promise<string> {
  try {
    const server = await openPipe(path, []);
    return `${path} is taken by ${nameOf(server)}`;
  } catch (error) {
    return `${path} is taken by another process, which cannot be asked for (${errorCode(error) ?? 'unknown'})`;
  }
}

/** The other end of a pipe, with a connection if one of `owners` (SIDs) serves it. Rejects with Node's codes. */
async function openPipe(path: string, owners: readonly string[]): Promise<NativePipeServer> {
  try {
    return await loadNative().system('connectPipe', { name: path, owners, timeout: answerLimit });
  } catch (error) {
    const isMissing = isNativeFailure(error) && error.winError === systemErrorCodes.ERROR_FILE_NOT_FOUND;
    throw isMissing
      ? Object.assign(new Error(`there is no pipe ${path}`), { code: 'ENOENT' })
      : toEapError(error);
  }
}

/** The accounts whose servers a command asks. */
async function trustedOwners(): Promise<string[]> {
  return [await loadNative().system('currentUser', {}), localSystem];
}

/** A connection, once it is there. Rejects where nobody listens, or on Windows somebody else. */
async function reach(path: string, owners?: readonly string[]): Promise<Socket> {
  if (isWindows) {
    const server = await openPipe(path, owners ?? (await trustedOwners()));
    if (!server.isExpected) {
      throw new CommandError(
        `${path} is served by ${nameOf(server)}, neither this account nor SYSTEM: it was sent nothing`,
        'find out what that process is, or say with --control where eaphost wired listens',
        'ERROR_ACCESS_DENIED',
      );
    }
    if (server.descriptor === undefined) throw new Error('Node has no file descriptor for the pipe');
    return new Socket({ fd: server.descriptor, readable: true, writable: true });
  }
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return socket;
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

/** Whether somebody listens there. */
export async function isAnswered(path: string): Promise<boolean> {
  try {
    const socket = await reach(path);
    socket.destroy();
    return true;
  } catch (error) {
    // Another account's is somebody's, too.
    return !['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errorCode(error) ?? '');
  }
}

/**
 * Sends a word, gives what comes back. Rejects where nobody listens, or nothing comes.
 *
 * @param owners Windows: the SIDs of which one must own the server, in place of the usual ones
 */
export async function sendWord(path: string, word: string, owners?: readonly string[]): Promise<object> {
  const socket = await reach(path, owners);
  socket.setTimeout(answerLimit, () => socket.destroy(new Error('no answer')));
  try {
    socket.write(`${word}\n`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.length > maxAnswer) throw new Error('the answer has no end');
      if (text.endsWith('\n')) break;
    }
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null) return answer;
    throw new Error('the answer is none');
  } finally {
    socket.destroy();
  }
}
