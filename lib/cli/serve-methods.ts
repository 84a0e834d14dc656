// The authenticators behind the methods of the command line: one for each EAP type, which has all inner methods asked for.

import type { MethodDefinition } from '../hosts/method.js';
import { md5Authenticator } from '../methods/md5.js';
import { mschapv2Authenticator } from '../methods/mschapv2.js';
import {
  type CertificateUsers,
  type ClientTrust,
  type CryptoBindingOffer,
  gtcAuthenticator,
  peapAuthenticator,
  tlsAuthenticator,
  type TlsAuthenticatorSettings,
  type TtlsPasswordMethod,
  ttlsAuthenticator,
} from '../methods/tls/index.js';
import type { UserStore } from '../methods/users.js';
import {
  type InnerName,
  type MethodChoice,
  methodForms,
  type MethodMeaning,
  usesCertificate,
  usesTls,
} from './auth-methods.js';
import { UsageError } from './command.js';

/** What the authenticators are made of. */
export interface ServerParts {
  readonly users: UserStore;
  /** The server's certificate and how TLS behaves; without it there are no methods on TLS. */
  readonly tls?: TlsAuthenticatorSettings;
  /** Who may sign the certificates of users; without it there are no methods with them. */
  readonly clients?: ClientTrust;
  /** Whose the certificates are. */
  readonly certificateUsers?: CertificateUsers;
  /** Of PEAP; `required` when left out. */
  readonly cryptoBinding?: CryptoBindingOffer | undefined;
}

/**
 * The methods that can be served with these parts and show neither the password nor its hash outside TLS. EAP-TTLS with
 * EAP-TLS inside is not among them: nothing binds the two, and EAP-TLS would have to be refused outside.
 */
export function possibleMethods({ tls, clients }: ServerParts): MethodChoice[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a table
  const all = Object.keys(methodForms) as MethodChoice[];
  return all.filter(
    (method) => tls && usesTls(method) && method !== 'ttls-tls' && (!usesCertificate(method) || clients),
  );
}

/** The authenticators, in the order of the names. Throws UsageError for a method that lacks its part. */
export function serverMethods(names: readonly MethodChoice[], parts: ServerParts): MethodDefinition[] {
  const { users } = parts;
  const inners = new Map<MethodMeaning['outer'], InnerName[]>();
  for (const name of names) {
    if (usesTls(name) && !parts.tls) throw new UsageError(`${name} needs a certificate of the server`);
    if (usesCertificate(name) && !parts.clients) {
      throw new UsageError(`${name} needs the authority of the users' certificates`);
    }
    const form: MethodMeaning = methodForms[name];
    const list = inners.get(form.outer) ?? [];
    inners.set(form.outer, list);
    if (form.inner) list.push(form.inner);
  }
  const innerMethods = (list: readonly InnerName[]): MethodDefinition[] =>
    list.flatMap((inner) => {
      if (inner === 'eap-mschapv2') return [mschapv2Authenticator({ users })];
      if (inner === 'eap-gtc') return [gtcAuthenticator({ users })];
      if (inner === 'eap-md5') return [md5Authenticator({ users })];
      return inner === 'eap-tls' ? [certificateAuthenticator(parts)] : [];
    });
  const made: Readonly<Record<MethodMeaning['outer'], (list: readonly InnerName[]) => MethodDefinition>> = {
    md5: () => md5Authenticator({ users }),
    mschapv2: () => mschapv2Authenticator({ users }),
    gtc: () => gtcAuthenticator({ users }),
    tls: () => certificateAuthenticator(parts),
    peap: (list) =>
      peapAuthenticator({
        ...parts.tls,
        methods: innerMethods(list),
        ...(parts.cryptoBinding && { cryptoBinding: parts.cryptoBinding }),
      }),
    ttls: (list) =>
      ttlsAuthenticator({
        ...parts.tls,
        users,
        passwordMethods: list.filter((inner): inner is TtlsPasswordMethod => !inner.startsWith('eap-')),
        methods: innerMethods(list),
      }),
  };
  return [...inners].map(([outer, list]) => made[outer](list));
}

function certificateAuthenticator({
  tls,
  clients = { ca: [] },
  certificateUsers,
}: ServerParts): MethodDefinition {
  return tlsAuthenticator({ ...tls, ...certificateUsers, clients });
}
