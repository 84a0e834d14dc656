// Decides whether to trust a certificate: the peer its server's, the authenticator its peer's. OpenSSL verifies the
// chain; this file prepares its options and adds checks of its own.

import { type OptionNames, toBoolean } from '../../base/arguments.js';
import { X509Certificate } from 'node:crypto';
import { rootCertificates, type SecureContextOptions } from 'node:tls';
import { types } from 'node:util';
import { eapErrorCodes, systemErrorCodes } from '../../base/error-codes.js';
import { printable } from '../../base/printable.js';
import { alerts } from './alerts.js';
import type { PeerCertificate } from './chains.js';
import { revocationCheck } from './revocation.js';
import { weaknessOf } from './strength.js';
import { serverCertificateNames, type ServerName, serverNameCheck } from './server-names.js';

/** One or more certificates or revocation lists in PEM; one text may hold several. */
export type Pem = string | Uint8Array | readonly (string | Uint8Array)[];

/**
 * What makes a peer trust its server. Give `ca`, `systemRoots` with `serverNames`, or `serverHashes`; without any of
 * them no server is trusted. Every given condition must hold.
 */
export interface ServerTrust {
  /** Certificates of the authorities that may have signed the server's. */
  readonly ca?: Pem;
  /** Trusts the public authorities that Node ships. Needs `serverNames`: anybody can get a certificate from them. */
  readonly systemRoots?: boolean;
  /**
   * The connection blob chooses among `ca` and `systemRoots` by its hashes (TrustedRootCA); a blob that names none trusts
   * nobody. Default false: all of them are trusted where no hashes are named.
   */
  readonly onlyProfileRoots?: boolean;
  /** SHA-1 or SHA-256 of the roots to trust among `ca` and `systemRoots`, in hex; as in a profile's TrustedRootCA. */
  readonly rootHashes?: readonly string[];
  /** The server's names; `parseServerNames` reads the text of a profile. */
  readonly serverNames?: readonly ServerName[];
  /** SHA-1 or SHA-256 of the server's own certificate, in hex. Alone: the chain is not checked. */
  readonly serverHashes?: readonly string[];
  /**
   * Revocation lists, one for each authority of the chain; with `serverHashes` alone one of the certificate's issuer
   * is enough. With any, a certificate that no list covers is rejected.
   */
  readonly crl?: Pem;
  /** Trusts any server, and gives it the password or its hash. For tests. */
  readonly insecurelyTrustAnyServer?: boolean;
}

export const serverTrustNames: OptionNames<ServerTrust> = {
  ca: true,
  systemRoots: 'boolean',
  onlyProfileRoots: 'boolean',
  rootHashes: 'strings',
  serverNames: 'array',
  serverHashes: 'strings',
  crl: true,
  insecurelyTrustAnyServer: 'boolean',
};

/** What makes an authenticator trust a peer's certificate. */
export interface ClientTrust {
  /** Certificates of the authorities that may have signed the peer's. */
  readonly ca: Pem;
  /**
   * Revocation lists, one for each authority of the chain. With any, a certificate that no list covers is rejected.
   */
  readonly crl?: Pem;
}

/** The servers that a profile trusts, in addition to the checks of the method's own options. */
export interface ProfileTrust {
  /** False: the server's certificate is not checked. */
  readonly isValidated: boolean;
  /** SHA-1 of the roots; undefined if the profile names none. */
  readonly rootHashes: readonly string[] | undefined;
  /** Undefined if any name is accepted. */
  readonly serverNames: readonly ServerName[] | undefined;
}

const optionErrors = {
  EAPHOST_NO_TRUST: eapErrorCodes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND,
  EAPHOST_BAD_TLS_OPTIONS: systemErrorCodes.ERROR_INVALID_PARAMETER,
  EAPHOST_NOT_SUPPORTED: eapErrorCodes.EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED,
} as const;

/**
 * Options or a profile cannot be used. `EAPHOST_NO_TRUST`: they name nothing that a server could be trusted by.
 * `EAPHOST_NOT_SUPPORTED`: a profile has a feature that these methods do not support.
 */
export class TlsOptionsError extends Error {
  override readonly name = 'TlsOptionsError';
  readonly code: keyof typeof optionErrors;

  constructor(code: TlsOptionsError['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }

  /** The code that a method DLL returns for it. */
  get winError(): number {
    return optionErrors[this.code];
  }
}

/** An option, or what it holds, cannot be used. */
export function badOption(message: string, cause?: unknown): TlsOptionsError {
  return new TlsOptionsError('EAPHOST_BAD_TLS_OPTIONS', message, cause);
}

/** Why a certificate is refused. */
export interface Refusal {
  /** TLS alert to tell the other side. */
  readonly alert: number;
  readonly failureReasonCode: number;
  readonly rootCause: string;
}

/** A judgement ready for use. */
export interface Judge {
  /** Any server is trusted. */
  readonly isBlind: boolean;
  /** For the TLS context. */
  readonly contextOptions: SecureContextOptions;
  check(peer: PeerCertificate): Refusal | undefined;
}

const howToTrust =
  "give the authority's certificate as `ca`, or `systemRoots: true` with `serverNames`, or the hash of the server's " +
  'certificate as `serverHashes`; only for tests: `insecurelyTrustAnyServer: true`';

/**
 * The peer's judgement of its server. What a profile names must hold on top of what the options do.
 * @throws TlsOptionsError where nothing is trusted, and for hashes and certificates that are malformed
 */
export function serverJudge(trust: ServerTrust & Strictness = {}, profile?: ProfileTrust): Judge {
  if (trust.serverNames?.some((name) => typeof name !== 'string' && !types.isRegExp(name)) === true) {
    throw new TypeError('serverNames must have strings and regular expressions alone');
  }
  const isBlind = trust.insecurelyTrustAnyServer === true && !(profile && demandsTrust(profile));
  if (isBlind) return { isBlind, contextOptions: {}, check: () => undefined };
  if (profile && !profile.isValidated) {
    throw new TlsOptionsError(
      'EAPHOST_NOT_SUPPORTED',
      'The profile has PerformServerValidation false: only with `insecurelyTrustAnyServer: true`, for tests',
    );
  }
  const serverHashes = trust.serverHashes?.map(hashOf);
  const ca = anchorsOf(trust, profile);
  const roots = new Set(ca.flatMap(certificatesOf).map((anchor) => anchor.fingerprint256));
  if (ca.length === 0 && !serverHashes?.length) {
    throw new TlsOptionsError('EAPHOST_NO_TRUST', `No server can be trusted: ${howToTrust}`);
  }
  const nameChecks = [trust.serverNames, profile?.serverNames]
    .filter((names) => names !== undefined)
    .map((names) => checked('serverNames', () => serverNameCheck(names)));
  const mustChain = ca.length > 0;
  const crl = trust.crl === undefined ? undefined : pemList(trust.crl, 'crl');
  const revocationError = mustChain || !crl ? () => undefined : checked('crl', () => revocationCheck(crl));
  return {
    isBlind,
    contextOptions: { ca, ...(mustChain && crl && { crl }) },
    check({ certificate, chainError, issuers }) {
      const weakness =
        trust.insecurelyAllowWeakCryptography === true
          ? undefined
          : weakest([certificate, ...(mustChain ? issuers : [])]);
      if (weakness !== undefined) return weakRefusal('server', weakness);
      if (mustChain && chainError !== undefined) return chainRefusal('server', chainError);
      // Node trusts the authorities inside a PFX too.
      const root = issuers.at(-1) ?? certificate;
      if (mustChain && !roots.has(root.fingerprint256))
        return chainRefusal('server', 'SELF_SIGNED_CERT_IN_CHAIN');
      if (!isInForce(certificate)) return chainRefusal('server', 'CERT_HAS_EXPIRED');
      if (serverHashes && !serverHashes.some((hash) => hasHash(certificate, hash))) {
        return untrusted('The server has another certificate than those that `serverHashes` names.');
      }
      const revoked = revocationError(certificate);
      if (revoked !== undefined) return chainRefusal('server', revoked);
      if (!nameChecks.every((isExpected) => isExpected(certificate))) {
        const names = serverCertificateNames(certificate)
          .map((name) => printable(name.slice(0, 128)))
          .join(', ');
        return untrusted(`The server is called ${names || 'nothing'}, which \`serverNames\` does not have.`);
      }
      return undefined;
    },
  };
}

/** @throws TlsOptionsError where an option cannot be used */
function checked<Value>(option: string, make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw badOption(`\`${option}\`: ${reason}`, error);
  }
}

/** The authenticator's judgement of its peer. */
export function clientJudge(
  { ca, crl }: ClientTrust,
  { insecurelyAllowWeakCryptography = false }: Strictness,
): Judge {
  return {
    isBlind: false,
    contextOptions: {
      ca: pemList(ca, 'clients.ca'),
      ...(crl !== undefined && { crl: pemList(crl, 'clients.crl') }),
    },
    check({ certificate, chainError, issuers }) {
      const weakness = insecurelyAllowWeakCryptography ? undefined : weakest([certificate, ...issuers]);
      if (weakness !== undefined) return weakRefusal('peer', weakness);
      return chainError === undefined ? undefined : chainRefusal('peer', chainError);
    },
  };
}

/** A list of PEM texts, as Node takes it. Throws TypeError that names `argument`. */
export function pemList(pem: Pem, argument: string): (string | Buffer)[] {
  const list: readonly unknown[] = Array.isArray(pem) ? pem : [pem];
  return list.map((text) => {
    if (typeof text === 'string') return text;
    if (types.isUint8Array(text)) return Buffer.from(text);
    throw new TypeError(`${argument} must be PEM: a string, octets, or an array of these`);
  });
}

/** Only a profile says whom to trust. Throws TypeError: taken for false, a wrong value would trust all of `ca`. */
export function needsProfileRoots({ onlyProfileRoots }: ServerTrust): boolean {
  return toBoolean(onlyProfileRoots, 'options.onlyProfileRoots', false);
}

function demandsTrust({ isValidated, rootHashes, serverNames }: ProfileTrust): boolean {
  return isValidated && (rootHashes ?? serverNames) !== undefined;
}

function anchorsOf(trust: ServerTrust, profile: ProfileTrust | undefined): (string | Buffer)[] {
  const { ca, systemRoots, rootHashes, serverNames } = trust;
  if (needsProfileRoots(trust) && profile?.rootHashes === undefined) {
    throw new TlsOptionsError(
      'EAPHOST_NO_TRUST',
      'No server can be trusted: with `onlyProfileRoots` the profile must name the hash of a root (TrustedRootCA)',
    );
  }
  const pool = [
    ...(ca === undefined ? [] : pemList(ca, 'ca')),
    ...(systemRoots === true ? rootCertificates : []),
  ];
  const narrows = [serverNames, rootHashes, profile?.serverNames, profile?.rootHashes];
  if (systemRoots === true && narrows.every((list) => !list?.length)) {
    throw new TlsOptionsError(
      'EAPHOST_NO_TRUST',
      'With `systemRoots` give `serverNames` too: anybody can get a certificate of a public authority.',
    );
  }
  const demands = [rootHashes, profile?.rootHashes].filter((hashes) => hashes !== undefined);
  if (demands.length === 0) return pool;
  const hashLists = demands.map((hashes) => hashes.map(hashOf));
  const anchors = pool
    .flatMap(certificatesOf)
    .filter((anchor) => hashLists.every((hashes) => hashes.some((hash) => hasHash(anchor, hash))))
    .map((anchor) => anchor.toString());
  if (anchors.length === 0) {
    throw new TlsOptionsError(
      'EAPHOST_NO_TRUST',
      'None of the certificates of `ca` and `systemRoots` has a hash that `rootHashes` or the ' +
        "profile's TrustedRootCA names: add the root itself to `ca`",
    );
  }
  return anchors;
}

const certificateForm = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gu;

/** The certificates of a PEM text that may hold several. */
function certificatesOf(text: string | Buffer): X509Certificate[] {
  const found = text.toString().match(certificateForm) ?? [];
  if (found.length === 0) {
    throw badOption('`ca` holds no certificate in PEM');
  }
  try {
    return found.map((pem) => new X509Certificate(pem));
  } catch (error) {
    throw badOption('A certificate of `ca` is malformed', error);
  }
}

/** A hash in lower-case hex without what people put between the digits. */
function hashOf(text: string): string {
  const digits = text.replaceAll(/[\s:]/gu, '').toLowerCase();
  if (/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/u.test(digits)) return digits;
  throw badOption('A hash must be SHA-1 or SHA-256 in hex digits');
}

function hasHash(certificate: X509Certificate, hash: string): boolean {
  const fingerprint = hash.length === 40 ? certificate.fingerprint : certificate.fingerprint256;
  return fingerprint.replaceAll(':', '').toLowerCase() === hash;
}

function isInForce(certificate: X509Certificate): boolean {
  const now = Date.now();
  return Date.parse(certificate.validFrom) <= now && now <= Date.parse(certificate.validTo);
}

function untrusted(rootCause: string): Refusal {
  const failureReasonCode = eapErrorCodes.EAP_E_SERVER_CERT_INVALID;
  return { alert: alerts.certificateUnknown, failureReasonCode, rootCause };
}

/** The part of TlsSettings that a judge goes by. */
interface Strictness {
  readonly insecurelyAllowWeakCryptography?: boolean;
}

/** Describes what is too weak in a chain. */
function weakest(chain: readonly X509Certificate[]): string | undefined {
  for (const certificate of chain) {
    const weakness = weaknessOf(certificate);
    if (weakness !== undefined) return `${printable(certificate.subject.slice(0, 128))} has ${weakness}`;
  }
  return undefined;
}

function weakRefusal(whose: 'server' | 'peer', weakness: string): Refusal {
  const [alert, serverCode, peerCode] = faults.invalid;
  return {
    alert,
    failureReasonCode: whose === 'server' ? serverCode : peerCode,
    rootCause:
      `The ${whose}'s certificate is refused as too weak: ${weakness}. ` +
      'Only `insecurelyAllowWeakCryptography: true` takes it.',
  };
}

/** Faults of a chain, grouped by the codes of EAPHost and TLS. */
type Fault = keyof typeof faults;

function faultOf(chainError: string): Fault {
  if (/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/u.test(chainError)) return 'expired';
  if (chainError === 'CERT_REVOKED') return 'revoked';
  if (chainError === 'INVALID_PURPOSE') return 'purpose';
  if (chainError.includes('CRL')) return 'revocationUnknown';
  return /ISSUER|SELF_SIGNED|UNABLE_TO_VERIFY_LEAF/u.test(chainError) ? 'root' : 'invalid';
}

const codes = eapErrorCodes;
/** The alert for each, and the codes for the certificate of a server and of a peer. */
const faults = {
  expired: [alerts.certificateExpired, codes.EAP_E_SERVER_CERT_EXPIRED, codes.EAP_E_USER_CERT_EXPIRED],
  revoked: [alerts.certificateRevoked, codes.EAP_E_SERVER_CERT_REVOKED, codes.EAP_E_USER_CERT_REVOKED],
  purpose: [alerts.unsupportedCertificate, codes.EAP_E_SERVER_CERT_INVALID, codes.EAP_E_USER_CERT_INVALID],
  root: [alerts.unknownCa, codes.EAP_E_SERVER_ROOT_CERT_NOT_FOUND, codes.EAP_E_USER_CERT_REJECTED],
  revocationUnknown: [
    alerts.certificateUnknown,
    codes.EAP_E_SERVER_CERT_OTHER_ERROR,
    codes.EAP_E_USER_CERT_OTHER_ERROR,
  ],
  invalid: [alerts.badCertificate, codes.EAP_E_SERVER_CERT_INVALID, codes.EAP_E_USER_CERT_INVALID],
} as const;

function chainRefusal(whose: 'server' | 'peer', chainError: string): Refusal {
  const [alert, serverCode, peerCode] = faults[faultOf(chainError)];
  return {
    alert,
    failureReasonCode: whose === 'server' ? serverCode : peerCode,
    rootCause: `The ${whose}'s certificate is refused: ${chainError}.`,
  };
}
