// The calls of the binary as functions that give promises, made of tables: each call is named and typed once. To
// JavaScript an exchange costs what N-API costs: a promise, an object and a buffer made through it take longer than all
// the rest. So the binary makes none of them. A call passes it a ticket; completions come back in batches, described by
// numbers in an array that both sides share, and are made into values here. native/addon/delivery.h is the other half.

import type { NativeFailure } from '../base/errors.js';
import { secretBuffer } from '../base/secret.js';

/** An object of the binary. */
type Handle = Readonly<Record<string, (ticket: number, ...args: readonly unknown[]) => unknown>>;

/** Makes a call of an object with a ticket and up to three arguments. */
type Begin = (ticket: number, handle: Handle, a?: unknown, b?: unknown, c?: unknown) => unknown;

/** A call in a table. To the compiler it is the function that callers see. */
export interface NamedCall<Signature> {
  readonly signature?: Signature;
  readonly begin?: Begin | undefined;
}

/** `begin` is for calls on which speed depends: V8 calls a function of the binary faster where the source names it. */
export function call<Signature>(begin?: Begin): NamedCall<Signature> {
  return { begin };
}

/** The functions of a table. */
export type Functions<Table> = {
  [Name in keyof Table]: Table[Name] extends NamedCall<infer Signature> ? Signature : never;
};

/** The same calls for somebody who has a promise already. */
export type StartFor<Table> = <Name extends keyof Table & string>(
  waiter: Waiter,
  name: Name,
  ...args: Table[Name] extends NamedCall<infer Signature>
    ? Signature extends (...args: infer Arguments) => unknown
      ? Arguments
      : never
    : never
) => void;

/** A function whose first argument names a call, with the options and the result that `Calls` gives it. */
export type ByName<Calls extends { [Name in keyof Calls]: { options: object; result: unknown } }> = <
  Name extends keyof Calls,
>(
  call: Name,
  options: Calls[Name]['options'],
) => Promise<Calls[Name]['result']>;

/** Sees the calls of a run-time while it is active. */
export interface Watch {
  readonly isActive: boolean;
  /** Makes a call by `start` and emits its event. `session`: its EAP_SESSIONID. */
  tell<Value>(
    name: string,
    args: readonly unknown[],
    session: number | undefined,
    start: () => Promise<Value>,
  ): Promise<Value>;
}

/** Who waits for a call: one of the two is called, once, while a batch of completions is taken. */
export interface Waiter {
  // Methods take more than functions would: the binary resolves a call with its own value.
  resolve(value: unknown): void;
  reject(reason: unknown): void;
}

const nobody: Waiter = { resolve: () => undefined, reject: () => undefined };

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
  accepted: 11,
  frame: 12,
  largeFrame: 13,
  disconnected: 14,
  result: 15,
} as const;
const kindMask = 0xff;
/** Above it the kind carries a small number of its own. */
const detailShift = 8;
const numbersPerRecord = 4;
const wordLength = 4;
/** Of the length of an attribute. */
const lengthMask = 0x7fff_ffff;
const actionSend = 1;
const authenticatorResult = 2;

/** Of a result: Delivery::Result. */
const forms = { peer: 0, authenticator: 1, authenticatorStep: 2 } as const;

/** What a call rejects with whose value could not be made. */
const lost: NativeFailure = { call: 'napi_create_object', winError: 8 };

/** Takes a batch: how many records, and the values of the records that have one. */
export type Drain = (count: number, values: readonly unknown[] | undefined) => void;

/** What the binary tells unasked: the number of a run-time or of a method DLL, and what it says. */
interface Events {
  notification(runtime: number, connectionId: unknown): void;
  calls(method: number, calls: unknown): void;
  /** Of the servers in this process: a connection, a frame of one, and its end. */
  accepted(server: number, connection: number): void;
  received(connection: number, frame: Buffer | undefined): void;
  disconnected(connection: number): void;
}

/** A step that has a packet, of the kind of its record. */
function withPacket(kind: number, packet: Buffer): object {
  const detail = kind >> detailShift;
  switch (kind & kindMask) {
    case kinds.response:
      return { action: actionSend, allowNotifications: detail !== 0, packet };
    case kinds.request:
      return { action: actionSend, packet, timeout: detail };
    default:
      return { action: actionSend, packet };
  }
}

/** How long completions may follow one another, in milliseconds, before the event loop has its other turns. */
const longestRush = 8;

/** The calls under way, by ticket. A ticket is used again when its call is over. */
export class Calls {
  readonly #waiters: Waiter[] = [];
  readonly #free: number[] = [];
  /** When the event loop was last seen to turn. */
  #turned = 0;
  /** The outcomes of calls, held until the event loop turns; undefined if callers get them at once. */
  #held: (() => void)[] | undefined;

  readonly #records: Int32Array;
  /** Behind the records in their memory. */
  readonly #packets: Uint8Array;
  /** The same in words. */
  readonly #words: Int32Array;

  constructor(
    binding: { attach(drain: Drain): Int32Array },
    private readonly events: Events,
  ) {
    this.#records = binding.attach((count, values) => this.#drain(count, values));
    this.#packets = new Uint8Array(this.#records.buffer, this.#records.byteLength);
    this.#words = new Int32Array(this.#records.buffer, this.#records.byteLength);
  }

  /** A promise for the call that `begin` makes of a ticket. It rejects with what `begin` throws. */
  start<Value>(begin: Begin, handle: object, a?: unknown, b?: unknown, c?: unknown): Promise<Value> {
    return new Promise<Value>((resolve, reject) => {
      this.startFor({ resolve, reject }, begin, handle, a, b, c);
    });
  }

  /** Makes the call that `begin` makes of a ticket, for somebody who has a promise already. Gives what `begin` gives. */
  startFor(waiter: Waiter, begin: Begin, handle: object, a?: unknown, b?: unknown, c?: unknown): unknown {
    const ticket = this.#free.pop() ?? this.#waiters.length;
    this.#waiters[ticket] = waiter;
    try {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tables name what the binary has
      return begin(ticket, handle as Handle, a, b, c);
    } catch (error) {
      this.#reject(ticket, error);
      return undefined;
    }
  }

  #drain(count: number, values: readonly unknown[] = []): void {
    const records = this.#records;
    let value = 0;
    this.#beginBatch();
    for (let at = 0; at < count * numbersPerRecord; at += numbersPerRecord) {
      const ticket = records[at] ?? 0;
      const kind = records[at + 1] ?? 0;
      const first = records[at + 2] ?? 0;
      const second = records[at + 3] ?? 0;
      switch (kind & kindMask) {
        case kinds.packet:
        case kinds.response:
        case kinds.request: {
          const packet = this.#packetAt(first, second);
          if (packet === undefined) this.#reject(ticket, lost);
          else this.#resolve(ticket, withPacket(kind, packet));
          break;
        }
        case kinds.action:
          this.#resolve(ticket, { action: first });
          break;
        case kinds.result: {
          const result = this.#resultAt(first, kind >> detailShift);
          if (result === undefined) this.#reject(ticket, lost);
          else this.#resolve(ticket, result);
          break;
        }
        case kinds.nothing:
          this.#resolve(ticket, undefined);
          break;
        case kinds.value:
          this.#resolve(ticket, values[value++]);
          break;
        case kinds.failure:
          this.#reject(ticket, values[value++]);
          break;
        case kinds.lost:
          this.#reject(ticket, lost);
          break;
        case kinds.notification:
          this.events.notification(ticket, values[value++]);
          break;
        case kinds.output:
          this.#resolve(ticket, { action: first, allowNotifications: second !== 0 });
          break;
        case kinds.calls:
          this.events.calls(ticket, values[value++]);
          break;
        case kinds.accepted:
          this.#tell(() => this.events.accepted(ticket, first));
          break;
        case kinds.frame: {
          const frame = this.#packetAt(first, second);
          this.#tell(() => this.events.received(ticket, frame));
          break;
        }
        case kinds.largeFrame: {
          const frame = values[value++];
          this.#tell(() => this.events.received(ticket, Buffer.isBuffer(frame) ? frame : undefined));
          break;
        }
        case kinds.disconnected:
          this.#tell(() => this.events.disconnected(ticket));
          break;
      }
    }
  }

  /**
   * A batch of completions begins. What callers make of one is soon complete, too, and Node takes up to a thousand
   * batches in one turn: timers and sockets would wait for seconds. So now and then callers wait for the next turn.
   */
  #beginBatch(): void {
    if (this.#held !== undefined || performance.now() - this.#turned < longestRush) return;
    const held: (() => void)[] = [];
    this.#held = held;
    setImmediate(() => {
      this.#held = undefined;
      this.#turned = performance.now();
      for (const settle of held) settle();
    });
  }

  /**
   * An ArrayBuffer for each: whoever gets a packet may give its memory away, and look at all of it. Undefined where
   * there is no memory.
   */
  #packetAt(offset: number, length: number): Buffer | undefined {
    let packet: Buffer;
    try {
      packet = Buffer.allocUnsafeSlow(length);
    } catch {
      return undefined;
    }
    packet.set(this.#packets.subarray(offset, offset + length));
    return packet;
  }

  /** What Delivery::ResolveResult wrote. Undefined where there is no memory. */
  #resultAt(offset: number, form: number): object | undefined {
    const words = this.#words;
    let at = offset / wordLength;
    const flags = words[at++] ?? 0;
    const failureReasonCode = (words[at++] ?? 0) >>> 0;
    const attributes: { type: number; value: Buffer }[] = [];
    for (let count = words[at++] ?? 0; count > 0; count -= 1) {
      const type = words[at++] ?? 0;
      const lengthWord = words[at++] ?? 0;
      const length = lengthWord & lengthMask;
      let value: Buffer;
      try {
        // The sign is there where it is no secret. V8's heap takes a fifth of the time.
        value = lengthWord < 0 ? Buffer.allocUnsafeSlow(length) : secretBuffer(length);
      } catch {
        return undefined;
      }
      value.set(this.#packets.subarray(at * wordLength, at * wordLength + length));
      attributes.push({ type, value });
      at += Math.ceil(length / wordLength);
    }
    const isSuccess = (flags & 1) !== 0;
    if (form === forms.peer) {
      return { isSuccess, failureReasonCode, attributes, saveToCredMan: (flags & 2) !== 0 };
    }
    const result = { isSuccess, failureReasonCode, attributes };
    return form === forms.authenticator ? result : { action: authenticatorResult, result };
  }

  /** What calls of a method come to goes the way of the outcomes: it leads to more of them. */
  #tell(event: () => void): void {
    if (this.#held === undefined) event();
    else this.#held.push(event);
  }

  #resolve(ticket: number, value: unknown): void {
    const waiter = this.#release(ticket);
    if (this.#held === undefined) waiter.resolve(value);
    else this.#held.push(() => waiter.resolve(value));
  }

  #reject(ticket: number, reason: unknown): void {
    const waiter = this.#release(ticket);
    if (this.#held === undefined) waiter.reject(reason);
    else this.#held.push(() => waiter.reject(reason));
  }

  /** Forgets who waits, who may hold a secret. */
  #release(ticket: number): Waiter {
    const waiter = this.#waiters[ticket] ?? nobody;
    this.#waiters[ticket] = nobody;
    this.#free.push(ticket);
    return waiter;
  }
}

/** An object of the binary, whose functions are called through its handle. */
export class Callable<Own extends object> {
  constructor(
    readonly calls: Calls,
    readonly handle: Own,
    /** Keeps it reachable: once it is collected, it is closed and ends what is open in it. */
    readonly owner?: object,
    readonly watch?: Watch,
    /** Its EAP_SESSIONID. */
    readonly session?: number,
  ) {}

  /** Makes a call of the binary, seen by the watch. */
  make<Value>(name: string, begin: Begin, a?: unknown, b?: unknown, c?: unknown): Promise<Value> {
    const { calls, handle, watch } = this;
    if (watch?.isActive !== true) return calls.start(begin, handle, a, b, c);
    return watch.tell(name, [a, b, c], this.session, () => calls.start<Value>(begin, handle, a, b, c));
  }
}

/** A call of the function of that name. */
export function byName(name: string): Begin {
  return (ticket, handle, a, b, c) => handle[name]!(ticket, a, b, c);
}

/** The class of the binary's objects that have the calls of a table. */
export function classOf<Own extends object, Table extends Readonly<Record<string, NamedCall<unknown>>>>(
  table: Table,
): new (
  ...parts: ConstructorParameters<typeof Callable<Own>>
) => Callable<Own> & Functions<Table> & { startFor: StartFor<Table> } {
  const begins = new Map(Object.entries(table).map(([name, { begin = byName(name) }]) => [name, begin]));
  class Called extends Callable<Own> {
    /** Unseen by the watch. */
    startFor(waiter: Waiter, name: string, a?: unknown, b?: unknown, c?: unknown): void {
      const begin = begins.get(name);
      if (begin !== undefined) this.calls.startFor(waiter, begin, this.handle, a, b, c);
    }
  }
  for (const [name, begin] of begins) {
    const value = function (this: Called, a?: unknown, b?: unknown, c?: unknown): Promise<unknown> {
      return this.make(name, begin, a, b, c);
    };
    Object.defineProperty(Called.prototype, name, { value, configurable: true, writable: true });
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its prototype has just been given the functions
  return Called as unknown as new (
    ...parts: ConstructorParameters<typeof Callable<Own>>
  ) => Called & Functions<Table> & { startFor: StartFor<Table> };
}
