// The tables that catalogue files are made of: one function for each kind of subject, which fills in what all the cases
// of a file have in common. A case's id begins with its document and section, so the section is read from it.

import type { ConformanceCase, SubjectKind } from './case.js';
import type { MethodProbe } from './method-probe.js';
import type { PeerProbe } from './peer-probe.js';
import type { ServerProbe } from './server-probe.js';

/** A case as a catalogue file writes it. */
export type CaseRow<Probe> = Omit<ConformanceCase<Probe>, 'kind' | 'source'>;

/** Documents that were written without the keywords of RFC 2119. */
const withoutKeywords = /^(?:Windows|CWE-|CVE-)/u;

/**
 * The prefix of ids of a document: `RFC 3748` gives `rfc3748`, `MS-PEAP` gives `mspeap`, `Windows` gives `windows`.
 * Behind it comes the section, of digits, letters and dots, then what is tried.
 */
function tableOf<Probe>(kind: SubjectKind) {
  return (document: string, rows: readonly CaseRow<Probe>[]): ConformanceCase<Probe>[] => {
    const prefix = document.toLowerCase().replaceAll(/[^a-z\d]/gu, '');
    const common = withoutKeywords.test(document) ? { keyword: 'indicative' as const } : {};
    return rows.map((row) => {
      const [, section] = new RegExp(`^${prefix}-(?<section>[\\w.]+)-[\\w-]+$`, 'u').exec(row.id) ?? [];
      if (section === undefined) throw new Error(`${row.id} must be ${prefix}-SECTION-WHAT`);
      return { ...common, ...row, kind, source: { document, section } };
    });
  };
}

/** Cases of a server, of one document. */
export const serverCases = tableOf<ServerProbe>('server');
/** Cases of a peer, of one document. */
export const peerCases = tableOf<PeerProbe>('peer');
/** Cases of a method DLL, of one document. */
export const methodCases = tableOf<MethodProbe>('method');
