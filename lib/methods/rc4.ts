// RC4, which OpenSSL 3 keeps out of its default provider. Only the Change-Password packet of MS-CHAPv2 needs it.

/** `data` encrypted, or decrypted, with RC4 under `key` (1 to 256 octets), from the start of the key stream. */
export function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number) => state[index & 0xff] ?? 0;
  const swap = (left: number, right: number) => {
    const held = at(left);
    state[left & 0xff] = at(right);
    state[right & 0xff] = held;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j += at(i) + (key[i % key.length] ?? 0);
    swap(i, j);
  }
  const output = Buffer.alloc(data.length);
  let i = 0;
  let j = 0;
  for (const [index, octet] of data.entries()) {
    i += 1;
    j += at(i);
    swap(i, j);
    output[index] = octet ^ at(at(i) + at(j));
  }
  state.fill(0);
  return output;
}
