// A program of Node's at the machine's end of a wire: natively, or in a Windows Node under Wine. What it says goes through
// files, since a Windows program cannot write to every pipe.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

import { signalChild } from '../../support/process-group.js';
import { windowsNode } from './windows-node.js';
import type { Wire } from './wire.js';

const limitMs = 90_000;

/** Waits until `probe` gives something. Rejects with what `explain` gives when it does not for long. */
export async function until<T>(
  probe: () => T | undefined | Promise<T | undefined>,
  explain: () => string,
): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    const found = await probe();
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(explain());
    await delay(20);
  }
}

const running = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of running) signalChild(child, 'SIGKILL');
});

/** A running program. It does not outlive this process. */
export class NodeProcess {
  readonly #wire: Wire;
  readonly #args: readonly string[];
  readonly #files: readonly [string, string];
  readonly #environment: Readonly<Record<string, string>>;
  #child: ChildProcess;
  #retries = 3;

  /** `output` is a path: its file gets what the program says, and one of this name with `.err` what it complains of. */
  constructor(
    wire: Wire,
    args: readonly string[],
    output: string,
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#wire = wire;
    this.#args = args;
    this.#files = [output, `${output}.err`];
    this.#environment = environment;
    this.#child = this.#spawn();
  }

  /** Its process id; 0 where it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Octets of memory that it has, where the system tells. */
  get memory(): number {
    const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+)/mu.exec(status)?.[1]) * 1024;
  }

  get output(): string {
    return readFileSync(this.#files[0], 'utf8');
  }

  get complaints(): string {
    return readFileSync(this.#files[1], 'utf8');
  }

  /** Its exit code, or what ended it; undefined while it runs. */
  get ending(): number | NodeJS.Signals | undefined {
    const { exitCode, signalCode } = this.#child;
    const ending = exitCode ?? signalCode ?? undefined;
    // About one start in a hundred of Wine's ends with code 1 and no output at all.
    const isStillborn = ending === 1 && this.output === '' && this.complaints === '';
    if (windowsNode === undefined || !isStillborn || this.#retries === 0) return ending;
    this.#retries -= 1;
    this.#child = this.#spawn();
    return undefined;
  }

  async ended(): Promise<number | NodeJS.Signals> {
    return until(
      () => this.ending,
      () => `${this.#args.join(' ')} does not end:\n${this.output}${this.complaints}`,
    );
  }

  kill(signal: NodeJS.Signals): void {
    signalChild(this.#child, signal);
  }

  #spawn(): ChildProcess {
    const [path, args] =
      windowsNode === undefined
        ? this.#wire.atMachine(process.execPath, this.#args)
        : this.#wire.atMachine('wine', [windowsNode, ...this.#args]);
    const files = this.#files.map((name) => openSync(name, 'w'));
    const env = { ...process.env, ...this.#environment };
    const child = spawn(path, args, { stdio: ['ignore', ...files], env });
    for (const file of files) closeSync(file);
    running.add(child);
    child.once('exit', () => running.delete(child));
    return child;
  }
}
