// The registry under HKEY_LOCAL_MACHINE, in its 64-bit view, as the rest of lib uses it: typed values and EapErrors.
// Paths are relative to HKEY_LOCAL_MACHINE. JavaScript thread; the calls are made on native threads.

import { eaphostError, toEapError } from '../base/errors.js';
import { loadNative } from './binary.js';
import type { NativeRegistryValue, SystemCall, SystemCalls } from './system-types.js';

/** REG_SZ, REG_EXPAND_SZ and REG_DWORD; values of other types as they lie there. */
export type RegistryData =
  | { readonly kind: 'text' | 'expandable'; readonly text: string }
  | { readonly kind: 'number'; readonly number: number }
  | { readonly kind: 'other'; readonly type: number; readonly octets: Uint8Array };

/** The content of a key. */
export interface RegistryKey {
  /** By lower-case name, since case makes no difference. The default value's name is empty. */
  readonly values: ReadonlyMap<string, RegistryData>;
  /** Names of the sub-keys. */
  readonly keys: readonly string[];
}

/**
 * The registry, one step at a time. Each call rejects with `EapError`: `EAPHOST_UNSUPPORTED_PLATFORM` off Windows,
 * else the code of Windows, such as `ERROR_ACCESS_DENIED` without elevation.
 */
export interface Registry {
  /**
   * The content of a key; undefined if there is none (RegOpenKeyEx, RegEnumValue, RegEnumKeyEx). `expand` replaces
   * environment strings in `expandable` values.
   */
  read(path: string, options?: { readonly expand?: boolean }): Promise<RegistryKey | undefined>;
  /** Makes the keys of a path that are missing, all or none, and says which: outermost first (RegCreateKeyEx). */
  createKey(path: string): Promise<readonly string[]>;
  /** Sets a value of a key that exists (RegSetValueEx). */
  setValue(path: string, name: string, data: RegistryData): Promise<void>;
  /** Deletes a value that exists (RegDeleteValue). */
  deleteValue(path: string, name: string): Promise<void>;
  /** Deletes a key that has no sub-keys (RegDeleteKeyEx). */
  deleteKey(path: string): Promise<void>;
  /** Rejects if this process may not write to the key, or to the closest one that exists above it. */
  checkWritable(path: string): Promise<void>;
}

/** The text of a value; undefined if there is none. */
export function textIn(key: RegistryKey | undefined, name: string): string | undefined {
  const value = key?.values.get(name.toLowerCase());
  return value !== undefined && 'text' in value ? value.text : undefined;
}

const types = { text: 1, expandable: 2, number: 4 } as const;

function decode({ type, data }: NativeRegistryValue): RegistryData {
  const octets = Buffer.from(data);
  if (type === types.text || type === types.expandable) {
    const [text = ''] = octets
      .subarray(0, octets.length & ~1)
      .toString('utf16le')
      .split('\0', 1);
    return { kind: type === types.text ? 'text' : 'expandable', text };
  }
  if (type === types.number && octets.length === 4) return { kind: 'number', number: octets.readUInt32LE() };
  return { kind: 'other', type, octets };
}

function encode(data: RegistryData): { type: number; data: Uint8Array } {
  if (data.kind === 'other') return { type: data.type, data: data.octets };
  if (data.kind === 'number') {
    const octets = Buffer.alloc(4);
    octets.writeUInt32LE(data.number);
    return { type: types.number, data: octets };
  }
  return { type: types[data.kind], data: Buffer.from(`${data.text}\0`, 'utf16le') };
}

/** Makes a call to Windows; rejects with an EapError. */
export async function callWindows<Call extends SystemCall>(
  call: Call,
  options: SystemCalls[Call]['options'],
): Promise<SystemCalls[Call]['result']> {
  if (process.platform !== 'win32') {
    throw eaphostError(
      'EAPHOST_UNSUPPORTED_PLATFORM',
      `methods are registered with Windows' EAPHost, and this is ${process.platform}; ` +
        "give methods to openEapHost({ runtime: 'embedded', methods }), which needs no registration",
    );
  }
  try {
    return await loadNative().system(call, options);
  } catch (error) {
    throw toEapError(error);
  }
}

/** The registry of this machine. */
export const windowsRegistry: Registry = {
  async read(path, { expand = false } = {}) {
    const key = await callWindows('readKey', { path, expand });
    if (key === undefined) return undefined;
    const values = new Map(key.values.map((value) => [value.name.toLowerCase(), decode(value)]));
    return { values, keys: key.keys };
  },
  createKey: (path) => callWindows('createKey', { path }),
  async setValue(path, name, data) {
    await callWindows('setValue', { path, name, ...encode(data) });
  },
  async deleteValue(path, name) {
    await callWindows('deleteValue', { path, name });
  },
  async deleteKey(path) {
    await callWindows('deleteKey', { path });
  },
  async checkWritable(path) {
    await callWindows('checkWritable', { path });
  },
};
