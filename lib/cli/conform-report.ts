// What `eaphost conform` shows: the cases as a table, each result as it comes, and how many there are of each.

import { type Color, type Line, paint } from '../base/printable.js';
import {
  type CaseFacts,
  type CaseResult,
  type CaseVerdict,
  causesOf,
  demandOf,
  sentenceOf,
} from '../conformance/case.js';
import { adviceOf, sourceText } from '../conformance/reports.js';

const words: Readonly<Record<CaseVerdict, readonly [string, Color]>> = {
  passed: ['passed', 'green'],
  failed: ['FAILED', 'red'],
  remark: ['remark', 'yellow'],
  notApplicable: ['n/a', 'dim'],
  inconclusive: ['unclear', 'yellow'],
};

/** A case's name and what it demands. */
export const demandLine = (facts: CaseFacts): Line => [paint('cyan', facts.id), `: ${demandOf(facts)}`];

/** A case of the list: its name and what it is about, its demand, and where that stands. */
export function factLines(facts: CaseFacts): Line[] {
  const { id, kind, level, methods, disruptive } = facts;
  const about = [
    kind,
    ...(methods ? [methods.join(', ')] : []),
    ...(disruptive ? ['with --disruptive'] : []),
  ];
  return [
    [paint('cyan', id), `  ${level}`, paint('dim', `  ${about.join('; ')}`)],
    `    ${demandOf(facts)}`,
    [paint('dim', `    ${sourceText(facts)}`)],
  ];
}

/** A result: a line, and below it why it is not `passed` and what to do. `cause` is the case that shows the same one. */
export function resultLines(
  result: CaseResult,
  known: string | undefined,
  cause: string | undefined,
): Line[] {
  const { id, level, verdict, reason } = result;
  const [word, color] = words[verdict];
  const isKnown = verdict === 'failed' && known !== undefined;
  const head: Line = [
    paint(isKnown ? 'yellow' : color, (isKnown ? 'known' : word).padEnd(9)),
    id,
    paint('dim', `  ${level}`),
  ];
  if (verdict === 'passed') return [head];
  if (verdict === 'notApplicable') return [[head, paint('dim', `  ${reason}`)]];
  const advice = isKnown && known !== '' ? [`known: ${known}`] : adviceOf(result, cause);
  return [
    head,
    ...[sentenceOf(result), sourceText(result), ...(verdict === 'failed' ? advice : [])].map(
      (text) => ' '.repeat(9) + text,
    ),
  ];
}

/** How many results there are of each verdict. */
export function countsOf(results: readonly CaseResult[]): Readonly<Record<CaseVerdict, number>> {
  const counts = { passed: 0, failed: 0, remark: 0, notApplicable: 0, inconclusive: 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

/** What a whole run comes to. */
export function summaryLine(results: readonly CaseResult[], knownFailures: number): Line {
  const { passed, failed, remark, notApplicable, inconclusive } = countsOf(results);
  const folded = causesOf(results).size;
  const brokenNas = results.filter(
    ({ verdict, onlyBrokenNas }) => verdict === 'failed' && onlyBrokenNas,
  ).length;
  const parts = [
    ...(knownFailures > 0 ? [`${knownFailures} known`] : []),
    ...(folded > 0 ? [`${folded} of the same cause as another`] : []),
    ...(brokenNas > 0 ? [`${brokenNas} that only a broken NAS sends`] : []),
  ];
  const of = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return [
    `${results.length} cases: `,
    paint('green', `${passed} passed`),
    ', ',
    paint(failed > knownFailures ? 'red' : 'dim', `${failed} failed${of}`),
    ...(remark > 0 ? [`, ${remark} remarks`] : []),
    `, ${notApplicable} not applicable, ${inconclusive} inconclusive`,
  ];
}

/** What is other than in an earlier run, whose verdicts are given by ids: a line for each case. */
export function differences(results: readonly CaseResult[], earlier: ReadonlyMap<string, string>): string[] {
  return results.flatMap(({ id, level, verdict }) => {
    const before = earlier.get(id) ?? 'not run';
    return before === verdict ? [] : [`${id} (${level}): ${verdict}, and ${before} before`];
  });
}
