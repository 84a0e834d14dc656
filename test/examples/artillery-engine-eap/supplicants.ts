// The supplicants of one worker: a run-time and a RADIUS client that all virtual users of it share.

import { type EapHost, openEapHost } from 'eaphost';
import { RadiusClient, radiusTransport } from 'eaphost/radius';

import { placed, type Settings } from './settings.js';

/** Who authenticates. */
export interface User {
  /** With a certificate, undefined: the name in that. */
  readonly identity: string | undefined;
  readonly password: string;
  readonly callingStationId: string | undefined;
}

/** How an authentication ended. */
export interface Verdict {
  readonly isAccepted: boolean;
  /** The name of the code that the peer has for a rejection. */
  readonly reason: string;
  /** Requests that the server answered. */
  readonly roundTrips: number;
  /** Milliseconds from the identity to the verdict. */
  readonly time: number;
}

/** An authentication without a verdict; those of eaphost have codes of their own. */
export class NoVerdictError extends Error {
  constructor(
    readonly code: 'NO_VERDICT' | 'KEYS_DIFFER',
    message: string,
  ) {
    super(message);
  }
}

export class Supplicants {
  readonly #settings: Settings;
  readonly #client: RadiusClient;
  #host: Promise<EapHost> | undefined;

  /** Opens nothing yet. Throws ScriptError for what the client refuses. */
  constructor(settings: Settings) {
    this.#settings = settings;
    this.#client = placed(() => new RadiusClient(settings.client));
  }

  /** Whether a first user came. */
  get isOpen(): boolean {
    return this.#host !== undefined;
  }

  /**
   * One authentication; `onSentAgain` is told of each request that the server did not answer in time. Rejects where
   * there was no verdict, with EapError, RadiusError or NoVerdictError.
   */
  async authenticate(
    { identity, password, callingStationId }: User,
    onSentAgain: () => void,
  ): Promise<Verdict> {
    const { method, methods, resumption, calledStationId } = this.#settings;
    this.#host ??= openEapHost({ runtime: 'embedded', methods });
    const host = await this.#host;
    await using session = await host.beginSession({
      method,
      ...(identity !== undefined && { credentials: { username: identity, password } }),
      flags: resumption ? [] : ['fullAuth'],
    });
    let roundTrips = 0;
    const transport = radiusTransport(this.#client, {
      ...(callingStationId !== undefined && { callingStationId }),
      ...(calledStationId !== undefined && { calledStationId }),
      onPacket({ direction, radius, attempt = 1 }) {
        if (direction === 'received' && radius) roundTrips++;
        if (direction === 'sent' && attempt > 1) onSentAgain();
      },
    });
    const start = performance.now();
    const { isSuccess, reason = 'unknown', keys } = await session.authenticate(transport);
    const time = performance.now() - start;
    const { accept, reject } = transport;
    if (!accept && !reject) {
      throw new NoVerdictError('NO_VERDICT', 'the method had no answer to the last request');
    }
    if (keys.msk && accept?.msk && !keys.msk.equals(accept.msk)) {
      throw new NoVerdictError('KEYS_DIFFER', 'the server has other keys');
    }
    for (const key of [keys.msk, keys.emsk, accept?.msk, accept?.sendKey, accept?.recvKey]) key?.fill(0);
    return { isAccepted: isSuccess && accept !== undefined, reason, roundTrips, time };
  }

  async close(): Promise<void> {
    await this.#client.close();
    // One that could not be opened has failed each of its users already.
    const host = await this.#host?.catch(() => undefined);
    await host?.close();
  }
}
