// Runs the cases that were chosen, side by side, each with a probe of its own and a time limit, and gives their results
// in the order of the catalogue. It knows nothing of what a probe is. A subject that can die is watched during each case:
// what came out while it died, and every failure, is tried again alone before it counts.

import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';

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
  /** Milliseconds within which a server that has ended must answer again, or the rest is inconclusive. Default 10000. */
  readonly restartMs?: number;
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

/** A look at a subject during one case. */
export interface SubjectWatch extends AsyncDisposable {
  /** Whether the subject is still the one that it was when the watch began. */
  isKept(): Promise<boolean>;
  /** Milliseconds of its longest silence so far; 0 where that is not measured. */
  readonly silenceMs: number;
}

/** Follows a subject that a case may end. */
export interface Watcher {
  /** Whether the subject is there, and works. */
  isThere(signal: AbortSignal): Promise<boolean>;
  /** Rejects where the subject is not there. */
  watch(signal: AbortSignal, isTimed: boolean): Promise<SubjectWatch>;
}

/** What cases are run on. */
export interface Subject<Probe> {
  /** The families of the method that it is tried with. */
  readonly families: ReadonlySet<MethodFamily>;
  /** Makes the probe of one case. */
  readonly open: (record: CaseRecord, signal: AbortSignal) => Promise<Probe>;
  /** Default: each case has a subject of its own, whose end is that case's. */
  readonly watcher?: Watcher;
}

/** How many at a time: with none, nothing would be run, and nothing be wrong. */
export const toConcurrency = (value: unknown): number => toInteger(value, 'concurrency', 1, 65_535);
/** Milliseconds that a timer can have: with more it would end at once. */
export function toLimit(value: unknown, argument: string): number {
  if (typeof value === 'number' && value >= 1 && value < 2 ** 31) return value;
  throw new RangeError(`${argument} must be from 1 to 2147483647`);
}

/** Runs the chosen cases. Throws RangeError for limits that are none. */
export async function runCases<Probe extends AsyncDisposable>(
  cases: readonly ConformanceCase<Probe>[],
  subject: Subject<Probe>,
  options: RunOptions,
): Promise<CaseResult[]> {
  return await new Run(chosenCases(cases, options), subject, options).all();
}

/** A case, run once. */
interface Trial {
  readonly result: CaseResult;
  /** Where the subject has died, or was restarted, meanwhile: milliseconds of its longest silence. */
  readonly lostMs?: number;
}

/** One run of chosen cases. */
class Run<Probe extends AsyncDisposable> {
  readonly #chosen: readonly ConformanceCase<Probe>[];
  readonly #subject: Subject<Probe>;
  readonly #onResult: RunOptions['onResult'];
  readonly #stop: AbortSignal;
  readonly #concurrency: number;
  readonly #budgetMs: number;
  readonly #restartMs: number;
  readonly #results: CaseResult[] = [];
  #done = 0;
  /** Cases that are tried again alone, with what came out beside others. */
  readonly #again = new Map<number, Trial>();
  /** Cases during which the subject has died since it was last seen to work. */
  readonly #lost = new Set<number>();
  #isGone = false;
  /** A look whether the subject is back; nothing begins meanwhile. */
  #looking: Promise<void> | undefined;

  constructor(chosen: readonly ConformanceCase<Probe>[], subject: Subject<Probe>, options: RunOptions) {
    this.#chosen = chosen;
    this.#subject = subject;
    this.#onResult = options.onResult;
    this.#stop = AbortSignal.any(options.signal ? [options.signal] : []);
    // Every conversation of a watch listens.
    setMaxListeners(0, this.#stop);
    this.#concurrency = toConcurrency(options.concurrency ?? 16);
    this.#budgetMs = toLimit(options.budgetMs ?? 20_000, 'budgetMs');
    this.#restartMs = toLimit(options.restartMs ?? 10_000, 'restartMs');
  }

  async all(): Promise<CaseResult[]> {
    const numbers = [...this.#chosen.keys()];
    const together = numbers.filter((at) => !this.#chosen[at]?.isAlone && !this.#chosen[at]?.disruptive);
    const disruptive = numbers.filter((at) => this.#chosen[at]?.disruptive);
    const alone = numbers.filter((at) => !together.includes(at) && !disruptive.includes(at));
    const work = async (): Promise<void> => {
      for (let at = together.shift(); at !== undefined; at = together.shift()) await this.#beside(at);
    };
    await Promise.all(Array.from({ length: this.#concurrency }, work));
    for (const at of [...this.#again.keys(), ...alone, ...disruptive]) await this.#alone(at);
    this.#stop.throwIfAborted();
    return this.#results;
  }

  /** Tries a case that others may run beside. */
  async #beside(at: number): Promise<void> {
    const trial = await this.#try(at, false);
    if (!trial) return;
    const { result, lostMs } = trial;
    // What others beside it, or a busy machine, can have done does not come to pass again.
    const isFinal = isOfAnyTry(result) || !this.#subject.watcher;
    if (lostMs === undefined && isFinal) return this.#settle(at, result);
    this.#again.set(at, trial);
  }

  /**
   * Tries a case by itself: as often as it takes to tell its own end from that of the subject. A subject that also ends,
   * or forgets, without the case says nothing of it, unless the case passes all the same.
   */
  async #alone(at: number): Promise<void> {
    for (let losses = 0, tries = 0; ; tries++) {
      const trial = await this.#try(at, losses > 0);
      if (!trial) return;
      const { result, lostMs } = trial;
      if (lostMs === undefined) return this.#settle(at, result);
      if (this.#isGone) return this.#settleLost(at, result);
      const isCrowded = this.#chosen[at]?.isCrowding && result.verdict === 'passed';
      if (isCrowded || (await this.#isForgetful(2 * result.elapsedMs))) {
        if (isOfAnyTry(result)) return this.#settle(at, result);
        if (tries < longestFlapping) continue;
        const reason = 'the subject ends, or forgets its conversations, without this case as well';
        return this.#settle(at, { ...result, verdict: 'inconclusive', reason });
      }
      if (++losses === 1) continue;
      return this.#settle(
        at,
        failed(result, `${silence(lostMs)} during this case, and forgot its conversations`),
      );
    }
  }

  /** Runs a case, and watches the subject. Undefined where the subject is gone, which settles the case. */
  async #try(at: number, isTimed: boolean): Promise<Trial | undefined> {
    const each = this.#chosen[at];
    if (!each) return undefined;
    const { families, watcher } = this.#subject;
    for (let tries = 0; ; tries++) {
      await this.#looking;
      this.#stop.throwIfAborted();
      if (this.#isGone) {
        this.#settleLost(at);
        return undefined;
      }
      if (each.methods && !each.methods.some((family) => families.has(family))) {
        const error = new NotApplicable(`it is about ${each.methods.join(', ')}`);
        return { result: resultOf(each, error, new CaseRecord()) };
      }
      await using watch = await watcher?.watch(this.#stop, isTimed).catch(() => undefined);
      if (watcher && !watch) {
        this.#stop.throwIfAborted();
        await this.#find();
        if (tries < longestFlapping) continue;
        const error = new Error('the subject does not stay up long enough to be tried');
        return { result: resultOf(each, error, new CaseRecord()) };
      }
      const result = await runCase(each, this.#subject, this.#budgetMs, this.#stop);
      this.#stop.throwIfAborted();
      if (!watch || (await watch.isKept())) return { result };
      await this.#find(at);
      return { result, lostMs: watch.silenceMs };
    }
  }

  /** Waits until the subject works; it is gone where that takes too long. */
  async #find(lost?: number): Promise<void> {
    if (lost !== undefined) this.#lost.add(lost);
    const { watcher } = this.#subject;
    if (!watcher || this.#isGone) return;
    this.#looking ??= (async () => {
      const end = performance.now() + this.#restartMs;
      while (!(await watcher.isThere(this.#stop))) {
        this.#isGone = performance.now() > end;
        if (this.#isGone) return;
      }
      this.#lost.clear();
    })().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  /** Whether the subject ends, or forgets what a watch keeps, without any case in so much time. */
  async #isForgetful(ms: number): Promise<boolean> {
    await using watch = await this.#subject.watcher?.watch(this.#stop, false).catch(() => undefined);
    await wait(ms, undefined, { signal: this.#stop });
    return (await watch?.isKept()) !== true;
  }

  /** Settles a case that cannot be tried any more: it failed where it alone can have ended the subject. */
  #settleLost(at: number, result?: CaseResult): void {
    const each = this.#chosen[at];
    if (!each) return;
    const { result: before } = this.#again.get(at) ?? {};
    const seconds = `${this.#restartMs / 1000} s`;
    const isGuilty = this.#lost.size === 1 && this.#lost.has(at);
    const own = result ?? before ?? resultOf(each, undefined, new CaseRecord());
    if (isGuilty) {
      this.#settle(
        at,
        failed(own, `the server stopped answering during this case, and not again within ${seconds}`),
      );
      return;
    }
    const names = [...this.#lost].map((lost) => this.#chosen[lost]?.id).join(', ');
    const beside = before?.verdict === 'failed' ? `; beside others it had failed: ${before.reason}` : '';
    const reason = `the server does not answer, for ${seconds}, since ${names}${beside}`;
    this.#settle(at, { ...own, verdict: 'inconclusive', reason, isSubjectGone: true });
  }

  #settle(at: number, result: CaseResult): void {
    this.#results[at] = result;
    this.#onResult?.(result, ++this.#done, this.#chosen.length);
  }
}

/** Whether a result is no worse than another try would have it. */
const isOfAnyTry = ({ verdict }: CaseResult): boolean => verdict === 'passed' || verdict === 'notApplicable';

/** How often a case begins anew because the subject has gone before it, or without it. */
const longestFlapping = 5;

const failed = (result: CaseResult, reason: string): CaseResult => ({ ...result, verdict: 'failed', reason });

/** A silence in words. */
const silence = (ms: number): string => `the server stopped answering for ${(ms / 1000).toFixed(1)} s`;

async function runCase<Probe extends AsyncDisposable>(
  each: ConformanceCase<Probe>,
  { open }: Subject<Probe>,
  budgetMs: number,
  stop: AbortSignal,
): Promise<CaseResult> {
  const record = new CaseRecord();
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`it took longer than ${budgetMs} ms`)), budgetMs);
  const signal = AbortSignal.any([late.signal, stop]);
  // A case opens as many conversations as it likes, each of which listens.
  setMaxListeners(0, signal);
  try {
    await using probe = await open(record, signal);
    await untilAborted(each.run(probe), signal);
    return resultOf(each, undefined, record);
  } catch (error) {
    return resultOf(each, error, record);
  } finally {
    clearTimeout(timer);
  }
}
