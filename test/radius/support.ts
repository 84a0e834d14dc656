// What the RADIUS suites share: a seeded generator, a small EAP method, and plain UDP sockets that send any octets.

import { createHash, randomBytes } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { attributeTypes, encodeMppeKeys } from '../../lib/eap/attributes.js';
import type {
  AuthenticatorAction,
  AuthenticatorBegin,
  AuthenticatorResult,
  MethodDefinition,
  SendTimeout,
} from '../../lib/hosts/method.js';
import { type RadiusAttribute, splitEapMessage } from '../../lib/radius/attributes.js';
import { eapPacket } from '../../lib/eap/packet.js';
import {
  checkReply,
  decodePacket,
  encodeRequest,
  radiusCodes,
  type RadiusPacket,
} from '../../lib/radius/packet.js';
import type { EapAttribute, MethodType } from '../../lib/eap/names.js';

export const secret = 'testing123';

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Waits until `condition` holds; fails after 30 seconds. */
export async function until(condition: () => boolean): Promise<void> {
  const end = performance.now() + 30_000;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`never came true: ${String(condition)}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** How the small method behaves. Each response is one octet that says what the method is to do. */
export interface EchoOptions {
  readonly type?: MethodType;
  readonly timeout?: SendTimeout;
  readonly attributes?: readonly EapAttribute[];
  /** Octets of data in each request. */
  readonly size?: number;
  /** Called before each answer; may wait, may throw. */
  readonly onReceive?: (packet: Uint8Array) => Promise<void> | void;
  readonly onBegin?: (begin: AuthenticatorBegin) => Promise<void> | void;
  /** Sees every call, in order. */
  readonly log?: string[];
  /** Replaces what sendPacket gives. */
  readonly request?: (id: number) => Uint8Array;
  /** The MSK that is exported; default: echoMsk. */
  readonly msk?: Uint8Array;
  /** Called by end(); may throw. */
  readonly onEnd?: () => void;
  /** It proves no name; default: that of the outer identity. */
  readonly isNameless?: boolean;
  /** The answer to setAttributes; default: send. */
  readonly afterAttributes?: AuthenticatorAction;
}

/** What the peer of the small method may ask of it. */
export const wishes = {
  more: 1,
  accept: 2,
  refuse: 3,
  discard: 4,
  respond: 5,
  fail: 6,
  inner: 7,
  odd: 8,
} as const;

/** The MSK that the small method exports. */
export const echoMsk = Buffer.from(Array.from({ length: 64 }, (_, index) => index));

/** The octets of a type in a packet. */
export function typeOctets({ type, vendorId = 0, vendorType = 0 }: MethodType): Buffer {
  if (type !== 254) return Buffer.of(type);
  const octets = Buffer.alloc(8);
  octets.writeUInt32BE(vendorId, 0);
  octets.writeUInt32BE(vendorType, 4);
  octets.writeUInt8(254, 0);
  return octets;
}

/** A method whose authenticator does what the peer wishes. */
export function echoMethod(options: EchoOptions = {}): MethodDefinition {
  const { type = { type: 200 }, log, timeout, attributes = [], size = 4 } = options;
  const prefix = typeOctets(type);
  return {
    type,
    name: `echo ${type.type}`,
    properties: 0,
    authenticator: {
      async beginSession(begin) {
        log?.push(`begin ${begin.identity}`);
        await options.onBegin?.(begin);
        let result: AuthenticatorResult = { isSuccess: false, attributes: [] };
        const actions: Readonly<Record<number, AuthenticatorAction>> = {
          [wishes.more]: 'send',
          [wishes.accept]: 'result',
          [wishes.refuse]: 'result',
          [wishes.respond]: 'respond',
          [wishes.inner]: 'handleIdentity',
          [wishes.odd]: 'authenticate',
        };
        return {
          sendPacket(id) {
            log?.push(`send ${id}`);
            const packet =
              options.request?.(id) ?? eapPacket(1, id, Buffer.concat([prefix, Buffer.alloc(size)]));
            return { packet, ...(timeout && { timeout }) };
          },
          async receivePacket(packet) {
            const wish = packet.at(-1) ?? 0;
            log?.push(`receive ${wish}`);
            await options.onReceive?.(packet);
            if (wish === wishes.fail) throw new Error('the method fails');
            if (wish === wishes.accept) {
              result = {
                isSuccess: true,
                ...(!options.isNameless && { identity: begin.identity }),
                attributes: [...encodeMppeKeys(options.msk ?? echoMsk, 'authenticator'), ...attributes],
              };
            }
            if (wish === wishes.refuse) result = { isSuccess: false, failureReasonCode: 691, attributes: [] };
            return actions[wish] ?? 'discard';
          },
          getAttributes() {
            log?.push('getAttributes');
            return [{ type: attributeTypes.UserName, value: Buffer.from('asked') }];
          },
          setAttributes(given) {
            log?.push(`setAttributes ${given.length}`);
            return options.afterAttributes ?? 'send';
          },
          updateInnerMethodParams(identity) {
            log?.push(`inner ${identity}`);
          },
          getResult() {
            log?.push('getResult');
            return result;
          },
          end() {
            log?.push('end');
            options.onEnd?.();
          },
        };
      },
    },
  };
}

/** The peer's response to the small method. */
export function wish(id: number, what: number, type: MethodType = { type: 200 }): Buffer {
  return eapPacket(2, id, Buffer.concat([typeOctets(type), Buffer.of(what)]));
}

/** EAP-Response/Identity. */
export function identityResponse(id: number, identity = 'anna'): Buffer {
  return eapPacket(2, id, Buffer.concat([Buffer.of(1), Buffer.from(identity)]));
}

/** A bound UDP socket that keeps what it gets. */
export class BareSocket implements AsyncDisposable {
  readonly received: Buffer[] = [];
  readonly #socket: Socket;
  readonly #waiting: ((datagram: Buffer) => void)[] = [];

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (datagram) => {
      const next = this.#waiting.shift();
      if (next) next(datagram);
      else this.received.push(datagram);
    });
  }

  static async open(address = '127.0.0.1'): Promise<BareSocket> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new BareSocket(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  onDatagram(listener: (datagram: Buffer, from: RemoteInfo) => void): void {
    this.#socket.on('message', listener);
  }

  send(datagram: Uint8Array, port: number, address = '127.0.0.1'): void {
    this.#socket.send(datagram, port, address);
  }

  /** The next datagram. Rejects when none comes within 30 seconds. */
  async next(): Promise<Buffer> {
    const earlier = this.received.shift();
    if (earlier) return earlier;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise((resolve, reject) => {
        timer = setTimeout(() => reject(new Error('no datagram came')), 30_000);
        this.#waiting.push(resolve);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }
}

/** A hand-made client on one socket: each request is under its control, each reply is verified. */
export class BareClient implements AsyncDisposable {
  readonly socket: BareSocket;
  readonly #port: number;
  readonly #address: string;
  #id = 0;

  private constructor(socket: BareSocket, port: number, address: string) {
    this.socket = socket;
    this.#port = port;
    this.#address = address;
  }

  static async open(port: number, address = '127.0.0.1', localAddress = address): Promise<BareClient> {
    return new BareClient(await BareSocket.open(localAddress), port, address);
  }

  /** An Access-Request with this EAP packet. */
  request(eap: Uint8Array | undefined, attributes: readonly RadiusAttribute[] = []): Buffer {
    return encodeRequest(
      {
        code: radiusCodes.accessRequest,
        id: (this.#id = (this.#id + 1) & 0xff),
        authenticator: randomBytes(16),
        attributes: [...attributes, ...(eap ? splitEapMessage(eap) : [])],
      },
      Buffer.from(secret),
    );
  }

  send(datagram: Uint8Array): void {
    this.socket.send(datagram, this.#port, this.#address);
  }

  /** Sends a datagram, gives the verified reply. */
  async ask(datagram: Buffer): Promise<RadiusPacket> {
    this.send(datagram);
    const reply = decodePacket(await this.socket.next());
    if (typeof reply === 'string') throw new Error(`malformed reply: ${reply}`);
    const fault = checkReply(reply, datagram.subarray(4, 20), Buffer.from(secret));
    if (fault) throw new Error(`bad reply: ${fault}`);
    return reply;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.socket[Symbol.asyncDispose]();
  }
}

/** A reply whose Response Authenticator is right, with these attributes and no others: none is added. */
export function bareReply(
  code: number,
  request: RadiusPacket,
  attributes: readonly RadiusAttribute[] = [],
): Buffer {
  const octets = attributes.flatMap(({ type, value }) => [type, 2 + value.length, ...value]);
  const bytes = Buffer.from([code, request.id, 0, 20 + octets.length, ...request.authenticator, ...octets]);
  createHash('md5').update(bytes).update(secret).digest().copy(bytes, 4);
  return bytes;
}

/** A decoded packet, or a failed test. */
export function decoded(datagram: Uint8Array): RadiusPacket {
  const packet = decodePacket(datagram);
  if (typeof packet === 'string') throw new Error(`malformed: ${packet}`);
  return packet;
}
