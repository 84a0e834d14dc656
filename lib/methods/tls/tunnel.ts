// What runs inside an established TLS connection: the contract between the outer method's conversation and the inner
// part of EAP-TLS, PEAP and TTLS.

import type { X509Certificate } from 'node:crypto';
import type { EapAttribute } from '../../eap/names.js';
import type {
  AuthenticatorResult,
  IdentityReply,
  IdentityRequest,
  MethodDefinition,
  PeerResult,
  PeerResultReason,
  PeerStep,
  ProvedIdentity,
} from '../../hosts/method.js';
import type { PeerFailure } from '../verdicts.js';
import type { TlsEngine, TlsVersion } from './engine.js';
import type { TlsKeys } from './keys.js';
import type { ResumableConnection } from './resumption.js';
import { isUserBlob, routingIdentityIn } from '../credentials.js';

type Awaitable<T> = T | Promise<T>;

/** The established connection, as a tunnel sees it. */
export interface Connection {
  /** Of the last EAP request of the outer method. */
  readonly id: number;
  readonly version: TlsVersion | undefined;
  readonly isResumed: boolean;
  /** Of the other side; undefined if it showed none. */
  readonly certificate: X509Certificate | undefined;
  /** Of the outer method. */
  readonly keys: TlsKeys;
  exportKey(length: number, label: string, context?: Buffer): Buffer;
}

/** An established connection: what TLS says of it, and what only the conversation knows. */
export function connectionOf(
  engine: TlsEngine,
  conversation: Pick<Connection, 'id' | 'certificate' | 'keys'>,
): Connection {
  const { version, isResumed } = engine;
  return { ...conversation, version, isResumed, exportKey: (...details) => engine.exportKey(...details) };
}

/** The next step of a peer's tunnel. `send` without data acknowledges. */
export type PeerTunnelStep =
  | { readonly kind: 'send'; readonly data?: Uint8Array }
  | { readonly kind: 'fail'; readonly failure: PeerFailure; readonly data?: Uint8Array }
  | { readonly kind: 'ask'; readonly step: PeerStep };

/** A peer's verdict. `keys` replace those of the connection. */
export interface PeerTunnelResult extends PeerResult {
  readonly keys?: TlsKeys;
}

/** Takes the answers of user and host: a method inside a tunnel. */
export interface AnsweredMethod {
  setCredentials(identity: string, password: string): Awaitable<void>;
  setUiContext?(context: Uint8Array): Awaitable<PeerTunnelStep>;
  setResponseAttributes?(attributes: readonly EapAttribute[]): Awaitable<PeerTunnelStep>;
}

/** The inside of a peer's conversation. */
export interface PeerTunnel {
  /** Left out where there is no inner method, and nothing to ask. */
  readonly inner?: AnsweredMethod;
  /**
   * The credentials that the user is going to prove, such as name and password: a copy, for the caller to wipe.
   * Anyone who knows the same may resume the connection. Undefined if it is not known.
   */
  proof(): Awaitable<Uint8Array | undefined>;
  /** TLS is established, or something came, perhaps nothing but an acknowledgement. */
  advance(data: Buffer, connection: Connection): Awaitable<PeerTunnelStep>;
  /** The verdict, once TLS is established. A success needs the reason `success`. */
  getResult(reason: PeerResultReason, connection: Connection): Awaitable<PeerTunnelResult>;
  end?(): Awaitable<void>;
}

/** A verdict of an authenticator's tunnel. `keys` replace those of the connection. */
export interface AuthenticatorVerdict extends AuthenticatorResult {
  readonly keys?: TlsKeys;
  /** Whether the user may still come in when the connection is resumed; without it, it is not. */
  readonly mayResume?: ResumableConnection['mayResume'];
}

/** The next message of an authenticator's tunnel, and its verdict if it has one. Without both it awaits more. */
export interface AuthenticatorTunnelStep {
  readonly data?: Uint8Array;
  readonly verdict?: AuthenticatorVerdict;
}

/** The inside of an authenticator's conversation. */
export interface AuthenticatorTunnel {
  /**
   * TLS is established, or something came, perhaps nothing but an acknowledgement.
   * @param proved whom the certificate proves, or the connection that is resumed has authenticated; undefined if the
   * tunnel is to find out
   */
  advance(
    data: Buffer,
    connection: Connection,
    proved: ProvedIdentity | undefined,
  ): Awaitable<AuthenticatorTunnelStep>;
  end?(): Awaitable<void>;
}

/** The server's word that it is done where nothing else says so in the tunnel (RFC 9190, 2.5; RFC 9427, 4). */
export const commitment = Buffer.of(0);

/**
 * The inner identity, or the outer one in its place where the user blob or `outer` has one. `invokeUi` as the inner
 * method says.
 * @param request with the connection blob of the inner method
 */
export async function tunnelIdentity(
  inner: MethodDefinition | undefined,
  outer: string | undefined,
  request: IdentityRequest,
): Promise<IdentityReply> {
  if (!inner?.peer) throw new Error('A tunnel method needs an inner method with a peer side');
  const reply = await inner.peer.getIdentity(request);
  const { credentials } = request;
  const identity = (isUserBlob(credentials) ? routingIdentityIn(credentials) : undefined) ?? outer;
  return 'identity' in reply && identity !== undefined ? { ...reply, identity } : reply;
}
