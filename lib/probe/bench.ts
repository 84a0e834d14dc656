// What the probes work with: a folder that only administrators change, the logging method in it, registered with the
// machine's EAPHost, its log, and the program that asks the run-time. Whatever is changed is taken back. JavaScript
// thread; Windows.

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { setImmediate, setTimeout as delay } from 'node:timers/promises';

import { isObject } from '../base/guards.js';
import { binaryFolder } from '../native/binary.js';
import { callWindows, windowsRegistry, type Registry, type RegistryData } from '../native/registry.js';
import { methodKey } from '../eap/registry-keys.js';
import type { FullMethodType } from '../eap/names.js';
import { begun, environmentWithoutSecrets } from '../base/child-process.js';
import { nativeFile, thisMachine } from '../registration/machine.js';
import { requireSafeFolder } from '../registration/register.js';
import { findIntruders, type FindIntruders } from './own-code.js';
import { withUndo } from './undo.js';

/** A call of the logging method, as its host made it. */
export interface LoggedCall {
  readonly call: string;
  readonly process: string;
  readonly pid: number;
  readonly thread: number;
  readonly module: string;
  /** APTTYPE: 0 single-threaded, 1 multithreaded, 2 neutral, 3 main single-threaded; -1 none. */
  readonly apartment: number;
  readonly bits: number;
  /** SID of the process' user. */
  readonly user: string;
  /** SID of the thread's token; empty where it has none. */
  readonly impersonates: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The type of the logging method. */
export const loggedType: FullMethodType = { type: 254, vendorId: 99_999, vendorType: 5, authorId: 99_999 };
/** The same DLL under another author: does EAPHost give him a process of his own? */
export const otherAuthorType: FullMethodType = { ...loggedType, authorId: 99_998 };
/** The type of the method in TypeScript. */
export const scriptType: FullMethodType = { ...loggedType, vendorType: 6 };
/** Every type that a probe registers. */
export const probeTypes: readonly FullMethodType[] = [loggedType, otherAuthorType, scriptType];

/** The folders of probes begin so. */
export const folderPrefix = 'eaphost-probe-';
const programName = 'eapprobe.exe';
const methodName = 'eapprobemethod.dll';
const logName = 'probe-calls.jsonl';

/** %ProgramFiles% of the system's own architecture, as the environment has it: see whose it is before it is used. */
export const programFiles = (): string =>
  process.env['ProgramW6432'] ?? process.env['ProgramFiles'] ?? 'C:\\Program Files';

/** How a program ended. */
export interface EndedProgram {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts programs of the system; a test has its own. */
export type RunProgram = (
  program: string,
  args: readonly string[],
  input?: ProgramInput,
) => Promise<EndedProgram>;

/** What a program is told on standard input, when it has said a line. */
export interface ProgramInput {
  readonly after: RegExp;
  readonly answer: () => Promise<string>;
}

const longestRun = 60_000;
const lastWords = 2000;

/**
 * Runs a program to its end, but no longer than a minute. One that is only named is Windows' own, from System32 and
 * nowhere else.
 */
export const runProgram: RunProgram = async (program, args, input) => {
  // Not by the environment: a user may have set it who has fewer rights than this process.
  const system32 = await callWindows('systemFolder', {});
  const path = isAbsolute(program) ? program : join(system32, `${program}.exe`);
  const child = begun(() =>
    spawn(path, [...args], {
      stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      windowsHide: true,
      timeout: longestRun,
      env: environmentWithoutSecrets(),
    }),
  );
  const texts = { stdout: '', stderr: '' };
  const said = new Promise<void>((resolve) => {
    for (const name of ['stdout', 'stderr'] as const) {
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        texts[name] += text;
        if (input?.after.test(texts.stdout) === true) resolve();
      });
    }
  });
  const closed = once(child, 'close');
  if (input !== undefined) {
    // A program that ended early takes no answer.
    child.stdin?.on('error', () => undefined);
    await Promise.race([said, closed]);
    child.stdin?.end(child.exitCode === null ? await input.answer() : '');
  }
  // What a program has started may hold its output open for ever. After a wait timers come first, then what was said.
  const ended = once(child, 'exit')
    .then(() => delay(lastWords))
    .then(() => setImmediate());
  await Promise.race([closed, ended]);
  child.stdout?.destroy();
  child.stderr?.destroy();
  return { code: child.exitCode, ...texts };
};

/** What the run-time answered, or how the program died of it, which is an answer, too. */
function answerOf({ code, stdout, stderr }: EndedProgram): unknown {
  try {
    const answer: unknown = JSON.parse(stdout.slice(stdout.indexOf('{')));
    return code === 0 ? answer : { ended: code, answer };
  } catch {
    return { ended: code, output: `${stdout}${stderr}`.trim() };
  }
}

const number = (value: number): RegistryData => ({ kind: 'number', number: value });

/** The registry values that name a DLL. */
export const pathNames = [
  'PeerDllPath',
  'PeerConfigUIPath',
  'PeerIdentityPath',
  'PeerInteractiveUIPath',
] as const;

/** What the DLL of a place does otherwise. */
export interface PlaceOptions {
  /** Words for its table of routines (native/probe/method.cc). */
  readonly table?: string;
  /** A pipe that it tries to open. */
  readonly pipe?: string;
}

/** What a bench is opened with. */
export interface BenchOptions {
  /** Whether the service may be stopped and started. */
  readonly mayRestart: boolean;
  readonly wineVersion: string;
  /** IMAGE_FILE_MACHINE_… of the system. */
  readonly nativeMachine: number;
  readonly run?: RunProgram;
  readonly registry?: Registry;
  readonly findIntruders?: FindIntruders;
  /** Where its folder is made; default %ProgramFiles%. */
  readonly root?: string;
}

/** The place where probes are made. */
export class Bench {
  /** Not on Windows itself. */
  readonly isWine: boolean;
  readonly mayRestart: boolean;
  /** Below Program Files: one for each run, since what a service has loaded cannot be replaced. */
  readonly folder: string;
  readonly run: RunProgram;
  readonly findIntruders: FindIntruders;
  readonly #registry: Registry;
  readonly #nativeMachine: number;

  /** Makes the folder. */
  constructor(options: BenchOptions) {
    const { run = runProgram, registry = windowsRegistry, root = programFiles() } = options;
    this.findIntruders = options.findIntruders ?? findIntruders;
    this.isWine = options.wineVersion !== '';
    this.mayRestart = options.mayRestart;
    this.run = run;
    this.#registry = registry;
    this.#nativeMachine = options.nativeMachine;
    this.folder = join(root, `${folderPrefix}${randomBytes(6).toString('hex')}`);
    mkdirSync(this.folder);
  }

  /** The same path for a registry value whose strings are to be expanded. */
  get expandableFolder(): string {
    return `%ProgramFiles%${this.folder.slice(programFiles().length)}`;
  }

  /** Asks the program, or that of another architecture. */
  async ask(question: string, args: readonly string[] = [], input?: ProgramInput): Promise<unknown> {
    const program = join(this.folder, programName);
    if (!existsSync(program)) copyFileSync(join(binaryFolder(), programName), program);
    return answerOf(await this.run(program, [question, ...args], input));
  }

  /** Asks the program of another architecture; says why where it cannot. */
  async askOf(arch: string, question: string): Promise<unknown> {
    const program = join(dirname(binaryFolder()), `win32-${arch}`, programName);
    if (!existsSync(program)) return `the package has no program of ${arch} here`;
    try {
      return answerOf(await this.run(program, [question]));
    } catch (error) {
      return `this system does not run it: ${error instanceof Error ? error.message : String(error)}`;
    }
  }

  /** Puts the logging method into a folder of its own. Gives the path of its DLL. */
  async place(name: string, { table = '', pipe = '' }: PlaceOptions = {}): Promise<string> {
    const target = join(this.folder, name);
    const dll = join(target, methodName);
    const log = join(target, logName);
    if (!existsSync(dll)) {
      mkdirSync(target, { recursive: true });
      copyFileSync(nativeFile(binaryFolder(), this.#nativeMachine, methodName), dll);
      writeFileSync(log, '');
      // A method's host may be any account: it may add to this file, and change nothing else.
      const { code, stdout, stderr } = await this.run('icacls', [
        log,
        '/grant',
        '*S-1-1-0:(AD,RA,S)',
        '*S-1-15-2-1:(AD,RA,S)',
      ]);
      if (code !== 0) throw new Error(`icacls ended with ${code}: ${stdout}${stderr}`);
    }
    writeFileSync(join(target, 'probe-table.txt'), table);
    writeFileSync(join(target, 'probe-pipe.txt'), pipe);
    truncateSync(log);
    return dll;
  }

  /** A copy of the logging method under names of exports that EAPHost does not know. Gives its path. */
  async placeWithout(name: string, missing: string): Promise<string> {
    const dll = await this.place(name);
    const octets = readFileSync(dll);
    // The table of exports is sorted: the last letter alone changes.
    const other = missing.slice(0, -1) + String.fromCharCode(missing.charCodeAt(missing.length - 1) + 1);
    for (let at = octets.indexOf(`\0${missing}\0`); at >= 0; at = octets.indexOf(`\0${missing}\0`, at)) {
      octets.write(other, at + 1, 'latin1');
    }
    writeFileSync(dll, octets);
    return dll;
  }

  /** What the methods at a place have logged since it was placed. Any account may have added to it. */
  calls(name: string): LoggedCall[] {
    const lines = readFileSync(join(this.folder, name, logName), 'utf8').split('\n');
    return lines.flatMap((line) => {
      try {
        const call: unknown = JSON.parse(line);
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- native/probe/call_log_win32.cc writes it
        return isObject(call) && typeof call['call'] === 'string' ? [call as unknown as LoggedCall] : [];
      } catch {
        return [];
      }
    });
  }

  /**
   * Registers DLLs as a method while `work` runs, by the values that name them; then the registry is as it was. Rejects
   * with EapError where this process may not write there.
   */
  async withRegistered<T>(
    type: FullMethodType,
    paths: Partial<Record<(typeof pathNames)[number], RegistryData>>,
    work: () => Promise<T>,
  ): Promise<T> {
    const key = methodKey(type);
    const registry = this.#registry;
    const before = await registry.read(key);
    const made = await registry.createKey(key);
    const values: (readonly [string, RegistryData])[] = [
      ['PeerFriendlyName', { kind: 'text', text: 'eaphost probe' }],
      ['PeerInvokeUsernameDialog', number(0)],
      ['PeerInvokePasswordDialog', number(0)],
      ['Properties', number(0x280000)],
    ];
    for (const name of pathNames) {
      const data = paths[name];
      if (data !== undefined) values.push([name, data]);
    }
    return withUndo(async (later) => {
      for (const path of made) later(() => registry.deleteKey(path));
      for (const [name, data] of values) {
        const old = before?.values.get(name.toLowerCase());
        await registry.setValue(key, name, data);
        later(() =>
          old === undefined ? registry.deleteValue(key, name) : registry.setValue(key, name, old),
        );
      }
      return work();
    });
  }

  /** The logging method of a place, registered while `work` runs. */
  async withMethod<T>(name: string, work: () => Promise<T>, options: PlaceOptions = {}): Promise<T> {
    const path: RegistryData = { kind: 'expandable', text: await this.place(name, options) };
    return this.withRegistered(loggedType, { PeerDllPath: path, PeerConfigUIPath: path }, work);
  }

  /** Changes where a method's DLL is. */
  async move(type: FullMethodType, text: string): Promise<void> {
    await this.#registry.setValue(methodKey(type), 'PeerDllPath', { kind: 'expandable', text });
  }

  /** Removes the folder. Gives it where it cannot, since EAPHost still has a DLL of it loaded. */
  close(): string | undefined {
    return removeFolder(this.folder);
  }
}

function removeFolder(folder: string): string | undefined {
  try {
    rmSync(folder, { recursive: true, force: true });
    return undefined;
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code !== 'EPERM' && code !== 'EBUSY' && code !== 'EACCES' && code !== 'ENOTEMPTY') throw error;
    return folder;
  }
}

/** What a run that was killed has left: takes it out, and says what it was. */
export async function removeRemains(
  registry: Registry = windowsRegistry,
  run: RunProgram = runProgram,
  root?: string,
): Promise<{ readonly removed: readonly string[]; readonly leftovers: readonly string[] }> {
  const removed: string[] = [];
  const leftovers: string[] = [];
  for (const type of probeTypes) {
    const parts = methodKey(type).split('\\');
    // The method's key with all its values, then its vendor's, its type's and its author's where nothing else is there.
    for (let level = 0; level < 4; level += 1) {
      const path = parts.slice(0, parts.length - level).join('\\');
      const key = await registry.read(path);
      if (key === undefined) continue;
      if (key.keys.length > 0 || (level > 0 && key.values.size > 0)) break;
      await registry.deleteKey(path);
      removed.push(`HKEY_LOCAL_MACHINE\\${path}`);
    }
  }
  // Where others may put folders, they could have this one delete what is theirs to name.
  if (root === undefined) await requireSafeFolder(thisMachine, programFiles());
  const where = root ?? programFiles();
  for (const name of readdirSync(where).filter((each) => each.startsWith(folderPrefix))) {
    const folder = join(where, name);
    const left = removeFolder(folder);
    if (left === undefined) removed.push(folder);
    else leftovers.push(left);
  }
  await removeCertificates(run, removed);
  const task = await run('schtasks', ['/delete', '/tn', taskName, '/f']).catch(() => ({ code: 1 }));
  if (task.code === 0) removed.push(`the task ${taskName}`);
  return { removed, leftovers };
}

/** The task that asks as the system. */
export const taskName = 'eaphost-probe';
/** The common name of the throw-away authority, and of the user whom it certifies. */
export const certificateName = 'eaphost-probe';

/** The stores that a certificate of the probes can be in. */
const stores = [['Root'], ['-user', 'My']] as const;

async function removeCertificates(run: RunProgram, removed: string[]): Promise<void> {
  const certutil = (...args: readonly string[]) =>
    run('certutil', args).catch(() => ({ code: 1, stdout: '' }));
  for (const store of stores) {
    const [where = '', ...user] = store.toReversed();
    // certutil deletes one by its name where there is one.
    for (let count = 0; count < 10; count += 1) {
      const { stdout } = await certutil(...user, '-store', where, certificateName);
      if (!stdout.includes(certificateName)) break;
      const { code } = await certutil(...user, '-delstore', where, certificateName);
      if (code !== 0) break;
      removed.push(`a certificate in ${store.join(' ')}`);
    }
  }
}
