// Finds the owner of a peer's certificate: the names in it, the identity that the peer gives, and the accounts of
// both.

import { toName, type OptionNames } from '../../base/arguments.js';
import { toVerdict } from '../../base/decisions.js';
import type { X509Certificate } from 'node:crypto';
import { eapErrorCodes } from '../../base/error-codes.js';
import type { ProvedIdentity } from '../../hosts/method.js';
import { judgeUser } from '../password.js';
import { isSameName } from '../../hosts/proved-identity.js';
import { failureReasonOf, rasErrors } from '../verdicts.js';
import type { UserStore } from '../users.js';
import { alerts } from './alerts.js';
import type { ClientPolicy } from './authenticator.js';
import { alternativeNames } from './server-names.js';
import type { Refusal } from './trust.js';

/**
 * A kind of name in a certificate: Windows' user principal name and the e-mail address among the alternative names, the
 * DNS name of a computer (which calls itself `host/` and that name), the common name of the subject.
 */
export type CertificateName = 'upn' | 'email' | 'dns' | 'commonName';

/** The owners of peers' certificates. */
export interface CertificateUsers {
  /** The kinds of names that count, the preferred one first. `upn`, `email`, `dns`, `commonName` when left out. */
  readonly names?: readonly CertificateName[];
  /**
   * Refuse a peer whose identity is none of these names (as FreeRADIUS does with `check_cert_cn`). True when left out.
   * An anonymous identity outside of a tunnel (none, `anonymous`, `@realm`) claims nothing, and passes.
   */
  readonly checkIdentity?: boolean;
  /**
   * The accounts: one of the names must be a user's, and every account of a name or the identity must be `active`.
   * Passwords do not matter. When left out, the authority's word is enough.
   */
  readonly users?: UserStore;
  /**
   * The last word on a certificate that is proved good, also where a connection is to be resumed. Anything but `true`
   * or `false` refuses the peer, as an error does. Everybody may come in when left out.
   * @param identity the name that it proves: the one that the peer goes by, else the preferred one, else undefined
   */
  readonly authorize?: (
    certificate: X509Certificate,
    identity: string | undefined,
  ) => boolean | Promise<boolean>;
}

export const certificateUserNames: OptionNames<CertificateUsers> = {
  names: 'strings',
  checkIdentity: 'boolean',
  users: 'object',
  authorize: 'function',
};

const allNames: readonly CertificateName[] = ['upn', 'email', 'dns', 'commonName'];
const upnPrefix = 'UPN:';
const anonymous = /^(?:anonymous)?(?:@.*)?$/iu;

/** The names of these kinds in a certificate, in that order. */
export function userNames(certificate: X509Certificate, kinds = allNames): string[] {
  const found: Readonly<Record<CertificateName, () => string[]>> = {
    upn: () =>
      alternativeNames(certificate, 'othername')
        .filter((name) => name.startsWith(upnPrefix))
        .map((name) => name.slice(upnPrefix.length)),
    email: () => alternativeNames(certificate, 'email'),
    dns: () => alternativeNames(certificate, 'DNS'),
    commonName: () => [certificate.toLegacyObject().subject.CN ?? []].flat(),
  };
  return kinds.flatMap((kind) => found[kind]()).filter((name) => name !== '');
}

/** How an authenticator finds the identity that a certificate proves. */
export function certificateIdentifier(options: CertificateUsers): ClientPolicy['identify'] {
  const { names: kinds = allNames, checkIdentity = true, users, authorize } = options;
  for (const kind of kinds) toName(kind, 'names', { upn: true, email: true, dns: true, commonName: true });
  return async (certificate, claimed): Promise<ProvedIdentity | Refusal> => {
    const names = userNames(certificate, kinds);
    const own = names.find((name) => isSameName(name, claimed));
    const [identity] = own === undefined ? names : [own];
    if (checkIdentity && (identity === undefined || (own === undefined && !anonymous.test(claimed)))) {
      return notAllowed('The certificate does not have the name that the peer gives itself.');
    }
    const error =
      users === undefined ? 0 : await judgeAccounts(users, names, own === undefined ? [] : [claimed]);
    if (error !== 0) return notAllowed('The account may not be used.', failureReasonOf(error));
    if (authorize !== undefined && !toVerdict(await authorize(certificate, identity), 'authorize()')) {
      return notAllowed('The certificate may not be used under this identity.');
    }
    return { ...(identity !== undefined && { identity }), certificate };
  };
}

/** The code of the first account that may not be used; 0 if one of the names has an account, and all may be used. */
async function judgeAccounts(
  users: UserStore,
  names: readonly string[],
  others: readonly string[],
): Promise<number> {
  let verdict: number = rasErrors.authenticationFailure;
  for (const name of new Set([...names, ...others])) {
    const error = await judgeUser(users, name);
    if (error !== 0 && error !== rasErrors.authenticationFailure) return error;
    if (error === 0 && names.includes(name)) verdict = 0;
  }
  return verdict;
}

function notAllowed(
  rootCause: string,
  failureReasonCode: number = eapErrorCodes.EAP_E_USER_CERT_REJECTED,
): Refusal {
  return { alert: alerts.accessDenied, failureReasonCode, rootCause };
}
