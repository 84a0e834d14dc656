// The host of an authenticator's inner EAP conversation: identity, then one of the methods.

import { attributeTypes } from '../../attributes.js';
import { eapErrorCodes } from '../../error-codes.js';
import { Conversation, type ConversationStep } from '../../radius/authenticator.js';
import { eapHeader, eapTypes, identityRequest } from '../../radius/eap.js';
import type { EapAttribute } from '../../types.js';
import type { AuthenticatorBegin, MethodDefinition } from '../method.js';
import { eapCodes } from '../packet.js';
import { innerAttributes, innerPacketSize } from './inner-peer.js';

/** What comes of an inner response. */
export type InnerOutcome =
  | { readonly kind: 'send'; readonly packet: Uint8Array }
  | {
      readonly kind: 'accept';
      readonly method: MethodDefinition;
      readonly attributes: readonly EapAttribute[];
    }
  | { readonly kind: 'refuse'; readonly failureReasonCode: number };

/** The attributes of a user that is let in: the name, and what of the inner method's is fit for the outer result. */
export function acceptedAttributes(identity: string, fromInner?: readonly EapAttribute[]): EapAttribute[] {
  const others = innerAttributes(fromInner).filter(({ type }) => type !== attributeTypes.UserName);
  return [{ type: attributeTypes.UserName, value: Buffer.from(identity) }, ...others];
}

/** One inner conversation. */
export class InnerAuthenticator {
  readonly #methods: readonly MethodDefinition[];
  readonly #begin: AuthenticatorBegin;
  #identity: string | undefined;
  #conversation: Conversation | undefined;
  /** Of the request that waits for its response. */
  #id = 0;

  constructor(methods: readonly MethodDefinition[], begin: AuthenticatorBegin) {
    this.#methods = methods;
    this.#begin = begin;
  }

  /** Whom the peer says it is; undefined before it did. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /** The id that a response must have: tunnels that leave the header away have to put it there. */
  get id(): number {
    return this.#id;
  }

  /** The first request, for tunnels where the server begins. */
  start(id: number): Buffer {
    this.#id = id & 0xff;
    return identityRequest(id);
  }

  /** Takes a response: a whole EAP packet. The first is the identity. */
  async receive(response: Uint8Array): Promise<InnerOutcome> {
    const header = eapHeader(response);
    if (header?.code !== eapCodes.response) return refuse(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET);
    if (this.#conversation) return this.#take(await this.#conversation.receive(response));
    if (header.type !== eapTypes.identity) return refuse(eapErrorCodes.EAP_E_EAPHOST_IDENTITY_UNKNOWN);
    const { attributes, config, maxSendPacketSize } = this.#begin;
    this.#identity = Buffer.from(response.subarray(5)).toString();
    this.#conversation = new Conversation({
      identity: this.#identity,
      methods: this.#methods,
      attributes,
      config,
      maxSendPacketSize: innerPacketSize(maxSendPacketSize),
    });
    return this.#take(await this.#conversation.start(header.id));
  }

  async end(): Promise<void> {
    await this.#conversation?.end();
  }

  #take(step: ConversationStep): InnerOutcome {
    switch (step.kind) {
      case 'request':
        this.#id = eapHeader(step.packet)?.id ?? 0;
        return { kind: 'send', packet: step.packet };
      case 'accept':
        return { kind: 'accept', method: this.#conversation!.method!, attributes: step.attributes };
      case 'refuse':
        if (step.error !== undefined) throw step.error;
        return refuse(step.failureReasonCode ?? eapErrorCodes.EAP_E_AUTHENTICATION_FAILED);
      default:
        return refuse(eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET);
    }
  }
}

function refuse(failureReasonCode: number): InnerOutcome {
  return { kind: 'refuse', failureReasonCode };
}
