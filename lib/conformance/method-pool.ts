// The loaded sides of a method, handed from case to case: loading a DLL starts a process, which takes longer than most
// cases. JavaScript thread.

import type { AuthenticatorMethod } from '../method-dlls/authenticator-method.js';
import type { PeerMethod } from '../method-dlls/peer-method.js';

/** What is loaded for each side. */
export interface Sides {
  readonly peer: PeerMethod;
  readonly authenticator: AuthenticatorMethod;
}

/** Owns what no case has at the moment. */
export class MethodPool implements AsyncDisposable {
  /** The case that has failed because the peer's EndSession ended the process. */
  endCrash: string | undefined;
  readonly #idle: { readonly [Side in keyof Sides]: Sides[Side][] } = { peer: [], authenticator: [] };

  /** One that another case has left; undefined where none is. */
  take<Side extends keyof Sides>(side: Side): Sides[Side] | undefined {
    return this.#idle[side].pop();
  }

  /** Takes back what is as it was when it was loaded; false where it is not, and the caller's to close. */
  give<Side extends keyof Sides>(side: Side, method: Sides[Side]): boolean {
    if (method.isClosed || method.stats().sessions > 0) return false;
    this.#idle[side].push(method);
    return true;
  }

  /** Closes them. How a method is shut down is a case of its own. */
  async [Symbol.asyncDispose](): Promise<void> {
    const idle = [...this.#idle.peer.splice(0), ...this.#idle.authenticator.splice(0)];
    await Promise.allSettled(idle.map((each) => each.close()));
  }
}
