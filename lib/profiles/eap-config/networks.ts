// From a provider of an eap-config file to the profiles of its networks and the user's credentials.

import { type OptionNames, ownOptions } from '../../base/arguments.js';
import { eaphostError } from '../../base/errors.js';
import { nameOfEapType } from '../../eap/describe.js';
import { credentials as builders } from '../credentials.js';
import type { LanProfileOptions, WlanProfileOptions } from '../connections/options.js';
import type {
  EapConfigCertificate,
  EapConfigClient,
  EapConfigCredentials,
  EapConfigMethod,
  EapConfigOptions,
  EapConfigProvider,
  EapConfigServer,
} from './types.js';

/** What a user says to an eap-config file. */
export interface EapConfigChoice {
  /** One of the provider's methods. Default: the first that Windows supports. */
  readonly method?: EapConfigMethod | undefined;
  /** The user's name; with the file's realm put to it where that is missing. Default: the file's, if it has one. */
  readonly username?: string | undefined;
  /** Default: the file's, if it has one. */
  readonly password?: string | undefined;
  /** SHA-1 thumbprint of the user's certificate in Windows' store, if it is there already. */
  readonly certificate?: string | undefined;
  /** Default `WPA2`, with AES: what every access point of today takes. */
  readonly authentication?: 'WPA2' | 'WPA3ENT' | 'WPA3ENT192' | undefined;
}

const choiceNames: OptionNames<EapConfigChoice> = {
  method: 'object',
  username: 'string',
  password: 'string',
  certificate: 'string',
  authentication: ['WPA2', 'WPA3ENT', 'WPA3ENT192'],
};

/** The profiles of an eap-config file, and what has to be done besides. */
export interface EapConfigProfiles {
  /** The method that was chosen. */
  readonly method: EapConfigMethod;
  /** For `profiles.wlan()`: one for each SSID, and one for the consortia. */
  readonly wlan: readonly WlanProfileOptions[];
  /** For `profiles.lan()`, if the credentials are for wired networks, too. */
  readonly lan?: LanProfileOptions;
  /** The user's credentials; left out where something in {@link needs} is missing, or Windows takes none as XML. */
  readonly credentials?: EapConfigCredentials;
  /** {@link credentials} as an EapHostUserCredentials document. It has the password in the clear. */
  readonly credentialsXml?: string;
  /** What the file does not have, and the user did not give. */
  readonly needs: readonly ('username' | 'password' | 'certificate')[];
  /** To be put among the trusted roots (store `Root`). */
  readonly roots: readonly EapConfigCertificate[];
  /** To be put among the intermediate authorities (store `CA`). */
  readonly intermediates: readonly EapConfigCertificate[];
  /** What is not carried over, or not as the file has it, a sentence each. */
  readonly notes: readonly string[];
}

/** The method that was asked for, or the first that Windows supports. */
function chosen({ methods }: EapConfigProvider, asked: EapConfigMethod | undefined): EapConfigMethod {
  if (asked !== undefined && !methods.includes(asked)) {
    throw new TypeError("choice.method must be one of the provider's methods");
  }
  const method = asked ?? methods.find(({ windows }) => windows.supported);
  if (method?.windows.supported === true) return method;
  const reasons = (asked ? [asked] : methods).map(({ type, windows }) =>
    windows.supported ? '' : `${nameOfEapType(type)}: ${windows.reason}`,
  );
  throw eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    `Windows' own methods can do none of the file's: ${reasons.join('; ')}. Ask the provider for another`,
  );
}

/** The name with the file's prefix and realm, as far as they are missing. */
function wholeName(name: string, client: EapConfigClient): string {
  const { innerIdentityPrefix: prefix = '', innerIdentityEnforce: enforced = false } = client;
  const suffix = client.innerIdentitySuffix?.replace(/^@/u, '') ?? '';
  const begun = name.startsWith(prefix) ? name : `${prefix}${name}`;
  if (suffix === '') return begun;
  const at = begun.lastIndexOf('@');
  if (at === -1) return `${begun}@${suffix}`;
  const realm = begun.slice(at + 1).toLowerCase();
  const wanted = suffix.toLowerCase();
  if (realm === wanted || (!enforced && realm.endsWith(`.${wanted}`))) return begun;
  throw new RangeError(`choice.username must end with @${suffix}, as the provider wants it`);
}

type Known = Required<Pick<EapConfigChoice, 'username' | 'password' | 'certificate'>>;

/** What the method authenticates the user by; undefined where Windows takes none as XML. */
function proofOf(eap: EapConfigOptions): 'password' | 'certificate' | undefined {
  if ('tls' in eap) return 'certificate';
  if ('peap' in eap) return eap.peap.inner && 'tls' in eap.peap.inner ? 'certificate' : 'password';
  if ('ttls' in eap && !(typeof eap.ttls.inner === 'object' && 'eap' in eap.ttls.inner)) return 'password';
  return undefined;
}

function credentialsOf(
  eap: EapConfigOptions,
  outerIdentity: string | undefined,
  { username = '', password = '', certificate }: Known,
): EapConfigCredentials {
  const tls = { username, ...(certificate === undefined ? {} : { certificate }) };
  if ('tls' in eap) return { tls: { ...tls, username: outerIdentity ?? username } };
  if (!('peap' in eap)) return { ttls: { username, password } };
  const routing = outerIdentity === undefined ? {} : { routingIdentity: outerIdentity };
  const inner = proofOf(eap) === 'certificate' ? { tls } : { mschapv2: { username, password } };
  return { peap: { ...routing, inner } };
}

function credentialsXmlOf(credentials: EapConfigCredentials): string {
  if ('tls' in credentials) return builders.tls(credentials.tls);
  return 'peap' in credentials ? builders.peap(credentials.peap) : builders.ttls(credentials.ttls);
}

/** What is missing of what the credentials are made of. */
function missing(
  proof: 'password' | 'certificate' | undefined,
  { username, password, certificate }: Known,
  { outerIdentity, pkcs12 }: EapConfigClient,
  isBare: boolean,
): EapConfigProfiles['needs'] {
  const named = username ?? (isBare ? outerIdentity : undefined);
  return [
    ...(named === undefined && proof !== undefined ? ['username' as const] : []),
    ...(password === undefined && proof === 'password' ? ['password' as const] : []),
    ...(certificate === undefined && pkcs12 === undefined && proof === 'certificate'
      ? ['certificate' as const]
      : []),
  ];
}

/** The certificates of the tunnel's servers and of those inside it, each once. */
function certificatesOf(
  outer: EapConfigServer,
  inner: EapConfigServer | undefined,
): readonly EapConfigCertificate[] {
  const more = inner?.certificates.filter(
    ({ sha256 }) => !outer.certificates.some((each) => each.sha256 === sha256),
  );
  return [...outer.certificates, ...(more ?? [])];
}

function wlansOf(
  { wlan, id, namespace, displayNames }: EapConfigProvider,
  rest: Pick<WlanProfileOptions, 'security' | 'oneX' | 'connectionMode'>,
  isPeap: boolean,
  notes: string[],
): WlanProfileOptions[] {
  const named = new Map(
    wlan.flatMap((each) => (each.ssid === undefined ? [] : [[each.ssid, each] as const])),
  );
  const found = [...named.values()].map(({ ssid = '', minimumCipher, consortiumOids }) => {
    const place = JSON.stringify(ssid);
    if (minimumCipher === 'TKIP') notes.push(`${place}: AES is asked for, where the file lets TKIP pass`);
    if (consortiumOids)
      notes.push(`${place}: is not looked at for the consortium that the file wants it to be of`);
    return { name: ssid, ssids: [ssid], ...rest };
  });
  const alone = wlan.filter(({ ssid }) => ssid === undefined);
  const consortia = [...new Set(alone.flatMap(({ consortiumOids = [] }) => consortiumOids))];
  if (consortia.length === 0) return found;
  if (isPeap) {
    notes.push('networks of a consortium (Passpoint): left out, as Windows takes no PEAP for them');
    return found;
  }
  const hotspot2 = {
    ...(namespace === 'urn:RFC4282:realm' ? { domainName: id } : {}),
    roamingConsortiums: consortia,
  };
  const who = (displayNames[0]?.text ?? '') || id;
  // Windows demands an SSID, which such a network need not have.
  const passpoint = {
    name: `${Array.from(who).slice(0, 100).join('')} via Passpoint`,
    ssids: ['#Passpoint'],
  };
  return [...found, { ...passpoint, hotspot2, ...rest }];
}

/**
 * The profiles of a provider's networks, for Windows, and the user's credentials as far as they are known. Before the
 * profiles work, `roots` and `intermediates` must be in Windows' certificate stores, and where the method has `pkcs12`,
 * that in the user's.
 *
 * Throws EapError EAPHOST_NOT_SUPPORTED, with a reason for each, if Windows' own methods can do none of the provider's;
 * RangeError if `username` has another realm than the file wants; TypeError for a misspelt option or a wrong type.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { profiles } from 'eaphost/profiles';
 *
 * const { providers } = profiles.parseEapConfig(readFileSync('eduroam.eap-config', 'utf8'));
 * const { wlan, needs } = profiles.fromEapConfig(providers[0]!, { username: 'alice' });
 * console.log(needs, wlan.map(profiles.wlan));
 * ```
 */
export function fromEapConfig(provider: EapConfigProvider, choice?: EapConfigChoice): EapConfigProfiles {
  const given = ownOptions(choice, 'choice', choiceNames);
  const method = chosen(provider, given.method);
  const { windows } = method;
  if (!windows.supported) throw new TypeError('choice.method must be one that Windows supports');
  const client: EapConfigClient = { ...method.client, ...windows.inner?.client };
  const name = given.username ?? client.username;
  const known: Known = {
    username: name === undefined || name === '' ? undefined : wholeName(name, client),
    password: given.password ?? client.password,
    certificate: given.certificate,
  };
  const certificates = certificatesOf(method.server, windows.inner?.server);
  const { outerIdentity } = method.client;
  const eap: EapConfigOptions =
    'tls' in windows.eap && known.username !== undefined
      ? { tls: { ...windows.eap.tls, differentUsername: true } }
      : windows.eap;
  const proof = proofOf(eap);
  const needs = missing(proof, known, client, 'tls' in eap);
  const isComplete = proof !== undefined && needs.length === 0;
  const credentials = isComplete ? credentialsOf(eap, outerIdentity, known) : undefined;
  const notes = [...windows.notes];
  const oneX = {
    ...(client.allowSave === false ? { cacheUserData: false } : {}),
    authMode: 'user',
    eap,
  } as const;
  const security = { authentication: given.authentication ?? 'WPA2' };
  const wlan = wlansOf(provider, { connectionMode: 'auto', security, oneX }, 'peap' in eap, notes);
  return {
    method,
    wlan,
    ...(provider.wired.length === 0 ? {} : { lan: { oneX } }),
    ...(credentials && { credentials, credentialsXml: credentialsXmlOf(credentials) }),
    needs,
    roots: certificates.filter(({ isRoot }) => isRoot),
    intermediates: certificates.filter(({ isRoot }) => !isRoot),
    notes,
  };
}
