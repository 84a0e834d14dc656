// What authenticators ask a user database: whether a user may come in, with a password or without one.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { wipe } from './credentials.js';
import type { AuthenticatorResult, ProvedIdentity } from './method.js';
import { accountErrors, failureReasonOf, rasErrors } from './ras-errors.js';
import { secretFrom } from '../base/secret.js';
import type { UserStore } from './users.js';
import { refused } from './verdicts.js';

/** Nobody's password, which nobody knows. Drawn once: to draw it for nobody alone would tell who there is. */
const nobodysPassword = randomBytes(8).toString('hex');

/**
 * The one look-up of an account: its RAS code, 0 where the user may come in. The work is the same for nobody as for
 * somebody whose account may not be used.
 * @param isProved whether the peer has proved that it knows this password, which is wiped afterwards; left out where
 * something else has proved the identity
 */
export async function judgeUser(
  users: UserStore,
  identity: string,
  isProved: (password: Buffer) => boolean | Promise<boolean> = () => true,
): Promise<number> {
  const user = await users.lookup(identity);
  const password = secretFrom(user?.password ?? nobodysPassword);
  try {
    const isRight = await isProved(password);
    return isRight && user ? accountErrors[user.state ?? 'active'] : rasErrors.authenticationFailure;
  } finally {
    wipe(password);
  }
}

/** For `mayResume`: whether the account is still good. */
export async function mayResumeUser(users: UserStore, { identity }: ProvedIdentity): Promise<boolean> {
  return identity !== undefined && (await judgeUser(users, identity)) === 0;
}

/** The verdict on a user by such a code. */
export function passwordVerdict(error: number, identity: string): AuthenticatorResult {
  return error === 0 ? { isSuccess: true, identity, attributes: [] } : refused(failureReasonOf(error));
}

/** Whether two passwords in the clear are the same, without telling by the time how much of them is. */
export function isSamePassword(one: Uint8Array, other: Uint8Array): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  const isSame = timingSafeEqual(first!, second!);
  wipe(first, second);
  return isSame;
}
