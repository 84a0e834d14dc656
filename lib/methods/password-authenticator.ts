// What the authenticators of the password methods share: whether a user may come in.

import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { wipe } from './credentials.js';
import { accountErrors, rasErrors } from './ras-errors.js';
import type { UserRecord } from './users.js';

/**
 * The RAS code for a user, undefined being nobody; 0 where the user may come in. Takes as long for nobody as for
 * somebody.
 * @param isProved whether the peer has proved that it knows this password, which is wiped afterwards
 */
export async function judgeUser(
  user: UserRecord | undefined,
  isProved: (password: Buffer) => boolean | Promise<boolean>,
): Promise<number> {
  // Nobody's password is as unknown as random digits; the work is the same.
  const password = Buffer.from(user?.password ?? randomBytes(16).toString('hex'));
  try {
    const isRight = await isProved(password);
    return isRight && user ? accountErrors[user.state ?? 'active'] : rasErrors.authenticationFailure;
  } finally {
    wipe(password);
  }
}

/** Whether two passwords in the clear are the same, without telling by the time how much of them is. */
export function isSamePassword(one: Uint8Array, other: Uint8Array): boolean {
  const [first, second] = [one, other].map((text) => createHash('sha256').update(text).digest());
  const isSame = timingSafeEqual(first!, second!);
  wipe(first, second);
  return isSame;
}
