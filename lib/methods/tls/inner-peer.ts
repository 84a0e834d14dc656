// The host of a peer's inner EAP conversation: what a supplicant does around its methods, inside a tunnel.

import { systemErrorCodes } from '../../base/error-codes.js';
import { eapHeader, eapPacket, eapTypes, eapCodes } from '../../eap/packet.js';
import { sameType, typeOf } from '../../eap/packet-type.js';
import type { EapAttribute } from '../../eap/names.js';
import { toVerdict } from '../../base/decisions.js';
import { encodeCredentials } from '../credentials.js';
import type {
  MethodDefinition,
  PeerBegin,
  PeerResult,
  PeerResultReason,
  PeerSession,
  PeerStep,
} from '../../hosts/method.js';
import { resultFailure, peerFailure } from '../verdicts.js';
import type { PeerTunnelStep } from './tunnel.js';
import { secretFrom } from '../../base/secret.js';

/**
 * The overhead of a tunnel for an inner packet: EAP header, flags, length, AVP header and padding, TLS record and
 * tag.
 */
const overhead = 60;
const smallestInnerPacket = 100;
const largestInnerPacket = 65_535;

/**
 * The largest inner packet on an outer link, both in octets. Such a packet goes through the tunnel in one piece, as
 * FreeRADIUS wants it; where the link is tiny, the tunnel fragments.
 */
export function innerPacketSize(outer: number): number {
  return Math.min(Math.max(outer - overhead, smallestInnerPacket), largestInnerPacket);
}

/** Attributes of an inner method that are fit for the outer result: those without its keys and names. */
export function innerAttributes(attributes: readonly EapAttribute[] = []): EapAttribute[] {
  return attributes.filter(({ type }) => !keyTypes.has(type));
}

/** VendorSpecific, PeerId, ServerId, MethodId, EMSK, SessionId. */
const keyTypes = new Set([26, 9000, 9001, 9002, 9003, 9004]);

/** One inner conversation. */
export class InnerPeer {
  readonly #methods: readonly MethodDefinition[];
  readonly #begin: PeerBegin;
  readonly #wrap: (packet: Uint8Array) => Uint8Array;
  #credentials: Uint8Array;
  #method: MethodDefinition | undefined;
  #session: PeerSession | undefined;
  #identity: string | undefined;

  /** @param wrap puts an EAP packet into the form that it has in the tunnel */
  constructor(
    methods: readonly MethodDefinition[],
    begin: PeerBegin,
    wrap: (packet: Uint8Array) => Uint8Array,
  ) {
    this.#methods = methods;
    this.#wrap = wrap;
    this.#credentials = secretFrom(begin.credentials);
    this.#begin = { ...begin, maxSendPacketSize: innerPacketSize(begin.maxSendPacketSize) };
  }

  /** The method that the server chose. */
  get method(): MethodDefinition | undefined {
    return this.#method;
  }

  /** The identity of the inner method; undefined if the user must be asked. */
  async identity(): Promise<string | undefined> {
    if (this.#identity !== undefined) return this.#identity;
    const [method] = this.#methods;
    const reply = await method?.peer?.getIdentity({ ...this.#begin, credentials: this.#credentials });
    if (!reply || !('identity' in reply)) return undefined;
    this.#identity = reply.identity;
    // The method may have given back what it was given.
    const credentials = secretFrom(reply.credentials);
    for (const given of [this.#credentials, reply.credentials]) given.fill(0);
    this.#credentials = credentials;
    return reply.identity;
  }

  /** Name and user blob; undefined if there is none. A method that needs no blob is known by nothing. */
  async proof(): Promise<Buffer | undefined> {
    const identity = await this.identity();
    if (identity === undefined || this.#credentials.length === 0) return undefined;
    return Buffer.concat([Buffer.from(`${identity}\0`), this.#credentials]);
  }

  /** Answers a request: a whole EAP packet. */
  async answer(request: Uint8Array): Promise<PeerTunnelStep> {
    const header = eapHeader(request);
    if (header?.code !== eapCodes.request) return invalid;
    const { id, type = 0 } = header;
    if (type === eapTypes.identity) {
      const identity = await this.identity();
      if (identity === undefined) return unknownUser;
      return this.#respond(id, Buffer.concat([Buffer.of(eapTypes.identity), Buffer.from(identity)]));
    }
    if (type === eapTypes.notification) return this.#respond(id, Buffer.of(eapTypes.notification));
    const wanted = typeOf(request);
    if (this.#method === undefined || !sameType(this.#method.type, wanted)) {
      const method = this.#methods.find((candidate) => sameType(candidate.type, wanted));
      if (!method?.peer || this.#method !== undefined) return this.#refuse(id);
      // It fills the credentials that the method asks for.
      if ((await this.identity()) === undefined) return unknownUser;
      this.#session = await method.peer.beginSession({ ...this.#begin, credentials: this.#credentials });
      this.#method = method;
    }
    return this.#take(await this.#session!.processRequest(request));
  }

  setCredentials(identity: string, password: string): void | Promise<void> {
    if (this.#session) return this.#session.setCredentials?.(identity, password);
    this.#credentials.fill(0);
    this.#identity = undefined;
    this.#credentials = encodeCredentials({ username: identity, password });
  }

  async setUiContext(context: Uint8Array): Promise<PeerTunnelStep> {
    const step = await this.#session?.setUiContext?.(context);
    return step ? this.#take(step) : invalid;
  }

  async setResponseAttributes(attributes: readonly EapAttribute[]): Promise<PeerTunnelStep> {
    const step = await this.#session?.setResponseAttributes?.(attributes);
    return step ? this.#take(step) : invalid;
  }

  async getResult(reason: PeerResultReason): Promise<PeerResult> {
    if (!this.#session) return { isSuccess: false, ...notBegun };
    const result = await this.#session.getResult(reason);
    toVerdict(result.isSuccess, 'getResult().isSuccess of the inner method');
    return result;
  }

  async end(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    this.#credentials.fill(0);
    await session?.end();
  }

  async #take(step: PeerStep): Promise<PeerTunnelStep> {
    switch (step.action) {
      case 'send':
        return { kind: 'send', data: this.#wrap(step.packet) };
      case 'invokeUi':
      case 'respond':
        return { kind: 'ask', step };
      case 'result':
        return { kind: 'fail', failure: resultFailure(await this.getResult('unknown'), givenUp) };
      default:
        return invalid;
    }
  }

  #refuse(id: number): PeerTunnelStep {
    const types = this.#methods.map(({ type }) => type.type);
    return this.#respond(id, Buffer.of(eapTypes.nak, ...types));
  }

  #respond(id: number, data: Uint8Array): PeerTunnelStep {
    return { kind: 'send', data: this.#wrap(eapPacket(eapCodes.response, id, data)) };
  }
}

const invalid: PeerTunnelStep = {
  kind: 'fail',
  failure: peerFailure(
    'The server sent an inner packet that the method does not accept.',
    'EAP_E_EAPHOST_REMOTE_INVALID_PACKET',
  ),
};

const unknownUser: PeerTunnelStep = {
  kind: 'fail',
  failure: {
    failureReasonCode: systemErrorCodes.ERROR_NO_SUCH_USER,
    rootCause: 'No user name and password were given.',
  },
};

const givenUp = peerFailure('The inner method gave up.');

const notBegun = peerFailure(
  'The server offered no inner method that the peer has.',
  'EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED',
);
