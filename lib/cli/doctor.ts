// `eaphost doctor`: looks at everything that this package needs of a machine, and says what to do about it.

import type { Finding, Severity } from '../doctor/facts.js';
import { findingsOf } from '../doctor/findings.js';
import { gatherFacts } from '../doctor/gather.js';
import { type Color, type Line, paint } from '../base/printable.js';
import { type Command, exitCodes } from './command.js';
import type { Output } from './output.js';
import { parseOptions } from './registration.js';

const help = `Usage: eaphost doctor [OPTION]...

Checks this machine: the system, the package's binaries, Windows' EAPHost (its service, its DLLs and their
versions), rights, the installed methods, broken registrations, the firewall. Each finding comes
with what to do about it. Nothing is changed, and no secret is shown.

  --json      one JSON object on standard output: every finding with its id, severity, what and remedy
  -h, --help  this text

The exit code is 0 if there is no error among the findings, 1 if there is one, 2 if the check failed.

Examples:
  eaphost doctor
  eaphost doctor --json > doctor.json
      for a report of a problem
`;

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

async function examine(args: readonly string[], output: Output): Promise<number> {
  parseOptions(args, []);
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

/** `eaphost doctor`. */
export const doctor: Command = {
  summary: 'check this machine, and say what to mend',
  help,
  run: examine,
};
