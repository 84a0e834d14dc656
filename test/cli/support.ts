// Runs the `eaphost` command as a process.

import { equal, ok } from 'node:assert/strict';
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { begun } from '../../lib/base/child-process.js';
import type { AuthReport } from '../../lib/cli/auth-report.js';
import type { Run } from './again.js';

/** What a run came to. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command. */
export const main = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.js');

/** This process' environment, without what the command takes from it, and with `more`. Node has no colours in CI. */
export function cleanEnvironment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const names = ['PASSWORD', 'SECRET', 'SERVER_PASSWORD', 'DEBUG'].map((name) => `EAPHOST_${name}`);
  // Windows takes the first of names that differ in case only.
  const own = new Set(
    [...names, 'CI', 'FORCE_COLOR', 'NO_COLOR', ...Object.keys(more)].map((name) => name.toUpperCase()),
  );
  const rest = Object.entries(process.env).filter(([name]) => !own.has(name.toUpperCase()));
  return { ...Object.fromEntries(rest), ...more };
}

/**
 * Runs `eaphost` with `args`, with `env` beside this process' own; `input` is its standard input. `within` is a command
 * that runs what follows it.
 */
export async function eaphost(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: string | Buffer = '',
  within: readonly string[] = [],
): Promise<Outcome> {
  const [program, ...all] = [...within, process.execPath, main, ...args] as [string, ...string[]];
  const child = begun(() =>
    spawn(program, all, {
      env: cleanEnvironment(env),
      stdio: ['pipe', 'pipe', 'pipe'],
    }),
  );
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

let again: ChildProcess | undefined;
let last: Promise<unknown> = Promise.resolve();

async function askNow(args: readonly string[], input: string | Buffer): Promise<Outcome> {
  if (again === undefined) {
    const child = begun(() => fork(new URL('again.js', import.meta.url), { env: cleanEnvironment() }));
    child.once('exit', () => child.emit('error', new Error('the command ended its process')));
    child.unref();
    child.channel?.unref();
    again = child;
  }
  again.send({ args, input: Buffer.from(input).toString('base64') } satisfies Run);
  const [outcome]: Outcome[] = await once(again, 'message');
  ok(outcome);
  return outcome;
}

/**
 * What `eaphost` says to `args`, in a process that has run it before: starting one takes longer than what is asked. For
 * what reads, writes and ends; what has to do with its process runs in one of its own, by `eaphost`.
 */
export function ask(args: readonly string[], input: string | Buffer = ''): Promise<Outcome> {
  const next = last.then(() => askNow(args, input));
  last = next.catch(() => undefined);
  return next;
}

/** The only line of standard output, for JSON.parse. */
export function lineOf({ stdout }: Outcome): string {
  const lines = stdout.split('\n');
  equal(lines.length, 2, stdout);
  return lines[0] ?? '';
}

/** The report of `eaphost auth --json`. */
export function reportOf(outcome: Outcome): AuthReport {
  return JSON.parse(lineOf(outcome));
}
