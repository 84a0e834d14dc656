// The RADIUS client: requests out, the right replies in, everything else counted and dropped.

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { untilAborted } from '../base/abort.js';
import { withCaller } from '../base/errors.js';
import { ownOptions, type OptionNames, toInteger, toText } from '../base/arguments.js';
import { attributeTypes, toAttributes } from '../eap/attributes.js';
import { canonicalAddress, copySecret, type Secret } from './address.js';
import { type RadiusAttribute, RadiusError, textAttribute, valuesOf } from './attributes.js';
import { decryptKeys, type MppeKeys } from './mppe.js';
import {
  checkReply,
  decodePacket,
  encodeRequest,
  type FormFault,
  type IntegrityFault,
  radiusCodes,
  type RadiusPacket,
} from './packet.js';
import { ClientPort } from './port.js';
import { randomOctets } from '../base/random.js';
import { secretFrom } from '../base/secret.js';

/** How a client reaches its server. */
export interface RadiusClientOptions {
  /** Name or address of the server. A name's first address is used, IPv4 first; looked up again after a timeout. */
  readonly host: string;
  /** Default 1812. */
  readonly port?: number;
  /** Copied; wiped by close(). */
  readonly secret: Secret;
  /** Wait for a reply to the first transmission, in milliseconds; doubles each time up to 16 s. Default 2000. */
  readonly timeoutMs?: number;
  /** Transmissions after the first. Default 3. */
  readonly retries?: number;
  /** NAS-Identifier of every request. Default `eaphost`. */
  readonly nasIdentifier?: string;
  /** Local address to send from; decides the address family too. Default: any. */
  readonly localAddress?: string;
}

const clientNames: OptionNames<RadiusClientOptions> = {
  host: 'string',
  port: 'number',
  secret: 'secret',
  timeoutMs: 'number',
  retries: 'number',
  nasIdentifier: 'string',
  localAddress: 'string',
};

/** An Access-Request to be sent. */
export interface RadiusRequest {
  /** Default Access-Request. */
  readonly code?: number;
  /** Without Message-Authenticator and NAS-Identifier, which the client adds. */
  readonly attributes: readonly RadiusAttribute[];
}

/** How one request is sent. */
export interface RadiusRequestOptions {
  /** Ends the wait; request() rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Called for each transmission, `attempt` counted from 1. */
  readonly onSent?: (sent: { readonly id: number; readonly attempt: number }) => void;
}

/** A verified reply: its Response Authenticator is right. */
export interface RadiusReply {
  readonly code: number;
  readonly id: number;
  readonly attributes: readonly RadiusAttribute[];
  /**
   * Whether it had a Message-Authenticator. Only a refusal without EAP-Message is taken without: servers send it
   * where they know no conversation. An attacker on the path can forge one (Blast-RADIUS), which harms only
   * availability.
   */
  readonly isAuthenticated: boolean;
  /** MS-MPPE keys, decrypted, where the reply has both. */
  readonly keys?: MppeKeys;
  /** Transmissions that it took. */
  readonly attempts: number;
  /** Milliseconds since the first transmission. */
  readonly elapsedMs: number;
}

/** Why a datagram was not taken as a reply. */
export type ReplyDropReason =
  | FormFault
  | IntegrityFault
  /** Not from the server's address and port. */
  | 'unknownSource'
  /** Neither Accept, Reject nor Challenge. */
  | 'unexpectedCode'
  /** No request with this id waits on this socket: late or doubled. */
  | 'unexpectedId'
  | 'badResponseAuthenticator';

/** The counters of a client. */
export interface RadiusClientCounters {
  requests: number;
  retransmissions: number;
  replies: number;
  /** Of these, refusals without Message-Authenticator. */
  unauthenticated: number;
  timeouts: number;
  dropped: Record<ReplyDropReason, number>;
}

const maxTimeoutMs = 16_000;

/** What helps where replies came and were dropped; undefined if nothing is known. */
export function dropsRemedy(dropped: Readonly<Partial<Record<ReplyDropReason, number>>>): string | undefined {
  if (dropped.badResponseAuthenticator || dropped.badMessageAuthenticator) {
    return 'check the shared secret: the server’s replies are signed with another one';
  }
  if (dropped.noMessageAuthenticator) {
    return 'have the server sign its replies with Message-Authenticator, since others could forge them without';
  }
  return undefined;
}

/** What helps where a server is silent. */
export const silenceRemedy =
  'check the shared secret first, as servers are silent about a wrong one; then the address and the port, that the ' +
  'server knows this client, and the firewalls between';

/**
 * A RADIUS client for one server. It sends nothing before the first request. The constructor throws a TypeError or
 * RangeError that names a bad option. Replies without a valid Message-Authenticator are dropped and counted, except
 * for refusals: see `RadiusReply.isAuthenticated`. Any number of requests may be outstanding: every 256 open another
 * socket. Only a request in flight keeps the process alive.
 *
 * In a worker thread, close it and let the thread end by itself: `worker.terminate()` while a `dgram` socket is open aborts
 * the whole process now and then, a fault of Node.
 *
 * @example
 * ```ts
 * import { RadiusClient } from 'eaphost/radius';
 *
 * const options = { host: 'radius.example.org', secret: 'shared secret', timeoutMs: 2000, retries: 3 };
 * await using client = new RadiusClient(options);
 * ```
 */
export class RadiusClient implements AsyncDisposable {
  readonly counters: RadiusClientCounters = {
    requests: 0,
    retransmissions: 0,
    replies: 0,
    unauthenticated: 0,
    timeouts: 0,
    dropped: {
      tooShort: 0,
      badLength: 0,
      badAttribute: 0,
      noMessageAuthenticator: 0,
      badMessageAuthenticator: 0,
      unknownSource: 0,
      unexpectedCode: 0,
      unexpectedId: 0,
      badResponseAuthenticator: 0,
    },
  };
  readonly #host: string;
  readonly #localAddress: string | undefined;
  readonly #serverPort: number;
  readonly #timeoutMs: number;
  readonly #retries: number;
  readonly #secret: Buffer;
  readonly #nasIdentifier: RadiusAttribute;
  readonly #ports: ClientPort[] = [];
  #server: Promise<{ address: string; family: number }> | undefined;
  #closed = false;

  /** Opens nothing yet. Rejects bad options with TypeError or RangeError. */
  constructor(given: RadiusClientOptions) {
    const options = ownOptions(given, 'options', clientNames, ['host', 'secret']);
    const { localAddress } = options;
    if (localAddress !== undefined && isIP(localAddress) === 0) {
      throw new TypeError(`localAddress is not an address: ${localAddress}`);
    }
    this.#host = toText(options.host, 'host');
    this.#localAddress = localAddress;
    this.#serverPort = toInteger(options.port ?? 1812, 'port', 1, 65_535);
    this.#timeoutMs = toInteger(options.timeoutMs ?? 2000, 'timeoutMs', 1, 3_600_000);
    this.#retries = toInteger(options.retries ?? 3, 'retries', 0, 1000);
    this.#nasIdentifier = textAttribute(attributeTypes.NASIdentifier, options.nasIdentifier ?? 'eaphost');
    this.#secret = copySecret(options.secret);
  }

  /** Sockets open now. */
  get sockets(): number {
    return this.#ports.length;
  }

  /**
   * Sends a request until a verified reply comes: the same datagram each time. Rejects with EAPHOST_RADIUS_TIMEOUT,
   * EAPHOST_RADIUS_NETWORK, EAPHOST_RADIUS_CLOSED, EAPHOST_RADIUS_TOO_LONG, or the signal's reason.
   */
  async request(request: RadiusRequest, given: RadiusRequestOptions = {}): Promise<RadiusReply> {
    const asked = ownOptions(request, 'request', { code: 'number', attributes: 'array' }, ['attributes']);
    if (asked.code !== undefined) toInteger(asked.code, 'request.code', 0, 255);
    const options = ownOptions(given, 'options', { signal: 'signal', onSent: 'function' });
    // It waits before it encodes them, and the caller may use the memory again.
    const attributes = toAttributes(asked.attributes, 'request.attributes').map(({ type, value }) => ({
      type,
      value: secretFrom(value),
    }));
    try {
      return await this.#send({ ...asked, attributes }, options);
    } finally {
      for (const { value } of attributes) value.fill(0);
    }
  }

  /** Rejects what is in flight with EAPHOST_RADIUS_CLOSED, closes the sockets, wipes the secret. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all(this.#ports.splice(0).map((port) => port.close(closedError())));
    this.#secret.fill(0);
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Sends a request when there is a socket for it. */
  async #send(request: RadiusRequest, options: RadiusRequestOptions): Promise<RadiusReply> {
    const { signal } = options;
    const server = await untilAborted(this.#resolve(), signal);
    if (this.#closed) throw closedError();
    const port = this.#freePort(server);
    const id = port.reserve();
    try {
      await untilAborted(port.ready, signal);
      if (this.#closed) throw closedError();
      return await this.#exchange(port, id, server.address, request, options);
    } catch (error) {
      throw signal?.aborted === true ? error : withCaller(error);
    } finally {
      port.release(id);
    }
  }

  async #exchange(
    port: ClientPort,
    id: number,
    address: string,
    request: RadiusRequest,
    { signal, onSent }: RadiusRequestOptions,
  ): Promise<RadiusReply> {
    const authenticator = randomOctets(16);
    const datagram = encodeRequest(
      {
        code: request.code ?? radiusCodes.accessRequest,
        id,
        authenticator,
        attributes: [this.#nasIdentifier, ...request.attributes],
      },
      this.#secret,
    );
    this.counters.requests++;
    const started = performance.now();
    let attempts = 0;
    let timer: NodeJS.Timeout | undefined;
    const dropped: Partial<Record<ReplyDropReason, number>> = {};
    const exchange = new Promise<RadiusReply>((resolve, reject) => {
      const transmit = () => {
        if (attempts > this.#retries) return reject(this.#timeout(attempts, dropped));
        timer = setTimeout(transmit, this.#waitMs(attempts));
        if (attempts > 0) this.counters.retransmissions++;
        attempts++;
        port.send(datagram, this.#serverPort, address);
        try {
          onSent?.({ id, attempt: attempts });
        } catch (error) {
          reject(error);
        }
      };
      const take = (packet: RadiusPacket) => {
        const fault = checkReply(packet, authenticator, this.#secret);
        const isAuthenticated = fault === undefined;
        if (fault && !isBareRefusal(packet, fault)) {
          dropped[fault] = (dropped[fault] ?? 0) + 1;
          return this.#drop(fault);
        }
        this.counters.replies++;
        if (!isAuthenticated) this.counters.unauthenticated++;
        const { code, attributes } = packet;
        const keys = decryptKeys(attributes, authenticator, this.#secret);
        const elapsedMs = performance.now() - started;
        resolve({ code, id, attributes, isAuthenticated, ...(keys && { keys }), attempts, elapsedMs });
      };
      port.expect(id, { take, fail: reject });
      transmit();
    });
    try {
      return await untilAborted(exchange, signal);
    } finally {
      clearTimeout(timer);
    }
  }

  /** The wait after a transmission: doubled each time, and spread so that clients do not march in step. */
  #waitMs(attempt: number): number {
    const longest = Math.max(maxTimeoutMs, this.#timeoutMs);
    return Math.min(this.#timeoutMs * 2 ** attempt, longest) * (0.9 + 0.2 * Math.random());
  }

  #timeout(attempts: number, dropped: Readonly<Partial<Record<ReplyDropReason, number>>>): RadiusError {
    this.counters.timeouts++;
    this.#server = undefined; // the name may have moved
    const said = Object.entries(dropped).map(([reason, count]) => `${reason} ${count}`);
    return new RadiusError(
      'EAPHOST_RADIUS_TIMEOUT',
      `no valid reply from ${this.#host} port ${this.#serverPort} to ${attempts} transmissions` +
        (said.length > 0 ? `; dropped were ${said.join(', ')}` : '') +
        `; ${dropsRemedy(dropped) ?? silenceRemedy}`,
    );
  }

  /** Called by a port for each datagram. */
  #receive(port: ClientPort, datagram: Buffer, from: { address: string; port: number }): void {
    if (from.port !== this.#serverPort || canonicalAddress(from.address) !== canonicalAddress(port.server)) {
      return this.#drop('unknownSource');
    }
    const packet = decodePacket(datagram);
    if (typeof packet === 'string') return this.#drop(packet);
    const { accessAccept, accessReject, accessChallenge } = radiusCodes;
    if (![accessAccept, accessReject, accessChallenge].some((code) => code === packet.code)) {
      return this.#drop('unexpectedCode');
    }
    const pending = port.pending(packet.id);
    if (!pending) return this.#drop('unexpectedId');
    pending.take(packet);
  }

  #drop(reason: ReplyDropReason): void {
    this.counters.dropped[reason]++;
  }

  #freePort({ address, family }: { address: string; family: number }): ClientPort {
    const former = this.#ports.splice(0);
    for (const port of former) {
      if (port.failed) continue;
      // The name has moved, and nothing is waited for there any more.
      if (port.server !== address && port.idle) void port.close(closedError());
      else this.#ports.push(port);
    }
    const free = this.#ports.find((port) => port.server === address && !port.full);
    if (free) return free;
    const port = new ClientPort(address, family, this.#localAddress, (datagram, from) =>
      this.#receive(port, datagram, from),
    );
    this.#ports.push(port);
    return port;
  }

  #resolve(): Promise<{ address: string; family: number }> {
    if (this.#closed) return Promise.reject(closedError());
    const family = this.#localAddress === undefined ? 0 : isIP(this.#localAddress);
    this.#server ??= lookup(this.#host, { family, order: 'ipv4first' }).catch((cause: unknown) => {
      this.#server = undefined;
      const message = `the RADIUS server's name ${this.#host} does not resolve; check the name and the network, or give an address`;
      throw new RadiusError('EAPHOST_RADIUS_NETWORK', message, { cause });
    });
    return this.#server;
  }
}

/** A refusal that lacks a Message-Authenticator and carries nothing that needs one (RFC 3579, 3.1). */
function isBareRefusal({ code, attributes }: RadiusPacket, fault: string): boolean {
  return (
    fault === 'noMessageAuthenticator' &&
    code === radiusCodes.accessReject &&
    valuesOf(attributes, attributeTypes.EAPMessage).length === 0
  );
}

function closedError(): RadiusError {
  return new RadiusError('EAPHOST_RADIUS_CLOSED', 'the RADIUS client is closed');
}
