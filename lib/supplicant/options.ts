// The options of sessions, identities and method DLLs: checked, and converted to the native form.

import { isAbsolute } from 'node:path';
import { types } from 'node:util';

import {
  ownOptions,
  signalNames,
  windowNames,
  toSignal,
  toHandle,
  toGuid,
  toInteger,
  toName,
  toOptionalCopy,
  toText,
  type OptionNames,
  type SignalOptions,
  type WindowOptions,
} from '../base/arguments.js';
import { systemErrorCodes } from '../base/error-codes.js';
import { EapError } from '../base/errors.js';
import { isObject } from '../base/guards.js';
import { CredentialsError, encodeCredentials, type CredentialsInput } from '../methods/credentials.js';
import { toAttributes } from '../eap/attributes.js';
import type { NativeBeginOptions, NativeMethodContext, NativeUserToken } from '../native/runtime-types.js';
import {
  flagBits,
  formatMethodType,
  isSameMethodType,
  namesToBits,
  propertyBits,
  toMethodType,
  type EapAttribute,
  type Flag,
  type FullMethodType,
  type MethodProperty,
  type MethodType,
} from '../eap/names.js';
import { secretFrom } from '../base/secret.js';

/**
 * The methods that have a name; their types are those of Windows' methods, too. Of the package's own, `md5` and
 * `mschapv2` are built in; the others must be given to `openEapHost({ methods })`.
 */
export const namedMethods = {
  md5: { type: 4, vendorId: 0, vendorType: 0, authorId: 0 },
  mschapv2: { type: 26, vendorId: 0, vendorType: 0, authorId: 0 },
  gtc: { type: 6, vendorId: 0, vendorType: 0, authorId: 0 },
  tls: { type: 13, vendorId: 0, vendorType: 0, authorId: 0 },
  peap: { type: 25, vendorId: 0, vendorType: 0, authorId: 0 },
  ttls: { type: 21, vendorId: 0, vendorType: 0, authorId: 311 },
} as const satisfies Record<string, FullMethodType>;

/** A method that has a name. */
export type MethodName = keyof typeof namedMethods;

/** What to do where `method` is not installed, or is no method in TypeScript of the host. */
export function installAdvice(method: FullMethodType, runtime: Hosting['runtime']): string {
  const name = `EAP method ${formatMethodType(method)}`;
  if (runtime === 'system') {
    return `${name} is not installed; install it, or choose one of those that \`eaphost methods\` lists`;
  }
  const [own] = Object.entries(namedMethods).find(([, type]) => isSameMethodType(type, method)) ?? [];
  return own === undefined
    ? `${name} is not installed; register its DLL with host.registerMethod(), or give a method in TypeScript to ` +
        'openEapHost({ methods })'
    : `${name} was not given to the host: openEapHost({ methods: [${own === 'gtc' ? own : `${own}Peer({ … })`}] }), ` +
        'from eaphost/methods';
}

/** What is to be known of a host. */
export interface Hosting {
  readonly runtime: 'system' | 'embedded';
  /** Whether the method is one in TypeScript of this host. */
  hosts(method: FullMethodType): boolean;
}

/** EAP_FLAG_… and a signal. */
export interface FlagOptions extends SignalOptions {
  /** EAP_FLAG_… by name, those of the session. Default none. */
  readonly flags?: readonly Flag[] | undefined;
}

/**
 * A user of Windows. `'self'` is this process' (OpenProcessToken). `{ session }` is whoever is logged on in that session
 * (WTSQueryUserToken), which only a service running as LocalSystem may ask. These two are opened for the call or session,
 * and closed after it. A bigint is the value of an impersonation token's handle, which stays yours: close it after the
 * session has ended.
 */
export type UserToken = bigint | 'self' | { readonly session: number };

const flagNames: OptionNames<FlagOptions> = { ...signalNames, flags: 'strings' };

/** A method, and the blobs that a call passes to it. */
export interface MethodOptions<Name extends MethodName = MethodName> extends FlagOptions {
  /** The method: its whole type, or the name of one of the package's own. */
  readonly method: MethodType | Name;
  /** The connection blob; without it the method's defaults. */
  readonly config?: Uint8Array | undefined;
  /**
   * The user blob. Or a user's name and password, for methods in TypeScript of this host; the blob that they are
   * encoded into is wiped when the call is over, or the session that it begins.
   */
  readonly credentials?: Uint8Array | CredentialsInput | undefined;
  /**
   * Windows: whose certificates and credentials the method may use. Default: `'self'` with Windows' EAPHost, unless
   * `flags` has `machineAuth`; otherwise `0n`, none.
   */
  readonly userToken?: UserToken | undefined;
}

const methodNames: OptionNames<MethodOptions> = {
  ...flagNames,
  method: true,
  config: 'bytes',
  credentials: 'object',
  userToken: true,
};

/** The options of a method's dialog. */
export const dialogNames: OptionNames<MethodOptions & WindowOptions> = { ...methodNames, ...windowNames };

/**
 * The options of a session (EapHostPeerBeginSession). Without flags it is a user's, and may show dialogs. Without
 * credentials, Windows may have no identity to send (`EAP_E_EAPHOST_IDENTITY_UNKNOWN`).
 */
export interface BeginSessionOptions<Name extends MethodName = MethodName> extends MethodOptions<Name> {
  /** Attributes for the method. */
  readonly attributes?: readonly EapAttribute[] | undefined;
  /**
   * The largest EAP packet that the method may send, in octets, 256 to 65,535; it must fragment longer messages.
   * Default 1,400, which fits an Ethernet frame, and a RADIUS packet in one, with room for tunnels.
   */
  readonly maxSendPacketSize?: number | undefined;
  /**
   * The GUID of the logical connection, the same for each re-authentication of it. A connection can have one session
   * at a time and lasts until `clearConnection`. Default: a new one that is cleared when the session ends. `null`:
   * none, for the inner session of a tunnel method.
   */
  readonly connectionId?: string | null | undefined;
}

const beginNames: OptionNames<BeginSessionOptions> = {
  ...methodNames,
  attributes: 'array',
  maxSendPacketSize: 'number',
  connectionId: 'orNull',
};

/** Options that passed every check. Everything in it is a copy. */
export interface CheckedBeginOptions {
  readonly native: NativeBeginOptions;
  /** The host made the connection up: it ends with the session. */
  readonly isOwnConnection: boolean;
  readonly signal: AbortSignal | undefined;
}

const defaultMaxSendPacketSize = 1400;

/** A method: its type, or its name. */
export function toMethod(value: unknown): FullMethodType {
  if (typeof value === 'string') return namedMethods[toName(value, 'method', namedMethods)];
  return toMethodType(value, 'method');
}

/** The fields of credentials, their types checked; the encoder checks their contents. */
function toUserToken(value: unknown, runtime: Hosting['runtime'], flags: number): NativeUserToken {
  if (value === undefined) {
    return runtime === 'system' && (flags & flagBits.machineAuth) === 0 ? 'self' : 0n;
  }
  if (value === 'self') return value;
  if (isObject(value)) {
    const { session } = ownOptions(value, 'userToken', { session: 'number' });
    return toInteger(session, 'userToken.session', 0, 0xffff_fffe);
  }
  if (typeof value !== 'bigint') throw new TypeError("userToken must be a bigint, 'self' or { session }");
  return toHandle(value, 'userToken');
}

/** A user blob, copied, or for methods in TypeScript encoded from its fields. */
export function toCredentials(value: unknown, method: FullMethodType, hosting: Hosting): Buffer | undefined {
  if (value === undefined || types.isUint8Array(value)) return toOptionalCopy(value, 'credentials');
  if (!isObject(value)) {
    throw new TypeError('credentials must be a user blob, or an object with username and password');
  }
  if (!hosting.hosts(method)) {
    throw new TypeError(
      'credentials must be a user blob, as only methods in TypeScript of this host take an object with username and ' +
        `password: ${hosting.runtime === 'system' ? 'make one with host.credentialsFromXml()' : installAdvice(method, 'embedded')}`,
    );
  }
  try {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it checks them
    return encodeCredentials(value as unknown as CredentialsInput);
  } catch (error) {
    if (error instanceof CredentialsError) {
      throw new RangeError(`credentials: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

const toFlags = (flags: unknown): number => namesToBits(flags ?? [], 'flags', flagBits);

/** The bits of `flags`, and the signal. */
export function checkFlagOptions(options: FlagOptions | undefined): {
  readonly flags: number;
  readonly signal: AbortSignal | undefined;
} {
  const { flags, signal } = ownOptions(options, 'options', flagNames);
  return { flags: toFlags(flags), signal: toSignal(signal) };
}

/** Options that passed every check. The blobs in it are copies. */
export interface CheckedMethodOptions {
  readonly native: NativeMethodContext;
  readonly signal: AbortSignal | undefined;
}

/** Checks the options of a call of a method. Throws TypeError or RangeError that name the argument. */
export function checkMethodOptions(
  options: MethodOptions,
  hosting: Hosting,
  names: OptionNames<MethodOptions> = methodNames,
): CheckedMethodOptions {
  if (options === undefined) throw new TypeError('options must be an object');
  const given: Readonly<Partial<Record<keyof MethodOptions, unknown>>> = ownOptions(
    options,
    'options',
    names,
  );
  const method = toMethod(given.method);
  const signal = toSignal(given.signal);
  const flags = toFlags(given.flags);
  const native = {
    method,
    flags,
    userToken: toUserToken(given.userToken, hosting.runtime, flags),
    connectionData: toOptionalCopy(given.config, 'config'),
    // Last: it makes what must be wiped.
    userData: toCredentials(given.credentials, method, hosting),
  };
  return { native, signal };
}

/** Checks the options of a session. Throws TypeError or RangeError that name the argument. */
export function checkBeginOptions(options: BeginSessionOptions, hosting: Hosting): CheckedBeginOptions {
  const given: Readonly<Partial<Record<keyof BeginSessionOptions, unknown>>> = ownOptions(
    options,
    'options',
    beginNames,
  );
  const { maxSendPacketSize = defaultMaxSendPacketSize, connectionId } = given;
  const own = {
    attributes: toAttributes(given.attributes ?? [], 'attributes').map(({ type, value }) => ({
      type,
      value: secretFrom(value),
    })),
    maxSendPacketSize: toInteger(maxSendPacketSize, 'maxSendPacketSize', 256, 65_535),
    connectionId:
      connectionId === null
        ? undefined
        : connectionId === undefined
          ? crypto.randomUUID()
          : toGuid(connectionId, 'connectionId'),
  };
  // Last: it makes what must be wiped.
  const { native, signal } = checkMethodOptions(options, hosting, beginNames);
  return { native: { ...native, ...own }, isOwnConnection: connectionId === undefined, signal };
}

/** The options of a call for a method's identity (EapHostPeerGetIdentity). */
export type IdentityOptions = MethodOptions;

/** A native method DLL for the embedded run-time. */
export interface MethodDll {
  readonly type: MethodType;
  /** Absolute path of the peer method DLL (.dll, .so, .dylib). It runs in this process: load what you trust. */
  readonly dllPath: string;
  /** For people. Default: the path. */
  readonly friendlyName?: string | undefined;
  /** Default: empty. */
  readonly authorName?: string | undefined;
  /** The method's properties. Default: none. */
  readonly properties?: readonly MethodProperty[] | undefined;
}

const dllNames: OptionNames<MethodDll> = {
  type: 'object',
  dllPath: 'string',
  friendlyName: 'string',
  authorName: 'string',
  properties: 'strings',
};

/** A method DLL that passed every check, as the native side takes it. */
export interface CheckedMethodDll {
  readonly type: FullMethodType;
  readonly dllPath: string;
  readonly friendlyName?: string;
  readonly authorName?: string;
  readonly properties: number;
}

/**
 * Rejects with `EapError` `ERROR_MOD_NOT_FOUND` where there is no such file: without it the first session would fail, far
 * from the path that is wrong.
 */
export async function requireDll({ dllPath, type }: CheckedMethodDll): Promise<void> {
  const { stat } = await import('node:fs/promises');
  const found = await stat(dllPath).catch(() => undefined);
  if (found?.isFile() === true) return;
  throw new EapError(`there is no DLL of method ${formatMethodType(type)} at ${dllPath}; check dllPath`, {
    code: 'ERROR_MOD_NOT_FOUND',
    winError: systemErrorCodes.ERROR_MOD_NOT_FOUND,
    method: type,
  });
}

/** Checks a method DLL's description. Throws TypeError or RangeError that name `argument`. */
export function checkMethodDll(value: unknown, argument: string): CheckedMethodDll {
  if (!isObject(value)) throw new TypeError(`${argument} must be an object`);
  const given = ownOptions<keyof MethodDll>(value, argument, dllNames);
  const { friendlyName, authorName } = given;
  const type = toMethodType(given.type, `${argument}.type`);
  const dllPath = toText(given.dllPath, `${argument}.dllPath`);
  if (!isAbsolute(dllPath)) {
    throw new RangeError(`${argument}.dllPath must be absolute: a name alone would be searched for`);
  }
  return {
    type,
    dllPath,
    ...(friendlyName === undefined ? {} : { friendlyName: toText(friendlyName, `${argument}.friendlyName`) }),
    ...(authorName === undefined ? {} : { authorName: toText(authorName, `${argument}.authorName`) }),
    properties: namesToBits(given.properties ?? [], `${argument}.properties`, propertyBits),
  };
}
