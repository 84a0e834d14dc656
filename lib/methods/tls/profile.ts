// The connection blob of the TLS methods' peers: the EapHostConfig that Windows takes, and what its options mean here.
// Unsupported options are rejected by name.
//   'E' 'H' 'X' 1, then the document in UTF-8.

import { createHash } from 'node:crypto';
import type {
  InnerEap,
  PeapOptions,
  ServerValidation,
  TlsOptions,
  TtlsOptions,
} from '../../profiles/index.js';
import { profiles } from '../../profiles/index.js';
import { formatMethodType, isSameMethodType, type MethodType } from '../../eap/names.js';
import type { MethodDefinition } from '../../hosts/method.js';
import { parseServerNames } from './server-names.js';
import {
  badOption,
  needsProfileRoots,
  type ProfileTrust,
  type ServerTrust,
  TlsOptionsError,
} from './trust.js';
import type { TtlsPasswordMethod } from './ttls-password.js';

/** A parsed profile of one of these methods. */
export type TlsProfile =
  | { readonly method: 'tls'; readonly options: TlsOptions }
  | { readonly method: 'peap'; readonly options: PeapOptions }
  | { readonly method: 'ttls'; readonly options: TtlsOptions };

/** An inner EAP method and its connection blob. */
export interface InnerMethod {
  readonly type: MethodType;
  readonly config: Uint8Array;
}

/** The inner method of a profile: one of TTLS without EAP, or an EAP method. */
export type ProfileInner = TtlsPasswordMethod | InnerMethod;

/** The configuration of a peer. */
export interface PeerProfile {
  readonly trust: ProfileTrust;
  /** Connections may be resumed; undefined if the profile does not say. */
  readonly resumption: boolean | undefined;
  /** The identity outside the tunnel; undefined for the user's own name. */
  readonly outerIdentity: string | undefined;
  readonly needsCryptoBinding: boolean;
  readonly inner: ProfileInner | undefined;
}

const magic = Buffer.from('EHX\u0001');
const maxSetups = 32;
const none = Buffer.alloc(0);

/** A profile's document as connection blob. What these methods cannot do is refused when a session begins. */
export function profileBlob(document: string): Buffer {
  return Buffer.concat([magic, Buffer.from(document)]);
}

/** The document in a connection blob; undefined for a blob of another form. */
export function profileDocument(config: Uint8Array): string | undefined {
  const isProfile = config.length > magic.length && magic.equals(config.subarray(0, magic.length));
  return isProfile ? Buffer.from(config.subarray(magic.length)).toString() : undefined;
}

/**
 * The content of a connection blob for the method of this EAP type.
 * @throws TlsOptionsError for a blob of another form or method, EapError for a malformed document
 */
function decodeProfile(config: Uint8Array, type: number): PeerProfile {
  const document = profileDocument(config);
  const parsed = document === undefined ? undefined : profiles.parseConfig(document);
  const isKnown = parsed?.method === 'tls' || parsed?.method === 'peap' || parsed?.method === 'ttls';
  if (isKnown && parsed.type.type === type) return meaningOf(parsed);
  throw badOption(`The connection blob is not one that configFromXml() makes for EAP type ${type}`);
}

/** Parses connection blobs, each once, and caches the latest. Empty: no profile. */
export class PeerSetups<Setup> {
  readonly #type: number;
  readonly #make: (profile: PeerProfile | undefined) => Setup;
  readonly #made = new Map<string, Setup>();

  /**
   * Sets up without a profile at once, unless only a profile says whom to trust: options that cannot be used fail here.
   * @throws what `make` throws
   */
  constructor(type: number, trust: ServerTrust, make: (profile: PeerProfile | undefined) => Setup) {
    this.#type = type;
    this.#make = make;
    if (!needsProfileRoots(trust)) this.of(none);
  }

  /** @throws what decodeProfile and `make` throw */
  of(config: Uint8Array): Setup {
    const key = config.length === 0 ? '' : createHash('sha256').update(config).digest('base64');
    const known = this.#made.get(key);
    if (known) return known;
    const made = this.#make(config.length === 0 ? undefined : decodeProfile(config, this.#type));
    this.#made.set(key, made);
    if (this.#made.size > maxSetups) {
      const oldest = [...this.#made.keys()].find((each) => each !== '');
      this.#made.delete(oldest ?? key);
    }
    return made;
  }
}

function meaningOf(profile: TlsProfile): PeerProfile {
  if (profile.method === 'tls') return tlsMeaning(profile.options);
  if (profile.method === 'peap') return peapMeaning(profile.options);
  return ttlsMeaning(profile.options);
}

function tlsMeaning(options: TlsOptions): PeerProfile {
  const { credentialsSource, filter } = options;
  if (credentialsSource === 'smartCard') {
    refuse('CredentialsSource/SmartCard', "the certificate is that of the method's options");
  }
  if (filter?.issuers?.enabled === true) refuse('CAHashList', noFilter);
  if (filter?.clientAuth?.enabled === true) refuse('ClientAuthEKUList', noFilter);
  if (filter?.anyPurpose?.enabled === true) refuse('AnyPurposeEKUList', noFilter);
  return { ...basis, trust: trustOf(options) };
}

function peapMeaning(options: PeapOptions): PeerProfile {
  const { inner, identityPrivacy, requireCryptoBinding = false } = options;
  if (options.innerEapOptional === true) refuse('InnerEapOptional', 'there is no guest access here');
  if (options.enableQuarantineChecks === true) {
    refuse('EnableQuarantineChecks', 'there is no Network Access Protection any more');
  }
  if (!inner) refuse('no inner Eap', 'there is no guest access here');
  return {
    trust: trustOf(options),
    resumption: options.fastReconnect,
    outerIdentity: identityPrivacy?.enabled === true ? (identityPrivacy.anonymousIdentity ?? '') : undefined,
    needsCryptoBinding: requireCryptoBinding,
    inner: innerOf(inner),
  };
}

function ttlsMeaning({ serverValidation, inner, identityPrivacy }: TtlsOptions): PeerProfile {
  const isPrivate = identityPrivacy !== undefined && identityPrivacy.enabled !== false;
  return {
    ...basis,
    trust: trustOf({ serverValidation }),
    outerIdentity: isPrivate ? (identityPrivacy.anonymousIdentity ?? '') : undefined,
    inner:
      typeof inner !== 'object'
        ? inner
        : 'eap' in inner
          ? innerOf(inner.eap)
          : passwordMethod(inner.mschapv2),
  };
}

function innerOf(inner: InnerEap): ProfileInner {
  if ('blob' in inner) return { type: inner.blob.type, config: inner.blob.blob };
  if ('tls' in inner) {
    tlsMeaning(inner.tls);
    return { type: { type: 13 }, config: profileBlob(profiles.tls(inner.tls)) };
  }
  if ('peap' in inner) {
    peapMeaning(inner.peap);
    return { type: { type: 25 }, config: profileBlob(profiles.peap(inner.peap)) };
  }
  passwordMethod(inner.mschapv2);
  return { type: { type: 26 }, config: none };
}

function passwordMethod({ useWinlogonCredentials }: { readonly useWinlogonCredentials?: boolean }) {
  if (useWinlogonCredentials === true) {
    refuse('UseWinLogonCredentials', 'no user is logged on here; give credentials');
  }
  return 'mschapv2' as const;
}

function trustOf(options: {
  readonly serverValidation?: ServerValidation | undefined;
  readonly performServerValidation?: boolean;
  readonly acceptServerName?: boolean;
}): ProfileTrust {
  const { serverNames = [], trustedRoots = [] } = options.serverValidation ?? {};
  const names = options.acceptServerName === false ? [] : parseServerNames(serverNames.join(';'));
  return {
    isValidated: options.performServerValidation !== false,
    rootHashes: trustedRoots.length > 0 ? trustedRoots : undefined,
    serverNames: names.length > 0 ? names : undefined,
  };
}

function refuse(element: string, why: string): never {
  throw new TlsOptionsError('EAPHOST_NOT_SUPPORTED', `The profile has ${element}: ${why}`);
}

/**
 * The inner method that a profile names, and its connection blob.
 * @param option where the options of the outer method hold more of them
 * @throws TlsOptionsError where it is none of these
 */
export function chooseInner(
  { type, config }: InnerMethod,
  candidates: readonly MethodDefinition[],
  option: string,
): { readonly inner: readonly [MethodDefinition]; readonly config: Uint8Array } {
  const wanted = candidates.find((each) => isSameMethodType(each.type, type));
  if (wanted) return { inner: [wanted], config };
  throw badOption(`The profile wants the inner method ${formatMethodType(type)}: give it in \`${option}\``);
}

const noFilter = "the certificate is that of the method's options";
const basis = {
  resumption: undefined,
  outerIdentity: undefined,
  needsCryptoBinding: false,
  inner: undefined,
} as const;
