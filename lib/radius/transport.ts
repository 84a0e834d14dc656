// A peer's link to its authenticator over RADIUS: this side plays the NAS (RFC 3579, 2).

import { untilAborted } from '../base/abort.js';
import { ownOptions, type OptionNames, toInteger } from '../base/arguments.js';
import { attributeTypes, toAttributes } from '../eap/attributes.js';
import { maskPacket } from '../eap/describe.js';
import type { LinkEvent, Transport } from '../eap/transport.js';
import {
  errorCauseType,
  integerAttribute,
  integerOf,
  invalidEapIgnored,
  type RadiusAttribute,
  RadiusError,
  textAttribute,
  textOf,
  valuesOf,
  joinEapMessage,
  splitEapMessage,
} from './attributes.js';
import type { RadiusClient, RadiusReply } from './client.js';
import { eapCodes, eapHeader, eapPacket, eapTypes, identityRequest, wholePacket } from '../eap/packet.js';
import { mskOf } from './mppe.js';
import { radiusCodes } from './packet.js';
import { secretFrom } from '../base/secret.js';

/** What a link over RADIUS sends to the server, and who is told of packets. */
export interface RadiusTransportOptions {
  /** User-Name of every request. Default: the identity of the peer's EAP-Response/Identity. */
  readonly userName?: string;
  /** Calling-Station-Id, such as `02-00-00-00-00-01`. */
  readonly callingStationId?: string;
  /** Called-Station-Id. */
  readonly calledStationId?: string;
  /** Framed-MTU: largest EAP packet in octets that the server may send, 64 to 65535. Default 1400. */
  readonly framedMtu?: number;
  /** NAS-Port-Type. Default 15, Ethernet. */
  readonly nasPortType?: number;
  /** More attributes of every request. */
  readonly attributes?: readonly RadiusAttribute[];
  /** Called for each packet, in order. */
  readonly onPacket?: (event: RadiusPacketEvent) => void;
}

const transportNames: OptionNames<RadiusTransportOptions> = {
  userName: 'string',
  callingStationId: 'string',
  calledStationId: 'string',
  framedMtu: 'number',
  nasPortType: 'number',
  attributes: 'array',
  onPacket: 'function',
};

/** A packet on its way between peer and server. */
export interface RadiusPacketEvent {
  /** `sent`: to the server; once for each transmission. `received`: from it, or made up here. */
  readonly direction: 'sent' | 'received';
  /** What carried it; undefined for a packet that the link made up. */
  readonly radius?: { readonly code: number; readonly id: number };
  /** The EAP packet, if any. A password that a method sends as it is (GTC) is masked. */
  readonly eap?: Uint8Array;
  /** Transmissions so far. */
  readonly attempt?: number;
  /** `received`: milliseconds since the first transmission. */
  readonly elapsedMs?: number;
}

/** The server's Access-Accept. */
export interface RadiusAccept {
  readonly attributes: readonly RadiusAttribute[];
  /** MS-MPPE-Send-Key (16), decrypted, as the server names it. */
  readonly sendKey?: Buffer;
  /** MS-MPPE-Recv-Key (17), decrypted, as the server names it. */
  readonly recvKey?: Buffer;
  /** The MSK: Recv-Key, Send-Key, zeros up to 64 octets. Undefined when the server sent no keys. */
  readonly msk?: Buffer;
  readonly userName?: string;
  /** Session-Timeout, seconds. */
  readonly sessionTimeout?: number;
  /** Class, to be repeated in accounting. */
  readonly class: readonly Buffer[];
}

/** The server's Access-Reject. */
export interface RadiusReject {
  readonly attributes: readonly RadiusAttribute[];
  /**
   * Whether it had a Message-Authenticator. Without one an attacker on the path may have forged it, and it is
   * accepted all the same: see `RadiusReply.isAuthenticated`.
   */
  readonly isAuthenticated: boolean;
  /** Reply-Message, all of them joined. */
  readonly replyMessage?: string;
}

/** A link over RADIUS. After Accept or Reject the next receive() starts another conversation. */
export interface RadiusTransport extends Transport {
  /** Of the conversation that is over, or undefined. */
  readonly accept: RadiusAccept | undefined;
  /** Of the conversation that is over, or undefined. */
  readonly reject: RadiusReject | undefined;
}

/** Service-Type Framed (RFC 2865, 5.6) and NAS-Port-Type Ethernet (5.41). */
const framed = 2;
const ethernet = 15;
/** Ignored responses in a row after which the link gives up: the peer would repeat itself forever. */
const maxIgnored = 3;

/**
 * A link that carries a peer's packets to a RADIUS server. receive() rejects with EAPHOST_RADIUS_TIMEOUT if no valid
 * reply arrives, and with the client's other codes.
 *
 * @example
 * ```ts
 * import { RadiusClient, radiusTransport } from 'eaphost/radius';
 *
 * await using client = new RadiusClient({ host: 'radius.example.org', secret: 'shared secret' });
 * const transport = radiusTransport(client, { userName: 'alice', callingStationId: '02-00-00-00-00-01' });
 * const { keys } = await session.authenticate(transport);
 * console.log(keys.msk?.equals(transport.accept?.msk ?? Buffer.alloc(0)));
 * ```
 */
export function radiusTransport(client: RadiusClient, options: RadiusTransportOptions = {}): RadiusTransport {
  return new RadiusLink(client, ownOptions(options, 'options', transportNames));
}

class RadiusLink implements RadiusTransport {
  accept: RadiusAccept | undefined;
  reject: RadiusReject | undefined;
  readonly #client: RadiusClient;
  readonly #onPacket: RadiusTransportOptions['onPacket'];
  readonly #fixed: readonly RadiusAttribute[];
  #userName: RadiusAttribute | undefined;
  readonly #ownUserName: boolean;
  #running = false;
  #state: RadiusAttribute[] = [];
  #ignored = 0;
  #responseId = 0;
  #reply: Promise<RadiusReply> | undefined;

  constructor(client: RadiusClient, options: RadiusTransportOptions) {
    const { framedMtu = 1400 } = options;
    toInteger(framedMtu, 'framedMtu', 64, 65_535);
    toAttributes(options.attributes ?? [], 'attributes');
    const text = (type: number, value: string | undefined) => (value ? [textAttribute(type, value)] : []);
    this.#client = client;
    this.#onPacket = options.onPacket;
    [this.#userName] = text(attributeTypes.UserName, options.userName);
    this.#ownUserName = this.#userName !== undefined;
    this.#fixed = [
      integerAttribute(attributeTypes.ServiceType, framed),
      integerAttribute(attributeTypes.FramedMTU, framedMtu),
      integerAttribute(attributeTypes.NASPortType, options.nasPortType ?? ethernet),
      ...text(attributeTypes.CallingStationId, options.callingStationId),
      ...text(attributeTypes.CalledStationId, options.calledStationId),
      ...(options.attributes ?? []),
    ];
  }

  async receive(signal: AbortSignal): Promise<LinkEvent> {
    signal.throwIfAborted();
    if (!this.#running) return this.#begin();
    if (!this.#reply) {
      // A RADIUS server speaks only when spoken to: after a request that the peer ignored nothing will come.
      this.#end();
      return 'timeout';
    }
    try {
      return this.#take(await untilAborted(this.#reply, signal));
    } catch (error) {
      this.#end();
      throw error;
    }
  }

  async send(packet: Uint8Array, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const header = eapHeader(packet);
    if (header?.code !== eapCodes.response) {
      throw new RadiusError('EAPHOST_RADIUS_PROTOCOL', 'a peer sends EAP responses only');
    }
    if (header.type === eapTypes.identity && !this.#ownUserName) {
      // The identity's octets as they are (RFC 3579, 2.1).
      this.#userName =
        packet.length > 5 ? textAttribute(attributeTypes.UserName, packet.subarray(5)) : undefined;
    }
    this.#running = true;
    this.#responseId = header.id;
    const eap = secretFrom(packet);
    const attributes = [
      ...(this.#userName ? [this.#userName] : []),
      ...this.#fixed,
      ...this.#state,
      ...splitEapMessage(eap),
    ];
    this.#reply = this.#client.request(
      { attributes },
      {
        signal,
        onSent: ({ id, attempt }) =>
          this.#onPacket?.({
            direction: 'sent',
            radius: { code: radiusCodes.accessRequest, id },
            eap: maskPacket(eap),
            attempt,
          }),
      },
    );
    // receive() reports a failure; nobody may be there yet.
    this.#reply.catch(() => undefined);
  }

  #begin(): Uint8Array {
    this.#running = true;
    this.accept = undefined;
    this.reject = undefined;
    return this.#makeUp(identityRequest(Math.floor(Math.random() * 256)));
  }

  #end(): void {
    this.#running = false;
    this.#state = [];
    this.#ignored = 0;
    this.#reply = undefined;
  }

  #take(reply: RadiusReply): LinkEvent {
    this.#reply = undefined;
    const joined = joinEapMessage(reply.attributes);
    // What is behind the packet's Length is padding (RFC 3748, 4.1).
    const eap = joined instanceof Uint8Array ? (wholePacket(joined) ?? joined) : undefined;
    this.#onPacket?.({
      direction: 'received',
      radius: { code: reply.code, id: reply.id },
      ...(eap && { eap }),
      attempt: reply.attempts,
      elapsedMs: reply.elapsedMs,
    });
    const code = eap && eapHeader(eap)?.code;
    if (reply.code === radiusCodes.accessChallenge) {
      if (!eap || code !== eapCodes.request) {
        throw new RadiusError('EAPHOST_RADIUS_PROTOCOL', 'an Access-Challenge without an EAP request');
      }
      this.#countIgnored(reply);
      this.#state = reply.attributes.filter(({ type }) => type === attributeTypes.State);
      return eap;
    }
    this.#end();
    // The reply is to the peer's last response: a peer would ignore a packet under another id, and begin anew for ever.
    const ending = (wanted: number): Uint8Array =>
      eap && code === wanted && eap[1] === this.#responseId
        ? eap
        : this.#makeUp(eapPacket(wanted, this.#responseId));
    if (reply.code === radiusCodes.accessAccept) {
      this.accept = acceptOf(reply);
      // The RADIUS code decides; an EAP-Failure inside is the peer's to see (RFC 3579, 2.6.3).
      return code === eapCodes.success || code === eapCodes.failure ? ending(code) : 'altSuccess';
    }
    this.reject = rejectOf(reply);
    return ending(eapCodes.failure);
  }

  /** The server may have ignored the peer's response and repeated its request, but not forever. */
  #countIgnored(reply: RadiusReply): void {
    if (integerOf(reply.attributes, errorCauseType) !== invalidEapIgnored) {
      this.#ignored = 0;
      return;
    }
    this.#ignored++;
    if (this.#ignored < maxIgnored) return;
    throw new RadiusError('EAPHOST_RADIUS_PROTOCOL', `the server ignored ${maxIgnored} responses in a row`);
  }

  #makeUp(eap: Buffer): Buffer {
    this.#onPacket?.({ direction: 'received', eap });
    return eap;
  }
}

function acceptOf(reply: RadiusReply): RadiusAccept {
  const userName = textOf(reply.attributes, attributeTypes.UserName);
  const sessionTimeout = integerOf(reply.attributes, attributeTypes.SessionTimeout);
  return {
    attributes: reply.attributes,
    class: valuesOf(reply.attributes, attributeTypes.Class),
    ...(reply.keys && { ...reply.keys, msk: mskOf(reply.keys) }),
    ...(userName !== undefined && { userName }),
    ...(sessionTimeout !== undefined && { sessionTimeout }),
  };
}

function rejectOf(reply: RadiusReply): RadiusReject {
  const messages = valuesOf(reply.attributes, attributeTypes.ReplyMessage);
  return {
    attributes: reply.attributes,
    isAuthenticated: reply.isAuthenticated,
    ...(messages.length > 0 && { replyMessage: Buffer.concat(messages).toString('utf8') }),
  };
}
