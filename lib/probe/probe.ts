// A probe: one question that only a real Windows machine can answer, how it is asked, and what the documents of this
// package say of it so far.

import { firstThrown, thrownMessage } from '../base/thrown.js';
import type { Bench } from './bench.js';

/** What the documents say, and what has to change where Windows says otherwise. */
export interface Claim {
  /** The sentence. */
  readonly says: string;
  /** The document, the option or the code that hangs on it. */
  readonly change: string;
  /** Whether an answer is as it says. */
  readonly holds: (answer: unknown) => boolean;
}

/** A question. */
export interface Probe {
  readonly id: string;
  readonly question: string;
  /** How it is asked, in a sentence. */
  readonly how: string;
  /** Why it cannot be asked under Wine, where this package's own run-time is in the place of EAPHost. */
  readonly notUnderWine?: string;
  readonly claims?: readonly Claim[];
  /** The answer, as JSON. */
  readonly ask: (bench: Bench) => Promise<unknown>;
}

/** A claim, judged by an answer. */
export interface JudgedClaim {
  readonly says: string;
  readonly change: string;
  readonly holds: boolean;
}

/** A question with its answer. */
export interface Answered {
  readonly id: string;
  readonly question: string;
  readonly how: string;
  /** What came of it; where it could not be asked, `{ unanswered }` with the reason. */
  readonly answer: unknown;
  readonly claims: readonly JudgedClaim[];
  readonly milliseconds: number;
}

/** Where the questions were asked. */
export interface Environment {
  readonly system: string;
  readonly release: string;
  readonly arch: string;
  readonly node: string;
  readonly packageVersion: string;
  /** Empty on Windows itself: then the answers are Windows'. */
  readonly wineVersion: string;
  readonly isElevated: boolean;
  readonly date: string;
}

/** All of it. */
export interface ProbeReport {
  readonly environment: Environment;
  readonly answers: readonly Answered[];
  /** Questions that no probe asks. */
  readonly notAsked: readonly { readonly question: string; readonly why: string }[];
  /** A folder that could not be removed, since EAPHost has a DLL of it loaded. */
  readonly leftover: string | undefined;
}

/** The answer to a question that could not be asked. */
export function unanswered(why: string): { readonly unanswered: string } {
  return { unanswered: why };
}

/** Why a question was not answered; undefined where it was. */
export function reasonWhyNot(answer: unknown): string | undefined {
  if (typeof answer !== 'object' || answer === null || !('unanswered' in answer)) return undefined;
  return String(answer.unanswered);
}

/** What is at a path of an answer; undefined where there is nothing. */
export function at(answer: unknown, ...path: readonly (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    answer,
  );
}

/** Asks. A question whose asking fails is answered with how it failed. */
export async function answer(probe: Probe, bench: Bench): Promise<Answered> {
  const { id, question, how, notUnderWine, claims = [], ask } = probe;
  const start = performance.now();
  let found: unknown;
  try {
    found =
      bench.isWine && notUnderWine !== undefined
        ? unanswered(`cannot be asked here: ${notUnderWine}`)
        : await ask(bench);
  } catch (thrown) {
    const { error } = firstThrown(thrown);
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const name = typeof code === 'string' ? `${code}: ` : '';
    found = unanswered(`${name}${thrownMessage(thrown)}`);
  }
  const judged = reasonWhyNot(found) === undefined ? claims : [];
  return {
    id,
    question,
    how,
    answer: found,
    claims: judged.map(({ says, change, holds }) => ({ says, change, holds: holds(found) })),
    milliseconds: Math.round(performance.now() - start),
  };
}
