// A session of an authenticator method DLL: one promise-returning method for each routine, and the fused steps.

import { signalNames, toBytes, toInteger, toText, type SignalOptions } from '../base/arguments.js';
import { decodeKeys, type DecodedKeys, toAttributes } from '../eap/attributes.js';
import { errorCodeName } from '../base/error-codes.js';
import type { AuthenticatorAction, AuthenticatorResult, SendTimeout } from '../hosts/method.js';
import type {
  NativeAuthenticatorResult,
  NativeAuthenticatorSession,
  NativeAuthenticatorStep,
  NativeRequest,
} from '../native/method-types.js';
import type { Waiter } from '../native/calls.js';
import type { ResponseFault } from '../hosts/authenticator-host.js';
import { eapCodes, eapHeader } from '../eap/packet.js';
import { sameType, typeOf } from '../eap/packet-type.js';
import { flagBits, nameOf, namesToBits, type EapAttribute, type Flag } from '../eap/names.js';
import { AuthenticatorOrder } from './call-order.js';
import { authenticatorActions, sendTimeouts } from '../hosts/method.js';
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
const receiveCall = `${prefix}ReceivePacket`;
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

const innerNames = { ...signalNames, flags: 'array' } as const;

/**
 * A session of an authenticator method DLL, made by `AuthenticatorMethod.beginSession`. Its calls reject as those of
 * `PeerMethodSession` do.
 */
export class AuthenticatorMethodSession extends DllSession<NativeAuthenticatorSession> {
  readonly #order = new AuthenticatorOrder();
  readonly #checkReceive = (): void => this.#order.receive();
  readonly #takeAction = ({ action }: { readonly action: number }): AuthenticatorAction =>
    this.#acted(action);
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

  /** @internal The id that the request after the last one has. */
  get nextId(): number {
    return (this.#id + 1) & 0xff;
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
    const start = (native: NativeAuthenticatorSession, waiter: Waiter): void =>
      native.startFor(waiter, 'updateInnerMethodParams', flags, name, list);
    await this.call(`${prefix}UpdateInnerMethodParams`, options, check, start, undefined, innerNames);
  }

  /** The next request, with the identifier `id`, 0 to 255: EapMethodAuthenticatorSendPacket. */
  async sendPacket(id: number, options?: SignalOptions): Promise<AuthenticatorRequest> {
    const number = toInteger(id, 'id', 0, 255);
    return await this.call(
      `${prefix}SendPacket`,
      options,
      () => this.#order.send(),
      (native, waiter) => native.startFor(waiter, 'sendPacket', number),
      (sent: NativeRequest) => this.#sent(number, sent),
    );
  }

  /** @internal The same with a buffer of `size` octets. */
  async sendPacketInto(id: number, size: number): Promise<AuthenticatorRequest> {
    return await this.call(
      `${prefix}SendPacket`,
      undefined,
      () => this.#order.send(),
      (native, waiter) => native.startFor(waiter, 'sendPacketInto', id, size),
      (sent: NativeRequest) => this.#sent(id, sent),
    );
  }

  /** Gives the method a response: EapMethodAuthenticatorReceivePacket alone, with no look at id and type. */
  async receivePacket(packet: Uint8Array, options?: SignalOptions): Promise<AuthenticatorAction> {
    const response = toBytes(packet, 'packet');
    return await this.call(
      receiveCall,
      options,
      () => this.#order.receive(),
      (native, waiter) => native.startFor(waiter, 'receivePacket', response),
      this.#takeAction,
    );
  }

  /** The method's attributes for its host, after the action `respond`: EapMethodAuthenticatorGetAttributes. */
  async getAttributes(options?: SignalOptions): Promise<EapAttribute[]> {
    return await this.call(
      `${prefix}GetAttributes`,
      options,
      () => this.#order.getAttributes(),
      (native, waiter) => native.startFor(waiter, 'getAttributes'),
      (attributes: EapAttribute[]) => {
        this.#order.hasAttributes();
        return attributes;
      },
    );
  }

  /** The host's answer to them: EapMethodAuthenticatorSetAttributes alone. */
  async setAttributes(
    attributes: readonly EapAttribute[],
    options?: SignalOptions,
  ): Promise<AuthenticatorAction> {
    const list = toAttributes(attributes, 'attributes');
    return await this.call(
      `${prefix}SetAttributes`,
      options,
      () => this.#order.setAttributes(),
      (native, waiter) => native.startFor(waiter, 'setAttributes', list),
      this.#takeAction,
    );
  }

  /** The verdict, after the action `result`: EapMethodAuthenticatorGetResult, once. */
  async getResult(options?: SignalOptions): Promise<AuthenticatorMethodResult> {
    return await this.call(
      `${prefix}GetResult`,
      options,
      () => this.#order.getResult(),
      (native, waiter) => native.startFor(waiter, 'getResult'),
      (result: NativeAuthenticatorResult) => {
        this.#order.hasResult();
        return toResult(result);
      },
    );
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
  receive(packet: Uint8Array, options?: SignalOptions): Promise<AuthenticatorStep> {
    // Not async: a step is a hop, and one more promise would be a good part of it.
    try {
      const response = toBytes(packet, 'packet');
      const { nextId } = this;
      const fault = this.#faultOf(response);
      return this.call(
        receiveCall,
        options,
        this.#checkReceive,
        (native, waiter) => {
          if (fault === undefined) native.startFor(waiter, 'receive', response, nextId);
          else waiter.resolve({ action: authenticatorActions.discard });
        },
        (step: NativeAuthenticatorStep) => this.#toStep(step, nextId, fault),
      );
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** {@link setAttributes}, and the method's next step. */
  async processAttributes(
    attributes: readonly EapAttribute[],
    options?: SignalOptions,
  ): Promise<AuthenticatorStep> {
    const action = await this.setAttributes(attributes, options);
    switch (action) {
      case 'send':
        return { action, ...(await this.sendPacket(this.nextId, options)) };
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
    // A host has its own.
    this.#request = this.isHosted ? packet : secretFrom(packet);
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
      case 'send': {
        const { packet, timeout } = this.#sent(nextId, {
          packet: step.packet ?? nothing,
          timeout: step.timeout ?? sendTimeouts.basic,
        });
        return { action, packet, timeout };
      }
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
