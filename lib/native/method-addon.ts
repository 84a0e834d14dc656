// Method DLLs as the binary exports them, and how the surface in method-types.ts is made of it, as addon.ts does
// for the run-time: promises, steps and buffers are made here. native/addon/method_object.cc is the other half.

import type {
  NativeAttributeInput,
  NativeAuthenticatorBegin,
  NativeAuthenticatorCalls,
  NativeAuthenticatorMethod,
  NativeAuthenticatorResult,
  NativeAuthenticatorSession,
  NativeAuthenticatorStep,
  NativeCall,
  NativeMethodOptions,
  NativeMethods,
  NativePeerBegin,
  NativePeerCalls,
  NativePeerMethod,
  NativePeerOutput,
  NativePeerResult,
  NativePeerSession,
  NativePeerStep,
  NativeRequest,
  NativeRole,
} from './method-types.js';
import type { NativeAttribute } from './runtime-types.js';
import { WeakTable } from './weak-table.js';

/** Makes the promise of a call, and the ticket that the binary settles it by. */
export interface CallStarter {
  start<Value>(begin: (ticket: number) => void): Promise<Value>;
}

interface SessionHandle {
  readonly number: number;
  end(ticket: number): void;
}

interface PeerSessionHandle extends SessionHandle {
  setCredentials(ticket: number, identity: string, password: Uint8Array): void;
  processRequestPacket(ticket: number, packet: Uint8Array): void;
  getResponsePacket(ticket: number): void;
  getResult(ticket: number, reason: number): void;
  getUiContext(ticket: number): void;
  setUiContext(ticket: number, context: Uint8Array): void;
  getResponseAttributes(ticket: number): void;
  setResponseAttributes(ticket: number, attributes: readonly NativeAttributeInput[]): void;
  process(ticket: number, packet: Uint8Array): void;
}

interface AuthenticatorSessionHandle extends SessionHandle {
  updateInnerMethodParams(
    ticket: number,
    flags: number,
    identity: string,
    attributes: readonly NativeAttributeInput[],
  ): void;
  sendPacket(ticket: number, id: number): void;
  receivePacket(ticket: number, packet: Uint8Array): void;
  getAttributes(ticket: number): void;
  setAttributes(ticket: number, attributes: readonly NativeAttributeInput[]): void;
  getResult(ticket: number): void;
  receive(ticket: number, packet: Uint8Array, nextId: number): void;
}

interface MethodHandle {
  readonly exports: readonly string[];
  readonly routines: readonly string[];
  beginSession(ticket: number, options: object): void;
  invoke(ticket: number, call: string, options: object): void;
  sessions(): number;
  stats(): { lanes: number; pending: number };
  close(ticket: number): void;
}

/** What the binary exports for method DLLs. */
export interface HostingBinding {
  /** Returns which one it is in this environment; its recorded calls carry that. */
  openMethod(ticket: number, options: NativeMethodOptions): number;
}

class PeerSession implements NativePeerSession {
  readonly number: number;
  /** Keeps the method reachable: collecting it would end this session. */
  readonly method: PeerMethod;
  readonly #calls: CallStarter;
  readonly #handle: PeerSessionHandle;

  constructor(calls: CallStarter, handle: PeerSessionHandle, method: PeerMethod) {
    this.number = handle.number;
    this.method = method;
    this.#calls = calls;
    this.#handle = handle;
  }

  setCredentials(identity: string, password: Uint8Array): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.setCredentials(ticket, identity, password);
    });
  }

  processRequestPacket(packet: Uint8Array): Promise<NativePeerOutput> {
    return this.#calls.start((ticket) => {
      this.#handle.processRequestPacket(ticket, packet);
    });
  }

  getResponsePacket(): Promise<Buffer> {
    return this.#calls.start((ticket) => {
      this.#handle.getResponsePacket(ticket);
    });
  }

  getResult(reason: number): Promise<NativePeerResult> {
    return this.#calls.start((ticket) => {
      this.#handle.getResult(ticket, reason);
    });
  }

  getUiContext(): Promise<Buffer> {
    return this.#calls.start((ticket) => {
      this.#handle.getUiContext(ticket);
    });
  }

  setUiContext(context: Uint8Array): Promise<NativePeerOutput> {
    return this.#calls.start((ticket) => {
      this.#handle.setUiContext(ticket, context);
    });
  }

  getResponseAttributes(): Promise<NativeAttribute[]> {
    return this.#calls.start((ticket) => {
      this.#handle.getResponseAttributes(ticket);
    });
  }

  setResponseAttributes(attributes: readonly NativeAttributeInput[]): Promise<NativePeerOutput> {
    return this.#calls.start((ticket) => {
      this.#handle.setResponseAttributes(ticket, attributes);
    });
  }

  process(packet: Uint8Array): Promise<NativePeerStep> {
    return this.#calls.start((ticket) => {
      this.#handle.process(ticket, packet);
    });
  }

  end(): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.end(ticket);
    });
  }
}

class AuthenticatorSession implements NativeAuthenticatorSession {
  readonly number: number;
  /** Keeps the method reachable: collecting it would end this session. */
  readonly method: AuthenticatorMethod;
  readonly #calls: CallStarter;
  readonly #handle: AuthenticatorSessionHandle;

  constructor(calls: CallStarter, handle: AuthenticatorSessionHandle, method: AuthenticatorMethod) {
    this.number = handle.number;
    this.method = method;
    this.#calls = calls;
    this.#handle = handle;
  }

  updateInnerMethodParams(
    flags: number,
    identity: string,
    attributes: readonly NativeAttributeInput[],
  ): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.updateInnerMethodParams(ticket, flags, identity, attributes);
    });
  }

  sendPacket(id: number): Promise<NativeRequest> {
    return this.#calls.start((ticket) => {
      this.#handle.sendPacket(ticket, id);
    });
  }

  receivePacket(packet: Uint8Array): Promise<{ action: number }> {
    return this.#calls.start((ticket) => {
      this.#handle.receivePacket(ticket, packet);
    });
  }

  getAttributes(): Promise<NativeAttribute[]> {
    return this.#calls.start((ticket) => {
      this.#handle.getAttributes(ticket);
    });
  }

  setAttributes(attributes: readonly NativeAttributeInput[]): Promise<{ action: number }> {
    return this.#calls.start((ticket) => {
      this.#handle.setAttributes(ticket, attributes);
    });
  }

  getResult(): Promise<NativeAuthenticatorResult> {
    return this.#calls.start((ticket) => {
      this.#handle.getResult(ticket);
    });
  }

  /** What the first request is made by is what makes the others; its promise gives the action as well. */
  start(id: number): Promise<NativeAuthenticatorStep> {
    return this.#calls.start((ticket) => {
      this.#handle.sendPacket(ticket, id);
    });
  }

  receive(packet: Uint8Array, nextId: number): Promise<NativeAuthenticatorStep> {
    return this.#calls.start((ticket) => {
      this.#handle.receive(ticket, packet, nextId);
    });
  }

  end(): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.end(ticket);
    });
  }
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

class MethodDll {
  protected readonly calls: CallStarter;
  protected readonly handle: MethodHandle;
  #listener: Listener | undefined;
  /** The calls of opening: they were made before anybody could listen. */
  #untold: readonly NativeCall[];

  constructor(calls: CallStarter, handle: MethodHandle, untold: readonly NativeCall[]) {
    this.calls = calls;
    this.handle = handle;
    this.#untold = untold;
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

  /** What a hop has called. */
  told(calls: readonly NativeCall[]): void {
    if (this.#listener !== undefined) tell(this.#listener, calls);
  }

  counters(): { sessions: number } {
    return { sessions: this.handle.sessions() };
  }

  stats(): { lanes: number; pending: number } {
    return this.handle.stats();
  }

  close(): Promise<void> {
    return this.calls.start((ticket) => {
      this.handle.close(ticket);
    });
  }

  protected invokeByName<Value>(call: string, options: object): Promise<Value> {
    return this.calls.start((ticket) => {
      this.handle.invoke(ticket, call, options);
    });
  }
}

class PeerMethod extends MethodDll implements NativePeerMethod {
  async beginSession(options: NativePeerBegin): Promise<NativePeerSession> {
    const handle = await this.calls.start<PeerSessionHandle>((ticket) => {
      this.handle.beginSession(ticket, options);
    });
    return new PeerSession(this.calls, handle, this);
  }

  invoke<Call extends keyof NativePeerCalls>(
    call: Call,
    options: NativePeerCalls[Call]['options'],
  ): Promise<NativePeerCalls[Call]['result']> {
    return this.invokeByName(call, options);
  }
}

class AuthenticatorMethod extends MethodDll implements NativeAuthenticatorMethod {
  async beginSession(options: NativeAuthenticatorBegin): Promise<NativeAuthenticatorSession> {
    const handle = await this.calls.start<AuthenticatorSessionHandle>((ticket) => {
      this.handle.beginSession(ticket, options);
    });
    return new AuthenticatorSession(this.calls, handle, this);
  }

  invoke<Call extends keyof NativeAuthenticatorCalls>(
    call: Call,
    options: NativeAuthenticatorCalls[Call]['options'],
  ): Promise<NativeAuthenticatorCalls[Call]['result']> {
    return this.invokeByName(call, options);
  }
}

type Maker<Role extends NativeRole> = (
  calls: CallStarter,
  handle: MethodHandle,
  untold: readonly NativeCall[],
) => MethodDll & NativeMethods[Role];

const makers: { [Role in NativeRole]: Maker<Role> } = {
  peer: (...parts) => new PeerMethod(...parts),
  authenticator: (...parts) => new AuthenticatorMethod(...parts),
};

/** The method DLLs of an environment. */
export class Hosting {
  readonly #binding: HostingBinding;
  readonly #calls: CallStarter;
  // Weak: a method that everybody has forgotten has nobody to tell.
  readonly #methods = new WeakTable<MethodDll>();
  /** What has been called of the methods that are being opened. */
  readonly #untold = new Map<number, readonly NativeCall[]>();

  constructor(binding: HostingBinding, calls: CallStarter) {
    this.#binding = binding;
    this.#calls = calls;
  }

  /** What a hop of the method with this number has called. */
  told(number: number, calls: readonly NativeCall[]): void {
    if (this.#untold.has(number)) this.#untold.set(number, calls);
    else this.#methods.get(number)?.told(calls);
  }

  async openMethod<Role extends NativeRole>(
    options: NativeMethodOptions<Role>,
  ): Promise<NativeMethods[Role]> {
    let number = 0;
    try {
      const handle = await this.#calls.start<MethodHandle>((ticket) => {
        number = this.#binding.openMethod(ticket, options);
        this.#untold.set(number, []);
      });
      const method = makers[options.role](this.#calls, handle, this.#untold.get(number) ?? []);
      this.#methods.set(number, method);
      return method;
    } finally {
      this.#untold.delete(number);
    }
  }
}
