// Shared by both kinds of method DLL: loading, calls without a session, tracing, closing. JavaScript thread.

import type { Aborting } from '../base/stop.js';
import { ownLibrary } from '../native/binary.js';
import { type EapError, eaphostError } from '../base/errors.js';
import type { NativeMethods, NativeRole } from '../native/method-types.js';
import { untilAborted } from '../base/abort.js';
import type { FullMethodType } from '../eap/names.js';
import { type MethodCall, toMethodCall } from './call-trace.js';
import { type Bounds, Wait, withinLimits } from './limits.js';
import type { Waiter } from '../native/calls.js';
import { type CheckedLoadOptions, checkLoadOptions, type LoadMethodOptions } from './load-options.js';
import type { SessionOwner } from './session.js';
import { openDll, type OpenedDll } from './open.js';
import { registeredDlls } from './registered-dll.js';
import { type Open, UiDlls, type UiPart, type UiPaths } from './ui-dlls.js';

/** The load of a method DLL's native threads. */
export interface MethodStats {
  /** Sessions begun and not ended. */
  readonly sessions: number;
  /** Native threads running now. */
  readonly lanes: number;
  /** Native calls under way or queued. */
  readonly pending: number;
}

/** @internal What `load` makes a method of. */
export interface Loaded<Role extends NativeRole> {
  readonly dll: OpenedDll<Role>;
  readonly uiDlls: UiDlls<Role>;
  readonly dllPath: string;
  readonly options: CheckedLoadOptions;
}

const getInfo = { peer: 'EapPeerGetInfo', authenticator: 'EapMethodAuthenticatorGetInfo' } as const;
const shutdown = { peer: 'EapPeerShutdown', authenticator: 'EapMethodAuthenticatorShutdown' } as const;

/** @internal Loads a DLL: GetInfo, Initialize. */
export async function loadMethod<Role extends NativeRole>(
  role: Role,
  given: LoadMethodOptions,
): Promise<Loaded<Role>> {
  const options = checkLoadOptions(given);
  const { type, endpoint, limit, signal, trace, maxLanes, isolate } = options;
  signal?.throwIfAborted();
  const { dllPath, uiPaths } = await pathsOf(role, options);
  const stop = new AbortController();
  const native = { role, type, endpoint, maxLanes, trace };
  const open: Open<Role> = (file, given, onOpening) =>
    openDll({ ...native, path: file }, isolate, given, onOpening);
  let onOpening = (): void => undefined;
  const begins = new Promise<void>((resolve) => (onOpening = resolve));
  const opening = open(dllPath, stop.signal, onOpening);
  const onLost = (hang?: EapError): void => {
    stop.abort(hang ?? signal?.reason);
    // It may still arrive, and is then closed.
    opening.then((dll) => dll.native.close()).catch(() => undefined);
  };
  const limits = { call: getInfo[role], method: type, limit, begins, signal, onLost };
  const dll = await withinLimits(opening, limits);
  return { dll, uiDlls: new UiDlls(uiPaths, open), dllPath, options };
}

/** Which DLLs: a part of the user interface that is where the routines are is left out. */
async function pathsOf(
  role: NativeRole,
  { dllPath, endpoint, uiPaths, type, signal }: CheckedLoadOptions,
): Promise<{ dllPath: string; uiPaths: UiPaths }> {
  const file = endpoint === undefined ? dllPath : ownLibrary('eapshim');
  const known =
    file === undefined
      ? await untilAborted(registeredDlls(role, type), signal)
      : { dllPath: file, uiPaths: {} };
  const parts = Object.entries({ ...known.uiPaths, ...uiPaths }).filter(([, file]) => file !== known.dllPath);
  return { dllPath: known.dllPath, uiPaths: Object.fromEntries(parts) };
}

/** How a call without a session is made. */
interface CallSettings {
  readonly part?: UiPart | undefined;
  readonly waits?: boolean;
}

interface Beginning {
  end(): Promise<void>;
  beginsWith(wait: Wait<unknown>): unknown;
}

/** @internal A session that begins. */
export interface Begun<Session> {
  /** Before it has begun, for what comes right after that; undefined in another process. */
  readonly opened: Session | undefined;
  readonly begun: Promise<Session>;
}

/** A loaded method DLL. */
export abstract class LoadedMethod<Role extends NativeRole> implements AsyncDisposable {
  /** The method's type. */
  readonly type: FullMethodType;
  /** The DLL. */
  readonly dllPath: string;
  /** Whether it runs in a process of its own. */
  readonly isIsolated: boolean;
  /** The functions that the DLL exports by name. */
  readonly exports: readonly string[];
  /** The routines of its table that are there. */
  readonly routines: readonly string[];
  readonly #role: Role;
  readonly #dll: OpenedDll<Role>;
  readonly #uiDlls: UiDlls<Role>;
  readonly #limit: number | undefined;
  /** @internal The part of the method that sessions need. */
  protected readonly owner: SessionOwner;
  readonly #listeners = new Set<(call: MethodCall) => void>();
  readonly #isTraced: boolean;
  #closing: Promise<void> | undefined;
  /** A call hangs in this process, so waiting for it would never end. */
  #isStuck = false;

  /** @internal */
  protected constructor(role: Role, { dll, uiDlls, dllPath, options }: Loaded<Role>) {
    this.#role = role;
    this.#dll = dll;
    this.#uiDlls = uiDlls;
    this.dllPath = dllPath;
    this.type = options.type;
    this.isIsolated = options.isolate;
    this.exports = dll.native.exports;
    this.routines = dll.native.routines;
    this.#limit = options.limit;
    this.#isTraced = options.trace;
    this.owner = {
      type: options.type,
      limit: options.limit,
      checkOpen: () => this.#checkOpen(),
      giveUp: (hang) => this.#giveUp(hang),
    };
    if (options.onCall !== undefined) this.#listeners.add(options.onCall);
    if (options.trace) this.#listen(dll);
  }

  /** Whether it is closed, or closing. */
  get isClosed(): boolean {
    return this.#closing !== undefined;
  }

  /** Whether its calls are recorded. */
  get isTraced(): boolean {
    return this.#isTraced;
  }

  /** What it is at. */
  stats(): MethodStats {
    const stats = { ...this.#dll.native.counters(), ...this.#dll.native.stats() };
    for (const { native } of this.#uiDlls.opened) {
      const { lanes, pending } = native.stats();
      stats.lanes += lanes;
      stats.pending += pending;
    }
    return stats;
  }

  /**
   * Ends the open sessions, calls the method's Shutdown, unloads the DLL. Idempotent: every call gives the same
   * promise. Rejects where Shutdown fails. If a call hangs in this process, it does not wait, and the DLL stays
   * loaded.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal Reports every call to `listener` from now on, until the returned function is called. */
  listen(listener: (call: MethodCall) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @internal Begins a session, `make`'s of a native one. One that comes after an abort is ended. Throws, and rejects. */
  protected begin<Native, Session extends Beginning>(
    call: string,
    signal: Aborting | undefined,
    start: (native: NativeMethods[Role], waiter: Waiter) => Native | undefined,
    make: (session: Native) => Session,
  ): Begun<Session> {
    this.#checkOpen();
    signal?.throwIfAborted();
    let opened: Session | undefined;
    const take = (session: Native | undefined): Session => {
      if (session !== undefined) opened = make(session);
      if (opened === undefined) throw new Error('a session has begun, and there is none');
      return opened;
    };
    const bounds: Bounds = {
      method: this.type,
      limit: this.#limit,
      onLost: (hang) => {
        if (hang !== undefined) this.#giveUp(hang);
      },
      onLate: (session) => {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it is what `take` would have had
        const end = async (): Promise<void> => take(session as Native | undefined).end();
        // Nobody is there to hear of it. One whose object could not be made ends when its handle is collected.
        end().catch(() => undefined);
      },
    };
    const wait = new Wait<Session>(call, bounds, signal, take);
    // Whoever opens it may fail before he awaits this: making the session's object, or the first call.
    wait.promise.catch(() => undefined);
    wait.begin();
    const session = start(this.#dll.native, wait);
    if (session !== undefined) take(session).beginsWith(wait);
    return { opened, begun: wait.promise };
  }

  /**
   * @internal Makes a call that is no session's. `part`: of that part of the user interface. `waits`: for a person,
   * without limit. Throws, and rejects.
   */
  protected call<T>(
    call: string,
    signal: Aborting | undefined,
    start: (native: NativeMethods[Role]) => Promise<T>,
    { part, waits = false }: CallSettings = {},
  ): Promise<T> {
    this.#checkOpen();
    signal?.throwIfAborted();
    let isLost = false;
    const startUi = async (own: UiPart): Promise<T> => {
      const dll = await this.#uiDlls.of(own);
      if (this.#isTraced) this.#listen(dll);
      // Nobody waits for a dialog by now.
      if (isLost) throw eaphostError('EAPHOST_CLOSED', 'the call was given up');
      return start(dll.native);
    };
    const own = part !== undefined && this.#uiDlls.has(part) ? part : undefined;
    const work = own === undefined ? start(this.#dll.native) : startUi(own);
    const onLost = (hang?: EapError): void => {
      isLost = true;
      if (hang !== undefined) this.#giveUp(hang, own);
    };
    const limit = waits ? undefined : this.#limit;
    const begins = own === undefined ? undefined : this.#uiDlls.begins(own);
    return withinLimits(work, { call, method: this.type, limit, begins, signal, onLost });
  }

  #giveUp(hang: EapError, part?: UiPart): void {
    this.#isStuck = !this.isIsolated;
    if (part === undefined) this.#dll.giveUp(hang);
    else this.#uiDlls.giveUp(part, hang);
  }

  #checkOpen(): void {
    if (this.isClosed) throw eaphostError('EAPHOST_CLOSED', 'the method is closed; load it again');
  }

  #listen({ native }: OpenedDll<Role>): void {
    native.onCall = (told) => {
      const call = toMethodCall(told);
      // A listener that throws is an uncaught exception, and must not be the end of the others.
      for (const listener of this.#listeners) {
        try {
          listener(call);
        } catch (error) {
          queueMicrotask(() => {
            throw error;
          });
        }
      }
    };
  }

  async #close(): Promise<void> {
    const closed = Promise.all([this.#dll.native.close(), this.#uiDlls.close()]);
    if (this.#isStuck) {
      closed.catch(() => undefined);
      return;
    }
    const onLost = (hang?: EapError): void => {
      if (hang !== undefined) this.#giveUp(hang);
    };
    const call = shutdown[this.#role];
    await withinLimits(closed, { call, method: this.type, limit: this.#limit, signal: undefined, onLost });
  }
}
