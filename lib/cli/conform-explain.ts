// `eaphost conform explain`: what a case demands and where its sentence stands, so that a failure can be judged beside
// its text. JavaScript thread.

import type { CaseFacts } from '../conformance/case.js';
import { conformanceCases } from '../conformance/index.js';
import { brokenNas, sourceText } from '../conformance/reports.js';
import { linkOf } from '../conformance/sources.js';
import type { Line } from '../base/printable.js';
import { exitCodes, UsageError } from './command.js';
import { demandLine } from './conform-report.js';
import type { Output } from './output.js';

/** A case by its id, or all of a section or document, such as `rfc3748-4.1`. Throws UsageError where there is none. */
export function explain(names: readonly string[], output: Output): number {
  if (names.length === 0)
    throw new UsageError('what to explain is missing: a case, or a section such as rfc3748-4.1');
  const cases = names.flatMap((name) => {
    const found = conformanceCases.filter(({ id }) => id === name || id.startsWith(`${name}-`));
    if (found.length === 0)
      throw new UsageError(`there is no case of ${name}; eaphost conform list has them all`);
    return found;
  });
  const report = {
    exitCode: exitCodes.accepted,
    cases: cases.map((each) => ({ ...each, link: linkOf(each.source) })),
  };
  output.report(report, cases.flatMap(explained));
  return exitCodes.accepted;
}

const addressees: Readonly<Record<NonNullable<CaseFacts['addressee']>, string>> = {
  authenticator: 'an EAP authenticator, of which a RADIUS server is the part behind the NAS',
  NAS: 'a NAS',
  both: 'both sides',
  sender: 'whoever sends it; the subject receives it here',
};

function explained(facts: CaseFacts): Line[] {
  const { id, kind, level, keyword, addressee, methods, remedy } = facts;
  const { sends, sameCauseAs, onlyBrokenNas, disruptive } = facts;
  const parts: Readonly<Record<string, string | undefined>> = {
    text: sourceText(facts),
    keyword: keyword ? 'none: the sentence says what is' : undefined,
    'speaks to': addressee ? addressees[addressee] : `the ${kind}`,
    'tried with': methods?.join(', '),
    'is sent': sends ?? (disruptive ? undefined : 'what the demand says'),
    'is expected': `what the demand says; its lack is a ${level === 'MAY' ? 'remark' : 'failure'}`,
    'usually wrong': `what this would mend: ${remedy}`,
    'its packets': `eaphost conform ${kind}${disruptive ? ' --disruptive' : ''} --only ${id} --html FILE`,
    'see also': sameCauseAs,
    note: onlyBrokenNas ? brokenNas : undefined,
  };
  return [
    demandLine(facts),
    ...Object.entries(parts).flatMap(([name, text]) =>
      text === undefined ? [] : [`  ${`${name}:`.padEnd(15)}${text}`],
    ),
    '',
  ];
}
