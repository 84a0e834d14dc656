// `eaphost probe`: asks this machine's EAPHost what only a real one can answer, and writes the answers into one file.

import { writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { resolve } from 'node:path';

import { paint, type Color, type Line } from '../base/printable.js';
import { eaphostError } from '../base/errors.js';
import { callWindows } from '../native/registry.js';
import { removeRemains } from '../probe/bench.js';
import { meaningOf, sentencesOf, toPage, type Meaning } from '../probe/page.js';
import type { Answered } from '../probe/probe.js';
import { askAll, probes } from '../probe/report.js';
import {
  CommandError,
  exitCodes,
  interruptible,
  InterruptedError,
  meant,
  parse,
  type Run,
  UsageError,
} from './command.js';
import type { Output } from './output.js';
import { probe as row } from './tables.js';

/** What is told before anything is changed. */
export const announcement: readonly string[] = [
  'This asks Windows’ EAPHost some forty questions. It takes a few minutes, and while it runs it',
  '  - puts a method DLL that logs its calls into a new folder below Program Files;',
  '  - registers it, and a method in TypeScript, with EAPHost for the whole machine;',
  '  - runs this package once as SYSTEM, by a task, if only administrators can change it;',
  '  - puts a throw-away certificate authority into the machine’s store of roots, and a certificate into yours;',
  '  - with --restart-service: stops and starts EapHost, which interrupts networks with 802.1X.',
  'All of it is taken back at the end, also after Ctrl+C. What a run that was killed has left, --undo takes out.',
  'The file with the answers has no password and no key, and names neither this machine nor you.',
];

const colors: Readonly<Record<Meaning, Color>> = {
  otherwise: 'yellow',
  'as documented': 'green',
  new: 'cyan',
  unanswered: 'dim',
};

/** An answer as lines for people. */
function answerLines(answered: Answered): Line[] {
  const meaning = meaningOf(answered);
  const first = [paint(colors[meaning], meaning.padEnd(13)), `  ${answered.question}  [${answered.id}]`];
  return [first, ...sentencesOf(answered).map((sentence) => `               ${sentence}`)];
}

async function mayChange(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new UsageError(
      '--yes is missing: it changes this machine while it runs, and nobody is here to be asked',
    );
  }
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('Go on? [y/N] ');
    return /^y(?:es)?$/iu.test(answer.trim());
  } finally {
    terminal.close();
  }
}

async function requireElevation(): Promise<void> {
  const { isElevated } = await callWindows('queryProcess', {});
  if (isElevated) return;
  throw eaphostError(
    'EAPHOST_ELEVATION_REQUIRED',
    'a method is registered for the whole machine, which takes an administrator; run it elevated',
  );
}

/** `eaphost probe`. */
export const probe: Run = (args, output) => interruptible((signal) => ask(args, output, signal));

async function ask(args: readonly string[], output: Output, signal: AbortSignal): Promise<number> {
  const { values } = parse(row, args);
  const { output: file = 'eaphost-probe.html', yes = false, undo = false, only } = values;
  const ids = probes.map(({ id }) => id);
  const unknown = only?.find((id) => !ids.includes(id));
  if (unknown !== undefined) {
    throw new UsageError(`--only ${unknown}: there is no such question${meant(unknown, ids)}`);
  }
  await requireElevation();
  if (undo) return takeOut(output);
  if (!output.json || !yes) for (const line of announcement) output.line(line);
  if (!yes && !(await mayChange())) throw new InterruptedError('nothing was changed');
  const report = await askAll({
    mayRestart: values['restart-service'] === true,
    signal,
    ...(only !== undefined && { ask: probes.filter(({ id }) => only.includes(id)) }),
    onQuestion: ({ question }) => output.step(question),
    onAnswer(answered) {
      for (const line of answerLines(answered)) output.line(line);
    },
  });
  output.done();
  const path = resolve(file);
  await writeFile(path, toPage(report));
  const { leftover } = report;
  output.report({ exitCode: exitCodes.accepted, file: path, ...report });
  output.line(`the answers are in ${path}`);
  if (leftover !== undefined) {
    output.line(`EAPHost still uses ${leftover}: restart the service, then eaphost probe --undo`);
  }
  return exitCodes.accepted;
}

async function takeOut(output: Output): Promise<number> {
  const { removed, leftovers } = await removeRemains();
  for (const what of removed) output.line(`took out ${what}`);
  if (leftovers.length > 0) {
    throw new CommandError(
      `EAPHost still uses ${leftovers.join(', ')}`,
      'restart the service EapHost, and say it again',
    );
  }
  output.report(
    { exitCode: exitCodes.accepted, removed, leftovers },
    removed.length === 0 ? ['nothing was left'] : [],
  );
  return exitCodes.accepted;
}
