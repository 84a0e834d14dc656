// The options of calls of a method DLL, checked and copied.

import {
  ownOptions,
  signalNames,
  type OptionNames,
  toHandle,
  toInteger,
  toOptionalCopy,
  type SignalOptions,
} from '../base/arguments.js';
import type { NativeAuthenticatorBegin, NativePeerBegin } from '../native/method-types.js';
import type { NativeAttributeInput } from '../native/runtime-types.js';
import { flagBits, namesToBits, type EapAttribute, type Flag } from '../eap/names.js';
import { secretFrom } from '../base/secret.js';
import { toAttributes } from '../eap/attributes.js';

/** The options of a method's call. */
export interface MethodAsked extends SignalOptions {
  /** EAP_FLAG_… by name. Default none. */
  readonly flags?: readonly Flag[] | undefined;
  /** The connection blob; without it the method's defaults. */
  readonly config?: Uint8Array | undefined;
}

export const askedNames: OptionNames<MethodAsked> = { ...signalNames, flags: 'strings', config: 'bytes' };

/** The options of a peer method's call. */
export interface PeerAsked extends MethodAsked {
  /** The user blob. Copied, and wiped after the call. */
  readonly credentials?: Uint8Array | undefined;
  /** Windows: the impersonation token of the user, as a handle's value. Default 0n, none: machine authentication. */
  readonly userToken?: bigint | undefined;
}

export const peerAskedNames: OptionNames<PeerAsked> = {
  ...askedNames,
  credentials: 'bytes',
  userToken: true,
};

interface Begin {
  /**
   * Attributes for the method. With null it gets a NULL pointer in place of an array without attributes, whenever its
   * session has none for it: some hosts do that.
   */
  readonly attributes?: readonly EapAttribute[] | null | undefined;
  /** The largest EAP packet that the method may send, in octets, 64 to 65,535. Default 1,400. */
  readonly maxSendPacketSize?: number | undefined;
}

const beginNames: OptionNames<Begin> = { attributes: 'orNull', maxSendPacketSize: 'number' };

/** The options of a peer method's session (EapPeerBeginSession). */
export interface BeginPeerOptions extends PeerAsked, Begin {}

const beginPeerNames: OptionNames<BeginPeerOptions> = { ...peerAskedNames, ...beginNames };

/** The options of an authenticator method's session (EapMethodAuthenticatorBeginSession). */
export interface BeginAuthenticatorOptions extends MethodAsked, Begin {
  /** From the peer's EAP-Response/Identity. Default empty. */
  readonly identity?: string | undefined;
}

const beginAuthenticatorNames: OptionNames<BeginAuthenticatorOptions> = {
  ...askedNames,
  ...beginNames,
  identity: 'string',
};

/** The default of `maxSendPacketSize`. */
export const defaultPacketSize = 1400;

/** Flags and connection blob. */
export function toAsked(options: MethodAsked | undefined, names: OptionNames<MethodAsked> = askedNames) {
  return askedOf(ownOptions(options, 'options', names));
}

/** Also token and user blob, which is to be wiped. */
export function toPeerAsked(options: PeerAsked | undefined, names: OptionNames<PeerAsked> = peerAskedNames) {
  return peerAskedOf(ownOptions(options, 'options', names));
}

/** All that a peer's session begins with; the user blob is to be wiped. */
export function toBeginPeer(options: BeginPeerOptions | undefined) {
  return beginPeerOf(ownOptions<BeginPeerOptions>(options, 'options', beginPeerNames));
}

/** All that an authenticator's session begins with. */
export function toBeginAuthenticator(options: BeginAuthenticatorOptions | undefined) {
  return beginAuthenticatorOf(
    ownOptions<BeginAuthenticatorOptions>(options, 'options', beginAuthenticatorNames),
  );
}

// Field by field: V8 takes longer for an object that another is spread into than for all its checks.

/** The same of options whose names are right. */
export function beginPeerOf(own: BeginPeerOptions): NativePeerBegin {
  const { flags, connectionData, userToken, userData } = peerAskedOf(own);
  const { attributes, nullAttributes, maxSendPacketSize } = beginOf(own);
  return { flags, connectionData, userToken, userData, attributes, nullAttributes, maxSendPacketSize };
}

/** The same of options whose names are right. */
export function beginAuthenticatorOf(own: BeginAuthenticatorOptions): NativeAuthenticatorBegin {
  const { flags, connectionData } = askedOf(own);
  const { attributes, nullAttributes, maxSendPacketSize } = beginOf(own);
  const identity = toIdentity(own.identity);
  return { flags, connectionData, attributes, nullAttributes, maxSendPacketSize, identity };
}

function askedOf({ flags, config }: MethodAsked) {
  return {
    flags: flags === undefined ? 0 : namesToBits(flags, 'flags', flagBits),
    connectionData: toOptionalCopy(config, 'config'),
  };
}

/** Also token and user blob, of options whose names are right. */
export function peerAskedOf(own: PeerAsked) {
  const { flags, connectionData } = askedOf(own);
  return {
    flags,
    connectionData,
    userToken: toHandle(own.userToken, 'userToken'),
    userData: toOptionalCopy(own.credentials, 'credentials'),
  };
}

/** Attributes and packet size. */
function beginOf({ attributes = [], maxSendPacketSize = defaultPacketSize }: Begin): {
  attributes: readonly NativeAttributeInput[];
  nullAttributes: boolean | undefined;
  maxSendPacketSize: number;
} {
  return {
    nullAttributes: attributes === null || undefined,
    attributes: toAttributes(attributes ?? [], 'attributes').map(({ type, value }) => ({
      type,
      value: secretFrom(value),
    })),
    maxSendPacketSize: toInteger(maxSendPacketSize, 'maxSendPacketSize', 64, 65_535),
  };
}

/** An identity, empty for none. */
function toIdentity(value: unknown): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new TypeError('identity must be a string');
  if (value.includes('\0')) throw new RangeError('identity must not hold NUL');
  return value;
}
