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

/** The content of a registry key. */
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
  /** Undefined if there is no such key. `expand`: replaces environment strings in REG_EXPAND_SZ values. */
  readKey: { options: AtKey & { expand: boolean }; result: NativeRegistryKey | undefined };
  /** Gives the paths of the keys that it made, outermost first. */
  createKey: { options: AtKey; result: string[] };
  setValue: { options: AtKey & NativeRegistryValue; result: undefined };
  deleteValue: { options: AtKey & { name: string }; result: undefined };
  /** Refused where the key has sub-keys. */
  deleteKey: { options: AtKey; result: undefined };
  /** ERROR_ACCESS_DENIED if this process may not write to the key, or to the closest one that exists above it. */
  checkWritable: { options: AtKey; result: undefined };
  /** The SID of this process' user. */
  currentUser: { options: object; result: string };
  /** Those beside this user, the system and its administrators who could change what lies in a folder. */
  findIntruders: { options: { path: string }; result: NativeIntruder[] };
  /** 0: the file is not signed; 1: validly, by itself or through a catalog; 2: not validly (WinVerifyTrust). */
  checkSignature: { options: { path: string }; result: number };
  /**
   * Listens at a new named pipe; ERROR_ALREADY_EXISTS if it exists, ERROR_PROC_NOT_FOUND if this process' program
   * does not export libuv's uv_open_osfhandle. This user, SYSTEM, Administrators and `clients` (SIDs) may connect,
   * from this machine.
   */
  listenPipe: { options: { name: string; clients: readonly string[] }; result: NativePipeListener };
  /**
   * Connects to a method's server, makes sure that it is `owner`'s (a SID; empty: this user's) before anything is sent,
   * and exchanges hellos. Fails as the shim's calls do: ERROR_CONNECTION_REFUSED, ERROR_ACCESS_DENIED (another's),
   * ERROR_TIMEOUT, ERROR_CONNECTION_ABORTED, ERROR_BAD_NET_RESP. `timeout` in milliseconds.
   */
  greetServer: {
    options: { address: string; owner: string; token: Uint8Array; timeout: number };
    result: undefined;
  };
  /** Undefined if there is no service of that name. */
  queryService: { options: { name: string }; result: NativeService | undefined };
  /** The numbers of a file's version resource, such as `10.0.22621.1`; empty if it has none. */
  queryFileVersion: { options: { path: string }; result: string };
  queryProcess: { options: object; result: NativeProcess };
}

/** A service of Windows. */
export interface NativeService {
  /** SERVICE_STOPPED (1), SERVICE_START_PENDING (2), SERVICE_RUNNING (4) and others. */
  state: number;
  /** SERVICE_AUTO_START (2), SERVICE_DEMAND_START (3), SERVICE_DISABLED (4); 0 if it may not be asked for. */
  startType: number;
}

/** The rights of this process, and the machine that it runs on. */
export interface NativeProcess {
  isElevated: boolean;
  /** SECURITY_MANDATORY_…_RID: 0x2000 medium, 0x3000 high, 0x4000 system. */
  integrity: number;
  /** IMAGE_FILE_MACHINE_… of the system; 0 if it cannot be asked. */
  nativeMachine: number;
  /** Empty on Windows itself. */
  wineVersion: string;
}

/** An account that could change the contents of a folder. */
export interface NativeIntruder {
  /** The folder, or one above it. */
  path: string;
  sid: string;
  /** He owns the folder; else its access list lets him. */
  isOwner: boolean;
  /** The access mask of that entry. */
  rights: number;
}

declare const listenerBrand: unique symbol;

/** A pipe that is listened at; closed with `closePipe`, or when it has been forgotten. */
export interface NativePipeListener {
  readonly [listenerBrand]: never;
}

/** The name of a call. */
export type SystemCall = keyof SystemCalls;
