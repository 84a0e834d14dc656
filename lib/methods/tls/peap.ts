// PEAPv0 ([MS-PEAP]) as definitions: peer and authenticator, over any inner methods.

import { propertyBits } from '../../types.js';
import type { AuthenticatorSide, MethodDefinition, PeerSide } from '../method.js';
import { mschapv2 } from '../mschapv2.js';
import { TlsAuthenticator, TlsAuthenticatorKit } from './authenticator.js';
import type { TlsAuthenticatorSettings, TlsPeerSettings } from './options.js';
import { type CryptoBindingOffer, PeapAuthenticator } from './peap-authenticator.js';
import { type CryptoBindingPolicy, PeapPeer } from './peap-peer.js';
import { type TlsMethod, TlsPeer, TlsPeerKit } from './peer.js';
import { tunnelIdentity } from './tunnel-identity.js';

/** What the peer of PEAP is given: whom to trust, and what to do in the tunnel. */
export interface PeapPeerOptions extends TlsPeerSettings {
  /** Inner methods in order of preference. EAP-MSCHAPv2 when left out. */
  readonly methods?: readonly MethodDefinition[];
  /** For EAP-Response/Identity, which travels in the clear (identity privacy). The inner identity when left out. */
  readonly identity?: string;
  /** `optional` when left out: crypto-binding is checked where the server has it. */
  readonly cryptoBinding?: CryptoBindingPolicy;
}

/** What the authenticator of PEAP is given. */
export interface PeapAuthenticatorOptions extends TlsAuthenticatorSettings {
  /** Inner methods in order of preference, each with an authenticator side. */
  readonly methods: readonly MethodDefinition[];
  /** `optional` when left out. */
  readonly cryptoBinding?: CryptoBindingOffer;
}

const method: TlsMethod = {
  type: 25,
  version: 0,
  alwaysLength: true,
  keyLabel: 'client EAP encryption',
};

const definition = {
  type: { type: method.type },
  name: 'PEAP',
  properties:
    propertyBits.cipherSuiteNegotiation |
    propertyBits.mutualAuth |
    propertyBits.integrity |
    propertyBits.replayProtection |
    propertyBits.confidentiality |
    propertyBits.keyDerivation |
    propertyBits.keyStrength128 |
    propertyBits.dictionaryAttackResistance |
    propertyBits.fastReconnect |
    propertyBits.cryptoBinding |
    propertyBits.fragmentation |
    propertyBits.standalone |
    propertyBits.mppeEncryption |
    propertyBits.tunnelMethod |
    propertyBits.machineAuth |
    propertyBits.userAuth |
    propertyBits.identityPrivacy,
};

/**
 * PEAPv0 as peer. Its user blob is that of the inner method.
 * @throws TlsOptionsError for certificates that cannot be used, and where no server is trusted
 */
export function peapPeer(options: PeapPeerOptions): MethodDefinition & { readonly peer: PeerSide } {
  const kit = new TlsPeerKit(method, options);
  const { methods = [mschapv2], identity, cryptoBinding = 'optional' } = options;
  return {
    ...definition,
    peer: {
      getIdentity: (request) => tunnelIdentity(methods[0], identity, request),
      beginSession: (begin) => new TlsPeer(kit, new PeapPeer(methods, begin, cryptoBinding), begin),
    },
  };
}

/**
 * PEAPv0 as authenticator.
 * @throws TlsOptionsError for certificates that cannot be used
 */
export function peapAuthenticator(
  options: PeapAuthenticatorOptions,
): MethodDefinition & { readonly authenticator: AuthenticatorSide } {
  const kit = new TlsAuthenticatorKit(method, options);
  const { methods, cryptoBinding = 'optional' } = options;
  return {
    ...definition,
    authenticator: {
      beginSession: (begin) =>
        new TlsAuthenticator(kit, new PeapAuthenticator(methods, begin, cryptoBinding), begin),
    },
  };
}
