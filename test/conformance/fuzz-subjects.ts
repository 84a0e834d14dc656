// Peers and servers that the fuzz proxy stands between: our own supplicant, which tells its keys, and eapol_test.

import { encodeCredentials } from '../../lib/methods/credentials.js';
import type { PeerTarget } from '../../lib/conformance/peer-probe.js';
import { openEapHost } from '../../lib/supplicant/open.js';
import type { EapHost } from '../../lib/supplicant/eaphost.js';
import { RadiusClient, radiusTransport } from '../../lib/radius/index.js';
import { type OfferName, offers, secret } from './subjects.js';

export type Authenticate = PeerTarget['authenticate'];

/** Our own supplicant. */
export class Supplicant implements AsyncDisposable {
  readonly #host: EapHost;

  private constructor(host: EapHost) {
    this.#host = host;
  }

  static async open(): Promise<Supplicant> {
    const methods = [offers.tls.peer, offers.peap.peer, offers.ttls.peer];
    return new Supplicant(await openEapHost({ runtime: 'embedded', methods }));
  }

  /** A peer of a method. */
  peer(offer: OfferName | 'md5'): Authenticate {
    return async ({ port, signal }) => {
      await using client = new RadiusClient({ host: '127.0.0.1', port, secret, timeoutMs: 200, retries: 3 });
      const credentials = encodeCredentials({ username: 'alice', password: 'a secret apple' });
      const method = offer === 'md5' ? offer : offers[offer].peer.type;
      await using session = await this.#host.beginSession({ method, credentials });
      const {
        isSuccess,
        keys,
        reason = 'no reason',
      } = await session.authenticate(radiusTransport(client), {
        signal,
      });
      return { isSuccess, said: reason, ...(keys.msk && { msk: keys.msk }) };
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.close();
  }
}
