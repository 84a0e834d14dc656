// A peer host whose user is a program: functions answer what the method asks of its user and of its host, as where two
// methods talk to each other, or a server is tried. JavaScript thread; its calls must not overlap.

import { eaphostError, toEapError } from '../base/errors.js';
import { secretFrom } from '../base/secret.js';
import {
  bitsToFlags,
  flagBits,
  namesToBits,
  toMethodType,
  type EapAttribute,
  type Flag,
} from '../eap/names.js';
import { eapCodes, eapPacket, identityRequest } from '../eap/packet.js';
import { Rounds } from '../eap/rounds.js';
import { CallFailure, HostFailure, toNativeFailure } from './failure.js';
import type {
  AuthenticatorResult,
  MethodDefinition,
  PeerResult,
  PeerResultReason,
  PeerSide,
} from './method.js';
import type { PeerSideOptions } from './options.js';
import { PeerHost, type PeerHostStep } from './peer-host.js';

/** How such a peer is begun. */
export interface AnsweringPeerSettings {
  readonly method: Pick<MethodDefinition, 'type' | 'name'> & { readonly peer: PeerSide };
  /** Whether the side is a DLL's: its results are copies by themselves. */
  readonly isDll?: boolean;
  readonly options: PeerSideOptions;
  readonly maxSendPacketSize: number;
  /** Requests of the method that it takes. */
  readonly maxRounds: number;
  readonly signal?: AbortSignal | undefined;
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

/** One conversation of such a peer. */
export class AnsweringPeer {
  readonly #settings: AnsweringPeerSettings;
  readonly #host: PeerHost;
  readonly #rounds: Rounds;
  #request: Uint8Array = nothing;
  #response: Uint8Array = nothing;
  #result: PeerResult | undefined;

  constructor(settings: AnsweringPeerSettings) {
    const { method, options, maxSendPacketSize, maxRounds, signal } = settings;
    this.#settings = settings;
    this.#rounds = new Rounds(maxRounds);
    this.#host = new PeerHost({
      type: toMethodType(method.type, 'type'),
      peer: method.peer,
      flags: flagsOf(options.flags),
      config: options.config ?? nothing,
      credentials: options.credentials ?? nothing,
      attributes: options.attributes ?? [],
      maxSendPacketSize,
      // They are counted here, without the requests of the host.
      maxRounds: Number.MAX_SAFE_INTEGER,
      login: options.login,
      signal,
    });
  }

  get identity(): string | undefined {
    return this.#host.identity;
  }

  /** The method's own result. */
  get result(): PeerResult | undefined {
    return this.#result;
  }

  /** The EAP-Response/Identity for a request with this id. */
  async identify(id: number): Promise<Uint8Array> {
    const step = await this.#answered(() => this.#host.receive(identityRequest(id)));
    if (step.action === 'send') return step.packet;
    throw eaphostError('EAPHOST_NOT_SUPPORTED', 'the peer has no identity');
  }

  /** Takes a request of the method. Rejects with EAPHOST_TOO_MANY_ROUNDS if it is one too many. */
  async receive(packet: Uint8Array): Promise<PeerAnswer> {
    const isRepeated = this.#response.length > 0 && Buffer.compare(packet, this.#request) === 0;
    const tooMany = isRepeated ? undefined : this.#rounds.take(packet, this.#response);
    if (tooMany) throw tooMany;
    const request = secretFrom(packet);
    const step = await this.#answered(() => this.#host.receive(request));
    if (step.action === 'send') {
      this.#request = request;
      this.#response = step.packet;
      return { kind: 'response', packet: step.packet, isRetransmission: step.isRetransmission };
    }
    if (step.action !== 'result') return { kind: 'silence' };
    await this.conclude('unknown');
    return { kind: 'result' };
  }

  /** Asks for the result, once. A method that was never begun has none. */
  async conclude(reason: PeerResultReason): Promise<void> {
    const final = { success: eapCodes.success, failure: eapCodes.failure, unknown: undefined }[reason];
    try {
      if (final !== undefined && this.#request.length > 0) {
        await this.#host.receive(eapPacket(final, this.#request[1] ?? 0));
      }
      await this.#host.conclude('timeout');
    } catch (error) {
      throw this.#toError(error);
    } finally {
      const { result } = this.#host;
      const isCopied = this.#settings.isDll === true;
      if (this.#result === undefined && result) this.#result = isCopied ? result : copyPeerResult(result);
    }
  }

  /** Ends the method's session. Every call gives the same promise. */
  end(): Promise<void> {
    return this.#host.end();
  }

  /** Answers the method's steps until it sends, ends or waits. */
  async #answered(start: () => Promise<PeerHostStep>): Promise<PeerHostStep> {
    const { onUi, onIdentityUi, onAttributes } = this.#settings.options;
    try {
      let step = await start();
      let dialogs = 0;
      for (let answers = 0; step.action === 'invokeUi' || step.action === 'respond'; answers += 1) {
        if (answers === maxAnswers) {
          throw eaphostError(
            'EAPHOST_NOT_SUPPORTED',
            `the peer method asked ${maxAnswers} times in one step`,
          );
        }
        if (step.action === 'respond') {
          step = await this.#host.setResponseAttributes((await onAttributes?.(step.attributes)) ?? []);
        } else if (step.of === 'method') {
          if (onUi === undefined) {
            throw eaphostError(
              'EAPHOST_UI_REQUIRED',
              'the peer method asks for its interactive dialog; pass peer.onUi, which gives its answer',
            );
          }
          step = await this.#host.setUiContext(await onUi(step.context));
        } else {
          if (onIdentityUi === undefined || dialogs === maxIdentityDialogs) {
            throw eaphostError(
              'EAPHOST_UI_REQUIRED',
              'the peer method asks for its identity dialog; pass credentials (peer.credentials, --user), or peer.onIdentityUi',
            );
          }
          dialogs += 1;
          step = await this.#host.setUiContext(await onIdentityUi());
        }
      }
      return step;
    } catch (error) {
      throw this.#toError(error);
    }
  }

  /** The host's own failures as errors that name the method. */
  #toError(error: unknown): unknown {
    if (!(error instanceof HostFailure || error instanceof CallFailure)) return error;
    const { name, type } = this.#settings.method;
    const definition = { name, type, properties: 0 };
    const call = 'EapPeerProcessRequestPacket';
    return toEapError(toNativeFailure(call, error, definition, toMethodType(type, 'type')));
  }
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
