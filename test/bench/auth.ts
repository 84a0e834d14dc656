// Whole authentications through the public facade, from opening a session to its end: with the native method, and
// with MSCHAPv2 in TypeScript on both sides. Links are in memory, so that no network is measured.

import {
  openEapHost,
  type BeginSessionOptions,
  type EapHost,
  type LinkEvent,
  type Transport,
} from '../../lib/index.js';
import { memoryUsers, mschapv2Authenticator } from '../../lib/methods/index.js';
import { AuthenticatorLink } from '../supplicant/authenticator-link.js';
import { identityRequest, libraryPath, requests, sideBySide, times, trivialMethod } from './support.js';

const atOnce = 16;
const authentications = { native: 8000, mschapv2: 800 };
const user = { username: 'alice', password: 'a password' };

/** The authenticator of the trivial method: asks for the identity, asks once, is content. */
export class TrivialLink implements Transport {
  readonly #script = [identityRequest, requests[1] as Buffer, Buffer.from([3, 1, 0, 4])];
  #at = 0;

  receive(): Promise<LinkEvent> {
    return Promise.resolve(this.#script[this.#at++] ?? 'timeout');
  }

  send(): Promise<void> {
    return Promise.resolve();
  }
}

async function authenticate(host: EapHost, options: BeginSessionOptions, link: Transport): Promise<void> {
  await using session = await host.beginSession(options);
  const { isSuccess } = await session.authenticate(link);
  if (!isSuccess) throw new Error('the authentication failed');
}

/** How many authentications a second get done, a few at a time. */
async function perSecond(count: number, authenticateOnce: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await Promise.all(
    times(atOnce, async () => {
      for (let done = 0; done < count / atOnce; done += 1) await authenticateOnce();
    }),
  );
  return (count / (performance.now() - start)) * 1000;
}

/** Authentications per second, and what one with MSCHAPv2 costs in ones with the native method. */
export interface AuthRates {
  readonly native: { readonly perSecond: number };
  readonly mschapv2: { readonly perSecond: number };
  readonly ratio: number;
}

/** Both ways side by side. */
export async function benchAuth(): Promise<AuthRates> {
  await using host = await openEapHost({
    runtime: 'embedded',
    methodDlls: [{ type: trivialMethod, dllPath: libraryPath('trivialmethod') }],
  });
  const { authenticator } = mschapv2Authenticator({ users: memoryUsers({ [user.username]: user.password }) });
  const { native, mschapv2 } = await sideBySide({
    native: () =>
      perSecond(authentications.native, () =>
        authenticate(host, { method: trivialMethod, connectionId: null }, new TrivialLink()),
      ),
    mschapv2: () =>
      perSecond(authentications.mschapv2, () =>
        authenticate(host, { method: 'mschapv2', credentials: user }, new AuthenticatorLink(authenticator)),
      ),
  });
  return { native: { perSecond: native }, mschapv2: { perSecond: mschapv2 }, ratio: native / mschapv2 };
}
