// The peer's host of one conversation: what EAPHost does around a peer method. It answers the identity request and
// repeated requests, begins the method with its first request, and sees to attributes and user interface.

import { eaphostError } from '../base/errors.js';
import type {
  AuthenticatorResult,
  PeerResult,
  PeerResultReason,
  PeerSession,
  PeerSide,
  PeerStep,
} from './method.js';
import { eapCodes, eapHeader, eapPacket, eapTypes } from '../eap/packet.js';
import { Rounds } from '../eap/rounds.js';
import { bitsToFlags, type EapAttribute, type Flag, flagBits, namesToBits } from '../eap/names.js';
import type { PeerSideOptions } from './options.js';
import { secretFrom } from '../base/secret.js';
import type { Stop } from '../base/stop.js';
import { askIdentity, beginHostedPeer } from './hosted.js';

/** The options of a peer's host. */
export interface PeerHostSettings {
  readonly side: PeerSide;
  /** Whether the side is a DLL's: its results are copies by themselves. */
  readonly isDll?: boolean;
  readonly options: PeerSideOptions;
  readonly maxSendPacketSize: number;
  /** Requests that it takes. */
  readonly maxRounds: number;
  readonly stop: Stop;
}

/** The outcome of a request. */
export type PeerAnswer =
  | { readonly kind: 'response'; readonly packet: Uint8Array; readonly isRetransmission: boolean }
  /** The method ignores the request. */
  | { readonly kind: 'silence' }
  /** The method is done, and sends nothing more. */
  | { readonly kind: 'result' };

/** Answers in one step after which a method is taken to be stuck. */
const maxAnswers = 16;
const maxIdentityDialogs = 3;
const nothing = new Uint8Array();

/** The flags by name. */
export function flagsOf(names: readonly Flag[] | undefined): ReadonlySet<Flag> {
  if (names === undefined) return new Set();
  return bitsToFlags(namesToBits(names, 'flags', flagBits));
}

/** One conversation of a peer. Its calls must not overlap. */
export class PeerHost {
  readonly #settings: PeerHostSettings;
  readonly #rounds: Rounds;
  #credentials: Uint8Array;
  #session: PeerSession | undefined;
  #request: Uint8Array = nothing;
  #response: Uint8Array = nothing;
  #identity: string | undefined;
  #result: PeerResult | undefined;
  #ending: Promise<void> | undefined;

  constructor(settings: PeerHostSettings) {
    this.#settings = settings;
    this.#rounds = new Rounds(settings.maxRounds);
    this.#credentials = settings.options.credentials ?? nothing;
  }

  get identity(): string | undefined {
    return this.#identity;
  }

  get result(): PeerResult | undefined {
    return this.#result;
  }

  /** The EAP-Response/Identity for a request with this id. */
  async identify(id: number): Promise<Uint8Array> {
    this.#identity = this.#settings.options.login?.identity ?? (await this.#askIdentity());
    return eapPacket(eapCodes.response, id, Uint8Array.of(eapTypes.identity), Buffer.from(this.#identity));
  }

  /** Takes a request of the method. Rejects with EAPHOST_TOO_MANY_ROUNDS if it is one too many. */
  async receive(packet: Uint8Array): Promise<PeerAnswer> {
    if (this.#response.length > 0 && Buffer.compare(packet, this.#request) === 0) {
      return { kind: 'response', packet: this.#response, isRetransmission: true };
    }
    const tooMany = this.#rounds.take(packet, this.#response);
    if (tooMany) throw tooMany;
    this.#session ??= await this.#begin(packet);
    let step = await this.#session.processRequest(packet);
    if (step.action === 'invokeUi' || step.action === 'respond') step = await this.#act(this.#session, step);
    if (step.action === 'send') {
      // A DLL has had a copy.
      this.#request = this.#settings.isDll === true ? packet : Buffer.from(packet);
      this.#response = checkResponse(step.packet, packet);
      return { kind: 'response', packet: this.#response, isRetransmission: false };
    }
    if (step.action !== 'result') return { kind: 'silence' };
    await this.conclude('unknown');
    return { kind: 'result' };
  }

  /** Asks for the result, once. A method that was never begun has none. */
  async conclude(reason: PeerResultReason): Promise<void> {
    const session = this.#session;
    if (this.#result !== undefined || session === undefined || this.#ending !== undefined) return;
    const result = await session.getResult(reason);
    this.#result = this.#settings.isDll ? result : copyPeerResult(result);
  }

  /** Asks for the result and ends the session. A DLL is asked for both at once: its calls are in order nevertheless. */
  async finish(reason: PeerResultReason): Promise<void> {
    const concluded = this.conclude(reason);
    if (this.#settings.isDll === true) this.end().catch(() => undefined);
    await concluded;
  }

  /** Ends the method's session. Every call gives the same promise. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #end(): Promise<void> {
    await this.#session?.end();
  }

  async #askIdentity(): Promise<string> {
    const { side, options, stop } = this.#settings;
    const flags = flagsOf(options.flags);
    const config = options.config ?? nothing;
    for (let dialog = 0; ; dialog += 1) {
      const reply = await askIdentity(side, { flags, config, credentials: this.#credentials }, stop);
      if (!('invokeUi' in reply)) {
        this.#credentials = reply.credentials;
        return reply.identity;
      }
      if (options.onIdentityUi === undefined || dialog === maxIdentityDialogs) {
        throw eaphostError(
          'EAPHOST_UI_REQUIRED',
          'the peer method asks for its identity dialog; pass credentials (peer.credentials, --user), or peer.onIdentityUi',
        );
      }
      this.#credentials = await options.onIdentityUi();
    }
  }

  /** @param packet the first request */
  async #begin(packet: Uint8Array): Promise<PeerSession> {
    const { side, options, maxSendPacketSize, stop } = this.#settings;
    const begin = {
      flags: flagsOf(options.flags),
      config: options.config ?? nothing,
      credentials: this.#credentials,
      attributes: options.attributes ?? [],
      maxSendPacketSize,
    };
    // Name and password come before the first request.
    const session = await beginHostedPeer(
      side,
      begin,
      stop,
      options.login === undefined ? packet : undefined,
    );
    this.#session = session;
    if (options.login !== undefined) {
      const { identity, password } = options.login;
      if (session.setCredentials === undefined) {
        throw eaphostError(
          'EAPHOST_NOT_SUPPORTED',
          'the peer method takes no name and password (setCredentials)',
        );
      }
      await session.setCredentials(identity, password);
    }
    return session;
  }

  /** Answers the method's steps until it sends, ends or waits. */
  async #act(session: PeerSession, first: PeerStep): Promise<PeerStep> {
    const { onUi, onAttributes } = this.#settings.options;
    let step = first;
    for (let answers = 0; step.action === 'invokeUi' || step.action === 'respond'; answers += 1) {
      if (answers === maxAnswers) {
        throw eaphostError('EAPHOST_NOT_SUPPORTED', `the peer method asked ${maxAnswers} times in one step`);
      }
      if (step.action === 'respond') {
        if (session.setResponseAttributes === undefined) throw unanswerable('attributes');
        step = await session.setResponseAttributes((await onAttributes?.(step.attributes)) ?? []);
      } else {
        if (onUi === undefined) {
          throw eaphostError(
            'EAPHOST_UI_REQUIRED',
            'the peer method asks for its interactive dialog; pass peer.onUi, which gives its answer',
          );
        }
        if (session.setUiContext === undefined) throw unanswerable('a UI context');
        step = await session.setUiContext(await onUi(step.context));
      }
    }
    return step;
  }
}

function unanswerable(what: string): Error {
  return eaphostError('EAPHOST_NOT_SUPPORTED', `the peer method asked, and takes no ${what}`);
}

/** A response whose header fits its request. */
function checkResponse(response: Uint8Array, request: Uint8Array): Uint8Array {
  const header = eapHeader(response);
  if (header?.code === eapCodes.response && header.id === request[1]) return response;
  throw eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    'the peer method made a packet that is no response to the request',
  );
}

function copyAttributes(attributes: readonly EapAttribute[]): EapAttribute[] {
  return attributes.map(({ type, value }) => ({ type, value: secretFrom(value) }));
}

/** A peer's result that is the caller's own. */
export function copyPeerResult(result: PeerResult): PeerResult {
  const { attributes = [], saveConfig, saveCredentials } = result;
  return {
    ...result,
    attributes: copyAttributes(attributes),
    ...(saveConfig !== undefined && { saveConfig: secretFrom(saveConfig) }),
    ...(saveCredentials !== undefined && { saveCredentials: secretFrom(saveCredentials) }),
  };
}

/** An authenticator's result that is the caller's own. */
export function copyAuthenticatorResult(result: AuthenticatorResult): AuthenticatorResult {
  return { ...result, attributes: copyAttributes(result.attributes) };
}
