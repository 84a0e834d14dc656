/**
 * Method DLLs driven call by call, and conversations between two of them.
 *
 * @module eaphost/method-dlls
 */

export { AuthenticatorMethod } from './authenticator-method.js';
export type {
  AuthenticatorMethodResult,
  AuthenticatorMethodSession,
  AuthenticatorRequest,
  AuthenticatorStep,
} from './authenticator-session.js';
export type { BeginAuthenticatorOptions, BeginPeerOptions, MethodAsked, PeerAsked } from './begin-options.js';
export type { MethodCall, MethodCallValue } from './call-trace.js';
export { converse } from './converse.js';
export type * from '../hosts/options.js';
export type * from './converse-options.js';
export { conversationLadder } from './ladder.js';
export type { LoadMethodOptions } from './load-options.js';
export type { MethodStats } from './method-dll.js';
export { PeerMethod, type DefinitionOptions } from './peer-method.js';
export type { GenericCredential } from '../hosts/method.js';
export type { UiPart, UiPaths } from './ui-dlls.js';
export type { PeerAction, PeerMethodResult, PeerMethodSession, PeerOutput } from './peer-session.js';
