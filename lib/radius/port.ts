// One UDP socket of the client and the 256 packet ids that it gives.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { descriptorAdvice } from '../base/error-advice.js';
import { systemCodeOf } from '../base/shortage.js';
import { RadiusError } from './attributes.js';
import type { RadiusPacket } from './packet.js';

const idCount = 256;

const advice: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program has the port',
  EADDRNOTAVAIL: 'the address is not of this machine',
  EACCES: 'this user may not have the port',
  EMFILE: descriptorAdvice,
};

/** Why a socket failed, and what to do; `port`: the one that was asked for, 0 for any. */
export function socketTrouble(cause: unknown, port: number): string {
  const code = systemCodeOf(cause) ?? 'unknown';
  const isOut = code === 'EADDRINUSE' && port === 0;
  const what = isOut
    ? 'no UDP port is free: close sockets, or widen net.ipv4.ip_local_port_range'
    : advice[code];
  return `(${code})${what === undefined ? '' : `; ${what}`}`;
}

/** A request that waits for its reply. */
export interface PendingReply {
  /** Verifies a packet with this request's id; a wrong one changes nothing. */
  take(packet: RadiusPacket): void;
  fail(error: RadiusError): void;
}

/** Owns one socket for one server address. It keeps the process alive only while ids are reserved. */
export class ClientPort {
  /** Resolves when the socket is bound; rejects when it cannot be or is closed before. */
  readonly ready: Promise<void>;
  readonly #socket: Socket;
  readonly #reserved = new Set<number>();
  readonly #pending = new Map<number, PendingReply>();
  #nextId = Math.floor(Math.random() * idCount);
  #notReady!: (error: RadiusError) => void;
  #failed = false;

  constructor(
    readonly server: string,
    family: number,
    localAddress: string | undefined,
    onDatagram: (datagram: Buffer, from: RemoteInfo) => void,
  ) {
    this.#socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    this.#socket.on('message', onDatagram);
    this.ready = new Promise((resolve, reject) => {
      this.#notReady = reject;
      this.#socket.once('listening', resolve);
    });
    this.#socket.on('error', (cause) => {
      this.#failed = true;
      const message = `the RADIUS socket failed ${socketTrouble(cause, 0)}`;
      void this.close(new RadiusError('EAPHOST_RADIUS_NETWORK', message, { cause }));
    });
    // The owner of the id awaits it; this only keeps a failure from counting as unhandled.
    this.ready.catch(() => undefined);
    this.#socket.bind({
      port: 0,
      exclusive: true,
      ...(localAddress !== undefined && { address: localAddress }),
    });
    this.#socket.unref();
  }

  /** All its ids are reserved. */
  get full(): boolean {
    return this.#reserved.size === idCount;
  }

  /** None of its ids is reserved. */
  get idle(): boolean {
    return this.#reserved.size === 0;
  }

  /** Its socket broke: it must not be used again. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Takes the free id that was used longest ago, so that late replies seldom meet a new request. */
  reserve(): number {
    while (this.#reserved.has(this.#nextId)) this.#nextId = (this.#nextId + 1) % idCount;
    const id = this.#nextId;
    this.#nextId = (id + 1) % idCount;
    this.#reserved.add(id);
    this.#socket.ref();
    return id;
  }

  release(id: number): void {
    this.#pending.delete(id);
    this.#reserved.delete(id);
    if (this.#reserved.size === 0) this.#socket.unref();
  }

  expect(id: number, pending: PendingReply): void {
    this.#pending.set(id, pending);
  }

  pending(id: number): PendingReply | undefined {
    return this.#pending.get(id);
  }

  /** Sends once. A datagram that the system refuses counts as lost: the next transmission may get through. */
  send(datagram: Buffer, port: number, address: string): void {
    this.#socket.send(datagram, port, address, () => undefined);
  }

  /** Fails what waits, closes the socket. Idempotent. */
  async close(error: RadiusError): Promise<void> {
    this.#notReady(error);
    for (const pending of this.#pending.values()) pending.fail(error);
    this.#pending.clear();
    await closeSocket(this.#socket);
  }
}

/** Closes a socket; resolves when it is closed, also when it was before. */
export function closeSocket(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    try {
      socket.close(resolve);
    } catch {
      resolve(); // closed before
    }
  });
}
