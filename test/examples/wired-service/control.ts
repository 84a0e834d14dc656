// How commands reach the service that runs: a word in, a line of JSON out, over a local socket, or a named pipe on
// Windows. Windows lets only administrators and the service's own account write to such a pipe; elsewhere the socket's
// mode says the same of its owner. No secret goes over it.

import { rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { once } from 'node:events';

/** What each word does: gives the answer. */
export type Commands = ReadonlyMap<string, () => unknown>;

const maxWord = 32;

/** Begins to listen. A socket that nobody listens at any more is taken over. Rejects where another service has it. */
export async function listen(path: string, commands: Commands): Promise<Server> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    let word = '';
    socket.setEncoding('utf8');
    socket.on('error', () => socket.destroy());
    socket.on('data', (chunk) => {
      word += chunk.toString();
      if (word.length > maxWord) socket.destroy();
      if (!word.includes('\n')) return;
      const command = commands.get(word.trim());
      socket.end(`${JSON.stringify(command === undefined ? { error: 'unknown' } : command())}\n`);
    });
  });
  if (process.platform !== 'win32' && !(await answers(path))) rmSync(path, { force: true });
  const mask = process.umask(0o077);
  try {
    server.listen(path);
    await once(server, 'listening');
  } finally {
    process.umask(mask);
  }
  return server;
}

async function answers(path: string): Promise<boolean> {
  try {
    await ask(path, 'health');
    return true;
  } catch {
    return false;
  }
}

/** Sends a word, gives what comes back. Rejects where nobody listens. */
export async function ask(path: string, word: string): Promise<unknown> {
  const socket = connect(path);
  try {
    await once(socket, 'connect');
    socket.write(`${word}\n`);
    let text = '';
    for await (const chunk of socket) text += String(chunk);
    return JSON.parse(text);
  } finally {
    socket.destroy();
  }
}
