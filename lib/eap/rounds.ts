// Limits the length of a conversation, so that a stranger cannot keep either side busy forever.

import { toInteger } from '../base/arguments.js';
import { type EapError, eaphostError } from '../base/errors.js';

const defaultRounds = 100;
/** Links that carry less need more rounds for the same chain of certificates. */
const usualPacketSize = 1000;
/** An acknowledgement and what is little more: neither side has come further. */
const shortPacketLength = 20;

/** The default limit on a link of `maxPacketSize` octets. */
export function roundsFor(maxPacketSize: number): number {
  return Math.ceil((defaultRounds * usualPacketSize) / Math.min(maxPacketSize, usualPacketSize));
}

/** `maxRounds` as it was given, or undefined. Throws TypeError or RangeError. */
export function toRounds(maxRounds: unknown): number | undefined {
  return maxRounds === undefined ? undefined : toInteger(maxRounds, 'maxRounds', 1, 1_000_000);
}

/** The rounds of one conversation. A round is a request with its response. */
export class Rounds {
  readonly #limit: number;
  #all = 0;
  #short = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Counts a round by its packets. Gives the error where it is one too many, or too many in a row were short. */
  take(request: Uint8Array, response: Uint8Array): EapError | undefined {
    const isShort = request.length < shortPacketLength && response.length < shortPacketLength;
    this.#all += 1;
    this.#short = isShort ? this.#short + 1 : 0;
    if (this.#all <= this.#limit && this.#short <= Math.ceil(this.#limit / 2)) return undefined;
    const [many, what] = this.#all > this.#limit ? [this.#all, ''] : [this.#short, ' of short packets'];
    return eaphostError(
      'EAPHOST_TOO_MANY_ROUNDS',
      `the conversation came to no end in ${many - 1} rounds${what}`,
    );
  }
}
