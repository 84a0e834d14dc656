// The native addon's surface, typed once. lib/native/binary.ts finds and loads it.
// Every promise of it settles on the JavaScript thread; it rejects with a plain NativeFailure, which
// lib/base/errors.ts turns into an EapError.

import type { NativeEapError } from '../base/errors.js';
import type { FullMethodType } from '../base/method-type.js';
import type { NativeConfiguration } from './configuration-types.js';
import type { NativeHosting } from './method-types.js';
import type { NativePipeListener, SystemCall, SystemCalls } from './system-types.js';

/** One EAP_ATTRIBUTE: its EAP_ATTRIBUTE_TYPE and its raw value, copied. */
export interface NativeAttribute {
  type: number;
  value: Buffer;
}

/** EAP_METHOD_INFO with its inner method. */
export interface NativeMethodInfo {
  type: FullMethodType;
  authorName: string;
  friendlyName: string;
  properties: number;
  inner?: NativeMethodInfo;
}

/** EapHostPeerMethodResult, copied; its EAP_ERROR freed. */
export interface NativeResult {
  isSuccess: boolean;
  failureReasonCode: number;
  connectionData?: Buffer;
  userData?: Buffer;
  attributes: NativeAttribute[];
  isolationState: number;
  methodInfo?: NativeMethodInfo;
  error?: NativeEapError;
}

/** The outcome of one hop: the action (EapHostPeerResponseAction) and what was fetched with it. */
export interface NativeStep {
  action: number;
  /** Action Send (1): EapHostPeerGetSendPacket. */
  packet?: Buffer;
  /** Action Result (2): EapHostPeerGetResult, reason FromMethod. */
  result?: NativeResult;
  /** Action InvokeUi (3): EapHostPeerGetUIContext. */
  uiContext?: Buffer;
  /** Action Respond (4): EapHostPeerGetResponseAttributes. */
  attributes?: NativeAttribute[];
}

export interface NativeBeginOptions {
  flags: number;
  method: FullMethodType;
  attributes: readonly { type: number; value: Uint8Array }[];
  /** Impersonation token as a handle value; 0n for none. */
  userToken: bigint;
  connectionData: Uint8Array | undefined;
  userData: Uint8Array | undefined;
  maxSendPacketSize: number;
  /** GUID, or undefined for a tunnel method's inner session. */
  connectionId: string | undefined;
}

/** What EapHostPeerGetIdentity is asked with. */
export interface NativeIdentityOptions {
  flags: number;
  method: FullMethodType;
  userToken: bigint;
  connectionData: Uint8Array | undefined;
  userData: Uint8Array | undefined;
}

/** What EapHostPeerGetIdentity and EapHostPeerInvokeIdentityUI give, copied and freed. */
export interface NativeIdentity {
  invokeUi: boolean;
  userData?: Buffer;
  identity?: string;
}

/** What EapHostPeerGetDataToUnplumbCredentials gives. */
export interface NativeUnplumbData {
  connectionId: string;
  userToken: bigint;
  saveToCredMan: boolean;
}

export interface NativeRuntimeOptions {
  /** eappprxy's name (system) or the embedded run-time's path. */
  runtimeLibrary: string;
  /** eappcfg's name (system) or the embedded run-time's path. */
  configurationLibrary: string;
  /** Load from System32 and nowhere else. */
  system: boolean;
  /** Soft cap of lanes, 1 to 1024. */
  maxLanes: number;
}

export interface NativeMethodRegistration {
  type: FullMethodType;
  dllPath: string;
  friendlyName?: string;
  authorName?: string;
  endpoint?: string;
  properties: number;
}

/** A session of the run-time. Its calls run in order on its lane. Calls after end() reject with ERROR_INVALID_STATE. */
export interface NativeSession {
  /** The EAP_SESSIONID. */
  readonly id: number;
  processReceivedPacket(packet: Uint8Array): Promise<NativeStep>;
  setUiContext(context: Uint8Array): Promise<NativeStep>;
  setResponseAttributes(attributes: readonly { type: number; value: Uint8Array }[]): Promise<NativeStep>;
  getResult(reason: number): Promise<NativeResult>;
  getAuthStatus(parameter: number): Promise<Buffer>;
  getDataToUnplumbCredentials(): Promise<NativeUnplumbData>;
  /** EapHostPeerEndSession, once; idempotent. */
  end(): Promise<void>;
}

/** A run-time library with its lanes. */
export interface NativeRuntime extends NativeConfiguration {
  beginSession(options: NativeBeginOptions): Promise<NativeSession>;
  clearConnection(connectionId: string): Promise<void>;
  getIdentity(options: NativeIdentityOptions): Promise<NativeIdentity>;
  getEncryptedPassword(password: Uint8Array): Promise<{ encrypted: string }>;
  /** Called for every NotificationHandler callback, with the connection's GUID. */
  onNotification: ((connectionId: string) => void) | undefined;
  /** Embedded run-time only (native/abi/embedded.h); rejects with ERROR_NOT_SUPPORTED elsewhere. */
  registerMethod(method: NativeMethodRegistration): Promise<void>;
  unregisterMethod(type: FullMethodType): Promise<void>;
  setOption(option: number, value: number): void;
  counters(): { outstandingBlocks: number; sessions: number; loadedMethods: number };
  /** Lanes running now, and calls in flight. */
  stats(): { lanes: number; pending: number };
  /** Ends the open sessions, retires the lanes; resolves when the last lane has uninitialized. Idempotent. */
  close(): Promise<void>;
}

export interface NativeAddon extends NativeHosting {
  /** Loads the libraries on a lane and initializes the run-time there. Rejects with a NativeFailure. */
  openRuntime(options: NativeRuntimeOptions): Promise<NativeRuntime>;
  /** Makes a call to the operating system, on a thread of its own. Rejects with a NativeFailure. */
  system<Call extends SystemCall>(
    call: Call,
    options: SystemCalls[Call]['options'],
  ): Promise<SystemCalls[Call]['result']>;
  /**
   * A file descriptor for the next client of a pipe; undefined when the listener is closed. One call at a time. It
   * does not keep the process alive.
   */
  acceptPipe(listener: NativePipeListener): Promise<number | undefined>;
  closePipe(listener: NativePipeListener): void;
  /** The user id of the process at the other end of a Unix-domain socket; undefined where it is not known. */
  peerUser(descriptor: number): number | undefined;
}
