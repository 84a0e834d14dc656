// The native addon as its binary exports it, and how the surface that the rest of lib uses is made of it.

import { byName, Calls, classOf, type Drain, type Watch } from './calls.js';
import { LocalServers, type LocalBinding, type LocalConnection, type LocalListener } from './local-server.js';
import { MethodDlls } from './method-addon.js';
import type { NativeCall, NativeMethodOptions, NativeMethods, NativeRole } from './method-types.js';
import {
  runtimeCalls,
  sessionCalls,
  type NativeBeginOptions,
  type NativeRuntime,
  type NativeRuntimeOptions,
  type NativeSession,
} from './runtime-types.js';
import type { NativeWlan, NativeWlanBatch } from './network-types.js';
import type {
  NativeBatch,
  NativePipeListener,
  NativeRawLink,
  NativeSource,
  SystemCall,
  SystemCalls,
} from './system-types.js';
import { WeakTable } from './weak-table.js';

/** What the binary exports. */
export interface Binding extends LocalBinding {
  /** Says who takes the batches. Returns the array of records; its ArrayBuffer has their packets behind it. */
  attach(drain: Drain): Int32Array;
  openRuntime(ticket: number, options: NativeRuntimeOptions): void;
  /** Returns which one it is in this environment; its recorded calls carry that. */
  openMethod(ticket: number, options: NativeMethodOptions): number;
  /** Makes a call to the operating system. */
  system(ticket: number, call: SystemCall, options: object): void;
  /** Resolves when there is something to take, or the source is closed. */
  awaitSource(ticket: number, source: NativeSource): void;
  closeSource(source: NativeSource): void;
  /** A file descriptor for the client that waits; undefined where none does. */
  takePipe(listener: NativePipeListener): number | undefined;
  /** Undefined where there is no memory for it. */
  takeFrames(link: NativeRawLink): NativeBatch | undefined;
  /** Undefined where there is no memory for it. */
  takeNotifications(wlan: NativeWlan): NativeWlanBatch | undefined;
  /** Gives a Win32 code. */
  sendFrame(link: NativeRawLink, frame: Uint8Array): number;
  peerUser(descriptor: number): number | undefined;
  /** How many native halves of objects there have been in this process, and how many of them are gone. */
  halves(): { created: number; destroyed: number };
  /** What bindAddon has made of it: set once in each environment. */
  addon?: NativeAddon;
}

/** The addon. Every promise rejects with a NativeFailure. */
export interface NativeAddon {
  /** Loads the libraries on a lane and initializes the run-time there. `watch` sees its calls. */
  openRuntime(options: NativeRuntimeOptions, watch?: Watch): Promise<NativeRuntime>;
  /** Loads the DLL on a lane, GetInfo, Initialize. */
  openMethod<Role extends NativeRole>(options: NativeMethodOptions<Role>): Promise<NativeMethods[Role]>;
  /** Makes a call to the operating system, on a thread of its own. */
  system<Call extends SystemCall>(
    call: Call,
    options: SystemCalls[Call]['options'],
  ): Promise<SystemCalls[Call]['result']>;
  /**
   * A file descriptor for the next client of a pipe; undefined when the listener is closed. One call at a time. It
   * does not keep the process alive.
   */
  acceptPipe(listener: NativePipeListener): Promise<number | undefined>;
  /**
   * What has come from a network card since the last call, when there is something. One call at a time. It keeps the
   * process alive.
   */
  receiveFrames(link: NativeRawLink): Promise<NativeBatch | undefined>;
  /**
   * Resolves when the WLAN service has told something, or the client is closed. One call at a time. It keeps neither the
   * process alive nor the client.
   */
  awaitNotifications(wlan: NativeWlan): Promise<undefined>;
  /** What the WLAN service has told since the last call; undefined where there is no memory for it. */
  takeNotifications(wlan: NativeWlan): NativeWlanBatch | undefined;
  /** Gives a Win32 code: ERROR_NOT_READY (21) while the card is gone or down. */
  sendFrame(link: NativeRawLink, frame: Uint8Array): number;
  /** Releases the pipe's name, the card, or the client. What is awaited then resolves. Idempotent. */
  closeSource(source: NativeSource): void;
  /** The user id of the process at the other end of a Unix-domain socket; undefined if it is not known. */
  peerUser(descriptor: number): number | undefined;
  /**
   * Serves an address, `process:` and a name, to the method DLL shim at the path `library`, where this process has
   * loaded it or will: without a socket. It does not keep the process alive.
   */
  listenLocally(
    library: string,
    address: string,
    accept: (connection: LocalConnection) => void,
  ): LocalListener;
  /** How many native halves of objects there have been in this process, and how many of them are gone. */
  halves(): { created: number; destroyed: number };
}

interface RuntimeHandle extends Pick<NativeRuntime, 'setOption' | 'counters' | 'stats'> {
  /** Which one in this environment; its notifications carry it. */
  readonly number: number;
}

type SessionHandle = Pick<NativeSession, 'id'>;

const beginSession = byName('beginSession');

class AddonSession
  extends classOf<SessionHandle, typeof sessionCalls>(sessionCalls)
  implements NativeSession
{
  get id(): number {
    return this.handle.id;
  }
}

class AddonRuntime
  extends classOf<RuntimeHandle, typeof runtimeCalls>(runtimeCalls)
  implements NativeRuntime
{
  onNotification: ((connectionId: string) => void) | undefined;

  async beginSession(options: NativeBeginOptions): Promise<NativeSession> {
    const handle = await this.make<SessionHandle>('beginSession', beginSession, options);
    return new AddonSession(this.calls, handle, this, this.watch, handle.id);
  }

  setOption(option: number, value: number): void {
    this.handle.setOption(option, value);
  }

  counters(): ReturnType<NativeRuntime['counters']> {
    return this.handle.counters();
  }

  stats(): ReturnType<NativeRuntime['stats']> {
    return this.handle.stats();
  }
}

/**
 * The surface of a binary. There is one for each environment, also where two copies of this package load the same
 * binary: its completions have one place to go.
 */
export function bindAddon(binding: Binding): NativeAddon {
  binding.addon ??= attach(binding);
  return binding.addon;
}

function attach(binding: Binding): NativeAddon {
  // Weak: a run-time that everybody has forgotten has nobody to notify.
  const runtimes = new WeakTable<AddonRuntime>();
  const servers = new LocalServers(binding);
  const calls = new Calls(binding, {
    notification(number, connectionId) {
      // A listener that throws is an uncaught exception, and must not be the end of the batch.
      queueMicrotask(() => runtimes.get(number)?.onNotification?.(String(connectionId)));
    },
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the binary records
    calls: (number, made) => methods.told(number, made as readonly NativeCall[]),
    accepted: (server, connection) => servers.accepted(server, connection),
    received: (connection, frame) => servers.received(connection, frame),
    disconnected: (connection) => servers.disconnected(connection),
  });
  const methods = new MethodDlls(binding, calls);

  const something = (source: NativeSource): Promise<undefined> =>
    calls.start((ticket) => {
      binding.awaitSource(ticket, source);
    }, binding);

  return {
    async openRuntime(options, watch) {
      const handle = await calls.start<RuntimeHandle>((ticket) => {
        binding.openRuntime(ticket, options);
      }, binding);
      const runtime = new AddonRuntime(calls, handle, undefined, watch);
      runtimes.set(handle.number, runtime);
      return runtime;
    },
    openMethod: (options) => methods.open(options),
    system: (call, options) =>
      calls.start((ticket) => {
        binding.system(ticket, call, options);
      }, binding),
    async acceptPipe(listener) {
      await something(listener);
      return binding.takePipe(listener);
    },
    async receiveFrames(link) {
      await something(link);
      return binding.takeFrames(link);
    },
    awaitNotifications: something,
    takeNotifications: (wlan) => binding.takeNotifications(wlan),
    sendFrame: (link, frame) => binding.sendFrame(link, frame),
    closeSource: (source) => {
      binding.closeSource(source);
    },
    peerUser: (descriptor) => binding.peerUser(descriptor),
    listenLocally: (library, address, accept) => servers.listen(library, address, accept),
    halves: () => binding.halves(),
  };
}
