// The methods on TLS: what the package offers of them.

export type { TlsVersion } from './engine.js';
export {
  type EapTlsAuthenticatorOptions,
  type EapTlsPeerOptions,
  tlsAuthenticator,
  tlsPeer,
} from './eap-tls.js';
export { gtc, gtcAuthenticator } from '../gtc.js';
export type { TlsAuthenticatorSettings, TlsIdentity, TlsPeerSettings, TlsSettings } from './options.js';
export { peapAuthenticator, type PeapAuthenticatorOptions, peapPeer, type PeapPeerOptions } from './peap.js';
export type { CryptoBindingOffer } from './peap-authenticator.js';
export type { CryptoBindingPolicy } from './peap-peer.js';
export {
  type CertificateSubject,
  type IssuedIdentity,
  makeTestAuthority,
  type TestAuthority,
} from './test-authority.js';
export { parseServerNames, type ServerName } from './server-names.js';
export { type ClientTrust, type Pem, type ServerTrust, TlsOptionsError } from './trust.js';
export { ttlsAuthenticator, type TtlsAuthenticatorOptions, ttlsPeer, type TtlsPeerOptions } from './ttls.js';
export type { TtlsPasswordMethod } from './ttls-password.js';
export type { CertificateName, CertificateUsers } from './user-certificate.js';
