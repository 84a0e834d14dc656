// Datagrams that are none of RADIUS: what the attacks on its client and on its server have in common.

import { until } from '../../radius/support.js';

export const sum = (counts: object): number =>
  Object.values(counts).reduce((total: number, count) => total + Number(count), 0);

/** Everything that differs from a datagram in one bit. */
export function* flips(datagram: Buffer): Generator<Buffer> {
  for (let bit = 0; bit < datagram.length * 8; bit++) {
    const changed = Buffer.from(datagram);
    changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    yield changed;
  }
}

/** A datagram cut at every place, and with a length that says so. */
export function* cuts(datagram: Buffer): Generator<Buffer> {
  for (let length = 0; length < datagram.length; length++) {
    yield datagram.subarray(0, length);
    const honest = Buffer.from(datagram.subarray(0, length));
    if (length < 4) continue;
    honest.writeUInt16BE(length, 2);
    yield honest;
  }
}

/** Lengths that are none. */
export function* lengths(datagram: Buffer): Generator<Buffer> {
  for (const length of [0, 19, 20, datagram.length - 1, datagram.length + 1, 4096, 4097, 65_535]) {
    for (const size of [datagram.length, 5000]) {
      const changed = Buffer.alloc(size, 1);
      datagram.copy(changed);
      changed.writeUInt16BE(length, 2);
      yield changed;
    }
  }
}

/** Sends datagrams that must all be dropped, no more at a time than a socket keeps. */
export async function sendAll(
  datagrams: Iterable<Buffer>,
  send: (datagram: Buffer) => void,
  dropped: () => number,
): Promise<number> {
  let sent = 0;
  for (const datagram of datagrams) {
    send(datagram);
    sent += 1;
    if (sent % 16 === 0) await until(() => dropped() === sent);
  }
  await until(() => dropped() === sent);
  return sent;
}

/** Other codes than those, signed with the secret as they should be. */
export function* codes(good: readonly number[], make: (code: number) => Buffer): Generator<Buffer> {
  for (let code = 0; code < 256; code++) if (!good.includes(code)) yield make(code);
}
