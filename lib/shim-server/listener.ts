// The listeners of method servers: a Unix-domain socket, whose callers' user is checked, a named pipe that the addon
// makes, since Node gives no access list to its own, or within this process none of them. JavaScript thread; it never
// keeps a process alive.

import { randomUUID } from 'node:crypto';
import { closeSync, lstatSync, rmSync } from 'node:fs';
import { createServer, Socket, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute } from 'node:path';

import { eaphostError, isNativeFailure, toEapError } from '../base/errors.js';
import { isObject } from '../base/guards.js';
import { loadNative } from '../native/binary.js';
import { shortage, systemCodeOf } from '../base/shortage.js';
import { connectError, isPrivate, makeAddress, removeAddress } from './address.js';
import { localStream, socketStream, type ShimStream } from './stream.js';

/** An address that is listened at. */
export interface Listener {
  readonly address: string;
  /** Lets the address go. Connections go on. Resolves when nothing is accepted any more. */
  close(): Promise<void>;
}

type Accept = (stream: ShimStream) => void;

/** Hands each caller's connection to `accept`. */
export type Listen = (accept: Accept) => Promise<Listener>;

const backlog = 4096;
const attempts = 3;
const errorAlreadyExists = 183;
const errorProcNotFound = 127;

function taken(address: string, cause?: unknown): Error {
  return eaphostError(
    'EAPHOST_ADDRESS_TAKEN',
    `somebody else has ${address}: another process that serves the method, one that wants to be taken for it, or a ` +
      'host that still holds a connection to a server that has ended',
    cause,
  );
}

function unfit(cause: unknown): Error {
  return eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    `${process.execPath} does not export libuv's uv_open_osfhandle, without which Node cannot take over a named pipe: ` +
      'serve methods from node.exe or Electron',
    cause,
  );
}

/**
 * Listens at a named pipe that this process makes, or not at all (FILE_FLAG_FIRST_PIPE_INSTANCE), whose access list lets
 * this user, SYSTEM, the administrators and `clients` (SIDs) connect. A pipe that is shut at one end is shut.
 *
 * @throws EapError `EAPHOST_ADDRESS_TAKEN` or `EAPHOST_NOT_SUPPORTED`
 */
export async function listenAtPipe(
  accept: (socket: Socket) => void,
  address: string,
  clients: readonly string[],
): Promise<Listener> {
  const addon = loadNative();
  const listener = await addon.system('listenPipe', { name: address, clients }).catch((error: unknown) => {
    if (isNativeFailure(error) && error.winError === errorAlreadyExists) throw taken(address, error);
    if (isNativeFailure(error) && error.winError === errorProcNotFound) throw unfit(error);
    throw toEapError(error);
  });
  const acceptAll = async (): Promise<void> => {
    for (;;) {
      let descriptor: number | undefined;
      try {
        descriptor = await addon.acceptPipe(listener);
      } catch {
        // This caller got no file descriptor; the next may.
        continue;
      }
      if (descriptor === undefined) return;
      let socket: Socket;
      try {
        socket = new Socket({ fd: descriptor, readable: true, writable: true });
      } catch {
        closeSync(descriptor);
        continue;
      }
      accept(socket);
      // A socket that is made of a descriptor waits to be told to read.
      socket.resume();
    }
  };
  const accepting = acceptAll();
  return {
    address,
    close() {
      addon.closeSource(listener);
      return accepting;
    },
  };
}

/** Whether a socket's other end is a process of this user, or of root. */
function isOwn(socket: Socket): boolean {
  const handle: unknown = Reflect.get(socket, '_handle');
  const descriptor = isObject(handle) ? handle['fd'] : undefined;
  if (typeof descriptor !== 'number' || descriptor < 0) return false;
  const user = loadNative().peerUser(descriptor);
  return user !== undefined && (user === process.geteuid?.() || user === 0);
}

async function bind(server: Server, path: string): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ path, backlog, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A socket that a process left behind which is gone: removed. One that is listened at, or another file: refused. */
async function clear(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const error = await connectError(path);
  if (systemCodeOf(error) !== 'ECONNREFUSED' || !lstatSync(path).isSocket()) {
    throw shortage(error, `whether anybody listens at ${path} cannot be told`) ?? taken(path);
  }
  rmSync(path);
}

async function bindAt(server: Server, address: string): Promise<void> {
  if (!isAbsolute(address)) throw new RangeError('at.address must be an absolute path');
  if (!isPrivate(dirname(address))) {
    throw eaphostError(
      'EAPHOST_UNSAFE_FOLDER',
      `others may enter ${dirname(address)}; a method's socket must lie in a folder of this user's with mode 0700`,
    );
  }
  await clear(address);
  try {
    await bind(server, address);
  } catch (error) {
    if (systemCodeOf(error) === 'EADDRINUSE') throw taken(address, error);
    throw shortage(error, `no socket at ${address}`) ?? error;
  }
}

/** Listens at an address of its own, which it gives. */
async function bindAnywhere(server: Server): Promise<string> {
  for (let attempt = 1; ; ++attempt) {
    let address: string | undefined;
    try {
      address = makeAddress();
      await bind(server, address);
      return address;
    } catch (error) {
      if (address !== undefined) removeAddress(address);
      // Another thread may have removed the folder with the last of its sockets.
      if (attempt === attempts) throw unmade(error);
    }
  }
}

/** Why there is no socket in the folder for temporary files. */
function unmade(error: unknown): Error {
  const what = `no socket for a method can be made in ${tmpdir()}`;
  const why = error instanceof Error ? error.message : String(error);
  const advice = 'mend that folder, or name another with the environment variable TMPDIR';
  return (
    shortage(error, what) ?? eaphostError('EAPHOST_TEMPORARY_FOLDER', `${what}: ${why}; ${advice}`, error)
  );
}

async function listenAtSocket(accept: Accept, given: string | undefined): Promise<Listener> {
  // Loaded before there is a caller to be checked with it.
  loadNative();
  const server = createServer((socket) => {
    if (isOwn(socket)) accept(socketStream(socket));
    else socket.destroy();
  });
  if (given !== undefined) await bindAt(server, given);
  const address = given ?? (await bindAnywhere(server));
  server.unref();
  // A failed accept (no file descriptors left) costs that caller its connection and nothing else.
  server.on('error', () => {});
  return {
    address,
    close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      removeAddress(address);
      return closed;
    },
  };
}

/**
 * Listens at `address`, or at one that nobody has, and hands each caller's connection to `accept`.
 *
 * @param clients Windows: SIDs that may connect beside this user, SYSTEM and Administrators
 * @throws EapError `EAPHOST_ADDRESS_TAKEN`, `EAPHOST_UNSAFE_FOLDER`, `EAPHOST_TEMPORARY_FOLDER`,
 *   `EAPHOST_OUT_OF_DESCRIPTORS` or `EAPHOST_NOT_SUPPORTED`
 */
export function listen(
  accept: Accept,
  address: string | undefined,
  clients: readonly string[],
): Promise<Listener> {
  if (process.platform === 'win32') {
    return listenAtPipe((socket) => accept(socketStream(socket)), address ?? makeAddress(), clients);
  }
  return listenAtSocket(accept, address);
}

/**
 * Listens at an address that this process alone knows, and there the shim at the path `library`.
 *
 * @throws EapError when that cannot be loaded
 */
export async function listenInProcess(accept: Accept, library: string): Promise<Listener> {
  const address = `process:${randomUUID()}`;
  try {
    const listener = loadNative().listenLocally(library, address, (connection) =>
      accept(localStream(connection)),
    );
    return {
      address,
      close() {
        listener.close();
        return Promise.resolve();
      },
    };
  } catch (error) {
    throw toEapError(error);
  }
}
