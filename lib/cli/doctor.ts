// `eaphost doctor`: looks at everything that this package needs of a machine, and says what to do about it.

import type { Finding, Severity } from '../doctor/finding.js';
import { findingsOf } from '../doctor/findings.js';
import { gatherFacts } from '../doctor/gather.js';
import { type Command } from './command.js';
import { parseOptions, withJsonErrors } from './registration.js';

const help = `Usage: eaphost doctor [OPTION]...

Looks at this machine: the system, the package's binaries, Windows' EAPHost (its service, its DLLs and their
versions), rights, the methods that are installed and registrations that are broken, the firewall. Each finding comes
with what to do about it. Nothing is changed, and no secret is shown.

  --json      one JSON object on standard output: every finding with its id, severity, what and remedy
  -h, --help  this text

The exit code is 0 if there is no error among the findings, 1 if there is one, 2 if it could not be looked.

Examples:
  eaphost doctor
  eaphost doctor --json > doctor.json
      for a report of a problem
`;

const marks: Readonly<Record<Severity, { readonly text: string; readonly color: number }>> = {
  ok: { text: 'ok', color: 32 },
  info: { text: 'info', color: 36 },
  warning: { text: 'warning', color: 33 },
  error: { text: 'ERROR', color: 31 },
};

/** A finding as lines for people. */
export function findingLines({ id, severity, what, remedy }: Finding, hasColors: boolean): string {
  const { text, color } = marks[severity];
  const padded = text.padEnd(7);
  const mark = hasColors ? `\u001B[${color}m${padded}\u001B[0m` : padded;
  const advice = severity === 'ok' || remedy === undefined ? '' : `\n         to do: ${remedy}`;
  return `${mark}  ${what}  [${id}]${advice}`;
}

/** What a script gets to know. */
export interface DoctorReport {
  readonly exitCode: number;
  readonly findings: readonly Finding[];
}

async function examine(args: readonly string[]): Promise<number> {
  const { json } = parseOptions(args, []);
  const findings = findingsOf(await gatherFacts());
  const exitCode = findings.some(({ severity }) => severity === 'error') ? 1 : 0;
  if (json) {
    const report: DoctorReport = { exitCode, findings };
    process.stdout.write(`${JSON.stringify(report)}\n`);
    return exitCode;
  }
  const hasColors = process.stdout.isTTY && process.stdout.hasColors();
  for (const finding of findings) process.stdout.write(`${findingLines(finding, hasColors)}\n`);
  const count = (severity: Severity) => findings.filter((finding) => finding.severity === severity).length;
  process.stdout.write(`\n${count('error')} errors, ${count('warning')} warnings\n`);
  return exitCode;
}

/** `eaphost doctor`. */
export const doctor: Command = {
  summary: 'look at this machine, and say what to mend',
  help,
  run: (args) => withJsonErrors(args, () => examine(args)),
};
