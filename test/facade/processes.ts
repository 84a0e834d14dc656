// Scripts of the folder children, each in a process of its own.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
}

/** Runs a script to its end; what takes longer than 30 s is killed. */
export function run(
  script: string,
  args: readonly string[] = [],
  options: { readonly node?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<Ending> {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const started = performance.now();
  const child = fork(path, [...args], {
    stdio: 'ignore',
    execArgv: [...(options.node ?? [])],
    env: { ...process.env, ...options.env },
    timeout: 30_000,
  });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      resolve({ code, signal, ms: performance.now() - started });
    });
  });
}
