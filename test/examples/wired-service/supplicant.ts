// A wired supplicant: a port's frames, the standard's state machines and EAPHost's sessions, put together.

import { randomUUID } from 'node:crypto';

import type { EapHost, Flag } from '../../../lib/index.js';
import { EapPeer, wipe, type Answer, type SessionInput } from './eap-peer.js';
import { decodeEapol, encodeEapol, packetTypes } from './eapol.js';
import type { EthernetLink, LinkEvents } from './link.js';
import { SupplicantPae, type BackendState, type Clock, type PaeState, type PaeTimes } from './pae.js';

/** What a supplicant tells, for logs: nothing secret. */
export type SupplicantEvent =
  | { readonly event: 'port'; readonly enabled: boolean }
  | { readonly event: 'state'; readonly state: PaeState; readonly before: PaeState }
  | {
      readonly event: 'authenticated';
      /** The names of the method, and of the one inside of it. */
      readonly methods: readonly string[];
      /** Octets of the keys that came of it. */
      readonly keys: Readonly<Record<string, number>>;
    }
  /** The network refused, or a call failed; `code` is its name. */
  | { readonly event: 'failed'; readonly code: string }
  /** The authenticator fell silent; `code` is what the method says to that. */
  | { readonly event: 'silent'; readonly code: string }
  | { readonly event: 'reauthenticate'; readonly by: 'EAPHost' | 'request' }
  /** The link has trouble, in its own words. */
  | { readonly event: 'trouble'; readonly text: string };

/** How it is. */
export interface SupplicantStatus {
  /** What EAPHost calls the port: a GUID. */
  readonly connectionId: string;
  readonly state: PaeState;
  readonly backendState: BackendState;
  readonly suppPortStatus: 'Authorized' | 'Unauthorized';
  readonly portEnabled: boolean;
  /** Authentications since the start. */
  readonly successes: number;
  readonly failures: number;
}

export interface SupplicantOptions {
  readonly host: EapHost;
  readonly openLink: (events: LinkEvents) => Promise<EthernetLink>;
  /** What to authenticate with: asked at each authentication. */
  readonly load: () => Promise<SessionInput>;
  readonly times: PaeTimes;
  /** Whether the LAN is taken to be open where no authenticator answers. */
  readonly portValid: boolean;
  /** Flags of every session. */
  readonly flags: readonly Flag[];
  readonly onEvent: (event: SupplicantEvent) => void;
}

const clock: Clock = {
  after(seconds, work) {
    const timer = setTimeout(work, seconds * 1000);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** The supplicant of one port, made by `openSupplicant`. JavaScript thread. */
export class Supplicant {
  readonly #options: SupplicantOptions;
  readonly #connectionId = randomUUID();
  readonly #peer: EapPeer;
  readonly #pae: SupplicantPae;
  #link: EthernetLink | undefined;
  /** What EAP is asked for now: an answer to anything before is dropped. */
  #turn = 0;
  #nextFlags: readonly Flag[] = [];
  #portEnabled = false;
  #successes = 0;
  #failures = 0;
  #closing: Promise<void> | undefined;

  constructor(options: SupplicantOptions) {
    this.#options = options;
    const { host, load, times, portValid, onEvent } = options;
    this.#peer = new EapPeer(host, {
      connectionId: this.#connectionId,
      load,
      timeoutMs: times.authPeriod * 1000,
    });
    this.#pae = new SupplicantPae(
      times,
      {
        txStart: () => this.#send(packetTypes.start),
        txLogoff: () => this.#send(packetTypes.logoff),
        txSuppRsp: (response) => this.#send(packetTypes.eapPacket, response),
        eapRestart: () => void this.#restart(),
        getSuppRsp: (packet) => void this.#request(packet),
        abortSupp: () => {
          this.#turn += 1;
          void this.#peer.abort();
        },
        suppTimeout: () => void this.#timeout(),
        entered: (state, before) => {
          if (state !== before) onEvent({ event: 'state', state, before });
        },
      },
      clock,
      { portValid },
    );
    host.on('reauthenticate', this.#onReauthenticate);
  }

  get status(): SupplicantStatus {
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

  /** Opens the link; what it brings moves everything else. */
  async open(): Promise<void> {
    const { openLink, onEvent } = this.#options;
    this.#link = await openLink({
      frame: (frame) => this.#receive(frame),
      portEnabled: (enabled) => {
        this.#portEnabled = enabled;
        onEvent({ event: 'port', enabled });
        this.#pae.setPortEnabled(enabled);
      },
      trouble: (text) => onEvent({ event: 'trouble', text }),
    });
  }

  /** Asks the authenticator for a new authentication. The port stays authorized meanwhile. */
  reauthenticate(): void {
    this.#options.onEvent({ event: 'reauthenticate', by: 'request' });
    this.#pae.reauthenticate();
  }

  /** Logs off, ends the session and forgets the connection. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#options.host.off('reauthenticate', this.#onReauthenticate);
    this.#pae.setUserLogoff(true);
    this.#pae.close();
    await this.#link?.close();
    await this.#peer.close();
  }

  /** EAPHost says that something changed which the network should know: such as the machine's health. */
  readonly #onReauthenticate = (connectionId: string): void => {
    if (connectionId !== this.#connectionId) return;
    this.#options.onEvent({ event: 'reauthenticate', by: 'EAPHost' });
    this.#nextFlags = ['healthStateChange'];
    this.#pae.reauthenticate();
  };

  #send(type: number, body?: Uint8Array): void {
    const link = this.#link;
    link?.send(encodeEapol(link.address, type, body));
  }

  #receive(frame: Buffer): void {
    const link = this.#link;
    if (link === undefined) return;
    const eapol = decodeEapol(frame, link.address);
    // Keys (RC4, WPA) are of no use here, and what is left is for authenticators. A copy: the link may use its buffer
    // again.
    if (typeof eapol === 'object' && eapol.type === packetTypes.eapPacket) {
      this.#pae.eapolEap(Buffer.from(eapol.body));
    }
  }

  async #restart(): Promise<void> {
    const turn = (this.#turn += 1);
    const flags = [...this.#options.flags, ...this.#nextFlags];
    this.#nextFlags = [];
    await this.#peer.restart(flags);
    if (turn === this.#turn) this.#pae.restarted();
  }

  async #request(packet: Buffer): Promise<void> {
    const turn = (this.#turn += 1);
    const answer = await this.#peer.request(packet);
    if (turn === this.#turn) this.#answered(answer);
    else if (answer.action === 'success') wipe(answer.result);
  }

  async #timeout(): Promise<void> {
    this.#turn += 1;
    this.#failures += 1;
    const code = await this.#peer.timeout();
    this.#options.onEvent({ event: 'silent', code });
  }

  #answered(answer: Answer): void {
    const { onEvent } = this.#options;
    switch (answer.action) {
      case 'response':
        return this.#pae.eapResp(answer.packet);
      case 'nothing':
        return this.#pae.eapNoResp();
      case 'failure':
        this.#failures += 1;
        onEvent({ event: 'failed', code: answer.code });
        return this.#pae.eapFail();
      case 'success': {
        this.#successes += 1;
        const { methodInfo, keys } = answer.result;
        const methods = [methodInfo, methodInfo?.inner].flatMap((info) => info?.friendlyName ?? []);
        const lengths = Object.entries(keys).map(([name, key]) => [name, key.length] as const);
        onEvent({ event: 'authenticated', methods, keys: Object.fromEntries(lengths) });
        // Here is where MACsec would take its keys: a plain port has no use for them.
        wipe(answer.result);
        return this.#pae.eapSuccess();
      }
    }
  }
}

/** Opens a supplicant. Rejects where its link cannot be had. */
export async function openSupplicant(options: SupplicantOptions): Promise<Supplicant> {
  const supplicant = new Supplicant(options);
  try {
    await supplicant.open();
  } catch (error) {
    await supplicant.close();
    throw error;
  }
  return supplicant;
}
