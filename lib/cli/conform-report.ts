// What `eaphost conform` shows: the cases as a table, each result as it comes, and how many there are of each.

import { type Color, type Line, paint } from '../base/printable.js';
import type { CaseFacts, CaseResult, CaseVerdict } from '../conformance/case.js';

const words: Readonly<Record<CaseVerdict, readonly [string, Color]>> = {
  passed: ['passed', 'green'],
  failed: ['FAILED', 'red'],
  notApplicable: ['n/a', 'dim'],
  inconclusive: ['unclear', 'yellow'],
};

/** A case of the list, in one line and the sentence below it. */
export function factLines({ id, kind, level, title, source, methods }: CaseFacts): Line[] {
  const about = methods ? `; ${methods.join(', ')}` : '';
  return [
    [
      paint('cyan', id),
      `  ${level}`,
      paint('dim', `  ${kind}, ${source.document} section ${source.section}${about}`),
    ],
    `    ${title}`,
  ];
}

/** A result: a line, and below it why it is not `passed` and what to do. */
export function resultLines(result: CaseResult, known: string | undefined): Line[] {
  const { id, level, title, source, verdict, reason, remedy } = result;
  const [word, color] = words[verdict];
  const isKnown = verdict === 'failed' && known !== undefined;
  const head: Line = [paint(isKnown ? 'yellow' : color, (isKnown ? 'known' : word).padEnd(9)), id];
  if (verdict === 'passed') return [head];
  if (verdict === 'notApplicable') return [[head, paint('dim', `  ${reason}`)]];
  const indent = ' '.repeat(9);
  return [
    head,
    `${indent}${level}: it ${title} (${source.document}, ${source.section})`,
    `${indent}${reason}`,
    ...(verdict === 'failed' ? [`${indent}to do: ${isKnown && known !== '' ? known : remedy}`] : []),
  ];
}

/** How many results there are of each verdict. */
export function countsOf(results: readonly CaseResult[]): Readonly<Record<CaseVerdict, number>> {
  const counts = { passed: 0, failed: 0, notApplicable: 0, inconclusive: 0 };
  for (const { verdict } of results) counts[verdict]++;
  return counts;
}

/** What a whole run comes to. */
export function summaryLine(results: readonly CaseResult[], knownFailures: number): Line {
  const { passed, failed, notApplicable, inconclusive } = countsOf(results);
  const of = knownFailures > 0 ? ` (${knownFailures} known)` : '';
  return [
    `${results.length} cases: `,
    paint('green', `${passed} passed`),
    ', ',
    paint(failed > knownFailures ? 'red' : 'dim', `${failed} failed${of}`),
    `, ${notApplicable} not applicable, ${inconclusive} inconclusive`,
  ];
}
