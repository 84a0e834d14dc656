// Method DLLs as the binary exports them, and how the surface of method-types.ts is made of them.
// native/addon/method_object.cc is the other half.

import { byName, classOf, type Calls, type Waiter } from './calls.js';
import { isObject } from '../base/guards.js';
import {
  authenticatorSessionCalls,
  dllCalls,
  peerSessionCalls,
  type NativeAuthenticatorSession,
  type NativeCall,
  type NativeMethodOptions,
  type NativeMethods,
  type NativePeerSession,
  type NativeRole,
} from './method-types.js';
import { WeakTable } from './weak-table.js';

type SessionHandle = Pick<NativePeerSession, 'number'>;

interface DllHandle {
  readonly exports: readonly string[];
  readonly routines: readonly string[];
  sessions(): number;
  stats(): { lanes: number; pending: number };
}

const beginSession = byName('beginSession');

class AddonPeerSession
  extends classOf<SessionHandle, typeof peerSessionCalls>(peerSessionCalls)
  implements NativePeerSession
{
  get number(): number {
    return this.handle.number;
  }
}

class AddonAuthenticatorSession
  extends classOf<SessionHandle, typeof authenticatorSessionCalls>(authenticatorSessionCalls)
  implements NativeAuthenticatorSession
{
  get number(): number {
    return this.handle.number;
  }
}

function isHandle(value: unknown): value is SessionHandle {
  return isObject(value);
}

type Listener = (call: NativeCall) => void;

/** Calls a listener; where it throws, that is an uncaught exception, and not the end of the batch. */
function tell(listener: Listener, calls: readonly NativeCall[]): void {
  for (const call of calls) {
    try {
      listener(call);
    } catch (error) {
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

type SessionClass<Session> = new (calls: Calls, handle: SessionHandle, owner: object) => Session;

class MethodDll<Session> extends classOf<DllHandle, typeof dllCalls>(dllCalls) {
  readonly #sessionClass: SessionClass<Session>;
  #listener: Listener | undefined;
  /** The calls of opening: they were made before anybody could listen. */
  #untold: readonly NativeCall[];

  constructor(
    sessionClass: SessionClass<Session>,
    calls: Calls,
    handle: DllHandle,
    untold: readonly NativeCall[],
  ) {
    super(calls, handle);
    this.#sessionClass = sessionClass;
    this.#untold = untold;
  }

  async beginSession(options: object): Promise<Session> {
    let session: Session | undefined;
    await new Promise<unknown>((resolve, reject) => {
      session = this.openSession({ resolve, reject }, options);
    });
    if (session === undefined) throw new Error('a session has begun, and there is none');
    return session;
  }

  openSession(waiter: Waiter, options: object): Session | undefined {
    const handle = this.calls.startFor(waiter, beginSession, this.handle, options);
    return isHandle(handle) ? new this.#sessionClass(this.calls, handle, this) : undefined;
  }

  get exports(): readonly string[] {
    return this.handle.exports;
  }

  get routines(): readonly string[] {
    return this.handle.routines;
  }

  get onCall(): Listener | undefined {
    return this.#listener;
  }

  set onCall(listener: Listener | undefined) {
    this.#listener = listener;
    if (listener === undefined) return;
    const untold = this.#untold;
    this.#untold = [];
    tell(listener, untold);
  }

  /** The calls of a hop. */
  told(calls: readonly NativeCall[]): void {
    if (this.#listener !== undefined) tell(this.#listener, calls);
  }

  counters(): { sessions: number } {
    return { sessions: this.handle.sessions() };
  }

  stats(): { lanes: number; pending: number } {
    return this.handle.stats();
  }
}

type Parts = readonly [calls: Calls, handle: DllHandle, untold: readonly NativeCall[]];

const makers: { [Role in NativeRole]: (...parts: Parts) => MethodDll<unknown> & NativeMethods[Role] } = {
  peer: (...parts) => new MethodDll<NativePeerSession>(AddonPeerSession, ...parts),
  authenticator: (...parts) => new MethodDll<NativeAuthenticatorSession>(AddonAuthenticatorSession, ...parts),
};

/** The binary's exports for method DLLs. */
interface Opener {
  openMethod(ticket: number, options: NativeMethodOptions): number;
}

/** The method DLLs of an environment. */
export class MethodDlls {
  readonly #binding: Opener;
  readonly #calls: Calls;
  // Weak: a method that has been collected needs no events.
  readonly #methods = new WeakTable<MethodDll<unknown>>();
  /** The calls so far of methods that are still being opened. */
  readonly #untold = new Map<number, readonly NativeCall[]>();

  constructor(binding: Opener, calls: Calls) {
    this.#binding = binding;
    this.#calls = calls;
  }

  /** The calls of a hop of the method with this number. */
  told(number: number, calls: readonly NativeCall[]): void {
    if (this.#untold.has(number)) this.#untold.set(number, calls);
    else this.#methods.get(number)?.told(calls);
  }

  async open<Role extends NativeRole>(options: NativeMethodOptions<Role>): Promise<NativeMethods[Role]> {
    let number = 0;
    try {
      const handle = await this.#calls.start<DllHandle>((ticket) => {
        number = this.#binding.openMethod(ticket, options);
        this.#untold.set(number, []);
      }, this.#binding);
      const method = makers[options.role](this.#calls, handle, this.#untold.get(number) ?? []);
      this.#methods.set(number, method);
      return method;
    } finally {
      this.#untold.delete(number);
    }
  }
}
