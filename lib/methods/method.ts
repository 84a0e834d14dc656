// The interface that an EAP method in TypeScript implements, as peer, as authenticator or as both. Its shape is
// that of Windows' method API: what the embedded run-time, the method DLL shim and the RADIUS server call.
// Every function may return a promise. One that throws fails its own session and nothing else.

import type { EapAttribute, Flag, MethodType } from '../types.js';

type Awaitable<T> = T | Promise<T>;

/** An EAP method: its type, and how to start its peer and authenticator sides. */
export interface MethodDefinition {
  readonly type: MethodType;
  /** For people: the friendly name. */
  readonly name: string;
  /** eapProp* bits (EAP_METHOD_INFO.eapProperties). */
  readonly properties: number;
  readonly peer?: PeerSide;
  readonly authenticator?: AuthenticatorSide;
}

/** The peer side: stands for EapPeerGetIdentity and EapPeerBeginSession. */
export interface PeerSide {
  /** The identity for EAP-Response/Identity (EapPeerGetIdentity). `invokeUi`: it must be asked for first. */
  getIdentity(request: IdentityRequest): Awaitable<IdentityReply>;
  beginSession(begin: PeerBegin): Awaitable<PeerSession>;
}

export interface IdentityRequest {
  readonly flags: ReadonlySet<Flag>;
  /** Connection blob; empty when there is none. */
  readonly config: Uint8Array;
  /** User blob; empty when there is none. */
  readonly credentials: Uint8Array;
  readonly signal: AbortSignal;
}

export type IdentityReply =
  { readonly identity: string; readonly credentials: Uint8Array } | { readonly invokeUi: true };

export interface PeerBegin extends IdentityRequest {
  readonly attributes: readonly EapAttribute[];
  /** Largest EAP packet that the method may send, in octets. */
  readonly maxSendPacketSize: number;
}

/** One conversation of a peer. `packet`s are whole EAP packets, header included. */
export interface PeerSession {
  /** EapPeerProcessRequestPacket, and what its action makes the host fetch. */
  processRequest(packet: Uint8Array): Awaitable<PeerStep>;
  /** EapPeerGetResult. `reason` is the final packet that the host saw. */
  getResult(reason: PeerResultReason): Awaitable<PeerResult>;
  /** EapPeerSetCredentials: what the generic dialogs gave. */
  setCredentials?(identity: string, password: string): Awaitable<void>;
  /** EapPeerSetUIContext: what the user interface gave. */
  setUiContext?(context: Uint8Array): Awaitable<PeerStep>;
  /** EapPeerSetResponseAttributes: the host's answer to an action `respond`. */
  setResponseAttributes?(attributes: readonly EapAttribute[]): Awaitable<PeerStep>;
  /** EapPeerEndSession: wipe and forget. */
  end(): Awaitable<void>;
}

export type PeerResultReason = 'unknown' | 'success' | 'failure';

/** EapPeerMethodResponseAction with its payload. `allowNotifications` defaults to true. */
export type PeerStep = { readonly allowNotifications?: boolean } & (
  | { readonly action: 'discard' | 'result' | 'none' }
  | { readonly action: 'send'; readonly packet: Uint8Array }
  | { readonly action: 'invokeUi'; readonly context: Uint8Array }
  | { readonly action: 'respond'; readonly attributes: readonly EapAttribute[] }
);

/** EapPeerMethodResult. */
export interface PeerResult {
  readonly isSuccess: boolean;
  /** Nonzero where it failed: a Winerror, Raserror or EAP code. */
  readonly failureReasonCode?: number;
  /** Keys (MS-MPPE), EMSK, session id and others. */
  readonly attributes?: readonly EapAttribute[];
  /** New connection blob to keep. */
  readonly saveConfig?: Uint8Array;
  /** New user blob to keep. */
  readonly saveCredentials?: Uint8Array;
  /** What to say of a failure (EAP_ERROR.pRootCauseString). Never a secret. */
  readonly rootCause?: string;
}

/** The authenticator side: stands for EapMethodAuthenticatorBeginSession. */
export interface AuthenticatorSide {
  beginSession(begin: AuthenticatorBegin): Awaitable<AuthenticatorSession>;
}

export interface AuthenticatorBegin {
  readonly flags: ReadonlySet<Flag>;
  /** From EAP-Response/Identity. */
  readonly identity: string;
  readonly attributes: readonly EapAttribute[];
  /** Connection blob of the server; empty when there is none. */
  readonly config: Uint8Array;
  readonly maxSendPacketSize: number;
  readonly signal: AbortSignal;
}

/** One conversation of an authenticator, driven in the order of Windows' authenticator call sequence. */
export interface AuthenticatorSession {
  /** EapMethodAuthenticatorSendPacket: the next request, with the id that the host gives. */
  sendPacket(id: number): Awaitable<{ readonly packet: Uint8Array; readonly timeout?: SendTimeout }>;
  /** EapMethodAuthenticatorReceivePacket: a whole response packet, whose id and type the host has checked. */
  receivePacket(packet: Uint8Array): Awaitable<AuthenticatorAction>;
  getAttributes?(): Awaitable<readonly EapAttribute[]>;
  setAttributes?(attributes: readonly EapAttribute[]): Awaitable<AuthenticatorAction>;
  /** EapMethodAuthenticatorUpdateInnerMethodParams. */
  updateInnerMethodParams?(identity: string, attributes: readonly EapAttribute[]): Awaitable<void>;
  /** EapMethodAuthenticatorGetResult, after `result`. */
  getResult(): Awaitable<AuthenticatorResult>;
  end(): Awaitable<void>;
}

export type SendTimeout = 'none' | 'basic' | 'interactive';
export type AuthenticatorAction =
  'discard' | 'send' | 'result' | 'respond' | 'authenticate' | 'handleIdentity';

/** EAP_METHOD_AUTHENTICATOR_RESULT. */
export interface AuthenticatorResult {
  readonly isSuccess: boolean;
  readonly failureReasonCode?: number;
  /** On success the keys as the server sees them: Recv-Key (311/17) = MSK[0..31], Send-Key (311/16) = MSK[32..63]. */
  readonly attributes: readonly EapAttribute[];
}
