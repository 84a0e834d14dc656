// The EAP peer's state machine (RFC 3748, RFC 4137): one conversation with one method in TypeScript, or with a method DLL
// that is driven step by step. It answers Identity, Notification, Nak and duplicates itself and leaves the rest to the
// method. native/embedded/peer_machine.h is the same machine for method DLLs that the embedded run-time loads; the cases
// of test/hosts/peer-cases.ts run over both. JavaScript thread; its calls must not overlap.

import { eapErrorCodes, systemErrorCodes } from '../base/error-codes.js';
import type { NativeEapError } from '../base/errors.js';
import { secretFrom, wipe } from '../base/secret.js';
import type { EapAttribute, Flag, FullMethodType, ResultReason } from '../eap/names.js';
import { sameType, typeOf } from '../eap/packet-type.js';
import { eapCodes, eapPacket, eapTypes, wholePacket } from '../eap/packet.js';
import { Rounds, roundsFor } from '../eap/rounds.js';
import { checkPacket, checkStep, checkIdentity, checkResult, checkSession, lacking } from './checks.js';
import { completeError } from './eap-error.js';
import { codeOf, HostFailure } from './failure.js';
import { atMost, isThenable, over } from './limits.js';
import type {
  IdentityReply,
  PeerResult,
  PeerResultReason,
  PeerSession,
  PeerSide,
  PeerStep,
} from './method.js';

/** What a conversation is begun with. The octets are copied, and the copies wiped at its end. */
export interface PeerHostSettings {
  readonly type: FullMethodType;
  readonly peer: PeerSide;
  readonly flags: ReadonlySet<Flag>;
  readonly config: Uint8Array;
  /** The user blob. */
  readonly credentials: Uint8Array;
  readonly attributes: readonly EapAttribute[];
  /** Largest EAP packet that the method may send, in octets. */
  readonly maxSendPacketSize: number;
  /** Requests that are taken. Default: as a link of this size needs. */
  readonly maxRounds?: number | undefined;
  /** Fail the identity round without credentials, as Windows has been seen to do. Default false. */
  readonly identityNeedsUserData?: boolean;
  /** In place of EAPHost's own dialogs: the method is not asked for an identity, and is given both (`setCredentials`). */
  readonly login?: { readonly identity: string; readonly password: string } | undefined;
  /** Aborts what the method does, beside the end of the session. */
  readonly signal?: AbortSignal | undefined;
  /** Limits of the method's functions in milliseconds; one that takes longer fails its session. Default none. */
  readonly limits?: { readonly callMs: number; readonly endMs: number };
}

/** The outcome of a packet, of a UI context or of attributes. */
export type PeerHostStep =
  | { readonly action: 'discard' | 'none' | 'result' }
  | { readonly action: 'send'; readonly packet: Buffer; readonly isRetransmission: boolean }
  /** `of`: whose interface; the context is the method's, or the user blob that the identity's starts from. */
  | { readonly action: 'invokeUi'; readonly of: 'identity' | 'method'; readonly context: Uint8Array }
  | { readonly action: 'respond'; readonly attributes: readonly EapAttribute[] };

/** The verdict. Its octets are the method's, which wipes them when its session ends. */
export interface PeerVerdict {
  readonly isSuccess: boolean;
  /** 0 for a success. */
  readonly failureReasonCode: number;
  readonly attributes: readonly EapAttribute[];
  readonly saveConfig?: Uint8Array | undefined;
  readonly saveCredentials?: Uint8Array | undefined;
  /** Of a failure. */
  readonly error?: NativeEapError;
}

/** How far a conversation has come (EAPHOST_AUTH_INFO). */
export interface PeerStatus {
  readonly status:
    'notStarted' | 'identityExchange' | 'negotiatingType' | 'inProgress' | 'succeeded' | 'failed';
  readonly errorCode: number;
  readonly reasonCode: number;
}

/**
 * `start`: no response but to notifications. `identity`, `negotiating`: the identity, or a Nak, was the last thing sent.
 * `method`: the method has answered; no other is accepted (RFC 3748, 2.1). `done`: there is a verdict.
 */
type Stage = 'start' | 'identity' | 'negotiating' | 'method' | 'done';

const discard: PeerHostStep = { action: 'discard' };
const nothing = new Uint8Array();
const headerLength = 4;
const expandedHeader = 12;
const failed: PeerResult = { isSuccess: false };

/** A request, EAP-Success or EAP-Failure without padding; undefined for what may not be answered. */
function parse(received: Uint8Array): Uint8Array | undefined {
  const packet = wholePacket(received);
  if (packet === undefined) return undefined;
  const [code] = packet;
  if (code === eapCodes.success || code === eapCodes.failure) {
    return packet.length === headerLength ? packet : undefined;
  }
  if (code !== eapCodes.request || packet.length === headerLength) return undefined;
  return packet[headerLength] === eapTypes.expanded && packet.length < expandedHeader ? undefined : packet;
}

const isExpanded = (packet: Uint8Array): boolean => packet[headerLength] === eapTypes.expanded;

/** Whether a one-octet type came in its expanded form. Methods know the short form only (RFC 3748, 5.7). */
const isLong = (packet: Uint8Array): boolean => isExpanded(packet) && typeOf(packet).vendorId === 0;

function expandedType({ type, vendorId, vendorType }: Omit<FullMethodType, 'authorId'>): Buffer {
  const octets = Buffer.alloc(8);
  octets.writeUInt8(eapTypes.expanded);
  if (type === eapTypes.expanded) {
    octets.writeUIntBE(vendorId & 0xffffff, 1, 3);
    octets.writeUInt32BE(vendorType, 4);
  } else {
    octets.writeUInt32BE(type, 4);
  }
  return octets;
}

/** EAP-Response/Identity or /Notification, in the form of the request's type. */
function responseTo(request: Uint8Array, data: Uint8Array): Buffer {
  const type = request.subarray(headerLength, isExpanded(request) ? expandedHeader : headerLength + 1);
  return eapPacket(eapCodes.response, request[1] ?? 0, type, data);
}

/** The Nak of the form that `request` calls for (RFC 3748, 5.3.1 and 5.3.2). */
function nakTo(request: Uint8Array, wanted: FullMethodType): Buffer {
  const id = request[1] ?? 0;
  if (isExpanded(request)) {
    const nak = expandedType({ type: eapTypes.nak, vendorId: 0, vendorType: 0 });
    return eapPacket(eapCodes.response, id, nak, expandedType(wanted));
  }
  // 254: the wanted type is an expanded one; the server then asks again in expanded form.
  const isShort = wanted.type === eapTypes.expanded && wanted.vendorId === 0 && wanted.vendorType < 254;
  const type = isShort ? wanted.vendorType : wanted.type;
  return eapPacket(eapCodes.response, id, Uint8Array.of(eapTypes.nak, type));
}

/** One conversation of a peer. */
export class PeerHost {
  readonly #settings: PeerHostSettings;
  readonly #rounds: Rounds;
  readonly #config: Uint8Array;
  #credentials: Uint8Array;
  #stage: Stage = 'start';
  #session: PeerSession | undefined;
  #controller: AbortController | undefined;
  /** A function of the method that took too long, while it still runs; then settled. No other is called but `end`. */
  #stuck: Promise<unknown> | undefined;
  /** The method was given a request. */
  #processed = false;
  /** As the method said last. */
  #allowsNotifications = true;
  #identity: string | undefined;
  /** Whose interface, or which answer, is waited for. */
  #asking: 'identity' | 'method' | 'attributes' | undefined;

  /** Being answered. */
  #request: Uint8Array = nothing;
  /** The last request that was answered, */
  #lastRequest: Uint8Array = nothing;
  /** and the answer. */
  #response: Uint8Array = nothing;

  /** The method's own result. */
  #result: PeerResult | undefined;
  /** What its getResult threw. */
  #resultError: { readonly error: unknown } | undefined;
  #verdict: PeerVerdict | undefined;
  #ending: Promise<void> | undefined;

  constructor(settings: PeerHostSettings) {
    const { maxSendPacketSize, maxRounds = roundsFor(maxSendPacketSize) } = settings;
    this.#settings = {
      ...settings,
      attributes: settings.attributes.map(({ type, value }) => ({ type, value: secretFrom(value) })),
    };
    this.#config = secretFrom(settings.config);
    this.#credentials = secretFrom(settings.credentials);
    this.#rounds = new Rounds(maxRounds);
  }

  /** The identity, once it is known. */
  get identity(): string | undefined {
    return this.#identity;
  }

  /** The connection blob. */
  get config(): Uint8Array {
    return this.#config;
  }

  /** The method's own result, whatever the verdict is. */
  get result(): PeerResult | undefined {
    return this.#result;
  }

  /** Gives a packet from the authenticator, which is this object's from now on. */
  async receive(received: Uint8Array): Promise<PeerHostStep> {
    // While a request waits for a user interface or for attributes nothing else is answered: what comes is the same
    // request again, or not ours to follow.
    if (this.#stage === 'done' || this.#asking !== undefined) return discard;
    const packet = parse(received);
    if (packet === undefined) return discard;
    return packet[0] === eapCodes.request ? this.#onRequest(packet) : this.#onFinal(packet);
  }

  /** Answers `invokeUi`: the user blob for an identity, the answer of the method's interface otherwise. */
  async setUiContext(context: Uint8Array): Promise<PeerHostStep> {
    const asking = this.#asking;
    if (asking !== 'identity' && asking !== 'method') {
      throw new HostFailure(systemErrorCodes.ERROR_INVALID_STATE);
    }
    this.#asking = undefined;
    if (asking === 'identity') {
      this.#keepCredentials(context);
      return this.#askIdentity();
    }
    return this.#answer((session) => {
      if (session.setUiContext === undefined) throw lacking('setUiContext');
      return session.setUiContext(context);
    });
  }

  /** Answers `respond`. */
  async setResponseAttributes(attributes: readonly EapAttribute[]): Promise<PeerHostStep> {
    if (this.#asking !== 'attributes') throw new HostFailure(systemErrorCodes.ERROR_INVALID_STATE);
    this.#asking = undefined;
    return this.#answer((session) => {
      if (session.setResponseAttributes === undefined) throw lacking('setResponseAttributes');
      return session.setResponseAttributes(attributes);
    });
  }

  /**
   * The verdict. `fromMethod` after the action `result` only; the others end the conversation here and now. Asked again
   * it gives the same. Throws what the method's getResult threw.
   */
  async conclude(reason: ResultReason): Promise<PeerVerdict> {
    if (this.#stage !== 'done') {
      if (reason === 'fromMethod') throw new HostFailure(systemErrorCodes.ERROR_INVALID_STATE);
      const isAlternative = reason === 'altSuccess';
      const code = isAlternative ? eapErrorCodes.EAP_E_AUTHENTICATION_FAILED : systemErrorCodes.ERROR_TIMEOUT;
      if (!this.#processed || (isAlternative && this.#stage !== 'method')) {
        this.#settle(failed, false, code);
      } else {
        const result = await this.#askMethod(isAlternative ? 'success' : 'unknown');
        // A timeout is unknown to the method: its own reason would only hide the true one.
        this.#settle(isAlternative ? result : withoutReason(result), isAlternative, code);
      }
    }
    if (this.#resultError !== undefined) throw this.#resultError.error;
    return this.#verdict!;
  }

  /** How far it has come (EAPHOST_AUTH_INFO). */
  get status(): PeerStatus {
    if (this.#stage === 'done') {
      const { isSuccess = false, failureReasonCode = 0, error } = this.#verdict ?? {};
      return {
        status: isSuccess ? 'succeeded' : 'failed',
        errorCode: this.#resultError === undefined ? failureReasonCode : codeOf(this.#resultError.error),
        reasonCode: error?.reasonCode ?? failureReasonCode,
      };
    }
    const status = this.#processed
      ? 'inProgress'
      : this.#stage === 'negotiating'
        ? 'negotiatingType'
        : this.#stage === 'identity' || this.#asking === 'identity'
          ? 'identityExchange'
          : 'notStarted';
    return { status, errorCode: 0, reasonCode: 0 };
  }

  /** Ends the method's session, and wipes what it was given. Every call gives the same promise. */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  async #onRequest(request: Uint8Array): Promise<PeerHostStep> {
    if (this.#response.length > 0 && this.#lastRequest[1] === request[1]) {
      // A duplicate is answered with the response that it had. Another request under an old id is none of ours.
      if (Buffer.compare(request, this.#lastRequest) !== 0) return discard;
      return { action: 'send', packet: secretFrom(this.#response), isRetransmission: true };
    }
    if (this.#rounds.take(request, this.#response) !== undefined) return this.#giveUp();
    const type = typeOf(request);
    if (sameType(type, { type: eapTypes.nak })) return discard;
    this.#request = request;
    if (sameType(type, { type: eapTypes.identity })) {
      if (this.#stage === 'method') return discard;
      return this.#identity === undefined ? this.#askIdentity() : this.#sendIdentity(this.#identity);
    }
    if (sameType(type, { type: eapTypes.notification })) {
      if (!this.#allowsNotifications) return discard;
      return this.#send(responseTo(request, nothing), this.#stage);
    }
    if (sameType(type, this.#settings.type)) return this.#runMethod(request);
    if (this.#stage === 'method') return discard;
    return this.#send(nakTo(request, this.#settings.type), 'negotiating');
  }

  async #onFinal(packet: Uint8Array): Promise<PeerHostStep> {
    if (this.#response.length === 0 || packet[1] !== this.#lastRequest[1]) return discard;
    const isSuccess = packet[0] === eapCodes.success;
    // A canned Success would let anybody in before the method has had its say (RFC 3748, 4.2).
    if (isSuccess && this.#stage !== 'method') return discard;
    if (this.#processed) {
      const result = await this.#askMethod(isSuccess ? 'success' : 'failure');
      this.#settle(result, isSuccess, eapErrorCodes.EAP_E_AUTHENTICATION_FAILED);
    } else if (this.#stage === 'negotiating') {
      this.#settle(failed, false, eapErrorCodes.EAP_I_EAPHOST_EAP_NEGOTIATION_FAILED);
    } else {
      const isRefused = this.#stage === 'identity';
      const code = isRefused
        ? eapErrorCodes.EAP_I_USER_ACCOUNT_OTHER_ERROR
        : eapErrorCodes.EAP_E_AUTHENTICATION_FAILED;
      this.#settle(failed, false, code);
    }
    return { action: 'result' };
  }

  async #askIdentity(): Promise<PeerHostStep> {
    const { flags, identityNeedsUserData = false, login, peer } = this.#settings;
    if (login !== undefined) return this.#sendIdentity(login.identity);
    // A guest has no name.
    if (flags.has('guestAccess')) return this.#sendIdentity('');
    if (identityNeedsUserData && this.#credentials.length === 0) {
      throw new HostFailure(eapErrorCodes.EAP_E_EAPHOST_IDENTITY_UNKNOWN);
    }
    const reply = await this.#getIdentity(peer);
    if ('invokeUi' in reply) {
      if (flags.has('nonInteractive') || flags.has('suppressUi')) {
        throw new HostFailure(eapErrorCodes.EAP_E_EAPHOST_IDENTITY_UNKNOWN);
      }
      this.#asking = 'identity';
      return { action: 'invokeUi', of: 'identity', context: this.#credentials };
    }
    if (reply.credentials.length > 0) this.#keepCredentials(reply.credentials);
    reply.credentials.fill(0);
    return this.#sendIdentity(reply.identity);
  }

  /** The credentials in it are a copy, to be wiped. */
  async #getIdentity(peer: PeerSide): Promise<IdentityReply> {
    const controller = new AbortController();
    const config = secretFrom(this.#config);
    const credentials = secretFrom(this.#credentials);
    try {
      const { flags } = this.#settings;
      const signal = this.#signalOf(controller);
      const ask = () => peer.getIdentity({ flags, config, credentials, signal });
      const reply = checkIdentity(await this.#within(ask, controller));
      return 'invokeUi' in reply ? reply : { ...reply, credentials: secretFrom(reply.credentials) };
    } finally {
      void this.#whenFree(() => wipe(config, credentials));
    }
  }

  #signalOf({ signal }: AbortController): AbortSignal {
    const { signal: others } = this.#settings;
    return others === undefined ? signal : AbortSignal.any([signal, others]);
  }

  #sendIdentity(identity: string): PeerHostStep {
    this.#identity = identity;
    const response = responseTo(this.#request, Buffer.from(identity));
    // An identity is never fragmented.
    if (response.length > this.#settings.maxSendPacketSize) {
      throw new HostFailure(eapErrorCodes.EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    }
    return this.#send(response, 'identity');
  }

  /**
   * Begins the method no sooner than needed: methods have been seen to crash in EapPeerEndSession when they never
   * processed a request, which is what a refused identity or a Nak would otherwise lead to.
   */
  async #runMethod(request: Uint8Array): Promise<PeerHostStep> {
    const session = (this.#session ??= await this.#begin());
    const given = isLong(request) && this.#settings.type.type !== eapTypes.expanded;
    const packet = given
      ? eapPacket(eapCodes.request, request[1] ?? 0, request.subarray(expandedHeader - 1))
      : Buffer.from(request);
    this.#processed = true;
    return this.#answer(() => session.processRequest(packet), session);
  }

  async #begin(): Promise<PeerSession> {
    const { peer, flags, attributes, maxSendPacketSize, login } = this.#settings;
    const controller = (this.#controller = new AbortController());
    const begin = {
      flags,
      config: this.#config,
      credentials: this.#credentials,
      attributes,
      maxSendPacketSize,
      signal: this.#signalOf(controller),
    };
    const session = checkSession(await this.#within(() => peer.beginSession(begin), controller));
    if (login === undefined) return session;
    this.#session = session;
    await this.#within(() => {
      if (session.setCredentials === undefined) throw lacking('setCredentials');
      return session.setCredentials(login.identity, login.password);
    });
    return session;
  }

  /** Calls a function of the method, and does as its step says. The two enumerations of actions are not the same. */
  async #answer(
    call: (session: PeerSession) => PeerStep | Promise<PeerStep>,
    session: PeerSession | undefined = this.#session,
  ): Promise<PeerHostStep> {
    if (session === undefined) throw new HostFailure(systemErrorCodes.ERROR_INVALID_STATE);
    const step = checkStep(await this.#within(() => call(session)));
    if (step.action === 'discard') return discard;
    if (step.action === 'result') {
      // The method has made up its mind, and EAPHost does not wait for the final packet.
      this.#settle(await this.#askMethod('unknown'), true, eapErrorCodes.EAP_E_AUTHENTICATION_FAILED);
      return { action: 'result' };
    }
    const response = step.action === 'send' ? this.#checkResponse(step.packet) : undefined;
    this.#stage = 'method';
    this.#allowsNotifications = step.allowNotifications ?? true;
    if (response !== undefined) return this.#send(response, 'method');
    if (step.action === 'invokeUi') {
      this.#asking = 'method';
      return { action: 'invokeUi', of: 'method', context: step.context };
    }
    if (step.action !== 'respond') return { action: 'none' };
    this.#asking = 'attributes';
    return { action: 'respond', attributes: step.attributes };
  }

  #checkResponse(given: Uint8Array): Buffer {
    const { maxSendPacketSize } = this.#settings;
    checkPacket(given);
    if (given.length > maxSendPacketSize) throw new HostFailure(systemErrorCodes.ERROR_INSUFFICIENT_BUFFER);
    const isResponse = given[0] === eapCodes.response && given.length > headerLength;
    if (!isResponse || given[1] !== this.#request[1]) {
      throw new HostFailure(eapErrorCodes.EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    }
    if (!isExpanded(this.#request) || isExpanded(given)) return secretFrom(given);
    const type = expandedType({ type: given[headerLength] ?? 0, vendorId: 0, vendorType: 0 });
    const long = eapPacket(eapCodes.response, given[1] ?? 0, type, given.subarray(headerLength + 1));
    if (long.length > 0xffff) throw new HostFailure(eapErrorCodes.EAP_E_EAPHOST_METHOD_INVALID_PACKET);
    return long;
  }

  /** The request is answered: from now on it is a duplicate. */
  #send(response: Buffer, stage: Stage): PeerHostStep {
    this.#response.fill(0);
    this.#response = response;
    this.#lastRequest = this.#request;
    this.#stage = stage;
    return { action: 'send', packet: secretFrom(response), isRetransmission: false };
  }

  async #askMethod(reason: PeerResultReason): Promise<PeerResult> {
    const session = this.#session;
    try {
      if (session === undefined) throw new HostFailure(systemErrorCodes.ERROR_INVALID_STATE);
      this.#result = await this.#within(() => session.getResult(reason));
      return checkResult(this.#result);
    } catch (error) {
      this.#resultError = { error };
      return failed;
    }
  }

  /**
   * The verdict: `isAccepted` by what ended the conversation, and by the method. Neither alone will do; a method may claim
   * success only to have its data saved.
   */
  #settle(result: PeerResult, isAccepted: boolean, code: number): void {
    this.#stage = 'done';
    this.#asking = undefined;
    const { isSuccess: isClaimed, saveConfig, saveCredentials, attributes = [], rootCause } = result;
    const saved = isClaimed ? { saveConfig, saveCredentials } : {};
    if (isClaimed && isAccepted) {
      this.#verdict = { isSuccess: true, failureReasonCode: 0, attributes, ...saved };
      return;
    }
    const own = isClaimed ? 0 : (result.failureReasonCode ?? 0) >>> 0;
    const failureReasonCode = own || code;
    const error = completeError(
      { reasonCode: failureReasonCode, rootCause },
      failureReasonCode,
      this.#settings.type,
    );
    // No keys for a link that is not let in.
    this.#verdict = { isSuccess: false, failureReasonCode, attributes: [], ...saved, error };
  }

  /** An authenticator that comes to no end would keep the peer at work for ever. */
  async #giveUp(): Promise<PeerHostStep> {
    const result = this.#processed ? withoutReason(await this.#askMethod('unknown')) : failed;
    const rootCause = 'The authenticator sent more requests than a conversation may take.';
    this.#settle({ ...result, rootCause }, false, eapErrorCodes.EAP_E_EAPHOST_REMOTE_INVALID_PACKET);
    return { action: 'result' };
  }

  #keepCredentials(credentials: Uint8Array): void {
    const copy = secretFrom(credentials);
    this.#credentials.fill(0);
    this.#credentials = copy;
  }

  /** Calls a function of the method, and waits for it as long as its limit lets it. */
  async #within<T>(
    call: () => T | Promise<T>,
    controller: AbortController | undefined = this.#controller,
  ): Promise<T> {
    if (this.#stuck !== undefined) throw new HostFailure(systemErrorCodes.ERROR_CONNECTION_ABORTED);
    const work = call();
    const { limits } = this.#settings;
    if (limits === undefined || !isThenable(work)) return work;
    const settled = Promise.resolve(work);
    return atMost(limits.callMs, settled, () => {
      this.#stuck = settled.then(
        () => undefined,
        () => undefined,
      );
      controller?.abort(over);
      throw new HostFailure(systemErrorCodes.ERROR_TIMEOUT);
    });
  }

  /** Runs `work` at once, or when the function that took too long has returned. */
  async #whenFree<T>(work: () => T | Promise<T>): Promise<T> {
    if (this.#stuck !== undefined) await this.#stuck;
    return work();
  }

  async #end(): Promise<void> {
    const ended = this.#whenFree(async () => {
      try {
        await this.#session?.end();
      } finally {
        this.#controller?.abort(over);
        wipe(this.#config, this.#credentials, this.#response);
        for (const { value } of this.#settings.attributes) value.fill(0);
      }
    });
    const { limits } = this.#settings;
    if (limits === undefined) return ended;
    // A method that is late with its end is ended all the same, and its signal aborts.
    const isStuck = this.#stuck !== undefined;
    return atMost(isStuck ? 0 : limits.endMs, ended, () => {
      ended.catch(() => undefined);
      this.#controller?.abort(over);
    });
  }
}

/** The failure of a method that was given up on says nothing: its own reason would only hide the true one. */
function withoutReason({ isSuccess, saveConfig, saveCredentials }: PeerResult): PeerResult {
  return { isSuccess, ...(saveConfig && { saveConfig }), ...(saveCredentials && { saveCredentials }) };
}
