// MD4 (RFC 1320), which OpenSSL 3 keeps out of its default provider. Windows' password hash is made of it.

import hashWasm from 'hash-wasm/dist/md4.umd.min.js';
import { secretBuffer } from '../base/secret.js';

type Md4 = Awaited<ReturnType<typeof hashWasm.createMD4>>;

/** As long as the longest password in UTF-16 and a block more: what wipes the WebAssembly memory after a password. */
const zeros = new Uint8Array(1024 + 63);

let loading: Promise<Md4> | undefined;

/** The MD4 digest, 16 octets. Only the first call waits, for the WebAssembly code to compile. */
export async function md4(data: Uint8Array): Promise<Buffer> {
  const hasher = await (loading ??= hashWasm.createMD4());
  // No await from here on: the hasher is shared.
  const own = secretBuffer(16);
  const digest = hasher.init().update(data).digest('binary');
  // Before V8 moves it.
  own.set(digest);
  digest.fill(0);
  hasher
    .init()
    .update(zeros.subarray(0, data.length + 63))
    .digest('binary');
  return own;
}
