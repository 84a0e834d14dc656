// The embedded run-time of one host: sessions with methods in TypeScript, which need no native code, beside those of its
// library, for method DLLs. The library is loaded with the first of these. JavaScript thread.

import { isObject } from '../base/guards.js';
import { systemErrorCodes, eapErrorCodes } from '../base/error-codes.js';
import { EapError } from '../base/errors.js';
import { completeError } from '../hosts/eap-error.js';
import { configureMethod, identityOfMethod } from '../hosts/configuration.js';
import type { MethodDefinition, PeerSide } from '../hosts/method.js';
import { MethodSession, Strand } from '../hosts/method-session.js';
import { decodeUiContext } from '../hosts/ui-context.js';
import type { Watch } from '../native/calls.js';
import type {
  ConfigurationCall,
  ConfigurationCalls,
  NativeBeginOptions,
  NativeIdentity,
  NativeMethodContext,
  NativeMethodInfo,
  NativeMethodRegistration,
  NativeRuntime,
  NativeSession,
} from '../native/runtime-types.js';
import { formatMethodType, toMethodType, type FullMethodType } from '../eap/names.js';

type Method = MethodDefinition & { readonly peer: PeerSide };

/** Methods that passed every check, by the names of their types. */
export type CheckedMethods = ReadonlyMap<
  string,
  { readonly type: FullMethodType; readonly definition: Method }
>;

function checkDefinition(value: unknown, argument: string): asserts value is Method {
  if (!isObject(value)) throw new TypeError(`${argument} must be a method definition`);
  if (typeof value['name'] !== 'string') throw new TypeError(`${argument}.name must be a string`);
  if (typeof value['properties'] !== 'number') throw new TypeError(`${argument}.properties must be a number`);
  if (!isObject(value['peer'])) throw new TypeError(`${argument}.peer must be the peer side of the method`);
}

/** Checks a list of methods. Throws TypeError or RangeError that name `argument`; two of one type are refused. */
export function checkMethods(definitions: unknown, argument: string): CheckedMethods {
  if (!Array.isArray(definitions)) throw new TypeError(`${argument} must be an array of method definitions`);
  const methods = new Map<string, { type: FullMethodType; definition: Method }>();
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

/** How the run-time is opened. */
export interface EmbeddedOptions {
  /** Opens the library. */
  readonly open: () => Promise<NativeRuntime>;
  readonly identityNeedsUserData: boolean;
  readonly maxRounds: number | undefined;
  /** Sees the calls that do not go through the library. */
  readonly watch: Watch;
}

/** Sessions with methods in TypeScript that are open in this thread. */
let openSessions = 0;
/** The connections of such sessions: whose they are, and whether one is open on it. */
const connections = new Map<string, { readonly owner: EmbeddedRuntime; isClaimed: boolean }>();

function failure(call: string, code: number, method?: FullMethodType) {
  const type = method ?? { type: 0, vendorId: 0, vendorType: 0, authorId: 0 };
  return { call, winError: code, error: completeError({}, code, type) };
}

/** The embedded run-time. */
export class EmbeddedRuntime implements NativeRuntime {
  readonly #options: EmbeddedOptions;
  readonly #methods = new Map<string, { readonly type: FullMethodType; readonly definition: Method }>();
  readonly #strands = new Set<Strand>();
  /** Calls of methods that have not settled, apart from those of sessions. */
  readonly #asked = new Set<Promise<unknown>>();
  #opening: Promise<NativeRuntime> | undefined;
  #opened: NativeRuntime | undefined;
  /** Whether the library can know of a method: its registry is Windows'. */
  #hasDlls = process.platform === 'win32';
  #onNotification: ((connectionId: string) => void) | undefined;
  #closing: Promise<void> | undefined;

  constructor(options: EmbeddedOptions) {
    this.#options = options;
  }

  /** Adds methods in TypeScript, which replace those of the same types. */
  add(methods: CheckedMethods): void {
    for (const [key, method] of methods) this.#methods.set(key, method);
  }

  get onNotification(): ((connectionId: string) => void) | undefined {
    return this.#onNotification;
  }

  set onNotification(listener: ((connectionId: string) => void) | undefined) {
    this.#onNotification = listener;
    if (this.#opened !== undefined) this.#opened.onNotification = listener;
  }

  /** Whether it is one of the methods in TypeScript. */
  has(type: FullMethodType): boolean {
    return this.#methods.has(formatMethodType(type));
  }

  async beginSession(options: NativeBeginOptions): Promise<NativeSession> {
    const found = this.#find(options.method);
    if (found === undefined) {
      return this.#library(options.method, 'beginSession', [options], (native) =>
        native.beginSession(options),
      );
    }
    return this.#seen('beginSession', [options], async () => this.#begin(found.definition, options));
  }

  async clearConnection(connectionId: string): Promise<void> {
    const connection = connections.get(connectionId);
    if (connection === undefined && this.#opened !== undefined) {
      return this.#opened.clearConnection(connectionId);
    }
    return this.#seen('clearConnection', [connectionId], async () => {
      if (connection?.isClaimed !== false) {
        const code = connection ? systemErrorCodes.ERROR_INVALID_STATE : systemErrorCodes.ERROR_NOT_FOUND;
        throw failure('EapHostPeerClearConnection', code);
      }
      connections.delete(connectionId);
    });
  }

  async getIdentity(options: NativeMethodContext): Promise<NativeIdentity> {
    const found = this.#find(options.method);
    if (found === undefined) {
      return this.#library(options.method, 'getIdentity', [options], (native) => native.getIdentity(options));
    }
    return this.#ask('getIdentity', [options], () => identityOfMethod(found.definition, options));
  }

  /** Undocumented in Windows: the form of its result is stated nowhere. */
  async getEncryptedPassword(): Promise<never> {
    return this.#seen('getEncryptedPassword', [], async () => {
      throw failure('EapHostPeerGetEncryptedPassword', systemErrorCodes.ERROR_NOT_SUPPORTED);
    });
  }

  async configure<Call extends ConfigurationCall>(
    call: Call,
    options: ConfigurationCalls[Call]['options'],
  ): Promise<ConfigurationCalls[Call]['result']> {
    if (call === 'getMethods') {
      return this.#seen('configure', [call], () => this.#list());
    }
    const type = methodOf(options);
    const found = type && this.#find(type);
    if (type === undefined || found === undefined) {
      return this.#library(type, 'configure', [call, options], (native) => native.configure(call, options));
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- of a call other than getMethods
    const given = options as Parameters<typeof configureMethod>[3];
    return this.#ask('configure', [call, options], () =>
      configureMethod(found.definition, type, call, given),
    );
  }

  /** It replaces a method of the same type. */
  async registerMethod(method: NativeMethodRegistration): Promise<void> {
    const native = await this.#open();
    this.#hasDlls = true;
    await native.registerMethod(method);
    this.#methods.delete(formatMethodType(method.type));
  }

  async unregisterMethod(type: FullMethodType): Promise<void> {
    if (this.#methods.delete(formatMethodType(type))) return;
    await this.#library(type, 'unregisterMethod', [type], (native) => native.unregisterMethod(type));
  }

  setOption(option: number, value: number): void {
    this.#opened?.setOption(option, value);
  }

  counters(): ReturnType<NativeRuntime['counters']> {
    const native = this.#opened?.counters() ?? { outstandingBlocks: 0, sessions: 0, loadedMethods: 0 };
    return { ...native, sessions: native.sessions + openSessions };
  }

  stats(): ReturnType<NativeRuntime['stats']> {
    return this.#opened?.stats() ?? { lanes: 0, pending: 0 };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    // Nobody is left whom the failure of an end could reach, as with sessions that a library ends.
    await Promise.allSettled([...[...this.#strands].map((strand) => strand.end(undefined)), ...this.#asked]);
    for (const [id, { owner }] of connections) if (owner === this) connections.delete(id);
    if (this.#opening === undefined) await this.#seen('close', [], async () => undefined);
    else await (await this.#opening).close();
  }

  #find(type: FullMethodType) {
    return this.#methods.get(formatMethodType(type));
  }

  #begin(definition: Method, options: NativeBeginOptions): NativeSession {
    const { connectionId } = options;
    if (connectionId !== undefined) {
      const connection = connections.get(connectionId);
      if (connection?.isClaimed === true) {
        throw failure('EapHostPeerBeginSession', systemErrorCodes.ERROR_INVALID_STATE, options.method);
      }
      connections.set(connectionId, { owner: this, isClaimed: true });
    }
    const { identityNeedsUserData, maxRounds, watch } = this.#options;
    const onEnded = (ended: string | undefined): void => {
      openSessions -= 1;
      this.#strands.delete(strand);
      if (connectionId === undefined) return;
      if (ended === connectionId) connections.delete(connectionId);
      else connections.set(connectionId, { owner: this, isClaimed: false });
    };
    const strand = new Strand({ definition, options, identityNeedsUserData, maxRounds, onEnded });
    openSessions += 1;
    this.#strands.add(strand);
    return new MethodSession(strand, watch);
  }

  async #list(): Promise<NativeMethodInfo[]> {
    const native = this.#hasDlls ? await this.#listNative() : [];
    const others = native.filter(({ type }) => !this.has(type));
    const own = [...this.#methods.values()].map(({ type, definition: { name, properties } }) => ({
      type: { ...type },
      authorName: '',
      friendlyName: name,
      properties,
    }));
    return [...others, ...own];
  }

  /** Without a binary there are no DLLs: what needs one says so. */
  async #listNative(): Promise<NativeMethodInfo[]> {
    try {
      return await (await this.#open()).configure('getMethods', {});
    } catch (error) {
      if (error instanceof EapError && error.code === 'EAPHOST_NATIVE_NOT_FOUND') return [];
      throw error;
    }
  }

  /** Makes a call of the library, where it can know the method. */
  async #library<T>(
    type: FullMethodType | undefined,
    name: string,
    args: readonly unknown[],
    call: (native: NativeRuntime) => Promise<T>,
  ): Promise<T> {
    if (type === undefined || this.#hasDlls) {
      // At once where it is open: a call that is made before `close` comes before it.
      return call(this.#opened ?? (await this.#open()));
    }
    return this.#seen(name, args, async () => {
      const [first = name] = name === 'configure' ? args : [];
      const windows = String(first);
      const title = `EapHostPeer${windows.charAt(0).toUpperCase()}${windows.slice(1)}`;
      throw failure(title, eapErrorCodes.EAP_E_EAPHOST_METHOD_NOT_INSTALLED, type);
    });
  }

  async #open(): Promise<NativeRuntime> {
    this.#opening ??= this.#options.open().then(
      (native) => {
        native.onNotification = this.#onNotification;
        return (this.#opened = native);
      },
      (error: unknown) => {
        // The next call tries again: what was missing may be there.
        this.#opening = undefined;
        throw error;
      },
    );
    return this.#opening;
  }

  async #ask<T>(name: string, args: readonly unknown[], start: () => Promise<T>): Promise<T> {
    const asked = this.#seen(name, args, start);
    this.#asked.add(asked);
    try {
      return await asked;
    } finally {
      this.#asked.delete(asked);
    }
  }

  #seen<T>(name: string, args: readonly unknown[], start: () => Promise<T>): Promise<T> {
    const { watch } = this.#options;
    return watch.isActive ? watch.tell(name, args, undefined, start) : start();
  }
}

/** The method that a call of the configuration is for; undefined where its library is to find out. */
function methodOf(options: object): FullMethodType | undefined {
  if ('method' in options && options.method !== undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the options of these calls have their type there
    return options.method as FullMethodType;
  }
  if (!('uiContext' in options) || !(options.uiContext instanceof Uint8Array)) return undefined;
  const context = decodeUiContext(options.uiContext);
  context?.data.fill(0);
  return context?.type;
}
