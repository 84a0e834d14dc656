// The host of an authenticator's inner EAP conversation: identity, then one of the methods.

import { attributeTypes } from '../../eap/attributes.js';
import { eapErrorCodes } from '../../base/error-codes.js';
import { toVerdict } from '../../base/decisions.js';
import { AuthenticatorHost, type ConversationStep } from '../../hosts/authenticator-host.js';
import { eapHeader, eapTypes, identityRequest, eapCodes } from '../../eap/packet.js';
import type { EapAttribute, MethodType } from '../../eap/names.js';
import type { AuthenticatorBegin, MethodDefinition } from '../../hosts/method.js';
import { isSameName } from '../../hosts/proved-identity.js';
import { innerAttributes, innerPacketSize } from './inner-peer.js';
import type { AuthenticatorVerdict } from './tunnel.js';

/** The outcome of an inner response. */
export type InnerOutcome =
  | { readonly kind: 'send'; readonly packet: Uint8Array }
  | {
      readonly kind: 'accept';
      /** The proved identity, and how to ask whether it may resume. Its keys are not those of the connection. */
      readonly verdict: AuthenticatorVerdict;
    }
  | { readonly kind: 'refuse'; readonly failureReasonCode: number };

/**
 * The types of inner methods that their tunnel does not bind, for `AuthenticatorSide.unboundMethods`; and those that they
 * are tunnels of.
 */
export function unboundTypes(
  methods: readonly MethodDefinition[],
  isBound: (method: MethodDefinition) => boolean = () => false,
): MethodType[] {
  return methods.flatMap((method) => [
    ...(isBound(method) ? [] : [method.type]),
    ...(method.authenticator?.unboundMethods ?? []),
  ]);
}

/** The attributes of an inner method that are fit for the outer result; the name has a place of its own. */
export function acceptedAttributes(fromInner: readonly EapAttribute[]): EapAttribute[] {
  return innerAttributes(fromInner).filter(({ type }) => type !== attributeTypes.UserName);
}

/** One inner conversation. */
export class InnerAuthenticator {
  readonly #methods: readonly MethodDefinition[];
  readonly #begin: AuthenticatorBegin;
  #identity = '';
  #conversation: AuthenticatorHost | undefined;
  /** Of the request that waits for its response. */
  #id = 0;

  constructor(methods: readonly MethodDefinition[], begin: AuthenticatorBegin) {
    this.#methods = methods;
    this.#begin = begin;
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
    if (this.#identity === '') return refuse(eapErrorCodes.EAP_E_EAPHOST_IDENTITY_UNKNOWN);
    this.#conversation = new AuthenticatorHost({
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

  /** Accepts whom the method proved, unless the peer gave another name before. */
  #accept({ proved, attributes }: ConversationStep & { readonly kind: 'accept' }): InnerOutcome {
    const { identity } = proved;
    if (identity !== undefined && !isSameName(identity, this.#identity)) {
      return refuse(eapErrorCodes.EAP_E_USER_CREDENTIALS_REJECTED);
    }
    const side = this.#conversation?.method?.authenticator;
    const mayResume = side?.mayResume && {
      mayResume: async () => toVerdict(await side.mayResume?.(proved), 'mayResume()'),
    };
    return { kind: 'accept', verdict: { isSuccess: true, ...proved, attributes, ...mayResume } };
  }

  #take(step: ConversationStep): InnerOutcome {
    switch (step.kind) {
      case 'request':
        this.#id = eapHeader(step.packet)?.id ?? 0;
        return { kind: 'send', packet: step.packet };
      case 'accept':
        return this.#accept(step);
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
