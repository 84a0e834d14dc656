// Driving method DLLs: what the package exports of it.

export { AuthenticatorMethod } from './authenticator-method.js';
export type {
  AuthenticatorMethodResult,
  AuthenticatorMethodSession,
  AuthenticatorRequest,
  AuthenticatorStep,
} from './authenticator-session.js';
export type { BeginAuthenticatorOptions, BeginPeerOptions, MethodAsked, PeerAsked } from './begin-options.js';
export type { MethodCall, MethodCallValue } from './call-trace.js';
export { converse } from '../conversation/converse.js';
export type * from '../conversation/options.js';
export { ladder } from '../conversation/ladder.js';
export type { LoadMethodOptions } from './load-options.js';
export type { MethodStats } from './method-dll.js';
export { PeerMethod, type DefinitionOptions, type GenericCredential } from './peer-method.js';
export type { UiPart, UiPaths } from './ui-dlls.js';
export type { PeerAction, PeerMethodResult, PeerMethodSession, PeerOutput } from './peer-session.js';
