// A session of an authenticator method DLL: one promise-returning method for each routine, and the fused steps.

import { toBytes, toInteger, toText, type SignalOptions } from '../base/arguments.js';
import { decodeKeys, type DecodedKeys, toAttributes } from '../eap/attributes.js';
import { errorCodeName } from '../base/error-codes.js';
import type { AuthenticatorAction, AuthenticatorResult, SendTimeout } from '../methods/method.js';
import type {
  NativeAuthenticatorResult,
  NativeAuthenticatorSession,
  NativeAuthenticatorStep,
  NativeRequest,
} from '../native/method-types.js';
import type { ResponseFault } from '../methods/authenticator-host.js';
import { eapCodes, eapHeader } from '../eap/packet.js';
import { sameType, typeOf } from '../eap/packet-type.js';
import { flagBits, nameOf, namesToBits, type EapAttribute, type Flag } from '../eap/names.js';
import { AuthenticatorOrder } from './call-order.js';
import { authenticatorActions, sendTimeouts } from '../methods/method.js';
import { actionOf, DllSession, type SessionOwner } from './session.js';
import { secretFrom } from '../base/secret.js';

/** A request to send, and how long to wait for its response. */
export interface AuthenticatorRequest {
  readonly packet: Buffer;
  /** `none`: without end. `interactive`: as long as a person takes. */
  readonly timeout: SendTimeout;
}

/** EAP_METHOD_AUTHENTICATOR_RESULT, as a DLL gives it. */
export interface AuthenticatorMethodResult extends AuthenticatorResult {
  /** 0 on success. */
  readonly failureReasonCode: number;
  /** Its name. */
  readonly reason: string | undefined;
  /** What is in `attributes`. */
  readonly keys: DecodedKeys;
}

/**
 * What to do after a response, with what belongs to it.
 *
 * | action | what to do |
 * |---|---|
 * | `send` | send `packet`, wait for its response as `timeout` says |
 * | `discard` | the response was ignored, for the reason in `fault`; `packet` is the request that still waits |
 * | `respond` | act on `attributes` where you know them, then call `processAttributes`, with `[]` if nothing |
 * | `result` | send EAP-Success or EAP-Failure; `result` is the verdict |
 * | `authenticate`, `handleIdentity` | for hosts of tunnel methods: `updateInnerMethodParams`, then `sendPacket` |
 */
export type AuthenticatorStep =
  | ({ readonly action: 'send' } & AuthenticatorRequest)
  | { readonly action: 'discard'; readonly fault: ResponseFault; readonly packet: Buffer }
  | { readonly action: 'respond'; readonly attributes: readonly EapAttribute[] }
  | { readonly action: 'result'; readonly result: AuthenticatorMethodResult }
  | { readonly action: 'authenticate' | 'handleIdentity' };

const prefix = 'EapMethodAuthenticator';
const nothing = Buffer.alloc(0);

function toResult(native: NativeAuthenticatorResult): AuthenticatorMethodResult {
  const { isSuccess, attributes } = native;
  const failureReasonCode = isSuccess ? 0 : native.failureReasonCode >>> 0;
  return {
    isSuccess,
    failureReasonCode,
    reason: failureReasonCode === 0 ? undefined : errorCodeName(failureReasonCode),
    attributes,
    keys: decodeKeys(attributes, 'authenticator'),
  };
}

const innerNames = { signal: true, flags: true } as const;

/**
 * A session of an authenticator method DLL, made by `AuthenticatorMethod.beginSession`. Its calls reject as those of
 * `PeerMethodSession` do.
 */
export class AuthenticatorMethodSession extends DllSession<NativeAuthenticatorSession> {
  readonly #order = new AuthenticatorOrder();
  /** Of the last request. */
  #id = 0;
  #request: Buffer | undefined;

  /** @internal Sessions are made by `AuthenticatorMethod.beginSession`. */
  constructor(native: NativeAuthenticatorSession, owner: SessionOwner) {
    super(native, owner, `${prefix}EndSession`);
  }

  /**
   * A copy of the last request, undefined before the first: to be sent again unchanged if no response comes. The
   * method is not asked for it again, since methods fail when they are.
   */
  get request(): Buffer | undefined {
    return this.#request && secretFrom(this.#request);
  }

  /** Gives the method the peer's identity: EapMethodAuthenticatorUpdateInnerMethodParams. */
  async updateInnerMethodParams(
    identity: string,
    attributes: readonly EapAttribute[],
    options?: SignalOptions & { readonly flags?: readonly Flag[] | undefined },
  ): Promise<void> {
    const name = toText(identity, 'identity');
    const list = toAttributes(attributes, 'attributes');
    const flags = namesToBits(options?.flags ?? [], 'flags', flagBits);
    const check = (): void => this.#order.updateInnerMethodParams();
    const start = (native: NativeAuthenticatorSession) => native.updateInnerMethodParams(flags, name, list);
    await this.call(`${prefix}UpdateInnerMethodParams`, options, check, start, innerNames);
  }

  /** The next request, with the identifier `id`, 0 to 255: EapMethodAuthenticatorSendPacket. */
  async sendPacket(id: number, options?: SignalOptions): Promise<AuthenticatorRequest> {
    const number = toInteger(id, 'id', 0, 255);
    const check = (): void => this.#order.send();
    return this.#sent(
      number,
      await this.call(`${prefix}SendPacket`, options, check, (native) => native.sendPacket(number)),
    );
  }

  /** Gives the method a response: EapMethodAuthenticatorReceivePacket alone, with no look at id and type. */
  async receivePacket(packet: Uint8Array, options?: SignalOptions): Promise<AuthenticatorAction> {
    const response = toBytes(packet, 'packet');
    const check = (): void => this.#order.receive();
    const { action } = await this.call(`${prefix}ReceivePacket`, options, check, (native) =>
      native.receivePacket(response),
    );
    return this.#acted(action);
  }

  /** The method's attributes for its host, after the action `respond`: EapMethodAuthenticatorGetAttributes. */
  async getAttributes(options?: SignalOptions): Promise<EapAttribute[]> {
    const check = (): void => this.#order.getAttributes();
    const attributes = await this.call(`${prefix}GetAttributes`, options, check, (native) =>
      native.getAttributes(),
    );
    this.#order.hasAttributes();
    return attributes;
  }

  /** The host's answer to them: EapMethodAuthenticatorSetAttributes alone. */
  async setAttributes(
    attributes: readonly EapAttribute[],
    options?: SignalOptions,
  ): Promise<AuthenticatorAction> {
    const list = toAttributes(attributes, 'attributes');
    const check = (): void => this.#order.setAttributes();
    const { action } = await this.call(`${prefix}SetAttributes`, options, check, (native) =>
      native.setAttributes(list),
    );
    return this.#acted(action);
  }

  /** The verdict, after the action `result`: EapMethodAuthenticatorGetResult, once. */
  async getResult(options?: SignalOptions): Promise<AuthenticatorMethodResult> {
    const check = (): void => this.#order.getResult();
    const result = await this.call(`${prefix}GetResult`, options, check, (native) => native.getResult());
    this.#order.hasResult();
    return toResult(result);
  }

  /** The first request. `id` is its identifier, 0 to 255; those after it count on from there. Default 1. */
  async start(id = 1, options?: SignalOptions): Promise<AuthenticatorStep> {
    return { action: 'send', ...(await this.sendPacket(id, options)) };
  }

  /**
   * Gives the method a response and fetches, in the same hop, what its action asks for: the next request, the
   * attributes, or the verdict. What is no response to the last request, by its code, id and type, is not shown to
   * the method: many look at none of them.
   */
  async receive(packet: Uint8Array, options?: SignalOptions): Promise<AuthenticatorStep> {
    const response = toBytes(packet, 'packet');
    const nextId = (this.#id + 1) & 0xff;
    const fault = this.#faultOf(response);
    const step = await this.call(
      `${prefix}ReceivePacket`,
      options,
      () => this.#order.receive(),
      async (native): Promise<NativeAuthenticatorStep> =>
        fault === undefined ? native.receive(response, nextId) : { action: authenticatorActions.discard },
    );
    return this.#toStep(step, nextId, fault);
  }

  /** {@link setAttributes}, and the method's next step. */
  async processAttributes(
    attributes: readonly EapAttribute[],
    options?: SignalOptions,
  ): Promise<AuthenticatorStep> {
    const action = await this.setAttributes(attributes, options);
    switch (action) {
      case 'send':
        return { action, ...(await this.sendPacket((this.#id + 1) & 0xff, options)) };
      case 'respond':
        return { action, attributes: await this.getAttributes(options) };
      case 'result':
        return { action, result: await this.getResult(options) };
      case 'discard':
        return { action, fault: 'methodDiscard', packet: this.request ?? nothing };
      default:
        return { action };
    }
  }

  #faultOf(response: Uint8Array): ResponseFault | undefined {
    const header = eapHeader(response);
    if (header?.code !== eapCodes.response) return 'badEap';
    if (header.id !== this.#id) return 'wrongEapId';
    return sameType(typeOf(response), this.method) ? undefined : 'wrongEapType';
  }

  #acted(number: number): AuthenticatorAction {
    const action = actionOf(authenticatorActions, number);
    this.#order.acted(action);
    return action;
  }

  #sent(id: number, { packet, timeout }: Omit<NativeRequest, 'action'>): AuthenticatorRequest {
    this.#id = id;
    this.#request = secretFrom(packet);
    this.#order.sent();
    return { packet, timeout: nameOf(sendTimeouts, timeout) ?? 'basic' };
  }

  #toStep(
    step: NativeAuthenticatorStep,
    nextId: number,
    fault: ResponseFault | undefined,
  ): AuthenticatorStep {
    const action = this.#acted(step.action);
    switch (action) {
      case 'send':
        return {
          action,
          ...this.#sent(nextId, {
            packet: step.packet ?? nothing,
            timeout: step.timeout ?? sendTimeouts.basic,
          }),
        };
      case 'respond':
        this.#order.hasAttributes();
        return { action, attributes: step.attributes ?? [] };
      case 'result': {
        this.#order.hasResult();
        const { result = { isSuccess: false, failureReasonCode: 0, attributes: [] } } = step;
        return { action, result: toResult(result) };
      }
      case 'discard':
        return { action, fault: fault ?? 'methodDiscard', packet: this.request ?? nothing };
      default:
        return { action };
    }
  }
}
