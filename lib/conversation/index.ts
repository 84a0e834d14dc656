/**
 * Method DLLs driven call by call, and conversations between two of them.
 *
 * @module eaphost/method-dlls
 */

export { AuthenticatorMethod } from '../method-dlls/authenticator-method.js';
export type {
  AuthenticatorMethodResult,
  AuthenticatorMethodSession,
  AuthenticatorRequest,
  AuthenticatorStep,
} from '../method-dlls/authenticator-session.js';
export type {
  BeginAuthenticatorOptions,
  BeginPeerOptions,
  MethodAsked,
  PeerAsked,
} from '../method-dlls/begin-options.js';
export type { MethodCall, MethodCallValue } from '../method-dlls/call-trace.js';
export { converse } from './converse.js';
export type * from './options.js';
export { conversationLadder } from './ladder.js';
export type { LoadMethodOptions } from '../method-dlls/load-options.js';
export type { MethodStats } from '../method-dlls/method-dll.js';
export { PeerMethod, type DefinitionOptions } from '../method-dlls/peer-method.js';
export type { GenericCredential } from '../methods/method.js';
export type { UiPart, UiPaths } from '../method-dlls/ui-dlls.js';
export type {
  PeerAction,
  PeerMethodResult,
  PeerMethodSession,
  PeerOutput,
} from '../method-dlls/peer-session.js';
