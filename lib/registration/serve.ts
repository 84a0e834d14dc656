// Serves registered methods: at the pipes that the registry names, as the user that it names. JavaScript thread.

import { ownOptions, toInteger, type OptionNames } from '../base/arguments.js';
import { loadNative } from '../native/binary.js';
import { EapError, eaphostError, isNativeFailure, toEapError } from '../base/errors.js';
import type { MethodDefinition } from '../hosts/method.js';
import {
  serveMethods,
  type MethodServer,
  type ServeOptions,
  type ServerAddress,
} from '../shim-server/serve.js';
import { textIn } from '../native/registry.js';
import { methodKey } from '../eap/registry-keys.js';
import { formatMethodType, toMethodType, type FullMethodType, type MethodType } from '../eap/names.js';
import { shimValues } from './keys.js';
import { thisMachine, type Machine } from './machine.js';

/** Registered methods being served. */
export interface RegisteredServer extends AsyncDisposable {
  /** The methods, as they are registered. */
  readonly types: readonly FullMethodType[];
  /** Connections of hosts open now. */
  readonly connections: number;
  /** As `MethodServer.close`, for each of them. Idempotent. */
  close(): Promise<void>;
}

/** Milliseconds: the most that a timer takes. */
const longestTimer = 0x7fff_ffff;

interface Place extends ServerAddress {
  readonly owner: string;
}

async function placeOf(type: FullMethodType, { registry }: Machine): Promise<Place> {
  const key = await registry.read(methodKey(type));
  const { address, token } =
    /^(?<address>.+)#(?<token>[0-9a-f]{64})$/iu.exec(textIn(key, shimValues.endpoint) ?? '')?.groups ?? {};
  const owner = textIn(key, shimValues.owner);
  if (address === undefined || token === undefined || !owner) {
    throw new EapError(`method ${formatMethodType(type)} is not registered for a method in TypeScript`, {
      code: 'EAPHOST_REGISTRATION',
      method: type,
    });
  }
  return { address, token: Buffer.from(token, 'hex'), owner };
}

const servedNames: OptionNames<Omit<ServeOptions, 'at' | 'methods'>> = {
  onError: 'function',
  helloTimeout: 'number',
  maxHalfOpen: 'number',
  clients: 'strings',
};

/**
 * Serves methods that `registerMethod` has registered, each at its pipe, until closed. Unlike `serveMethods` it is for
 * hosts in other processes, such as Windows' EAPHost, and keeps the process alive.
 *
 * Rejects with `EapError`: `EAPHOST_REGISTRATION` if a method is not registered or not for this process' user,
 * `EAPHOST_ADDRESS_TAKEN` if another process has the pipe, `EAPHOST_UNSUPPORTED_PLATFORM` off Windows.
 *
 * @example
 * ```ts
 * import { serveRegistered } from 'eaphost/registration';
 *
 * const server = await serveRegistered([method], { onError: (error) => console.error(error) });
 * process.once('SIGTERM', () => void server.close());
 * ```
 */
export async function serveRegistered(
  definitions: readonly MethodDefinition[],
  options: Omit<ServeOptions, 'at' | 'methods'> = {},
  machine: Machine = thisMachine,
): Promise<RegisteredServer> {
  const own = ownOptions(options, 'options', servedNames);
  const types = definitions.map((definition, index) =>
    toMethodType(definition.type, `definitions[${index}].type`),
  );
  const user = await machine.currentUser();
  const places = await Promise.all(types.map((type) => placeOf(type, machine)));
  const foreign = places.findIndex(({ owner }) => owner !== user);
  const place = places[foreign];
  if (place !== undefined) {
    throw eaphostError(
      'EAPHOST_REGISTRATION',
      `method ${formatMethodType(types[foreign] ?? types[0]!)} is registered to be served by ${place.owner}, and this ` +
        `process runs as ${user}; EAPHost would refuse it`,
    );
  }
  const servers: MethodServer[] = [];
  // The servers alone keep no process alive.
  const staying = setInterval(() => undefined, longestTimer);
  const close = async (): Promise<void> => {
    clearInterval(staying);
    await Promise.all(servers.map((server) => server.close()));
  };
  try {
    for (const [index, definition] of definitions.entries()) {
      const at = places[index];
      if (at === undefined) continue;
      const { address, token } = at;
      servers.push(await serveMethods({ ...own, methods: [definition], at: { address, token } }));
    }
  } catch (error) {
    await close();
    throw error;
  }
  return {
    types,
    get connections() {
      return servers.reduce((sum, server) => sum + server.connections, 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * Codes of the native side that mean that no permitted server answers: refused, another user's, late, gone,
 * malformed.
 */
const unanswered: ReadonlySet<number> = new Set([1225, 5, 1460, 1236, 58]);

/** Whether the registered owner answers at the pipe. No other process is sent anything. */
async function answers(place: Place, timeout: number): Promise<boolean> {
  try {
    await loadNative().system('greetServer', { ...place, timeout });
    return true;
  } catch (error) {
    if (isNativeFailure(error) && unanswered.has(error.winError)) return false;
    throw toEapError(error);
  }
}

/**
 * Whether the user that a method's registration names is serving it: for health checks. A process of any other user
 * at its pipe is sent nothing and does not count. `timeout` is in milliseconds, from 1. Rejects like
 * `serveRegistered` if the method is not registered, and with a RangeError for a bad timeout.
 */
export async function isServed(
  method: MethodType,
  options: { readonly timeout?: number } = {},
  machine: Machine = thisMachine,
): Promise<boolean> {
  const { timeout = 5000 } = ownOptions(options, 'options', { timeout: 'number' });
  const limit = toInteger(timeout, 'timeout', 1, longestTimer);
  return answers(await placeOf(toMethodType(method, 'type'), machine), limit);
}
