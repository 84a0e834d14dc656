// A UDP proxy that drops, doubles, delays and thereby reorders datagrams, as its seed says. Which datagram of which
// conversation has which fate is a matter of time: so no conversation may have all the bad luck, and run out of retries.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

import { seeded } from '../radius/support.js';

export interface LossyProxyOptions {
  readonly serverPort: number;
  readonly seed: number;
  /** Part of the datagrams that are lost, 0 to 1. */
  readonly drop: number;
  /** How many tries of one exchange, a request or its reply, may be lost: the next one comes through. */
  readonly mostLost: number;
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
  /** Datagrams that were lost of the exchanges under way, by the client's port and the identifier of RADIUS. */
  readonly #lost = new Map<string, number>();
  #sequence = 0;
  #lastSent = 0;

  private constructor(options: LossyProxyOptions) {
    this.#options = options;
    this.#random = seeded(options.seed);
    this.#front.on('message', (datagram, from) => {
      void this.#back(from.port).then((back) =>
        this.#pass(exchangeOf(from.port, datagram), () =>
          back.send(datagram, options.serverPort, '127.0.0.1'),
        ),
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
    socket.on('message', (datagram) => {
      const exchange = exchangeOf(clientPort, datagram);
      const isLost = !this.#pass(exchange, () => this.#front.send(datagram, clientPort, '127.0.0.1'));
      // The client has its reply, and may use the identifier again.
      if (!isLost) this.#lost.delete(exchange);
    });
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return socket;
  }

  /** False where it is lost. */
  #pass(exchange: string, send: () => void): boolean {
    const { drop, double, mostLost } = this.#options;
    const lost = this.#lost.get(exchange) ?? 0;
    if (this.#random() < drop && lost < mostLost) {
      this.counts.dropped++;
      this.#lost.set(exchange, lost + 1);
      return false;
    }
    this.#later(send);
    if (this.#random() < double) {
      this.counts.doubled++;
      this.#later(send);
    }
    return true;
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

const exchangeOf = (clientPort: number, datagram: Buffer): string => `${clientPort} ${datagram[1]}`;
