// What tunnel methods and single sign-on ask of a run-time: its arguments, checked, and what it gives.

import { signalOf, ownOptions, toHandle, toOptionalCopy, type SignalOptions } from '../base/arguments.js';
import { toCredentials, toMethod, type MethodName } from './options.js';
import type { CredentialsInput } from '../methods/credentials.js';
import type { NativeIdentityOptions } from '../native/runtime-types.js';
import { flagBits, namesToBits, type Flag, type FullMethodType, type MethodType } from '../eap/names.js';

/** What a method is asked for its identity with (EapHostPeerGetIdentity). */
export interface IdentityOptions extends SignalOptions {
  /** The method: its whole type, or the name of one of the package's own. */
  readonly method: MethodType | MethodName;
  /** EAP_FLAG_… by name. Default none. */
  readonly flags?: readonly Flag[] | undefined;
  /** The connection blob; without it the method's defaults. */
  readonly config?: Uint8Array | undefined;
  /** The user blob; or a user's name and password, for methods in TypeScript of this host. */
  readonly credentials?: Uint8Array | CredentialsInput | undefined;
  /** Windows: the impersonation token of the user, as a handle's value. Default 0n, none. */
  readonly userToken?: bigint | undefined;
}

/** A method's identity (EapHostPeerGetIdentity). */
export interface Identity {
  /** The user must be asked first: there is no identity yet. */
  readonly invokeUi: boolean;
  /** What to answer the network's identity request with. */
  readonly identity: string | undefined;
  /** The user blob to begin the session with; undefined where there is none. It may hold secrets. */
  readonly credentials: Buffer | undefined;
}

/** Whose credentials a single sign-on left in Windows (EapHostPeerGetDataToUnplumbCredentials). */
export interface UnplumbData {
  /** The connection that saved credentials last. */
  readonly connectionId: string;
  /** The impersonation token of the user, as a handle's value. */
  readonly userToken: bigint;
  /** Whether they went to the Credential Manager. */
  readonly saveToCredMan: boolean;
}

/** Options that passed every check. The blobs in it are copies. */
export interface CheckedIdentityOptions {
  readonly native: NativeIdentityOptions;
  readonly signal: AbortSignal | undefined;
}

/** Checks the options of an identity. Throws TypeError or RangeError that name the argument. */
export function checkIdentityOptions(
  options: IdentityOptions,
  isHosted: (method: FullMethodType) => boolean,
): CheckedIdentityOptions {
  if (options === undefined) throw new TypeError('options must be an object');
  const given: Readonly<Partial<Record<keyof IdentityOptions, unknown>>> = ownOptions(options, 'options');
  const method = toMethod(given.method);
  const signal = signalOf(options);
  const native = {
    method,
    flags: namesToBits(given.flags ?? [], 'flags', flagBits),
    userToken: toHandle(given.userToken, 'userToken'),
    connectionData: toOptionalCopy(given.config, 'config'),
    // Last: it makes what must be wiped.
    userData: toCredentials(given.credentials, method, isHosted),
  };
  return { native, signal };
}
