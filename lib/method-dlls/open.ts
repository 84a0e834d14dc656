// Opens a method DLL, in this process or in one of its own; the facade's classes cannot tell which. The second is here the
// parent's half: what the DLL does to its process ends the calls in flight, and nothing else.

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { binaryFolder, loadNative } from '../native/binary.js';
import { beginOwn } from '../base/child-process.js';
import { EapError, eaphostError } from '../base/errors.js';
import { isObject } from '../base/guards.js';
import type {
  NativeAuthenticatorMethod,
  NativeCall,
  NativeMethodOptions,
  NativeMethods,
  NativePeerMethod,
  NativeRole,
} from '../native/method-types.js';
import type { Waiter } from '../native/calls.js';
import { checkDescriptors, shortage, systemCodeOf } from '../base/shortage.js';
import type { FullMethodType } from '../eap/names.js';
import { firstFunction, type IsolatedDll, type IsolatedMessage } from './isolated-protocol.js';
import { secretFrom } from '../base/secret.js';

/** The program of a DLL's process, beside this file. A CommonJS bundle has no import.meta. */
function hostModule(): string {
  return join(dirname(import.meta.url ? fileURLToPath(import.meta.url) : __filename), 'isolated-child.js');
}

interface Pending {
  /** The function that it is in, as far as is known. */
  readonly call: string;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
}

function isMessage(value: unknown): value is IsolatedMessage {
  return isObject(value) && typeof value['kind'] === 'string';
}

/** The value with octets of its own: as they come they lie in the memory of all of the message, which is wiped. */
function ownOctets(value: unknown, seen = new Set<unknown>()): unknown {
  if (value instanceof Uint8Array) {
    const own = secretFrom(value);
    value.fill(0);
    return own;
  }
  if (!isObject(value) || seen.has(value)) return value;
  seen.add(value);
  for (const [name, field] of Object.entries(value)) Reflect.set(value, name, ownOctets(field, seen));
  return value;
}

/** How a process ended, for people: its signal, or what Windows calls an exception code. */
function causeOf(code: number | null, signal: NodeJS.Signals | null): string {
  if (signal !== null) return `signal ${signal}`;
  const unsigned = (code ?? 0) >>> 0;
  if (unsigned < 0x8000_0000) return `exit code ${unsigned}`;
  return `exception 0x${unsigned.toString(16).toUpperCase()}`;
}

const starting = 'the process of the method DLL could not be started';
/** Milliseconds that it may take until it answers. */
const longestStart = 60_000;
const late =
  `it has not answered within ${longestStart / 1000} seconds; look for what keeps Node from starting, such as a ` +
  'limit of processes that leaves it no threads (ulimit -u, TasksMax= of a systemd service), or NODE_OPTIONS';
/** What starting a process takes, and a little more: what Node has opened by the time it fails stays open. */
const neededDescriptors = 8;

/** The error of a process that cannot be started. */
function notStarted(error: unknown): EapError {
  const why =
    systemCodeOf(error) === 'EAGAIN'
      ? 'the system allows no more processes; end some, or raise the limit (ulimit -u, TasksMax= of a systemd service)'
      : error instanceof Error
        ? error.message
        : String(error);
  return (
    shortage(error, starting) ?? eaphostError('EAPHOST_PROCESS_NOT_STARTED', `${starting}: ${why}`, error)
  );
}

/** The process of one DLL, and the calls that it has. */
class MethodProcess {
  readonly #role: NativeRole;
  readonly #method: FullMethodType;
  readonly #child: ChildProcess;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #ticket = 0;
  #lanes = 0;
  /** Why every call rejects: one that is under way with its own name, a later one with that of the crash. */
  #dead: ((call?: string) => unknown) | undefined;
  /** Told of calls. Not held: a method that everybody has forgotten is closed. */
  #listener: WeakRef<IsolatedMethod> | undefined;
  /** Calls made while there was no listener. */
  readonly #calls: NativeCall[] = [];
  #sessions = 0;
  #closing: Promise<void> | undefined;

  private constructor(role: NativeRole, method: FullMethodType, child: ChildProcess) {
    this.#role = role;
    this.#method = method;
    this.#child = child;
    child.on('message', (message: unknown) => {
      const own = ownOctets(message);
      if (isMessage(own)) this.#take(own);
    });
    this.#exited = new Promise((resolve) => {
      child.on('exit', (code, signal) => {
        this.#died(causeOf(code, signal), code);
        resolve();
      });
    });
    // A signal that cannot be sent: the process has ended, and its exit event follows.
    child.on('error', () => undefined);
    this.#idle();
  }

  /**
   * Starts a process. There is a MethodProcess of those that did start alone: one without a pid must never be sent a
   * signal, which Node would send to whatever number it finds where the pid should be.
   */
  static async start(role: NativeRole, method: FullMethodType): Promise<MethodProcess> {
    checkDescriptors(neededDescriptors, starting);
    try {
      const child = beginOwn(hostModule());
      await once(child, 'spawn');
      return new MethodProcess(role, method, child);
    } catch (error) {
      throw notStarted(error);
    }
  }

  /** Resolves when the process has its addon, from this folder. One that takes too long is ended. */
  async prepare(folder: string): Promise<void> {
    let isReady = false;
    const giveUp = (): void => {
      if (!isReady) this.kill(notStarted(new Error(late)));
    };
    // What came while JavaScript was busy is delivered before the immediate.
    const timer = setTimeout(() => setImmediate(giveUp), longestStart);
    try {
      await this.call(0, 'prepare', [folder]);
    } finally {
      isReady = true;
      clearTimeout(timer);
    }
  }

  get isDead(): boolean {
    return this.#dead !== undefined;
  }

  get lanes(): number {
    return this.#lanes;
  }

  get pending(): number {
    return this.#pending.size;
  }

  /** Begun and not ended. */
  get sessions(): number {
    return this.#sessions;
  }

  /** A call of the DLL, or of a session of it. */
  call(session: number, call: string, args: readonly unknown[] = []): Promise<unknown> {
    const name = call === 'invoke' ? String(args[0]) : call;
    const called = firstFunction(this.#role, name);
    return new Promise((resolve, reject) => {
      if (this.#dead !== undefined) {
        reject(this.#dead());
        return;
      }
      const ticket = ++this.#ticket;
      this.#pending.set(ticket, { call: called, resolve, reject });
      if (this.#pending.size === 1) this.#busy();
      // A channel that breaks is that of a process that dies: its exit says more.
      this.#child.send({ ticket, session, call, args }, () => undefined);
    });
  }

  /** Begins a session: its number. */
  async beginSession(begin: unknown): Promise<number> {
    const number = Number(await this.call(0, 'beginSession', [begin]));
    this.#sessions += 1;
    return number;
  }

  /** Ends a session; once. Those of a process that died are gone with it. */
  async endSession(number: number): Promise<void> {
    try {
      if (!this.isDead) await this.call(number, 'end');
    } finally {
      this.#sessions -= 1;
    }
  }

  /** Tells `listener` of calls from now on. */
  listen(listener: IsolatedMethod): void {
    this.#listener = new WeakRef(listener);
  }

  /** Calls made while there was no listener; returned once. */
  takeCalls(): NativeCall[] {
    return this.#calls.splice(0);
  }

  /** Ends the process: every call rejects with `reason`. */
  kill(reason: unknown): void {
    this.#dead ??= () => reason;
    this.#child.kill('SIGKILL');
    this.#rejectAll();
  }

  /** Shuts the method down and ends the process. Rejects if the method fails, or crashes in it. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    if (this.#dead !== undefined) return;
    try {
      await this.call(0, 'close');
    } finally {
      this.#dead ??= () => eaphostError('EAPHOST_CLOSED', 'the method is closed; load it again');
      if (this.#child.connected) this.#child.disconnect();
      this.#busy();
      await this.#exited;
      this.#idle();
    }
  }

  #take(message: IsolatedMessage): void {
    if (message.kind === 'call') {
      const tell = this.#listener?.deref()?.onCall;
      if (tell === undefined) this.#calls.push(message.call);
      else tell(message.call);
      return;
    }
    const pending = this.#pending.get(message.ticket);
    if (pending === undefined) return;
    if (message.kind === 'at') {
      // The last of them is the one that went on last.
      this.#pending.delete(message.ticket);
      this.#pending.set(message.ticket, { ...pending, call: message.call });
      return;
    }
    this.#pending.delete(message.ticket);
    if (this.#pending.size === 0) this.#idle();
    if (message.kind === 'done') {
      this.#lanes = message.lanes;
      pending.resolve(message.value);
    } else if (message.kind === 'failed') pending.reject(message.failure);
    else {
      const { message: text, code } = message;
      pending.reject(
        code === undefined ? new Error(text) : new EapError(text, { code, method: this.#method }),
      );
    }
  }

  #died(cause: string, code: number | null): void {
    const last = [...this.#pending.values()].at(-1)?.call;
    this.#dead ??= (call = last) => this.#crash(call, cause, code);
    this.#rejectAll();
  }

  #rejectAll(): void {
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    this.#lanes = 0;
    this.#idle();
    for (const { call, reject } of pending) reject(this.#dead?.(call));
  }

  #crash(call: string | undefined, cause: string, code: number | null): EapError {
    const unsigned = (code ?? 0) >>> 0;
    const where = call === undefined ? 'between two calls' : `in ${call}`;
    return new EapError(`the process of the method DLL died ${where}: ${cause} (EAPHOST_METHOD_CRASHED)`, {
      code: 'EAPHOST_METHOD_CRASHED',
      winError: unsigned === 0 ? undefined : unsigned,
      method: this.#method,
      rootCause: cause,
      call,
    });
  }

  /** Calls are under way: this process waits for them. */
  #busy(): void {
    this.#child.ref();
    this.#child.channel?.ref();
  }

  /** An open method does not keep this process alive. */
  #idle(): void {
    this.#child.unref();
    this.#child.channel?.unref();
  }
}

/** Ends what was collected and can no longer be ended by its owner. */
const forgotten = new FinalizationRegistry<() => Promise<void>>((end) => {
  end().catch(() => undefined);
});

// Apart from what they end, which must not be held by its own end.
const endOf = (child: MethodProcess, number: number): (() => Promise<void>) => {
  let ending: Promise<void> | undefined;
  return () => (ending ??= child.endSession(number));
};
const closeOf = (child: MethodProcess) => (): Promise<void> => child.close();

/** Tells `waiter` what comes of `work`. */
function inform(waiter: Waiter, work: Promise<unknown>): void {
  work.then(
    (value) => waiter.resolve(value),
    (error: unknown) => waiter.reject(error),
  );
}

/** A session in a method's process: each call goes there by name. It holds its method. */
function sessionOf(child: MethodProcess, number: number, method: IsolatedMethod): object {
  const end = endOf(child, number);
  const startFor = (waiter: Waiter, name: string, ...args: readonly unknown[]): void =>
    inform(waiter, name === 'end' ? end() : child.call(number, name, args));
  const own: Readonly<Record<string, unknown>> = { number, method, end, startFor };
  const session = new Proxy(own, {
    get: (target, name) => {
      if (typeof name !== 'string' || name in target) return Reflect.get(target, name) as unknown;
      // A promise must not take it for another.
      if (name === 'then') return undefined;
      return (...args: readonly unknown[]) => child.call(number, name, args);
    },
  });
  forgotten.register(session, end);
  return session;
}

/** The method in the process, as those that are open in this process look. */
class IsolatedMethod {
  readonly exports: readonly string[];
  readonly routines: readonly string[];
  readonly #child: MethodProcess;
  #onCall: ((call: NativeCall) => void) | undefined;

  constructor(child: MethodProcess, { exports, routines }: IsolatedDll) {
    this.exports = exports;
    this.routines = routines;
    this.#child = child;
    child.listen(this);
    forgotten.register(this, closeOf(child));
  }

  get onCall(): ((call: NativeCall) => void) | undefined {
    return this.#onCall;
  }

  set onCall(listener: ((call: NativeCall) => void) | undefined) {
    this.#onCall = listener;
    if (listener !== undefined) for (const call of this.#child.takeCalls()) listener(call);
  }

  counters(): { sessions: number } {
    return { sessions: this.#child.sessions };
  }

  stats(): { lanes: number; pending: number } {
    return { lanes: this.#child.lanes, pending: this.#child.pending };
  }

  async beginSession(begin: unknown): Promise<object> {
    return sessionOf(this.#child, await this.#child.beginSession(begin), this);
  }

  openSession(waiter: Waiter, begin: unknown): undefined {
    inform(waiter, this.beginSession(begin));
  }

  invoke(call: string, asked: unknown): Promise<unknown> {
    return this.#child.call(0, 'invoke', [call, asked]);
  }

  close(): Promise<void> {
    return this.#child.close();
  }
}

/** Opens a DLL in a process of its own. Rejects with a NativeFailure, or where it crashes with an EapError. */
export async function openIsolated<Role extends NativeRole>(
  options: NativeMethodOptions<Role>,
  signal: AbortSignal | undefined,
  onOpening: () => void,
): Promise<OpenedDll<Role>> {
  // The process loads the binary that this one does, however that was found.
  const folder = binaryFolder();
  const child = await MethodProcess.start(options.role, options.type);
  const abort = (): void => child.kill(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  try {
    await child.prepare(folder);
    onOpening();
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- isolated-child.ts gives it
    const opened = (await child.call(0, 'open', [options])) as IsolatedDll;
    const native = new IsolatedMethod(child, opened);
    return {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the calls go by name to one that has this type
      native: native as unknown as NativePeerMethod & NativeAuthenticatorMethod & NativeMethods[Role],
      giveUp: (hang) => child.kill(hang),
    };
  } catch (error) {
    child.kill(error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** An open method DLL. */
export interface OpenedDll<Role extends NativeRole> {
  readonly native: NativeMethods[Role];
  /** Called when a call is given up. An isolated DLL's process is ended: its other calls reject with this error. */
  giveUp(hang: EapError): void;
}

/**
 * Opens a DLL. Rejects with a NativeFailure; of an isolated one that crashed, with an EapError.
 * @param onOpening called once the DLL itself is running, not while its process starts
 */
export async function openDll<Role extends NativeRole>(
  options: NativeMethodOptions<Role>,
  isolate: boolean,
  signal: AbortSignal | undefined,
  onOpening: () => void,
): Promise<OpenedDll<Role>> {
  if (isolate) return openIsolated(options, signal, onOpening);
  onOpening();
  const native = await loadNative().openMethod(options);
  return { native, giveUp: () => undefined };
}
