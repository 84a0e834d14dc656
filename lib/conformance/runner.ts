// Runs the cases that were chosen, side by side, each with a probe of its own and a time limit, and gives their results
// in the order of the catalogue. It knows nothing of what a probe is.

import { setMaxListeners } from 'node:events';

import { untilAborted } from '../base/abort.js';
import { toInteger } from '../base/arguments.js';
import {
  type CaseFacts,
  type CaseResult,
  type ConformanceCase,
  type MethodFamily,
  NotApplicable,
  type RequirementLevel,
  resultOf,
} from './case.js';
import { CaseRecord } from './record.js';

/** Which cases, and how they are run. */
export interface RunOptions {
  /** Ids, with asterisks for any characters: these alone. */
  readonly only?: readonly string[];
  /** Ids, with asterisks: not these. */
  readonly skip?: readonly string[];
  /** Cases of at least this level: `SHOULD` is all but MAY. Default: all. */
  readonly level?: RequirementLevel;
  /** With the cases that programs are known to end by. Default: without. */
  readonly disruptive?: boolean;
  /** Cases at the same time. Default 16. */
  readonly concurrency?: number;
  /** Milliseconds that a case may take. Default 20000. */
  readonly budgetMs?: number;
  /** Told of each result as it comes. */
  readonly onResult?: (result: CaseResult, done: number, total: number) => void;
  /** Ends the run: rejects with its reason. */
  readonly signal?: AbortSignal;
}

const levels: readonly RequirementLevel[] = ['MUST', 'SHOULD', 'MAY'];

/** Whether an id fits one of the patterns. */
export function fitsPattern(id: string, patterns: readonly string[]): boolean {
  return patterns.some((pattern) => {
    const source = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/gu, String.raw`\$&`));
    return new RegExp(`^${source.join('.*')}$`, 'u').test(id);
  });
}

/** The cases that the options choose. */
export function chosenCases<Facts extends CaseFacts>(
  cases: readonly Facts[],
  { only, skip = [], level = 'MAY', disruptive = false }: RunOptions,
): Facts[] {
  return cases.filter(
    ({ id, level: own, disruptive: isDisruptive = false }) =>
      (disruptive || !isDisruptive) &&
      (only === undefined || fitsPattern(id, only)) &&
      !fitsPattern(id, skip) &&
      levels.indexOf(own) <= levels.indexOf(level),
  );
}

/** What cases are run on. */
export interface Subject<Probe> {
  /** The families of the method that it is tried with. */
  readonly families: ReadonlySet<MethodFamily>;
  /** Makes the probe of one case. */
  readonly open: (record: CaseRecord, signal: AbortSignal) => Promise<Probe>;
  /** Whether it is still there, asked after each failure: a case may have ended it. Default: it is. */
  readonly isThere?: () => Promise<boolean>;
}

/** How many at a time: with none, nothing would be run, and nothing be wrong. */
export const toConcurrency = (value: unknown): number => toInteger(value, 'concurrency', 1, 65_535);
/** Milliseconds that a timer can have: with more it would end at once. */
export function toLimit(value: unknown, argument: string): number {
  if (typeof value === 'number' && value >= 1 && value < 2 ** 31) return value;
  throw new RangeError(`${argument} must be from 1 to 2147483647`);
}

/** Runs the chosen cases. Throws RangeError for limits that are none. Once the subject is gone, those that have not begun are inconclusive. */
export async function runCases<Probe extends AsyncDisposable>(
  cases: readonly ConformanceCase<Probe>[],
  subject: Subject<Probe>,
  options: RunOptions,
): Promise<CaseResult[]> {
  const { onResult, signal } = options;
  const concurrency = toConcurrency(options.concurrency ?? 16);
  const budgetMs = toLimit(options.budgetMs ?? 20_000, 'budgetMs');
  const chosen = chosenCases(cases, options);
  const results: CaseResult[] = [];
  let done = 0;
  let isGone = false;
  /** A look whether the subject is there; nothing begins meanwhile. */
  let looking: Promise<void> | undefined;
  const look = async (): Promise<void> => {
    isGone = !(await subject.isThere?.());
  };
  /** Takes from `waiting` until none is left. */
  const work = async (waiting: number[]): Promise<void> => {
    for (let at = waiting.shift(); at !== undefined; at = waiting.shift()) {
      await looking;
      signal?.throwIfAborted();
      const each = chosen[at];
      if (!each) return;
      let result = isGone
        ? resultOf(
            each,
            new Error('the subject answers no more: a case before has ended it'),
            new CaseRecord(),
          )
        : await runCase(each, subject, budgetMs, signal);
      if (result.verdict === 'failed' && subject.isThere) {
        if (!isGone) await (looking ??= look().finally(() => (looking = undefined)));
        if (isGone)
          result = {
            ...result,
            reason: `${result.reason}; this case, or one beside it, has ended the subject`,
          };
      }
      results[at] = result;
      onResult?.(result, ++done, chosen.length);
    }
  };
  const numbers = [...chosen.keys()];
  const together = numbers.filter((at) => chosen[at]?.isAlone !== true);
  await Promise.all(Array.from({ length: concurrency }, () => work(together)));
  await work(numbers.filter((at) => chosen[at]?.isAlone === true));
  signal?.throwIfAborted();
  return results;
}

async function runCase<Probe extends AsyncDisposable>(
  each: ConformanceCase<Probe>,
  { families, open }: Subject<Probe>,
  budgetMs: number,
  stop: AbortSignal | undefined,
): Promise<CaseResult> {
  const record = new CaseRecord();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`it took longer than ${budgetMs} ms`)), budgetMs);
  const signal = stop ? AbortSignal.any([late.signal, stop]) : late.signal;
  // A case opens as many conversations as it likes, each of which listens.
  setMaxListeners(0, signal);
  try {
    if (each.methods && !each.methods.some((family) => families.has(family))) {
      throw new NotApplicable(`it is about ${each.methods.join(', ')}`);
    }
    await using probe = await open(record, signal);
    await untilAborted(each.run(probe), signal);
    return resultOf(each, undefined, record);
  } catch (error) {
    return resultOf(each, error, record);
  } finally {
    clearTimeout(timer);
  }
}
