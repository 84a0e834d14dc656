// MD4 (RFC 1320), of which Windows makes its password hash, and which OpenSSL 3 keeps out of its default provider. Pure.

import { secretBuffer, secretFrom } from '../base/secret.js';

/** For each of the three rounds (3.4): the order of a block's words, how far its steps rotate, and the constant that they add. */
const rounds = [
  { words: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15], shifts: [3, 7, 11, 19], constant: 0 },
  {
    words: [0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15],
    shifts: [3, 5, 9, 13],
    constant: 0x5a827999,
  },
  {
    words: [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15],
    shifts: [3, 9, 11, 15],
    constant: 0x6ed9eba1,
  },
];
const steps = rounds.flatMap(({ words, shifts, constant }, round) =>
  words.map((word, step) => ({ round, at: 4 * word, shift: shifts[step % 4] ?? 0, constant })),
);

/** The digest before the first block (3.3). */
const initial = Buffer.from('0123456789abcdeffedcba9876543210', 'hex');

/** The MD4 digest, 16 octets. */
export function md4(data: Uint8Array): Buffer {
  // A one, zeros, and the length in bits up to the end of a block (3.1, 3.2).
  const blocks = secretBuffer(Math.ceil((data.length + 9) / 64) * 64);
  blocks.set(data);
  blocks[data.length] = 0x80;
  blocks.writeUIntLE(data.length * 8, blocks.length - 8, 6);
  const digest = secretFrom(initial);
  const add = (word: number, at: number): number =>
    digest.writeInt32LE((digest.readInt32LE(at) + word) | 0, at);
  for (let block = 0; block < blocks.length; block += 64) {
    let a = digest.readInt32LE(0);
    let b = digest.readInt32LE(4);
    let c = digest.readInt32LE(8);
    let d = digest.readInt32LE(12);
    for (const { round, at, shift, constant } of steps) {
      const mixed = round === 0 ? (b & c) | (~b & d) : round === 1 ? (b & c) | ((b | c) & d) : b ^ c ^ d;
      const sum = (a + mixed + blocks.readInt32LE(block + at) + constant) | 0;
      a = d;
      d = c;
      c = b;
      b = (sum << shift) | (sum >>> (32 - shift));
    }
    add(a, 0);
    add(b, 4);
    add(c, 8);
    add(d, 12);
  }
  blocks.fill(0);
  return digest;
}
