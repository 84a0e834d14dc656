// What `eaphost wired` is told at the switch of these tests: methods by their profiles, and the service that has them.

import { createHash, X509Certificate } from 'node:crypto';

import { encodeCredentials } from '../../../lib/methods/index.js';
import { profiles } from '../../../lib/profiles/index.js';
import { Service, type Options } from './service.js';
import { password, serverAuthority, serverName } from './switch.js';
import { otherAuthor } from './windows-machine.js';
import { windowsNode } from './windows-node.js';
import type { Ends, Wire } from './wire.js';

const sha1 = createHash('sha1').update(new X509Certificate(serverAuthority).raw).digest('hex');
const serverValidation = { disablePrompt: true, serverNames: [serverName], trustedRoots: [sha1] };

/** MSCHAPv2 in PEAP, for alice. */
export const peap = {
  profile: profiles.peap({ serverValidation, inner: { mschapv2: {} }, performServerValidation: true }),
  credentials: (password: string) =>
    profiles.credentials.peap({ inner: { mschapv2: { username: 'alice', password } } }),
};
/** Of carol's. */
export const mschapv2 = {
  profile: profiles.mschapv2({ useWinlogonCredentials: false }),
  credentials: (password: string) => profiles.credentials.mschapv2({ username: 'carol', password }),
};
/** Of bob's. */
export const md5 = {
  profile: profiles.blob({ type: { type: 4 }, blob: Buffer.alloc(0) }),
  credentials: (password: string) =>
    profiles.credentials.blob({
      type: { type: 4 },
      blob: encodeCredentials({ username: 'bob', password }),
    }),
};
/** Who has a new password for when the old one expires. */
export const expired = {
  profile: mschapv2.profile,
  credentials: (password: string) =>
    profiles.credentials.blob({
      type: { type: 26 },
      blob: encodeCredentials({ username: 'carol', password, newPassword: 'battery staple' }),
    }),
};
/** A method, as a profile and credentials say it. */
export type WiredMethod = typeof peap;

/** A profile or credentials for the methods that are there: under Wine those of another author than Windows'. */
export const byAuthor = (xml: string): string =>
  windowsNode === undefined ? xml : xml.replace(/(?<=AuthorId>)0(?=<)/u, String(otherAuthor));

/** A service with a method; `given` is the password that it has. */
export function serviceOf(
  wire: Wire,
  method: WiredMethod,
  given = password,
  options: Options = {},
  ends: Ends = wire,
  environment: Readonly<Record<string, string>> = {},
): Service {
  // The methods that are installed know whom to trust.
  const trust = windowsNode === undefined ? { ca: 'ca.pem' } : {};
  const source = { profile: 'profile.xml', credentials: 'credentials.xml' };
  const service = new Service(wire, { ...source, ...trust, ...options }, ends, environment);
  service.write('profile.xml', byAuthor(method.profile));
  service.write('credentials.xml', byAuthor(method.credentials(given)));
  service.write('ca.pem', serverAuthority);
  return service;
}
