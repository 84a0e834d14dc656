// Names of EAPHost's numbers: method types, flags, properties, actions, reasons.
// The numbers are those of native/abi; a test compares them.

import { isNameOf, namesOf } from '../base/guards.js';

export * from '../base/method-type.js';

/** EAP flags (EAP_FLAG_…) by name. */
export const flagBits = {
  nonInteractive: 0x2,
  logon: 0x4,
  preview: 0x8,
  machineAuth: 0x20,
  guestAccess: 0x40,
  resumeFromHibernate: 0x200,
  fullAuth: 0x1000,
  preferAltCredentials: 0x2000,
  healthStateChange: 0x8000,
  suppressUi: 0x10000,
  preLogon: 0x20000,
  userAuth: 0x40000,
  configReadonly: 0x80000,
  vpn: 0x800000,
  onlyEapTls: 0x1000000,
  serverValidationRequired: 0x2000000,
} as const;

/** A session flag, named as Windows names it without EAP_FLAG_. */
export type Flag = keyof typeof flagBits;

/** Method properties (eapProp…) by name. */
export const propertyBits = {
  cipherSuiteNegotiation: 0x1,
  mutualAuth: 0x2,
  integrity: 0x4,
  replayProtection: 0x8,
  confidentiality: 0x10,
  keyDerivation: 0x20,
  keyStrength64: 0x40,
  keyStrength128: 0x80,
  keyStrength256: 0x100,
  keyStrength512: 0x200,
  keyStrength1024: 0x400,
  dictionaryAttackResistance: 0x800,
  fastReconnect: 0x1000,
  cryptoBinding: 0x2000,
  sessionIndependence: 0x4000,
  fragmentation: 0x8000,
  channelBinding: 0x10000,
  nap: 0x20000,
  standalone: 0x40000,
  mppeEncryption: 0x80000,
  tunnelMethod: 0x100000,
  supportsConfig: 0x200000,
  certifiedMethod: 0x400000,
  hiddenMethod: 0x800000,
  machineAuth: 0x1000000,
  userAuth: 0x2000000,
  identityPrivacy: 0x4000000,
  methodChaining: 0x8000000,
  sharedStateEquivalence: 0x10000000,
} as const;

/** A method's property, named as Windows names it without eapProp. */
export type MethodProperty = keyof typeof propertyBits;

/** One EAP attribute: a RADIUS attribute number or one of EAPHost's own (EAP_ATTRIBUTE_TYPE), and its raw value. */
export interface EapAttribute {
  readonly type: number;
  readonly value: Uint8Array;
}

/** EapHostPeerResponseAction by name. */
export const actionNumbers = {
  discard: 0,
  send: 1,
  result: 2,
  invokeUi: 3,
  respond: 4,
  startAuthentication: 5,
  none: 6,
} as const;

/** What the run-time asks of the supplicant after a packet (EapHostPeerResponseAction). */
export type Action = keyof typeof actionNumbers;

/** EapHostPeerMethodResultReason by name. */
export const resultReasonNumbers = { altSuccess: 1, timeout: 2, fromMethod: 3 } as const;

/** Why the result is asked for (EapHostPeerMethodResultReason). */
export type ResultReason = keyof typeof resultReasonNumbers;

/** ISOLATION_STATE by name. Network Access Protection; `unknown` since Windows 10. */
export const isolationStateNumbers = {
  unknown: 0,
  notRestricted: 1,
  inProbation: 2,
  restrictedAccess: 3,
} as const;

/** The network's verdict on the machine's health (ISOLATION_STATE). */
export type IsolationState = keyof typeof isolationStateNumbers;

/** EAPHOST_AUTH_STATUS by name. */
export const authStatusNumbers = {
  invalidSession: 0,
  notStarted: 1,
  identityExchange: 2,
  negotiatingType: 3,
  inProgress: 4,
  succeeded: 5,
  failed: 6,
} as const;

/** How far an authentication has come (EAPHOST_AUTH_STATUS). */
export type AuthStatusName = keyof typeof authStatusNumbers;

/** EapHostPeerAuthParams by name. */
export const authParameterNumbers = {
  authStatus: 1,
  identity: 2,
  identityExtendedInfo: 3,
  napInfo: 4,
} as const;

/** The bits of an array of names. Throws a TypeError that names `argument` if it is not such an array. */
export function namesToBits<Name extends string>(
  names: unknown,
  argument: string,
  table: Readonly<Record<Name, number>>,
): number {
  if (!Array.isArray(names)) {
    throw new TypeError(`${argument} must be an array of ${namesOf(table).join(', ')}`);
  }
  const list: readonly unknown[] = names;
  let bits = 0;
  for (const [index, name] of list.entries()) {
    if (!isNameOf(table, name)) {
      throw new TypeError(`${argument}[${index}] must be one of ${namesOf(table).join(', ')}`);
    }
    bits |= table[name];
  }
  return bits >>> 0;
}

function namesOfBits<Name extends string>(table: Readonly<Record<Name, number>>, bits: number): Name[] {
  return namesOf(table).filter((name) => (bits & table[name]) !== 0);
}

/** The names of the flags set in `bits`; bits without a name are left out. */
export function bitsToFlags(bits: number): ReadonlySet<Flag> {
  return new Set(namesOfBits(flagBits, bits));
}

/** The names of the properties set in `bits`; bits without a name are left out. */
export function bitsToProperties(bits: number): readonly MethodProperty[] {
  return namesOfBits(propertyBits, bits);
}

/** What a method says of itself (EAP_METHOD_PROPERTY_ARRAY). */
export interface MethodProperties {
  /** The properties that it has. */
  readonly properties: readonly MethodProperty[];
  /**
   * What is no property with a name: by EAP_METHOD_PROPERTY_TYPE's number, a boolean, a number, or the octets of a
   * string.
   */
  readonly others: ReadonlyMap<number, boolean | number | Buffer>;
}

const namedProperties = 29;

/** EAP_METHOD_PROPERTY_ARRAY in the facade's terms. */
export function toProperties(
  list: readonly { type: number; value: boolean | number | Buffer }[],
): MethodProperties {
  let bits = 0;
  const others = new Map<number, boolean | number | Buffer>();
  for (const { type, value } of list) {
    if (typeof value !== 'boolean' || type >= namedProperties) others.set(type, value);
    else if (value) bits |= 1 << type;
  }
  return { properties: bitsToProperties(bits >>> 0), others };
}

/** The name that `table` gives `number`; undefined if it gives none. */
export function nameOf<Name extends string>(
  table: Readonly<Record<Name, number>>,
  number: number,
): Name | undefined {
  for (const name in table) if (table[name] === number && Object.hasOwn(table, name)) return name;
  return undefined;
}
