// A UDP proxy that drops, doubles, delays and thereby reorders datagrams, as its seed says.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { seeded } from '../radius/support.js';

export interface LossyProxyOptions {
  readonly serverPort: number;
  readonly seed: number;
  /** Part of the datagrams that are lost, 0 to 1. */
  readonly drop: number;
  /** Part that is sent twice. */
  readonly double: number;
  /** Longest delay, in milliseconds; each datagram has its own. */
  readonly delayMs: number;
}

/** Stands between clients and a server on loopback. Each client port has a port of its own towards the server. */
export class LossyProxy implements AsyncDisposable {
  readonly counts = { passed: 0, dropped: 0, doubled: 0, reordered: 0 };
  readonly #options: LossyProxyOptions;
  readonly #random: () => number;
  readonly #front: Socket = createSocket('udp4');
  readonly #backs = new Map<number, Promise<Socket>>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #sequence = 0;
  #lastSent = 0;

  private constructor(options: LossyProxyOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    this.#front.on('message', (datagram, from) => {
      void this.#back(from.port).then((back) =>
        this.#pass(() => back.send(datagram, options.serverPort, '127.0.0.1')),
      );
    });
  }

  static async open(options: LossyProxyOptions): Promise<LossyProxy> {
    const proxy = new LossyProxy(options);
    proxy.#front.bind(0, '127.0.0.1');
    await once(proxy.#front, 'listening');
    return proxy;
  }

  get port(): number {
    return this.#front.address().port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    const backs = await Promise.all(this.#backs.values());
    for (const socket of [this.#front, ...backs]) socket.close();
  }

  #back(clientPort: number): Promise<Socket> {
    let back = this.#backs.get(clientPort);
    if (!back) {
      back = this.#openBack(clientPort);
      this.#backs.set(clientPort, back);
    }
    return back;
  }

  async #openBack(clientPort: number): Promise<Socket> {
    const socket = createSocket('udp4');
    socket.on('message', (datagram) => this.#pass(() => this.#front.send(datagram, clientPort, '127.0.0.1')));
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket;
  }

  #pass(send: () => void): void {
    const { drop, double } = this.#options;
    if (this.#random() < drop) {
      this.counts.dropped++;
      return;
    }
    this.#later(send);
    if (this.#random() < double) {
      this.counts.doubled++;
      this.#later(send);
    }
  }

  #later(send: () => void): void {
    const sequence = ++this.#sequence;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.counts.passed++;
      if (sequence < this.#lastSent) this.counts.reordered++;
      this.#lastSent = Math.max(this.#lastSent, sequence);
      send();
    }, this.#random() * this.#options.delayMs);
    this.#timers.add(timer);
  }
}
