// The probe of a peer: a RADIUS server with a good authenticator, and before it a relay whose hooks make it hostile. The
// subject authenticates once with them. JavaScript thread.

import { eapCodes, eapPacket, eapTypes } from '../eap/packet.js';
import { wipe } from '../methods/credentials.js';
import type { MethodDefinition } from '../hosts/method.js';
import type { TlsIdentity } from '../methods/tls/options.js';
import type { UserStore } from '../methods/users.js';
import { joinEapMessage } from '../radius/attributes.js';
import { decryptKeys } from '../radius/mppe.js';
import { radiusCodes } from '../radius/packet.js';
import { RadiusServer } from '../radius/server.js';
import type { RadiusServerOptions } from '../radius/server-types.js';
import { CaseFailure, demand, NotApplicable } from './case.js';
import { messageOf, type RadiusMessage, withEap } from './datagram.js';
import type { CaseRecord } from './record.js';
import { type RelayHooks, RadiusRelay } from './relay.js';

/** Where a peer authenticates. */
export interface PeerAttempt {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly secret: string;
  readonly signal: AbortSignal;
}

/** How it ended, as the peer says. */
export interface PeerOutcome {
  readonly isSuccess: boolean;
  /** What the peer said, for a report. */
  readonly said: string;
  /** The MSK, or its beginning, where the peer tells it. Wiped when the case is over. */
  readonly msk?: Uint8Array;
  /** The signal, exit code or error of a peer that did not end by itself. */
  readonly crash?: string;
}

/** What hostile servers of a peer are made of, where the method runs in TLS that its good server offers first. */
export interface PeerServer {
  /** The certificate that the peer accepts, and its key. */
  readonly certificate: TlsIdentity;
  /**
   * Certificates that the peer must refuse, of an authority that it trusts; `otherName` where it knows the name of its
   * server. Without one its cases are left out.
   */
  readonly badCertificates?: Readonly<
    Partial<Record<'expired' | 'notYetValid' | 'revoked' | 'forClients' | 'otherName', TlsIdentity>>
  >;
  /** The user whom the peer says it is, with the password. Without it, cases inside of tunnels are left out. */
  readonly users?: UserStore;
  /** The peer accepts no PEAP server without crypto-binding. Default false. */
  readonly requiresCryptoBinding?: boolean;
}

/** The peer under test, and the methods of a server that accepts its user. */
export interface PeerTarget {
  readonly secret: string;
  /** What a good server for the user offers. */
  readonly methods: readonly MethodDefinition[];
  /** Without it, cases that need servers of their own in TLS are left out. */
  readonly server?: PeerServer;
  /** Authenticates once. Rejects if it could not be tried, or the signal aborts. */
  readonly authenticate: (attempt: PeerAttempt) => Promise<PeerOutcome>;
}

/** A server of one case. */
export class PeerProbe implements AsyncDisposable {
  readonly target: PeerTarget;
  /** EAP packets of the peer, in order. */
  readonly responses: Buffer[] = [];
  readonly #record: CaseRecord;
  readonly #signal: AbortSignal;
  readonly #open: AsyncDisposable[] = [];
  readonly #keys: Uint8Array[] = [];
  #isClosed = false;
  #hasCrashed = false;
  /** Of the last request. */
  #authenticator: Buffer = Buffer.alloc(16);
  #msk: Buffer | undefined;

  constructor(target: PeerTarget, record: CaseRecord, signal: AbortSignal) {
    this.target = target;
    this.#record = record;
    this.#signal = signal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    wipe(...this.#keys.splice(0));
    for (const each of this.#open.splice(0).toReversed()) await each[Symbol.asyncDispose]();
  }

  /** Runs a case; once more where the peer crashed in it, as whatever else ends processes ends one once. */
  async run(work: (probe: PeerProbe) => Promise<void>): Promise<void> {
    try {
      await work(this);
    } catch (error) {
      if (!this.#hasCrashed) throw error;
      this.#record.packets.length = 0;
      await using again = new PeerProbe(this.target, this.#record, this.#signal);
      await work(again);
    }
  }

  /** Lets the peer authenticate once, at a server with these hooks before it. Throws CaseFailure if it crashes. */
  async authenticate(
    hooks: RelayHooks = {},
    options: Partial<RadiusServerOptions> = {},
  ): Promise<PeerOutcome> {
    const { secret, methods } = this.target;
    const server = await this.#own(RadiusServer.listen({ secret, methods, port: 0, ...options }));
    const relay = await this.#own(
      RadiusRelay.listen({
        port: server.port,
        secret: Buffer.from(secret),
        ...hooks,
        isOnce: true,
        onClient: (direction, datagram) => this.#note(direction, datagram),
      }),
    );
    const outcome = await this.target.authenticate({ port: relay.port, secret, signal: this.#signal });
    if (outcome.msk) this.#keys.push(outcome.msk);
    if (this.#isClosed) wipe(outcome.msk);
    this.#hasCrashed = outcome.crash !== undefined;
    demand(!this.#hasCrashed, `the peer crashed: ${outcome.crash}`);
    return outcome;
  }

  /** What is opened, and closed with this: at once where that is over, as a case that was given up goes on by itself. */
  async #own<Opened extends AsyncDisposable>(opening: Promise<Opened>): Promise<Opened> {
    const opened = await opening;
    if (!this.#isClosed) {
      this.#open.push(opened);
      return opened;
    }
    await opened[Symbol.asyncDispose]();
    throw new Error('the case is over');
  }

  /** The peer must succeed. */
  async expectSuccess(hooks: RelayHooks = {}, options: Partial<RadiusServerOptions> = {}): Promise<void> {
    const { isSuccess, said } = await this.authenticate(hooks, options);
    demand(isSuccess, `the peer did not succeed: ${said}`);
  }

  /** The peer must not succeed. */
  async expectFailure(
    hooks: RelayHooks,
    what: string,
    options: Partial<RadiusServerOptions> = {},
  ): Promise<void> {
    const { isSuccess } = await this.authenticate(hooks, options);
    if (isSuccess) throw new CaseFailure(`the peer took ${what} for success`);
  }

  /** Slips a packet in before a challenge, and gives the peer's answer to it. */
  async slip(
    make: (waiting: Buffer) => Uint8Array,
    at?: SlipPlace,
  ): Promise<{ readonly outcome: PeerOutcome; readonly answer: Buffer | undefined }> {
    let isSent = false;
    let answer: Buffer | undefined;
    const makeNoted = (waiting: Buffer): Uint8Array => {
      isSent = true;
      return make(waiting);
    };
    const outcome = await this.authenticate(slippedIn(makeNoted, (given) => (answer = given), at));
    if (!isSent) throw new NotApplicable('its conversation has no such place');
    return { outcome, answer };
  }

  /** The peer must pass over a packet that is slipped in. */
  async expectNoAnswer(make: (waiting: Buffer) => Uint8Array, what: string, at?: SlipPlace): Promise<void> {
    const { answer } = await this.slip(make, at);
    demand(!answer, `it answered ${what} with ${answer?.toString('hex')}`);
  }

  /** The peer must answer a packet that is slipped in, and succeed. */
  async expectAnswer(make: (waiting: Buffer) => Uint8Array, what: string, at?: SlipPlace): Promise<Buffer> {
    const { answer, outcome } = await this.slip(make, at);
    demand(answer !== undefined, `it did not answer ${what}`);
    demand(outcome.isSuccess, `it did not succeed behind ${what}: ${outcome.said}`);
    return answer;
  }

  /** Whether the peer has answered a request of a method, and not by a Nak. */
  get isInMethod(): boolean {
    return (this.responses.at(-1)?.[4] ?? 0) > eapTypes.nak;
  }

  /** The MSK in the Access-Accept that the peer got; undefined if there was none. */
  get msk(): Buffer | undefined {
    return this.#msk;
  }

  /** Notes what the peer sent and got. */
  #note(direction: 'received' | 'sent', datagram: Buffer): void {
    this.#record.datagram(direction, datagram);
    const message = messageOf(datagram);
    if (direction === 'received') this.#authenticator = Buffer.from(datagram.subarray(4, 20));
    else if (message?.code === radiusCodes.accessAccept) {
      const keys = decryptKeys(message.attributes, this.#authenticator, Buffer.from(this.target.secret));
      if (!keys) return;
      this.#msk = Buffer.concat([keys.recvKey, keys.sendKey]);
      this.#keys.push(keys.recvKey, keys.sendKey, this.#msk);
    }
    const eap = joinEapMessage(message?.attributes ?? []);
    if (eap instanceof Uint8Array && eap[0] === eapCodes.response) this.responses.push(eap);
  }
}

/** A challenge by its number, counted from 0, or the first one for which this holds. */
export type SlipPlace = number | ((waiting: Buffer) => boolean);

/**
 * Hooks that slip a packet in before the server's challenge `at`: `make` makes it of the challenge's EAP-Request. The
 * peer's answer to it goes to `onAnswer`, and the challenge follows.
 */
export function slippedIn(
  make: (waiting: Buffer) => Uint8Array,
  onAnswer: (answer: Buffer) => void,
  at: SlipPlace = 0,
): RelayHooks {
  let challenges = 0;
  let isOver = false;
  let held: RadiusMessage | undefined;
  return {
    onReply: (datagram, flow) =>
      flow.reply(datagram, (message) => {
        const eap = joinEapMessage(message.attributes);
        if (message.code !== radiusCodes.accessChallenge || !(eap instanceof Uint8Array)) return undefined;
        const isHere = typeof at === 'number' ? challenges++ === at : at(eap);
        if (isOver || !isHere) return undefined;
        isOver = true;
        held = message;
        return { attributes: withEap(message.attributes, make(eap)) };
      }),
    onRequest: (datagram, flow) => {
      if (!held) return datagram;
      const eap = joinEapMessage(messageOf(datagram)?.attributes ?? []);
      if (eap instanceof Uint8Array) onAnswer(eap);
      const { code, attributes } = held;
      held = undefined;
      flow.answer(datagram, { code, attributes });
      return undefined;
    },
  };
}

/** Hooks that answer the first response for which this holds with Access-Accept and EAP-Success. */
export function acceptedAfter(isTime: (response: Buffer) => boolean): Pick<RelayHooks, 'onRequest'> {
  return {
    onRequest(datagram, flow) {
      const eap = joinEapMessage(messageOf(datagram)?.attributes ?? []);
      if (!(eap instanceof Uint8Array) || !isTime(eap)) return datagram;
      const attributes = withEap([], eapPacket(eapCodes.success, eap[1] ?? 0));
      flow.answer(datagram, { code: radiusCodes.accessAccept, attributes });
      return undefined;
    },
  };
}

/** Hooks with other EAP packets in the server's replies. `change` gives undefined to leave one. */
export function bentRequests(change: (eap: Buffer) => Uint8Array | undefined): Pick<RelayHooks, 'onReply'> {
  return { onReply: (datagram, flow) => flow.eap(datagram, change, true) };
}
