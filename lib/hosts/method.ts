// The interface that an EAP method in TypeScript implements, as peer, as authenticator or as both. It has the shape
// of Windows' method API. The embedded run-time, the method DLL shim and the RADIUS server call it. Every function
// may return a promise. One that throws fails its own session and nothing else.

import type { X509Certificate } from 'node:crypto';
import type { InputField, InteractiveUi } from '../eap/input-fields.js';
import type { EapAttribute, Flag, MethodProperty, MethodType } from '../eap/names.js';

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
  /** Functions without a session: XML, input fields, dialogs. Leave out what the method does not support. */
  readonly configuration?: ConfigurationSide;
}

/** A method that has these sides. */
export type MethodWith<Side extends 'peer' | 'authenticator'> = MethodDefinition &
  Required<Pick<MethodDefinition, Side>>;

/** The peer side: EapPeerGetIdentity and EapPeerBeginSession. */
export interface PeerSide {
  /** The identity for EAP-Response/Identity (EapPeerGetIdentity). `invokeUi`: the user must be asked first. */
  getIdentity(request: IdentityRequest): Awaitable<IdentityReply>;
  /** Starts a conversation (EapPeerBeginSession). */
  beginSession(begin: PeerBegin): Awaitable<PeerSession>;
}

/** The arguments of a request for an identity. */
export interface IdentityRequest {
  readonly flags: ReadonlySet<Flag>;
  /** Connection blob; empty when there is none. */
  readonly config: Uint8Array;
  /** User blob; empty when there is none. */
  readonly credentials: Uint8Array;
  readonly signal: AbortSignal;
}

/** The identity and the user blob to begin with, or that the user must be asked first. */
export type IdentityReply =
  { readonly identity: string; readonly credentials: Uint8Array } | { readonly invokeUi: true };

/** The arguments of a peer's conversation. */
export interface PeerBegin extends IdentityRequest {
  readonly attributes: readonly EapAttribute[];
  /** Largest EAP packet that the method may send, in octets. */
  readonly maxSendPacketSize: number;
}

/** One conversation of a peer. `packet`s are whole EAP packets, header included. */
export interface PeerSession {
  /** EapPeerProcessRequestPacket, and the function that the host calls for its action. */
  processRequest(packet: Uint8Array): Awaitable<PeerStep>;
  /** EapPeerGetResult. `reason` is the final packet that the host saw. */
  getResult(reason: PeerResultReason): Awaitable<PeerResult>;
  /** EapPeerSetCredentials: the input of the generic dialogs. */
  setCredentials?(identity: string, password: string): Awaitable<void>;
  /** EapPeerSetUIContext: the user interface's answer. */
  setUiContext?(context: Uint8Array): Awaitable<PeerStep>;
  /** EapPeerSetResponseAttributes: the host's answer to an action `respond`. */
  setResponseAttributes?(attributes: readonly EapAttribute[]): Awaitable<PeerStep>;
  /** EapPeerEndSession: wipe and forget. */
  end(): Awaitable<void>;
}

/** EapPeerMethodResultReason by name. */
export const resultReasons = { unknown: 1, success: 2, failure: 3 } as const;

/** The final packet that the host saw: none, EAP-Success or EAP-Failure (EapPeerMethodResultReason). */
export type PeerResultReason = keyof typeof resultReasons;

/** EapPeerMethodResponseAction by name. */
export const peerActions = { discard: 0, send: 1, result: 2, invokeUi: 3, respond: 4, none: 5 } as const;

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
  /** The text of a failure (EAP_ERROR.pRootCauseString). Never a secret. */
  readonly rootCause?: string;
}

/** The authenticator side: EapMethodAuthenticatorBeginSession. */
export interface AuthenticatorSide {
  /** Starts a conversation (EapMethodAuthenticatorBeginSession). */
  beginSession(begin: AuthenticatorBegin): Awaitable<AuthenticatorSession>;
  /**
   * Whether a user who proved this identity in an earlier conversation is accepted without proving it again: the
   * account may be gone since. Called by a tunnel once the peer has proved that it resumes its own TLS connection;
   * without it none is resumed. Anything but `true` or `false` refuses the peer, as an error does.
   */
  mayResume?(proved: ProvedIdentity): Awaitable<boolean>;
  /**
   * The methods that this one takes inside a tunnel without binding their proof to it, as EAP-TTLS does. An attacker who
   * gets a peer to run one of them bare can pass its answers on in a tunnel of his own, and is accepted in its place.
   * `RadiusServer` with `bareInnerMethods: 'refuse'` runs none of them bare.
   */
  readonly unboundMethods?: readonly MethodType[];
}

/** The identity that a peer has proved. */
export interface ProvedIdentity {
  /** The name that the proof was made with. */
  readonly identity?: string;
  /** The certificate, where that was the proof. */
  readonly certificate?: X509Certificate;
}

/** The arguments of an authenticator's conversation. */
export interface AuthenticatorBegin {
  readonly flags: ReadonlySet<Flag>;
  /** From EAP-Response/Identity: the name that the peer claims, not proved. */
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
  /**
   * EapMethodAuthenticatorReceivePacket: a whole response packet, whose id and type the host has checked. `nextId`: what
   * `sendPacket` will be given after the action `send`, from a host that knows it by now.
   */
  receivePacket(packet: Uint8Array, nextId?: number): Awaitable<AuthenticatorAction>;
  /** EapMethodAuthenticatorGetAttributes, after `respond`. */
  getAttributes?(): Awaitable<readonly EapAttribute[]>;
  /** EapMethodAuthenticatorSetAttributes: the host's answer to them. */
  setAttributes?(attributes: readonly EapAttribute[]): Awaitable<AuthenticatorAction>;
  /** EapMethodAuthenticatorUpdateInnerMethodParams. */
  updateInnerMethodParams?(identity: string, attributes: readonly EapAttribute[]): Awaitable<void>;
  /** EapMethodAuthenticatorGetResult, after `result`. */
  getResult(): Awaitable<AuthenticatorResult>;
  /** EapMethodAuthenticatorEndSession: wipe and forget. */
  end(): Awaitable<void>;
}

/** EAP_AUTHENTICATOR_SEND_TIMEOUT by name. */
export const sendTimeouts = { none: 0, basic: 1, interactive: 2 } as const;

/**
 * How long to wait for the answer: no limit, the usual time, or time for a user to type
 * (EAP_AUTHENTICATOR_SEND_TIMEOUT).
 */
export type SendTimeout = keyof typeof sendTimeouts;

/** EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION by name. */
export const authenticatorActions = {
  discard: 0,
  send: 1,
  result: 2,
  respond: 3,
  authenticate: 4,
  handleIdentity: 5,
} as const;

/** What the host is to do next (EAP_METHOD_AUTHENTICATOR_RESPONSE_ACTION). */
export type AuthenticatorAction = keyof typeof authenticatorActions;

/**
 * EAP_METHOD_AUTHENTICATOR_RESULT, and on success the proved identity. Windows' structure has no field for the
 * identity: through a DLL it is a User-Name attribute. A result with neither proves no name.
 */
export interface AuthenticatorResult extends ProvedIdentity {
  /** Anything but `true` or `false` refuses the peer, as an error does. */
  readonly isSuccess: boolean;
  readonly failureReasonCode?: number;
  /** The reason of a failure in words, for logs. Never a secret. */
  readonly rootCause?: string;
  /** On success the keys as the server sees them: Recv-Key (311/17) = MSK[0..31], Send-Key (311/16) = MSK[32..63]. */
  readonly attributes: readonly EapAttribute[];
}

/** The arguments of every function of the configuration side. */
export interface ConfigurationRequest {
  readonly flags: ReadonlySet<Flag>;
  /** Aborts when the host gives up. */
  readonly signal: AbortSignal;
}

/** With the connection blob; empty when there is none. Valid until the call settles, then wiped. */
export interface ConfigRequest extends ConfigurationRequest {
  readonly config: Uint8Array;
}

/** With the user blob too; empty when there is none. Valid until the call settles, then wiped. */
export interface CredentialsRequest extends ConfigRequest {
  readonly credentials: Uint8Array;
}

/** The parent of a dialog: `parentWindow` is an HWND of the host's process, or 0 for none. */
export interface WindowRequest {
  readonly parentWindow: number;
}

/** A method's properties (EAP_METHOD_PROPERTY_ARRAY). */
export interface PropertiesReply {
  readonly properties: readonly MethodProperty[];
  /** Others by EAP_METHOD_PROPERTY_TYPE's number: a boolean, a number of 32 bits, or the octets of a string. */
  readonly others?: ReadonlyMap<number, boolean | number | Uint8Array>;
}

/** The credential from which EAPHost wants a method to make blobs (EapCredential). */
export type GenericCredential =
  | { readonly kind: 'empty' | 'winlogon' }
  | { readonly kind: 'password'; readonly username: string; readonly password: string }
  | { readonly kind: 'certificate'; readonly hash: Uint8Array; readonly password: string }
  | { readonly kind: 'sim'; readonly iccId: string };

/**
 * Configuration and user interface: what a method DLL exports by name beside its sessions. XML is the text of the
 * whole document that the host passes. A dialog that the user cancels rejects with an error whose `winError` is
 * 1223 (ERROR_CANCELLED).
 */
export interface ConfigurationSide {
  /** EapPeerConfigXml2Blob. */
  configXmlToBlob?(request: ConfigurationRequest & { readonly xml: string }): Awaitable<Uint8Array>;
  /** EapPeerConfigBlob2Xml: a document whose element is `Config` or `ConfigBlob` of EapHostConfig's namespace. */
  configBlobToXml?(request: ConfigRequest): Awaitable<string>;
  /** EapPeerCredentialsXml2Blob. */
  credentialsXmlToBlob?(request: ConfigRequest & { readonly xml: string }): Awaitable<Uint8Array>;
  /** EapPeerQueryCredentialInputFields. Labels have at most 256 UTF-16 units, data 1,024. */
  credentialInputFields?(request: ConfigRequest): Awaitable<readonly InputField[]>;
  /** EapPeerQueryUserBlobFromCredentialInputFields: a user blob out of fields; `credentials` is the one to bring up to date. */
  credentialsFromInputFields?(
    request: CredentialsRequest & { readonly fields: readonly InputField[] },
  ): Awaitable<Uint8Array>;
  /** EapPeerQueryInteractiveUIInputFields: what to ask the user, out of the context that `invokeUi` gave. */
  interactiveUiFields?(
    request: ConfigurationRequest & { readonly context: Uint8Array },
  ): Awaitable<InteractiveUi>;
  /** EapPeerQueryUIBlobFromInteractiveUIInputFields: what the session's setUiContext is to get. */
  interactiveUiAnswer?(
    request: ConfigurationRequest & { readonly context: Uint8Array; readonly answer: InteractiveUi },
  ): Awaitable<Uint8Array>;
  /** EapPeerGetMethodProperties. Where it is missing, the definition's `properties`. */
  properties?(request: CredentialsRequest): Awaitable<PropertiesReply>;
  /** EapPeerInvokeConfigUI: a new connection blob. */
  showConfigUi?(request: ConfigRequest & WindowRequest): Awaitable<Uint8Array>;
  /** EapPeerInvokeIdentityUI. */
  showIdentityUi?(
    request: CredentialsRequest & WindowRequest,
  ): Awaitable<{ readonly identity: string; readonly credentials: Uint8Array }>;
  /** EapPeerInvokeInteractiveUI: what the session's setUiContext is to get. */
  showInteractiveUi?(
    request: ConfigurationRequest & WindowRequest & { readonly context: Uint8Array },
  ): Awaitable<Uint8Array>;
  /** EapPeerGetConfigBlobAndUserBlob. */
  blobsFromCredential?(
    request: ConfigurationRequest & { readonly credential: GenericCredential },
  ): Awaitable<{ readonly config: Uint8Array; readonly credentials: Uint8Array }>;
  /** EapMethodAuthenticatorInvokeConfigUI: `machineName` is the server to configure, empty for this one. */
  showServerConfigUi?(
    request: ConfigRequest & WindowRequest & { readonly machineName: string },
  ): Awaitable<Uint8Array>;
}
