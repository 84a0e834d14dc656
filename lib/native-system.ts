// The calls to the operating system as the native side takes them, typed once: native/addon/system_calls.cc is the
// other half.

/** A value of a registry key, as it lies there. */
export interface NativeRegistryValue {
  /** Empty for the key's default value. */
  name: string;
  /** REG_SZ (1), REG_EXPAND_SZ (2), REG_BINARY (3), REG_DWORD (4) and others. */
  type: number;
  /** Texts in UTF-16LE, with or without a NUL at the end. */
  data: Uint8Array;
}

/** What a registry key holds. */
export interface NativeRegistryKey {
  values: NativeRegistryValue[];
  /** Names of the sub-keys. */
  keys: string[];
}

/** A key: its path below HKEY_LOCAL_MACHINE. */
interface AtKey {
  path: string;
}

/** Every call: what it takes and what it gives. */
export interface SystemCalls {
  /** Undefined where there is no such key. `expand`: replaces environment strings in REG_EXPAND_SZ values. */
  readKey: { options: AtKey & { expand: boolean }; result: NativeRegistryKey | undefined };
  /** Gives the paths of the keys that it made, outermost first. */
  createKey: { options: AtKey; result: string[] };
  setValue: { options: AtKey & NativeRegistryValue; result: undefined };
  deleteValue: { options: AtKey & { name: string }; result: undefined };
  /** Refused where the key has sub-keys. */
  deleteKey: { options: AtKey; result: undefined };
  /** ERROR_ACCESS_DENIED where this process may not write to the key, or to the closest one that exists above it. */
  checkWritable: { options: AtKey; result: undefined };
}

/** The name of a call. */
export type SystemCall = keyof SystemCalls;
