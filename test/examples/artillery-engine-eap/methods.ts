// The methods by the names that `eaphost auth` has for them, and how the peer of each is made.

import type { MethodName } from 'eaphost';
import {
  gtc,
  md5,
  type MethodDefinition,
  mschapv2,
  peapPeer,
  type PeapPeerOptions,
  type TlsIdentity,
  tlsPeer,
  type TtlsPasswordMethod,
  ttlsPeer,
} from 'eaphost/methods';

type EapInner = 'eap-mschapv2' | 'eap-tls' | 'eap-gtc' | 'eap-md5';

interface MethodForm {
  readonly outer: MethodName;
  readonly inner?: TtlsPasswordMethod | EapInner;
}

const forms = {
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
} as const satisfies Record<string, MethodForm>;

/** A method of the script. */
export type Method = keyof typeof forms;

export const methodNames = Object.keys(forms);

export function isMethod(value: unknown): value is Method {
  return typeof value === 'string' && Object.hasOwn(forms, value);
}

/** What sessions are begun with. */
export function sessionMethod(method: Method): MethodName {
  return forms[method].outer;
}

/** Whether the server must prove itself by a certificate. */
export function usesTls(method: Method): boolean {
  return forms[method].outer === 'tls' || hasTunnel(method);
}

/** Whether the user is called something else on the outside. */
export function hasTunnel(method: Method): boolean {
  const { outer } = forms[method];
  return outer === 'peap' || outer === 'ttls';
}

/** Whether the user has a certificate rather than a password. */
export function usesCertificate(method: Method): boolean {
  const form: MethodForm = forms[method];
  return form.outer === 'tls' || form.inner === 'eap-tls';
}

/** What the peers of methods on TLS are made of. */
export interface PeerParts extends Pick<
  PeapPeerOptions,
  'ca' | 'serverNames' | 'insecurelyTrustAnyServer' | 'identity' | 'resumption'
> {
  /** The user's certificate. */
  readonly client: TlsIdentity;
}

/**
 * The methods that a host needs, beside those built in.
 * @throws TlsOptionsError for certificates that cannot be used
 */
export function peerMethods(method: Method, { client, ...outside }: PeerParts): MethodDefinition[] {
  const { outer, inner = 'eap-mschapv2' }: MethodForm = forms[method];
  const { identity: _, ...trust } = outside;
  if (outer === 'tls') return [tlsPeer({ ...trust, ...client })];
  const inside: Readonly<Record<EapInner, () => MethodDefinition>> = {
    'eap-mschapv2': () => mschapv2,
    'eap-gtc': () => gtc,
    'eap-md5': () => md5,
    'eap-tls': () => tlsPeer({ ...trust, ...client }),
  };
  if (outer === 'peap' && isEap(inner)) return [peapPeer({ ...outside, methods: [inside[inner]()] })];
  if (outer === 'ttls') return [ttlsPeer({ ...outside, inner: isEap(inner) ? [inside[inner]()] : inner })];
  return [gtc];
}

function isEap(inner: TtlsPasswordMethod | EapInner): inner is EapInner {
  return inner.startsWith('eap-');
}
