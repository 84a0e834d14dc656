// `eaphost doctor`: looks at everything that this package needs of a machine, and says what to do about it.

import type { Finding, Severity } from '../doctor/facts.js';
import { findingsOf } from '../doctor/findings.js';
import { gatherFacts } from '../doctor/gather.js';
import { type Color, type Line, paint } from '../base/printable.js';
import { exitCodes, parse } from './command.js';
import type { Output } from './output.js';
import { doctor as row } from './tables.js';

const marks: Readonly<Record<Severity, { readonly text: string; readonly color: Color }>> = {
  ok: { text: 'ok', color: 'green' },
  info: { text: 'info', color: 'cyan' },
  warning: { text: 'warning', color: 'yellow' },
  error: { text: 'ERROR', color: 'red' },
};

/** A finding as lines for people. */
export function findingLines({ id, severity, what, remedy }: Finding): Line[] {
  const { text, color } = marks[severity];
  const line = [paint(color, text.padEnd(7)), `  ${what}  [${id}]`];
  return severity === 'ok' || remedy === undefined ? [line] : [line, `         to do: ${remedy}`];
}

/** What a script gets to know. */
export interface DoctorReport {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
}

/** `eaphost doctor`. */
export async function doctor(args: readonly string[], output: Output): Promise<number> {
  parse(row, args);
  const findings = findingsOf(await gatherFacts((what) => output.step(`looking at ${what}`)));
  output.done();
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  const exitCode = count('error') > 0 ? exitCodes.rejected : exitCodes.accepted;
  const report: DoctorReport = { exitCode, findings };
  output.report(report, [
    ...findings.flatMap((finding) => findingLines(finding)),
    '',
    `${count('error')} errors, ${count('warning')} warnings`,
  ]);
  return exitCode;
}
