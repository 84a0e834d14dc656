// EAP-MSCHAPv2 (draft-kamath-pppext-eap-mschapv2-02) as definitions: peer, and authenticator over a user database.

import { propertyBits } from '../types.js';
import type { AuthenticatorSide, MethodDefinition, PeerSide } from './method.js';
import { Mschapv2Authenticator, type Mschapv2AuthenticatorOptions } from './mschapv2-authenticator.js';
import { mschapv2Type } from './mschapv2-packets.js';
import { Mschapv2Peer, type Mschapv2PeerOptions } from './mschapv2-peer.js';
import { passwordConfiguration } from './password-fields.js';
import { passwordIdentity } from './password-peer.js';

/** EAP-MSCHAPv2 as peer. Its user blob is that of `encodeCredentials`. */
export function mschapv2Peer(
  options: Mschapv2PeerOptions = {},
): MethodDefinition & { readonly peer: PeerSide } {
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

/** EAP-MSCHAPv2 as peer that never asks: a failure is acknowledged. */
export const mschapv2 = mschapv2Peer();

/** EAP-MSCHAPv2 as authenticator, over a user database, and as peer. */
export function mschapv2Authenticator(
  options: Mschapv2AuthenticatorOptions,
): MethodDefinition & { readonly peer: PeerSide; readonly authenticator: AuthenticatorSide } {
  return {
    ...mschapv2,
    authenticator: { beginSession: (begin) => new Mschapv2Authenticator(options, begin) },
  };
}
