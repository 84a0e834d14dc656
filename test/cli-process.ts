// Runs the `eaphost` command as a process of its own.

import { equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { AuthReport } from '../lib/cli/auth-report.js';

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command. */
export const main = join(import.meta.dirname, '..', 'lib', 'cli', 'main.js');

export async function eaphost(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const { EAPHOST_PASSWORD: _p, EAPHOST_SERVER_PASSWORD: _s, EAPHOST_DEBUG: _d, ...clean } = process.env;
  const child = spawn(process.execPath, [main, ...args], {
    env: { ...clean, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  await once(child, 'close');
  return { code: child.exitCode, ...texts };
}

export function reportOf({ stdout }: Outcome): AuthReport {
  const lines = stdout.split('\n');
  equal(lines.length, 2, stdout);
  return JSON.parse(lines[0] ?? '');
}
