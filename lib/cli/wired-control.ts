// How commands reach the `eaphost wired` that runs: a word in, a line of JSON out, over a local socket, or a named pipe on
// Windows. Windows lets only administrators and the account that made it write to such a pipe; elsewhere the socket's mode
// says the same. No secret goes over it.

import { once } from 'node:events';
import { lstatSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { homedir } from 'node:os';
import { join } from 'node:path';

import { CommandError, errorCode } from './command.js';

/** What each word does: gives the answer. */
export type Words = Readonly<Record<string, () => unknown>>;

const maxWord = 32;
const maxAnswer = 65_536;
/** Milliseconds for an answer, which is there at once. */
const answerLimit = 10_000;

/** Where the keeper of a port is reached, unless it is told. Only its own account can put something there. */
export function usualControl(port: string): string {
  const name = `eaphost-wired-${encodeURIComponent(port)}`;
  if (process.platform === 'win32') return `\\\\.\\pipe\\${name}`;
  return process.geteuid?.() === 0 ? `/var/run/${name}.sock` : join(homedir(), `.${name}.sock`);
}

/** Begins to listen. A socket that nobody listens at any more is taken over. Rejects where somebody does. */
export async function listenForWords(path: string, words: Words): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let said = '';
    socket.setEncoding('utf8');
    socket.setTimeout(answerLimit, () => socket.destroy());
    // One that says nothing does not hold a process that ends.
    socket.unref();
    socket.on('error', () => socket.destroy());
    socket.on('end', () => socket.end());
    socket.on('data', (chunk) => {
      said += chunk.toString();
      if (said.length > maxWord) socket.destroy();
      if (!said.includes('\n')) return;
      const word = said.trim();
      const answer = Object.hasOwn(words, word) ? words[word]?.() : { error: 'unknown' };
      socket.end(`${JSON.stringify(answer ?? {})}\n`);
    });
  });
  if (await isAnswered(path)) throw new CommandError(`${path} is another eaphost wired's`);
  if (process.platform !== 'win32') removeSocket(path);
  const mask = process.umask(0o077);
  try {
    server.listen(path);
    await once(server, 'listening');
  } finally {
    process.umask(mask);
  }
  return server;
}

/** Removes a socket that nobody listens at any more. Anything else that is there is not ours to remove. */
function removeSocket(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSocket()) throw new CommandError(`${path} is no socket`, 'name another path with --control');
  rmSync(path, { force: true });
}

/** Whether somebody listens there. */
export async function isAnswered(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    return true;
  } catch (error) {
    // Another account's is somebody's, too.
    return !['ENOENT', 'ECONNREFUSED', 'ENOTSOCK'].includes(errorCode(error) ?? '');
  } finally {
    socket.destroy();
  }
}

/** Sends a word, gives what comes back. Rejects where nobody listens, or nothing comes. */
export async function sendWord(path: string, word: string): Promise<object> {
  const socket = connect(path);
  socket.setTimeout(answerLimit, () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'connect');
    socket.write(`${word}\n`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.length > maxAnswer) throw new Error('the answer has no end');
    }
    const answer: unknown = JSON.parse(text);
    if (typeof answer === 'object' && answer !== null) return answer;
    throw new Error('the answer is none');
  } finally {
    socket.destroy();
  }
}
