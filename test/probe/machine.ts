// What the probes work with: the logging method registered with the machine's EAPHost, its log, and the program that
// asks the run-time. JavaScript thread; Windows.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { binaryFolder } from '../../lib/native/binary.js';
import { windowsRegistry, type RegistryData } from '../../lib/native/registry.js';
import { methodKey } from '../../lib/eap/registry-keys.js';
import type { FullMethodType } from '../../lib/eap/names.js';

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

/** The type of the logging method: that of the scriptable one behind it. */
export const loggedType: FullMethodType = { type: 254, vendorId: 99_999, vendorType: 2, authorId: 99_999 };
/** The type of the pair method. */
export const pairType: FullMethodType = { type: 254, vendorId: 99_999, vendorType: 3, authorId: 99_999 };

/**
 * Below %ProgramData%: a folder that services can read, and that every account may write its log to. One for each run:
 * what a service has loaded cannot be replaced.
 */
const folderName = `eaphost-probe\\${process.pid}`;
const folder = (): string => join(process.env['ProgramData'] ?? 'C:\\ProgramData', folderName);
/** The same, for a registry value whose strings are to be expanded. */
export const expandableFolder = `%ProgramData%\\${folderName}`;

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    timeout: 60_000,
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  await once(child, 'close');
  return { code: child.exitCode, ...texts };
}

/** What the run-time answered, or how the program died of it, which is an answer, too. */
export async function askProgram(question: string): Promise<unknown> {
  const { code, stdout, stderr } = await run(join(binaryFolder(), 'probe_program.exe'), [question]);
  try {
    const answer: unknown = JSON.parse(stdout);
    return code === 0 ? answer : { ended: code, answer };
  } catch {
    return { ended: code, output: `${stdout}${stderr}`.trim() };
  }
}

/** Puts the logging method into a folder of its own. Gives the path of its DLL. */
export async function placeMethod(name: string): Promise<string> {
  const target = join(folder(), name);
  mkdirSync(target, { recursive: true });
  // Everyone: a method's host may be any account of the system's.
  await run('icacls', [target, '/grant', '*S-1-1-0:(OI)(CI)M']);
  for (const library of ['loggedmethod.dll', 'testmethod.dll']) {
    const copy = join(target, library);
    if (!existsSync(copy)) copyFileSync(join(binaryFolder(), library), copy);
  }
  return join(target, 'loggedmethod.dll');
}

/** Removes what was placed. Gives the folder where it cannot, since EAPHost still has a DLL of it loaded. */
export function removePlaced(): string | undefined {
  try {
    rmSync(folder(), { recursive: true, force: true });
    return undefined;
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    if (code !== 'EPERM' && code !== 'EBUSY' && code !== 'EACCES' && code !== 'ENOTEMPTY') throw error;
    return folder();
  }
}

/** What the method at a place has logged since `forgetCalls`. */
export function loggedCalls(name: string): LoggedCall[] {
  const file = join(folder(), name, 'probe-calls.jsonl');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line): LoggedCall => JSON.parse(line));
}

/** Empties the log of a place. */
export function forgetCalls(name: string): void {
  rmSync(join(folder(), name, 'probe-calls.jsonl'), { force: true });
}

const number = (value: number): RegistryData => ({ kind: 'number', number: value });

/**
 * Registers a DLL as a method while `work` runs; then the registry is as it was. Rejects with EapError where this
 * process may not write there.
 */
export async function withRegistered<T>(
  type: FullMethodType,
  path: RegistryData,
  work: () => Promise<T>,
): Promise<T> {
  const key = methodKey(type);
  const before = await windowsRegistry.read(key);
  const made = await windowsRegistry.createKey(key);
  const values: readonly (readonly [string, RegistryData])[] = [
    ['PeerFriendlyName', { kind: 'text', text: 'eaphost probe' }],
    ['PeerInvokeUsernameDialog', number(0)],
    ['PeerInvokePasswordDialog', number(0)],
    ['Properties', number(0x280000)],
    ['PeerConfigUIPath', path],
    ['PeerDllPath', path],
  ];
  try {
    for (const [name, data] of values) await windowsRegistry.setValue(key, name, data);
    return await work();
  } finally {
    for (const [name] of values.toReversed()) {
      const old = before?.values.get(name.toLowerCase());
      if (old === undefined) await windowsRegistry.deleteValue(key, name);
      else await windowsRegistry.setValue(key, name, old);
    }
    for (const path of made.toReversed()) await windowsRegistry.deleteKey(path);
  }
}

/** The logging method of a place, registered while `work` runs. */
export async function withLoggedMethod<T>(name: string, work: () => Promise<T>): Promise<T> {
  const text = await placeMethod(name);
  forgetCalls(name);
  return withRegistered(loggedType, { kind: 'expandable', text }, work);
}
