// A run-time as the native side gives it: its calls, each named and typed once, and what they take and give. Every
// promise settles on the JavaScript thread; it rejects with a plain NativeFailure, which lib/base/errors.ts turns into
// an EapError. native/addon/runtime_object.cc and its neighbours are the other half.

import type { NativeEapError } from '../base/errors.js';
import type { FullMethodType } from '../base/method-type.js';
import type { NativeInputField, NativeInteractiveUi } from '../eap/input-fields.js';
import { call, type ByName, type Functions } from './calls.js';

/** One EAP_ATTRIBUTE: its EAP_ATTRIBUTE_TYPE and its raw value, copied. */
export interface NativeAttribute {
  type: number;
  value: Buffer;
}

/** An attribute to pass in. */
export type NativeAttributeInput = Readonly<{ type: number; value: Uint8Array }>;

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

/** An impersonation token as a handle's value, 0n for none; this process' own; or that of a session of Windows. */
export type NativeUserToken = bigint | 'self' | number;

export interface NativeBeginOptions {
  flags: number;
  method: FullMethodType;
  attributes: readonly NativeAttributeInput[];
  userToken: NativeUserToken;
  connectionData: Uint8Array | undefined;
  userData: Uint8Array | undefined;
  maxSendPacketSize: number;
  /** GUID, or undefined for a tunnel method's inner session. */
  connectionId: string | undefined;
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

/** Which method is asked, and with what. */
export interface NativeMethodContext {
  method: FullMethodType;
  flags: number;
  userToken: NativeUserToken;
  connectionData: Uint8Array | undefined;
  userData: Uint8Array | undefined;
}

/** EAP_METHOD_PROPERTY: a boolean, a number, or the octets of a string. */
export interface NativeMethodProperty {
  type: number;
  value: boolean | number | Buffer;
}

/** What XML was made into, and the method that it is for. */
export interface NativeMethodBlob {
  method: FullMethodType;
  blob: Buffer;
}

interface UiContext {
  flags: number;
  uiContext: Uint8Array;
}

interface Parent {
  /** HWND as a handle value; 0n for none. */
  parentWindow: bigint;
}

/** Every call: what it takes and what it gives. Each is named as Windows names it without its prefix. */
export interface ConfigurationCalls {
  getMethods: { options: object; result: NativeMethodInfo[] };
  getMethodProperties: { options: NativeMethodContext; result: NativeMethodProperty[] };
  configXml2Blob: { options: { xml: string }; result: NativeMethodBlob };
  configBlob2Xml: {
    options: { method: FullMethodType; connectionData: Uint8Array | undefined };
    result: string;
  };
  credentialsXml2Blob: {
    /** Octets of `xml` are UTF-16: text that can be wiped. */
    options: { xml: string | Uint8Array; connectionData: Uint8Array | undefined };
    result: NativeMethodBlob;
  };
  queryCredentialInputFields: { options: NativeMethodContext; result: NativeInputField[] };
  queryUserBlobFromCredentialInputFields: {
    options: NativeMethodContext & { fields: readonly NativeInputField[] };
    result: Buffer;
  };
  queryInteractiveUIInputFields: { options: UiContext; result: NativeInteractiveUi };
  queryUIBlobFromInteractiveUIInputFields: { options: UiContext & NativeInteractiveUi; result: Buffer };
  invokeConfigUI: { options: NativeMethodContext & Parent; result: Buffer };
  invokeIdentityUI: { options: NativeMethodContext & Parent; result: NativeIdentity };
  invokeInteractiveUI: { options: { uiContext: Uint8Array } & Parent; result: Buffer };
}

/** The name of a call. */
export type ConfigurationCall = keyof ConfigurationCalls;

/** The calls of a session. They run in order on its lane. After `end` they reject with ERROR_INVALID_STATE. */
export const sessionCalls = {
  processReceivedPacket: call<(packet: Uint8Array) => Promise<NativeStep>>((ticket, handle, packet) =>
    handle['processReceivedPacket']!(ticket, packet),
  ),
  setUiContext: call<(context: Uint8Array) => Promise<NativeStep>>(),
  setResponseAttributes: call<(attributes: readonly NativeAttributeInput[]) => Promise<NativeStep>>(),
  getResult: call<(reason: number) => Promise<NativeResult>>(),
  getAuthStatus: call<(parameter: number) => Promise<Buffer>>(),
  getDataToUnplumbCredentials: call<() => Promise<NativeUnplumbData>>(),
  /**
   * EapHostPeerEndSession, once; idempotent. In the same hop, whatever comes of it, EapHostPeerClearConnection for a
   * connection that goes with the session.
   */
  end: call<(connectionId?: string) => Promise<void>>(),
};

/** A session of the run-time. */
export interface NativeSession extends Functions<typeof sessionCalls> {
  /** The EAP_SESSIONID. */
  readonly id: number;
}

/** The calls of a run-time, but for those that begin a session. */
export const runtimeCalls = {
  clearConnection: call<(connectionId: string) => Promise<void>>(),
  getIdentity: call<(options: NativeMethodContext) => Promise<NativeIdentity>>(),
  getEncryptedPassword: call<(password: Uint8Array) => Promise<{ encrypted: string }>>(),
  /**
   * A call of the configuration library: dialogs on a thread of their own, all others on another, one after the other.
   */
  configure: call<ByName<ConfigurationCalls>>(),
  /** Embedded run-time only (native/abi/embedded.h); rejects with ERROR_NOT_SUPPORTED elsewhere. */
  registerMethod: call<(method: NativeMethodRegistration) => Promise<void>>(),
  unregisterMethod: call<(type: FullMethodType) => Promise<void>>(),
  /** Ends the open sessions, retires the lanes; resolves when the last lane has uninitialized. Idempotent. */
  close: call<() => Promise<void>>(),
};

/** A run-time library with its lanes. */
export interface NativeRuntime extends Functions<typeof runtimeCalls> {
  beginSession(options: NativeBeginOptions): Promise<NativeSession>;
  /** Called for every NotificationHandler callback, with the connection's GUID. */
  onNotification: ((connectionId: string) => void) | undefined;
  setOption(option: number, value: number): void;
  counters(): { outstandingBlocks: number; sessions: number; loadedMethods: number };
  /** Lanes running now, and calls in flight. */
  stats(): { lanes: number; pending: number };
}
