// The order of a peer method's calls within a session (the documented call sequence). Pure.

import type { NativePeerOutput } from '../native/method-types.js';
import { nameOf } from '../eap/names.js';
import { peerActions } from './call-trace.js';
import { outOfOrder } from './session.js';

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
