// An opened run-time: Windows' EAPHost, or the embedded one, and the methods that its sessions can use.

import type { EventEmitter } from 'node:events';

import { untilAborted } from '../base/abort.js';
import { signalOf, toGuid, toUtf16, type SignalOptions } from '../base/arguments.js';
import { Configuration, type CallSettings, converters, type Converters } from './configuration.js';
import {
  checkBeginOptions,
  type BeginSessionOptions,
  type CheckedBeginOptions,
  checkMethodOptions,
  type IdentityOptions,
  checkMethodDll,
  requireDll,
  installAdvice,
  type MethodDll,
  type MethodName,
} from './options.js';
import { eapErrorCodes } from '../base/error-codes.js';
import { eaphostError, isNativeFailure, toEapError } from '../base/errors.js';
import type { ScriptMethods } from './script-methods.js';
import type { Identity } from '../eap/identity.js';
import type { ConfigurationCall, ConfigurationCalls } from '../native/runtime-types.js';
import type { NativeRuntime, NativeSession } from '../native/runtime-types.js';
import { SessionUi } from './session-ui.js';
import { Session, type SessionLink } from './session.js';
import { bitsToFlags, toMethodType, type FullMethodType, type MethodType } from '../eap/names.js';

/** `system`: Windows' EAPHost. `embedded`: the package's own run-time, on every platform. */
export type Runtime = 'system' | 'embedded';

const methodNotInstalled = eapErrorCodes.EAP_E_EAPHOST_METHOD_NOT_INSTALLED;

/** The native threads of a host. */
export interface HostStats {
  /** Lanes running now. */
  readonly lanes: number;
  /** Native calls under way or queued. */
  readonly pending: number;
}

/** Resources of the embedded run-time in the whole process. */
export interface EmbeddedCounters {
  /** Blocks and errors handed out and not yet freed. */
  readonly outstandingBlocks: number;
  /** Sessions begun and not ended. */
  readonly sessions: number;
  /** Method DLLs in memory. */
  readonly loadedMethods: number;
}

/** The events of a host. */
export interface EapHostEvents {
  /**
   * A connection must be authenticated again (NotificationHandler): end its session if it is open, and begin another
   * with the same `connectionId`. A host with a listener is not collected.
   */
  reauthenticate: [connectionId: string];
  /** A document holds what nobody knows, and it was kept ({@link XmlOptions}): its line, its place, what was meant. */
  warning: [message: string];
}

// Blobs of sessions that are dropped without end(): wiped when the session is collected.
const forgotten = new FinalizationRegistry<Uint8Array>((blob) => {
  blob.fill(0);
});

/** A session's access to its host, and the inputs that it keeps for a restart. */
class Link implements SessionLink {
  constructor(
    private readonly host: EapHost,
    private readonly native: NativeRuntime,
    private readonly options: CheckedBeginOptions,
  ) {}

  get ui(): SessionUi {
    return new SessionUi(this.host, bitsToFlags(this.options.native.flags));
  }

  get method(): FullMethodType {
    return this.options.native.method;
  }

  get connectionId(): string | undefined {
    return this.options.native.connectionId;
  }

  begin(): Promise<NativeSession> {
    return this.native.beginSession(this.options.native);
  }

  checkOpen(): void {
    this.host.checkOpen();
  }

  toError(reason: unknown): unknown {
    return this.host.toError(reason, this.method);
  }

  wipe(): void {
    this.options.native.userData?.fill(0);
  }

  async end(native: NativeSession): Promise<void> {
    try {
      await native.end(this.options.isOwnConnection ? this.connectionId : undefined);
    } finally {
      this.wipe();
    }
  }
}

/**
 * An opened run-time, made by `openEapHost`. Every call rejects with `EapError` if the run-time fails, and with
 * `EAPHOST_CLOSED` after {@link EapHost.close}.
 *
 * `Name` is the names of the methods that it can have, as far as they are known.
 *
 * You free nothing: outputs of the run-time are copied, and freed in the same hop on the same thread, with
 * EapHostPeerFreeRuntimeMemory or EapHostPeerFreeMemory as their function requires.
 */
export class EapHost<Name extends MethodName = MethodName>
  extends Configuration<EapHostEvents>
  implements AsyncDisposable
{
  /** Which run-time it is. */
  readonly runtime: Runtime;
  readonly #native: NativeRuntime;
  readonly #methods: ScriptMethods;
  #closing: Promise<void> | undefined;

  /** @internal Hosts are made by `openEapHost`. */
  constructor(runtime: Runtime, native: NativeRuntime, methods: ScriptMethods) {
    super();
    this.runtime = runtime;
    this.#native = native;
    this.#methods = methods;
    // The native side knows this host only while it has listeners, so that an unused host can be collected.
    const internal = this as EventEmitter;
    internal.on('newListener', (event) => {
      if (event === 'reauthenticate' && !this.isClosed) this.#native.onNotification = this.#notify;
    });
    internal.on('removeListener', (event) => {
      if (event === 'reauthenticate' && this.listenerCount('reauthenticate') === 0) {
        this.#native.onNotification = undefined;
      }
    });
  }

  /** Whether it is closed, or closing. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** @internal Throws `EAPHOST_CLOSED` if the host is closed. */
  checkOpen(): void {
    if (this.isClosed) {
      throw eaphostError('EAPHOST_CLOSED', 'the host is closed; open another with openEapHost()');
    }
  }

  /** @internal What a call rejects with. A failure that closing the host has caused says so. */
  toError(reason: unknown, method?: FullMethodType): unknown {
    const isMissing = isNativeFailure(reason) && reason.winError >>> 0 === methodNotInstalled;
    const told = isMissing && method ? { ...reason, message: installAdvice(method, this.runtime) } : reason;
    const failure = toEapError(told, method);
    if (failure === told || !this.isClosed) return failure;
    return eaphostError('EAPHOST_CLOSED', 'the host was closed during the call', failure);
  }

  /**
   * Begins a session: EapHostPeerBeginSession, which loads the method. End it, or hold it with `await using`. Rejects
   * with TypeError or RangeError that name a bad argument before anything native runs.
   *
   * @example
   * ```ts
   * await using session = await eaphost.beginSession({
   *   method: 'mschapv2',
   *   credentials: { username: 'alice', password: 'correct horse' },
   * });
   * ```
   */
  async beginSession(options: BeginSessionOptions<Name>): Promise<Session> {
    const checked = checkBeginOptions(options, this);
    const { method, userData } = checked.native;
    const link = new Link(this, this.#native, checked);
    try {
      const native = await this.#begin(link, checked.signal);
      const session = new Session(native, link);
      if (userData !== undefined) forgotten.register(session, userData);
      return session;
    } catch (error) {
      throw this.toError(error, method);
    }
  }

  /**
   * Forgets a connection, and stops its `reauthenticate` events: EapHostPeerClearConnection. Call it once the
   * connection is gone for good, after its session has ended.
   */
  async clearConnection(connectionId: string, options?: SignalOptions): Promise<void> {
    const id = toGuid(connectionId, 'connectionId');
    await this.#call('none', signalOf(options), () => this.#native.clearConnection(id));
  }

  /**
   * The identity that a method would send, without a session: EapHostPeerGetIdentity. For tunnel methods, which need
   * their inner method's. If `invokeUi` is true, ask the user first (`invokeIdentityUi`).
   */
  async getIdentity(options: IdentityOptions): Promise<Identity> {
    const { signal, native: asked } = checkMethodOptions(options, this);
    try {
      const given = await this.#call(asked.method, signal, () => this.#native.getIdentity(asked));
      return { invokeUi: given.invokeUi, identity: given.identity, credentials: given.userData };
    } finally {
      asked.userData?.fill(0);
    }
  }

  /**
   * Encrypts a password as Windows does for a profile: EapHostPeerGetEncryptedPassword, of Windows 10 and later.
   * Undocumented by Microsoft: neither the result's format nor the memory that it leaves behind is specified. Use it
   * only if you know why. The embedded run-time rejects with `ERROR_NOT_SUPPORTED`.
   *
   * @param password octets are UTF-8, and copied: wipe yours. A string stays in memory.
   */
  async getEncryptedPassword(password: string | Uint8Array, options?: SignalOptions): Promise<string> {
    const unicode = toUtf16(password, 'password');
    try {
      const encrypt = () => this.#native.getEncryptedPassword(unicode);
      return (await this.#call('none', signalOf(options), encrypt)).encrypted;
    } finally {
      unicode.fill(0);
    }
  }

  /**
   * Embedded run-time: registers a method DLL for the sessions of this host. It replaces a method of the same type.
   * With Windows' EAPHost, installers register methods; the call rejects with `EAPHOST_NOT_SUPPORTED`. Rejects with
   * `ERROR_MOD_NOT_FOUND` if there is no such file; what else is wrong with it shows in the first session.
   */
  async registerMethod(method: MethodDll): Promise<void> {
    const checked = checkMethodDll(method, 'method');
    this.#checkEmbedded('registerMethod');
    await requireDll(checked);
    try {
      await this.#methods.remove(checked.type);
      await this.#native.registerMethod(checked);
    } catch (error) {
      throw this.toError(error, checked.type);
    }
  }

  /** Embedded run-time: removes a method of this host, a DLL or one in TypeScript. Its sessions continue. */
  async unregisterMethod(type: MethodType): Promise<void> {
    const full = toMethodType(type, 'type');
    this.#checkEmbedded('unregisterMethod');
    try {
      if (!(await this.#methods.remove(full))) await this.#native.unregisterMethod(full);
    } catch (error) {
      throw this.toError(error, full);
    }
  }

  /** The state of the native threads. */
  stats(): HostStats {
    this.checkOpen();
    return this.#native.stats();
  }

  /** Embedded run-time: its resources. Throws `EAPHOST_NOT_SUPPORTED` with Windows' EAPHost. */
  counters(): EmbeddedCounters {
    this.#checkEmbedded('counters');
    return this.#native.counters();
  }

  /**
   * Ends the sessions that are open, and closes the run-time: EapHostPeerUninitialize. Waits for the calls under way,
   * even one that was aborted: its method is still running. Idempotent: every call gives the same promise.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes the host. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  override hosts(method: FullMethodType): boolean {
    return this.#methods.has(method);
  }

  /** @internal */
  protected override warn(message: string): void {
    if (!this.emit('warning', message)) process.emitWarning(message, 'EapHostWarning');
  }

  /** @internal */
  protected override async locally<T>(
    signal: AbortSignal | undefined,
    work: (convert: Converters) => T,
  ): Promise<T> {
    this.checkOpen();
    signal?.throwIfAborted();
    return work(await converters());
  }

  /** @internal */
  protected override async configure<Call extends ConfigurationCall>(
    call: Call,
    options: ConfigurationCalls[Call]['options'],
    { methods, signal }: CallSettings,
  ): Promise<ConfigurationCalls[Call]['result']> {
    return this.#call(methods, signal, () => this.#native.configure(call, options));
  }

  /** Makes a call of the run-time when the methods that it needs are reachable. */
  async #call<T>(
    methods: CallSettings['methods'],
    signal: AbortSignal | undefined,
    start: () => Promise<T>,
  ): Promise<T> {
    this.checkOpen();
    signal?.throwIfAborted();
    try {
      if (methods === 'all') await untilAborted(this.#methods.startAll(), signal);
      else if (methods !== 'none') await untilAborted(this.#methods.start(methods), signal);
      this.checkOpen();
      return await untilAborted(start(), signal);
    } catch (error) {
      throw this.toError(error, typeof methods === 'string' ? undefined : methods);
    }
  }

  async #close(): Promise<void> {
    try {
      this.#native.onNotification = undefined;
      await this.#native.close();
    } catch (error) {
      throw toEapError(error);
    } finally {
      await this.#methods.close();
    }
  }

  readonly #notify = (connectionId: string): void => {
    this.emit('reauthenticate', connectionId);
  };

  /** Begins a native session. Its inputs are wiped afterwards, whatever the outcome. */
  async #begin(link: Link, signal: AbortSignal | undefined): Promise<NativeSession> {
    const start = async (): Promise<NativeSession> => {
      this.checkOpen();
      signal?.throwIfAborted();
      await this.#methods.start(link.method);
      this.checkOpen();
      signal?.throwIfAborted();
      return link.begin();
    };
    const work = start();
    try {
      return await untilAborted(work, signal);
    } catch (error) {
      // After an abort the session may still begin, and is then ended.
      work
        .then((native) => link.end(native))
        .catch(() => undefined)
        .finally(() => {
          link.wipe();
        });
      throw error;
    }
  }

  #checkEmbedded(call: string): void {
    this.checkOpen();
    if (this.runtime !== 'embedded') {
      throw eaphostError(
        'EAPHOST_NOT_SUPPORTED',
        `${call} is for the embedded run-time; Windows' EAPHost knows the methods that are installed`,
      );
    }
  }
}
