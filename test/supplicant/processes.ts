// Scripts of the folder children, each in a process of its own.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
}

/** How a script is run. */
export interface RunOptions {
  /** Options of Node. */
  readonly node?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** It ends as Node does not clean up after: under AddressSanitizer all of Node would count as leaked. */
  readonly endsAbruptly?: boolean;
  /** Default 90 s: then it is killed. */
  readonly timeoutMs?: number;
}

/** Under AddressSanitizer: a code of its own for what it finds. */
function sanitizerOptions(endsAbruptly: boolean): NodeJS.ProcessEnv {
  const { ASAN_OPTIONS: options } = process.env;
  if (options === undefined) return {};
  return { ASAN_OPTIONS: `${options}:exitcode=99${endsAbruptly ? ':detect_leaks=0' : ''}` };
}

/** Runs a script to its end. */
export function run(script: string, args: readonly string[] = [], options: RunOptions = {}): Promise<Ending> {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const started = performance.now();
  const child = fork(path, [...args], {
    stdio: 'ignore',
    execArgv: [...(options.node ?? [])],
    env: { ...process.env, ...sanitizerOptions(options.endsAbruptly ?? false), ...options.env },
    timeout: options.timeoutMs ?? 90_000,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ code, signal, ms: performance.now() - started });
    });
  });
}
