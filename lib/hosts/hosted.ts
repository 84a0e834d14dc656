// What a host of this package has to give a method DLL beside what the interface of methods says: what comes right after
// the beginning, which then takes the same hop, and a Stop in the place of a signal.

import type { Aborting, Stop } from '../base/stop.js';
import type {
  AuthenticatorBegin,
  AuthenticatorSession,
  AuthenticatorSide,
  IdentityReply,
  IdentityRequest,
  PeerBegin,
  PeerSession,
  PeerSide,
} from './method.js';

/** A peer side that such a host drives. */
export interface HostedPeer {
  getIdentity(request: Omit<IdentityRequest, 'signal'>, stop: Aborting): Promise<IdentityReply>;
  /** @param packet what `processRequest` will be given first, if that comes first and is known */
  beginSession(begin: Omit<PeerBegin, 'signal'>, stop: Aborting, packet?: Uint8Array): Promise<PeerSession>;
}

/** An authenticator side that such a host drives. */
export interface HostedAuthenticator {
  /** @param id what `sendPacket` will be given first, if that is known */
  beginSession(
    begin: Omit<AuthenticatorBegin, 'signal'>,
    stop: Aborting,
    id?: number,
  ): Promise<AuthenticatorSession>;
}

// What a side is hosted as is a private field: whoever wraps it, by copying its functions, has its own functions called.

/** A peer side, which hosts of this package drive as `hosted`. */
export class HostedPeerSide implements PeerSide {
  readonly getIdentity: PeerSide['getIdentity'];
  readonly beginSession: PeerSide['beginSession'];
  readonly #hosted: HostedPeer;

  constructor(hosted: HostedPeer) {
    this.#hosted = hosted;
    this.getIdentity = (request) => hosted.getIdentity(request, request.signal);
    this.beginSession = (begin) => hosted.beginSession(begin, begin.signal);
  }

  static of(side: PeerSide): HostedPeer | undefined {
    return #hosted in side ? side.#hosted : undefined;
  }
}

/** An authenticator side, which hosts of this package drive as `hosted`. */
export class HostedAuthenticatorSide implements AuthenticatorSide {
  readonly beginSession: AuthenticatorSide['beginSession'];
  readonly #hosted: HostedAuthenticator;

  constructor(hosted: HostedAuthenticator) {
    this.#hosted = hosted;
    this.beginSession = (begin) => hosted.beginSession(begin, begin.signal);
  }

  static of(side: AuthenticatorSide): HostedAuthenticator | undefined {
    return #hosted in side ? side.#hosted : undefined;
  }
}

/** The signal is made when the side asks for it: most never do. */
function withSignal<Given extends object>(
  given: Given,
  stop: Stop,
): Given & { readonly signal: AbortSignal } {
  return {
    ...given,
    get signal() {
      return stop.signal;
    },
  };
}

/** Gets the identity of any peer side. */
export function askIdentity(
  side: PeerSide,
  request: Omit<IdentityRequest, 'signal'>,
  stop: Stop,
): IdentityReply | Promise<IdentityReply> {
  const hosted = HostedPeerSide.of(side);
  return hosted === undefined
    ? side.getIdentity(withSignal(request, stop))
    : hosted.getIdentity(request, stop);
}

/** Begins a session of any peer side. */
export function beginHostedPeer(
  side: PeerSide,
  begin: Omit<PeerBegin, 'signal'>,
  stop: Stop,
  packet?: Uint8Array,
): PeerSession | Promise<PeerSession> {
  const hosted = HostedPeerSide.of(side);
  return hosted === undefined
    ? side.beginSession(withSignal(begin, stop))
    : hosted.beginSession(begin, stop, packet);
}

/** Begins a session of any authenticator side. */
export function beginHostedAuthenticator(
  side: AuthenticatorSide,
  begin: Omit<AuthenticatorBegin, 'signal'>,
  stop: Stop,
  id?: number,
): AuthenticatorSession | Promise<AuthenticatorSession> {
  const hosted = HostedAuthenticatorSide.of(side);
  return hosted === undefined
    ? side.beginSession(withSignal(begin, stop))
    : hosted.beginSession(begin, stop, id);
}
