// Shares a RADIUS server's port among worker threads: this thread has the socket and passes on each datagram; each
// worker has a RadiusServer with conversations of its own. A conversation stays where it began: the first octet of a
// State is the number of its worker. A request without one goes where its identifier and authenticator lead, which
// are the same whenever it is sent again, so that its worker knows it (RFC 5080, 2.2.2). Nothing is verified here: a
// forged datagram is one worker's to drop. JavaScript thread of whoever listens.

import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { MessageChannel, type MessagePort, receiveMessageOnPort, type Worker } from 'node:worker_threads';

import { checkFunction, type OptionNames, ownOptions, toInteger } from '../base/arguments.js';
import { attributeTypes } from '../eap/attributes.js';
import { RadiusError } from './attributes.js';
import { maxPacketLength } from './packet.js';
import { type Datagram, type FromWorker, ofItsOwn, SocketLink, type ToWorker } from './link.js';
import { socketTrouble } from './port.js';
import { type ClientAddress, newServerCounters, type RadiusServerCounters } from './server-types.js';
import { stateLength } from './sessions.js';

/** Their number has to fit an octet. */
const maxWorkers = 256;
/** Datagrams that may wait for a worker; more are lost, as they are in the socket of a server that is too slow. */
const maxWaiting = 4096;
/** How long a worker has for its end, in milliseconds. */
const endMs = 5000;
/** A worker that dies younger than this is not replaced before it would have been as old, in milliseconds. */
const shortLifeMs = 1000;
const headerLength = 20;

/** A worker died. Its conversations ended with it; another one takes its place. */
export interface WorkerLostEvent {
  readonly kind: 'workerLost';
  /** Its number, from 0. */
  readonly worker: number;
  /** What it did not catch, if that ended it. */
  readonly error: unknown;
}

/** The options of {@link RadiusWorkers}. */
export interface RadiusWorkersOptions {
  /**
   * Starts a worker thread that calls `RadiusServer.listen` with this `channel`, which goes to the thread in
   * `transferList`. Called for each number from 0, and again when the worker with that number died.
   */
  readonly start: (channel: MessagePort, number: number) => Worker;
  /** How many, 1 to 256. Default: as many as the process may use cores. */
  readonly workers?: number;
  /** Address to listen on, IPv4 or IPv6. Default 127.0.0.1; `::` serves both families. */
  readonly address?: string;
  /** Default 1812; 0 takes a free port. */
  readonly port?: number;
  /** Told of each worker that ended by itself. */
  readonly onEvent?: (event: WorkerLostEvent) => void;
}

const optionNames: OptionNames<RadiusWorkersOptions> = {
  start: 'function',
  workers: 'number',
  address: 'string',
  port: 'number',
  onEvent: 'function',
};

/** One place among the workers, and who has it. */
interface Place {
  readonly number: number;
  worker: Worker | undefined;
  channel: MessagePort | undefined;
  /** Its server listens. */
  isReady: boolean;
  /** For the next message. */
  datagrams: Datagram[];
  /** Sent, and not gone through yet. */
  waiting: number;
  counters: RadiusServerCounters;
  sessions: number;
  onCount: (() => void)[];
  again: NodeJS.Timeout | undefined;
}

/**
 * A RADIUS server on several cores, made by {@link RadiusWorkers.listen}: `RadiusServer`s in worker threads that share
 * one port. Each conversation stays with one of them. Where one dies, its conversations end, the others go on, and a
 * new one takes its place. What a TLS method remembers for resumption is its thread's own: a peer that comes to another
 * does a whole handshake.
 */
export class RadiusWorkers implements AsyncDisposable {
  readonly #socket: SocketLink;
  readonly #options: RadiusWorkersOptions;
  readonly #places: Place[];
  /** What workers that died have counted. */
  #gone = newServerCounters();
  #closing: Promise<void> | undefined;

  private constructor(given: RadiusWorkersOptions) {
    const options = ownOptions(given, 'options', optionNames);
    const { address = '127.0.0.1', workers = Math.min(availableParallelism(), maxWorkers) } = options;
    if (isIP(address) === 0) throw new TypeError(`address is not an IP address: ${address}`);
    if (typeof options.start !== 'function') throw new TypeError('start must be a function');
    checkFunction(options.onEvent, 'onEvent');
    const port = toInteger(options.port ?? 1812, 'port', 0, 65_535);
    this.#options = options;
    this.#places = Array.from({ length: toInteger(workers, 'workers', 1, maxWorkers) }, (_, number) => ({
      number,
      worker: undefined,
      channel: undefined,
      isReady: false,
      datagrams: [],
      waiting: 0,
      counters: newServerCounters(),
      sessions: 0,
      onCount: [],
      again: undefined,
    }));
    this.#socket = new SocketLink(address, port);
  }

  /**
   * Takes the port and starts the workers. Resolves when all of them listen. Rejects bad options with TypeError or
   * RangeError, with EAPHOST_RADIUS_NETWORK, and with what a worker that ends before it listens was ended by.
   *
   * @example
   * ```ts
   * import { isMainThread, Worker, workerData } from 'node:worker_threads';
   * import { memoryUsers, mschapv2Authenticator } from 'eaphost/methods';
   * import { RadiusServer, RadiusWorkers } from 'eaphost/radius';
   *
   * if (isMainThread) {
   *   const workers = await RadiusWorkers.listen({
   *     start: (channel) =>
   *       new Worker(new URL(import.meta.url), { workerData: { channel }, transferList: [channel] }),
   *   });
   *   console.log('listening on port', workers.port);
   * } else {
   *   const users = memoryUsers({ alice: 'correct horse' });
   *   const methods = [mschapv2Authenticator({ users })];
   *   await RadiusServer.listen({ secret: 'shared secret', methods, channel: workerData.channel });
   * }
   * ```
   */
  static async listen(options: RadiusWorkersOptions): Promise<RadiusWorkers> {
    const all = new RadiusWorkers(options);
    try {
      await all.#bind();
      await Promise.all(all.#places.map((place) => all.#start(place)));
    } catch (error) {
      await all.close();
      throw error;
    }
    return all;
  }

  /** Where they listen. */
  get address(): string {
    return this.#socket.address;
  }

  /** The port in use, also when 0 was asked for. */
  get port(): number {
    return this.#socket.port;
  }

  /** How many workers there are to be. */
  get size(): number {
    return this.#places.length;
  }

  /**
   * The counters of all workers added up, and their conversations under way. What a worker that died had counted in its
   * last quarter of a second is lost.
   */
  async count(): Promise<{ counters: RadiusServerCounters; sessions: number }> {
    await Promise.all(this.#places.map((place) => counted(place)));
    const all = { counters: newServerCounters(), sessions: 0 };
    add(all.counters, this.#gone);
    for (const { counters, sessions } of this.#places) {
      add(all.counters, counters);
      all.sessions += sessions;
    }
    return all;
  }

  /** Closes the socket and the servers of the workers, and ends the workers. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As `close`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #bind(): Promise<void> {
    try {
      await this.#socket.open({ receive: (octets, from) => this.#route(octets, from) });
    } catch (cause) {
      const { address } = this;
      const { port = 1812 } = this.#options;
      const where = `${address} port ${port} ${socketTrouble(cause, port)}`;
      throw new RadiusError('EAPHOST_RADIUS_NETWORK', `the RADIUS server cannot listen on ${where}`, {
        cause,
      });
    }
  }

  /** Resolves when the worker listens; rejects when it ends before. */
  #start(place: Place): Promise<void> {
    const { port1: channel, port2 } = new MessageChannel();
    const { number } = place;
    const worker = this.#options.start(port2, number);
    const born = performance.now();
    Object.assign(place, { worker, channel, isReady: false, datagrams: [], waiting: 0 });
    this.#say(place, { kind: 'hello', number, address: this.address, port: this.port });
    return new Promise((resolve, reject) => {
      let error: unknown;
      worker.once('error', (thrown) => (error = thrown));
      worker.once('exit', (code) => {
        this.#lose(place, channel);
        reject(error ?? new Error(`worker ${number} of the RADIUS server ended with ${code}`));
        if (this.#closing !== undefined) return;
        this.#tell({ kind: 'workerLost', worker: number, error });
        this.#startAgain(place, Math.max(0, born + shortLifeMs - performance.now()));
      });
      channel.on('message', (message: FromWorker) => {
        if (message.kind === 'ready') {
          place.isReady = true;
          resolve();
        } else this.#take(place, message);
      });
    });
  }

  #startAgain(place: Place, delay: number): void {
    place.again = setTimeout(() => {
      try {
        // One that ends at once is told of and replaced like any other.
        this.#start(place).catch(() => undefined);
      } catch (error) {
        // So is one that could not even be made, as where the system has no more threads.
        this.#tell({ kind: 'workerLost', worker: place.number, error });
        this.#startAgain(place, shortLifeMs);
      }
    }, delay).unref();
  }

  #lose(place: Place, channel: MessagePort): void {
    // What it said last may come after its end.
    for (;;) {
      const last: { message: FromWorker } | undefined = receiveMessageOnPort(channel);
      if (last === undefined) break;
      this.#take(place, last.message);
    }
    channel.close();
    add(this.#gone, place.counters);
    Object.assign(place, { worker: undefined, channel: undefined, isReady: false, sessions: 0 });
    place.counters = newServerCounters();
    for (const done of place.onCount.splice(0)) done();
  }

  #take(place: Place, message: FromWorker): void {
    if (message.kind === 'replies') {
      place.waiting -= message.taken;
      if (this.#closing !== undefined) return;
      for (const { octets, address, port } of message.replies) this.#socket.send(octets, { address, port });
    } else if (message.kind === 'counted') {
      Object.assign(place, message.count);
      for (const done of place.onCount.splice(0)) done();
    }
  }

  #route(octets: Buffer, { address, port }: ClientAddress): void {
    const place = this.#placeOf(octets);
    // The client retransmits.
    if (place === undefined || place.waiting >= maxWaiting) return;
    place.waiting += 1;
    // What is behind the longest packet is padding, or too long.
    place.datagrams.push({ octets: ofItsOwn(octets.subarray(0, maxPacketLength)), address, port });
    if (place.datagrams.length > 1) return;
    // What came together goes together.
    setImmediate(() => {
      const datagrams = place.datagrams.splice(0);
      if (datagrams.length > 0) this.#say(place, { kind: 'datagrams', datagrams });
    });
  }

  /** Who serves a datagram. Undefined: nobody for now. */
  #placeOf(octets: Buffer): Place | undefined {
    const places = this.#places;
    const own = places[stateNumber(octets) ?? maxWorkers];
    if (own !== undefined) return own.isReady ? own : undefined;
    if (octets.length < headerLength) return places.find(({ isReady }) => isReady);
    const first = (octets.readUInt8(1) ^ octets.readUInt32BE(4) ^ octets.readUInt32BE(16)) >>> 0;
    for (let at = 0; at < places.length; at += 1) {
      const place = places[(first + at) % places.length];
      if (place?.isReady === true) return place;
    }
    return undefined;
  }

  #say({ channel }: Place, message: ToWorker): void {
    channel?.postMessage(message, []);
  }

  #tell(event: WorkerLostEvent): void {
    const { onEvent } = this.#options;
    if (onEvent) queueMicrotask(() => onEvent(event));
  }

  async #close(): Promise<void> {
    await this.#socket.close();
    await Promise.all(this.#places.map((place) => end(place)));
  }
}

/** When a worker has told its counters, or there is none to tell them. */
function counted(place: Place): Promise<void> {
  const { channel, isReady } = place;
  if (channel === undefined || !isReady) return Promise.resolve();
  return new Promise((resolve) => {
    place.onCount.push(resolve);
    channel.postMessage({ kind: 'count' } satisfies ToWorker, []);
  });
}

async function end({ worker, channel, again }: Place): Promise<void> {
  clearTimeout(again);
  if (worker === undefined) return;
  const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()));
  channel?.postMessage({ kind: 'close' } satisfies ToWorker, []);
  const late = setTimeout(() => void worker.terminate(), endMs);
  await ended;
  clearTimeout(late);
}

/** The number in the State of a request. Undefined: it has none, or not one of ours. */
function stateNumber(octets: Buffer): number | undefined {
  for (let at = headerLength; at + 2 <= octets.length;) {
    const length = octets[at + 1] ?? 0;
    if (octets[at] === attributeTypes.State) return length === 2 + stateLength ? octets[at + 2] : undefined;
    if (length < 2) return undefined;
    at += length;
  }
  return undefined;
}

type Counters = { [Name in string]: number | Counters };

/** Adds every number of `more` to its like in `sum`. */
function add(sum: RadiusServerCounters, more: RadiusServerCounters): void {
  const both = (one: Counters, other: Counters): void => {
    for (const [name, value] of Object.entries(other)) {
      const own = one[name];
      if (typeof value === 'number' && typeof own === 'number') one[name] = own + value;
      else if (typeof value === 'object' && typeof own === 'object') both(own, value);
    }
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- numbers, and records of them
  both(sum as unknown as Counters, more as unknown as Counters);
}
