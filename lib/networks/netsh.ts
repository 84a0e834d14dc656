// `netsh lan`, which is what Windows documents for profiles and credentials of wired networks: no function is exported for
// them. What it prints is in the system's language: only its exit code, its files and the codes in its text are gone by.
// JavaScript thread.

import { spawn } from 'node:child_process';
import { join } from 'node:path';

import { toSignal } from '../base/arguments.js';
import { eaphostError } from '../base/errors.js';
import { untilAborted } from '../base/abort.js';
import { atExit } from '../base/at-exit.js';
import { begun } from '../base/child-process.js';
import { shortage } from '../base/shortage.js';
import { callWindows } from '../native/registry.js';

/** A program that stands in for netsh: itself, and what goes before netsh's own arguments. */
export type NetshProgram = readonly [program: string, ...before: string[]];

/** How netsh ended. */
export interface NetshEnd {
  readonly code: number | null;
  /** In the language of the system, and in its code page. */
  readonly output: string;
}

/** What a program of Windows needs of the environment. The rest may hold secrets. */
const passedOn = ['SystemRoot', 'SystemDrive', 'windir', 'TEMP', 'TMP', 'USERPROFILE', 'ProgramData'];

async function programOf(given: NetshProgram | undefined): Promise<NetshProgram> {
  if (given !== undefined) return given;
  if (process.platform !== 'win32') {
    throw eaphostError(
      'EAPHOST_UNSUPPORTED_PLATFORM',
      `wired profiles are Windows' own, and this is ${process.platform}; ` +
        'eaphost network apply --to writes what other systems take',
    );
  }
  return [join(await callWindows('systemFolder', {}), 'netsh.exe')];
}

const longestOutput = 64 * 1024;

/** Runs `netsh lan` to its end; an abort ends it. */
export async function runNetsh(
  args: readonly string[],
  netsh: NetshProgram | undefined,
  signal: AbortSignal | undefined,
): Promise<NetshEnd> {
  const abort = toSignal(signal);
  abort?.throwIfAborted();
  const [program, ...before] = await programOf(netsh);
  const env = Object.fromEntries(
    passedOn.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  const child = begun(() =>
    spawn(program, [...before, 'lan', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      env,
    }),
  );
  // Its files are deleted then.
  const ended = atExit(() => child.kill());
  const parts: Buffer[] = [];
  let length = 0;
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (part: Buffer) => {
      if (length < longestOutput) parts.push(part);
      length += part.length;
    });
  }
  const closed = new Promise<number | null>((resolve, reject) => {
    child.once('error', (error) => {
      const what = `${program} cannot be started`;
      reject(shortage(error, what) ?? eaphostError('EAPHOST_PROCESS_NOT_STARTED', what, error));
    });
    child.once('close', (code) => resolve(code));
  });
  try {
    const code = await untilAborted(closed, abort);
    return { code, output: Buffer.concat(parts).toString('latin1', 0, longestOutput) };
  } catch (error) {
    // What it was given is deleted next: it must have ended by then.
    if (abort?.aborted === true && child.kill()) await closed;
    throw error;
  } finally {
    ended();
  }
}
