// The options of `eaphost conform`, checked: which subject, which cases, how.

import type { RequirementLevel } from '../conformance/case.js';
import { fuzzRules } from '../conformance/fuzz.js';
import { conformanceCases } from '../conformance/index.js';
import { fitsPattern, type RunOptions } from '../conformance/runner.js';
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
    throw new UsageError('what to test is missing: server, peer, method or fuzz; or list');
  const subject = parseWord(word, 'the first argument', conformSubjects);
  const takesRest = subject !== 'server' && subject !== 'list';
  if (!takesRest && rest.length > 0) throw new UsageError(`${subject} takes no argument ${rest[0]}`);
  const { only, skip, level, baseline, concurrency, timeout, silence } = values;
  for (const pattern of [...(only ?? []), ...(skip ?? [])]) checkPattern(pattern);
  return {
    subject,
    rest,
    values,
    run: {
      ...(only && { only }),
      ...(skip && { skip }),
      ...(level !== undefined && { level: level satisfies RequirementLevel }),
      ...(concurrency !== undefined && { concurrency: parseNumber(concurrency, '--concurrency', 1, 256, 1) }),
      ...(timeout !== undefined && { budgetMs: 1000 * parseNumber(timeout, '--timeout', 1, 3600) }),
    },
    baseline: baseline === undefined ? new Map() : await readBaseline(baseline),
    silenceMs: 1000 * (silence === undefined ? 1.5 : parseNumber(silence, '--silence', 0.05, 60)),
  };
}

/** A misspelt id would leave cases out unseen. */
function checkPattern(pattern: string): void {
  if (knownIds.some((id) => fitsPattern(id, [pattern]))) return;
  throw new UsageError(`there is no case ${pattern}; eaphost conform list has them all`);
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
