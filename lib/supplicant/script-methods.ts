// The methods in TypeScript of one host, and the servers through which the run-time's shim reaches them. A method's
// server starts with the first session that needs it.

import { isObject } from '../base/guards.js';
import { part } from '../base/shortage.js';
import type { MethodDefinition } from '../hosts/method.js';
import type { MethodServer } from '../shim-server/serve.js';
import type { NativeRuntime } from '../native/runtime-types.js';
import { formatMethodType, toMethodType, type FullMethodType, type MethodType } from '../eap/names.js';

const shimServer = part(() => import('../shim-server/serve.js'));

function checkDefinition(value: unknown, argument: string): asserts value is MethodDefinition {
  if (!isObject(value)) throw new TypeError(`${argument} must be a method definition`);
  if (typeof value['name'] !== 'string') throw new TypeError(`${argument}.name must be a string`);
  if (typeof value['properties'] !== 'number') throw new TypeError(`${argument}.properties must be a number`);
  if (!isObject(value['peer'])) throw new TypeError(`${argument}.peer must be the peer side of the method`);
}

/** A method, checked, and once a session needed it, its server. */
interface Hosted {
  readonly type: FullMethodType;
  readonly definition: MethodDefinition;
  server?: Promise<MethodServer>;
}

/** Methods that passed every check, by the names of their types. */
export type CheckedMethods = ReadonlyMap<string, Pick<Hosted, 'type' | 'definition'>>;

/** Checks a list of methods. Throws TypeError or RangeError that name `argument`; two of one type are refused. */
export function checkMethods(definitions: unknown, argument: string): CheckedMethods {
  if (!Array.isArray(definitions)) throw new TypeError(`${argument} must be an array of method definitions`);
  const methods = new Map<string, Hosted>();
  const list: readonly unknown[] = definitions;
  for (const [index, definition] of list.entries()) {
    checkDefinition(definition, `${argument}[${index}]`);
    const type = toMethodType(definition.type, `${argument}[${index}].type`);
    const key = formatMethodType(type);
    if (methods.has(key)) throw new TypeError(`${argument}[${index}] has the type of another: ${key}`);
    methods.set(key, { type, definition });
  }
  return methods;
}

/** The methods in TypeScript of one host. JavaScript thread. */
export class ScriptMethods {
  readonly #methods = new Map<string, Hosted>();
  /** Including those of removed methods: their sessions continue. */
  readonly #servers = new Set<MethodServer>();
  /** Servers that are only just starting. */
  readonly #starting = new Set<Promise<MethodServer>>();
  readonly #runtime: NativeRuntime;
  readonly #shim: string;

  /** `shim` is the path of the method DLL shim. Later lists replace earlier ones, type by type. */
  constructor(runtime: NativeRuntime, shim: string, ...lists: readonly CheckedMethods[]) {
    this.#runtime = runtime;
    this.#shim = shim;
    for (const list of lists) {
      for (const [key, { type, definition }] of list) this.#methods.set(key, { type, definition });
    }
  }

  has(type: MethodType): boolean {
    return this.#methods.has(formatMethodType(type));
  }

  /** Makes sure that the run-time reaches the method, where it is one of these. */
  async start(type: MethodType): Promise<void> {
    const hosted = this.#methods.get(formatMethodType(type));
    if (hosted === undefined) return;
    const server = (hosted.server ??= this.#serve(hosted));
    try {
      await server;
    } catch (error) {
      // The next session tries again, where none has meanwhile.
      if (hosted.server === server) delete hosted.server;
      throw error;
    }
  }

  /** As `start`, for each of them. */
  async startAll(): Promise<void> {
    await Promise.all([...this.#methods.values()].map(({ type }) => this.start(type)));
  }

  /** Removes a method, so that another of its type can be registered; false if it is none of these. */
  async remove(type: MethodType): Promise<boolean> {
    const key = formatMethodType(type);
    const hosted = this.#methods.get(key);
    if (hosted === undefined) return false;
    this.#methods.delete(key);
    // The session that needed it gets the reason why one did not start; then nothing is registered.
    const isRegistered = await hosted.server?.then(
      () => true,
      () => false,
    );
    if (isRegistered === true) await this.#runtime.unregisterMethod(hosted.type);
    return true;
  }

  /** Closes the servers. The sessions of the run-time have ended. */
  async close(): Promise<void> {
    this.#methods.clear();
    // The session that needed one that is still starting gets the outcome.
    await Promise.allSettled(this.#starting);
    await Promise.all([...this.#servers].map((server) => server.close()));
  }

  #serve(hosted: Hosted): Promise<MethodServer> {
    const starting = this.#startServer(hosted).finally(() => this.#starting.delete(starting));
    this.#starting.add(starting);
    return starting;
  }

  async #startServer(hosted: Hosted): Promise<MethodServer> {
    const { serveInProcess } = await shimServer();
    const server = await serveInProcess({ methods: [hosted.definition] }, this.#shim);
    try {
      await this.#runtime.registerMethod({
        type: hosted.type,
        dllPath: this.#shim,
        friendlyName: hosted.definition.name,
        endpoint: server.endpoint,
        properties: hosted.definition.properties,
      });
    } catch (error) {
      await server.close();
      throw error;
    }
    this.#servers.add(server);
    return server;
  }
}
