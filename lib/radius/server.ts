// The RADIUS server: the checks that a datagram must pass, doubled requests, and the octets of replies.

import { isIP } from 'node:net';
import { maskPacket } from '../eap/describe.js';
import { wholePacket } from '../eap/packet.js';
import { ownOptions, toInteger, toName } from '../base/arguments.js';
import { attributeTypes } from '../eap/attributes.js';
import { canonicalAddress, ClientSecrets } from './address.js';
import { asBuffer, joinEapMessage, RadiusError, splitEapMessage, valuesOf } from './attributes.js';
import { toRounds } from '../eap/rounds.js';
import { checkRequest, decodePacket, encodeReply, radiusCodes } from './packet.js';
import { ChannelLink, type Link, SocketLink } from './link.js';
import { socketTrouble } from './port.js';
import { ReplyCache } from './replies.js';
import {
  bareInnerChoices,
  type ClientAddress,
  newServerCounters,
  type RadiusServerCounters,
  type RadiusServerEvent,
  type RadiusServerOptions,
  type RequestDropReason,
  serverOptionNames,
} from './server-types.js';
import { refusal, type ServerReply, type ServerRequest, SessionTable } from './sessions.js';

const maxCachedReplies = 16_384;

/**
 * A RADIUS server that authenticates peers with EAP methods (RFC 2865, RFC 3579), made by
 * {@link RadiusServer.listen}. A request without a valid Message-Authenticator, or of a client without a secret, gets
 * no reply; `counters` and the event `dropped` say why. An error of a method refuses its conversation and nothing
 * else. It keeps the process alive unless `unref` was asked for.
 */
export class RadiusServer implements AsyncDisposable {
  readonly counters: RadiusServerCounters = newServerCounters();
  readonly #onEvent: RadiusServerOptions['onEvent'];
  #secrets: ClientSecrets;
  /** How many requests are under way with which secrets: those that were replaced are kept for their replies. */
  readonly #serving = new Map<ClientSecrets, number>();
  readonly #link: Link;
  readonly #replies: ReplyCache;
  readonly #sessions: SessionTable;
  #closing: Promise<void> | undefined;

  private constructor(given: RadiusServerOptions) {
    const options = ownOptions(given, 'options', serverOptionNames, ['methods']);
    const { address = '127.0.0.1' } = options;
    if (isIP(address) === 0) throw new TypeError(`address is not an IP address: ${address}`);
    const day = 86_400_000;
    const windowMs = toInteger(options.duplicateWindowMs ?? 30_000, 'duplicateWindowMs', 1, day);
    const port = toInteger(options.port ?? 1812, 'port', 0, 65_535);
    const { channel } = options;
    if (channel !== undefined && (options.address ?? options.port) !== undefined) {
      throw new TypeError('channel takes the place of address and port');
    }
    if (channel !== undefined && typeof channel.postMessage !== 'function')
      throw new TypeError('channel must be a MessagePort');
    this.#onEvent = options.onEvent;
    const maxSessions = toInteger(options.maxSessions ?? 10_000, 'maxSessions', 1, 10_000_000);
    const { maxSessionsPerClient = Math.ceil(maxSessions / 2), bareInnerMethods = 'accept' } = options;
    this.#replies = new ReplyCache(windowMs, maxCachedReplies);
    this.#sessions = new SessionTable(
      {
        methods: options.methods,
        bareInnerMethods: toName(bareInnerMethods, 'bareInnerMethods', bareInnerChoices),
        policy: options.policy,
        authorize: options.authorize,
        onAttributes: options.onAttributes,
        sessionTimeoutMs: toInteger(options.sessionTimeoutMs ?? 60_000, 'sessionTimeoutMs', 1, day),
        maxSessions,
        maxSessionsPerClient: toInteger(maxSessionsPerClient, 'maxSessionsPerClient', 1, 10_000_000),
        maxRounds: toRounds(options.maxRounds),
        number: () => this.#link.number,
      },
      this.counters,
      (event) => this.#emit(event),
    );
    this.#secrets = secretsOf(options);
    this.#link = channel === undefined ? new SocketLink(address, port) : new ChannelLink(channel);
  }

  /**
   * Starts a server. Rejects bad options with TypeError or RangeError, and with EAPHOST_RADIUS_NETWORK.
   *
   * @example
   * ```ts
   * import { memoryUsers, mschapv2Authenticator } from 'eaphost/methods';
   * import { RadiusServer } from 'eaphost/radius';
   *
   * const users = memoryUsers({ alice: 'correct horse' });
   * const methods = [mschapv2Authenticator({ users })];
   * await using server = await RadiusServer.listen({ secret: 'shared secret', methods, port: 0 });
   * console.log('listening on port', server.port);
   * ```
   */
  static async listen(options: RadiusServerOptions): Promise<RadiusServer> {
    const server = new RadiusServer(options);
    try {
      await server.#link.open({
        receive: (datagram, from) => server.#receive(datagram, from),
        count: () => ({ counters: server.counters, sessions: server.sessions }),
        close: () => server.close(),
      });
    } catch (cause) {
      await server.close();
      const { address, port } = server;
      throw new RadiusError(
        'EAPHOST_RADIUS_NETWORK',
        `the RADIUS server cannot listen on ${address} port ${port} ${socketTrouble(cause, port)}`,
        { cause },
      );
    }
    if (ownOptions(options, 'options', serverOptionNames).unref) server.#link.unref();
    return server;
  }

  /** Where it listens. */
  get address(): string {
    return this.#link.address;
  }

  /** The port in use, also when 0 was asked for. */
  get port(): number {
    return this.#link.port;
  }

  /** Conversations under way. */
  get sessions(): number {
    return this.#sessions.size;
  }

  /**
   * Takes these secrets in place of those so far. Conversations go on; requests under way are answered with the
   * secret that they came with. Throws TypeError for options that listen() would reject.
   */
  replaceSecrets(options: Pick<RadiusServerOptions, 'secret' | 'clients'>): void {
    if (this.#closing) throw new Error('the RADIUS server is closed');
    const secrets = secretsOf(ownOptions(options, 'options', { secret: 'secret', clients: 'object' }));
    const former = this.#secrets;
    this.#secrets = secrets;
    if (!this.#serving.has(former)) former.wipe();
  }

  /** Ends every conversation, closes the socket, wipes the secrets. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #close(): Promise<void> {
    this.#replies.clear();
    await this.#link.close();
    await this.#sessions.close();
    this.#secrets.wipe();
    for (const secrets of this.#serving.keys()) secrets.wipe();
  }

  #served(secrets: ClientSecrets): void {
    const left = (this.#serving.get(secrets) ?? 1) - 1;
    if (left > 0) {
      this.#serving.set(secrets, left);
      return;
    }
    this.#serving.delete(secrets);
    if (secrets !== this.#secrets) secrets.wipe();
  }

  #receive(datagram: Buffer, from: ClientAddress): void {
    const client = { address: canonicalAddress(from.address), port: from.port };
    const request = this.#check(datagram, client);
    if (typeof request === 'string') return this.#drop(request, client);
    const { packet, eap } = request;
    if (packet.code === radiusCodes.statusServer) return this.#answerStatus(request, from);
    const key = `${client.address} ${client.port} ${packet.id} ${packet.authenticator.toString('latin1')}`;
    const earlier = this.#replies.find(key);
    this.#tell(request, 'received', packet.code, eap, earlier !== undefined);
    if (earlier === 'inProgress') return this.#drop('inProgress', client);
    if (earlier) {
      this.counters.duplicates++;
      this.#tell(request, 'sent', earlier.readUInt8(0), undefined, true);
      return this.#transmit(earlier, from);
    }
    this.counters.requests++;
    this.#replies.begin(key);
    void this.#serve(request, key, from);
  }

  /** The verified request in a datagram, or why there is none. */
  #check(datagram: Buffer, client: ClientAddress): ServerRequest | RequestDropReason {
    const secret = this.#secrets.find(client.address);
    if (!secret) return 'unknownClient';
    const packet = decodePacket(datagram);
    if (typeof packet === 'string') return packet;
    const { accessRequest, statusServer } = radiusCodes;
    if (packet.code !== accessRequest && packet.code !== statusServer) return 'unexpectedCode';
    const fault = checkRequest(packet, secret);
    if (fault) return fault;
    if (packet.code === statusServer) return { packet, client, secret, eap: undefined };
    const eap = joinEapMessage(packet.attributes);
    if (eap === 'scattered') return 'scatteredEapMessage';
    if (valuesOf(packet.attributes, attributeTypes.State).length > 1) return 'repeatedState';
    // What is behind the length is padding of the peer's link (RFC 3748, 4).
    return { packet, client, secret, eap: eap && asBuffer(wholePacket(eap) ?? eap) };
  }

  /** Says that the server is there (RFC 5997). Nothing is kept: a request that is sent again is answered again. */
  #answerStatus(request: ServerRequest, from: ClientAddress): void {
    const { packet, secret } = request;
    const code = radiusCodes.accessAccept;
    this.counters.statusRequests++;
    this.#tell(request, 'received', packet.code, undefined, false);
    const bytes = encodeReply({ code, attributes: [] }, packet, secret);
    this.#tell(request, 'sent', code, undefined, false);
    this.#transmit(bytes, from);
  }

  async #serve(request: ServerRequest, key: string, from: ClientAddress): Promise<void> {
    const secrets = this.#secrets;
    this.#serving.set(secrets, (this.#serving.get(secrets) ?? 0) + 1);
    const outcome = await this.#sessions.serve(request);
    this.#answer(request, key, from, this.#closing ? 'sessionExpired' : outcome);
    this.#served(secrets);
  }

  #answer(
    request: ServerRequest,
    key: string,
    from: ClientAddress,
    reply: ServerReply | RequestDropReason,
  ): void {
    if (typeof reply === 'string') {
      this.#replies.finish(key, undefined);
      return this.#drop(reply, request.client);
    }
    const bytes = this.#encode(request, reply);
    this.#replies.finish(key, bytes);
    this.#transmit(bytes, from);
  }

  /** The octets of a reply; of a refusal when it does not fit. Counts and tells what is sent. */
  #encode(request: ServerRequest, reply: ServerReply): Buffer {
    const { code, eap, attributes = [], verdict } = reply;
    const proxyStates = request.packet.attributes.filter(({ type }) => type === attributeTypes.ProxyState);
    const all = [...attributes, ...(eap ? splitEapMessage(eap) : []), ...proxyStates];
    let bytes: Buffer;
    try {
      bytes = encodeReply({ code, attributes: all }, request.packet, request.secret);
    } catch (error) {
      // A refusal always fits: it is shorter than the request that it answers.
      return this.#encode(request, refusal(request, 'replyTooLong', { ...verdict, error }));
    }
    if (code === radiusCodes.accessChallenge) this.counters.challenges++;
    else if (code === radiusCodes.accessAccept) this.counters.accepts++;
    else this.counters.rejects++;
    this.#tell(request, 'sent', code, eap, false);
    if (verdict?.reason) this.counters.refused[verdict.reason]++;
    if (verdict) this.#emit(verdict);
    return bytes;
  }

  #transmit(bytes: Buffer, to: ClientAddress): void {
    this.#link.send(bytes, to);
  }

  #drop(reason: RequestDropReason, client: ClientAddress): void {
    this.counters.dropped[reason]++;
    this.#emit({ kind: 'dropped', client, reason });
  }

  #tell(
    { packet, client }: ServerRequest,
    direction: 'received' | 'sent',
    code: number,
    eap: Uint8Array | undefined,
    duplicate: boolean,
  ): void {
    if (!this.#onEvent) return;
    const radius = { code, id: packet.id };
    const copy = eap && { eap: maskPacket(eap) };
    this.#emit({ kind: 'packet', direction, client, radius, ...copy, duplicate });
  }

  /** A listener that throws surfaces as uncaught, and changes nothing here. */
  #emit(event: RadiusServerEvent): void {
    const onEvent = this.#onEvent;
    if (onEvent) queueMicrotask(() => onEvent(event));
  }
}

function secretsOf({ secret, clients }: Pick<RadiusServerOptions, 'secret' | 'clients'>): ClientSecrets {
  if (secret === undefined && clients === undefined) throw new TypeError('secret or clients must be given');
  return new ClientSecrets(secret, clients);
}
