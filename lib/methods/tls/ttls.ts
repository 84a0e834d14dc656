// EAP-TTLSv0 (RFC 5281) as definitions: peer and authenticator.

import { propertyBits } from '../../types.js';
import type { AuthenticatorSide, MethodDefinition, PeerBegin, PeerSide } from '../method.js';
import { passwordIdentity } from '../password-peer.js';
import { TlsAuthenticator, TlsAuthenticatorKit } from './authenticator.js';
import type { TlsAuthenticatorSettings, TlsIdentity, TlsPeerSettings } from './options.js';
import { type TlsMethod, TlsPeer, TlsPeerKit } from './peer.js';
import { TtlsAuthenticator, type TtlsInside } from './ttls-authenticator.js';
import type { TtlsPasswordMethod } from './ttls-password.js';
import { TtlsEapPeer, TtlsPasswordPeer } from './ttls-peer.js';
import { tunnelIdentity } from './tunnel-identity.js';
import type { PeerTunnel } from './tunnel.js';

/** What the peer of EAP-TTLS is given: whom to trust, and what to do in the tunnel. */
export interface TtlsPeerOptions extends TlsPeerSettings, TlsIdentity {
  /** A password method, or inner EAP methods in order of preference. */
  readonly inner: TtlsPasswordMethod | readonly MethodDefinition[];
  /** For EAP-Response/Identity, which travels in the clear (identity privacy). The inner identity when left out. */
  readonly identity?: string;
}

/** What the authenticator of EAP-TTLS is given: its certificate, users for password methods, inner EAP methods. */
export interface TtlsAuthenticatorOptions extends TlsAuthenticatorSettings, TtlsInside {}

const method: TlsMethod = { type: 21, version: 0, keyLabel: 'ttls keying material' };

const definition = {
  type: { type: method.type, authorId: 311 },
  name: 'EAP-TTLS',
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
    propertyBits.fragmentation |
    propertyBits.standalone |
    propertyBits.mppeEncryption |
    propertyBits.tunnelMethod |
    propertyBits.machineAuth |
    propertyBits.userAuth |
    propertyBits.identityPrivacy,
};

/**
 * EAP-TTLS as peer. Its user blob is that of `encodeCredentials`, or of the inner EAP method.
 * @throws TlsOptionsError for certificates that cannot be used, and where no server is trusted
 */
export function ttlsPeer(options: TtlsPeerOptions): MethodDefinition & { readonly peer: PeerSide } {
  const kit = new TlsPeerKit(method, options);
  const { inner, identity } = options;
  const tunnel = (begin: PeerBegin): PeerTunnel =>
    typeof inner === 'string' ? new TtlsPasswordPeer(inner, begin) : new TtlsEapPeer(inner, begin);
  return {
    ...definition,
    peer: {
      getIdentity(request) {
        if (typeof inner !== 'string') return tunnelIdentity(inner[0], identity, request);
        const reply = passwordIdentity(request);
        return 'identity' in reply && identity !== undefined ? { ...reply, identity } : reply;
      },
      beginSession: (begin) => new TlsPeer(kit, tunnel(begin), begin),
    },
  };
}

/**
 * EAP-TTLS as authenticator.
 * @throws TlsOptionsError for certificates that cannot be used
 */
export function ttlsAuthenticator(
  options: TtlsAuthenticatorOptions,
): MethodDefinition & { readonly authenticator: AuthenticatorSide } {
  const kit = new TlsAuthenticatorKit(method, options);
  return {
    ...definition,
    authenticator: {
      beginSession: (begin) => new TlsAuthenticator(kit, new TtlsAuthenticator(options, begin), begin),
    },
  };
}
