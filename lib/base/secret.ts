// Memory for secret octets, and for octets given to callers. Buffers of up to 64 octets are in V8's heap, which moves
// them and leaves copies behind. Node's other small buffers share one ArrayBuffer.

/** Zeros, in an ArrayBuffer of their own outside of V8's heap: wiping them leaves nothing behind. */
export function secretBuffer(length: number): Buffer {
  return Buffer.from(new ArrayBuffer(length));
}

/** A copy of all parts, one after another, in a `secretBuffer`. Text is UTF-8. */
export function secretFrom(...parts: readonly (string | Uint8Array)[]): Buffer {
  const [first] = parts;
  if (parts.length === 1 && typeof first === 'object') {
    const copy = secretBuffer(first.length);
    copy.set(first);
    return copy;
  }
  const copy = secretBuffer(parts.reduce((sum, part) => sum + Buffer.byteLength(part), 0));
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'string') at += copy.write(part, at);
    else {
      copy.set(part, at);
      at += part.length;
    }
  }
  return copy;
}

/** A copy of octets that are no secret, for callers to keep: the few of a name in V8's heap, in a fifth of the time. */
export function copyFrom(octets: Uint8Array): Buffer {
  const copy = Buffer.allocUnsafeSlow(octets.length);
  copy.set(octets);
  return copy;
}

/** Octets of a thread's stack that `coverStack` writes over: node:tls decrypts into 16 KiB of it, below its callers. */
const coveredStack = 64 * 1024;
/** The least that a call of `cover` takes: its arguments and the link to its caller. */
const leastFrame = 64;

function cover(left: number, a: number, b: number, c: number): number {
  return left === 0 ? a : cover(left - 1, b, c, a) + b + c;
}

/**
 * Writes zeros over what calls that have returned left on this thread's stack, as node:tls leaves what it has
 * decrypted last. Call it where nothing of the secret's path is under way, after an await.
 */
export function coverStack(): void {
  cover(coveredStack / leastFrame, 0, 0, 0);
}

/** UTF-8 as UTF-16, the less significant octet first, in a `secretBuffer`: for functions of Windows. */
export function secretUtf16(text: Uint8Array): Buffer {
  const copy = secretBuffer(2 * text.length);
  let length = 0;
  for (let at = 0; at < text.length;) {
    const first = text[at] ?? 0;
    const more = first < 0xc0 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
    let point = more === 0 ? first : first & (0x3f >> more);
    for (let index = 1; index <= more; index += 1) point = (point << 6) | ((text[at + index] ?? 0) & 0x3f);
    at += 1 + more;
    if (point > 0xffff) {
      length = copy.writeUInt16LE(0xd7c0 + (point >> 10), length);
      point = 0xdc00 | (point & 0x3ff);
    }
    length = copy.writeUInt16LE(point, length);
  }
  return copy.subarray(0, length);
}
