// Memory for secret octets, and for octets given to callers. Buffers of up to 64 octets are in V8's heap, which moves
// them and leaves copies behind. Node's other small buffers share one ArrayBuffer.

/** Zeros, in an ArrayBuffer of their own outside of V8's heap: wiping them leaves nothing behind. */
export function secretBuffer(length: number): Buffer {
  return Buffer.from(new ArrayBuffer(length));
}

/** A copy of all parts, one after another, in a `secretBuffer`. Text is UTF-8. */
export function secretFrom(...parts: readonly (string | Uint8Array)[]): Buffer {
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
