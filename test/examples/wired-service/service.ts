// The service as an administrator runs it: a process at the machine's end of a wire, with its files, its log read as it
// grows.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { NodeProcess, until } from './node-process.js';
import { toNative, windowsNode } from './windows-node.js';
import type { Wire } from './wire.js';

const script = fileURLToPath(new URL('wired-service.js', import.meta.url));

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>>;

export class Service implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'eaphost-wired-'));
  readonly #wire: Wire;
  #process: NodeProcess | undefined;
  #commands = 0;

  /** `config` is what its configuration says beside where its files are, and periods that suit a test. */
  constructor(wire: Wire, config: Line) {
    this.#wire = wire;
    const all = {
      interface: wire.machinePort,
      profile: 'profile.xml',
      credentials: 'credentials.xml',
      startPeriod: 2,
      heldPeriod: 2,
      authPeriod: 10,
      ...(windowsNode !== undefined && { control: `\\\\.\\pipe\\${basename(this.#folder)}` }),
      ...config,
    };
    this.write('service.json', JSON.stringify(all));
  }

  /** A file beside its configuration. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
  }

  start(): void {
    this.#process = this.#run('serve', 'log');
  }

  /** Ends it as a service manager does. */
  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** Waits for its end; gives its exit code. */
  async ended(): Promise<number | NodeJS.Signals | undefined> {
    return this.#process?.ended();
  }

  /** Runs another command of the script; gives its exit code and what it said. */
  async command(word: string): Promise<{ readonly code: unknown; readonly line: Line | undefined }> {
    this.#commands += 1;
    const command = this.#run(word, `${word}-${this.#commands}`);
    return { code: await command.ended(), line: parse(command.output).at(-1) };
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

  #run(word: string, output: string): NodeProcess {
    const args = [script, join(this.#folder, 'service.json')].map(toNative);
    return new NodeProcess(this.#wire, args.toSpliced(1, 0, word), join(this.#folder, output));
  }
}

/** The whole lines of a log. */
function parse(text: string): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}
