// Keys that a TLS method exports (RFC 5216, 2.3; RFC 5281, 8; RFC 9190, 2.3; RFC 9427, 2).

import { attributeTypes, encodeMppeKeys, type Side } from '../../eap/attributes.js';
import type { EapAttribute } from '../../eap/names.js';
import { wipe } from '../credentials.js';
import { secretFrom } from '../../base/secret.js';

/** The source of keys: an established connection. */
export interface KeySource {
  readonly version: 'TLSv1.2' | 'TLSv1.3' | undefined;
  exportKey(length: number, label: string, context?: Buffer): Buffer;
  randoms(): Buffer | undefined;
}

/** The keys of a conversation. EMSK is left out where the method defines none. */
export interface TlsKeys {
  /** 64 octets. */
  readonly msk: Buffer;
  /** 64 octets. */
  readonly emsk?: Buffer;
  /** The type, then 64 octets. */
  readonly sessionId?: Buffer;
}

const keyLength = 64;

/** MSK, EMSK and session id. `legacyLabel` is the method's own up to TLS 1.2, such as `client EAP encryption`. */
export function deriveKeys(source: KeySource, type: number, legacyLabel: string): TlsKeys {
  const context = Buffer.of(type);
  const isModern = source.version === 'TLSv1.3';
  const material = isModern
    ? source.exportKey(2 * keyLength, 'EXPORTER_EAP_TLS_Key_Material', context)
    : source.exportKey(2 * keyLength, legacyLabel);
  const name = isModern
    ? source.exportKey(keyLength, 'EXPORTER_EAP_TLS_Method-Id', context)
    : source.randoms();
  return {
    msk: material.subarray(0, keyLength),
    emsk: material.subarray(keyLength),
    ...(name && { sessionId: secretFrom(context, name) }),
  };
}

/** The keys as EAP attributes; copies. */
export function keyAttributes({ msk, emsk, sessionId }: TlsKeys, side: Side): EapAttribute[] {
  const attributes = encodeMppeKeys(msk, side);
  if (emsk) attributes.push({ type: attributeTypes.EMSK, value: secretFrom(emsk) });
  if (sessionId) attributes.push({ type: attributeTypes.SessionId, value: secretFrom(sessionId) });
  return attributes;
}

/** Overwrites MSK and EMSK. */
export function wipeKeys(keys: TlsKeys | undefined): void {
  wipe(keys?.msk, keys?.emsk);
}
