// What distinguishes the TLS methods, the options of all of them on either side, and the TLS contexts made from the
// options.

import { constants, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext, type SecureContextOptions } from 'node:tls';
import { isObject } from '../../base/guards.js';
import type { TlsVersion } from './engine.js';
import { strongCiphers, weakCiphers, weaknessOf } from './strength.js';
import { type OptionNames, toInteger } from '../../base/arguments.js';
import { pemList, type Pem, type ServerTrust, serverTrustNames, badOption } from './trust.js';
import { propertyBits } from '../../eap/names.js';

/** What distinguishes the TLS methods. */
export interface TlsMethod {
  /** EAP type. */
  readonly type: number;
  /** In the flags; undefined if they have none. */
  readonly version?: number;
  /** The length goes with whole messages too. */
  readonly alwaysLength?: boolean;
  /** Over TLS 1.3 the server's octet that it is done comes always, or where it resumes (RFC 9190, 2.5; RFC 9427, 4). */
  readonly commitment?: 'always' | 'resumed';
  /** The label of its keys up to TLS 1.2. */
  readonly keyLabel: string;
}

/** The properties of every TLS method. */
export const tlsProperties =
  propertyBits.cipherSuiteNegotiation |
  propertyBits.mutualAuth |
  propertyBits.integrity |
  propertyBits.replayProtection |
  propertyBits.confidentiality |
  propertyBits.keyDerivation |
  propertyBits.keyStrength128 |
  propertyBits.dictionaryAttackResistance |
  propertyBits.fastReconnect |
  propertyBits.fragmentation |
  propertyBits.standalone |
  propertyBits.mppeEncryption |
  propertyBits.machineAuth |
  propertyBits.userAuth;

/** The properties of those that are tunnels for other methods. */
export const tunnelProperties = tlsProperties | propertyBits.tunnelMethod | propertyBits.identityPrivacy;

/** A certificate and its key: in PEM, or both in a PFX (PKCS #12). */
export interface TlsIdentity {
  /** The certificate, and behind it those that lead to the root. */
  readonly cert?: Pem;
  readonly key?: string | Uint8Array;
  readonly pfx?: Uint8Array;
  /** Opens the key or the PFX. */
  readonly passphrase?: string;
}

export const identityNames: OptionNames<TlsIdentity> = {
  cert: true,
  key: 'secret',
  pfx: 'bytes',
  passphrase: 'string',
};

/** Options of TLS. */
export interface TlsSettings {
  /** Default `TLSv1.2`. */
  readonly minVersion?: TlsVersion;
  /** Default `TLSv1.3`. */
  readonly maxVersion?: TlsVersion;
  /** The largest TLS message to accept, in octets. Default 65536. */
  readonly messageLimit?: number;
  /**
   * Accepts weak cryptography: RSA keys below 2048 bits, elliptic curves below 224 bits, Diffie-Hellman groups below
   * 2048 bits, and cipher suites of TLS 1.2 without forward secrecy. Default false: they are rejected, in the chain
   * of the other side and in this side's own certificate. For equipment that cannot be replaced yet: recorded traffic
   * can be read later, and a key that can be computed proves nothing.
   */
  readonly insecurelyAllowWeakCryptography?: boolean;
}

const settingsNames: OptionNames<TlsSettings> = {
  minVersion: ['TLSv1.2', 'TLSv1.3'],
  maxVersion: ['TLSv1.2', 'TLSv1.3'],
  messageLimit: 'number',
  insecurelyAllowWeakCryptography: 'boolean',
};

/** The options of every TLS method's peer. */
export interface TlsPeerSettings extends TlsSettings, ServerTrust {
  /**
   * Whether the server must say inside TLS 1.3 that it is done, as EAP-TLS (RFC 9190, 2.5) and a resumed EAP-TTLS
   * (RFC 9427, 4) require. Default `required`. `optional` accepts servers that do not, such as hostapd 2.10 when it
   * resumes EAP-TLS or runs it inside EAP-TTLS. An attacker on the network can then end the conversation with a
   * forged EAP-Success before the server has judged the peer, which believes that it was accepted.
   */
  readonly commitment?: 'required' | 'optional';
  /** Called with the server's certificate before it is judged, for logs; not where a connection is resumed. */
  readonly onServerCertificate?: (certificate: X509Certificate) => void;
  /** Resume connections (fast reconnect) if the server does. Default true. */
  readonly resumption?: boolean;
}

export const peerSettingsNames: OptionNames<TlsPeerSettings> = {
  ...settingsNames,
  ...serverTrustNames,
  commitment: ['required', 'optional'],
  onServerCertificate: 'function',
  resumption: 'boolean',
};

/** The options of every TLS method's authenticator, above all its certificate. */
export interface TlsAuthenticatorSettings extends TlsSettings, TlsIdentity {
  /**
   * How long a connection may be resumed (fast reconnect), in seconds. Default 0: never. The account is looked up
   * again each time; if that is impossible, as with the inner method of a DLL, nothing is resumed.
   */
  readonly resumptionLifetime?: number;
}

export const authenticatorSettingsNames: OptionNames<TlsAuthenticatorSettings> = {
  ...settingsNames,
  ...identityNames,
  resumptionLifetime: 'number',
};

/** SSL_OP_CLEANSE_PLAINTEXT: OpenSSL wipes what it has decrypted when it has handed it on. */
const cleansePlaintext = 2;

/**
 * The TLS context of a method. `more` comes last.
 * @throws TlsOptionsError for certificates and keys that cannot be used, or are too weak
 */
export function contextOf(
  settings: TlsSettings & TlsIdentity,
  ...more: readonly SecureContextOptions[]
): SecureContext {
  const { messageLimit } = settings;
  if (messageLimit !== undefined) toInteger(messageLimit, 'messageLimit', 1, 0xffff_ffff);
  const context = createContext(settings, more);
  if (settings.insecurelyAllowWeakCryptography === true) return context;
  const own = certificateOf(context);
  const weakness = own && weaknessOf(own);
  if (weakness === undefined) return context;
  throw badOption(`The certificate has ${weakness}${weakRemedy}`);
}

const weakRemedy = ': make a stronger one, or give `insecurelyAllowWeakCryptography: true`';

function createContext(
  settings: TlsSettings & TlsIdentity,
  more: readonly SecureContextOptions[],
): SecureContext {
  const { cert, key, pfx, passphrase, minVersion = 'TLSv1.2', maxVersion = 'TLSv1.3' } = settings;
  const options: SecureContextOptions = {
    minVersion,
    maxVersion,
    ciphers: settings.insecurelyAllowWeakCryptography === true ? weakCiphers : strongCiphers,
    // Keys are exported once: they must not change under way.
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ...(cert !== undefined && { cert: pemList(cert, 'cert') }),
    ...(key !== undefined && { key: typeof key === 'string' ? key : Buffer.from(key) }),
    ...(pfx !== undefined && { pfx: Buffer.from(pfx) }),
    ...(passphrase !== undefined && { passphrase }),
  };
  try {
    const { secureOptions = 0, ...rest }: SecureContextOptions = Object.assign(options, ...more);
    return createSecureContext({ ...rest, secureOptions: secureOptions | cleansePlaintext });
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    // OpenSSL 3.5 looks at the strength itself.
    const remedy = /too (?:small|weak)/u.test(reason) ? weakRemedy : '';
    throw badOption(`A certificate or key cannot be used: ${reason}${remedy}`, error);
  }
}

/** The certificate of a context's own; undefined if it has none. Node has no public way to ask. */
export function certificateOf({ context }: SecureContext): X509Certificate | undefined {
  const getCertificate: unknown = isObject(context) ? Reflect.get(context, 'getCertificate') : undefined;
  const der: unknown =
    typeof getCertificate === 'function' ? Reflect.apply(getCertificate, context, []) : undefined;
  return der instanceof Uint8Array ? new X509Certificate(der) : undefined;
}
