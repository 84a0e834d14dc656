// The calls to the operating system as the native side takes them, typed once: native/addon/system_calls.cc is the
// other half.

import type { NativeWlan, NetworkCalls } from './network-types.js';

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
export interface SystemCalls extends NetworkCalls {
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
  /**
   * Those beside the system and its administrators who could change what lies in a folder. `trustsUser`: this user counts
   * as an administrator.
   */
  findIntruders: { options: { path: string; trustsUser: boolean }; result: NativeIntruder[] };
  /** Makes a folder that only this user and the system can look into; ERROR_ALREADY_EXISTS if the name is taken. */
  makePrivateFolder: { options: { path: string }; result: undefined };
  /** 0: the file is not signed; 1: validly, by itself or through a catalog; 2: not validly (WinVerifyTrust). */
  checkSignature: { options: { path: string }; result: number };
  /**
   * Listens at a new named pipe; ERROR_ALREADY_EXISTS if it exists, ERROR_PROC_NOT_FOUND if this process' program
   * does not export libuv's uv_open_osfhandle. This user, SYSTEM, Administrators and `clients` (SIDs) may connect,
   * from this machine.
   */
  listenPipe: { options: { name: string; clients: readonly string[] }; result: NativePipeListener };
  /**
   * Connects to a named pipe, so that its server can identify this user and not act for it (SECURITY_IDENTIFICATION).
   * There is a connection only where one of `owners` (SIDs) owns the pipe and its process. ERROR_FILE_NOT_FOUND: no such
   * pipe; ERROR_ACCESS_DENIED: it keeps this user out; ERROR_TIMEOUT: no free instance for `timeout` milliseconds.
   */
  connectPipe: {
    options: { name: string; owners: readonly string[]; timeout: number };
    result: NativePipeServer;
  };
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
  /** System32, whatever the environment says. */
  systemFolder: { options: object; result: string };
  /** Octets that are allocated and not freed, in all heaps of this process. ERROR_NOT_SUPPORTED where nobody tells. */
  countHeap: { options: object; result: number };
  /**
   * Opens a network card for EAPOL frames. ERROR_NOT_FOUND: no such card; ERROR_NOT_SUPPORTED: no Ethernet;
   * ERROR_ACCESS_DENIED; Windows: ERROR_MOD_NOT_FOUND where Npcap is not there, ERROR_PROC_NOT_FOUND where it lacks a
   * function.
   */
  openLink: { options: { name: string }; result: NativeRawLink };
  listInterfaces: { options: object; result: NativeInterface[] };
  /**
   * Decrypts a file that writeProtectedFile wrote (CryptUnprotectData). ERROR_INVALID_OWNER, ERROR_INVALID_ACL: others could
   * use it; ERROR_BAD_FILE_TYPE; ERROR_FILE_TOO_LARGE; ERROR_INVALID_DATA: not protected; ERROR_DECRYPTION_FAILED.
   */
  readProtectedFile: { options: { path: string }; result: Buffer };
  /** Replaces a file by way of `temporary`, encrypted (CryptProtectData). ERROR_ENCRYPTION_FAILED. */
  writeProtectedFile: {
    options: { path: string; temporary: string; content: Uint8Array; forMachine: boolean };
    result: undefined;
  };
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

/** The other end of a pipe. */
export interface NativePipeServer {
  /** Whether an expected account owns it. */
  isExpected: boolean;
  /** A file descriptor of Node's for the connection; undefined if it is not expected, or Node has no descriptor to give. */
  descriptor?: number;
  /** `DOMAIN\name` of the pipe's owner, or its SID; empty if the system does not show it. */
  account: string;
  /** The id of the process that serves it. */
  process: number;
}

declare const listenerBrand: unique symbol;

/** A pipe that is listened at; closed with `closeSource`, or when it has been forgotten. */
export interface NativePipeListener {
  readonly [listenerBrand]: never;
}

declare const linkBrand: unique symbol;

/** A network card's EAPOL frames; closed with `closeSource`, or when it has been forgotten. */
export interface NativeRawLink {
  readonly [linkBrand]: never;
  /** Six octets. */
  readonly address: Buffer;
}

/** What a native thread brings unasked. */
export type NativeSource = NativePipeListener | NativeRawLink | NativeWlan;

/** What has come from a network card. */
export interface NativeBatch {
  /** Whole frames, each behind its length: two octets, the less significant first. */
  frames: Buffer;
  /** So many were lost. */
  dropped: number;
  /** It has a link. */
  isUp: boolean;
  /** It had none in between, however short. */
  wasDown: boolean;
  /** It is closed: nothing comes any more. */
  isOver: boolean;
}

/** An Ethernet card. */
export interface NativeInterface {
  /** eth0; on Windows the GUID, in braces. */
  name: string;
  /** On Windows the connection's name, such as Ethernet; else the name. */
  label: string;
  /** On Windows the card's; else empty. */
  description: string;
  /** Six octets. */
  address: Buffer;
  isUp: boolean;
}

/** The name of a call. */
export type SystemCall = keyof SystemCalls;
