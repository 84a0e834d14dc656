// What a round of the fuzz proxy does, as data: each action is for one message of one direction, and says where in its
// octets. A plan is made of a seed and the round's number alone, so that the same seed does the same again, and it is
// what the file of a found case keeps.

import { isObject } from '../base/guards.js';

/** Whose messages: the peer's requests, or the server's replies. */
export const fuzzDirections = ['request', 'reply'] as const;
/** One of them. */
export type FuzzDirection = (typeof fuzzDirections)[number];

/** What can be done to a message. Only `tamper` holds for its retransmissions, too. */
export const fuzzActions = {
  /** As networks do: lost, twice, late, behind the next one, or once more behind the next one. */
  network: ['drop', 'double', 'delay', 'hold', 'again'],
  /** Octets of the datagram are changed and its sums left as they were: nobody may believe it. */
  damage: ['damage'],
  /** RADIUS, signed again: an attribute is left out, there twice, changed or cut; the code is another one. */
  radius: ['attributeOut', 'attributeTwice', 'attributeFlip', 'attributeCut', 'code'],
  /** The EAP packet, signed again: see `octetChanges`; `former` sends that of the message before in its place. */
  eap: ['flip', 'set', 'cut', 'extend', 'insert', 'remove', 'repeat', 'length', 'header', 'former'],
  /** An octet that the method's proof covers is changed from here on: whoever then succeeds has not checked it. */
  tamper: ['tamper'],
} as const;
/** Actions that have something in common. */
export type FuzzFamily = keyof typeof fuzzActions;
/** One of all actions. */
export type FuzzWhat = (typeof fuzzActions)[FuzzFamily][number];

/** One action of a round. */
export interface FuzzAction {
  readonly direction: FuzzDirection;
  /** Which message of the direction, from 0. Retransmissions do not count, and a reply has the number of its request. */
  readonly index: number;
  readonly what: FuzzWhat;
  /** Where, from 0 to 1: a part of the octets, of the attributes, or of the longest delay. */
  readonly at: number;
  /** 0 to 255: what it is changed to. */
  readonly value: number;
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seededNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How often each family has a round, in parts of all. */
const shares: readonly (readonly [FuzzFamily, number])[] = [
  ['eap', 0.35],
  ['network', 0.25],
  ['tamper', 0.15],
  ['radius', 0.15],
  ['damage', 0.1],
];

/** The actions of a round. `messages`: requests that a conversation has without them. */
export function planRound(seed: number, round: number, messages: number): FuzzAction[] {
  const random = seededNumbers(Math.imul(seed, 0x9e3779b1) ^ Math.imul(round, 0x85ebca6b));
  const below = (end: number): number => Math.floor(random() * end);
  let share = random();
  const [family] = shares.find(([, part]) => (share -= part) < 0) ?? ['eap'];
  const kinds: readonly FuzzWhat[] = fuzzActions[family];
  const one = (): FuzzAction => ({
    direction: fuzzDirections[below(2)] ?? 'request',
    index: below(messages),
    what: kinds[below(kinds.length)] ?? 'drop',
    at: Math.round(random() * 9999) / 10_000,
    value: below(256),
  });
  // Several would hide each other's consequences where one is to be found out.
  return Array.from({ length: family === 'tamper' ? 1 : 1 + below(3) }, one);
}

/** Octets with a change. `former` is what the direction had before, if anything. */
export function changedOctets(
  octets: Uint8Array,
  { what, at, value }: FuzzAction,
  former: Uint8Array | undefined,
): Buffer | undefined {
  const copy = Buffer.from(octets);
  const place = Math.floor(at * copy.length);
  const [before, after] = [copy.subarray(0, place), copy.subarray(place)];
  const few = 1 + (value & 0x0f);
  switch (what) {
    case 'flip':
      copy[place] = (copy[place] ?? 0) ^ (1 << (value & 7));
      return copy;
    case 'set':
      copy[place] = value;
      return copy;
    case 'cut':
      return Buffer.from(before);
    case 'extend':
      return Buffer.concat([copy, Buffer.alloc(1 + value, value)]);
    case 'insert':
      return Buffer.concat([before, Buffer.alloc(few, value), after]);
    case 'remove':
      return Buffer.concat([before, after.subarray(few)]);
    case 'repeat':
      return Buffer.concat([before, after.subarray(0, few), after]);
    case 'length':
      // The EAP length, or that of a TLS message, which the method's own header has behind its flags.
      copy[(at < 0.5 ? 2 : 6) + (value & 1)] = value;
      return copy.subarray(0, octets.length);
    case 'header':
      // Code, identifier, type, and the first octet of the method.
      copy[[0, 1, 4, 5][Math.floor(at * 4)] ?? 0] = value % 8 === 0 ? value : value % 8;
      return copy.subarray(0, octets.length);
    case 'former':
      return former && Buffer.from(former);
    default:
      return undefined;
  }
}

/** The family that an action is of. */
export function familyOf(what: FuzzWhat): FuzzFamily {
  for (const [family] of shares) {
    const kinds: readonly FuzzWhat[] = fuzzActions[family];
    if (kinds.includes(what)) return family;
  }
  throw new TypeError(`no action: ${what}`);
}

/** An action out of a file. Throws TypeError. */
export function toFuzzAction(given: unknown): FuzzAction {
  const { direction, index, what, at, value } = isObject(given) ? given : {};
  const known = Object.values<readonly FuzzWhat[]>(fuzzActions)
    .flat()
    .find((each) => each === what);
  const side = fuzzDirections.find((each) => each === direction);
  const isIn = (number: unknown, end: number): number is number =>
    typeof number === 'number' && number >= 0 && number < end;
  if (!known || !side || !isIn(index, 1e6) || !isIn(at, 1) || !isIn(value, 256)) {
    throw new TypeError(`no action of a fuzz case: ${JSON.stringify(given)}`);
  }
  return { direction: side, index, what: known, at, value };
}
