// One round of the fuzz proxy: a relay that knows the secret between a peer and a server, does the actions of a plan to
// the messages of one authentication, and notes what the rules of fuzz.ts judge. JavaScript thread.

import { attributeTypes } from '../eap/attributes.js';
import { eapCodes, eapTypes } from '../eap/packet.js';
import { joinEapMessage, type RadiusAttribute, valuesOf } from '../radius/attributes.js';
import { decryptKeys, mskOf } from '../radius/mppe.js';
import { radiusCodes } from '../radius/packet.js';
import { messageOf, type RadiusMessage } from './datagram.js';
import { changedOctets, familyOf, type FuzzAction, type FuzzDirection } from './fuzz-plan.js';
import { type OctetRange, ProvedOctets, tampered, tamperedKind } from './fuzz-proof.js';
import type { CaseRecord } from './record.js';
import { RadiusRelay, type RelayFlow } from './relay.js';

/** What a proxy stands between. */
export interface FuzzProxyOptions {
  /** Address of the server. */
  readonly host: string;
  readonly port: number;
  readonly secret: Uint8Array;
  readonly actions: readonly FuzzAction[];
  readonly record: CaseRecord;
}

/** How the server's word that it accepts the peer went on: itself, with another code, or with wrong sums; or made up. */
export type AcceptPassed = 'own' | 'altered' | 'damaged' | 'forged';

/** What came to pass in one conversation. */
export interface FuzzFacts {
  /** The server sent an Access-Accept. */
  isAccepted: boolean;
  /** It sent an Access-Reject. */
  isRejected: boolean;
  /** The MSK in it. */
  msk: Buffer | undefined;
  /** What went to the peer of it. */
  readonly accepts: Set<AcceptPassed>;
  /** Something was changed, and signed again. */
  isChanged: boolean;
  /** A datagram passed with wrong sums. */
  isDamaged: boolean;
  /** The EAP type that the peer spoke last, and that of which octets were changed that its method proves. */
  method: number | undefined;
  tamperedMethod: number | undefined;
}

const newFacts = (): FuzzFacts => ({
  isAccepted: false,
  isRejected: false,
  msk: undefined,
  accepts: new Set(),
  isChanged: false,
  isDamaged: false,
  method: undefined,
  tamperedMethod: undefined,
});

/** How the message went on: not yet, only with wrong sums, or at least once with right ones. */
type Passed = 'not' | 'damaged' | 'whole';

/** A request, with the reply to it. */
interface Exchange {
  readonly index: number;
  /** Of its conversation. */
  readonly facts: FuzzFacts;
  readonly authenticator: Buffer;
  /** By direction, copies that came. */
  readonly copies: Record<FuzzDirection, number>;
  readonly passed: Record<FuzzDirection, Passed>;
  /** In the reply, as it came and as it went on. */
  readonly states: Buffer[];
  isAnswered: boolean;
  /** The request came again behind the reply: before that a server may be busy with the first copy. */
  isAskedAgain: boolean;
}

/** Of one direction. */
interface Way {
  /** The EAP packet of its last message. */
  last: Buffer | undefined;
  proved: ProvedOctets;
  /** Those of messages by their EAP packet in hexadecimal. */
  readonly ranges: Map<string, OctetRange[]>;
  /** Sent behind the next datagram. */
  readonly waiting: (() => void)[];
  /** The tampering that holds from now on, and the methods' messages that it has met. */
  tamper: FuzzAction | undefined;
  readonly tamperedKinds: Set<string>;
}

const newWay = (): Way => ({
  last: undefined,
  proved: new ProvedOctets(),
  ranges: new Map(),
  waiting: [],
  tamper: undefined,
  tamperedKinds: new Set(),
});

/** Milliseconds: the longest delay, and how long one waits for another to pass before it. */
const longestDelayMs = 300;
const holdMs = 700;

/** Owns the sockets and timers of a round. */
export class FuzzProxy implements AsyncDisposable {
  /** Of the conversation that the peer spoke in last. */
  facts: FuzzFacts = newFacts();
  /** What was believed that has wrong sums, in words. */
  readonly believed: string[] = [];
  /** Requests so far, retransmissions not counted. */
  requests = 0;
  /** The first request, as it came. */
  firstRequest: Buffer | undefined;
  readonly #options: FuzzProxyOptions;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #exchanges = new Map<string, Exchange>();
  /** By identifier, the last. */
  readonly #byId = new Map<number, Exchange>();
  readonly #ways: Record<FuzzDirection, Way> = { request: newWay(), reply: newWay() };
  #last: Exchange | undefined;
  #relay!: RadiusRelay;

  private constructor(options: FuzzProxyOptions) {
    this.#options = options;
  }

  /** Listens on a free port of 127.0.0.1. */
  static async listen(options: FuzzProxyOptions): Promise<FuzzProxy> {
    const proxy = new FuzzProxy(options);
    proxy.#relay = await RadiusRelay.listen({
      host: options.host,
      port: options.port,
      secret: options.secret,
      onClient: (direction, datagram) => options.record.datagram(direction, datagram),
      // Nothing passes by itself.
      onRequest(datagram, flow) {
        proxy.#onRequest(datagram, flow);
        return undefined;
      },
      onReply(datagram, flow) {
        proxy.#onReply(datagram, flow);
        return undefined;
      },
    });
    return proxy;
  }

  get port(): number {
    return this.#relay.port;
  }

  /** A request went to the server whole, and nothing came back. */
  get isUnanswered(): boolean {
    return [...this.#exchanges.values()].some(
      ({ passed, isAnswered }) => passed.request === 'whole' && !isAnswered,
    );
  }

  /** A request went to the server whole, and nothing came back, or nothing more where the peer asked again. */
  get isIgnored(): boolean {
    const isOver = ({ passed, isAskedAgain }: Exchange): boolean => isAskedAgain && passed.reply !== 'whole';
    return this.isUnanswered || [...this.#exchanges.values()].some(isOver);
  }

  /** A request or a reply was lost, and the peer did not ask again. */
  get isGivenUp(): boolean {
    return [...this.#exchanges.values()].some(
      ({ passed, isAskedAgain }) => !isAskedAgain && Object.values(passed).includes('not'),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#relay[Symbol.asyncDispose]();
  }

  #onRequest(datagram: Buffer, flow: RelayFlow): void {
    const message = messageOf(datagram);
    if (!message) {
      flow.toServer(datagram);
      return;
    }
    const key = datagram.toString('hex', 1, 2) + datagram.toString('hex', 4, 20);
    let exchange = this.#exchanges.get(key);
    if (!exchange) {
      this.#noteBelief(message);
      this.firstRequest ??= datagram;
      exchange = {
        index: this.requests++,
        facts: this.#conversationOf(message),
        authenticator: datagram.subarray(4, 20),
        copies: { request: 0, reply: 0 },
        passed: { request: 'not', reply: 'not' },
        states: [],
        isAnswered: false,
        isAskedAgain: false,
      };
      this.#exchanges.set(key, exchange);
      this.#byId.set(message.id, exchange);
      this.#last = exchange;
    }
    exchange.isAskedAgain ||= exchange.isAnswered;
    this.#pass('request', exchange, datagram, message, flow);
  }

  #onReply(datagram: Buffer, flow: RelayFlow): void {
    const message = messageOf(datagram);
    const exchange = message && this.#byId.get(message.id);
    if (!exchange) {
      this.believed.push('the server answered a request with an identifier that only a damaged one had');
      return;
    }
    if (exchange.passed.request !== 'whole') {
      this.believed.push(`the server answered request ${exchange.index}, whose sums were wrong`);
    }
    exchange.isAnswered = true;
    if (message.code === radiusCodes.accessAccept) {
      const keys = decryptKeys(message.attributes, exchange.authenticator, this.#options.secret);
      exchange.facts.isAccepted = true;
      exchange.facts.msk = keys && mskOf(keys);
    }
    if (message.code === radiusCodes.accessReject) exchange.facts.isRejected = true;
    this.#pass('reply', exchange, datagram, message, flow);
  }

  /** A new request with the State of a reply that came with wrong sums only. */
  #noteBelief({ attributes }: RadiusMessage): void {
    const [state] = valuesOf(attributes, attributeTypes.State);
    if (!state || this.#last?.passed.reply !== 'damaged') return;
    if (this.#last.states.some((each) => each.equals(state))) {
      this.believed.push(
        `the peer's side went on with the reply to request ${this.#last.index}, whose sums were wrong`,
      );
    }
  }

  /** That of the reply whose State a new request has; with an identity and without State one begins. */
  #conversationOf({ attributes }: RadiusMessage): FuzzFacts {
    const eap = joinEapMessage(attributes);
    const [code, , , , type = 0] = eap instanceof Uint8Array ? eap : [];
    const [state] = valuesOf(attributes, attributeTypes.State);
    if (state) {
      const had = [...this.#exchanges.values()].findLast(({ states }) =>
        states.some((each) => each.equals(state)),
      );
      this.facts = had?.facts ?? this.facts;
    } else if (code === eapCodes.response && type === eapTypes.identity) {
      this.facts = newFacts();
      for (const way of Object.values(this.#ways)) {
        way.proved = new ProvedOctets();
        way.tamper = undefined;
        way.tamperedKinds.clear();
      }
    }
    if (type > eapTypes.nak) this.facts.method = type;
    return this.facts;
  }

  /** Does the actions to a datagram, and passes it on. */
  #pass(
    direction: FuzzDirection,
    exchange: Exchange,
    datagram: Buffer,
    message: RadiusMessage,
    flow: RelayFlow,
  ): void {
    const isFirst = exchange.copies[direction]++ === 0;
    const { actions } = this.#options;
    const own = isFirst
      ? actions.filter((each) => each.index === exchange.index && each.direction === direction)
      : [];
    const octets = this.#changed(direction, exchange, datagram, message, flow, own);
    const isDamaged = own.some(({ what }) => what === 'damage');
    const send = (): void => {
      if (exchange.passed[direction] !== 'whole')
        exchange.passed[direction] = isDamaged ? 'damaged' : 'whole';
      if (direction === 'request') return flow.toServer(octets);
      const accept = acceptPassed(datagram, octets, isDamaged);
      if (accept) exchange.facts.accepts.add(accept);
      flow.toClient(octets);
    };
    const way = this.#ways[direction];
    const behind = way.waiting.splice(0);
    const has = (what: FuzzAction['what']): FuzzAction | undefined => own.find((each) => each.what === what);
    const delay = has('delay');
    if (has('hold')) this.#waitFor(way, send);
    else if (delay) this.#later(delay.at * longestDelayMs, send);
    else if (!has('drop')) send();
    if (has('double')) send();
    for (const each of behind) each();
    if (has('again')) this.#waitFor(way, send);
  }

  /** The datagram with the changes of its actions. */
  #changed(
    direction: FuzzDirection,
    exchange: Exchange,
    datagram: Buffer,
    message: RadiusMessage,
    flow: RelayFlow,
    own: readonly FuzzAction[],
  ): Buffer {
    const way = this.#ways[direction];
    const eap = joinEapMessage(message.attributes);
    const isReply = direction === 'reply';
    let octets = datagram;
    const note = (changed: Buffer): void => {
      if (changed.equals(octets)) return;
      octets = changed;
      exchange.facts.isChanged = true;
    };
    if (eap instanceof Uint8Array) {
      way.tamper = own.find(({ what }) => what === 'tamper') ?? way.tamper;
      const other = way.tamper && this.#tampered(way, eap, way.tamper);
      if (other) {
        exchange.facts.tamperedMethod = eap[4];
        note(flow.eap(octets, () => other, isReply));
      } else if (!way.tamper) this.#rangesOf(way, eap);
    }
    for (const action of own) {
      const family = familyOf(action.what);
      if (family === 'eap') note(flow.eap(octets, (each) => changedOctets(each, action, way.last), isReply));
      if (family === 'radius') {
        const change = (each: RadiusMessage) => changedMessage(each, action, isReply);
        note(isReply ? flow.reply(octets, change) : flow.request(octets, change));
      }
    }
    for (const state of [...valuesOf(message.attributes, attributeTypes.State), ...statesOf(octets)]) {
      exchange.states.push(Buffer.from(state));
    }
    if (eap instanceof Uint8Array) way.last = eap;
    const damage = own.find(({ what }) => what === 'damage');
    if (!damage) return octets;
    exchange.facts.isDamaged = true;
    const copy = Buffer.from(octets);
    const place = Math.floor(damage.at * copy.length);
    copy[place] = (copy[place] ?? 0) ^ (1 + (damage.value % 255));
    return copy;
  }

  /** What the method proves of the packet, which is looked at once, in its turn. */
  #rangesOf(way: Way, eap: Buffer): OctetRange[] {
    const key = eap.toString('hex');
    const ranges = way.ranges.get(key) ?? way.proved.of(eap);
    way.ranges.set(key, ranges);
    return ranges;
  }

  /** One packet is tampered with and, as the other side may ask again, all that say the same or are of its kind. */
  #tampered(way: Way, eap: Buffer, tamper: FuzzAction): Buffer | undefined {
    const other = tampered(eap, this.#rangesOf(way, eap), tamper);
    if (!other) return undefined;
    const kind = tamperedKind(eap);
    if (way.tamperedKinds.size > 0 && !way.tamperedKinds.has(kind)) return undefined;
    way.tamperedKinds.add(kind);
    return other;
  }

  #later(ms: number, send: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      send();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  /** Sends behind the next datagram of this way, or where none comes after a while. */
  #waitFor(way: Way, send: () => void): void {
    const release = (): void => {
      clearTimeout(timer);
      this.#timers.delete(timer);
      send();
    };
    const timer = this.#later(holdMs, () => {
      way.waiting.splice(way.waiting.indexOf(release), 1);
      send();
    });
    way.waiting.push(release);
  }
}

/** What a reply was of the server's word that it accepts the peer, and what the proxy has made of it. */
function acceptPassed(came: Buffer, went: Buffer, isDamaged: boolean): AcceptPassed | undefined {
  const accept = radiusCodes.accessAccept;
  if (came[0] !== accept) return !isDamaged && went[0] === accept ? 'forged' : undefined;
  if (isDamaged) return 'damaged';
  return went[0] === accept ? 'own' : 'altered';
}

const statesOf = (datagram: Buffer): Buffer[] =>
  valuesOf(messageOf(datagram)?.attributes ?? [], attributeTypes.State);

/** A message with a change of RADIUS. */
function changedMessage(
  message: RadiusMessage,
  { what, at, value }: FuzzAction,
  isReply: boolean,
): Partial<RadiusMessage> | undefined {
  const { attributes } = message;
  const place = Math.floor(at * attributes.length);
  const one = attributes[place];
  if (what === 'code') {
    const codes: readonly number[] = Object.values(radiusCodes);
    return { code: isReply ? (codes[value % codes.length] ?? value) : value };
  }
  if (!one) return undefined;
  const others = (...own: readonly RadiusAttribute[]) => ({
    attributes: attributes.toSpliced(place, 1, ...own),
  });
  if (what === 'attributeOut') return others();
  if (what === 'attributeTwice') return others(one, one);
  if (what === 'attributeCut')
    return others({ ...one, value: one.value.subarray(0, value % (one.value.length + 1)) });
  const flipped = Uint8Array.from(one.value);
  const spot = value % Math.max(1, flipped.length);
  if (flipped.length > 0) flipped[spot] = (flipped[spot] ?? 0) ^ (1 + (value % 255));
  return others({ ...one, value: flipped });
}
