// The order of a method's calls within a session (the documented call sequences), as authenticator and as peer. Pure.

import type { AuthenticatorAction } from '../hosts/method.js';
import { outOfOrder } from './session.js';
import type { NativePeerOutput } from '../native/method-types.js';
import { nameOf } from '../eap/names.js';
import { peerActions } from '../hosts/method.js';

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

type PeerAction = keyof typeof peerActions;

/** What may be called next. */
export class PeerOrder {
  #hasProcessed = false;
  #hasCredentials = false;
  #hasResult = false;
  /** What the method asked for last. */
  #action: PeerAction = 'none';
  /** What the action asks for was fetched: the packet, the UI context, the attributes. */
  #isFetched = false;

  /** EapPeerSetCredentials: once, before the first packet. */
  setCredentials(): void {
    if (this.#hasProcessed) throw outOfOrder('EapPeerSetCredentials', 'it comes before the first packet');
    if (this.#hasCredentials) throw outOfOrder('EapPeerSetCredentials', 'it is called once');
  }

  hasCredentials(): void {
    this.#hasCredentials = true;
  }

  /** EapPeerProcessRequestPacket: any time until there is a result. */
  process(): void {
    this.#live('EapPeerProcessRequestPacket');
    if (this.#action === 'result') {
      throw outOfOrder('EapPeerProcessRequestPacket', 'the method has a result for EapPeerGetResult');
    }
  }

  /** The function that fetches what the action `wanted` is about: once for each such action. */
  fetch(call: string, wanted: PeerAction): void {
    this.#after(call, wanted);
    if (this.#isFetched) throw outOfOrder(call, 'it is called once for each packet');
  }

  fetched(): void {
    this.#isFetched = true;
  }

  /** The function that answers the action `wanted`, after what it is about was fetched. */
  answer(call: string, wanted: PeerAction, fetch: string): void {
    this.#after(call, wanted);
    if (!this.#isFetched) throw outOfOrder(call, `it comes after ${fetch}`);
  }

  /** EapPeerGetResult: once. */
  getResult(): void {
    this.#live('EapPeerGetResult');
  }

  hasResult(): void {
    this.#hasResult = true;
  }

  /** The method was given something and asked for an action; `isFetched`: with what belongs to it. */
  acted({ action }: NativePeerOutput, isFetched: boolean): void {
    this.#hasProcessed = true;
    this.#action = nameOf(peerActions, action) ?? 'discard';
    this.#isFetched = isFetched;
  }

  #live(call: string): void {
    if (this.#hasResult) throw outOfOrder(call, 'the session has had its result, and only ends');
  }

  #after(call: string, wanted: PeerAction): void {
    this.#live(call);
    if (this.#action !== wanted) {
      const last = this.#hasProcessed ? `the last one was ${this.#action}` : 'there was none yet';
      throw outOfOrder(call, `it belongs to the action ${wanted}, and ${last}`);
    }
  }
}
