// A session of a peer method DLL: one promise-returning method for each routine, and the fused steps.

import { toBytes, toUtf16, type SignalOptions } from '../base/arguments.js';
import { decodeKeys, type DecodedKeys, toAttributes } from '../eap/attributes.js';
import { errorCodeName } from '../base/error-codes.js';
import { type EapError, resultError } from '../base/errors.js';
import { isNameOf } from '../base/guards.js';
import type { PeerResult, PeerResultReason, PeerStep } from '../methods/method.js';
import type { NativePeerOutput, NativePeerResult, NativePeerSession } from '../native/method-types.js';
import { eapCodes, eapHeader } from '../eap/packet.js';
import type { EapAttribute, FullMethodType } from '../eap/names.js';
import { peerActions, resultReasons } from '../methods/method.js';
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
    try {
      await this.call(call.setCredentials, options, check, (native) => native.setCredentials(name, unicode));
    } finally {
      unicode.fill(0);
    }
    this.#order.hasCredentials();
  }

  /** Gives the method a request: EapPeerProcessRequestPacket alone. {@link process} fetches what it asks for, too. */
  async processRequestPacket(packet: Uint8Array, options?: SignalOptions): Promise<PeerOutput> {
    const request = toRequest(packet);
    const check = (): void => this.#order.process();
    return this.#acted(
      await this.call(call.process, options, check, (native) => native.processRequestPacket(request)),
    );
  }

  /** The response, after the action `send`: EapPeerGetResponsePacket. */
  async getResponsePacket(options?: SignalOptions): Promise<Buffer> {
    return this.#fetch(call.getPacket, 'send', options, (native) => native.getResponsePacket());
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
    const native = await this.call(call.getResult, options, check, (session) => session.getResult(number));
    this.#order.hasResult();
    return toResult(native, this.method);
  }

  /** The context for the user interface, after the action `invokeUi`: EapPeerGetUIContext. */
  async getUiContext(options?: SignalOptions): Promise<Buffer> {
    return this.#fetch(call.getUi, 'invokeUi', options, (native) => native.getUiContext());
  }

  /** The user interface's answer: EapPeerSetUIContext alone. */
  async setUiContext(context: Uint8Array, options?: SignalOptions): Promise<PeerOutput> {
    const bytes = toBytes(context, 'context');
    const check = (): void => this.#order.answer(call.setUi, 'invokeUi', call.getUi);
    return this.#acted(await this.call(call.setUi, options, check, (native) => native.setUiContext(bytes)));
  }

  /** The method's attributes for its host, after the action `respond`: EapPeerGetResponseAttributes. */
  async getResponseAttributes(options?: SignalOptions): Promise<EapAttribute[]> {
    return this.#fetch(call.getAttributes, 'respond', options, (native) => native.getResponseAttributes());
  }

  /** The host's answer to them, required even if it is empty: EapPeerSetResponseAttributes alone. */
  async setResponseAttributes(
    attributes: readonly EapAttribute[],
    options?: SignalOptions,
  ): Promise<PeerOutput> {
    const list = toAttributes(attributes, 'attributes');
    const check = (): void => this.#order.answer(call.setAttributes, 'respond', call.getAttributes);
    return this.#acted(
      await this.call(call.setAttributes, options, check, (native) => native.setResponseAttributes(list)),
    );
  }

  /**
   * Gives the method a request and fetches, in the same hop, what its action asks for: the packet to `send`, the
   * `context` for `invokeUi`, the `attributes` of `respond`. After `result` call {@link getResult}.
   */
  async process(packet: Uint8Array, options?: SignalOptions): Promise<PeerStep> {
    const request = toRequest(packet);
    const check = (): void => this.#order.process();
    const step = await this.call(call.process, options, check, (native) => native.process(request));
    this.#order.acted(step, true);
    return toStep(toOutput(step), step);
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

  #acted(output: NativePeerOutput): PeerOutput {
    this.#order.acted(output, false);
    return toOutput(output);
  }

  async #fetch<T>(
    name: string,
    action: PeerAction,
    options: SignalOptions | undefined,
    start: (native: NativePeerSession) => Promise<T>,
  ): Promise<T> {
    const fetched = await this.call(name, options, () => this.#order.fetch(name, action), start);
    this.#order.fetched();
    return fetched;
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
