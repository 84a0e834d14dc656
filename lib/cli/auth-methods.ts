// The methods of the command line by their names: how the peer of each is made, and configured on either run-time.

import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { namedMethods } from '../supplicant/options.js';
import type { EapHost } from '../supplicant/eaphost.js';
import { encodeCredentials } from '../methods/credentials.js';
import type { MethodDefinition } from '../hosts/method.js';
import { md5 } from '../methods/md5.js';
import { mschapv2 } from '../methods/mschapv2.js';
import {
  gtc,
  parseServerNames,
  peapPeer,
  type TlsIdentity,
  type TlsPeerSettings,
  tlsPeer,
  type TtlsPasswordMethod,
  ttlsPeer,
} from '../methods/tls/index.js';
import { putSecret } from '../profiles/hidden-text.js';
import { profiles, type ServerValidation } from '../profiles/index.js';
import type { FullMethodType } from '../eap/names.js';
import { UsageError } from './command.js';
import type { methodNames } from './tables.js';

/** An inner method: of TTLS without EAP, or an EAP method. */
export type InnerName = TtlsPasswordMethod | 'eap-mschapv2' | 'eap-tls' | 'eap-gtc' | 'eap-md5';

/** What a method's name stands for. */
export interface MethodMeaning {
  readonly outer: keyof typeof namedMethods;
  readonly inner?: InnerName;
}

/** A method of the command line. */
export type MethodChoice = (typeof methodNames)[number];

/** What each stands for. */
export const methodForms = {
  md5: { outer: 'md5' },
  mschapv2: { outer: 'mschapv2' },
  gtc: { outer: 'gtc' },
  tls: { outer: 'tls' },
  'peap-mschapv2': { outer: 'peap', inner: 'eap-mschapv2' },
  'peap-tls': { outer: 'peap', inner: 'eap-tls' },
  'peap-gtc': { outer: 'peap', inner: 'eap-gtc' },
  'ttls-pap': { outer: 'ttls', inner: 'pap' },
  'ttls-chap': { outer: 'ttls', inner: 'chap' },
  'ttls-mschap': { outer: 'ttls', inner: 'mschap' },
  'ttls-mschapv2': { outer: 'ttls', inner: 'mschapv2' },
  'ttls-md5': { outer: 'ttls', inner: 'eap-md5' },
  'ttls-gtc': { outer: 'ttls', inner: 'eap-gtc' },
  'ttls-eap-mschapv2': { outer: 'ttls', inner: 'eap-mschapv2' },
  'ttls-tls': { outer: 'ttls', inner: 'eap-tls' },
} as const satisfies Record<MethodChoice, MethodMeaning>;

/** What a method's peer is made of. */
export interface PeerChoice {
  readonly method: MethodChoice;
  readonly identity: string;
  readonly password: Buffer;
  /** Outside of the tunnel. */
  readonly outerIdentity: string | undefined;
  /** Certificates in PEM; undefined with `isCareless`. */
  readonly ca: string | undefined;
  /** In the form of a profile. */
  readonly serverNames: readonly string[];
  readonly isCareless: boolean;
  readonly client: TlsIdentity | undefined;
  readonly onServerCertificate?: (certificate: X509Certificate) => void;
  /** PEAP refuses servers without crypto-binding. */
  readonly needsCryptoBinding?: boolean;
  /** What is taken beyond the defaults. */
  readonly leniency?: Pick<TlsPeerSettings, 'commitment' | 'insecurelyAllowWeakCryptography'>;
}

/** Whether a server must prove itself by a certificate. */
export function usesTls(method: MethodChoice): boolean {
  const { outer } = methodForms[method];
  return outer === 'tls' || outer === 'peap' || outer === 'ttls';
}

/** Whether the user has a certificate rather than a password. */
export function usesCertificate(method: MethodChoice): boolean {
  const form: MethodMeaning = methodForms[method];
  return form.outer === 'tls' || form.inner === 'eap-tls';
}

/** The methods in TypeScript that the embedded run-time needs for it. */
export function peerMethods(choice: PeerChoice): MethodDefinition[] {
  const { method, ca, serverNames, isCareless, client = {}, identity, outerIdentity, leniency = {} } = choice;
  const { onServerCertificate, needsCryptoBinding = false } = choice;
  if (!usesTls(method)) return [gtc];
  const form: MethodMeaning = methodForms[method];
  const trust = {
    ...(ca !== undefined && { ca }),
    ...(serverNames.length > 0 && { serverNames: parseServerNames(serverNames.join(';')) }),
    insecurelyTrustAnyServer: isCareless,
    ...leniency,
  };
  const outerTrust = { ...trust, ...(onServerCertificate && { onServerCertificate }) };
  const outer = outerIdentity === undefined ? {} : { identity: outerIdentity };
  const eapMethods: Readonly<Record<string, () => MethodDefinition>> = {
    'eap-mschapv2': () => mschapv2,
    'eap-gtc': () => gtc,
    'eap-md5': () => md5,
    'eap-tls': () => tlsPeer({ ...trust, ...client, identity }),
  };
  if (form.outer === 'tls') return [tlsPeer({ ...outerTrust, ...client, identity })];
  const { inner = 'eap-mschapv2' } = form;
  const eap = eapMethods[inner]?.();
  if (form.outer === 'peap') {
    const cryptoBinding = needsCryptoBinding ? 'required' : 'optional';
    return [peapPeer({ ...outerTrust, ...outer, cryptoBinding, methods: eap ? [eap] : [] })];
  }
  const password = isPasswordMethod(inner) ? inner : undefined;
  return [ttlsPeer({ ...outerTrust, ...outer, inner: password ?? (eap ? [eap] : []) })];
}

/** The peer in TypeScript of the method, also where the embedded run-time has one of its own. */
export function peerMethod(choice: PeerChoice): MethodDefinition {
  const own = choice.method === 'md5' ? md5 : choice.method === 'mschapv2' ? mschapv2 : undefined;
  return own ?? peerMethods(choice)[0] ?? gtc;
}

function isPasswordMethod(inner: InnerName): inner is TtlsPasswordMethod {
  return !inner.startsWith('eap-');
}

/** What a session is begun with. `credentials` holds secrets: wipe it. */
export interface Configured {
  readonly method: FullMethodType;
  readonly config: Uint8Array | undefined;
  readonly credentials: Uint8Array | undefined;
}

/**
 * The blobs of a session: Windows' methods get theirs out of XML, the package's own need none for their connection.
 * Throws UsageError for what no XML is known of.
 */
export async function configure(host: EapHost, choice: PeerChoice): Promise<Configured> {
  const { method, identity, password } = choice;
  const type = namedMethods[methodForms[method].outer];
  if (host.runtime === 'embedded') {
    const credentials = usesCertificate(method)
      ? undefined
      : encodeCredentials({ username: identity, password });
    return { method: type, config: undefined, credentials };
  }
  // The password takes its place in octets: a string of it could not be wiped.
  const place = randomUUID();
  const { config, credentials } = profileOf({ ...choice, password: Buffer.from(place) });
  const { blob } = await host.configFromXml(config);
  const document = putSecret(credentials, place, password);
  try {
    const user = await host.credentialsFromXml(document, { method: type, config: blob });
    return { method: type, config: blob, credentials: user };
  } finally {
    document.fill(0);
  }
}

/** The documents that configure Windows' own method. Throws UsageError if there are none. */
export function profileOf(choice: PeerChoice): { readonly config: string; readonly credentials: string } {
  const { method, identity, outerIdentity, leniency = {} } = choice;
  if (Object.keys(leniency).length > 0) {
    throw new UsageError(
      '--commitment and --insecurely-allow-weak-cryptography are for the package’s own methods: --runtime embedded',
    );
  }
  const form: MethodMeaning = methodForms[method];
  const password = choice.password.toString();
  const user = { username: identity, password };
  const certificate = certificateUser(choice);
  const privacy =
    outerIdentity === undefined ? undefined : { enabled: true, anonymousIdentity: outerIdentity };
  const serverValidation = validationOf(choice);
  const validation = {
    serverValidation,
    performServerValidation: !choice.isCareless,
    acceptServerName: choice.serverNames.length > 0,
  };
  const chap = { useWinlogonCredentials: false };
  if (method === 'mschapv2') {
    return { config: profiles.mschapv2(chap), credentials: profiles.credentials.mschapv2(user) };
  }
  if (method === 'tls') {
    const config = profiles.tls({ credentialsSource: {}, ...validation });
    return { config, credentials: profiles.credentials.tls(certificate) };
  }
  if (method === 'peap-mschapv2' || method === 'peap-tls') {
    const isTls = method === 'peap-tls';
    return {
      config: profiles.peap({
        ...validation,
        fastReconnect: true,
        innerEapOptional: false,
        inner: isTls ? { tls: { credentialsSource: {}, ...validation } } : { mschapv2: chap },
        enableQuarantineChecks: false,
        requireCryptoBinding: choice.needsCryptoBinding === true,
        ...(privacy && { identityPrivacy: privacy }),
      }),
      credentials: profiles.credentials.peap({ inner: isTls ? { tls: certificate } : { mschapv2: user } }),
    };
  }
  if (form.outer === 'ttls' && form.inner !== undefined && isPasswordMethod(form.inner)) {
    return {
      config: profiles.ttls({
        serverValidation,
        inner: form.inner === 'mschapv2' ? { mschapv2: chap } : form.inner,
        identityPrivacy: privacy ?? { enabled: false },
      }),
      credentials: profiles.credentials.ttls(user),
    };
  }
  throw new UsageError(`no XML is known that Windows takes for --method ${method}; use --runtime embedded`);
}

function certificateUser({ identity, client }: PeerChoice) {
  const cert = client?.cert;
  const pem = Array.isArray(cert) ? undefined : cert?.toString();
  return { username: identity, ...(pem !== undefined && { certificate: sha1Of(pem) }) };
}

function validationOf({ ca, serverNames }: PeerChoice): ServerValidation {
  const roots = ca?.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/gu) ?? [];
  return {
    disablePrompt: true,
    ...(serverNames.length > 0 && { serverNames }),
    ...(roots.length > 0 && { trustedRoots: roots.map(sha1Of) }),
  };
}

function sha1Of(pem: string): string {
  return createHash('sha1').update(new X509Certificate(pem).raw).digest('hex');
}
