// The options of `eaphost conform`, checked: which subject, which cases, how.

import type { RequirementLevel } from '../conformance/case.js';
import { isObject } from '../base/guards.js';
import { fuzzRules } from '../conformance/fuzz.js';
import { conformanceCases } from '../conformance/index.js';
import { fitsPattern, type RunOptions } from '../conformance/runner.js';
import { packageVersion } from '../native/binary.js';
import { parse, parseWord, readInput, UsageError, type Values } from './command.js';
import { conform as row, conformSubjects } from './tables.js';

/** What `eaphost conform` is asked. */
export interface ConformOptions {
  readonly subject: (typeof conformSubjects)[number];
  /** What follows the subject: a command, or a DLL. */
  readonly rest: readonly string[];
  readonly values: Values<typeof row>;
  readonly run: RunOptions;
  /** Known failures by id, with the reason. */
  readonly baseline: ReadonlyMap<string, string>;
  /** Milliseconds. */
  readonly silenceMs: number;
  /** What reports say of the subject, by names; whoever opens it adds to it. */
  readonly tried: Map<string, string>;
  /** The verdicts of an earlier run. */
  readonly earlier?: ReadonlyMap<string, string>;
}

/** The cases, and the rules of fuzzing. */
const knownIds: readonly string[] = [
  ...conformanceCases.map(({ id }) => id),
  ...Object.keys(fuzzRules).map((rule) => `fuzz-${rule}`),
];

/** Reads the options, and the baseline. Throws UsageError. */
export async function readConformOptions(args: readonly string[]): Promise<ConformOptions> {
  const { values, positionals } = parse(row, args);
  const [word, ...rest] = positionals;
  if (word === undefined)
    throw new UsageError('what to test is missing: server, peer, method or fuzz; or list, or explain');
  const subject = parseWord(word, 'the first argument', conformSubjects);
  const takesRest = subject !== 'server' && subject !== 'list';
  const { disruptive = false, diff, 'only-failed': onlyFailed } = values;
  if (!takesRest && rest.length > 0) throw new UsageError(`${subject} takes no argument ${rest[0]}`);
  const { only, skip, level, baseline, concurrency, timeout, silence, 'restart-seconds': restart } = values;
  for (const pattern of [...(only ?? []), ...(skip ?? [])]) checkPattern(pattern);
  if (!disruptive && subject !== 'list') checkDisruptive(only ?? []);
  const chosen = onlyFailed === undefined ? only : await failedCases(onlyFailed, only);
  return {
    subject,
    rest,
    values,
    run: {
      ...(chosen && { only: chosen }),
      ...(skip && { skip }),
      ...(level !== undefined && { level: level satisfies RequirementLevel }),
      disruptive: disruptive || subject === 'list',
      ...(concurrency !== undefined && { concurrency: parseNumber(concurrency, '--concurrency', 1, 256, 1) }),
      ...(timeout !== undefined && { budgetMs: 1000 * parseNumber(timeout, '--timeout', 1, 3600) }),
      ...(restart !== undefined && {
        restartMs: 1000 * parseNumber(restart, '--restart-seconds', 0.1, 3600),
      }),
    },
    baseline: baseline === undefined ? new Map() : await readBaseline(baseline),
    tried: triedWith(subject, rest, values),
    ...(diff !== undefined && { earlier: await readEarlier(diff, '--diff') }),
    silenceMs: 1000 * (silence === undefined ? 1.5 : parseNumber(silence, '--silence', 0.05, 60)),
  };
}

/** A misspelt id would leave cases out unseen. */
function checkPattern(pattern: string): void {
  if (knownIds.some((id) => fitsPattern(id, [pattern]))) return;
  throw new UsageError(`there is no case ${pattern}; eaphost conform list has them all`);
}

/** A case that is asked for by its name is not left out unseen. */
function checkDisruptive(only: readonly string[]): void {
  const left = conformanceCases.find(({ id, disruptive }) => disruptive && only.includes(id));
  if (left) {
    throw new UsageError(`${left.id} is known to end programs; with --disruptive it is run`);
  }
}

/** The options as they were given, without secrets, and what else is known before anything is opened. */
function triedWith(
  subject: string,
  rest: readonly string[],
  values: ConformOptions['values'],
): Map<string, string> {
  const { secret: _secret, ...told } = values;
  const options = Object.entries(told).flatMap(([name, value]) =>
    [value].flat().map((each) => (each === true ? `--${name}` : `--${name} ${each}`)),
  );
  return new Map([
    ['subject', [subject, ...rest].join(' ')],
    ['options', options.join(' ')],
    ['eaphost', packageVersion()],
  ]);
}

/** The verdicts in what --json has printed. */
async function readEarlier(path: string, option: string): Promise<ReadonlyMap<string, string>> {
  const text = (await readInput(path, option)).toString('utf8');
  const verdicts = new Map<string, string>();
  try {
    const given: unknown = JSON.parse(text);
    const { cases } = isObject(given) ? given : {};
    if (!Array.isArray(cases)) throw new TypeError('it has no cases');
    for (const each of cases as readonly unknown[]) {
      const { id, verdict } = isObject(each) ? each : {};
      if (typeof id !== 'string' || typeof verdict !== 'string') throw new TypeError('a case has no verdict');
      verdicts.set(id, verdict);
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new UsageError(`${option}: ${path} has not what eaphost conform --json prints: ${reason}`);
  }
  return verdicts;
}

/** The cases that failed in an earlier run, and fit the patterns, if there are any. */
async function failedCases(path: string, only: readonly string[] | undefined): Promise<readonly string[]> {
  const failed = [...(await readEarlier(path, '--only-failed'))]
    .filter(([id, verdict]) => verdict === 'failed' && (only === undefined || fitsPattern(id, only)))
    .map(([id]) => id);
  if (failed.length === 0) throw new UsageError(`--only-failed: no case failed in ${path}`);
  return failed;
}

export function parseNumber(text: string, option: string, least: number, most: number, step?: 1): number {
  const number = Number(text);
  const isWhole = step === undefined || Number.isInteger(number);
  if (text.trim() !== '' && number >= least && number <= most && isWhole) return number;
  throw new UsageError(`${option} must be a ${step ? 'whole ' : ''}number from ${least} to ${most}`);
}

/** Lines of an id and a reason; empty ones and those that begin with # say nothing. */
async function readBaseline(path: string): Promise<ReadonlyMap<string, string>> {
  const lines = (await readInput(path, '--baseline')).toString('utf8').split(/\r?\n/u);
  const known = lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [id = '', ...reason] = line.split(/\s+/u);
      if (knownIds.includes(id)) return [id, reason.join(' ')] as const;
      throw new UsageError(`--baseline names a case that there is not: ${id}`);
    });
  return new Map(known);
}
