// Runs the `eaphost` command as a process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

/** What a run came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const main = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.js');

/** Runs `eaphost` with `args`; `input` is its standard input. */
export async function eaphost(args: readonly string[], input = ''): Promise<Outcome> {
  const { EAPHOST_PASSWORD: _p, EAPHOST_SERVER_PASSWORD: _s, EAPHOST_DEBUG: _d, ...env } = process.env;
  const child = spawn(process.execPath, [main, ...args], { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  // A command that refuses its arguments ends before it has read.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, ...texts };
}
