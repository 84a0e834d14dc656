// The probe of a server: a RADIUS client, EAP peer included, on a socket of its own, that sends what a case wants and
// is good wherever the case does not want it bad. Replies are decoded and their signatures looked at, not demanded: what
// is to be right is for a case to say. JavaScript thread.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { lookup } from 'node:dns/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { Stop } from '../base/stop.js';
import { PeerHost } from '../hosts/peer-host.js';
import { attributeTypes, decodeKeys } from '../eap/attributes.js';
import { eapCodes, eapHeader, eapPacket, eapTypes } from '../eap/packet.js';
import { sameType, typeOf } from '../eap/packet-type.js';
import type { MethodType } from '../eap/names.js';
import type { MethodWith } from '../hosts/method.js';
import type { TlsIdentity } from '../methods/tls/options.js';
import {
  integerAttribute,
  joinEapMessage,
  type RadiusAttribute,
  textAttribute,
  valuesOf,
} from '../radius/attributes.js';
import { decryptKeys, type MppeKeys } from '../radius/mppe.js';
import { checkReply, decodePacket, radiusCodes } from '../radius/packet.js';
import { CaseFailure, demand } from './case.js';
import { encodeDatagram, newAuthenticator, type RadiusMessage, withEap } from './datagram.js';
import type { CaseRecord } from './record.js';

/** The server under test, and a user whom it accepts. */
export interface ServerTarget {
  readonly host: string;
  readonly port: number;
  readonly secret: Uint8Array;
  /** In EAP-Response/Identity. */
  readonly identity: string;
  /** The peer of a method that the server offers to this user, and its user blob. */
  readonly method: MethodWith<'peer'>;
  readonly credentials: Uint8Array;
  /** The user's certificate and key, where the method is EAP-TLS: cases that make TLS of their own need them. */
  readonly certificate?: TlsIdentity;
  /** Certificates that the server must refuse, of an authority that it trusts. Without one its cases are left out. */
  readonly badCertificates?: Readonly<
    Partial<Record<'expired' | 'notYetValid' | 'revoked' | 'forServers', TlsIdentity>>
  >;
  /** Milliseconds after which no answer is none. Some servers delay refusals by a second. */
  readonly silenceMs: number;
  /** Milliseconds within which an answer that must come comes. */
  readonly answerMs: number;
}

/** A reply, as it came. */
export interface ServerAnswer {
  readonly code: number;
  readonly id: number;
  readonly attributes: readonly RadiusAttribute[];
  /** The EAP packet, joined. */
  readonly eap: Buffer | undefined;
  readonly state: Buffer | undefined;
  /** What is wrong with its two authenticators. */
  readonly fault: ReturnType<typeof checkReply>;
  readonly keys: MppeKeys | undefined;
  readonly datagram: Buffer;
  /** That it came from. */
  readonly port: number;
}

/** How a request is to be: what is left out is as it should be. */
export interface RequestChanges extends Partial<Omit<RadiusMessage, 'attributes'>> {
  /** More attributes. */
  readonly attributes?: readonly RadiusAttribute[];
  /** Attribute numbers that are left out, of User-Name (1) and the others that every request has. */
  readonly without?: readonly number[];
}

/** Of a wait, in milliseconds. */
const turnMs = 20;

/** A client of one case. */
export class ServerProbe implements AsyncDisposable {
  readonly target: ServerTarget;
  readonly signal: AbortSignal;
  /** The datagram that was sent last. */
  lastSent: Uint8Array = Buffer.alloc(0);
  readonly #address: string;
  readonly #socket: Socket;
  readonly #record: CaseRecord;
  readonly #arrived: { readonly datagram: Buffer; readonly port: number }[] = [];
  readonly #requests = new Map<number, Buffer>();
  #wake: (() => void) | undefined;
  #id = Math.trunc(Math.random() * 256);

  private constructor(
    target: ServerTarget,
    address: string,
    socket: Socket,
    record: CaseRecord,
    signal: AbortSignal,
  ) {
    this.target = target;
    this.signal = signal;
    this.#address = address;
    this.#socket = socket;
    this.#record = record;
    socket.on('message', (datagram, { port }) => {
      record.datagram('received', datagram);
      this.#arrived.push({ datagram, port });
      this.#wake?.();
    });
  }

  static async open(target: ServerTarget, record: CaseRecord, signal: AbortSignal): Promise<ServerProbe> {
    const { address, family } = await lookup(target.host, { order: 'ipv4first' });
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    // A port that nobody listens on shows as silence.
    socket.on('error', () => undefined);
    socket.bind(0);
    await once(socket, 'listening');
    return new ServerProbe(target, address, socket, record, signal);
  }

  /** Another client of the same case, on a socket of its own. */
  another(): Promise<ServerProbe> {
    return ServerProbe.open(this.target, this.#record, this.signal);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  /** An Access-Request with this EAP packet, or with none. */
  request(eap: Uint8Array | undefined, changes: RequestChanges = {}): Buffer {
    const { attributes = [], without = [], ...others } = changes;
    const usual = [
      textAttribute(attributeTypes.UserName, this.target.identity),
      textAttribute(attributeTypes.NASIdentifier, 'conformance'),
      integerAttribute(attributeTypes.ServiceType, 2),
      integerAttribute(attributeTypes.FramedMTU, 1400),
      integerAttribute(attributeTypes.NASPortType, 15),
    ].filter(({ type }) => !without.includes(type));
    this.#id = (this.#id + 1) & 0xff;
    return encodeDatagram(
      {
        code: radiusCodes.accessRequest,
        id: this.#id,
        authenticator: newAuthenticator(),
        ...others,
        attributes: eap ? withEap([...usual, ...attributes], eap) : [...usual, ...attributes],
      },
      this.target.secret,
    );
  }

  /** Sends a datagram, as it is. */
  send(datagram: Uint8Array): void {
    this.lastSent = datagram;
    this.#requests.set(datagram[1] ?? 0, Buffer.from(datagram.subarray(4, 20)));
    this.#record.datagram('sent', datagram);
    this.#socket.send(datagram, this.target.port, this.#address, () => undefined);
  }

  /** The next reply, or undefined after `waitMs` of silence. With `id`, late replies to other requests are passed over. */
  async receive(waitMs: number, id?: number): Promise<ServerAnswer | undefined> {
    const end = performance.now() + waitMs;
    for (;;) {
      this.signal.throwIfAborted();
      const arrived = this.#arrived.shift();
      const answer = arrived && this.#answerOf(arrived.datagram, arrived.port);
      if (answer && (id === undefined || answer.id === id)) return answer;
      if (!arrived && !(await this.hasArrived(end - performance.now()))) return undefined;
    }
  }

  /**
   * Waits for a datagram, whatever it is; false if none came. In turns: while this process does not get to run, or is
   * busy with other cases, nobody is silent.
   */
  async hasArrived(waitMs: number): Promise<boolean> {
    for (let waited = 0; waited < waitMs && this.#arrived.length === 0; waited += turnMs) {
      if (this.signal.aborted) break;
      const arrival = new Promise<void>((resolve) => (this.#wake = resolve));
      const timer = new AbortController();
      const signal = AbortSignal.any([timer.signal, this.signal]);
      const turn = wait(Math.min(turnMs, waitMs - waited), undefined, { signal });
      await Promise.race([arrival, turn.catch(() => undefined)]);
      timer.abort();
    }
    return this.#arrived.length > 0;
  }

  /** Sends a datagram and gives the reply, which must come. */
  async ask(datagram: Uint8Array, what = 'the request'): Promise<ServerAnswer> {
    this.send(datagram);
    const answer = await this.receive(this.target.answerMs, datagram[1]);
    return answer ?? fail(`${what} got no reply within ${this.target.answerMs} ms`);
  }

  /** Sends a datagram that may get no reply. */
  async tryAsking(datagram: Uint8Array): Promise<ServerAnswer | undefined> {
    this.send(datagram);
    return this.receive(this.target.silenceMs, datagram[1]);
  }

  /** Sends a datagram that must get no reply. */
  async expectSilence(datagram: Uint8Array, what: string): Promise<void> {
    const answer = await this.tryAsking(datagram);
    if (answer) fail(`${what} got ${answerName(answer)}, not silence`);
  }

  /** Waits until nothing has come for a while, and forgets what came. */
  async quiet(): Promise<void> {
    do this.#arrived.length = 0;
    while (await this.hasArrived(100));
  }

  /** Waits. */
  async pause(ms: number): Promise<void> {
    await wait(ms, undefined, { signal: this.signal });
  }

  /** Sends a request without EAP that the server must refuse, or an invalid one that it may also pass over in silence. */
  async expectNoAccess(datagram: Uint8Array, what: string): Promise<void> {
    const answer = await this.tryAsking(datagram);
    if (answer?.code === radiusCodes.accessAccept) fail(`${what} got an Access-Accept`);
    if (answer?.code === radiusCodes.accessChallenge) fail(`${what} got an Access-Challenge`);
  }

  /** EAP-Response/Identity of the user. */
  identity(id = 0, name = this.target.identity): Buffer {
    return eapPacket(eapCodes.response, id, Buffer.of(eapTypes.identity), Buffer.from(name));
  }

  /**
   * Begins a conversation: the user's method has been agreed on, and its first request waits in `request`.
   * @param changes of every Access-Request of the conversation
   */
  async begin(changes: RequestChanges = {}, identity = this.identity()): Promise<EapConversation> {
    const conversation = await this.open(changes, identity);
    const { type } = this.target.method;
    if (!sameType(typeOf(conversation.request), type)) {
      await conversation.send(conversation.nak(type));
      const answer = await conversation.answerNotifications();
      demand(
        answer?.code === radiusCodes.accessChallenge && sameType(typeOf(conversation.request), type),
        `a Nak that asks for the user's method (type ${type.type}) got ${answerName(answer)} and not the method`,
      );
    }
    return conversation;
  }

  /** Begins a conversation: the request of the method that the server offers first waits; Notifications were answered. */
  async open(changes: RequestChanges = {}, identity = this.identity()): Promise<EapConversation> {
    const conversation = new EapConversation(this, changes);
    await conversation.send(identity, {}, 'EAP-Response/Identity');
    await conversation.answerNotifications();
    return conversation;
  }

  #answerOf(datagram: Buffer, port: number): ServerAnswer {
    const packet = decodePacket(datagram);
    if (typeof packet === 'string') return fail(`a reply is malformed: ${packet}`);
    const authenticator = this.#requests.get(packet.id) ?? fail(`a reply has the identifier of no request`);
    const { code, id, attributes } = packet;
    const eap = joinEapMessage(attributes);
    if (eap === 'scattered') return fail('a reply has EAP-Message attributes that are not consecutive');
    return {
      code,
      id,
      attributes,
      eap,
      state: valuesOf(attributes, attributeTypes.State)[0],
      fault: checkReply(packet, authenticator, this.target.secret),
      keys: decryptKeys(attributes, authenticator, this.target.secret),
      datagram,
      port,
    };
  }
}

/** A conversation that has begun; its calls must not overlap. */
export class EapConversation {
  readonly #probe: ServerProbe;
  readonly #changes: RequestChanges;
  readonly #host: PeerHost;
  /** The server's request that waits for a response. */
  request: Buffer = Buffer.alloc(0);
  /** The State that goes with it. */
  state: Buffer | undefined;
  /** The last Access-Request, for one that is to be sent again. */
  lastDatagram: Buffer = Buffer.alloc(0);
  /** The last reply. */
  lastAnswer: ServerAnswer | undefined;
  #lastResponse: Uint8Array = Buffer.alloc(0);

  constructor(probe: ServerProbe, changes: RequestChanges) {
    const { method, credentials } = probe.target;
    this.#probe = probe;
    this.#changes = changes;
    this.#host = new PeerHost({
      side: method.peer,
      options: { credentials },
      maxSendPacketSize: 1400,
      maxRounds: 200,
      stop: Stop.after(probe.signal),
    });
  }

  /** Identifier of the request that waits. */
  get requestId(): number {
    return this.request[1] ?? 0;
  }

  /** The Identifier of the response that was sent last. */
  get lastResponseId(): number {
    return this.#lastResponse[1] ?? 0;
  }

  /** The MSK as the user's method has it, once the conversation is finished; undefined if it has none. */
  get msk(): Buffer | undefined {
    return decodeKeys(this.#host.result?.attributes ?? [], 'peer').msk;
  }

  /** The user's own good response to the request that waits; the host's to a Notification. */
  async response(request: Uint8Array = this.request): Promise<Buffer> {
    if (request[4] === eapTypes.notification) {
      return eapPacket(eapCodes.response, request[1] ?? 0, Buffer.of(eapTypes.notification));
    }
    const answer = await this.#host.receive(request);
    if (answer.kind === 'response') return Buffer.from(answer.packet);
    throw new CaseFailure(`the user's method has no response to a request of ${request.length} octets`);
  }

  /** Answers Notifications until another request waits, or the conversation has ended (RFC 3748, 5.2). */
  async answerNotifications(): Promise<ServerAnswer | undefined> {
    while (
      this.lastAnswer?.code === radiusCodes.accessChallenge &&
      this.request[4] === eapTypes.notification
    ) {
      await this.send(await this.response(), {}, 'a Notification');
    }
    return this.lastAnswer;
  }

  /** A Nak of the request that waits, asking for these. An expanded type is asked for by an Expanded Nak. */
  nak(...types: readonly MethodType[]): Buffer {
    const isExpanded = this.request[4] === eapTypes.expanded;
    const octets = types.map(({ type, vendorId = 0, vendorType = type }) =>
      isExpanded ? expandedOctets(vendorId, vendorType) : Buffer.of(type),
    );
    const head = isExpanded ? expandedOctets(0, eapTypes.nak) : Buffer.of(eapTypes.nak);
    return eapPacket(eapCodes.response, this.requestId, head, ...octets);
  }

  /** An Access-Request of this conversation, with its State. */
  datagram(eap: Uint8Array | undefined, changes: RequestChanges = {}): Buffer {
    const { attributes = [], without = [], ...others } = changes;
    const { attributes: usual = [], without: never = [], ...same } = this.#changes;
    const isStateless = this.state === undefined || without.includes(attributeTypes.State);
    const state = isStateless || !this.state ? [] : [{ type: attributeTypes.State, value: this.state }];
    return this.#probe.request(eap, {
      ...same,
      ...others,
      attributes: [...usual, ...state, ...attributes],
      without: [...never, ...without],
    });
  }

  /** Sends an EAP packet that must get a reply, and takes from a Challenge what waits now. */
  async send(eap: Uint8Array, changes: RequestChanges = {}, what = 'the response'): Promise<ServerAnswer> {
    this.lastDatagram = this.datagram(eap, changes);
    this.#lastResponse = eap;
    return this.#take(await this.#probe.ask(this.lastDatagram, what));
  }

  /** Sends an EAP packet that may get no reply, and takes from a Challenge what waits now. */
  async trySending(eap: Uint8Array, changes: RequestChanges = {}): Promise<ServerAnswer | undefined> {
    this.lastDatagram = this.datagram(eap, changes);
    this.#lastResponse = eap;
    const answer = await this.#probe.tryAsking(this.lastDatagram);
    return answer && this.#take(answer);
  }

  /**
   * Sends an EAP packet that the server must discard: it is silent, or repeats the request that waits (RFC 3579, 2.2).
   * The conversation then goes on as if nothing had been sent.
   */
  async expectDiscard(eap: Uint8Array, what: string, mayEnd = false): Promise<ServerAnswer | undefined> {
    const answer = await this.#probe.tryAsking(this.datagram(eap));
    if (answer === undefined || (mayEnd && answer.code === radiusCodes.accessReject)) return answer;
    const isRepeated =
      answer.code === radiusCodes.accessChallenge && answer.eap?.equals(this.request) === true;
    demand(isRepeated, `${what} got ${answerName(answer)}`);
    this.state = answer.state ?? this.state;
    return answer;
  }

  /** The user goes on to the end. `change` may replace a response, counted from 0. */
  async finish(change?: (response: Buffer, index: number) => Uint8Array): Promise<ServerAnswer> {
    for (let index = 0; ; index++) {
      const before = this.request;
      const good = await this.response();
      const answer = await this.send(change?.(good, index) ?? good);
      if (answer.code === radiusCodes.accessChallenge) {
        demand(
          !this.request.equals(before),
          'it sends the same Request again instead of taking its Response',
        );
        continue;
      }
      await this.#host.conclude(answer.code === radiusCodes.accessAccept ? 'success' : 'failure');
      await this.#host.end();
      return answer;
    }
  }

  /** The user goes on, and must be accepted. */
  async expectAccept(what = 'the user'): Promise<ServerAnswer> {
    const answer = await this.finish();
    demand(
      answer.code === radiusCodes.accessAccept,
      `${what} got ${answerName(answer)}, not an Access-Accept`,
    );
    return answer;
  }

  #take(answer: ServerAnswer): ServerAnswer {
    this.lastAnswer = answer;
    if (answer.code !== radiusCodes.accessChallenge) return answer;
    if (eapHeader(answer.eap ?? Buffer.alloc(0))?.code !== eapCodes.request) {
      throw new CaseFailure('an Access-Challenge has no EAP-Request');
    }
    this.request = answer.eap ?? this.request;
    this.state = answer.state;
    return answer;
  }
}

/** A reply in words. */
export function answerName(answer: ServerAnswer | undefined): string {
  if (!answer) return 'no reply';
  const names: Readonly<Record<number, string>> = {
    [radiusCodes.accessAccept]: 'an Access-Accept',
    [radiusCodes.accessReject]: 'an Access-Reject',
    [radiusCodes.accessChallenge]: 'an Access-Challenge',
  };
  const name = names[answer.code] ?? `a packet with code ${answer.code}`;
  const [code = 0, id = 0, , , type] = answer.eap ?? [];
  const word = ['', 'Request', 'Response', 'Success', 'Failure'][code] ?? `code ${code}`;
  if (!answer.eap) return `${name} without EAP`;
  return `${name} with EAP-${word} ${id}${type === undefined ? '' : ` of type ${type}`}`;
}

/** The eight octets of an expanded type (RFC 3748, 5.7). */
export function expandedOctets(vendorId: number, vendorType: number): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeUInt32BE(vendorId, 0);
  octets.writeUInt32BE(vendorType, 4);
  octets[0] = eapTypes.expanded;
  return octets;
}

function fail(what: string): never {
  throw new CaseFailure(what);
}
