// Serves EAP methods in TypeScript to the method DLL shim: the listening end of native/shim/PROTOCOL.md, at a socket or
// within this process. It owns the address, the token and the set of connections. JavaScript thread; nothing here blocks
// or keeps a process alive.

import { randomBytes } from 'node:crypto';

import { ownOptions, toInteger, type OptionNames } from '../base/arguments.js';
import { guidOfCause } from '../base/errors.js';
import { toDefinitions } from '../methods/define.js';
import { tokenSize } from './frames.js';
import type { MethodDefinition } from '../hosts/method.js';
import { listen, listenInProcess, type Listen } from './listener.js';
import { ShimConnection } from './connection.js';
import { methodTable, type ErrorListener } from './checks.js';
import type { ShimStream } from './stream.js';

/** What serveMethods serves, and how. */
export interface ServeOptions {
  /** The methods: no two of one EAP type (the calls of a session do not name the author). */
  readonly methods: readonly MethodDefinition[];
  /**
   * Told of each error that a method threw, before the shim gets its code: for logs. The error is as the method
   * threw it and may hold what the method put into it. What this function throws is ignored.
   */
  readonly onError?: ErrorListener;
  /** Milliseconds that a connection may take for its hello. Default 5,000. */
  readonly helloTimeout?: number;
  /** Connections without a hello at one time; over that the oldest of them is closed. Default 1,024. */
  readonly maxHalfOpen?: number;
  /** Where to listen, and the token that callers present. Default: an unused address and a random token. */
  readonly at?: ServerAddress;
  /**
   * Windows: SIDs of users and groups that may connect beside this user, SYSTEM and Administrators. Default: none.
   */
  readonly clients?: readonly string[];
}

const serveNames: OptionNames<ServeOptions> = {
  methods: 'array',
  onError: 'function',
  helloTimeout: 'number',
  maxHalfOpen: 'number',
  at: 'object',
  clients: 'strings',
};

/** Where a server listens. */
export interface ServerAddress {
  /** A pipe's name (`\\\\.\\pipe\\…`) or the path of a socket in a folder that only this user may enter. */
  readonly address: string;
  /** 32 octets. */
  readonly token: Uint8Array;
}

const placeNames: OptionNames<ServerAddress> = { address: 'string', token: 'bytes' };

/** Methods being served. */
export interface MethodServer extends AsyncDisposable {
  /** Where the shim connects: `<address>#<token>` (native/abi/shim.h). Anyone who knows it can use the methods. */
  readonly endpoint: string;
  /** Connections open now. */
  readonly connections: number;
  /**
   * Closes the server and its connections: each session's signal aborts and its `end` is called. Resolves when
   * that is done, or 2 seconds later where a method does not settle. Idempotent.
   */
  close(): Promise<void>;
}

const closeGraceMs = 2000;

/**
 * Serves methods to the method DLL shim until closed: any number of methods, sessions and host processes at once. The
 * server listens on a Unix-domain socket in a folder that only this user may enter, or on a named pipe that nobody but
 * this user, SYSTEM and Administrators may open; a caller also needs the token that is part of the endpoint. It never
 * keeps the process alive.
 *
 * What a method is given: `config` and `credentials` of getIdentity and a user interface's context are valid until
 * the call settles, those of beginSession until `end` settles; then they are wiped.
 *
 * A method's signal aborts when the host ends the session, gives up or dies. A method that throws fails the call it
 * was in, and nothing else: an error with a numeric `winError` crosses with its code and texts, of any other only the
 * fact does.
 *
 * @throws TypeError or RangeError when a definition is none, or two have the same EAP type
 * @throws EapError `EAPHOST_ADDRESS_TAKEN` when another process listens at the address, `EAPHOST_UNSAFE_FOLDER` when
 *   others may enter the socket's folder, `EAPHOST_TEMPORARY_FOLDER` when no socket can be made where none was named,
 *   `EAPHOST_OUT_OF_DESCRIPTORS` when no more sockets can be had, `EAPHOST_NOT_SUPPORTED` when this process' program
 *   keeps libuv to itself (Windows)
 * @throws an error of node:net or node:fs when a socket cannot be made at the address that was named
 * @example
 * ```ts
 * import { mschapv2Peer } from 'eaphost/methods';
 * import { serveMethods } from 'eaphost/registration';
 *
 * await using server = await serveMethods({ methods: [mschapv2Peer()] });
 * console.log(server.endpoint); // where the shim connects
 * ```
 */
export async function serveMethods(given: ServeOptions): Promise<MethodServer> {
  const options = ownOptions(given, 'options', serveNames);
  return serve(options, (accept) => listen(accept, options.at?.address, options.clients ?? []));
}

/**
 * As `serveMethods`, for the shim at the path `library` and hosts in this process alone, whose calls come and go
 * without a socket.
 */
export function serveInProcess(
  options: Omit<ServeOptions, 'at' | 'clients'>,
  library: string,
): Promise<MethodServer> {
  return serve(options, (accept) => listenInProcess(accept, library), guidOfCause);
}

async function serve(
  options: ServeOptions,
  listenFor: Listen,
  guidOf?: (error: unknown) => string,
): Promise<MethodServer> {
  const methods = methodTable(toDefinitions(options.methods));
  const helloTimeout = toInteger(options.helloTimeout ?? 5000, 'helloTimeout', 1, 0x7fff_ffff);
  const maxHalfOpen = toInteger(options.maxHalfOpen ?? 1024, 'maxHalfOpen', 1, 0x7fff_ffff);
  const at = options.at && ownOptions(options.at, 'at', placeNames, ['address', 'token']);
  const token = Buffer.from(at?.token ?? randomBytes(tokenSize));
  if (token.length !== tokenSize) throw new RangeError(`at.token must have ${tokenSize} octets`);
  const connections = new Set<ShimConnection>();
  const halfOpen = new Set<ShimConnection>();

  const accept = (stream: ShimStream): void => {
    const connection = new ShimConnection(stream, {
      token,
      methods,
      helloTimeout,
      onError: options.onError,
      guidOf,
      onHello: () => halfOpen.delete(connection),
      onClosed: () => {
        halfOpen.delete(connection);
        connections.delete(connection);
      },
    });
    connections.add(connection);
    halfOpen.add(connection);
    const [oldest] = halfOpen;
    if (oldest !== undefined && halfOpen.size > maxHalfOpen) {
      halfOpen.delete(oldest);
      oldest.destroy();
    }
  };

  const listener = await listenFor(accept);

  const shut = async (): Promise<void> => {
    const closed = listener.close();
    const ends = [...connections].map((connection) => {
      connection.destroy();
      return connection.ended;
    });
    let timer: NodeJS.Timeout | undefined;
    const grace = new Promise<void>((resolve) => {
      // As in hosting/limits.ts: what has ended while JavaScript was busy counts.
      timer = setTimeout(() => setImmediate(resolve), closeGraceMs);
    });
    await Promise.race([Promise.all([closed, ...ends]), grace]);
    clearTimeout(timer);
    token.fill(0);
  };

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= shut());
  return {
    endpoint: `${listener.address}#${token.toString('hex')}`,
    get connections() {
      return connections.size;
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
