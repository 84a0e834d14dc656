// The RADIUS server's conversations: finds the conversation of a State, handles each verified request, ends silent
// conversations, and makes place for new ones. It sends nothing.

import { randomInt } from 'node:crypto';
import { attributeTypes } from '../eap/attributes.js';
import { Deadlines } from '../base/deadlines.js';
import type { MethodDefinition } from '../hosts/method.js';
import {
  errorCauseType,
  integerAttribute,
  integerOf,
  invalidEapIgnored,
  type RadiusAttribute,
  valuesOf,
} from './attributes.js';
import { readAuthorization, readPolicy, toServed } from './decisions.js';
import { AuthenticatorHost, type ConversationStep } from '../hosts/authenticator-host.js';
import { eapCodes, eapHeader, eapPacket, eapTypes, identityRequest } from '../eap/packet.js';
import { sameType } from '../eap/packet-type.js';
import { encryptKeys } from './mppe.js';
import { maxPacketLength, radiusCodes, type RadiusPacket } from './packet.js';
import { acceptAttributes, attributesWithoutKeys, methodAttributes, methodKeys } from './reply-attributes.js';
import {
  type Authorization,
  type ClientAddress,
  type RadiusServerCounters,
  type RadiusServerEvent,
  type RadiusServerOptions,
  type RejectReason,
  type RequestDropReason,
  type VerdictEvent,
} from './server-types.js';
import { randomOctets } from '../base/random.js';

/** A verified request. */
export interface ServerRequest {
  readonly packet: RadiusPacket;
  readonly client: ClientAddress;
  readonly secret: Uint8Array;
  /** Joined from EAP-Message; undefined when there is none. */
  readonly eap: Buffer | undefined;
}

/** The reply to it, still to be encoded. */
export interface ServerReply {
  readonly code: number;
  readonly eap?: Uint8Array;
  readonly attributes?: readonly RadiusAttribute[];
  /** The event to emit once it is sent. */
  readonly verdict?: VerdictEvent;
}

export interface SessionTableOptions {
  readonly methods: RadiusServerOptions['methods'];
  readonly bareInnerMethods: NonNullable<RadiusServerOptions['bareInnerMethods']>;
  readonly policy: RadiusServerOptions['policy'];
  readonly authorize: RadiusServerOptions['authorize'];
  readonly onAttributes: RadiusServerOptions['onAttributes'];
  readonly sessionTimeoutMs: number;
  readonly maxSessions: number;
  readonly maxSessionsPerClient: number;
  readonly maxRounds: number | undefined;
  /** The first octet of every State, where other servers share the port. */
  readonly number: () => number | undefined;
}

interface RadiusConversation {
  readonly state: Buffer;
  /** Of its silence. */
  limit: Deadlines<RadiusConversation>;
  readonly client: ClientAddress;
  readonly share: Share;
  readonly outerIdentity: string;
  /** The identity that the method has proved, once it has. */
  identity: string | undefined;
  /** Of the first request. */
  readonly attributes: readonly RadiusAttribute[];
  readonly started: number;
  conversation: AuthenticatorHost | undefined;
  /** When its peer was last answered, by performance.now(). */
  waitsSince: number;
  /** A request of it is being served. */
  busy: boolean;
  over: boolean;
}

/** Conversations that wait for their peers, the one that has waited longest first. */
class Waiting {
  /** Their methods have had no response: nothing but an identity has come of the peer. */
  readonly unanswered = new Set<RadiusConversation>();
  /** Of machines: a person may take longer. */
  readonly answered = new Set<RadiusConversation>();

  delete(session: RadiusConversation): void {
    this.unanswered.delete(session);
    this.answered.delete(session);
  }

  /** The one that makes place for another: where there are both, the one that has waited longer. */
  oldest(): RadiusConversation | undefined {
    const [unanswered] = this.unanswered;
    const [answered] = this.answered;
    if (answered === undefined || performance.now() - answered.waitsSince < crowdMs) return unanswered;
    return unanswered !== undefined && unanswered.waitsSince < answered.waitsSince ? unanswered : answered;
  }
}

/** The conversations of one client. */
interface Share {
  count: number;
  readonly waiting: Waiting;
}

type AcceptStep = ConversationStep & { readonly kind: 'accept' };
type RefuseStep = ConversationStep & { readonly kind: 'refuse' };

/** Octets of a State. */
export const stateLength = 16;
const defaultMtu = 1400;
const minEapSize = 64;
/** Octets of a Challenge besides EAP-Message and Proxy-State: header, State, Session-Timeout and others. */
const challengeOverhead = 20 + 18 + 18 + 6 + 6;
/** How long a conversation may wait for its peer where there is a crowd of them, in milliseconds. */
const crowdMs = 10_000;
/** How much longer a person may take than a machine. */
const interactiveFactor = 5;

/** Owns the conversations, and ends silent ones. */
export class SessionTable {
  readonly #options: SessionTableOptions;
  readonly #counters: RadiusServerCounters;
  readonly #emit: (event: RadiusServerEvent) => void;
  readonly #sessions = new Map<string, RadiusConversation>();
  /** By address of the client; none is empty. */
  readonly #shares = new Map<string, Share>();
  /** Those of all clients. */
  readonly #waiting = new Waiting();
  readonly #firstResponse: Deadlines<RadiusConversation>;
  /** The silence of a peer that waits for nobody, and of one that asks its user. */
  readonly #machine: Deadlines<RadiusConversation>;
  readonly #person: Deadlines<RadiusConversation>;
  /** How long the client is to wait for such a peer (RFC 3579, 2.3.2). */
  readonly #patience: RadiusAttribute;

  constructor(
    options: SessionTableOptions,
    counters: RadiusServerCounters,
    emit: (event: RadiusServerEvent) => void,
  ) {
    toServed(options.methods, 'methods');
    this.#options = options;
    this.#counters = counters;
    this.#emit = emit;
    const { sessionTimeoutMs } = options;
    const interactiveMs = sessionTimeoutMs * interactiveFactor;
    const expire = (session: RadiusConversation): void => this.#expire(session);
    this.#firstResponse = new Deadlines(Math.min(crowdMs, sessionTimeoutMs), (session) => {
      const { share } = session;
      if (share.waiting.unanswered.has(session) && this.#isCrowded(share)) this.#displace(session);
    });
    this.#machine = new Deadlines(sessionTimeoutMs, expire);
    this.#person = new Deadlines(interactiveMs, expire);
    this.#patience = integerAttribute(attributeTypes.SessionTimeout, Math.ceil(interactiveMs / 1000));
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The reply to a request, or why it gets none. Never rejects: an error of a method refuses its own peer. */
  async serve(request: ServerRequest): Promise<ServerReply | RequestDropReason> {
    const { packet, client, eap } = request;
    if (!eap) return refusal(request, 'noEap');
    const [state] = valuesOf(packet.attributes, attributeTypes.State);
    if (!state) return this.#open(request, eap);
    const session = this.#sessions.get(state.toString('latin1'));
    // A client may have many ports, never another's State.
    if (!session || session.client.address !== client.address) return refusal(request, 'unknownState');
    const { conversation } = session;
    if (session.busy || !conversation) return 'sessionBusy';
    // Its response is being served, which may take long: its place is its own meanwhile.
    this.#forget(session);
    return this.#step(request, session, () => conversation.receive(eap));
  }

  /** Ends every conversation. Never rejects. */
  async close(): Promise<void> {
    await Promise.all([...this.#sessions.values()].map((session) => this.#end(session)));
    this.#firstResponse.clear();
    this.#machine.clear();
    this.#person.clear();
  }

  async #open(request: ServerRequest, eap: Buffer): Promise<ServerReply | RequestDropReason> {
    // EAP-Start (RFC 3579, 2.1): the client leaves the first request to the server.
    if (eap.length === 0) return { code: radiusCodes.accessChallenge, eap: identityRequest(randomInt(256)) };
    const header = eapHeader(eap);
    if (header?.code !== eapCodes.response || header.type !== eapTypes.identity) {
      return refusal(request, 'noIdentity');
    }
    const { client, packet } = request;
    const known = this.#shares.get(client.address);
    const full = this.#makePlace(known);
    if (full !== undefined) return full;
    const { attributes } = packet;
    const outerIdentity = eap.toString('utf8', 5);
    const share = known ?? { count: 0, waiting: new Waiting() };
    const session: RadiusConversation = {
      state: this.#newState(),
      limit: this.#machine,
      client,
      share,
      outerIdentity,
      identity: undefined,
      attributes,
      started: performance.now(),
      conversation: undefined,
      waitsSince: 0,
      busy: false,
      over: false,
    };
    this.#sessions.set(session.state.toString('latin1'), session);
    this.#shares.set(client.address, share);
    share.count += 1;
    this.#machine.begin(session);
    this.#firstResponse.begin(session);
    this.#remember(session);
    return this.#step(request, session, async () => {
      const { policy } = this.#options;
      const decision = policy === undefined ? {} : await policy({ outerIdentity, client, attributes });
      const { methods, bareInnerMethods, config } = readPolicy(decision, this.#options);
      const conversation = new AuthenticatorHost({
        identity: outerIdentity,
        methods,
        bareInnerMethods: bareInnerMethods === 'refuse' ? this.#bareInnerMethods(methods) : [],
        attributes: methodAttributes(attributes),
        config,
        maxSendPacketSize: eapSizeFor(packet),
        maxRounds: this.#options.maxRounds,
        onAttributes: this.#options.onAttributes,
      });
      session.conversation = conversation;
      if (session.over) await conversation.end();
      return conversation.start(header.id);
    });
  }

  /** Those of `methods` that a tunnel of this server takes inside, too, without binding them to it. */
  #bareInnerMethods(methods: readonly MethodDefinition[]): MethodDefinition[] {
    const inner = [...this.#options.methods, ...methods].flatMap(
      ({ authenticator }) => authenticator?.unboundMethods ?? [],
    );
    return methods.filter(({ type }) => inner.some((each) => sameType(each, type)));
  }

  /** By it the peer's requests find this conversation, and nobody else's do. */
  #newState(): Buffer {
    const state = randomOctets(stateLength);
    const number = this.#options.number();
    if (number !== undefined) state[0] = number;
    return state;
  }

  async #step(
    request: ServerRequest,
    session: RadiusConversation,
    work: () => Promise<ConversationStep>,
  ): Promise<ServerReply | RequestDropReason> {
    session.busy = true;
    try {
      const step = await work();
      const authorization = step.kind === 'accept' ? await this.#authorize(session, step) : undefined;
      return session.over ? 'sessionExpired' : this.#answer(request, session, step, authorization);
    } catch (error) {
      // `policy` or `authorize` threw or made no decision, or the method's keys are none; a conversation does not throw.
      const packet = eapPacket(eapCodes.failure, request.eap?.[1] ?? 0);
      return session.over
        ? 'sessionExpired'
        : this.#answer(request, session, { kind: 'refuse', reason: 'methodError', packet, error }, undefined);
    } finally {
      session.busy = false;
      if (!session.over) this.#remember(session);
    }
  }

  /** The rights of a peer that the method has accepted; undefined: it is refused. */
  async #authorize(session: RadiusConversation, step: AcceptStep): Promise<Authorization | undefined> {
    const { client, outerIdentity, attributes, conversation } = session;
    const { proved } = step;
    session.identity = proved.identity;
    const { authorize } = this.#options;
    if (authorize === undefined) return { attributes: [] };
    const method = conversation?.method?.type;
    if (!method) return undefined;
    const methodAttributes = attributesWithoutKeys(step.attributes);
    const request = { ...proved, outerIdentity, client, attributes, method, methodAttributes };
    return readAuthorization(await authorize(request));
  }

  #answer(
    request: ServerRequest,
    session: RadiusConversation,
    step: ConversationStep,
    authorization: Authorization | undefined,
  ): ServerReply {
    const state = { type: attributeTypes.State, value: session.state };
    const { packet: eap } = step;
    if (step.kind === 'ignored') {
      this.#counters.ignored[step.fault]++;
      const cause = integerAttribute(errorCauseType, invalidEapIgnored);
      return { code: radiusCodes.accessChallenge, eap, attributes: [state, cause] };
    }
    if (step.kind === 'request') {
      const limit = step.timeout === 'basic' ? this.#machine : this.#person;
      if (limit !== session.limit) session.limit.end(session);
      session.limit = limit;
      limit.begin(session);
      const attributes = limit === this.#machine ? [state] : [state, this.#patience];
      return { code: radiusCodes.accessChallenge, eap, attributes };
    }
    const reply =
      step.kind === 'refuse'
        ? refuse(request, session, step)
        : authorization
          ? accept(request, session, step, authorization)
          : refuse(request, session, notAuthorized(step));
    // The reply does not wait for a method that is slow to end.
    void this.#end(session);
    return reply;
  }

  #remember(session: RadiusConversation): void {
    const isAnswered = session.conversation?.isAnswered === true;
    if (isAnswered && session.limit === this.#person) return;
    session.waitsSince = performance.now();
    for (const { answered, unanswered } of [session.share.waiting, this.#waiting]) {
      (isAnswered ? answered : unanswered).add(session);
    }
  }

  #forget(session: RadiusConversation): void {
    for (const waiting of [session.share.waiting, this.#waiting]) waiting.delete(session);
  }

  /** Whether more than half of a client's share, or of the table, waits for first responses. */
  #isCrowded({ waiting }: Share): boolean {
    const { maxSessions, maxSessionsPerClient } = this.#options;
    const [own, all] = [waiting.unanswered.size, this.#waiting.unanswered.size];
    return 2 * own > maxSessionsPerClient || 2 * all > maxSessions;
  }

  /**
   * Makes place for a conversation of a client by ending the one that has waited longest: for a first response, or ten
   * seconds at least for another. One of the same client if it has any, so that a flood through one client displaces its
   * own. Returns why there is no place.
   */
  #makePlace(share: Share | undefined): RequestDropReason | undefined {
    const { maxSessions, maxSessionsPerClient } = this.#options;
    const isFull = this.#sessions.size >= maxSessions;
    const isShareFull = share !== undefined && share.count >= maxSessionsPerClient;
    if (!isFull && !isShareFull) return undefined;
    const oldest = share?.waiting.oldest() ?? (isShareFull ? undefined : this.#waiting.oldest());
    if (oldest === undefined) return isFull ? 'tooManySessions' : 'tooManySessionsOfClient';
    this.#displace(oldest);
    return undefined;
  }

  #displace(session: RadiusConversation): void {
    this.#counters.displaced++;
    this.#expire(session, { displaced: true });
  }

  #expire(session: RadiusConversation, how: { readonly displaced?: true } = {}): void {
    this.#counters.expired++;
    const { client, outerIdentity } = session;
    this.#emit({ kind: 'expired', client, outerIdentity, ...methodOf(session), ...how });
    void this.#end(session);
  }

  #release({ client, share }: RadiusConversation): void {
    share.count -= 1;
    if (share.count === 0) this.#shares.delete(client.address);
  }

  async #end(session: RadiusConversation): Promise<void> {
    session.over = true;
    session.limit.end(session);
    this.#firstResponse.end(session);
    this.#forget(session);
    if (this.#sessions.delete(session.state.toString('latin1'))) this.#release(session);
    await session.conversation?.end();
  }
}

function accept(
  request: ServerRequest,
  session: RadiusConversation,
  step: AcceptStep,
  { attributes: authorized }: Authorization,
): ServerReply {
  const keys = methodKeys(step.attributes);
  const attributes = acceptAttributes(session.identity, step.attributes, authorized);
  if (keys) {
    attributes.push(...encryptKeys(keys, request.packet.authenticator, request.secret));
    keys.recvKey.fill(0);
    keys.sendKey.fill(0);
  }
  const verdict = { ...verdictOf(request, session), accepted: true };
  return { code: radiusCodes.accessAccept, eap: step.packet, attributes, verdict };
}

/** The refusal in place of an acceptance: EAP-Failure has the id that EAP-Success would have had. */
function notAuthorized({ packet }: AcceptStep): RefuseStep {
  return { kind: 'refuse', reason: 'notAuthorized', packet: eapPacket(eapCodes.failure, packet[1] ?? 0) };
}

function refuse(request: ServerRequest, session: RadiusConversation, step: RefuseStep): ServerReply {
  const { reason, failureReasonCode, rootCause, error } = step;
  const verdict = {
    ...verdictOf(request, session),
    accepted: false,
    reason,
    ...(failureReasonCode !== undefined && { failureReasonCode }),
    ...(rootCause !== undefined && { rootCause }),
    ...(error !== undefined && { error }),
  };
  return { code: radiusCodes.accessReject, eap: step.packet, verdict };
}

/** The Access-Reject of a request that belongs to no conversation, or whose reply cannot be sent. */
export function refusal(
  { client, eap }: ServerRequest,
  reason: RejectReason,
  known: Partial<VerdictEvent> = {},
): ServerReply {
  const failure = eap && { eap: eapPacket(eapCodes.failure, eap[1] ?? 0) };
  const verdict = { elapsedMs: 0, ...known, kind: 'verdict', client, accepted: false, reason } as const;
  return { code: radiusCodes.accessReject, ...failure, verdict };
}

function verdictOf({ client }: ServerRequest, session: RadiusConversation) {
  const { identity, outerIdentity, started } = session;
  const names = { ...(identity !== undefined && { identity }), outerIdentity };
  const elapsedMs = performance.now() - started;
  return { kind: 'verdict', client, ...names, ...methodOf(session), elapsedMs } as const;
}

function methodOf({ conversation }: RadiusConversation) {
  const method = conversation?.method?.type;
  return method && { method };
}

/** The largest EAP packet that fits the link (Framed-MTU) and a Challenge with this request's Proxy-States. */
function eapSizeFor({ attributes }: RadiusPacket): number {
  const proxyStates = valuesOf(attributes, attributeTypes.ProxyState);
  const taken = proxyStates.reduce((sum, { length }) => sum + 2 + length, challengeOverhead);
  const room = Math.floor(((maxPacketLength - taken) * 253) / 255) - 2;
  const mtu = integerOf(attributes, attributeTypes.FramedMTU) ?? defaultMtu;
  return Math.max(minEapSize, Math.min(mtu, room));
}
