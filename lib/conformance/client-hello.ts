// A ClientHello made by hand (RFC 5246, 7.4.1.2; RFC 8446, 4.1.2): offers that no TLS library makes any more.

import { randomBytes } from 'node:crypto';

/** What is offered. */
export interface HelloOffer {
  /** The highest version: 0x0300 is SSL 3.0, 0x0304 TLS 1.3. */
  readonly version: number;
  readonly suites: readonly number[];
  /** Default: none. */
  readonly compressions?: readonly number[];
}

const tls13 = 0x304;

/** A record with the ClientHello. */
export function clientHello({ version, suites, compressions = [0] }: HelloOffer): Buffer {
  const legacy = Math.min(version, 0x303);
  const extensions = [
    extension(10, vector16(u16(0x1d, 0x17, 0x18))),
    extension(11, Buffer.of(1, 0)),
    extension(13, vector16(u16(0x403, 0x804, 0x401, 0x503, 0x805, 0x501, 0x203, 0x201))),
    ...(version < tls13
      ? []
      : [
          extension(43, Buffer.of(2, 3, 4)),
          extension(51, vector16(Buffer.concat([u16(0x1d), vector16(randomBytes(32))]))),
        ]),
  ];
  const body = Buffer.concat([
    u16(legacy),
    randomBytes(32),
    Buffer.of(0),
    vector16(u16(...suites)),
    Buffer.of(compressions.length, ...compressions),
    // SSL 3.0 has no extensions.
    ...(version > 0x300 ? [vector16(Buffer.concat(extensions))] : []),
  ]);
  const message = Buffer.concat([Buffer.of(1, 0), u16(body.length), body]);
  return record(22, message, Math.min(legacy, 0x301));
}

/** A record in the clear. */
export function record(type: number, content: Uint8Array, version = 0x303): Buffer {
  return Buffer.concat([Buffer.of(type), u16(version, content.length), content]);
}

function u16(...numbers: readonly number[]): Buffer {
  return Buffer.from(numbers.flatMap((number) => [number >> 8, number & 0xff]));
}

const vector16 = (content: Uint8Array): Buffer => Buffer.concat([u16(content.length), content]);

const extension = (type: number, content: Uint8Array): Buffer =>
  Buffer.concat([u16(type, content.length), content]);
