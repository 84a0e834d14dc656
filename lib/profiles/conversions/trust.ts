// Whom a converted profile trusts: the certificates behind the thumbprints, and names without patterns. What cannot be
// carried over is refused, never left out: a password would go to whoever asks for it.

import { Buffer } from 'node:buffer';
import { X509Certificate } from 'node:crypto';

import { toBytes } from '../../base/arguments.js';
import { eaphostError } from '../../base/errors.js';
import type { ServerValidation } from '../options.js';

/** The servers that may have the credentials. */
export interface ConvertedTrust {
  /** Names of hosts. Empty: any that the authorities vouch for. */
  readonly names: readonly string[];
  /** PEM, the roots first. Undefined: those that the system trusts. */
  readonly authorities: string | undefined;
}

/** What TLS, PEAP and TTLS say of their servers. */
export interface Validation {
  readonly serverValidation?: ServerValidation;
  readonly performServerValidation?: boolean;
  readonly acceptServerName?: boolean;
}

const most = 100;

/** `options.authorities`, read. */
export function readAuthorities(given: unknown): X509Certificate[] {
  if (given === undefined) return [];
  if (!Array.isArray(given)) throw new TypeError('options.authorities must be an array of certificates');
  if (given.length > most) throw new RangeError(`options.authorities must have at most ${most} certificates`);
  return given.map((each: unknown, index) => {
    const place = `options.authorities[${index}]`;
    const octets = typeof each === 'string' ? Buffer.from(each) : toBytes(each, place);
    try {
      return new X509Certificate(octets);
    } catch (error) {
      throw new RangeError(`${place} is no X.509 certificate in PEM or DER`, { cause: error });
    }
  });
}

const host = '[0-9a-z_](?:[0-9a-z_-]{0,61}[0-9a-z_])?';
const hostName = new RegExp(`^${host}(?:\\.${host})*$`, 'iu');

/** The host that a name of Windows' profile stands for, which may be a regular expression that fits only one. */
function hostOf(name: string): string {
  const bare = name.trim().replace(/^\^/u, '').replace(/\$$/u, '').replaceAll('\\.', '.');
  if (bare.length <= 253 && hostName.test(bare)) return bare;
  throw eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    `serverNames has ${JSON.stringify(name.slice(0, 100))}, a pattern: elsewhere only names of hosts can be given`,
  );
}

/** The certificates between these and servers, which servers should send and some do not. */
function below(roots: readonly X509Certificate[], all: readonly X509Certificate[]): X509Certificate[] {
  const chain = [...roots];
  for (const above of chain) {
    for (const each of all) {
      if (!chain.includes(each) && each.checkIssued(above) && each.verify(above.publicKey)) chain.push(each);
    }
  }
  return chain.slice(roots.length);
}

const bare = (fingerprint: string): string => fingerprint.replaceAll(':', '').toLowerCase();

function authoritiesOf(thumbprints: readonly string[], all: readonly X509Certificate[]): string | undefined {
  if (thumbprints.length === 0) return undefined;
  const roots = thumbprints.map((thumbprint) => {
    const found = all.find(({ fingerprint }) => bare(fingerprint) === thumbprint);
    if (found) return found;
    throw new RangeError(`options.authorities must have the certificate with the thumbprint ${thumbprint}`);
  });
  return [...roots, ...below(roots, all)].map((each) => each.toString()).join('');
}

/** Whom the profile trusts. Throws EapError EAPHOST_NOT_SUPPORTED where that is anybody. */
export function trustOf(
  { serverValidation, performServerValidation, acceptServerName }: Validation,
  all: readonly X509Certificate[],
  notes: string[],
): ConvertedTrust {
  const { serverNames = [], trustedRoots = [], disablePrompt } = serverValidation ?? {};
  if (performServerValidation === false || (serverNames.length === 0 && trustedRoots.length === 0)) {
    throw eaphostError(
      'EAPHOST_NOT_SUPPORTED',
      'the profile trusts any server: name servers (serverNames) or roots (trustedRoots) in its serverValidation',
    );
  }
  if (disablePrompt !== true) notes.push('nobody is asked about other servers: they are refused');
  if (acceptServerName === false && serverNames.length > 0) {
    notes.push('the names of servers are checked, though acceptServerName is false');
  }
  const authorities = authoritiesOf(trustedRoots, all);
  if (authorities === undefined) notes.push('the profile names no root: those that the system trusts count');
  return { names: [...new Set(serverNames.map(hostOf))], authorities };
}
