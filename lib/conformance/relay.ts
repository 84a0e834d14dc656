// A RADIUS relay that knows the secret: between a client and a server it lets through, changes, drops and answers
// datagrams as its hooks say. Hostile authenticators are made of it, and wrong servers. Each client address and port has
// a socket of its own towards the server, so that both sides' duplicate detection works as without it. JavaScript
// thread.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { eapCodes } from '../eap/packet.js';
import { joinEapMessage } from '../radius/attributes.js';
import { encodeDatagram, messageOf, type RadiusMessage, withEap } from './datagram.js';

/** What passes on: the datagram, several of them, or nothing. */
export type Relayed = Uint8Array | readonly Uint8Array[] | undefined;

/** What a relay does with datagrams. Without a hook they pass as they are. */
export interface RelayHooks {
  readonly onRequest?: (datagram: Buffer, flow: RelayFlow) => Relayed;
  readonly onReply?: (datagram: Buffer, flow: RelayFlow) => Relayed;
}

export interface RelayOptions extends RelayHooks {
  /** Address of the server. Default 127.0.0.1. */
  readonly host?: string;
  readonly port: number;
  readonly secret: Uint8Array;
  /**
   * Passes each request on once, so that hooks see no retransmissions: nothing is lost between sockets of one machine,
   * and a client that is impatient gets its reply all the same. Default false.
   */
  readonly isOnce?: boolean;
  /** Told of what the client sends, and of what it gets. */
  readonly onClient?: (direction: 'received' | 'sent', datagram: Buffer) => void;
}

/** One client's way through a relay. */
export class RelayFlow {
  /** What hooks remember of all clients. */
  readonly shared: Map<string, unknown>;
  /** What they remember of this one, from one datagram to the next. */
  readonly notes = new Map<string, unknown>();
  /** The client's own. */
  readonly client: { readonly address: string; readonly port: number };
  /** The EAP-Request that the server sent last, as it came. */
  pending: Buffer | undefined;
  readonly #secret: Uint8Array;
  readonly #toClient: (datagram: Uint8Array) => void;
  readonly #toServer: (datagram: Uint8Array) => void;
  readonly #requests = new Map<number, Buffer>();

  constructor(
    client: RemoteInfo,
    shared: Map<string, unknown>,
    secret: Uint8Array,
    toClient: (datagram: Uint8Array) => void,
    toServer: (datagram: Uint8Array) => void,
  ) {
    this.client = client;
    this.shared = shared;
    this.#secret = secret;
    this.#toClient = toClient;
    this.#toServer = toServer;
  }

  /** Notes the Request Authenticator that replies are signed for; whether it is that of the request before. */
  noteRequest(datagram: Buffer): boolean {
    const id = datagram[1] ?? 0;
    const isSame = this.#requests.get(id)?.equals(datagram.subarray(4, 20)) === true;
    if (datagram.length >= 20) this.#requests.set(id, datagram.subarray(4, 20));
    return isSame;
  }

  /** Notes the EAP-Request in a reply. */
  noteReply(datagram: Buffer): void {
    const eap = joinEapMessage(messageOf(datagram)?.attributes ?? []);
    if (eap instanceof Uint8Array && eap[0] === eapCodes.request) this.pending = eap;
  }

  /** The datagram to the client. */
  toClient(datagram: Uint8Array): void {
    this.#toClient(datagram);
  }

  /** The datagram to the server. */
  toServer(datagram: Uint8Array): void {
    this.#toServer(datagram);
  }

  /** Answers a request in the server's place. */
  answer(request: Uint8Array, reply: Omit<RadiusMessage, 'id' | 'authenticator'>): void {
    const message = { ...reply, id: request[1] ?? 0, authenticator: request.subarray(4, 20) };
    this.#toClient(encodeDatagram(message, this.#secret, true));
  }

  /** A request with changes, signed again. A malformed one stays as it is. */
  request(datagram: Buffer, change: (message: RadiusMessage) => Partial<RadiusMessage> | undefined): Buffer {
    const message = messageOf(datagram);
    const changes = message && change(message);
    return changes ? encodeDatagram({ ...message, ...changes }, this.#secret) : datagram;
  }

  /** A reply with changes, signed again for its request. */
  reply(datagram: Buffer, change: (message: RadiusMessage) => Partial<RadiusMessage> | undefined): Buffer {
    const message = messageOf(datagram);
    const authenticator = this.#requests.get(datagram[1] ?? 0);
    const changes = message && authenticator && change({ ...message, authenticator });
    return changes ? encodeDatagram({ ...message, authenticator, ...changes }, this.#secret, true) : datagram;
  }

  /** A request, or with `isReply` a reply, with another EAP packet. `change` gives undefined to leave it. */
  eap(datagram: Buffer, change: (eap: Buffer) => Uint8Array | undefined, isReply = false): Buffer {
    const changed = ({ attributes }: RadiusMessage): Partial<RadiusMessage> | undefined => {
      const eap = joinEapMessage(attributes);
      const other = eap instanceof Uint8Array ? change(eap) : undefined;
      return other && { attributes: withEap(attributes, other) };
    };
    return isReply ? this.reply(datagram, changed) : this.request(datagram, changed);
  }
}

/** Owns its sockets. Close it. */
export class RadiusRelay implements AsyncDisposable {
  readonly #options: RelayOptions;
  readonly #socket: Socket;
  readonly #shared = new Map<string, unknown>();
  readonly #flows = new Map<string, { readonly flow: RelayFlow; readonly upstream: Socket }>();

  private constructor(options: RelayOptions, socket: Socket) {
    this.#options = options;
    this.#socket = socket;
    socket.on('message', (datagram, from) => this.#receive(datagram, from));
  }

  /** Listens on a free port of 127.0.0.1. */
  static async listen(options: RelayOptions): Promise<RadiusRelay> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new RadiusRelay(options, socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const sockets = [this.#socket, ...[...this.#flows.values()].map(({ upstream }) => upstream)];
    await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))));
  }

  #receive(datagram: Buffer, from: RemoteInfo): void {
    const { flow } = this.#flowOf(from);
    const { onRequest, onClient, isOnce = false } = this.#options;
    if (flow.noteRequest(datagram) && isOnce) return;
    onClient?.('received', datagram);
    for (const each of listed(onRequest ? onRequest(datagram, flow) : datagram)) flow.toServer(each);
  }

  #flowOf(client: RemoteInfo) {
    const key = `${client.address} ${client.port}`;
    const known = this.#flows.get(key);
    if (known) return known;
    const { host = '127.0.0.1', port, secret, onReply, onClient } = this.#options;
    const upstream = createSocket(isIP(host) === 6 ? 'udp6' : 'udp4');
    const flow = new RelayFlow(
      client,
      this.#shared,
      secret,
      (datagram) => {
        onClient?.('sent', Buffer.from(datagram));
        this.#socket.send(datagram, client.port, client.address, ignoreLoss);
      },
      (datagram) => upstream.send(datagram, port, host, ignoreLoss),
    );
    upstream.on('message', (datagram) => {
      flow.noteReply(datagram);
      for (const each of listed(onReply ? onReply(datagram, flow) : datagram)) flow.toClient(each);
    });
    const made = { flow, upstream };
    this.#flows.set(key, made);
    return made;
  }
}

/** What the system refuses to send counts as lost, as datagrams may be. */
const ignoreLoss = (): void => undefined;

function listed(relayed: Relayed): readonly Uint8Array[] {
  if (relayed === undefined) return [];
  return relayed instanceof Uint8Array ? [relayed] : relayed;
}
