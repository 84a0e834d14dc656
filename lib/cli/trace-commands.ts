// Turns EAPHost's own tracing on and off: the command lines of Windows' logman and netsh, and the meaning of their
// answers. Pure; the caller passes a runner.

import { win32 } from 'node:path';

import { CommandError } from './command.js';

/** A program of System32 with its arguments. */
export interface CommandLine {
  readonly program: 'logman' | 'netsh';
  readonly args: readonly string[];
}

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  /** What it printed, in the language of the system. */
  readonly output: string;
}

/** Runs a program to its end. Rejects if there is no such program. */
export type Runner = (command: CommandLine) => Promise<Ended>;

/** A trace session of Windows, for one provider. */
export interface TraceSession {
  readonly name: string;
  readonly provider: string;
}

/** EAPHost's providers: of the peer's side, and of the authenticator's. */
export const traceSessions: readonly TraceSession[] = [
  { name: 'EapHostPeer', provider: '{5F31090B-D990-4e91-B16D-46121D0255AA}' },
  { name: 'EapHostAuthr', provider: '{F6578502-DF4E-4a67-9661-E3A2F05D1D9B}' },
];

const allFlags = '0x4000ffff';
const level = '0';

/** Starts a session that writes NAME.etl in `folder`. */
export function startCommand({ name, provider }: TraceSession, folder: string): CommandLine {
  const file = win32.join(folder, `${name}.etl`);
  return {
    program: 'logman',
    args: ['start', 'trace', name, '-o', file, '-p', provider, allFlags, level, '-ets'],
  };
}

/** Stops a session, and closes its file. */
export function stopCommand({ name }: TraceSession): CommandLine {
  return { program: 'logman', args: ['stop', name, '-ets'] };
}

/** Asks for a session: fails where it does not run. */
export function queryCommand({ name }: TraceSession): CommandLine {
  return { program: 'logman', args: ['query', name, '-ets'] };
}

/** Tracing of the older RAS methods, into %windir%\tracing. */
export function rasCommand(isOn: boolean): CommandLine {
  return { program: 'netsh', args: ['ras', 'set', 'tracing', '*', isOn ? 'enabled' : 'disabled'] };
}

/** The file of a session in what `queryCommand` printed, in whatever language; undefined where none is named. */
export function traceFileIn(output: string): string | undefined {
  return /[A-Za-z]:\\[^\r\n"<>|?*]*\.etl/u.exec(output)?.[0] ?? undefined;
}

/** A session as it is now. */
export interface TraceState {
  readonly name: string;
  readonly isOn: boolean;
  /** The file that it writes, or has written. */
  readonly file: string | null;
}

/** A program of Windows that failed. */
export class TraceError extends CommandError {
  override readonly name = 'TraceError';
  override readonly code = 'EAPHOST_TRACE';
}

async function succeed(run: Runner, command: CommandLine): Promise<void> {
  const { code, output } = await run(command);
  if (code === 0) return;
  const line = [command.program, ...command.args].join(' ');
  throw new TraceError(`${line} ended with ${code}: ${output.trim().replaceAll(/\s+/gu, ' ')}`);
}

/** Each session, whether it runs and where it writes. */
export async function queryTraces(run: Runner): Promise<TraceState[]> {
  const states: TraceState[] = [];
  for (const session of traceSessions) {
    const { code, output } = await run(queryCommand(session));
    const file = code === 0 ? traceFileIn(output) : undefined;
    states.push({ name: session.name, isOn: code === 0, file: file ?? null });
  }
  return states;
}

/**
 * Starts every session, or none: those that were started are stopped where a later one fails. Rejects if one runs
 * already.
 */
export async function startTraces(run: Runner, folder: string, withRas: boolean): Promise<TraceState[]> {
  const running = (await queryTraces(run)).filter(({ isOn }) => isOn).map(({ name }) => name);
  if (running.length > 0) {
    throw new TraceError(`${running.join(', ')} is traced already`, 'turn it off first: eaphost trace off');
  }
  const started: TraceSession[] = [];
  try {
    for (const session of traceSessions) {
      await succeed(run, startCommand(session, folder));
      started.push(session);
    }
    if (withRas) await succeed(run, rasCommand(true));
  } catch (error) {
    for (const session of started) await run(stopCommand(session));
    throw error;
  }
  return traceSessions.map(({ name }) => ({ name, isOn: true, file: win32.join(folder, `${name}.etl`) }));
}

/** Stops the sessions that run; gives them with their files. All are tried, then the first failure is thrown. */
export async function stopTraces(run: Runner, withRas: boolean): Promise<TraceState[]> {
  const states = (await queryTraces(run)).filter(({ isOn }) => isOn);
  const commands = states.map((state) => stopCommand({ name: state.name, provider: '' }));
  if (withRas) commands.push(rasCommand(false));
  const failures: unknown[] = [];
  for (const command of commands) await succeed(run, command).catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
  return states.map((state) => ({ ...state, isOn: false }));
}
