// `eaphost trace`: turns EAPHost's own tracing on and off.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';

import { begun, environmentWithoutSecrets } from '../base/child-process.js';
import { eaphostError } from '../base/errors.js';
import { thisMachine } from '../registration/machine.js';
import { callWindows } from '../native/registry.js';
import { exitCodes, interruptible, parse, UsageError } from './command.js';
import type { Output } from './output.js';
import { trace as row, traceActions } from './tables.js';
import {
  queryTraces,
  type CommandLine,
  type Ended,
  type Runner,
  startTraces,
  stopTraces,
  TraceError,
  type TraceState,
} from './trace-commands.js';

type Action = (typeof traceActions)[number];

interface TraceOptions {
  readonly action: Action;
  readonly directory: string;
  readonly ras: boolean;
}

function readOptions(args: readonly string[]): TraceOptions {
  const { positionals, values } = parse(row, args);
  const action = traceActions.find((name) => name === positionals[0]);
  if (action === undefined || positionals.length > 1) throw new UsageError('say on, off or status');
  if (values.dir !== undefined && action !== 'on') throw new UsageError('--dir goes with on');
  if (values.ras === true && action === 'status') throw new UsageError('--ras goes with on and off');
  return { action, directory: resolve(values.dir ?? '.'), ras: values.ras === true };
}

/** Windows' own program, from System32 and nowhere else. */
async function runProgram({ program, args }: CommandLine): Promise<Ended> {
  // Not by the environment: a user may have set it who has fewer rights than this process.
  const path = join(await callWindows('systemFolder', {}), `${program}.exe`);
  if (!(await thisMachine.isFile(path))) {
    throw new TraceError(
      `there is no ${path}, the program of Windows that controls tracing`,
      'use an edition of Windows that has it: Wine and reduced images do not',
    );
  }
  const env = environmentWithoutSecrets();
  const child = begun(() =>
    spawn(path, [...args], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true, env }),
  );
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  await once(child, 'close');
  return { code: child.exitCode, output };
}

async function requireElevation(): Promise<void> {
  if (process.platform !== 'win32') {
    throw eaphostError(
      'EAPHOST_UNSUPPORTED_PLATFORM',
      `EAPHost's tracing is Windows' own, and this is ${process.platform}`,
    );
  }
  const { isElevated } = await callWindows('queryProcess', {});
  if (isElevated) return;
  throw eaphostError('EAPHOST_ELEVATION_REQUIRED', 'tracing takes an administrator');
}

async function perform({ action, directory, ras }: TraceOptions, run: Runner): Promise<TraceState[]> {
  if (action === 'status') return queryTraces(run);
  if (action === 'off') return stopTraces(run, ras);
  await mkdir(directory, { recursive: true });
  return startTraces(run, directory, ras);
}

/** What was done, as lines for people. */
export function traceLines(action: Action, states: readonly TraceState[]): string[] {
  if (states.length === 0) return ['nothing was traced'];
  return states.map(({ name, isOn, file }) => {
    const where = file === null ? '' : `: ${file}`;
    if (action === 'off') return `${name} wrote${where === '' ? ' a file that it did not name' : where}`;
    return isOn ? `${name} is traced${where}` : `${name} is not traced`;
  });
}

/** `eaphost trace`. */
export async function trace(args: readonly string[], output: Output): Promise<number> {
  const options = readOptions(args);
  await requireElevation();
  const traces = await interruptible((signal) =>
    perform(options, (command) => {
      // What was started before is stopped again then.
      if (command.args[0] === 'start') signal.throwIfAborted();
      output.step(`running ${command.program} ${command.args[0]} ${command.args[1]}`);
      return runProgram(command);
    }),
  );
  output.done();
  output.report({ exitCode: exitCodes.accepted, traces }, traceLines(options.action, traces));
  return exitCodes.accepted;
}
