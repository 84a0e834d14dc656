// A session of a peer method DLL: one promise-returning method for each routine, and the fused steps.

import { toBytes, toUtf16, type SignalOptions } from '../base/arguments.js';
import { decodeKeys, type DecodedKeys, toAttributes } from '../eap/attributes.js';
import { errorCodeName } from '../base/error-codes.js';
import { type EapError, resultError } from '../base/errors.js';
import { isNameOf } from '../base/guards.js';
import type { PeerResult, PeerResultReason, PeerStep } from '../hosts/method.js';
import type { Waiter } from '../native/calls.js';
import type {
  NativePeerOutput,
  NativePeerResult,
  NativePeerSession,
  NativePeerStep,
} from '../native/method-types.js';
import { eapCodes, eapHeader } from '../eap/packet.js';
import type { EapAttribute, FullMethodType } from '../eap/names.js';
import { peerActions, resultReasons } from '../hosts/method.js';
import { actionOf, DllSession, type SessionOwner } from './session.js';
import { PeerOrder } from './call-order.js';

/** The action that a peer method asks of its host (EapPeerMethodResponseAction). */
export type PeerAction = keyof typeof peerActions;

/** EapPeerMethodOutput. */
export interface PeerOutput {
  readonly action: PeerAction;
  /** Whether the host may answer EAP-Notification meanwhile. */
  readonly allowNotifications: boolean;
}

/** EapPeerMethodResult, as a DLL gives it. */
export interface PeerMethodResult extends PeerResult {
  /** 0 on success. */
  readonly failureReasonCode: number;
  /** Its name. */
  readonly reason: string | undefined;
  readonly attributes: readonly EapAttribute[];
  /** What is in `attributes`. */
  readonly keys: DecodedKeys;
  /** fSaveToCredMan. */
  readonly saveToCredMan: boolean;
  /** What the method says of the failure. */
  readonly error: EapError | undefined;
}

const call = {
  setCredentials: 'EapPeerSetCredentials',
  process: 'EapPeerProcessRequestPacket',
  getPacket: 'EapPeerGetResponsePacket',
  getResult: 'EapPeerGetResult',
  getUi: 'EapPeerGetUIContext',
  setUi: 'EapPeerSetUIContext',
  getAttributes: 'EapPeerGetResponseAttributes',
  setAttributes: 'EapPeerSetResponseAttributes',
} as const;

const nothing = Buffer.alloc(0);

/** An EAP request, which alone a method may be given: final packets are a reason for the result. */
function toRequest(value: unknown): Uint8Array {
  const packet = toBytes(value, 'packet');
  if (eapHeader(packet)?.code === eapCodes.request) return packet;
  throw new RangeError(
    'packet must be a whole EAP-Request; EAP-Success and EAP-Failure are the reason that getResult takes',
  );
}

function toSecretText(value: unknown, argument: string): string {
  if (typeof value !== 'string') throw new TypeError(`${argument} must be a string`);
  if (value.includes('\0')) throw new RangeError(`${argument} must not hold NUL`);
  return value;
}

function toOutput({ action, allowNotifications }: NativePeerOutput): PeerOutput {
  return { action: actionOf(peerActions, action), allowNotifications };
}

function toResult(native: NativePeerResult, method: FullMethodType): PeerMethodResult {
  const { isSuccess, attributes, saveToCredMan, connectionData, userData } = native;
  const failureReasonCode = isSuccess ? 0 : native.failureReasonCode >>> 0;
  const error = native.error === undefined ? undefined : resultError(native.error, method, call.getResult);
  return {
    isSuccess,
    failureReasonCode,
    reason: failureReasonCode === 0 ? undefined : errorCodeName(failureReasonCode),
    attributes,
    keys: decodeKeys(attributes, 'peer'),
    ...(connectionData !== undefined && { saveConfig: connectionData }),
    ...(userData !== undefined && { saveCredentials: userData }),
    ...(error?.rootCause !== undefined && { rootCause: error.rootCause }),
    saveToCredMan,
    error,
  };
}

/**
 * A session of a peer method DLL, made by `PeerMethod.beginSession`.
 *
 * Every call rejects with `EapError` if the method fails; with `EAPHOST_CALL_ORDER` if it is not its turn in the
 * documented sequence, `EAPHOST_SESSION_BUSY` if another call is under way, `EAPHOST_SESSION_ENDED` after the end,
 * before anything native runs; with `EAPHOST_METHOD_TIMEOUT` if the method does not return, and with the signal's
 * reason if it aborts. The last two abandon the session.
 */
export class PeerMethodSession extends DllSession<NativePeerSession> {
  readonly #order = new PeerOrder();
  readonly #checkProcess = (): void => this.#order.process();
  readonly #acted = (output: NativePeerOutput): PeerOutput => {
    this.#order.acted(output, false);
    return toOutput(output);
  };
  readonly #takeStep = (step: NativePeerStep): PeerStep => {
    this.#order.acted(step, true);
    return toStep(toOutput(step), step);
  };
  readonly #takeResult = (result: NativePeerResult): PeerMethodResult => {
    this.#order.hasResult();
    return toResult(result, this.method);
  };

  /** @internal Sessions are made by `PeerMethod.beginSession`. */
  constructor(native: NativePeerSession, owner: SessionOwner) {
    super(native, owner, 'EapPeerEndSession');
  }

  /**
   * The input of EAPHost's own name and password dialogs, before the first packet: EapPeerSetCredentials.
   *
   * @param password octets are UTF-8, and copied: wipe yours. A string stays in memory.
   */
  async setCredentials(
    identity: string,
    password: string | Uint8Array,
    options?: SignalOptions,
  ): Promise<void> {
    const name = toSecretText(identity, 'identity');
    const unicode = toUtf16(password, 'password');
    const check = (): void => this.#order.setCredentials();
    const take = (): void => this.#order.hasCredentials();
    try {
      await this.call(
        call.setCredentials,
        options,
        check,
        (native, waiter) => native.startFor(waiter, 'setCredentials', name, unicode),
        take,
      );
    } finally {
      unicode.fill(0);
    }
  }

  /** Gives the method a request: EapPeerProcessRequestPacket alone. {@link process} fetches what it asks for, too. */
  async processRequestPacket(packet: Uint8Array, options?: SignalOptions): Promise<PeerOutput> {
    const request = toRequest(packet);
    return await this.call(
      call.process,
      options,
      this.#checkProcess,
      (native, waiter) => native.startFor(waiter, 'processRequestPacket', request),
      this.#acted,
    );
  }

  /** The response, after the action `send`: EapPeerGetResponsePacket. */
  async getResponsePacket(options?: SignalOptions): Promise<Buffer> {
    return this.#fetch(call.getPacket, 'send', options, (native, waiter) =>
      native.startFor(waiter, 'getResponsePacket'),
    );
  }

  /** @internal The same with a buffer of `size` octets. `EAPHOST_METHOD_INVALID_PACKET` where more were written. */
  async getResponsePacketInto(size: number): Promise<Buffer> {
    return this.#fetch(call.getPacket, 'send', undefined, (native, waiter) =>
      native.startFor(waiter, 'getResponsePacketInto', size),
    );
  }

  /**
   * The result: EapPeerGetResult, once. `reason` is the final packet that the host saw; `unknown` after the action
   * `result`, and where the authenticator fell silent.
   */
  async getResult(reason: PeerResultReason, options?: SignalOptions): Promise<PeerMethodResult> {
    if (!isNameOf(resultReasons, reason)) {
      throw new TypeError('reason must be one of unknown, success, failure');
    }
    const check = (): void => this.#order.getResult();
    const number = resultReasons[reason];
    return await this.call(
      call.getResult,
      options,
      check,
      (native, waiter) => native.startFor(waiter, 'getResult', number),
      this.#takeResult,
    );
  }

  /** The context for the user interface, after the action `invokeUi`: EapPeerGetUIContext. */
  async getUiContext(options?: SignalOptions): Promise<Buffer> {
    return this.#fetch(call.getUi, 'invokeUi', options, (native, waiter) =>
      native.startFor(waiter, 'getUiContext'),
    );
  }

  /** The user interface's answer: EapPeerSetUIContext alone. */
  async setUiContext(context: Uint8Array, options?: SignalOptions): Promise<PeerOutput> {
    const bytes = toBytes(context, 'context');
    const check = (): void => this.#order.answer(call.setUi, 'invokeUi', call.getUi);
    return await this.call(
      call.setUi,
      options,
      check,
      (native, waiter) => native.startFor(waiter, 'setUiContext', bytes),
      this.#acted,
    );
  }

  /** The method's attributes for its host, after the action `respond`: EapPeerGetResponseAttributes. */
  async getResponseAttributes(options?: SignalOptions): Promise<EapAttribute[]> {
    return this.#fetch(call.getAttributes, 'respond', options, (native, waiter) =>
      native.startFor(waiter, 'getResponseAttributes'),
    );
  }

  /** The host's answer to them, required even if it is empty: EapPeerSetResponseAttributes alone. */
  async setResponseAttributes(
    attributes: readonly EapAttribute[],
    options?: SignalOptions,
  ): Promise<PeerOutput> {
    const list = toAttributes(attributes, 'attributes');
    const check = (): void => this.#order.answer(call.setAttributes, 'respond', call.getAttributes);
    return await this.call(
      call.setAttributes,
      options,
      check,
      (native, waiter) => native.startFor(waiter, 'setResponseAttributes', list),
      this.#acted,
    );
  }

  /**
   * Gives the method a request and fetches, in the same hop, what its action asks for: the packet to `send`, the
   * `context` for `invokeUi`, the `attributes` of `respond`. After `result` call {@link getResult}.
   */
  process(packet: Uint8Array, options?: SignalOptions): Promise<PeerStep> {
    // Not async: a step is a hop, and one more promise would be a good part of it.
    try {
      const request = toRequest(packet);
      return this.call(
        call.process,
        options,
        this.#checkProcess,
        (native, waiter) => native.startFor(waiter, 'process', request),
        this.#takeStep,
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** {@link setUiContext}, and the method's next step. */
  async processUiContext(context: Uint8Array, options?: SignalOptions): Promise<PeerStep> {
    return this.#follow(await this.setUiContext(context, options), options);
  }

  /** {@link setResponseAttributes}, and the method's next step. */
  async processResponseAttributes(
    attributes: readonly EapAttribute[],
    options?: SignalOptions,
  ): Promise<PeerStep> {
    return this.#follow(await this.setResponseAttributes(attributes, options), options);
  }

  #fetch<T>(
    name: string,
    action: PeerAction,
    options: SignalOptions | undefined,
    start: (native: NativePeerSession, waiter: Waiter) => void,
  ): Promise<T> {
    const take = (fetched: T): T => {
      this.#order.fetched();
      return fetched;
    };
    return this.call(name, options, () => this.#order.fetch(name, action), start, take);
  }

  /** Fetches what an action asks for. */
  async #follow(output: PeerOutput, options: SignalOptions | undefined): Promise<PeerStep> {
    const { action } = output;
    return toStep(output, {
      packet: action === 'send' ? await this.getResponsePacket(options) : undefined,
      uiContext: action === 'invokeUi' ? await this.getUiContext(options) : undefined,
      attributes: action === 'respond' ? await this.getResponseAttributes(options) : undefined,
    });
  }
}

type Fetched = Partial<Record<'packet' | 'uiContext', Buffer | undefined>> & {
  readonly attributes?: readonly EapAttribute[] | undefined;
};

/** An action, with what belongs to it. */
function toStep(
  { action, allowNotifications }: PeerOutput,
  { packet = nothing, uiContext = nothing, attributes = [] }: Fetched,
): PeerStep {
  switch (action) {
    case 'send':
      return { action, allowNotifications, packet };
    case 'invokeUi':
      return { action, allowNotifications, context: uiContext };
    case 'respond':
      return { action, allowNotifications, attributes };
    default:
      return { action, allowNotifications };
  }
}
