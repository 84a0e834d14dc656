// `eaphost wired` as an administrator runs it: a process at the machine's end of a wire, with its files, its log read as
// it grows.

import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NodeProcess, until } from './node-process.js';
import { toNative, windowsNode } from './windows-node.js';
import type { Ends, Wire } from './wire.js';

const script = fileURLToPath(new URL('../../../lib/cli/main.js', import.meta.url));

const fileOptions = new Set(['profile', 'credentials', 'ca', 'cert', 'key', 'password-file', 'keep']);

/** Options by their names: `ca: 'ca.pem'` is a file of its folder. */
export type Options = Readonly<Record<string, string | number | boolean>>;

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>>;

export class Service implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'eaphost-wired-'));
  readonly #wire: Wire;
  readonly #port: string;
  readonly #options: Options;
  readonly #environment: Readonly<Record<string, string>>;
  #process: NodeProcess | undefined;
  #commands = 0;

  /**
   * `options` is what it is told beside where its files are, and periods that suit a test; `environment` what it has
   * beside ours.
   */
  constructor(
    wire: Wire,
    options: Options,
    ends: Ends = wire,
    environment: Readonly<Record<string, string>> = {},
  ) {
    this.#wire = wire;
    this.#environment = environment;
    this.#port = ends.machinePort;
    this.#options = { 'start-period': 2, 'held-period': 2, 'auth-period': 10, ...options };
  }

  /** A file of its folder. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
  }

  /** What is in a file of its folder, and the rights that it gives to others. */
  read(name: string): { readonly content: Buffer; readonly others: number } {
    const path = join(this.#folder, name);
    return { content: readFileSync(path), others: statSync(path).mode & 0o077 };
  }

  /** Takes a file out of its folder. */
  remove(name: string): void {
    rmSync(join(this.#folder, name));
  }

  start(): void {
    this.#process = this.#run(this.#argumentsOf(this.#options), 'log');
  }

  /** Ends it as a service manager does. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Waits for its end; gives its exit code. */
  async ended(): Promise<number | NodeJS.Signals | undefined> {
    return this.#process?.ended();
  }

  /** Says a word to it; gives the exit code of that and what it said. */
  async command(
    word: string,
    options: Options = {},
  ): Promise<{ readonly code: unknown; readonly line: Line | undefined }> {
    this.#commands += 1;
    const command = this.#run([word, ...this.#argumentsOf(options)], `${word}-${this.#commands}`);
    return { code: await command.ended(), line: parse(command.output).at(-1) };
  }

  /** Its process id; 0 where it does not run. */
  get pid(): number {
    return this.#process?.pid ?? 0;
  }

  /** Octets of memory that it has. */
  get memory(): number {
    return this.#process?.memory ?? Number.NaN;
  }

  /** Everything that it said. */
  get text(): string {
    return `${this.#process?.output}${this.#process?.complaints}`;
  }

  /** Its log. */
  get lines(): readonly Line[] {
    return parse(this.#process?.output ?? '');
  }

  /** Waits for a line of the log after the first `from`; gives how many lines there are with it. */
  async says(what: Line, from = 0): Promise<number> {
    const fits = (line: Line): boolean => Object.entries(what).every(([name, value]) => line[name] === value);
    return until(
      () => {
        const ending = this.#process?.ending;
        const index = this.lines.findIndex((line, index) => index >= from && fits(line));
        if (index >= 0) return index + 1;
        if (ending !== undefined) throw new Error(`the service ended with ${ending}:\n${this.text}`);
        return undefined;
      },
      () => `the service never said ${JSON.stringify(what)} after line ${from}:\n${this.text}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process !== undefined && this.#process.ending === undefined) {
      await this.command('stop');
      await this.ended();
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #argumentsOf(options: Options): string[] {
    return Object.entries(options).flatMap(([name, value]) => {
      if (value === true) return [`--${name}`];
      const isFile = fileOptions.has(name);
      return [`--${name}`, isFile ? toNative(join(this.#folder, String(value))) : String(value)];
    });
  }

  #run(args: readonly string[], output: string): NodeProcess {
    const control = join(this.#folder, 'control');
    const own = windowsNode === undefined ? control : `\\\\.\\pipe\\${basename(this.#folder)}`;
    const where = ['--interface', this.#port, '--control', own, '--json'];
    return new NodeProcess(
      this.#wire,
      [toNative(script), 'wired', ...args, ...where],
      join(this.#folder, output),
      this.#environment,
    );
  }
}

/** The whole lines of a log. */
function parse(text: string): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}
