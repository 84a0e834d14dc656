// The service as an administrator runs it: a process at the machine's end of a wire, with its files, its log read as it
// grows. Natively, or in a Windows Node under Wine.

import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import type { Wire } from './wire.js';

const script = fileURLToPath(new URL('wired-service.js', import.meta.url));
const limitMs = 90_000;
/** node.exe, where the service is to run under Wine. */
export const windowsNode = process.env['EAPHOST_WINDOWS_NODE'];

/** A line of the log. */
export type Line = Readonly<Record<string, unknown>>;

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

/** A path as the service's Node reads it. */
const toNative = (path: string): string =>
  windowsNode === undefined ? path : `Z:${path.replaceAll('/', '\\')}`;

export class Service implements AsyncDisposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'eaphost-wired-'));
  readonly #wire: Wire;
  readonly #config: Line;
  #child: ChildProcess | undefined;
  #commands = 0;

  constructor(wire: Wire, config: Line) {
    this.#wire = wire;
    const control =
      windowsNode === undefined ? {} : { control: `\\\\.\\pipe\\${this.#folder.split('/').at(-1)}` };
    this.#config = {
      interface: wire.machinePort,
      profile: 'profile.xml',
      credentials: 'credentials.xml',
      startPeriod: 2,
      heldPeriod: 2,
      authPeriod: 10,
      ...control,
      ...config,
    };
    this.write('service.json', JSON.stringify(this.#config));
  }

  /** A file beside its configuration. */
  write(name: string, text: string): void {
    writeFileSync(join(this.#folder, name), text, { mode: 0o600 });
  }

  start(): void {
    this.#child = this.#spawn('serve', 'log');
  }

  /** Ends it as a service manager does. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Its exit code, when it has ended. */
  async ended(): Promise<number | NodeJS.Signals> {
    const child = this.#child;
    return until(
      () => child?.exitCode ?? child?.signalCode ?? undefined,
      () => `the service goes on:\n${this.text}`,
    );
  }

  /** Runs another command of the script; gives its exit code and what it said last. */
  async command(word: string): Promise<{ readonly code: number | null; readonly line: Line | undefined }> {
    this.#commands += 1;
    const name = `${word}-${this.#commands}`;
    const child = this.#spawn(word, name);
    await until(
      () => child.exitCode ?? child.signalCode ?? undefined,
      () => `${word} does not end`,
    );
    return { code: child.exitCode, line: parse(this.#read(name)).at(-1) };
  }

  /** Everything that it said. */
  get text(): string {
    return this.#read('log') + this.#read('log.err');
  }

  get lines(): readonly Line[] {
    return parse(this.#read('log'));
  }

  /** Waits for a line of the log after the first `from`; gives how many lines there are with it. */
  async says(what: Line, from = 0): Promise<number> {
    const fits = (line: Line): boolean => Object.entries(what).every(([name, value]) => line[name] === value);
    return until(
      () => {
        const index = this.lines.findIndex((line, index) => index >= from && fits(line));
        if (index >= 0) return index + 1;
        if (this.#child?.exitCode !== null) throw new Error(`the service ended:\n${this.text}`);
        return undefined;
      },
      () => `the service never said ${JSON.stringify(what)} after line ${from}:\n${this.text}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#child;
    if (child?.exitCode === null && child.signalCode === null) {
      if (windowsNode !== undefined) await this.command('stop');
      child.kill(windowsNode === undefined ? 'SIGTERM' : 'SIGCONT');
      await this.ended();
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8');
  }

  #spawn(word: string, output: string): ChildProcess {
    const args = [toNative(script), word, toNative(join(this.#folder, 'service.json'))];
    const [path, all] =
      windowsNode === undefined
        ? this.#wire.atMachine(process.execPath, args)
        : this.#wire.atMachine('wine', [windowsNode, ...args]);
    const files = [output, `${output}.err`].map((name) => openSync(join(this.#folder, name), 'w'));
    const child = spawn(path, all, { stdio: ['ignore', ...files] });
    for (const file of files) closeSync(file);
    return child;
  }
}

/** The whole lines of a log. */
function parse(text: string): Line[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Line);
}
