// The way of a server's datagrams: a UDP socket of its own, or a channel to the thread that has the socket
// (workers.ts). JavaScript thread of the server.

import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import type { MessagePort } from 'node:worker_threads';

import { closeSocket } from './port.js';
import type { ClientAddress, RadiusServerCounters } from './server-types.js';

/** Octets that the system may keep for a server while it is busy. */
const receiveBufferSize = 1_048_576;

/** A datagram that came from, or goes to, an address. */
export interface Datagram extends ClientAddress {
  readonly octets: Uint8Array;
}

/** A server's counters, and its conversations under way. */
export interface Count {
  readonly counters: RadiusServerCounters;
  readonly sessions: number;
}

/** What a link needs of its server. */
export interface LinkOwner {
  receive(octets: Buffer, from: ClientAddress): void;
  count(): Count;
  close(): Promise<void>;
}

/** Carries the datagrams of one server. */
export interface Link {
  readonly address: string;
  /** The port, once it is open. */
  readonly port: number;
  /** The first octet of the server's States, where other servers share the port. */
  readonly number: number | undefined;
  open(owner: LinkOwner): Promise<void>;
  /** A datagram that the system refuses counts as lost: the client retransmits, and the cache answers. */
  send(octets: Buffer, to: ClientAddress): void;
  /** Lets the process, or the thread, end although it is open. */
  unref(): void;
  close(): Promise<void>;
}

/** A UDP socket. */
export class SocketLink implements Link {
  readonly number = undefined;
  readonly #socket: Socket;
  #port: number;

  constructor(
    readonly address: string,
    port: number,
  ) {
    this.#port = port;
    this.#socket = createSocket(isIP(address) === 6 ? 'udp6' : 'udp4');
  }

  get port(): number {
    return this.#port;
  }

  async open(owner: Pick<LinkOwner, 'receive'>): Promise<void> {
    this.#socket.on('message', (octets, from) => owner.receive(octets, from));
    await new Promise<void>((resolve, reject) => {
      // After it listens, an error of one datagram must not end the server.
      this.#socket.on('error', reject);
      this.#socket.once('listening', resolve);
      this.#socket.bind({ address: this.address, port: this.#port, exclusive: true });
    });
    this.#port = this.#socket.address().port;
    try {
      this.#socket.setRecvBufferSize(receiveBufferSize);
    } catch {
      // The system allows less: more is lost when many ask at once, and asked again.
    }
  }

  send(octets: Uint8Array, to: ClientAddress): void {
    this.#socket.send(octets, to.port, to.address, () => undefined);
  }

  unref(): void {
    this.#socket.unref();
  }

  close(): Promise<void> {
    return closeSocket(this.#socket);
  }
}

/** What the thread with the socket says to a worker. */
export type ToWorker =
  | { readonly kind: 'hello'; readonly number: number; readonly address: string; readonly port: number }
  | { readonly kind: 'datagrams'; readonly datagrams: readonly Datagram[] }
  | { readonly kind: 'count' }
  | { readonly kind: 'close' };

/** What a worker says. `taken`: how many datagrams it has gone through since it said so last. */
export type FromWorker =
  | { readonly kind: 'ready' }
  | { readonly kind: 'replies'; readonly taken: number; readonly replies: readonly Datagram[] }
  | { readonly kind: 'counted'; readonly count: Count };

/** How often a worker tells its counters unasked while it has something to do, in milliseconds. */
const countEveryMs = 250;

/** A channel to the thread that has the socket. */
export class ChannelLink implements Link {
  readonly #channel: MessagePort;
  #address = '';
  #port = 0;
  #number: number | undefined;
  #owner: LinkOwner | undefined;
  #taken = 0;
  #replies: Datagram[] = [];
  #willFlush = false;
  #countDue = 0;

  constructor(channel: MessagePort) {
    this.#channel = channel;
  }

  get address(): string {
    return this.#address;
  }

  get port(): number {
    return this.#port;
  }

  get number(): number | undefined {
    return this.#number;
  }

  async open(owner: LinkOwner): Promise<void> {
    this.#owner = owner;
    await new Promise<void>((resolve, reject) => {
      this.#channel.once('close', () => reject(new Error('the channel to the RADIUS socket was closed')));
      this.#channel.on('message', (message: ToWorker) => {
        if (message.kind === 'hello') {
          this.#number = message.number;
          this.#address = message.address;
          this.#port = message.port;
          resolve();
        } else this.#take(message);
      });
    });
    this.#say({ kind: 'ready' });
  }

  send(octets: Buffer, { address, port }: ClientAddress): void {
    this.#replies.push({ octets: ofItsOwn(octets), address, port });
    this.#flushSoon();
  }

  unref(): void {
    this.#channel.unref();
  }

  close(): Promise<void> {
    this.#tellCount();
    return new Promise((resolve) => {
      this.#channel.once('close', resolve);
      this.#channel.close();
    });
  }

  #take(message: ToWorker): void {
    if (message.kind === 'datagrams') {
      for (const { octets, address, port } of message.datagrams) {
        this.#taken += 1;
        const view = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
        this.#owner?.receive(view, { address, port });
      }
      this.#flushSoon();
    } else if (message.kind === 'count') this.#tellCount();
    else if (message.kind === 'close') void this.#owner?.close();
  }

  /** One message for what comes of a batch. */
  #flushSoon(): void {
    if (this.#willFlush) return;
    this.#willFlush = true;
    setImmediate(() => {
      this.#willFlush = false;
      this.#say({ kind: 'replies', taken: this.#taken, replies: this.#replies });
      this.#taken = 0;
      this.#replies = [];
      const now = performance.now();
      if (now < this.#countDue) return;
      this.#countDue = now + countEveryMs;
      this.#tellCount();
    });
  }

  #tellCount(): void {
    if (this.#owner !== undefined) this.#say({ kind: 'counted', count: this.#owner.count() });
  }

  #say(message: FromWorker): void {
    this.#channel.postMessage(message, []);
  }
}

/** Octets without what is beside them in their memory, all of which a message would copy. */
export function ofItsOwn(octets: Buffer): Uint8Array {
  return octets.byteLength === octets.buffer.byteLength ? octets : Uint8Array.from(octets);
}
