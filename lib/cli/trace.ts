// `eaphost trace`: turns EAPHost's own tracing on and off.

import { spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { once } from 'node:events';
import { join, resolve } from 'node:path';

import { EapError, eaphostError } from '../errors.js';
import { thisMachine } from '../registration/machine.js';
import { callWindows } from '../native-registry.js';
import { type Command, exitCodes, UsageError, parseArguments } from './command.js';
import { withJsonErrors } from './registration.js';
import {
  queryTraces,
  type CommandLine,
  type Ended,
  startTraces,
  stopTraces,
  TraceError,
  type TraceState,
} from './trace-commands.js';

const help = `Usage: eaphost trace on|off|status [OPTION]...

Turns EAPHost's own tracing on and off, that of the peer's side and that of the authenticator's, with Windows' logman;
off says which files were written. They are for Microsoft's tools (tracerpt) and support, who have the symbols. What
this package does itself is seen without them. On Windows only, and it takes an administrator.

  --dir DIRECTORY  on: where the files go (EapHostPeer.etl, EapHostAuthr.etl). This folder if none is given
  --ras            also the older RAS methods (netsh ras set tracing), which write to %windir%\\tracing
  --json           one JSON object on standard output
  -h, --help       this text

The files can hold names of users and packets: look at them before they are passed on.

The exit code is 0 if it was done, 2 if not.

Examples:
  eaphost trace on --dir C:\\traces
  eaphost trace status
  eaphost trace off
`;

const actions = ['on', 'off', 'status'] as const;
type Action = (typeof actions)[number];

interface TraceOptions {
  readonly action: Action;
  readonly directory: string;
  readonly ras: boolean;
  readonly json: boolean;
}

function readOptions(args: readonly string[]): TraceOptions {
  const { positionals, values } = parseArguments({
    args: [...args],
    allowPositionals: true,
    options: { dir: { type: 'string' }, ras: { type: 'boolean' }, json: { type: 'boolean' } },
  });
  const action = actions.find((name) => name === positionals[0]);
  if (action === undefined || positionals.length > 1) throw new UsageError('say on, off or status');
  if (values.dir !== undefined && action !== 'on') throw new UsageError('--dir goes with on');
  if (values.ras === true && action === 'status') throw new UsageError('--ras goes with on and off');
  return {
    action,
    directory: resolve(values.dir ?? '.'),
    ras: values.ras === true,
    json: values.json === true,
  };
}

/** Windows' own program, from System32 and nowhere else. */
async function runProgram({ program, args }: CommandLine): Promise<Ended> {
  const path = join(process.env['SystemRoot'] ?? 'C:\\Windows', 'System32', `${program}.exe`);
  if (!(await thisMachine.isFile(path))) {
    throw new TraceError(
      `there is no ${path}, the program of Windows that controls tracing; Wine and reduced images of Windows do not have it`,
    );
  }
  const child = spawn(path, [...args], { stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
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
      `EAPHost's tracing is Windows' own, and this is ${process.platform}; eaphost auth shows what this package does`,
    );
  }
  const { isElevated } = await callWindows('queryProcess', {});
  if (isElevated) return;
  throw new EapError('tracing takes an administrator: run it in a terminal that was started as one', {
    code: 'EAPHOST_ELEVATION_REQUIRED',
  });
}

function perform({ action, directory, ras }: TraceOptions): Promise<TraceState[]> {
  if (action === 'status') return queryTraces(runProgram);
  if (action === 'off') return stopTraces(runProgram, ras);
  mkdirSync(directory, { recursive: true });
  return startTraces(runProgram, directory, ras);
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

async function performAll(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  await requireElevation();
  const traces = await perform(options);
  process.stdout.write(
    options.json
      ? `${JSON.stringify({ exitCode: exitCodes.accepted, traces })}\n`
      : `${traceLines(options.action, traces).join('\n')}\n`,
  );
  return exitCodes.accepted;
}

/** `eaphost trace`. */
export const trace: Command = {
  summary: "turn Windows' own tracing of EAPHost on and off",
  help,
  run: (args) => withJsonErrors(args, () => performAll(args)),
};
