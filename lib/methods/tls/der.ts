// The few forms of DER (X.690) that certificates are written in.

/** One value: tag, length, content. */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  if (body.length < 0x80) return Buffer.concat([Buffer.of(tag, body.length), body]);
  const octets: number[] = [];
  for (let rest = body.length; rest > 0; rest >>>= 8) octets.unshift(rest & 0xff);
  return Buffer.concat([Buffer.of(tag, 0x80 | octets.length, ...octets), body]);
}

export const sequence = (...content: readonly Uint8Array[]): Buffer => der(0x30, ...content);
export const set = (...content: readonly Uint8Array[]): Buffer => der(0x31, ...content);
export const octetString = (...content: readonly Uint8Array[]): Buffer => der(0x04, ...content);
export const boolean = (value: boolean): Buffer => der(0x01, Buffer.of(value ? 0xff : 0));
export const text = (value: string): Buffer => der(0x0c, Buffer.from(value));

/** A tag of the context's own. */
export const tagged = (number: number, ...content: readonly Uint8Array[]): Buffer =>
  der(0xa0 | number, ...content);

/** A positive number, most significant octet first. */
export function integer(octets: Uint8Array): Buffer {
  let at = 0;
  while (at < octets.length - 1 && octets[at] === 0) at++;
  const digits = octets.subarray(at);
  return der(0x02, ((digits[0] ?? 0) & 0x80) === 0 ? digits : Buffer.concat([Buffer.of(0), digits]));
}

/** Bits, of which the last octet leaves some unused. */
export const bitString = (octets: Uint8Array, unused = 0): Buffer => der(0x03, Buffer.of(unused), octets);

/** An object identifier in dotted numbers. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const octets = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let high = Math.floor(arc / 128); high > 0; high = Math.floor(high / 128)) {
      groups.unshift(0x80 | (high & 0x7f));
    }
    return groups;
  });
  return der(0x06, Buffer.from(octets));
}

/** A point in time to the second; as RFC 5280 wants it, UTCTime up to 2049 and GeneralizedTime from then on. */
export function time(date: Date): Buffer {
  const digits = date.toISOString().replaceAll(/[-:T]|\.\d+/gu, '');
  return date.getUTCFullYear() < 2050
    ? der(0x17, Buffer.from(digits.slice(2)))
    : der(0x18, Buffer.from(digits));
}

/** A value that was read. */
export interface DerValue {
  readonly tag: number;
  readonly content: Buffer;
  /** With tag and length. */
  readonly whole: Buffer;
}

/**
 * The values in octets, one after the other.
 * @throws RangeError where they do not fill the octets
 */
export function values(octets: Buffer): DerValue[] {
  const found: DerValue[] = [];
  for (let at = 0; at < octets.length;) {
    const first = octets.readUInt8(at + 1);
    const more = first < 0x80 ? 0 : first & 0x7f;
    const start = at + 2 + more;
    const end = start + (more === 0 ? first : octets.readUIntBE(at + 2, more));
    if (end > octets.length) throw new RangeError('a value is cut short');
    found.push({
      tag: octets.readUInt8(at),
      content: octets.subarray(start, end),
      whole: octets.subarray(at, end),
    });
    at = end;
  }
  return found;
}
