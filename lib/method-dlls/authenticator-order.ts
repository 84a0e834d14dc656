// The order of an authenticator method's calls within a session (the documented call sequence). Pure.

import type { AuthenticatorAction } from '../methods/method.js';
import { outOfOrder } from './session.js';

/** What may be called next. */
export class AuthenticatorOrder {
  /** `begun`: no request was made yet. `waiting`: one waits for its response. */
  #state: 'begun' | 'waiting' | 'over' | AuthenticatorAction = 'begun';
  #hasAttributes = false;

  /** EapMethodAuthenticatorSendPacket: first of all, and once after each action that asks for a request. */
  send(): void {
    const call = 'EapMethodAuthenticatorSendPacket';
    this.#live(call);
    if (this.#state === 'waiting') {
      throw outOfOrder(call, 'the last request waits for its response; `request` has it, to be sent again');
    }
    if (this.#state === 'result') throw outOfOrder(call, 'the method has a result');
    if (this.#state === 'respond') throw outOfOrder(call, 'the method waits for attributes');
  }

  sent(): void {
    this.#state = 'waiting';
  }

  /** EapMethodAuthenticatorReceivePacket: after a request, once for each that the method does not discard. */
  receive(): void {
    const call = 'EapMethodAuthenticatorReceivePacket';
    this.#live(call);
    if (this.#state !== 'waiting') {
      const why =
        this.#state === 'begun'
          ? 'the first request was not sent'
          : `the action ${this.#state} is to be carried out first`;
      throw outOfOrder(call, why);
    }
  }

  /** The method was given something. A packet that it discards changes nothing. */
  acted(action: AuthenticatorAction): void {
    this.#hasAttributes = false;
    this.#state = action === 'discard' ? 'waiting' : action;
  }

  getAttributes(): void {
    const call = 'EapMethodAuthenticatorGetAttributes';
    this.#after(call, 'respond');
    if (this.#hasAttributes) throw outOfOrder(call, 'it is called once for each action respond');
  }

  hasAttributes(): void {
    this.#hasAttributes = true;
  }

  setAttributes(): void {
    const call = 'EapMethodAuthenticatorSetAttributes';
    this.#after(call, 'respond');
    if (!this.#hasAttributes) throw outOfOrder(call, 'it comes after EapMethodAuthenticatorGetAttributes');
  }

  /** EapMethodAuthenticatorGetResult: after the action `result`, since methods claim success before it; once. */
  getResult(): void {
    this.#after('EapMethodAuthenticatorGetResult', 'result');
  }

  hasResult(): void {
    this.#state = 'over';
  }

  updateInnerMethodParams(): void {
    this.#live('EapMethodAuthenticatorUpdateInnerMethodParams');
  }

  #live(call: string): void {
    if (this.#state === 'over') throw outOfOrder(call, 'the session has had its result, and only ends');
  }

  #after(call: string, wanted: AuthenticatorAction): void {
    this.#live(call);
    if (this.#state !== wanted) throw outOfOrder(call, `it belongs to the action ${wanted}`);
  }
}
