// Method DLLs as the native side gives them: their calls, each named and typed once, and what they take and give:
// native/addon/method_object.cc is the other half. Every promise settles on the JavaScript thread; it rejects with a
// NativeFailure that names the DLL's function.

import type { NativeEapError } from '../base/errors.js';
import type { FullMethodType } from '../base/method-type.js';
import type { NativeInputField, NativeInteractiveUi } from '../eap/input-fields.js';
import { call, type ByName, type Functions, type StartFor, type Waiter } from './calls.js';
import type {
  NativeAttribute,
  NativeAttributeInput,
  NativeIdentity,
  NativeMethodProperty,
} from './runtime-types.js';

/** The side of a method that a DLL is loaded for. */
export type NativeRole = 'peer' | 'authenticator';

export interface NativeMethodOptions<Role extends NativeRole = NativeRole> {
  role: Role;
  /** The DLL. Loaded once per process, however often it is opened. */
  path: string;
  type: FullMethodType;
  /** EapShimUseEndpoint of the method DLL shim; undefined for any other DLL. */
  endpoint: string | undefined;
  /** Soft cap of lanes, 1 to 1024. */
  maxLanes: number;
  /** Whether calls are recorded for `onCall`. Where not, it is never called, and costs nothing. */
  trace: boolean;
}

/** A decoded argument; secrets (user data, UI contexts, passwords, key attributes) only as how long they are. */
export type NativeTraceValue = number | string | Buffer | { readonly octets: number };

/** One call of a function of the DLL, its free functions among them. */
export interface NativeCall {
  /** The function, such as `EapPeerProcessRequestPacket`. */
  call: string;
  /** The session's number, from 1; 0 for none. */
  session: number;
  /** The lane's number, from 1. Dialogs and XML have lanes of their own. */
  lane: number;
  /** Microseconds since openMethod. */
  startedAt: number;
  /** Microseconds. */
  duration: number;
  /** What the function returned; 0 if it returns nothing. */
  winError: number;
  /**
   * Its arguments, first what went in, then what came out. Attributes: `attributes` is how many,
   * `attributes[0].type` and `attributes[0].value` are the first.
   */
  values: Readonly<Record<string, NativeTraceValue>>;
  /** The EAP_ERROR that it left. */
  error?: NativeEapError;
}

type Bytes = Uint8Array | undefined;

/** The options of most calls without a session. */
interface Asked {
  flags: number;
  connectionData: Bytes;
}

interface WithToken extends Asked {
  /** Impersonation token as a handle value; 0n for none. */
  userToken: bigint;
}

interface WithWindow {
  /** HWND as a handle value; 0n for none. */
  parentWindow: bigint;
}

/** EapCredential. A certificate's hash has 20 octets. */
export type NativeCredential =
  | { kind: 'password'; username: string; password: string }
  | { kind: 'certificate'; hash: Uint8Array; password: string }
  | { kind: 'sim'; iccId: string }
  | { kind: 'empty' | 'winlogon' };

/**
 * The calls of a peer method that need no session: `getIdentity` of its table, the others of its exports. A missing
 * export rejects with ERROR_PROC_NOT_FOUND; XML where there is no MSXML with METHOD_OPERATION_NOT_SUPPORTED.
 */
export interface NativePeerCalls {
  getIdentity: { options: WithToken & { userData: Bytes }; result: NativeIdentity };
  getMethodProperties: { options: WithToken & { userData: Bytes }; result: NativeMethodProperty[] };
  configXml2Blob: { options: { flags: number; xml: string }; result: Buffer };
  configBlob2Xml: { options: Asked; result: string };
  credentialsXml2Blob: { options: Asked & { xml: string }; result: Buffer };
  queryCredentialInputFields: { options: WithToken; result: NativeInputField[] };
  queryUserBlobFromCredentialInputFields: {
    options: WithToken & { userData: Bytes; fields: readonly NativeInputField[] };
    result: Buffer;
  };
  queryInteractiveUIInputFields: {
    options: { flags: number; uiContext: Uint8Array };
    result: NativeInteractiveUi;
  };
  queryUIBlobFromInteractiveUIInputFields: {
    options: { flags: number; uiContext: Uint8Array } & NativeInteractiveUi;
    result: Buffer;
  };
  getConfigBlobAndUserBlob: {
    options: { flags: number; credential: NativeCredential };
    result: { connectionData: Buffer; userData: Buffer };
  };
  invokeConfigUI: { options: Asked & WithWindow; result: Buffer };
  invokeIdentityUI: { options: Asked & WithWindow & { userData: Bytes }; result: NativeIdentity };
  invokeInteractiveUI: { options: { uiContext: Uint8Array } & WithWindow; result: Buffer };
}

/** The calls of an authenticator method that need no session. */
export interface NativeAuthenticatorCalls {
  /** `machineName`: undefined for this machine. */
  invokeConfigUI: { options: Asked & WithWindow & { machineName: string | undefined }; result: Buffer };
}

interface WithAttributes {
  attributes: readonly NativeAttributeInput[];
  /** A list without attributes is a NULL pointer, here and in the session. */
  nullAttributes?: boolean | undefined;
}

export interface NativePeerBegin extends WithToken, WithAttributes {
  userData: Bytes;
  maxSendPacketSize: number;
}

export interface NativeAuthenticatorBegin extends Asked, WithAttributes {
  identity: string;
  maxSendPacketSize: number;
}

/** EapPeerMethodOutput: an EapPeerMethodResponseAction and whether EAP-Notification may be handled meanwhile. */
export interface NativePeerOutput {
  action: number;
  allowNotifications: boolean;
}

/** The outcome of `process`. */
export interface NativePeerStep extends NativePeerOutput {
  /** Action Send (1): EapPeerGetResponsePacket. */
  packet?: Buffer;
  /** Action InvokeUI (3): EapPeerGetUIContext. */
  uiContext?: Buffer;
  /** Action Respond (4): EapPeerGetResponseAttributes. */
  attributes?: NativeAttribute[];
}

/** EapPeerMethodResult, copied; its EAP_ERROR freed. The blobs are there where they are to be saved. */
export interface NativePeerResult {
  isSuccess: boolean;
  failureReasonCode: number;
  connectionData?: Buffer;
  userData?: Buffer;
  attributes: NativeAttribute[];
  saveToCredMan: boolean;
  error?: NativeEapError;
}

/** EapMethodAuthenticatorSendPacket: action SEND (1), the request, and an EAP_AUTHENTICATOR_SEND_TIMEOUT. */
export interface NativeRequest {
  action: number;
  packet: Buffer;
  timeout: number;
}

/** EAP_METHOD_AUTHENTICATOR_RESULT. */
export interface NativeAuthenticatorResult {
  isSuccess: boolean;
  failureReasonCode: number;
  attributes: NativeAttribute[];
}

/** The outcome of `receive`: an EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION and what belongs to it. */
export interface NativeAuthenticatorStep {
  action: number;
  /** Action SEND (1): EapMethodAuthenticatorSendPacket. */
  packet?: Buffer;
  timeout?: number;
  /** Action RESULT (2): EapMethodAuthenticatorGetResult. */
  result?: NativeAuthenticatorResult;
  /** Action RESPOND (3): EapMethodAuthenticatorGetAttributes. */
  attributes?: NativeAttribute[];
}

/** The calls of a peer's session. They run in order. After `end` they reject with ERROR_INVALID_STATE. */
export const peerSessionCalls = {
  setCredentials: call<(identity: string, password: Uint8Array) => Promise<void>>(),
  processRequestPacket: call<(packet: Uint8Array) => Promise<NativePeerOutput>>(),
  getResponsePacket: call<() => Promise<Buffer>>(),
  /** With a buffer of `size` octets. EAP_E_EAPHOST_METHOD_INVALID_PACKET where octets behind it were written. */
  getResponsePacketInto: call<(size: number) => Promise<Buffer>>(),
  /** `reason`: EapPeerMethodResultReason. */
  getResult: call<(reason: number) => Promise<NativePeerResult>>(),
  getUiContext: call<() => Promise<Buffer>>(),
  setUiContext: call<(context: Uint8Array) => Promise<NativePeerOutput>>(),
  getResponseAttributes: call<() => Promise<NativeAttribute[]>>(),
  setResponseAttributes: call<(attributes: readonly NativeAttributeInput[]) => Promise<NativePeerOutput>>(),
  /** EapPeerProcessRequestPacket and what its action asks for, in one hop. */
  process: call<(packet: Uint8Array) => Promise<NativePeerStep>>((ticket, handle, packet) =>
    handle['process']!(ticket, packet),
  ),
  /** EapPeerEndSession, once; idempotent. */
  end: call<() => Promise<void>>(),
};

/** The calls of an authenticator's session. They run in order. After `end` they reject with ERROR_INVALID_STATE. */
export const authenticatorSessionCalls = {
  updateInnerMethodParams:
    call<(flags: number, identity: string, attributes: readonly NativeAttributeInput[]) => Promise<void>>(),
  /** `id`: the identifier of the request, 0 to 255. */
  sendPacket: call<(id: number) => Promise<NativeRequest>>(),
  /** As getResponsePacketInto. */
  sendPacketInto: call<(id: number, size: number) => Promise<NativeRequest>>(),
  receivePacket: call<(packet: Uint8Array) => Promise<{ action: number }>>(),
  getAttributes: call<() => Promise<NativeAttribute[]>>(),
  setAttributes: call<(attributes: readonly NativeAttributeInput[]) => Promise<{ action: number }>>(),
  getResult: call<() => Promise<NativeAuthenticatorResult>>(),
  /** EapMethodAuthenticatorReceivePacket and what its action asks for, in one hop. */
  receive: call<(packet: Uint8Array, nextId: number) => Promise<NativeAuthenticatorStep>>(
    (ticket, handle, packet, nextId) => handle['receive']!(ticket, packet, nextId),
  ),
  /** EapMethodAuthenticatorEndSession, once; idempotent. */
  end: call<() => Promise<void>>(),
};

/** The calls of a DLL without a session, but for those that begin one. */
export const dllCalls = {
  /** Dialogs on a thread of their own, XML and fields on another, getIdentity on a lane. */
  invoke: call<<Value>(call: string, options: object) => Promise<Value>>(),
  /** Ends the open sessions, shuts the method down and unloads the DLL if nobody else uses it. Idempotent. */
  close: call<() => Promise<void>>(),
};

interface Numbered {
  /** The number that NativeCall gives it. */
  readonly number: number;
}

/** A session of a peer method. */
export interface NativePeerSession extends Functions<typeof peerSessionCalls>, Numbered {
  readonly startFor: StartFor<typeof peerSessionCalls>;
}

/** A session of an authenticator method. */
export interface NativeAuthenticatorSession extends Functions<typeof authenticatorSessionCalls>, Numbered {
  readonly startFor: StartFor<typeof authenticatorSessionCalls>;
}

/** Shared by both kinds of method DLL. */
interface NativeMethodDll extends Pick<Functions<typeof dllCalls>, 'close'> {
  /** The functions that the DLL exports by name, of those that the role knows. */
  readonly exports: readonly string[];
  /** The routines of its table that are not NULL, such as `EapPeerBeginSession`. */
  readonly routines: readonly string[];
  /**
   * Called for every call, in the order of each hop, before the hop's promise settles. What was called before it was
   * first set, GetInfo and Initialize, it is called with as soon as it is set.
   */
  onCall: ((call: NativeCall) => void) | undefined;
  /** Sessions begun and not ended. */
  counters(): { sessions: number };
  /** Lanes running now, and calls in flight. */
  stats(): { lanes: number; pending: number };
}

/** A peer method DLL, initialized. */
export interface NativePeerMethod extends NativeMethodDll {
  readonly invoke: ByName<NativePeerCalls>;
  beginSession(options: NativePeerBegin): Promise<NativePeerSession>;
  /**
   * The same; in this process it gives the session before that has begun, for calls that come after the beginning in
   * the same hop. Otherwise the waiter gets it.
   */
  openSession(waiter: Waiter, options: NativePeerBegin): NativePeerSession | undefined;
}

/** An authenticator method DLL, initialized. */
export interface NativeAuthenticatorMethod extends NativeMethodDll {
  readonly invoke: ByName<NativeAuthenticatorCalls>;
  beginSession(options: NativeAuthenticatorBegin): Promise<NativeAuthenticatorSession>;
  /**
   * The same; in this process it gives the session before that has begun, for calls that come after the beginning in
   * the same hop. Otherwise the waiter gets it.
   */
  openSession(waiter: Waiter, options: NativeAuthenticatorBegin): NativeAuthenticatorSession | undefined;
}

/** The object that each role opens. */
export interface NativeMethods {
  peer: NativePeerMethod;
  authenticator: NativeAuthenticatorMethod;
}
