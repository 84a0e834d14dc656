// What the WLAN service tells, as events, and who listens. JavaScript thread.

import { isUtf8 } from 'node:buffer';

import type { NativeWlanNotification } from '../native/network-types.js';
import {
  acmEvents,
  backendSupport,
  msmEvents,
  notificationSources,
  oneXEvents,
  oneXRestartReasons,
  oneXStatuses,
} from './names.js';
import { networkReason } from './reasons.js';
import type { AcmEvent, MsmEvent, OneXEvent, WlanConnectionDetails, WlanEvent } from './types.js';

/** An SSID as text. */
export function ssidText(ssid: Buffer): string {
  return ssid.toString(isUtf8(ssid) ? 'utf8' : 'latin1');
}

/** A reason code, and its words. */
export function withReason(reasonCode: number): { reasonCode: number; reason: string } {
  return { reasonCode, reason: networkReason(reasonCode).words };
}

function toConnection({
  profile,
  ssid,
  isSecured,
  reasonCode,
}: NonNullable<NativeWlanNotification['connection']>): WlanConnectionDetails {
  return { profile, ssid: ssidText(ssid), isSecured, reasonCode };
}

function toAcmEvent({ code, interface: guid, connection, number }: NativeWlanNotification): AcmEvent {
  const reasonCode = connection?.reasonCode ?? number;
  return {
    source: 'acm',
    event: acmEvents[code] ?? 'unknown',
    code,
    interface: guid,
    ...(connection !== undefined && { connection: toConnection(connection) }),
    ...(reasonCode !== undefined && withReason(reasonCode)),
  };
}

function toMsmEvent({ code, interface: guid, connection, number }: NativeWlanNotification): MsmEvent {
  const bssid = connection?.bssid?.toString('hex').replaceAll(/(..)(?=.)/gu, '$1:') ?? '';
  return {
    source: 'msm',
    event: msmEvents[code] ?? 'unknown',
    code,
    interface: guid,
    ...(connection !== undefined && {
      connection: { ...toConnection(connection), bssid },
      ...withReason(connection.reasonCode),
    }),
    ...(number !== undefined && { signalQuality: number }),
  };
}

function toOneXEvent({ code, interface: guid, result, number }: NativeWlanNotification): OneXEvent {
  const support = result?.backendSupport;
  const isKnown = support === backendSupport.supported || support === backendSupport.unsupported;
  return {
    source: 'onex',
    event: oneXEvents[code] ?? 'unknown',
    code,
    interface: guid,
    ...(result !== undefined && {
      status: oneXStatuses[result.status] ?? 'unknown',
      ...withReason(result.reasonCode),
      winError: result.winError,
      ...(isKnown && { isMethodSupported: support === backendSupport.supported }),
      ...(result.eapError !== undefined && { eapError: result.eapError }),
    }),
    ...(number !== undefined && { restartReason: oneXRestartReasons[number] ?? 'unknown' }),
  };
}

/** An event of a notification; undefined for one of a source that was not asked for. */
export function toWlanEvent(notification: NativeWlanNotification): WlanEvent | undefined {
  switch (notification.source) {
    case notificationSources.acm:
      return toAcmEvent(notification);
    case notificationSources.msm:
      return toMsmEvent(notification);
    case notificationSources.onex:
      return toOneXEvent(notification);
    default:
      return undefined;
  }
}

const longestTimer = 0x7fff_ffff;

/** Keeps the process alive, and the client that it belongs to, while somebody waits. */
export class Waiters {
  readonly #client: object;
  #count = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(client: object) {
    this.#client = client;
  }

  /** While `work` is under way the process stays alive. */
  async while<Value>(work: Promise<Value>): Promise<Value> {
    this.#count += 1;
    // The timer holds its argument.
    this.#timer ??= setInterval((client) => void client, longestTimer, this.#client);
    try {
      return await work;
    } finally {
      this.#count -= 1;
      if (this.#count === 0) {
        clearInterval(this.#timer);
        this.#timer = undefined;
      }
    }
  }
}

type Result = IteratorResult<WlanEvent, undefined>;

const mostWaiting = 1024;
const over: Result = { done: true, value: undefined };

/** One that listens: what it has not taken yet waits, so much at most. */
class Listener implements AsyncIterableIterator<WlanEvent, undefined> {
  readonly #waiters: Waiters;
  readonly #leave: (listener: Listener) => void;
  readonly #waiting: WlanEvent[] = [];
  readonly #asking: ((result: Result) => void)[] = [];
  #dropped = 0;
  #isOver = false;

  constructor(waiters: Waiters, leave: (listener: Listener) => void) {
    this.#waiters = waiters;
    this.#leave = leave;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<Result> {
    if (this.#dropped > 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      return { done: false, value: { source: 'overflow', dropped } };
    }
    const value = this.#waiting.shift();
    if (value !== undefined) return { done: false, value };
    if (this.#isOver) return over;
    return this.#waiters.while(new Promise<Result>((resolve) => void this.#asking.push(resolve)));
  }

  return(): Promise<Result> {
    this.#waiting.length = 0;
    this.#dropped = 0;
    this.end();
    return Promise.resolve(over);
  }

  tell(value: WlanEvent): void {
    const ask = this.#asking.shift();
    if (ask !== undefined) ask({ done: false, value });
    else if (this.#waiting.length < mostWaiting) this.#waiting.push(value);
    else this.#dropped += value.source === 'overflow' ? value.dropped : 1;
  }

  end(): void {
    this.#isOver = true;
    this.#leave(this);
    for (const ask of this.#asking.splice(0)) ask(over);
  }
}

/** The events of a client. Each iterator gets those from when it was made; it ends when the client is closed. */
export class WlanEvents implements AsyncIterable<WlanEvent, undefined> {
  readonly #waiters: Waiters;
  readonly #listeners = new Set<Listener>();
  #isOver = false;

  /** @internal A client has its own. */
  constructor(waiters: Waiters) {
    this.#waiters = waiters;
  }

  /** While an event is waited for the process stays alive. */
  [Symbol.asyncIterator](): AsyncIterableIterator<WlanEvent, undefined> {
    const listener = new Listener(this.#waiters, (left) => this.#listeners.delete(left));
    if (this.#isOver) listener.end();
    else this.#listeners.add(listener);
    return listener;
  }

  /** @internal */
  tell(event: WlanEvent): void {
    for (const listener of this.#listeners) listener.tell(event);
  }

  /** @internal */
  end(): void {
    this.#isOver = true;
    for (const listener of this.#listeners) listener.end();
  }
}
