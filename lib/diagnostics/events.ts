// Diagnostic events: one for each call of the run-time and for each EAP packet.

import { channel } from 'node:diagnostics_channel';

/** Calls of the run-time that were made in one hop to its thread, and what became of them. */
export interface CallEvent {
  readonly kind: 'call';
  /** When it was asked for: milliseconds since 1970-01-01 UTC, with fractions. */
  readonly at: number;
  /** Milliseconds until its outcome was known here. */
  readonly duration: number;
  /** Windows' names of the functions, in the order of their calls. */
  readonly calls: readonly string[];
  /** The EAP_SESSIONID; undefined for calls that have no session. */
  readonly session: number | undefined;
  /** Arguments and results, decoded. A secret is only its size: `{ octets: 64 }`. */
  readonly values: Readonly<Record<string, unknown>>;
  /** What it failed with: the code of an EapError, and its message. */
  readonly error?: { readonly code: string; readonly message: string };
}

/** An EAP packet that was given to a session, or that a session gave. */
export interface PacketEvent {
  readonly kind: 'packet';
  /** Milliseconds since 1970-01-01 UTC, with fractions. */
  readonly at: number;
  readonly session: number;
  /** As the peer sees it: `received` from the authenticator. */
  readonly direction: 'received' | 'sent';
  /** The whole packet, a copy. A password that a method sends as it is (GTC) is masked. */
  readonly packet: Buffer;
}

/** What `onEvent` and the diagnostics channels `eaphost:call` and `eaphost:packet` tell. */
export type DiagnosticEvent = CallEvent | PacketEvent;

/** Subscribe with `node:diagnostics_channel`: the calls of every host of the process. */
const callChannel = channel('eaphost:call');
/** As `callChannel`, the packets. */
const packetChannel = channel('eaphost:packet');

/** The listeners of a host. Costs nothing while there are none. JavaScript thread. */
export class Observer {
  readonly #onEvent: ((event: DiagnosticEvent) => void) | undefined;

  constructor(onEvent: ((event: DiagnosticEvent) => void) | undefined) {
    this.#onEvent = onEvent;
  }

  get isActive(): boolean {
    return this.#onEvent !== undefined || callChannel.hasSubscribers || packetChannel.hasSubscribers;
  }

  tell(event: DiagnosticEvent): void {
    const channel = event.kind === 'call' ? callChannel : packetChannel;
    if (channel.hasSubscribers) channel.publish(event);
    const listener = this.#onEvent;
    if (listener === undefined) return;
    // A listener that throws is an uncaught exception, and must not be taken for a failure of the call.
    queueMicrotask(() => {
      listener(event);
    });
  }
}

/** Milliseconds since 1970-01-01 UTC that never go backwards. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}
