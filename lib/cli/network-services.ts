// The services of Windows that `eaphost network` works with, as far as it needs them, and the steps of applying a profile:
// what was there before comes back where a step fails.

import { EapError } from '../base/errors.js';
import { openWlan, type Wlan, wired } from '../networks/index.js';
import { errorCode } from './command.js';
import type { NetworkProfile } from './network-input.js';

/** A client of the WLAN service. */
export type WlanClient = Pick<
  Wlan,
  | 'interfaces'
  | 'profiles'
  | 'networks'
  | 'getProfile'
  | 'setProfile'
  | 'setCredentials'
  | 'deleteProfile'
  | 'connect'
> &
  AsyncDisposable;

/** The services. */
export interface NetworkServices {
  readonly openWlan: () => Promise<WlanClient>;
  readonly wired: Pick<
    typeof wired,
    'profiles' | 'getProfile' | 'setProfile' | 'setCredentials' | 'deleteProfile' | 'reconnect'
  >;
}

export const windowsServices: NetworkServices = { openWlan: () => openWlan(), wired };

/** Where and for whom, until when. */
export interface ApplyTarget {
  readonly interface: string | undefined;
  readonly forAllUsers: boolean;
  /** An abort counts between two steps, so that what is taken back is known. */
  readonly signal: AbortSignal;
}

/** Takes back what a step has done. */
type Undo = () => Promise<void>;

/**
 * Does steps, each of which says how it is taken back. Where one fails, all that were done are, the last one first, before its
 * error comes.
 */
export async function allOrNothing(steps: (done: (undo: Undo) => void) => Promise<void>): Promise<void> {
  const undos: Undo[] = [];
  try {
    await steps((undo) => undos.push(undo));
  } catch (error) {
    try {
      for (const undo of undos.toReversed()) await undo();
    } catch (second) {
      const [first, why] = [error, second].map((each) =>
        each instanceof Error ? each.message : String(each),
      );
      throw new EapError(`${first}. What was there before did not come back: ${why}`, {
        code: errorCode(error) ?? 'EAPHOST_COMMAND',
        repair: 'look at the profile (eaphost network show), and apply it again',
        cause: error,
      });
    }
    throw error;
  }
}

/** Puts a wireless profile and its credentials into the WLAN service. */
export async function applyWlan(
  wlan: WlanClient,
  { name, xml }: NetworkProfile & { readonly kind: 'wlan' },
  credentials: string | undefined,
  { forAllUsers, interface: port, signal }: ApplyTarget,
  done: (undo: Undo) => void,
): Promise<void> {
  const at = port === undefined ? {} : { interface: port };
  const isThere = (await wlan.profiles(at)).some((profile) => profile.name === name);
  const before = isThere ? await wlan.getProfile(name, at) : undefined;
  await wlan.setProfile(xml, { ...at, forAllUsers, overwrite: true });
  done(async () => {
    if (before === undefined) await wlan.deleteProfile(name, at);
    else await wlan.setProfile(before.xml, { ...at, forAllUsers: before.forAllUsers, overwrite: true });
  });
  signal.throwIfAborted();
  if (credentials !== undefined) await wlan.setCredentials(name, credentials, { ...at, forAllUsers });
}

/** Gives a wired adapter its profile and credentials. */
export async function applyWired(
  services: NetworkServices['wired'],
  xml: string,
  credentials: string | undefined,
  { forAllUsers, interface: port, signal }: ApplyTarget & { readonly interface: string },
  done: (undo: Undo) => void,
): Promise<void> {
  const before = await services.getProfile(port, { signal });
  await services.setProfile(port, xml);
  done(() => (before === undefined ? services.deleteProfile(port) : services.setProfile(port, before)));
  signal.throwIfAborted();
  // A file holds them until netsh has ended: the abort ends it.
  if (credentials !== undefined) await services.setCredentials(port, credentials, { forAllUsers, signal });
}
