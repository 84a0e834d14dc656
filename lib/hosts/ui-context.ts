// The UI context that passes from a session to a user interface, maybe in another process: it names the method and the
// interface, because EapHostPeerInvokeInteractiveUI gets no other information. The form is that of
// native/embedded/ui_context.h. Pure.

import { secretBuffer, secretFrom } from '../base/secret.js';
import type { FullMethodType } from '../eap/names.js';

/** What a context says. */
export interface UiContext {
  readonly of: 'identity' | 'method';
  readonly type: FullMethodType;
  /** EAP_FLAG_… */
  readonly flags: number;
  /** Of an identity: the connection blob. */
  readonly config: Uint8Array;
  /** The user blob of an identity, or the method's own context. */
  readonly data: Uint8Array;
}

// All numbers little-endian, 32 bits: magic, kind, flags, type (4 numbers), then both blobs with their sizes before them.
const magic = 0x31554845; // EHU1
const kinds = ['identity', 'method'] as const;
const numbers = 7;
const wordLength = 4;

/** Wipe it after use. */
export function encodeUiContext({ of, type, flags, config, data }: UiContext): Buffer {
  const context = secretBuffer((numbers + 2) * wordLength + config.length + data.length);
  let at = 0;
  const { type: number, vendorId, vendorType, authorId } = type;
  const head = [magic, kinds.indexOf(of) + 1, flags, number, vendorId, vendorType, authorId];
  for (const value of head) at = context.writeUInt32LE(value >>> 0, at);
  for (const blob of [config, data]) {
    at = context.writeUInt32LE(blob.length, at);
    context.set(blob, at);
    at += blob.length;
  }
  return context;
}

/** Undefined for octets that no session gave. What it holds is a copy. */
export function decodeUiContext(octets: Uint8Array): UiContext | undefined {
  const context = Buffer.from(octets.buffer, octets.byteOffset, octets.byteLength);
  let at = numbers * wordLength;
  const blob = (): Uint8Array | undefined => {
    if (context.length - at < wordLength) return undefined;
    const end = at + wordLength + context.readUInt32LE(at);
    if (end > context.length) return undefined;
    const found = secretFrom(context.subarray(at + wordLength, end));
    at = end;
    return found;
  };
  if (context.length < at) return undefined;
  const [first, kind = 0, flags = 0, type = 0, vendorId = 0, vendorType = 0, authorId = 0] = Array.from(
    { length: numbers },
    (_, index) => context.readUInt32LE(index * wordLength),
  );
  const of = kinds[kind - 1];
  if (first !== magic || of === undefined || type > 0xff) return undefined;
  const config = blob();
  const data = blob();
  if (config === undefined || data === undefined || at !== context.length) return undefined;
  return { of, type: { type, vendorId, vendorType, authorId }, flags, config, data };
}
