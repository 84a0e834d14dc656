/**
 * EAP methods in TypeScript, and what one's own method is made of.
 *
 * @module eaphost/methods
 */

export type * from '../hosts/method.js';
export {
  CredentialsError,
  decodeCredentials,
  encodeCredentials,
  type Credentials,
  type CredentialsInput,
} from './credentials.js';
export { defineMethod, type MethodInput } from './define.js';
export { md5, md5Authenticator } from './md5.js';
export { mschapv2, mschapv2Authenticator, mschapv2Peer } from './mschapv2.js';
export type { Mschapv2AuthenticatorOptions } from './mschapv2-authenticator.js';
export type { Mschapv2PeerOptions } from './mschapv2-peer.js';
export * from './tls/index.js';
export {
  memoryUsers,
  type AccountState,
  type PasswordAuthenticatorOptions,
  type UserRecord,
  type UserStore,
} from './users.js';
