// Random octets that are sent in the clear. A draw takes longer than a hash, however few octets it is for: so many are
// drawn at once.

import { randomFillSync } from 'node:crypto';

const drawn = Buffer.alloc(4096);
let used = drawn.length;

/** `length` octets, 4,096 at most, that nobody has had or can foresee. Not for keys: those to come lie in memory. */
export function randomOctets(length: number): Buffer {
  if (used + length > drawn.length) {
    randomFillSync(drawn);
    used = 0;
  }
  const octets = Buffer.from(drawn.subarray(used, used + length));
  used += length;
  return octets;
}
