// The native addon as its binary exports it, and how the surface in runtime-types.ts is made of it. To JavaScript an
// exchange costs what N-API costs: a promise, an object and a buffer made through it take longer than all the rest.
// So the binary makes none of them. A call passes a ticket; completions come back in batches, described by numbers
// in an array that both sides share, and the promises, objects and buffers are made here.
// native/addon/delivery.h describes the other half.

import type {
  NativeAddon,
  NativeBeginOptions,
  NativeIdentity,
  NativeIdentityOptions,
  NativeMethodRegistration,
  NativeResult,
  NativeRuntime,
  NativeRuntimeOptions,
  NativeSession,
  NativeStep,
  NativeUnplumbData,
} from './runtime-types.js';
import { Hosting, type HostingBinding } from './method-addon.js';
import type { NativePipeListener, SystemCall, SystemCalls } from './system-types.js';
import type { ConfigurationCall, ConfigurationCalls } from './configuration-types.js';
import type { NativeCall, NativeMethodOptions, NativeMethods, NativeRole } from './method-types.js';
import { WeakTable } from './weak-table.js';
import type { NativeFailure } from '../base/errors.js';
import type { FullMethodType } from '../base/method-type.js';

/** Takes a batch: how many records, and the values of the records that have one. */
type Drain = (count: number, values: readonly unknown[] | undefined) => void;

/** What the binary exports. */
export interface Binding extends HostingBinding {
  /** Says who takes the batches. Returns the array of records; its ArrayBuffer has their packets behind it. */
  attach(drain: Drain): Int32Array;
  openRuntime(ticket: number, options: NativeRuntimeOptions): void;
  /** Makes a call to the operating system. */
  system(ticket: number, call: SystemCall, options: object): void;
  acceptPipe(ticket: number, listener: NativePipeListener): void;
  closePipe(listener: NativePipeListener): void;
  peerUser(descriptor: number): number | undefined;
  /** What bindAddon has made of it: set once in each environment. */
  addon?: NativeAddon;
}

interface SessionHandle {
  readonly id: number;
  processReceivedPacket(ticket: number, packet: Uint8Array): void;
  setUiContext(ticket: number, context: Uint8Array): void;
  setResponseAttributes(ticket: number, attributes: readonly { type: number; value: Uint8Array }[]): void;
  getResult(ticket: number, reason: number): void;
  getAuthStatus(ticket: number, parameter: number): void;
  getDataToUnplumbCredentials(ticket: number): void;
  end(ticket: number): void;
}

interface RuntimeHandle extends Pick<NativeRuntime, 'setOption' | 'counters' | 'stats'> {
  /** Which one in this environment; its notifications carry it. */
  readonly number: number;
  beginSession(ticket: number, options: NativeBeginOptions): void;
  clearConnection(ticket: number, connectionId: string): void;
  getIdentity(ticket: number, options: NativeIdentityOptions): void;
  getEncryptedPassword(ticket: number, password: Uint8Array): void;
  configure(ticket: number, call: ConfigurationCall, options: object): void;
  registerMethod(ticket: number, method: NativeMethodRegistration): void;
  unregisterMethod(ticket: number, type: FullMethodType): void;
  close(ticket: number): void;
}

/** What became of a call: Delivery::Kind. */
const kinds = {
  nothing: 0,
  action: 1,
  packet: 2,
  value: 3,
  failure: 4,
  notification: 5,
  calls: 6,
  output: 7,
  response: 8,
  request: 9,
  lost: 10,
} as const;
const kindMask = 0xff;
/** Above it the kind carries a small number of its own. */
const detailShift = 8;
const numbersPerRecord = 4;
const actionSend = 1;

type Resolve = (value: unknown) => void;
type Reject = (reason: unknown) => void;

/** What a call rejects with whose value could not be made. */
const lost: NativeFailure = { call: 'napi_create_object', winError: 8 };
const ignore = (): void => undefined;

/** How long completions may follow one another, in milliseconds, before the event loop has its other turns. */
const longestRush = 8;

/** The calls under way, by ticket. A ticket is used again when its call is over. */
class Calls {
  readonly #resolves: Resolve[] = [];
  readonly #rejects: Reject[] = [];
  readonly #free: number[] = [];
  /** When the event loop was last seen to turn. */
  #turned = 0;
  /** What became of calls, until it turns again; undefined where callers are told at once. */
  #held: (() => void)[] | undefined;

  /**
   * A batch of completions begins. What callers make of one is soon complete, too, and Node takes up to a thousand
   * batches in one turn: timers and sockets would wait for seconds. So now and then callers wait for the next turn.
   */
  beginBatch(): void {
    if (this.#held !== undefined || performance.now() - this.#turned < longestRush) return;
    const held: (() => void)[] = [];
    this.#held = held;
    setImmediate(() => {
      this.#held = undefined;
      this.#turned = performance.now();
      for (const settle of held) settle();
    });
  }

  /** A promise for the call that `begin` makes of a ticket. It rejects with what `begin` throws. */
  start<Value>(begin: (ticket: number) => void): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      const ticket = this.#free.pop() ?? this.#resolves.length;
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the binary resolves a call with its own value
      this.#resolves[ticket] = resolve as Resolve;
      this.#rejects[ticket] = reject;
      try {
        begin(ticket);
      } catch (error) {
        this.reject(ticket, error);
      }
    });
  }

  resolve(ticket: number, value: unknown): void {
    this.#settle(ticket, this.#resolves[ticket], value);
  }

  reject(ticket: number, reason: unknown): void {
    this.#settle(ticket, this.#rejects[ticket], reason);
  }

  #settle(ticket: number, settle: Resolve | undefined, value: unknown): void {
    if (this.#held === undefined) settle?.(value);
    else this.#held.push(() => settle?.(value));
    this.#release(ticket);
  }

  /** Forgets the promise, which may hold a secret. */
  #release(ticket: number): void {
    this.#resolves[ticket] = ignore;
    this.#rejects[ticket] = ignore;
    this.#free.push(ticket);
  }
}

class Session implements NativeSession {
  readonly id: number;
  /** Keeps the run-time reachable: collecting it would end this session. */
  readonly runtime: NativeRuntime;
  readonly #calls: Calls;
  readonly #handle: SessionHandle;

  constructor(calls: Calls, handle: SessionHandle, runtime: NativeRuntime) {
    this.id = handle.id;
    this.runtime = runtime;
    this.#calls = calls;
    this.#handle = handle;
  }

  processReceivedPacket(packet: Uint8Array): Promise<NativeStep> {
    return this.#calls.start((ticket) => {
      this.#handle.processReceivedPacket(ticket, packet);
    });
  }

  setUiContext(context: Uint8Array): Promise<NativeStep> {
    return this.#calls.start((ticket) => {
      this.#handle.setUiContext(ticket, context);
    });
  }

  setResponseAttributes(attributes: readonly { type: number; value: Uint8Array }[]): Promise<NativeStep> {
    return this.#calls.start((ticket) => {
      this.#handle.setResponseAttributes(ticket, attributes);
    });
  }

  getResult(reason: number): Promise<NativeResult> {
    return this.#calls.start((ticket) => {
      this.#handle.getResult(ticket, reason);
    });
  }

  getAuthStatus(parameter: number): Promise<Buffer> {
    return this.#calls.start((ticket) => {
      this.#handle.getAuthStatus(ticket, parameter);
    });
  }

  getDataToUnplumbCredentials(): Promise<NativeUnplumbData> {
    return this.#calls.start((ticket) => {
      this.#handle.getDataToUnplumbCredentials(ticket);
    });
  }

  end(): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.end(ticket);
    });
  }
}

class Runtime implements NativeRuntime {
  onNotification: ((connectionId: string) => void) | undefined;
  readonly #calls: Calls;
  readonly #handle: RuntimeHandle;

  constructor(calls: Calls, handle: RuntimeHandle) {
    this.#calls = calls;
    this.#handle = handle;
  }

  async beginSession(options: NativeBeginOptions): Promise<NativeSession> {
    const handle = await this.#calls.start<SessionHandle>((ticket) => {
      this.#handle.beginSession(ticket, options);
    });
    return new Session(this.#calls, handle, this);
  }

  clearConnection(connectionId: string): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.clearConnection(ticket, connectionId);
    });
  }

  getIdentity(options: NativeIdentityOptions): Promise<NativeIdentity> {
    return this.#calls.start((ticket) => {
      this.#handle.getIdentity(ticket, options);
    });
  }

  getEncryptedPassword(password: Uint8Array): Promise<{ encrypted: string }> {
    return this.#calls.start((ticket) => {
      this.#handle.getEncryptedPassword(ticket, password);
    });
  }

  configure<Call extends ConfigurationCall>(
    call: Call,
    options: ConfigurationCalls[Call]['options'],
  ): Promise<ConfigurationCalls[Call]['result']> {
    return this.#calls.start((ticket) => {
      this.#handle.configure(ticket, call, options);
    });
  }

  close(): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.close(ticket);
    });
  }

  registerMethod(method: NativeMethodRegistration): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.registerMethod(ticket, method);
    });
  }

  unregisterMethod(type: FullMethodType): Promise<void> {
    return this.#calls.start((ticket) => {
      this.#handle.unregisterMethod(ticket, type);
    });
  }

  setOption(option: number, value: number): void {
    this.#handle.setOption(option, value);
  }

  counters(): { outstandingBlocks: number; sessions: number; loadedMethods: number } {
    return this.#handle.counters();
  }

  stats(): { lanes: number; pending: number } {
    return this.#handle.stats();
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
  const calls = new Calls();
  const hosting = new Hosting(binding, calls);
  // Weak: a run-time that everybody has forgotten has nobody to notify.
  const runtimes = new WeakTable<Runtime>();

  const notify = (number: number, connectionId: string): void => {
    // A listener that throws is an uncaught exception, and must not be the end of the batch.
    queueMicrotask(() => {
      runtimes.get(number)?.onNotification?.(connectionId);
    });
  };

  // An ArrayBuffer for each: whoever gets a packet may give its memory away, and look at all of it.
  const packetAt = (offset: number, length: number): Buffer => {
    const packet = Buffer.allocUnsafeSlow(length);
    packet.set(packets.subarray(offset, offset + length));
    return packet;
  };

  const records = binding.attach((count, values = []) => {
    let value = 0;
    calls.beginBatch();
    for (let at = 0; at < count * numbersPerRecord; at += numbersPerRecord) {
      const ticket = records[at] ?? 0;
      const first = records[at + 2] ?? 0;
      const kind = records[at + 1] ?? 0;
      switch (kind & kindMask) {
        case kinds.packet:
          calls.resolve(ticket, {
            action: actionSend,
            packet: packetAt(first, records[at + 3] ?? 0),
          });
          break;
        case kinds.action:
          calls.resolve(ticket, { action: first });
          break;
        case kinds.nothing:
          calls.resolve(ticket, undefined);
          break;
        case kinds.value:
          calls.resolve(ticket, values[value++]);
          break;
        case kinds.failure:
          calls.reject(ticket, values[value++]);
          break;
        case kinds.lost:
          calls.reject(ticket, lost);
          break;
        case kinds.notification:
          notify(ticket, String(values[value++]));
          break;
        case kinds.output:
          calls.resolve(ticket, { action: first, allowNotifications: records[at + 3] !== 0 });
          break;
        case kinds.response:
          calls.resolve(ticket, {
            action: actionSend,
            allowNotifications: kind >> detailShift !== 0,
            packet: packetAt(first, records[at + 3] ?? 0),
          });
          break;
        case kinds.request:
          calls.resolve(ticket, {
            action: actionSend,
            packet: packetAt(first, records[at + 3] ?? 0),
            timeout: kind >> detailShift,
          });
          break;
        case kinds.calls:
          // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the binary records
          hosting.told(ticket, values[value++] as readonly NativeCall[]);
          break;
      }
    }
  });
  const packets = new Uint8Array(records.buffer, records.byteLength);

  return {
    async openRuntime(options: NativeRuntimeOptions): Promise<NativeRuntime> {
      const handle = await calls.start<RuntimeHandle>((ticket) => {
        binding.openRuntime(ticket, options);
      });
      const runtime = new Runtime(calls, handle);
      runtimes.set(handle.number, runtime);
      return runtime;
    },
    openMethod<Role extends NativeRole>(options: NativeMethodOptions<Role>): Promise<NativeMethods[Role]> {
      return hosting.openMethod(options);
    },
    system<Call extends SystemCall>(
      call: Call,
      options: SystemCalls[Call]['options'],
    ): Promise<SystemCalls[Call]['result']> {
      return calls.start((ticket) => {
        binding.system(ticket, call, options);
      });
    },
    acceptPipe(listener: NativePipeListener): Promise<number | undefined> {
      return calls.start((ticket) => {
        binding.acceptPipe(ticket, listener);
      });
    },
    closePipe: (listener) => {
      binding.closePipe(listener);
    },
    peerUser: (descriptor) => binding.peerUser(descriptor),
  };
}
