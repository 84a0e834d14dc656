// A case of the catalogue as data, and what became of one. A case is a sentence of a standard made into an experiment:
// `run` sends, looks at what comes back, and returns where it is as the sentence says. It throws CaseFailure where not,
// NotApplicable where the subject has no such thing, and any other error, a time limit among them, leaves it
// inconclusive. Case files are in catalogue/KIND/SOURCE.ts; each case has a mutant of the same name in
// test/conformance/mutants, a subject that is wrong in just this way.

import { firstThrown } from '../base/thrown.js';
import type { CaseRecord, RecordedPacket } from './record.js';

/** What a case is about: a RADIUS server, a peer, or a method DLL. */
export type SubjectKind = 'server' | 'peer' | 'method';

/** How much a source demands it (RFC 2119). What is MAY fails nobody: it is a remark. */
export type RequirementLevel = 'MUST' | 'SHOULD' | 'MAY';

/** A family of methods: all that run in TLS are `tls`, those with a second method inside also `tunnel`. */
export type MethodFamily = 'md5' | 'mschapv2' | 'gtc' | 'tls' | 'peap' | 'ttls' | 'tunnel';

/** A case without what it does: what lists and reports show. */
export interface CaseFacts {
  /** Its source and what is tried, such as `rfc3748-4.1-identifier-mismatch`. */
  readonly id: string;
  readonly kind: SubjectKind;
  /** What the subject must do, behind "must": `discard a packet with the Code 0, which EAP does not have`. */
  readonly title: string;
  /** The document and its section, such as `RFC 3748` and `4.1`. */
  readonly source: { readonly document: string; readonly section: string };
  /** The keyword of its sentence, or for a sentence without one what that comes to. */
  readonly level: RequirementLevel;
  /** Its sentence has no keyword of RFC 2119: it says what is. */
  readonly keyword?: 'indicative';
  /** Default: the subject. */
  readonly addressee?: 'authenticator' | 'NAS' | 'both' | 'sender';
  /** The text could not be read when the case was written: it is SHOULD at most. */
  readonly sourceNotRead?: true;
  /** A NAS checks Code, Identifier and Length (RFC 3579, 2.2): only a broken one passes such a packet on. */
  readonly onlyBrokenNas?: true;
  /** The case whose cause this one shows as well: where both fail, this one is not told as another fault. */
  readonly sameCauseAs?: string;
  /** Programs are known to end by it: it is run only on request. */
  readonly disruptive?: true;
  /** What is sent, as a noun, where the demand does not say it. */
  readonly sends?: string;
  /** It needs a method of one of these families. Without it, any will do. */
  readonly methods?: readonly MethodFamily[];
  /** What whoever wrote the subject should do about a failure. */
  readonly remedy: string;
}

/** A case that is run with a probe, which is made for it alone. */
export interface ConformanceCase<Probe> extends CaseFacts {
  readonly run: (probe: Probe) => Promise<void>;
  /** It is run after the others and by itself: it keeps the subject busy. */
  readonly isAlone?: true;
  /** It begins so many conversations that a server may rightly forget others. */
  readonly isCrowding?: true;
}

/** How a case came out. `remark`: the subject did not do what it MAY do. */
export type CaseVerdict = 'passed' | 'failed' | 'remark' | 'notApplicable' | 'inconclusive';

/** A case that was run. */
export interface CaseResult extends CaseFacts {
  readonly verdict: CaseVerdict;
  /** Why it is not `passed`. */
  readonly reason?: string;
  /** It could not be tried to its end, as the subject had ended and did not come back. */
  readonly isSubjectGone?: true;
  /** Milliseconds. */
  readonly elapsedMs: number;
  /** What was sent and what came, in order. */
  readonly packets: readonly RecordedPacket[];
}

/** The subject did what it must not, or did not do what it must. */
export class CaseFailure extends Error {
  override readonly name = 'CaseFailure';
}

/** The subject has nothing that the case could be tried on. */
export class NotApplicable extends Error {
  override readonly name = 'NotApplicable';
}

/** Throws CaseFailure of `what` where `condition` does not hold. */
export function demand(condition: boolean, what: string): asserts condition {
  if (!condition) throw new CaseFailure(what);
}

/** The result of a case whose `run` has thrown that, or nothing. */
export function resultOf<Probe>(
  { run: _run, isAlone: _alone, isCrowding: _crowding, ...facts }: ConformanceCase<Probe>,
  thrown: unknown,
  { packets, elapsedMs }: CaseRecord,
): CaseResult {
  if (thrown === undefined) return { ...facts, verdict: 'passed', elapsedMs, packets };
  const { error, closing } = firstThrown(thrown);
  const reason = `${error instanceof Error ? error.message : 'it was given up'}${closing}`;
  const broken = facts.level === 'MAY' ? 'remark' : 'failed';
  const verdict =
    error instanceof CaseFailure ? broken : error instanceof NotApplicable ? 'notApplicable' : 'inconclusive';
  return { ...facts, verdict, reason, elapsedMs, packets };
}

/** What a case demands, in words: `must discard a packet ...`. */
export const demandOf = ({ level, title }: CaseFacts): string => `${level.toLowerCase()} ${title}`;

/** What came of a case that did not pass: `must discard a packet ...; instead a packet with the Code 0 got ...`. */
export const sentenceOf = (result: CaseResult): string =>
  result.verdict === 'failed' || result.verdict === 'remark'
    ? `${demandOf(result)}; instead ${result.reason}`
    : (result.reason ?? '');

/**
 * Folds the failures that show one cause into the first of them: a function that is given the results in order, and
 * gives the id of the failed case whose cause a result has as well, if there is one.
 */
export function sameCause(): (result: CaseResult) => string | undefined {
  const first = new Map<string, string>();
  return ({ id, sameCauseAs = id, verdict }) => {
    if (verdict !== 'failed') return undefined;
    const known = first.get(sameCauseAs);
    if (known === undefined) first.set(sameCauseAs, id);
    return known;
  };
}

/** The failures whose cause another case shows as well, by ids, with that case. The results are in order. */
export function causesOf(results: readonly CaseResult[]): ReadonlyMap<string, string> {
  const causeOf = sameCause();
  return new Map(
    results.flatMap((each): [string, string][] => {
      const cause = causeOf(each);
      return cause === undefined ? [] : [[each.id, cause]];
    }),
  );
}
