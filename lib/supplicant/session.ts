// A session of the supplicant: one authentication with one method, packet by packet or as a whole conversation.

import { untilAborted } from '../base/abort.js';
import { signalOf, toBytes, toName, type SignalOptions, type OptionNames } from '../base/arguments.js';
import { wipe } from '../methods/credentials.js';
import { toAttributes } from '../eap/attributes.js';
import { authenticate, type AuthenticateOptions, authenticateNames } from './conversation.js';
import { eaphostError, withCaller, type EapError } from '../base/errors.js';
import { secretFrom } from '../base/secret.js';
import type { NativeSession } from '../native/runtime-types.js';
import {
  toResult,
  toStep,
  type AuthenticationResult,
  type Step,
  decodeAuthParameter,
  type AuthParameters,
  type UnplumbData,
} from './result.js';
import type { SessionUi } from './session-ui.js';
import { wholePacket } from '../eap/packet.js';
import type { Transport } from '../eap/transport.js';
import {
  authParameterNumbers,
  resultReasonNumbers,
  type EapAttribute,
  type FullMethodType,
  type ResultReason,
} from '../eap/names.js';

/** The part of the host that a session needs. */
export interface SessionLink {
  readonly method: FullMethodType;
  readonly connectionId: string | undefined;
  /** How its conversations ask the user. */
  readonly ui: SessionUi;
  /** Begins a native session with the options of this one. */
  begin(): Promise<NativeSession>;
  /** Throws if the host is closed. */
  checkOpen(): void;
  /** The error of a call for an error of the native side. */
  toError(reason: unknown): unknown;
  /** EapHostPeerEndSession for good, and for a connection that the host made up its end; wipes the kept inputs. */
  end(native: NativeSession): Promise<void>;
}

/** Makes a native call, which has copied the octets when it returns. */
type Start<T> = (native: NativeSession, octets: readonly Uint8Array[]) => Promise<T>;

/**
 * A session of the run-time (EAP_SESSIONID), made by `EapHost.beginSession`.
 *
 * Its calls run in the order in which they were made, one at a time: a call made while another is under way waits for
 * it. Every call rejects with {@link EapError} where the run-time or the method fails, with `EAPHOST_SESSION_ENDED`
 * after {@link Session.end}, with `EAPHOST_CLOSED` after the host was closed, and with the signal's reason if its
 * signal aborts. An abort ends the session, unless the signal had aborted before the call: the method's call cannot
 * be undone, so the conversation cannot continue. A session that was not ended is ended when it is garbage-collected.
 */
export class Session implements AsyncDisposable {
  /** The method that it was begun with. */
  readonly method: FullMethodType;
  /** The GUID of its connection; undefined for the inner session of a tunnel method. */
  readonly connectionId: string | undefined;
  readonly #link: SessionLink;
  #native: NativeSession;
  #restarting: Promise<void> | undefined;
  #ending: Promise<void> | undefined;
  #isAborted = false;
  #isConversing = false;

  /** @internal Sessions are made by `EapHost.beginSession`. */
  constructor(native: NativeSession, link: SessionLink) {
    this.#native = native;
    this.#link = link;
    this.method = link.method;
    this.connectionId = link.connectionId;
  }

  /** Whether it has ended, or is ending. */
  get isEnded(): boolean {
    return this.#ending !== undefined;
  }

  /** The run-time's number of the session (EAP_SESSIONID). `restart` changes it. */
  get id(): number {
    return this.#native.id;
  }

  /**
   * Gives the method a packet from the authenticator and returns the next step: EapHostPeerProcessReceivedPacket and,
   * in the same hop, the function for its outcome: EapHostPeerGetSendPacket, EapHostPeerGetResult,
   * EapHostPeerGetUIContext or EapHostPeerGetResponseAttributes. The first packet is the EAP-Request/Identity. If the
   * link has none, pass 01 00 00 05 01.
   *
   * Octets after the packet's stated length are the link's padding and are cut off. An invalid packet (a length below
   * 4, or beyond the data) is discarded without a call, as RFC 3748 requires.
   */
  async process(packet: Uint8Array, options?: SignalOptions): Promise<Step> {
    const whole = wholePacket(toBytes(packet, 'packet'));
    if (whole === undefined) {
      this.#check(options);
      return { action: 'discard' };
    }
    return toStep(
      await this.#call((native, [octets]) => native.processReceivedPacket(octets!), options, [whole]),
      this.method,
    );
  }

  /** Answers an `invokeUi` step with the user interface's answer: EapHostPeerSetUIContext. */
  async setUiContext(context: Uint8Array, options?: SignalOptions): Promise<Step> {
    const bytes = toBytes(context, 'context');
    return toStep(
      await this.#call((native, [octets]) => native.setUiContext(octets!), options, [bytes]),
      this.method,
    );
  }

  /** Answers a `respond` step, even with no attributes: EapHostPeerSetResponseAttributes. */
  async setResponseAttributes(attributes: readonly EapAttribute[], options?: SignalOptions): Promise<Step> {
    const list = toAttributes(attributes, 'attributes');
    const start = (native: NativeSession, values: readonly Uint8Array[]) =>
      native.setResponseAttributes(list.map(({ type }, index) => ({ type, value: values[index]! })));
    return toStep(
      await this.#call(
        start,
        options,
        list.map(({ value }) => value),
      ),
      this.method,
    );
  }

  /**
   * The result of the authentication: EapHostPeerGetResult. A `result` step contains it already. Ask for it if the
   * link, not a packet, ended the conversation: `altSuccess` if the link was authorized without EAP-Success,
   * `timeout` if the authenticator does not answer.
   */
  async getResult(reason: ResultReason, options?: SignalOptions): Promise<AuthenticationResult> {
    const number = resultReasonNumbers[toName(reason, 'reason', resultReasonNumbers)];
    return toResult(await this.#call((native) => native.getResult(number), options), this.method);
  }

  /** The run-time's information about the session: EapHostPeerGetAuthStatus, decoded. */
  async getAuthStatus<Name extends keyof AuthParameters>(
    parameter: Name,
    options?: SignalOptions,
  ): Promise<AuthParameters[Name]> {
    const number = authParameterNumbers[toName(parameter, 'parameter', authParameterNumbers)];
    return decodeAuthParameter(
      parameter,
      await this.#call((native) => native.getAuthStatus(number), options),
    );
  }

  /**
   * Windows, after a single sign-on: the credentials that the session plumbed into the logon session, for the
   * supplicant to remove: EapHostPeerGetDataToUnplumbCredentials, of Windows 10 and later. The embedded run-time
   * plumbs none and rejects with `ERROR_NOT_SUPPORTED`.
   */
  async getDataToUnplumbCredentials(options?: SignalOptions): Promise<UnplumbData> {
    return this.#call((native) => native.getDataToUnplumbCredentials(), options);
  }

  /**
   * Runs the whole conversation over `transport` until there is a result. A failed authentication is a result. Unless
   * it is aborted, the session stays open afterwards, for `getAuthStatus` or `restart`.
   *
   * Rejects like every call, with the transport's errors, with `EAPHOST_UI_REQUIRED` if the method asks for its user
   * interface and nobody may be asked; and with `ERROR_CANCELLED` if the user cancels.
   *
   * @example
   * ```ts
   * import { RadiusClient, radiusTransport } from 'eaphost/radius';
   *
   * await using client = new RadiusClient({ host: 'radius.example.org', secret: 'shared secret' });
   * const result = await session.authenticate(radiusTransport(client), { timeoutMs: 30_000 });
   * console.log(result.isSuccess ? result.keys.msk : result.reason);
   * ```
   */
  async authenticate(transport: Transport, options?: AuthenticateOptions): Promise<AuthenticationResult> {
    if (this.#isConversing) {
      throw eaphostError(
        'EAPHOST_SESSION_BUSY',
        'the session already holds a conversation; await it, or begin another session',
      );
    }
    this.#check(options, authenticateNames);
    this.#isConversing = true;
    try {
      return await authenticate(this, this.#link.ui, transport, options);
    } catch (error) {
      if (options?.signal?.aborted !== true) throw withCaller(error);
      this.#abort();
      throw error;
    } finally {
      this.#isConversing = false;
    }
  }

  /**
   * Ends the session of the run-time and begins a new one with the same options and connection:
   * EapHostPeerEndSession, then EapHostPeerBeginSession. The answer to a `startAuthentication` step, and the way to
   * re-authenticate. Where the beginning fails, the session has ended.
   */
  async restart(options?: SignalOptions): Promise<void> {
    const signal = this.#check(options);
    const previous = this.#restarting;
    const begin = async (): Promise<void> => {
      await previous;
      await this.#native.end();
      this.#native = await this.#link.begin();
    };
    const restarting = begin();
    // Calls and end() wait for it, whatever its outcome.
    const settle = (): void => {
      if (this.#restarting === settled) this.#restarting = undefined;
    };
    const settled = restarting.then(settle, settle);
    this.#restarting = settled;
    try {
      await untilAborted(restarting, signal, () => {
        this.#abort();
      });
    } catch (error) {
      if (signal?.aborted !== true) await this.end().catch(() => undefined);
      throw this.#link.toError(error);
    }
  }

  /**
   * Ends the session: EapHostPeerEndSession, and in the same hop EapHostPeerClearConnection for a connection that was
   * made up for it. Waits for the calls under way, wipes the credentials that were kept.
   * Idempotent: every call gives the same promise.
   */
  end(): Promise<void> {
    this.#ending ??= this.#end();
    return this.#ending;
  }

  /** Ends the session. If a call was aborted, the session is already ending, and this does not wait for it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isAborted) await this.end();
  }

  async #end(): Promise<void> {
    try {
      await this.#restarting;
      await this.#link.end(this.#native);
    } catch (error) {
      throw this.#link.toError(error);
    }
  }

  /** Ends the session once the running call returns, without waiting for it. */
  #abort(): void {
    this.#isAborted = true;
    this.end().catch(() => undefined);
  }

  /** The signal of a call that may go on; throws if it may not. */
  #check(options: SignalOptions | undefined, names?: OptionNames<SignalOptions>): AbortSignal | undefined {
    const signal = signalOf(options, names);
    if (this.#ending !== undefined) throw sessionEnded();
    this.#link.checkOpen();
    signal?.throwIfAborted();
    return signal;
  }

  /** Makes a call once a restart is over, with what its octets are now: the caller may use the memory again. */
  async #afterRestart<T>(start: Start<T>, octets: readonly Uint8Array[]): Promise<T> {
    const copies = octets.map((each) => secretFrom(each));
    try {
      await this.#restarting;
      return start(this.#native, copies);
    } finally {
      // The native side has its own by now.
      wipe(...copies);
    }
  }

  async #call<T>(
    start: Start<T>,
    options: SignalOptions | undefined,
    octets: readonly Uint8Array[] = [],
  ): Promise<T> {
    const signal = this.#check(options);
    try {
      const work =
        this.#restarting === undefined ? start(this.#native, octets) : this.#afterRestart(start, octets);
      if (signal === undefined) return await work;
      return await untilAborted(work, signal, () => {
        this.#abort();
      });
    } catch (error) {
      throw this.#link.toError(error);
    }
  }
}

function sessionEnded(): EapError {
  return eaphostError('EAPHOST_SESSION_ENDED', 'the session has ended; begin another with beginSession()');
}
