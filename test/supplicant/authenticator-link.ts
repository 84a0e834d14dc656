// A link in memory to the authenticator side of a method in TypeScript, as a RADIUS server would drive it.

import type { LinkEvent, Transport } from '../../lib/index.js';
import type {
  AuthenticatorResult,
  AuthenticatorSession,
  AuthenticatorSide,
} from '../../lib/methods/index.js';

const identityType = 1;

/** One conversation with an authenticator. JavaScript thread. */
export class AuthenticatorLink implements Transport {
  /** What the authenticator made of it, once it has. */
  result: AuthenticatorResult | undefined;
  readonly #side: AuthenticatorSide;
  readonly #end = new AbortController();
  #session: AuthenticatorSession | undefined;
  #id = 1;
  #next: Uint8Array = Buffer.from([1, 1, 0, 5, identityType]);

  constructor(side: AuthenticatorSide) {
    this.#side = side;
  }

  async receive(): Promise<LinkEvent> {
    return this.#next;
  }

  async send(packet: Uint8Array): Promise<void> {
    const response = Buffer.from(packet);
    if (response[4] === identityType) {
      this.#session = await this.#side.beginSession({
        flags: new Set(),
        identity: response.toString('utf8', 5),
        attributes: [],
        config: Buffer.alloc(0),
        maxSendPacketSize: 1400,
        signal: this.#end.signal,
      });
      await this.#request();
      return;
    }
    if (this.#session === undefined) throw new Error('a response before the identity');
    const action = await this.#session.receivePacket(response);
    if (action === 'send') {
      await this.#request();
    } else if (action === 'result') {
      const { attributes, ...result } = await this.#session.getResult();
      // The method wipes its own when the session ends.
      const copies = attributes.map(({ type, value }) => ({ type, value: Buffer.from(value) }));
      this.result = { ...result, attributes: copies };
      this.#next = Buffer.from([this.result.isSuccess ? 3 : 4, this.#id, 0, 4]);
      await this.#session.end();
    } else {
      throw new Error(`the authenticator says ${action}`);
    }
  }

  async #request(): Promise<void> {
    this.#id += 1;
    const sent = await this.#session?.sendPacket(this.#id);
    if (sent !== undefined) this.#next = sent.packet;
  }
}
