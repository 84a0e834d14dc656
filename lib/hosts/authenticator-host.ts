// The authenticator's host for one conversation: what Windows' EAPHost does on a server around a method. It picks
// the method, gives the ids, checks each response, keeps the last request, and calls the method in the documented
// order. It knows nothing of RADIUS.

import type {
  AuthenticatorAction,
  AuthenticatorResult,
  AuthenticatorSession,
  MethodDefinition,
  ProvedIdentity,
  SendTimeout,
} from './method.js';
import { toFields, toOptionalString, toVerdict } from '../base/decisions.js';
import { provedIdentity } from './proved-identity.js';
import { eaphostError } from '../base/errors.js';
import { Stop } from '../base/stop.js';
import { beginHostedAuthenticator } from './hosted.js';
import type { EapAttribute, Flag, MethodType } from '../eap/names.js';
import { eapCodes, eapHeader, eapPacket } from '../eap/packet.js';
import { Rounds, roundsFor } from '../eap/rounds.js';
import { nakChoices, sameType, typeOf } from '../eap/packet-type.js';
import { secretFrom } from '../base/secret.js';

/** The options of a conversation. */
export interface AuthenticatorHostOptions {
  /** From EAP-Response/Identity, which nothing has proved. */
  readonly identity: string;
  /** To be offered in this order; each has an authenticator side. */
  readonly methods: readonly MethodDefinition[];
  /** Those of `methods` that belong inside a tunnel: not offered, and a peer that wants one is refused. */
  readonly bareInnerMethods?: readonly MethodDefinition[];
  /** For the methods. Default: none. */
  readonly flags?: ReadonlySet<Flag>;
  /** For the methods: what the link said of the peer. */
  readonly attributes: readonly EapAttribute[];
  /** Connection blob for the methods. */
  readonly config: Uint8Array;
  /** Largest EAP packet that a method may send, in octets. */
  readonly maxSendPacketSize: number;
  /** Responses that are taken before the peer is refused. Default: as a link of this size needs. */
  readonly maxRounds?: number | undefined;
  /** Answers a method's action `respond`; default: no attributes. */
  readonly onAttributes?:
    | ((
        attributes: readonly EapAttribute[],
        method: MethodType,
      ) => readonly EapAttribute[] | Promise<readonly EapAttribute[]>)
    | undefined;
}

/** Why a response was ignored. */
export type ResponseFault =
  /** Not a well-formed EAP response. */
  | 'badEap'
  /** Its id is not the last request's. */
  | 'wrongEapId'
  /** Its type is not the last request's, nor an acceptable Nak. */
  | 'wrongEapType'
  /** The method said discard. */
  | 'methodDiscard';

/** Why a conversation was refused. */
export type RefusalReason =
  /** The method's verdict. */
  | 'methodFailure'
  /** No offered method was acceptable to the peer, or none was offered. */
  | 'noMethod'
  /** The conversation came to no end in `maxRounds`, or in half as many in a row that brought it no further. */
  | 'tooManyRounds'
  /** The method or a callback threw, made no decision or a malformed packet, or asked for what this host cannot do. */
  | 'methodError'
  /** The server's `authorize` refused whom the method had accepted. */
  | 'notAuthorized'
  /** The peer wants to run a method bare that belongs inside a tunnel (`bareInnerMethods`). */
  | 'bareInnerMethod';

/** The outcome of one response. */
export type ConversationStep =
  | { readonly kind: 'request'; readonly packet: Uint8Array; readonly timeout: SendTimeout }
  /** Nothing changed; `packet` is the request that still waits. */
  | { readonly kind: 'ignored'; readonly fault: ResponseFault; readonly packet: Uint8Array }
  | {
      readonly kind: 'accept';
      /** EAP-Success. */
      readonly packet: Uint8Array;
      /** The proved identity. */
      readonly proved: ProvedIdentity;
      readonly attributes: readonly EapAttribute[];
    }
  | {
      readonly kind: 'refuse';
      /** EAP-Failure. */
      readonly packet: Uint8Array;
      readonly reason: RefusalReason;
      readonly failureReasonCode?: number;
      readonly rootCause?: string;
      /** The method's error, or the number of rounds beyond the limit. */
      readonly error?: unknown;
    };

/** Rounds of `respond` in one step after which a method is taken to be stuck. */
const maxResponds = 16;

/** Why a method's work is aborted: one for all conversations, since making an error takes longer than an exchange. */
const ended = new DOMException('This operation was aborted', 'AbortError');

/** One conversation. Its calls must not overlap. */
export class AuthenticatorHost {
  readonly #options: AuthenticatorHostOptions;
  readonly #stop = new Stop();
  readonly #rounds: Rounds;
  #offers: readonly MethodDefinition[];
  #method: MethodDefinition | undefined;
  #session: AuthenticatorSession | undefined;
  /** The request that waits for its response. */
  #request: Uint8Array = new Uint8Array();
  #id = 0;
  /** The method has got a response: it can no longer be refused by a Nak (RFC 3748, 2.1). */
  #started = false;
  #ending: Promise<void> | undefined;
  #result: AuthenticatorResult | undefined;
  #endError: unknown;

  constructor(options: AuthenticatorHostOptions) {
    const { maxSendPacketSize, maxRounds = roundsFor(maxSendPacketSize), bareInnerMethods = [] } = options;
    this.#options = options;
    this.#rounds = new Rounds(maxRounds);
    const offers = options.methods.filter((method) => !bareInnerMethods.includes(method));
    this.#offers = [...offers, ...bareInnerMethods];
  }

  /** The method in use, or the last one. */
  get method(): MethodDefinition | undefined {
    return this.#method;
  }

  /** Whether the method in use has taken a response. */
  get isAnswered(): boolean {
    return this.#started;
  }

  /** The method's result. The method owns its octets and wipes them when its session ends. */
  get result(): AuthenticatorResult | undefined {
    return this.#result;
  }

  /** An error that a method threw from `end`; the session is over nevertheless. */
  get endError(): unknown {
    return this.#endError;
  }

  /** Answers the EAP-Response/Identity with this id. */
  async start(responseId: number): Promise<ConversationStep> {
    this.#id = responseId;
    try {
      this.#live();
      return await this.#offer(this.#offers[0]);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Answers a response: a whole EAP packet. */
  async receive(packet: Uint8Array): Promise<ConversationStep> {
    try {
      this.#live();
      return await this.#receive(packet);
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Aborts what runs and ends the method's session. Every call gives the same promise, which never rejects. */
  end(): Promise<void> {
    if (this.#ending === undefined) {
      this.#stop.abort(ended);
      this.#ending = this.#endSession();
    }
    return this.#ending;
  }

  get #nextId(): number {
    return (this.#id + 1) & 0xff;
  }

  #live(): void {
    if (this.#ending !== undefined) throw new Error('the conversation has ended');
  }

  #failed(error: unknown): ConversationStep {
    return { ...this.#refuse('methodError'), error };
  }

  async #receive(packet: Uint8Array): Promise<ConversationStep> {
    const header = eapHeader(packet);
    if (header?.code !== eapCodes.response) return this.#ignore('badEap');
    if (header.id !== this.#id) return this.#ignore('wrongEapId');
    const method = this.#method;
    const session = this.#session;
    if (!method || !session) throw new Error('a response without a method');
    const error = this.#rounds.take(this.#request, packet);
    if (error) return { ...this.#refuse('tooManyRounds'), error };
    if (!this.#started) {
      const choices = nakChoices(packet, method.type);
      if (choices) {
        this.#offers = this.#offers.filter((offer) => offer !== method);
        await this.#endSession();
        return this.#offer(this.#offers.find(({ type }) => choices.some((choice) => choice(type))));
      }
    }
    if (!sameType(typeOf(packet), method.type)) return this.#ignore('wrongEapType');
    const action = await session.receivePacket(packet, this.#nextId);
    if (action === 'discard') return this.#ignore('methodDiscard');
    this.#started = true;
    return action === 'send' ? this.#send(session, method) : this.#act(session, method, action);
  }

  async #act(
    session: AuthenticatorSession,
    method: MethodDefinition,
    first: AuthenticatorAction,
  ): Promise<ConversationStep> {
    let action = first;
    for (let round = 0; action === 'respond' && round < maxResponds; round++) {
      const attributes = (await session.getAttributes?.()) ?? [];
      const answer = (await this.#options.onAttributes?.(attributes, method.type)) ?? [];
      if (!session.setAttributes) {
        throw eaphostError('EAPHOST_NOT_SUPPORTED', `${method.name} takes no attributes although it asked`);
      }
      action = await session.setAttributes(answer);
    }
    switch (action) {
      case 'send':
        return this.#send(session, method);
      case 'result':
        return this.#conclude(await session.getResult(), method);
      case 'discard':
        return this.#ignore('methodDiscard');
      case 'handleIdentity':
        await session.updateInnerMethodParams?.(this.#options.identity, this.#options.attributes);
        return this.#send(session, method);
      default:
        throw new Error(`${method.name} asked for the action ${action}, which this host cannot serve`);
    }
  }

  /** Begins a method and sends its first request. */
  async #offer(method: MethodDefinition | undefined): Promise<ConversationStep> {
    if (!method?.authenticator) return this.#refuse('noMethod');
    const { flags = new Set(), identity, attributes, config, maxSendPacketSize } = this.#options;
    this.#method = method;
    this.#started = false;
    if (this.#options.bareInnerMethods?.includes(method)) {
      const rootCause = `${method.name} is for use inside a tunnel here, and is refused bare (bareInnerMethods).`;
      return { ...this.#refuse('bareInnerMethod'), rootCause };
    }
    const begin = { flags, identity, attributes, config, maxSendPacketSize };
    const session = await beginHostedAuthenticator(method.authenticator, begin, this.#stop, this.#nextId);
    this.#session = session;
    if (this.#ending !== undefined) {
      // end() came while the method began and found no session to end.
      await this.#endSession();
      throw new Error('the conversation has ended');
    }
    return this.#send(session, method);
  }

  #send(
    session: AuthenticatorSession,
    method: MethodDefinition,
  ): ConversationStep | Promise<ConversationStep> {
    const id = this.#nextId;
    const sent = session.sendPacket(id);
    // A DLL's request is there as a rule: it came with the action.
    return 'packet' in sent ? this.#sent(sent, id, method) : this.#await(sent, id, method);
  }

  async #await(
    sending: ReturnType<AuthenticatorSession['sendPacket']>,
    id: number,
    method: MethodDefinition,
  ): Promise<ConversationStep> {
    return this.#sent(await sending, id, method);
  }

  #sent(
    { packet, timeout = 'basic' }: Awaited<ReturnType<AuthenticatorSession['sendPacket']>>,
    id: number,
    method: MethodDefinition,
  ): ConversationStep {
    const header = eapHeader(packet);
    if (header?.code !== eapCodes.request || header.id !== id || !sameType(typeOf(packet), method.type)) {
      throw new Error(`${method.name} made a malformed request`);
    }
    if (packet.length > this.#options.maxSendPacketSize) {
      throw new Error(`${method.name} made a request of ${packet.length} octets, more than it may`);
    }
    this.#id = id;
    this.#request = secretFrom(packet);
    return { kind: 'request', packet: this.#request, timeout };
  }

  #conclude(result: AuthenticatorResult, { name }: MethodDefinition): ConversationStep {
    const from = `${name}: getResult()`;
    const { isSuccess, identity } = toFields(result, from);
    toOptionalString(identity, `${from}.identity`);
    this.#result = result;
    const { failureReasonCode, attributes } = result;
    const rootCause = toOptionalString(result.rootCause, `${from}.rootCause`);
    if (toVerdict(isSuccess, `${from}.isSuccess`)) {
      const packet = eapPacket(eapCodes.success, this.#id);
      return { kind: 'accept', packet, proved: provedIdentity(result), attributes };
    }
    return {
      ...this.#refuse('methodFailure'),
      ...(failureReasonCode !== undefined && { failureReasonCode }),
      ...(rootCause !== undefined && { rootCause }),
    };
  }

  #ignore(fault: ResponseFault): ConversationStep {
    return { kind: 'ignored', fault, packet: this.#request };
  }

  #refuse(reason: RefusalReason) {
    return { kind: 'refuse', reason, packet: eapPacket(eapCodes.failure, this.#id) } as const;
  }

  async #endSession(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    try {
      await session?.end();
    } catch (error) {
      this.#endError ??= error;
    }
  }
}
