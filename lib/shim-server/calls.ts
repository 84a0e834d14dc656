// The calls of one connection, and the session that it holds. JavaScript thread; one call at a time.

import { Call, FrameReader, FrameWriter, ProtocolError, type Frame } from './frames.js';
import type { AuthenticatorSession, MethodDefinition, PeerSession } from '../hosts/method.js';
import { beginAuthenticator, callAuthenticator } from './authenticator.js';
import { callConfiguration, isConfigurationCall } from './configuration.js';
import { systemErrorCodes } from '../base/error-codes.js';
import { Stop } from '../base/stop.js';
import { CallFailure } from '../hosts/failure.js';
import { findMethod, type MethodTable } from './checks.js';
import { beginPeer, callPeer, getIdentity } from './peer.js';

const callNames = Object.fromEntries(Object.entries(Call).map(([name, call]) => [call, name]));

/** Why signals abort. An error takes long to make, and this one is the same for all. */
const over = new DOMException('The host has ended the session, or is gone', 'AbortError');

interface Holding {
  readonly definition: MethodDefinition;
  readonly stop: Stop;
  /** The request that began the session: it holds what the method was given. */
  readonly request: Buffer;
}

type Open = Holding &
  (
    | { readonly side: 'peer'; readonly session: PeerSession }
    | { readonly side: 'authenticator'; readonly session: AuthenticatorSession }
  );

/** Which side's session a call is for; undefined if it needs none or does not exist. */
function sideOf(call: number): Open['side'] | undefined {
  if (call >= Call.setCredentials && call <= Call.endSession) return 'peer';
  return call >= Call.authenticatorUpdateInnerMethodParams && call <= Call.authenticatorEndSession
    ? 'authenticator'
    : undefined;
}

/** Both sides of one connection. */
export class ShimCalls {
  readonly #methods: MethodTable;
  #open: Open | undefined;
  /** Aborts what a call in progress has that no open session does. */
  #pending: Stop | undefined;
  #definition: MethodDefinition | undefined;

  constructor(methods: MethodTable) {
    this.#methods = methods;
  }

  /** The method that the last call was about. */
  get definition(): MethodDefinition | undefined {
    return this.#definition;
  }

  /** For people and logs. */
  static callName(call: number): string {
    return callNames[call] ?? `call ${call}`;
  }

  /**
   * Carries out a request and writes its reply's body.
   * @throws ProtocolError when the request is malformed or out of turn; anything else is the call's failure
   */
  async answer(frame: Frame, reply: FrameWriter): Promise<void> {
    const { call } = frame;
    const open = this.#open;
    this.#definition = open?.definition;
    if (call === Call.beginSession || call === Call.authenticatorBeginSession) return this.#begin(frame);
    if (call === Call.getIdentity || isConfigurationCall(call)) return this.#ask(frame, reply);
    const side = sideOf(call);
    if (side === undefined) {
      throw new CallFailure(systemErrorCodes.ERROR_NOT_SUPPORTED, 'This server does not know the call');
    }
    if (open?.side !== side) throw new ProtocolError('no session');
    if (call === Call.endSession || call === Call.authenticatorEndSession) {
      new FrameReader(frame.body).end();
      return this.end();
    }
    if (open.side === 'peer') return callPeer(open.session, open.definition.type, frame, reply);
    return callAuthenticator(open.session, frame, reply);
  }

  /** The connection is gone: whatever the method does for it should stop. Its session is still to be ended. */
  abort(): void {
    this.#pending?.abort(over);
    this.#open?.stop.abort(over);
  }

  /** Ends the session, if there is one; no call may be in progress. Throws what the method's `end` throws. */
  async end(): Promise<void> {
    const open = this.#open;
    if (open === undefined) return;
    this.#open = undefined;
    this.#pending = open.stop;
    try {
      await open.session.end();
    } finally {
      this.#pending = undefined;
      open.stop.abort(over);
      open.request.fill(0);
    }
  }

  async #ask({ call, body }: Frame, reply: FrameWriter): Promise<void> {
    const stop = (this.#pending = new Stop());
    try {
      const request = new FrameReader(body);
      const type = call === Call.getIdentity ? request.type() : request.fullType();
      const definition = (this.#definition = findMethod(this.#methods, type));
      if (call === Call.getIdentity) await getIdentity(definition, request, reply, stop);
      else await callConfiguration(definition, call, request, reply, stop.signal);
    } finally {
      this.#pending = undefined;
      body.fill(0);
    }
  }

  async #begin({ call, body }: Frame): Promise<void> {
    if (this.#open !== undefined) throw new ProtocolError('a session is open');
    const stop = (this.#pending = new Stop());
    try {
      const request = new FrameReader(body);
      const isPeer = call === Call.beginSession;
      const type = isPeer ? request.type() : request.fullType();
      const definition = (this.#definition = findMethod(this.#methods, type));
      const holding = { definition, stop, request: body };
      this.#open = isPeer
        ? { ...holding, side: 'peer', session: await beginPeer(definition, request, stop) }
        : { ...holding, side: 'authenticator', session: await beginAuthenticator(definition, request, stop) };
    } finally {
      this.#pending = undefined;
      if (this.#open === undefined) body.fill(0);
    }
  }
}
