// A case of the catalogue as data, and what became of one. A case is a sentence of a standard made into an experiment:
// `run` sends, looks at what comes back, and returns where it is as the sentence says. It throws CaseFailure where not,
// NotApplicable where the subject has no such thing, and any other error, a time limit among them, leaves it
// inconclusive. Case files are in catalogue/KIND/SOURCE.ts; each case has a mutant of the same name in
// test/conformance/mutants, a subject that is wrong in just this way.

import type { CaseRecord, RecordedPacket } from './record.js';

/** What a case is about: a RADIUS server, a peer, or a method DLL. */
export type SubjectKind = 'server' | 'peer' | 'method';

/** How much a source demands it (RFC 2119). */
export type RequirementLevel = 'MUST' | 'SHOULD' | 'MAY';

/** A family of methods: all that run in TLS are `tls`, those with a second method inside also `tunnel`. */
export type MethodFamily = 'md5' | 'mschapv2' | 'gtc' | 'tls' | 'peap' | 'ttls' | 'tunnel';

/** A case without what it does: what lists and reports show. */
export interface CaseFacts {
  /** Its source and what is tried, such as `rfc3748-4.1-identifier-mismatch`. */
  readonly id: string;
  readonly kind: SubjectKind;
  /** One sentence: what the subject must do. */
  readonly title: string;
  /** The document and its section, such as `RFC 3748` and `4.1`. */
  readonly source: { readonly document: string; readonly section: string };
  readonly level: RequirementLevel;
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
}

/** How a case came out. */
export type CaseVerdict = 'passed' | 'failed' | 'notApplicable' | 'inconclusive';

/** A case that was run. */
export interface CaseResult extends CaseFacts {
  readonly verdict: CaseVerdict;
  /** Why it is not `passed`. */
  readonly reason?: string;
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

/** The result of a case whose `run` has thrown `error`, or nothing. */
export function resultOf(
  { id, kind, title, source, level, methods, remedy }: CaseFacts,
  error: unknown,
  record: CaseRecord,
): CaseResult {
  const facts = { id, kind, title, source, level, remedy, ...(methods && { methods }) };
  const { packets, elapsedMs } = record;
  if (error === undefined) return { ...facts, verdict: 'passed', elapsedMs, packets };
  const reason = error instanceof Error ? error.message : 'it was given up';
  const verdict =
    error instanceof CaseFailure
      ? 'failed'
      : error instanceof NotApplicable
        ? 'notApplicable'
        : 'inconclusive';
  return { ...facts, verdict, reason, elapsedMs, packets };
}
