// Fragments of TLS messages: cut and joined at any size, refused where they lie.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Framing, FramingError, tlsFlags } from '../../../lib/methods/tls/framing.js';

/** Sends a message from one side to the other; gives what was on the link, without the header of five octets. */
function carry(from: Framing, to: Framing, message: Buffer): Buffer[] {
  const packets: Buffer[] = [];
  from.load(message);
  for (;;) {
    const packet = from.next();
    packets.push(packet);
    const taken = to.take(packet);
    if (taken.kind === 'message') {
      ok(taken.data.equals(message));
      equal(from.hasMore, false);
      return packets;
    }
    equal(taken.kind, 'more');
    deepEqual(from.take(to.next()), { kind: 'next' });
  }
}

function framing(maxSendPacketSize = 100, limit?: number, version?: number): Framing {
  return new Framing({ maxSendPacketSize, limit, version });
}

function fragment(flags: number, length: number | undefined, data: number): Buffer {
  const head = Buffer.alloc(length === undefined ? 1 : 5);
  head.writeUInt8(flags | (length === undefined ? 0 : tlsFlags.length));
  if (length !== undefined) head.writeUInt32BE(length, 1);
  return Buffer.concat([head, Buffer.alloc(data, 7)]);
}

describe('Fragments', () => {
  it('are joined to what was cut, at any size of link and message', () => {
    for (const size of [100, 101, 200, 1000, 1400, 20_000]) {
      const [from, to] = [framing(size), framing(size)];
      const room = size - 6;
      for (const length of [0, 1, room - 4, room - 1, room, room + 1, 2 * room - 4, 2 * room - 3, 5000]) {
        const packets = carry(from, to, randomBytes(length));
        ok(packets.every((packet) => packet.length <= size - 5));
        const isWhole = length <= room;
        const first = packets[0] ?? Buffer.alloc(0);
        equal(packets.length, isWhole ? 1 : Math.ceil((length + 4) / room), `${length} on ${size}`);
        equal(first[0], isWhole ? 0 : tlsFlags.length | tlsFlags.more);
        if (!isWhole) equal(first.readUInt32BE(1), length);
        equal(packets.at(-1)?.[0], 0);
      }
    }
  });

  it('have the version, and the length always where it is wanted', () => {
    const from = new Framing({ maxSendPacketSize: 100, version: 1, alwaysLength: true });
    const to = framing(100, undefined, 1);
    deepEqual(carry(from, to, Buffer.of(9)), [Buffer.of(0x81, 0, 0, 0, 1, 9)]);
    deepEqual(carry(from, to, Buffer.alloc(0)), [Buffer.of(1)]);
    equal(carry(from, to, Buffer.alloc(90)).length, 1);
    equal(carry(from, to, Buffer.alloc(91)).length, 2);
    throws(() => framing(100, undefined, 0).take(Buffer.of(1)), FramingError);
    equal(framing().take(Buffer.of(7)).kind, 'message');
  });

  it('may be whole and have a length, or repeat it', () => {
    equal(framing().take(fragment(0, 3, 3)).kind, 'message');
    const to = framing();
    equal(to.take(fragment(tlsFlags.more, 6, 3)).kind, 'more');
    equal(to.take(fragment(0, 6, 3)).kind, 'message');
  });

  const lies: Readonly<Record<string, readonly Buffer[]>> = {
    'no flags': [Buffer.alloc(0)],
    'a start': [Buffer.of(tlsFlags.start)],
    'half a length': [Buffer.of(tlsFlags.length, 0, 0)],
    'a whole message with a length that is too long': [fragment(0, 4, 3)],
    'a whole message with a length that is too short': [fragment(0, 2, 3)],
    'a first fragment without a length': [fragment(tlsFlags.more, undefined, 3)],
    'a fragment with all of its message': [fragment(tlsFlags.more, 3, 4)],
    'a fragment that is empty': [fragment(tlsFlags.more, 3, 0)],
    'a later fragment that is empty': [fragment(tlsFlags.more, 3, 1), fragment(tlsFlags.more, undefined, 0)],
    'more than announced': [fragment(tlsFlags.more, 4, 3), fragment(0, undefined, 2)],
    'less than announced': [fragment(tlsFlags.more, 6, 3), fragment(0, undefined, 2)],
    'a length that changes': [fragment(tlsFlags.more, 6, 3), fragment(0, 7, 3)],
    'a length above the limit': [fragment(tlsFlags.more, 65_537, 3)],
    'a length of 4 GiB': [fragment(tlsFlags.more, 0xffffffff, 3)],
  };
  for (const [what, packets] of Object.entries(lies)) {
    it(`are refused with ${what}`, () => {
      const to = framing();
      for (const packet of packets.slice(0, -1)) equal(to.take(packet).kind, 'more');
      throws(() => to.take(packets.at(-1) ?? Buffer.alloc(0)), FramingError);
    });
  }

  it('are refused instead of an acknowledgement', () => {
    for (const packet of [fragment(0, undefined, 1), fragment(0, 1, 0), Buffer.of(tlsFlags.more)]) {
      const from = framing();
      from.load(Buffer.alloc(500));
      from.next();
      throws(() => from.take(packet), FramingError);
    }
  });

  it('end at the limit', () => {
    const to = framing(100, 1000);
    throws(() => to.take(fragment(0, undefined, 1001)), FramingError);
    const endless = framing(100, 1000);
    equal(endless.take(fragment(tlsFlags.more, 1000, 1)).kind, 'more');
    for (let count = 1; count < 1000; count++) {
      equal(endless.take(fragment(tlsFlags.more, undefined, 1)).kind, 'more');
    }
    throws(() => endless.take(fragment(tlsFlags.more, undefined, 1)), FramingError);
  });

  it('need a link of 100 octets', () => {
    throws(() => framing(99), RangeError);
  });
});
