// A wired supplicant: a port's frames, the standard's state machines and EAPHost's sessions, put together. JavaScript's
// thread. Nothing runs while nothing happens: the standard's timers are the only ones.

import { randomUUID } from 'node:crypto';
import { EventEmitter } from 'node:events';

import type { Flag } from '../eap/names.js';
import type { EapHost } from '../supplicant/eaphost.js';
import { FrameCounter, type WiredCounters } from './counters.js';
import type { KeptBlobs } from './kept.js';
import {
  EapPeer,
  wiredFailureOf,
  wipeResult,
  type EapAnswer,
  type SessionInput,
  type WiredFailure,
} from './eap-peer.js';
import { eapolTypes, encodeEapol, type EapolVersion } from './eapol.js';
import type { EthernetLink } from './link.js';
import { SupplicantPae, type BackendState, type PaeClock, type PaeState, type PaeTimes } from './pae.js';

/** What a supplicant tells, by event: nothing secret. */
export interface WiredChanges {
  /** The link came up or went down. */
  link: { readonly isUp: boolean };
  /** The PAE came into another state. */
  state: { readonly state: PaeState; readonly before: PaeState };
  /** The port is authorized, or again. */
  authorized: {
    /** The names of the method and of the one inside it. None: nobody answered, and `portValid` takes the LAN to be open. */
    readonly methods: readonly string[];
    /** Octets of the keys that came of it, by their names. */
    readonly keys: Readonly<Record<string, number>>;
  };
  /** Nothing is tried for so many seconds, unless the authenticator asks. */
  held: { readonly seconds: number };
  /** An authorized port is authenticated again: by whose wish. It stays authorized meanwhile. */
  reauthenticating: { readonly by: 'authenticator' | 'EAPHost' | 'request' };
  /** An authentication failed: the network refused, the authenticator fell silent, or a call failed. */
  failed: WiredFailure;
  /** The link, the file of what is kept, or a closing by signal has trouble that it goes on after. */
  trouble: { readonly text: string };
}

/** One of {@link WiredChanges}, with its name as `event`. */
export type WiredEvent = {
  readonly [Name in keyof WiredChanges]: { readonly event: Name } & WiredChanges[Name];
}[keyof WiredChanges];

/** The events of a supplicant. */
export type WiredEvents = { [Name in keyof WiredChanges]: [change: WiredChanges[Name]] } & {
  /** Each of the others, with its name: for logs. */
  event: [event: WiredEvent];
};

/** How a supplicant is. */
export interface WiredStatus {
  /** What EAPHost calls the port: a GUID. */
  readonly connectionId: string;
  /** Of the Supplicant PAE state machine. */
  readonly state: PaeState;
  /** Of the Supplicant Backend state machine. */
  readonly backendState: BackendState;
  /** Whether the port is open to us, as far as a supplicant can tell. */
  readonly suppPortStatus: 'Authorized' | 'Unauthorized';
  /** Whether the link is up. */
  readonly portEnabled: boolean;
  /** Authentications since the start. */
  readonly successes: number;
  readonly failures: number;
}

/** What a supplicant is made of, checked. */
export interface SupplicantParts {
  readonly host: EapHost;
  readonly link: EthernetLink;
  /** Asked at each authentication. */
  readonly load: () => SessionInput | Promise<SessionInput>;
  /** What successes ask to be kept. The supplicant closes it. */
  readonly kept: KeptBlobs;
  /** Called when the last session has ended. */
  readonly forget: () => void;
  /** Closes it when it aborts, or has aborted. */
  readonly signal: AbortSignal | undefined;
  readonly times: PaeTimes;
  readonly portValid: boolean;
  readonly eapolVersion: EapolVersion;
}

const clock: PaeClock = {
  after(seconds, work) {
    const timer = setTimeout(work, seconds * 1000);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The supplicant of one port, made by `openWiredSupplicant`. Its link keeps the process alive until it is closed. */
export class WiredSupplicant extends EventEmitter<WiredEvents> implements AsyncDisposable {
  readonly #host: EapHost;
  readonly #link: EthernetLink;
  readonly #times: PaeTimes;
  readonly #version: EapolVersion;
  readonly #forget: () => void;
  readonly #signal: AbortSignal | undefined;
  readonly #connectionId = randomUUID();
  readonly #frames: FrameCounter;
  readonly #peer: EapPeer;
  readonly #pae: SupplicantPae;
  /** What EAP is asked for now: an answer to anything before is dropped. */
  #turn = 0;
  #nextFlags: readonly Flag[] = [];
  #authorized: WiredChanges['authorized'] = { methods: [], keys: {} };
  #portEnabled = false;
  #successes = 0;
  #failures = 0;
  #closing: Promise<void> | undefined;

  /** @internal Supplicants are made by `openWiredSupplicant`. */
  constructor(parts: SupplicantParts) {
    const { host, link, load, kept, forget, signal, times, portValid, eapolVersion } = parts;
    super();
    this.#host = host;
    this.#link = link;
    this.#times = times;
    this.#version = eapolVersion;
    this.#forget = forget;
    this.#signal = signal;
    this.#frames = new FrameCounter(link.address);
    kept.trouble = (text) => this.#tell('trouble', { text });
    this.#peer = new EapPeer(host, {
      connectionId: this.#connectionId,
      load,
      kept,
      timeoutMs: times.authPeriod * 1000,
    });
    this.#pae = new SupplicantPae(
      times,
      {
        txStart: () => this.#send(eapolTypes.start),
        txLogoff: () => this.#send(eapolTypes.logoff),
        txSuppRsp: (response) => this.#send(eapolTypes.eapPacket, response),
        eapRestart: () => void this.#restart(),
        getSuppRsp: (packet) => void this.#request(packet),
        abortSupp: () => {
          this.#turn += 1;
          void this.#peer.abort();
        },
        suppTimeout: () => void this.#timeout(),
        entered: (state, before) => this.#entered(state, before),
      },
      clock,
      { portValid },
    );
    host.on('reauthenticate', this.#onReauthenticate);
    if (signal?.aborted === true) this.#onAbort();
    signal?.addEventListener('abort', this.#onAbort);
  }

  /** The state of the Supplicant PAE (IEEE 802.1X-2004, 8.2.11). */
  get state(): PaeState {
    return this.#pae.state;
  }

  /** Everything that a health check asks for. */
  get status(): WiredStatus {
    const { state, backendState, suppPortStatus } = this.#pae;
    return {
      connectionId: this.#connectionId,
      state,
      backendState,
      suppPortStatus,
      portEnabled: this.#portEnabled,
      successes: this.#successes,
      failures: this.#failures,
    };
  }

  /** The frames so far, under the standard's names. */
  get counters(): WiredCounters {
    return this.#frames.counters;
  }

  /** @internal Begins with what the link tells. */
  start(): void {
    if (this.#closing !== undefined) return;
    this.#link.start({
      frame: (frame) => {
        const packet = this.#frames.received(frame);
        // A copy: the link may use its buffer again.
        if (packet !== undefined) this.#pae.eapolEap(Buffer.from(packet));
      },
      portEnabled: (isUp) => {
        this.#portEnabled = isUp;
        this.#tell('link', { isUp });
        this.#pae.setPortEnabled(isUp);
      },
      dropped: (count) => this.#frames.dropped(count),
      trouble: (text) => this.#tell('trouble', { text }),
    });
  }

  /**
   * Asks the authenticator for a new authentication (EAPOL-Start), once the one under way is over. The port stays
   * authorized meanwhile. After `logoff` it logs on again.
   */
  reauthenticate(): void {
    this.#pae.setUserLogoff(false);
    this.#reauthenticate('request');
  }

  /** Gives the port up (EAPOL-Logoff) and ends the session. Nothing is answered until `reauthenticate`. */
  logoff(): void {
    this.#pae.setUserLogoff(true);
  }

  /**
   * Logs off, closes the link, ends the session and clears the connection (EapHostPeerClearConnection). The host stays
   * open. Idempotent.
   */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Closes it: `close`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#host.off('reauthenticate', this.#onReauthenticate);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    // Whatever fails of it, what comes behind is done.
    try {
      this.#pae.setUserLogoff(true);
      this.#pae.close();
    } finally {
      try {
        await this.#link.close();
      } finally {
        await this.#peer.close().finally(this.#forget);
      }
    }
  }

  /** Nobody waits for this closing. */
  readonly #onAbort = (): void => {
    this.close().catch((error: unknown) => {
      this.#tell('trouble', {
        text: `the supplicant was not closed whole (${wiredFailureOf(error).reason})`,
      });
    });
  };

  #tell<Name extends keyof WiredChanges>(event: Name, change: WiredChanges[Name]): void {
    const emitter = this as EventEmitter;
    emitter.emit(event, change);
    emitter.emit('event', { event, ...change });
  }

  #entered(state: PaeState, before: PaeState): void {
    if (state !== before) this.#tell('state', { state, before });
    if (state === 'AUTHENTICATED') this.#tell('authorized', this.#authorized);
    if (state === 'HELD') this.#tell('held', { seconds: this.#times.heldPeriod });
    if (state === 'RESTART' && before === 'AUTHENTICATED') {
      this.#tell('reauthenticating', { by: 'authenticator' });
    }
  }

  /** EAPHost says that something changed which the network should know: such as the machine's health. */
  readonly #onReauthenticate = (connectionId: string): void => {
    if (connectionId !== this.#connectionId) return;
    this.#nextFlags = ['healthStateChange'];
    this.#reauthenticate('EAPHost');
  };

  #reauthenticate(by: 'EAPHost' | 'request'): void {
    this.#tell('reauthenticating', { by });
    this.#pae.reauthenticate();
  }

  #send(type: number, body?: Uint8Array): void {
    this.#frames.sent(type, body);
    const frame = encodeEapol(this.#link.address, type, body, this.#version);
    try {
      this.#link.send(frame);
    } finally {
      // With EAP-GTC it holds the password.
      frame.fill(0);
    }
  }

  async #restart(): Promise<void> {
    const turn = (this.#turn += 1);
    const flags = this.#nextFlags;
    this.#nextFlags = [];
    await this.#peer.restart(flags);
    if (turn === this.#turn) this.#pae.restarted();
  }

  async #request(packet: Buffer): Promise<void> {
    const turn = (this.#turn += 1);
    const answer = await this.#peer.request(packet);
    if (turn === this.#turn) this.#answered(answer);
    else if (answer.action === 'success') wipeResult(answer.result);
    else if (answer.action === 'response') answer.packet.fill(0);
  }

  async #timeout(): Promise<void> {
    this.#turn += 1;
    this.#failures += 1;
    this.#tell('failed', await this.#peer.timeout());
  }

  #answered(answer: EapAnswer): void {
    switch (answer.action) {
      case 'response':
        this.#pae.eapResp(answer.packet);
        // It is on the wire, or the state machines did not want it.
        answer.packet.fill(0);
        return;
      case 'nothing':
        return this.#pae.eapNoResp();
      case 'failure':
        this.#failures += 1;
        this.#tell('failed', answer.failure);
        return this.#pae.eapFail();
      case 'success': {
        this.#successes += 1;
        const { methodInfo, keys } = answer.result;
        const methods = [methodInfo, methodInfo?.inner].flatMap((info) => info?.friendlyName ?? []);
        const lengths = Object.entries(keys).map(([name, key]) => [name, key.length] as const);
        this.#authorized = { methods, keys: Object.fromEntries(lengths) };
        // Here is where MACsec would take its keys: a plain port has no use for them.
        wipeResult(answer.result);
        return this.#pae.eapSuccess();
      }
    }
  }
}
