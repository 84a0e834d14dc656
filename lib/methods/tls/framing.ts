// Fragments TLS messages into EAP packets and reassembles them (RFC 5216, 2.1.5 and 3.1; PEAP and TTLS do the same).
// JavaScript thread; no input or output.

/** Flags of the octet after the type. The low three bits are the version of PEAP and TTLS. */
export const tlsFlags = { length: 0x80, more: 0x40, start: 0x20, version: 0x07 } as const;

/** Largest TLS message taken by default, in octets. */
const defaultMessageLimit = 65_536;

/** Smallest link that a TLS method works on, in octets of an EAP packet. */
const smallestPacketSize = 100;

/** Code, id, length, type, flags. */
const headerLength = 6;
const lengthOfLength = 4;

/** The other side broke the rules of fragmentation. The conversation is over. */
export class FramingError extends Error {
  override readonly name = 'FramingError';
}

/**
 * What came: `message`, a whole one, empty for a bare acknowledgement; `more`, a fragment to be acknowledged; `next`,
 * the acknowledgement of our fragment.
 */
export type Taken = { readonly kind: 'more' | 'next' } | { readonly kind: 'message'; readonly data: Buffer };

/** How a conversation's messages are fragmented. */
export interface FramingOptions {
  /** Largest EAP packet to send, in octets. */
  readonly maxSendPacketSize: number;
  /** Largest message to take, in octets. 65536 when left out. */
  readonly limit?: number | undefined;
  /** Of the method, 0 to 7; undefined where those bits mean nothing. */
  readonly version?: number | undefined;
  /** Send the length with whole messages too: Windows' PEAP server cannot do without. */
  readonly alwaysLength?: boolean | undefined;
}

/** Both directions of one conversation's messages. */
export class Framing {
  readonly #options: FramingOptions;
  readonly #capacity: number;
  readonly #limit: number;
  #outgoing: Buffer = Buffer.alloc(0);
  #sent = 0;
  /** The received part of a message, with room for at most as much again: an announced length allocates no memory. */
  #incoming: Buffer = Buffer.alloc(0);
  #received = 0;
  /** Of the message that has begun to come; no more is ever kept, however many fragments come. */
  #announced: number | undefined;

  /** @throws RangeError for a link below 100 octets */
  constructor(options: FramingOptions) {
    const { maxSendPacketSize, limit = defaultMessageLimit } = options;
    if (maxSendPacketSize < smallestPacketSize) {
      throw new RangeError(
        `TLS methods need a link of ${smallestPacketSize} octets, this one carries ${maxSendPacketSize}`,
      );
    }
    this.#options = options;
    this.#capacity = maxSendPacketSize - headerLength;
    this.#limit = limit;
  }

  /** A fragment was sent and more of its message is to follow. */
  get hasMore(): boolean {
    return this.#sent > 0 && this.#sent < this.#outgoing.length;
  }

  /** The next message to send; empty is an acknowledgement. */
  load(message: Buffer): void {
    this.#outgoing = message;
    this.#sent = 0;
  }

  /** The next packet's content after its type: flags, the length if required, octets. */
  next(): Buffer {
    const { version = 0, alwaysLength = false } = this.#options;
    const isFirst = this.#sent === 0;
    const rest = this.#outgoing.length - this.#sent;
    const hasLength = isFirst && (rest > this.#capacity || (alwaysLength && rest > 0));
    const room = this.#capacity - (hasLength ? lengthOfLength : 0);
    const hasMore = rest > room;
    const head = Buffer.alloc(hasLength ? 1 + lengthOfLength : 1);
    head.writeUInt8(version | (hasMore ? tlsFlags.more : 0) | (hasLength ? tlsFlags.length : 0));
    if (hasLength) head.writeUInt32BE(this.#outgoing.length, 1);
    const data = this.#outgoing.subarray(this.#sent, this.#sent + room);
    if (hasMore) this.#sent += data.length;
    else this.load(Buffer.alloc(0));
    return Buffer.concat([head, data]);
  }

  /**
   * Takes what a packet holds after its type.
   * @throws FramingError where lengths lie, fragments come out of turn or a message is too long
   */
  take(octets: Buffer): Taken {
    const [flags] = octets;
    if (flags === undefined) throw new FramingError('a packet without flags');
    if ((flags & tlsFlags.start) !== 0) throw new FramingError('a start in the middle');
    const { version } = this.#options;
    if (version !== undefined && (flags & tlsFlags.version) !== version) {
      throw new FramingError('a change of version');
    }
    const hasLength = (flags & tlsFlags.length) !== 0;
    const hasMore = (flags & tlsFlags.more) !== 0;
    const at = hasLength ? 1 + lengthOfLength : 1;
    if (octets.length < at) throw new FramingError('a length cut short');
    const data = octets.subarray(at);
    if (this.hasMore) {
      if (hasMore || hasLength || data.length > 0)
        throw new FramingError('data instead of an acknowledgement');
      return { kind: 'next' };
    }
    if (hasMore && data.length === 0) throw new FramingError('an empty fragment');
    const given = hasLength ? octets.readUInt32BE(1) : undefined;
    if (this.#announced === undefined) {
      if (hasMore && given === undefined) throw new FramingError('a first fragment without a length');
      const length = given ?? data.length;
      if (length > this.#limit) throw new FramingError(`a message of more than ${this.#limit} octets`);
      this.#announced = length;
    } else if (given !== undefined && given !== this.#announced) {
      throw new FramingError('a length that changes');
    }
    if (data.length > this.#announced - this.#received) throw new FramingError('more octets than announced');
    this.#keep(data, this.#announced);
    if (hasMore) return { kind: 'more' };
    if (this.#received < this.#announced) throw new FramingError('fewer octets than announced');
    const message = this.#incoming.subarray(0, this.#received);
    this.#incoming = Buffer.alloc(0);
    this.#received = 0;
    this.#announced = undefined;
    return { kind: 'message', data: message };
  }

  /** Appends, and doubles the buffer where it is too small, up to `most`. */
  #keep(data: Buffer, most: number): void {
    const length = this.#received + data.length;
    if (length > this.#incoming.length) {
      const larger = Buffer.alloc(Math.min(most, Math.max(length, 2 * this.#incoming.length)));
      this.#incoming.copy(larger, 0, 0, this.#received);
      this.#incoming = larger;
    }
    data.copy(this.#incoming, this.#received);
    this.#received = length;
  }
}
