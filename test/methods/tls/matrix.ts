// The interoperability matrix: what is tried with each method, and the table that it leaves.

import type { MethodChoice } from '../../../lib/cli/auth-methods.js';
import type { TlsVersion } from '../../../lib/methods/tls/index.js';

/** Methods on TLS. */
export const matrixMethods = [
  'tls',
  'peap-mschapv2',
  'peap-gtc',
  'peap-tls',
  'ttls-pap',
  'ttls-chap',
  'ttls-mschap',
  'ttls-mschapv2',
  'ttls-eap-mschapv2',
  'ttls-gtc',
  'ttls-md5',
  'ttls-tls',
] as const satisfies readonly MethodChoice[];
export type MatrixMethod = (typeof matrixMethods)[number];

/** Largest EAP packets, in octets: tried with success only, as a refusal does not depend on them. */
export const mtus = [200, 1000, 1400] as const;

/** What keeps an authentication from success. */
export const faults = ['password', 'untrusted', 'expired', 'name', 'revoked'] as const;
export type Fault = (typeof faults)[number];

export type Column = (typeof mtus)[number] | Fault;
export const columns: readonly Column[] = [...mtus, ...faults];

/** A peer and a server. */
export type Pairing = 'ours, FreeRADIUS' | 'ours, hostapd' | 'eapol_test, ours' | 'ours, ours';

/** What a cell shows: `full+res`, `full`, `refused`; or that it failed. */
export type Mark = 'full+res' | 'full' | 'refused' | 'FAILED';

/** Whether a method proves the user by a certificate. */
export function hasCertificate(method: MatrixMethod): boolean {
  return method === 'tls' || method.endsWith('-tls');
}

/** Why a cell is empty; undefined where there is something to try. */
export function reasonForNone(
  pairing: Pairing,
  method: MatrixMethod,
  version: TlsVersion,
  column: Column,
): string | undefined {
  const isInnerTls = method === 'peap-tls' || method === 'ttls-tls';
  if (pairing === 'ours, hostapd' && version === 'TLSv1.3' && isInnerTls && isMtu(column)) {
    return 'hostapd 2.10 leaves out the last octet of EAP-TLS over TLS 1.3 (RFC 9190, 2.5) inside of a tunnel';
  }
  if (column === 'password' && hasCertificate(method)) return 'the user has no password';
  if (column === 'revoked' && !hasCertificate(method)) return 'the user has no certificate';
  return undefined;
}

/** Why a success is not resumed; undefined where it is. */
export function reasonForFull(
  pairing: Pairing,
  method: MatrixMethod,
  version: TlsVersion,
): string | undefined {
  if (pairing === 'ours, hostapd' && version === 'TLSv1.3') {
    return method.startsWith('peap')
      ? 'hostapd 2.10 loses a record of TLS 1.3 where it resumes PEAP'
      : 'hostapd 2.10 leaves out the last octet (RFC 9190, 2.5; RFC 9427, 4) where it resumes TLS 1.3';
  }
  return undefined;
}

export function isMtu(column: Column): column is (typeof mtus)[number] {
  return typeof column === 'number';
}

/** Collects the marks and prints them. */
export class Matrix {
  readonly #marks = new Map<string, Mark>();

  set(pairing: Pairing, method: MatrixMethod, version: TlsVersion, column: Column, mark: Mark): void {
    this.#marks.set([pairing, method, version, column].join(' '), mark);
  }

  /** A table for each pairing and version; empty cells have the letter of their reason. */
  table(pairings: readonly Pairing[], versions: readonly TlsVersion[]): string {
    const reasons: string[] = [];
    const letterOf = (reason: string): string => {
      if (!reasons.includes(reason)) reasons.push(reason);
      return String.fromCodePoint(0x61 + reasons.indexOf(reason));
    };
    const lines: string[] = [];
    for (const pairing of pairings) {
      for (const version of versions) {
        const head = columns.map((column) => (isMtu(column) ? `MTU ${column}` : column).padEnd(11));
        lines.push('', `${`${pairing}, ${version}`.padEnd(28)}${head.join('')}`.trimEnd());
        for (const method of matrixMethods) {
          const cells = columns.map((column) => {
            const none = reasonForNone(pairing, method, version, column);
            if (none !== undefined) return `– ${letterOf(none)}`.padEnd(11);
            const mark = this.#marks.get([pairing, method, version, column].join(' ')) ?? 'NOT RUN';
            const full = mark === 'full' ? reasonForFull(pairing, method, version) : undefined;
            return `${mark}${full === undefined ? '' : ` ${letterOf(full)}`}`.padEnd(11);
          });
          lines.push(`  ${method.padEnd(26)}${cells.join('')}`.trimEnd());
        }
      }
    }
    const notes = [
      'peer, server. full+res: accepted in full, then resumed, keys equal each time. refused: as it must be.',
      'Each size of packet is tried with success; the faults at 1400 octets, as they do not depend on it,',
      'and in full handshakes: an authentication that was refused leaves nothing to resume.',
      ...reasons.map((reason) => `${letterOf(reason)}: ${reason}`),
    ];
    return [...lines, '', ...notes].join('\n');
  }
}
