// EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2-02) as definitions: peer, and authenticator over a user database.

import { ownOptions } from '../base/arguments.js';
import { propertyBits } from '../eap/names.js';
import type { MethodWith } from '../hosts/method.js';
import {
  Mschapv2Authenticator,
  mschapv2AuthenticatorNames,
  type Mschapv2AuthenticatorOptions,
} from './mschapv2-authenticator.js';
import { mschapv2Type } from './mschapv2-packets.js';
import { Mschapv2Peer, type Mschapv2PeerOptions } from './mschapv2-peer.js';
import { passwordIdentity, withAuthenticator } from './password.js';
import { passwordConfiguration } from './password-fields.js';

/**
 * EAP-MSCHAPv2 (type 26) as peer, for `openEapHost({ methods })`, inside PEAP and TTLS, and for `converse`. Its user
 * blob is that of `encodeCredentials`, its connection blob may be empty. On success it exports an MSK of 32 octets. A
 * wrong password is a result, `EAP_E_USER_NAME_PASSWORD_REJECTED`; a session without credentials asks for them
 * (`invokeUi`).
 *
 * @example
 * ```ts
 * import { openEapHost } from 'eaphost';
 * import { mschapv2Peer } from 'eaphost/methods';
 *
 * const methods = [mschapv2Peer({ askAgain: true })];
 * await using eaphost = await openEapHost({ runtime: 'embedded', methods });
 * ```
 */
export function mschapv2Peer(given: Mschapv2PeerOptions = {}): MethodWith<'peer'> {
  const options = ownOptions(given, 'options', { askAgain: 'boolean' });
  return {
    type: { type: mschapv2Type },
    name: 'EAP-MSCHAPv2',
    properties:
      propertyBits.mutualAuth |
      propertyBits.replayProtection |
      propertyBits.keyDerivation |
      propertyBits.keyStrength64 |
      propertyBits.keyStrength128 |
      propertyBits.standalone |
      propertyBits.mppeEncryption |
      propertyBits.machineAuth |
      propertyBits.userAuth,
    peer: {
      getIdentity: passwordIdentity,
      beginSession: (begin) => new Mschapv2Peer(begin, options),
    },
    configuration: passwordConfiguration,
  };
}

/**
 * EAP-MSCHAPv2 as peer that never asks: a failure is acknowledged. Built into the embedded run-time, there as
 * `beginSession({ method: 'mschapv2' })`. As {@link mschapv2Peer} otherwise.
 */
export const mschapv2 = mschapv2Peer();

/**
 * EAP-MSCHAPv2 as authenticator, over a user database, and as peer: for `RadiusServer.listen`, `peapAuthenticator`
 * and `ttlsAuthenticator`. The database must have the passwords themselves, because the authenticator computes the
 * response and compares. If a password has expired and the store can change it, the peer is asked for a new one. An
 * error of the store fails the conversation.
 *
 * @example
 * ```ts
 * import { memoryUsers, mschapv2Authenticator } from 'eaphost/methods';
 * import { RadiusServer } from 'eaphost/radius';
 *
 * const users = memoryUsers({ alice: 'correct horse' });
 * await RadiusServer.listen({ secret: 'shared secret', methods: [mschapv2Authenticator({ users })] });
 * ```
 */
export function mschapv2Authenticator(
  options: Mschapv2AuthenticatorOptions,
): MethodWith<'peer' | 'authenticator'> {
  return withAuthenticator(
    mschapv2,
    options,
    (own, begin) => new Mschapv2Authenticator(own, begin),
    mschapv2AuthenticatorNames,
  );
}
