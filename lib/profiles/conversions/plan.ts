// What a profile and credentials come to, for any supplicant: the method in the tunnel, identities, secrets, trust.

import type { X509Certificate } from 'node:crypto';

import { eaphostError } from '../../base/errors.js';
import { credentials as builders, parseCredentials } from '../credentials.js';
import type { EapConfiguration, OneXOptions } from '../connections/options.js';
import type { EapConfigCredentials } from '../eap-config/types.js';
import { onlyEntry } from '../eap.js';
import type { IdentityPrivacy, PeapOptions, TlsOptions, TtlsOptions } from '../options.js';
import { type ConvertedTrust, trustOf, type Validation } from './trust.js';

/** How users prove who they are. */
export type Proof =
  | {
      readonly by: 'password';
      readonly method: 'pap' | 'chap' | 'mschap' | 'mschapv2';
      readonly isEap: boolean;
    }
  | { readonly by: 'certificate'; readonly trust: ConvertedTrust };

/** What is to be configured. */
export interface Plan {
  readonly outer: 'tls' | 'peap' | 'ttls';
  readonly proof: Proof;
  /** Of the outer method. */
  readonly trust: ConvertedTrust;
  readonly identity: string | undefined;
  /** Sent in the clear in place of {@link identity}. */
  readonly anonymousIdentity: string | undefined;
  readonly password: string | undefined;
  /** False: the password is asked for each time. */
  readonly isKept: boolean;
  readonly requireCryptoBinding: boolean;
}

/** What is known of the user. */
interface User {
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly routingIdentity: string | undefined;
}

const nobody: User = { username: undefined, password: undefined, routingIdentity: undefined };

const unsupported = (what: string): Error => eaphostError('EAPHOST_NOT_SUPPORTED', what);

/** Names the properties that are not among `taken`, and are neither undefined nor what is so anyway. */
export function leftOut(
  given: object,
  taken: Readonly<Record<string, unknown>>,
  path: string,
  notes: string[],
): void {
  for (const [key, value] of Object.entries(given)) {
    const isTaken = Object.hasOwn(taken, key) && (taken[key] === undefined || taken[key] === value);
    if (!isTaken && value !== undefined) notes.push(`${path}${key} is not carried over`);
  }
}

/** A value that is taken, whatever it is. */
const any = undefined;

const credentialNames = ['tls', 'peap', 'ttls'] as const;

/** The user of `options.credentials`. Throws where they are of another method. */
function userOf(given: EapConfigCredentials | string | undefined, outer: Plan['outer']): User {
  if (given === undefined) return nobody;
  const { key, options } =
    typeof given === 'string'
      ? { key: undefined, options: undefined }
      : onlyEntry(given, 'options.credentials', credentialNames);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the builder itself checks its options
  const xml = key === undefined ? (given as string) : builders[key](options as never);
  const parsed = parseCredentials(xml, { unknown: 'refuse' });
  if (parsed.method !== outer) {
    throw new TypeError(
      `options.credentials must be of ${outer}, as the profile is, not of ${parsed.method}`,
    );
  }
  if (parsed.method !== 'peap') return { ...nobody, ...parsed.options };
  const { inner, routingIdentity } = parsed.options;
  if (inner === undefined) return { ...nobody, routingIdentity };
  if ('tls' in inner) return { ...nobody, username: inner.tls.username, routingIdentity };
  const { username, password, logonDomain = '' } = inner.mschapv2;
  const whole = username === undefined || logonDomain === '' ? username : `${logonDomain}\\${username}`;
  return { username: whole, password, routingIdentity };
}

/** The anonymous identity. Windows puts the realm of the user's name behind one of PEAP's that has none. */
function anonymousOf(
  privacy: IdentityPrivacy,
  isDefault: boolean,
  { username = '', routingIdentity }: User,
  notes: string[],
): string | undefined {
  if (routingIdentity !== undefined && routingIdentity !== '') return routingIdentity;
  const { enabled = isDefault, anonymousIdentity = '' } = privacy;
  if (!enabled) return undefined;
  if (anonymousIdentity.includes('@')) return anonymousIdentity;
  const realm = username.includes('@') ? username.slice(username.lastIndexOf('@')) : '';
  const whole = anonymousIdentity + realm;
  if (whole !== '') return whole;
  notes.push('the empty anonymous identity is written as anonymous');
  return 'anonymous';
}

/** EAP-TLS; inside a tunnel its server is the tunnel's (`around`) where it is not said whom it trusts. */
function certificateProof(
  tls: TlsOptions,
  path: string,
  all: readonly X509Certificate[],
  notes: string[],
  around?: Validation,
): Proof {
  if (tls.credentialsSource === 'smartCard')
    throw unsupported(`${path}credentialsSource: a smart card needs Windows`);
  const taken = {
    credentialsSource: any,
    serverValidation: any,
    differentUsername: any,
    performServerValidation: any,
    acceptServerName: any,
  };
  leftOut(tls, taken, path, notes);
  const isSaid = tls.serverValidation !== undefined || tls.performServerValidation !== undefined;
  return { by: 'certificate', trust: trustOf(isSaid ? tls : (around ?? tls), all, notes) };
}

const winlogon = 'useWinlogonCredentials: elsewhere there is no logon whose credentials could be used';

function noLogon(isUsed: boolean, notes: string[]): void {
  if (isUsed) notes.push(winlogon);
}

function peapProof(peap: PeapOptions, all: readonly X509Certificate[], notes: string[]): Proof {
  const { inner } = peap;
  if (inner === undefined) throw unsupported('PEAP without an inner method, as for guests, needs Windows');
  if ('tls' in inner) return certificateProof(inner.tls, 'inner.tls.', all, notes, peap);
  noLogon(inner.mschapv2.useWinlogonCredentials !== false, notes);
  return { by: 'password', method: 'mschapv2', isEap: true };
}

function ttlsProof(ttls: TtlsOptions, all: readonly X509Certificate[], notes: string[]): Proof {
  const { inner } = ttls;
  if (inner === undefined) throw unsupported('EAP-TTLS without an inner method cannot be converted');
  if (typeof inner === 'string') return { by: 'password', method: inner, isEap: false };
  if ('mschapv2' in inner) {
    noLogon(inner.mschapv2.useWinlogonCredentials === true, notes);
    return { by: 'password', method: 'mschapv2', isEap: false };
  }
  if ('tls' in inner.eap) return certificateProof(inner.eap.tls, 'inner.eap.tls.', all, notes, ttls);
  if (!('mschapv2' in inner.eap)) {
    throw unsupported(`EAP-TTLS with ${Object.keys(inner.eap).join()} inside cannot be converted`);
  }
  noLogon(inner.eap.mschapv2.useWinlogonCredentials !== false, notes);
  return { by: 'password', method: 'mschapv2', isEap: true };
}

const oneXTaken = { eap: any, authMode: 'user', cacheUserData: any };
const peapTaken = {
  serverValidation: any,
  inner: any,
  identityPrivacy: any,
  performServerValidation: any,
  acceptServerName: any,
  requireCryptoBinding: any,
  fastReconnect: true,
  innerEapOptional: false,
  enableQuarantineChecks: false,
  allowPromptingWhenServerCaNotFound: false,
};

/** The methods that other systems share with Windows. */
function sharedMethod(eap: EapConfiguration) {
  if (typeof eap !== 'string' && ('tls' in eap || 'peap' in eap || 'ttls' in eap)) return eap;
  const name = typeof eap === 'string' ? 'an EAP method that is not typed' : Object.keys(eap).join();
  throw unsupported(`${name} cannot be converted: only tls, peap and ttls are the same elsewhere`);
}

/** What the 802.1X of a profile and these credentials come to. */
export function planOf(
  oneX: OneXOptions,
  credentials: EapConfigCredentials | string | undefined,
  all: readonly X509Certificate[],
  notes: string[],
): Plan {
  const eap = sharedMethod(oneX.eap);
  leftOut(oneX, oneXTaken, 'oneX.', notes);
  const isKept = oneX.cacheUserData !== false;
  if ('tls' in eap) {
    const { username: identity } = userOf(credentials, 'tls');
    const proof = certificateProof(eap.tls, '', all, notes);
    const trust = trustOf(eap.tls, all, []);
    const bare = { anonymousIdentity: undefined, password: undefined, requireCryptoBinding: false };
    return { outer: 'tls', proof, trust, identity, isKept, ...bare };
  }
  if ('peap' in eap) {
    leftOut(eap.peap, peapTaken, '', notes);
    const user = userOf(credentials, 'peap');
    return {
      outer: 'peap',
      proof: peapProof(eap.peap, all, notes),
      trust: trustOf(eap.peap, all, notes),
      identity: user.username,
      anonymousIdentity: anonymousOf(eap.peap.identityPrivacy ?? {}, false, user, notes),
      password: user.password,
      isKept,
      requireCryptoBinding: eap.peap.requireCryptoBinding === true,
    };
  }
  const user = userOf(credentials, 'ttls');
  const { identityPrivacy } = eap.ttls;
  return {
    outer: 'ttls',
    proof: ttlsProof(eap.ttls, all, notes),
    trust: trustOf(eap.ttls, all, notes),
    identity: user.username,
    anonymousIdentity: anonymousOf(identityPrivacy ?? {}, identityPrivacy !== undefined, user, notes),
    password: user.password,
    isKept,
    requireCryptoBinding: false,
  };
}
