// Programs of others that the suites run: found, started, stopped.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

import { signalChild } from '../support/process-group.js';

/** The path of a program. Throws an error that names the Debian package to install. */
export function findProgram(name: string, debianPackage: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
  if (found) return found;
  throw new Error(`${name} is not installed; run: apt-get install ${debianPackage}`);
}

/** What a program left behind. */
export interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a program to its end, without blocking; kills it after `timeoutMs`. */
export async function run(path: string, args: readonly string[], timeoutMs: number): Promise<Outcome> {
  const program = new Program(path, args);
  const timer = setTimeout(() => void program.stop(), timeoutMs);
  try {
    return { status: await program.ended, output: program.output };
  } finally {
    clearTimeout(timer);
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) signalChild(child, 'SIGKILL');
});

/** A running program. It does not outlive this process. */
export class Program implements AsyncDisposable {
  output = '';
  /** Whether it has ended, by itself or stopped. */
  hasEnded = false;
  /** Its exit status; null when a signal ended it. Rejects when it cannot be started. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;

  constructor(path: string, args: readonly string[]) {
    this.#child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    running.add(this.#child);
    const collect = (data: Buffer) => {
      this.output += data.toString();
    };
    this.#child.stdout?.on('data', collect);
    this.#child.stderr?.on('data', collect);
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', (error) => {
        this.hasEnded = true;
        reject(error);
      });
      this.#child.once('close', (status) => {
        running.delete(this.#child);
        this.hasEnded = true;
        resolve(status);
      });
    });
    this.ended.catch(() => undefined);
  }

  /** Its process id; 0 where it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Waits until it has said this. Rejects with its output when it ends before, or does not within a minute. */
  async says(text: string | RegExp): Promise<void> {
    if (await this.hasSaid(text, 60_000)) return;
    throw new Error(`never said "${String(text)}":\n${this.output}`);
  }

  /** Waits until it has said this; false when it ends before, or does not in this time. */
  async hasSaid(what: string | RegExp, timeoutMs: number): Promise<boolean> {
    const end = performance.now() + timeoutMs;
    const isSaid = (): boolean =>
      typeof what === 'string' ? this.output.includes(what) : what.test(this.output);
    while (!isSaid()) {
      if (this.hasEnded || performance.now() > end) return false;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    return true;
  }

  /** Ends it at once: it can say nothing more to anybody. */
  async kill(): Promise<void> {
    signalChild(this.#child, 'SIGKILL');
    await this.ended.catch(() => undefined);
  }

  async stop(): Promise<void> {
    signalChild(this.#child, 'SIGTERM');
    const timer = setTimeout(() => signalChild(this.#child, 'SIGKILL'), 3000);
    await this.ended.catch(() => undefined);
    clearTimeout(timer);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
