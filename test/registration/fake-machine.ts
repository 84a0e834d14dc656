// A machine in memory: a registry, a folder and users, whose every change a test can make fail.

import { windowsRegistry, type Registry, type RegistryData } from '../../lib/native/registry.js';
import { EapError } from '../../lib/index.js';
import type { NativeIntruder } from '../../lib/native/system-types.js';
import { thisMachine, type Machine } from '../../lib/registration/machine.js';

function windowsError(code: string, call: string): EapError {
  return new EapError(`${call} failed (${code})`, { code, call });
}

/** Everything that a registration may leave: values by `key|name`, keys, files. */
export interface Snapshot {
  readonly keys: readonly string[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly files: readonly string[];
}

/** Fails the change with this number, counted from 1; also, where `brokenUndo`, every one after it. */
export interface Fault {
  readonly at: number;
  readonly brokenUndo?: boolean;
}

/** The machine, and what a test wants to know or say of it. */
export class FakeMachine implements Machine, Registry {
  readonly #keys = new Map<string, Map<string, RegistryData>>();
  readonly files = new Set<string>();
  intruders: NativeIntruder[] = [];
  elevated = true;
  loaded = false;
  onSetValue: ((name: string) => unknown) | undefined;
  fault: Fault | undefined;
  /** Changes made or tried. */
  changes = 0;
  readonly registry: Registry = this;

  #change(call: string): void {
    this.changes += 1;
    if (this.fault === undefined) return;
    const { at, brokenUndo = false } = this.fault;
    if (this.changes === at || (brokenUndo && this.changes > at))
      throw windowsError('ERROR_ACCESS_DENIED', call);
  }

  snapshot(): Snapshot {
    const values = [...this.#keys].flatMap(([key, held]) =>
      [...held].map(([name, data]) => [`${key}|${name}`, data] as const),
    );
    return {
      keys: [...this.#keys.keys()].sort(),
      values: Object.fromEntries(values),
      files: [...this.files].sort(),
    };
  }

  async read(path: string): ReturnType<Registry['read']> {
    const values = this.#keys.get(path);
    if (values === undefined) return undefined;
    const below = [...this.#keys.keys()].filter((key) => key.startsWith(`${path}\\`));
    const keys = [...new Set(below.map((key) => key.slice(path.length + 1).split('\\', 1)[0] ?? ''))];
    return { values: new Map([...values].map(([name, data]) => [name.toLowerCase(), data])), keys };
  }

  async createKey(path: string): Promise<string[]> {
    const parts = path.split('\\');
    const missing = parts
      .map((_, index) => parts.slice(0, index + 1).join('\\'))
      .filter((key) => !this.#keys.has(key));
    if (missing.length > 0) this.#change('RegCreateKeyExW');
    for (const key of missing) this.#keys.set(key, new Map());
    return missing;
  }

  async setValue(path: string, name: string, data: RegistryData): Promise<void> {
    this.#change('RegSetValueExW');
    const values = this.#keys.get(path);
    if (values === undefined) throw windowsError('ERROR_FILE_NOT_FOUND', 'RegOpenKeyExW');
    values.set(name, data);
    this.onSetValue?.(name);
  }

  async deleteValue(path: string, name: string): Promise<void> {
    this.#change('RegDeleteValueW');
    if (this.#keys.get(path)?.delete(name) !== true)
      throw windowsError('ERROR_FILE_NOT_FOUND', 'RegDeleteValueW');
  }

  async deleteKey(path: string): Promise<void> {
    this.#change('RegDeleteKeyExW');
    const key = await this.read(path);
    if (key === undefined) throw windowsError('ERROR_FILE_NOT_FOUND', 'RegDeleteKeyExW');
    if (key.keys.length > 0) throw windowsError('ERROR_ACCESS_DENIED', 'RegDeleteKeyExW');
    this.#keys.delete(path);
  }

  async checkWritable(): Promise<void> {
    if (!this.elevated) throw windowsError('ERROR_ACCESS_DENIED', 'RegOpenKeyExW');
  }

  async currentUser(): Promise<string> {
    return 'S-1-5-21-1-2-3-1001';
  }

  async findIntruders(): Promise<readonly NativeIntruder[]> {
    return this.intruders;
  }

  async signatureOf(): Promise<'unsigned'> {
    return 'unsigned';
  }

  async isFile(path: string): Promise<boolean> {
    return this.files.has(path);
  }

  async copyShim(path: string): Promise<void> {
    this.#change('CopyFileW');
    if (this.files.has(path)) throw windowsError('ERROR_ALREADY_EXISTS', 'CopyFileW');
    this.files.add(path);
  }

  async rename(from: string, to: string): Promise<void> {
    this.#change('MoveFileExW');
    if (!this.files.delete(from)) throw windowsError('ERROR_FILE_NOT_FOUND', 'MoveFileExW');
    this.files.add(to);
  }

  async remove(path: string): Promise<void> {
    this.#change('DeleteFileW');
    if (this.loaded) throw windowsError('ERROR_ACCESS_DENIED', 'DeleteFileW');
    if (!this.files.delete(path)) throw windowsError('ERROR_FILE_NOT_FOUND', 'DeleteFileW');
  }
}

/** This machine, where one change fails: its number, counted from 1. Later ones, the undoing, are made. */
export function faultyMachine(at: number): { machine: Machine; changes: () => number } {
  let changes = 0;
  const change = async <Value>(made: () => Promise<Value>): Promise<Value> => {
    changes += 1;
    if (changes === at) throw windowsError('ERROR_ACCESS_DENIED', 'injected');
    return made();
  };
  const registry: Registry = {
    ...windowsRegistry,
    createKey: (path) => change(() => windowsRegistry.createKey(path)),
    setValue: (path, name, data) => change(() => windowsRegistry.setValue(path, name, data)),
    deleteValue: (path, name) => change(() => windowsRegistry.deleteValue(path, name)),
    deleteKey: (path) => change(() => windowsRegistry.deleteKey(path)),
  };
  const machine: Machine = {
    ...thisMachine,
    registry,
    copyShim: (path) => change(() => thisMachine.copyShim(path)),
    rename: (from, to) => change(() => thisMachine.rename(from, to)),
    remove: (path) => change(() => thisMachine.remove(path)),
  };
  return { machine, changes: () => changes };
}
