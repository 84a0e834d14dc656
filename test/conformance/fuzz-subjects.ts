// Peers and servers that the fuzz proxy stands between: our own supplicant, which tells its keys, and our own server, of
// which one may be wrong.

import { encodeCredentials } from '../../lib/methods/credentials.js';
import type { PeerTarget } from '../../lib/conformance/peer-probe.js';
import { openEapHost } from '../../lib/supplicant/open.js';
import type { EapHost } from '../../lib/supplicant/eaphost.js';
import { fuzz, type FuzzOptions, type FuzzReport } from '../../lib/conformance/fuzz.js';
import { type RelayHooks, RadiusRelay } from '../../lib/conformance/relay.js';
import {
  RadiusClient,
  RadiusServer,
  type RadiusServerOptions,
  radiusTransport,
} from '../../lib/radius/index.js';
import { type OfferName, offers, secret } from './subjects.js';

export type Authenticate = PeerTarget['authenticate'];

/** What is between the proxy and a healthy server or peer, and makes it wrong. */
export interface Wrong {
  readonly server?: () => RelayHooks;
  /** In place of the server's own methods; the peer's is MD5-Challenge then. */
  readonly methods?: RadiusServerOptions['methods'];
  readonly peer?: (healthy: Authenticate) => Authenticate;
}

/** Rounds between our supplicant and our server, of which one may be wrong. */
export async function fuzzOwn(
  supplicant: Supplicant,
  offer: OfferName,
  wrong: Wrong,
  options: Partial<FuzzOptions>,
): Promise<FuzzReport> {
  const { methods = offers[offer].methods } = wrong;
  await using server = await RadiusServer.listen({ secret, methods, port: 0 });
  const hooks = { port: server.port, secret: Buffer.from(secret), ...wrong.server?.() };
  await using relay = await RadiusRelay.listen(hooks);
  const healthy = supplicant.peer(wrong.methods ? 'md5' : offer);
  return await fuzz({
    host: '127.0.0.1',
    port: relay.port,
    secret,
    authenticate: wrong.peer?.(healthy) ?? healthy,
    seed: 1,
    rounds: 120,
    concurrency: 16,
    hangMs: 20_000,
    restartMs: 1000,
    ...options,
  });
}

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
