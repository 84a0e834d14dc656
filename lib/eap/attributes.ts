// EAP attributes: the names of their numbers, vendor-specific values, and the keys in them (EAP_ATTRIBUTES).

import { toBytes, ownOptions, toInteger, type OptionNames } from '../base/arguments.js';
import type { EapAttribute } from './names.js';
import { isObject } from '../base/guards.js';
import { copyFrom, secretBuffer, secretFrom } from '../base/secret.js';

/** EAP_ATTRIBUTE_TYPE: RADIUS attribute numbers and EAPHost's own, named as Windows names them without `eat`. */
export const attributeTypes = {
  Minimum: 0,
  UserName: 1,
  UserPassword: 2,
  MD5CHAPPassword: 3,
  NASIPAddress: 4,
  NASPort: 5,
  ServiceType: 6,
  FramedProtocol: 7,
  FramedIPAddress: 8,
  FramedIPNetmask: 9,
  FramedRouting: 10,
  FilterId: 11,
  FramedMTU: 12,
  FramedCompression: 13,
  LoginIPHost: 14,
  LoginService: 15,
  LoginTCPPort: 16,
  Unassigned17: 17,
  ReplyMessage: 18,
  CallbackNumber: 19,
  CallbackId: 20,
  Unassigned21: 21,
  FramedRoute: 22,
  FramedIPXNetwork: 23,
  State: 24,
  Class: 25,
  VendorSpecific: 26,
  SessionTimeout: 27,
  IdleTimeout: 28,
  TerminationAction: 29,
  CalledStationId: 30,
  CallingStationId: 31,
  NASIdentifier: 32,
  ProxyState: 33,
  LoginLATService: 34,
  LoginLATNode: 35,
  LoginLATGroup: 36,
  FramedAppleTalkLink: 37,
  FramedAppleTalkNetwork: 38,
  FramedAppleTalkZone: 39,
  AcctStatusType: 40,
  AcctDelayTime: 41,
  AcctInputOctets: 42,
  AcctOutputOctets: 43,
  AcctSessionId: 44,
  AcctAuthentic: 45,
  AcctSessionTime: 46,
  AcctInputPackets: 47,
  AcctOutputPackets: 48,
  AcctTerminateCause: 49,
  AcctMultiSessionId: 50,
  AcctLinkCount: 51,
  AcctEventTimeStamp: 55,
  MD5CHAPChallenge: 60,
  NASPortType: 61,
  PortLimit: 62,
  LoginLATPort: 63,
  TunnelType: 64,
  TunnelMediumType: 65,
  TunnelClientEndpoint: 66,
  TunnelServerEndpoint: 67,
  ARAPPassword: 70,
  ARAPFeatures: 71,
  ARAPZoneAccess: 72,
  ARAPSecurity: 73,
  ARAPSecurityData: 74,
  PasswordRetry: 75,
  Prompt: 76,
  ConnectInfo: 77,
  ConfigurationToken: 78,
  EAPMessage: 79,
  Signature: 80,
  ARAPChallengeResponse: 84,
  AcctInterimInterval: 85,
  NASIPv6Address: 95,
  FramedInterfaceId: 96,
  FramedIPv6Prefix: 97,
  LoginIPv6Host: 98,
  FramedIPv6Route: 99,
  FramedIPv6Pool: 100,
  ARAPGuestLogon: 8096,
  CertificateOID: 8097,
  EAPConfiguration: 8098,
  PEAPEmbeddedEAPTypeId: 8099,
  FastRoamedSession: 8100,
  PEAPFastRoamedSession: 8100,
  EAPTLV: 8102,
  CredentialsChanged: 8103,
  InnerEapMethodType: 8104,
  ClearTextPassword: 8107,
  QuarantineSoH: 8150,
  CertificateThumbprint: 8250,
  PeerId: 9000,
  ServerId: 9001,
  MethodId: 9002,
  EMSK: 9003,
  SessionId: 9004,
  Reserved: -1,
} as const;

/** The name of an attribute type, without `eat`. */
export type AttributeName = keyof typeof attributeTypes;

/** Attributes: an array of objects with a number `type` and bytes `value`. */
export function toAttributes(value: unknown, argument: string): EapAttribute[] {
  if (!Array.isArray(value)) throw new TypeError(`${argument} must be an array of attributes`);
  const attributes: readonly unknown[] = value;
  return attributes.map((attribute, index) => {
    const name = `${argument}[${index}]`;
    if (!isObject(attribute)) throw new TypeError(`${name} must be an attribute`);
    return {
      type: toInteger(attribute['type'], `${name}.type`, -0x80000000, 0x7fffffff),
      value: toBytes(attribute['value'], `${name}.value`),
    };
  });
}

/** Microsoft's SMI enterprise number, and its vendor types that carry keys (RFC 2548, 2.4). */
export const microsoft = { vendorId: 311, mppeSendKey: 16, mppeRecvKey: 17 } as const;

/** One value inside a VendorSpecific attribute. */
export interface VendorValue {
  /** SMI enterprise number. */
  readonly vendorId: number;
  readonly vendorType: number;
  /** A copy. */
  readonly data: Buffer;
}

const vendorNames: OptionNames<VendorValue> = { vendorId: 'number', vendorType: 'number', data: 'bytes' };

/** Whose view keys are in: a peer's Send-Key is its authenticator's Recv-Key. */
export type Side = 'peer' | 'authenticator';

/** The key material and names among attributes; all copies. Keys are secrets: wipe them when you are done. */
export interface DecodedKeys {
  /** Out of the MPPE keys: both, in the MSK's order, with zeros up to 64 octets at least. */
  readonly msk?: Buffer;
  /** Microsoft's 311/16 as this side has it: of 64 octets of MSK the last 32 at the authenticator, the first at the peer. */
  readonly mppeSendKey?: Buffer;
  /** Microsoft's 311/17 as this side has it: the other half. */
  readonly mppeRecvKey?: Buffer;
  /** The extended key (attribute 9003), 64 octets where a method exports one. */
  readonly emsk?: Buffer;
  /** The method's session id (attribute 9004), equal on both sides. */
  readonly sessionId?: Buffer;
  /** Attribute 9000: the peer, as the method has proved it. */
  readonly peerId?: Buffer;
  /** Attribute 9001: the server, as the method has proved it. */
  readonly serverId?: Buffer;
}

const mskLength = 64;
/** Longest key whose attribute still fits its one-octet length: whole blocks of 16, less the length octet. */
const maxMppeKey = 239;

const names: ReadonlyMap<number, string> = new Map(
  Object.entries(attributeTypes).map(([name, type]) => [type, name]),
);

/** For people: the type's name, or its number where it has none. */
export function attributeName(type: number): string {
  return names.get(type) ?? String(type);
}

/** The octets of values of one vendor. Throws TypeError or RangeError that name `argument`. */
export function encodeVendorValues(given: unknown, argument: string): Buffer {
  if (!Array.isArray(given)) throw new TypeError(`${argument} must be an array of vendor-specific values`);
  const values: readonly unknown[] = given;
  const vendor = Buffer.alloc(4);
  const parts = values.map((value, index) => {
    const { vendorId, vendorType, data } = ownOptions(value, `${argument}[${index}]`, vendorNames);
    const id = toInteger(vendorId, `${argument}[${index}].vendorId`, 0, 0xffff_ffff);
    const octets = toBytes(data, `${argument}[${index}].data`);
    if (octets.length > 253) throw new RangeError(`${argument}[${index}].data has at most 253 octets`);
    if (index > 0 && id !== vendor.readUInt32BE()) throw new RangeError(`${argument} must be of one vendor`);
    vendor.writeUInt32BE(id);
    const head = [toInteger(vendorType, `${argument}[${index}].vendorType`, 0, 255), 2 + octets.length];
    return secretFrom(Uint8Array.from(head), octets);
  });
  if (parts.length === 0) throw new RangeError(`${argument} must have a value`);
  try {
    return secretFrom(vendor, ...parts);
  } finally {
    // They may hold keys.
    for (const part of parts) part.fill(0);
  }
}

/**
 * A VendorSpecific attribute with one value of at most 249 octets, which is what RADIUS has room for. Throws RangeError
 * for a longer one, and for numbers that are none.
 */
export function encodeVendorSpecific(value: VendorValue): EapAttribute {
  if (value.data.length > 249) throw new RangeError('a vendor-specific value has at most 249 octets');
  return { type: attributeTypes.VendorSpecific, value: encodeVendorValues([value], 'value') };
}

/**
 * The values inside a VendorSpecific attribute; none for another attribute or one too short. A length that does not
 * fit takes the rest, as methods exist that write it wrong.
 */
export function decodeVendorSpecific(attribute: EapAttribute): VendorValue[] {
  const values: VendorValue[] = [];
  eachVendorValue(attribute, (vendorId, vendorType, from, to) => {
    values.push({ vendorId, vendorType, data: secretFrom(attribute.value.subarray(from, to)) });
  });
  return values;
}

/** The same: where the data of each is among the attribute's octets. */
function eachVendorValue(
  { type, value }: EapAttribute,
  take: (vendorId: number, vendorType: number, from: number, to: number) => void,
): void {
  if (type !== attributeTypes.VendorSpecific || value.length < 6) return;
  const octet = (at: number): number => value[at] ?? 0;
  const vendorId = ((octet(0) << 24) | (octet(1) << 16) | (octet(2) << 8) | octet(3)) >>> 0;
  for (let at = 4; at + 2 <= value.length;) {
    const length = octet(at + 1);
    const end = length >= 2 && at + length <= value.length ? at + length : value.length;
    take(vendorId, octet(at), at + 2, end);
    at = end;
  }
}

/**
 * An MSK as EAPHost's two plain MPPE attributes: its halves as Send-Key (311/16) and Recv-Key (311/17), mirrored for
 * the authenticator. 64 octets as a rule; EAP-MSCHAPv2 has 32. Throws RangeError for an odd, empty or too long one.
 */
export function encodeMppeKeys(msk: Uint8Array, side: Side): EapAttribute[] {
  const half = msk.length / 2;
  if (!Number.isInteger(half) || half < 1 || half > maxMppeKey) {
    throw new RangeError(`an MSK has an even number of octets, 2 to ${2 * maxMppeKey}, not ${msk.length}`);
  }
  const first = msk.subarray(0, half);
  const second = msk.subarray(half);
  return [
    encodeMppeKey(microsoft.mppeSendKey, side === 'peer' ? first : second),
    encodeMppeKey(microsoft.mppeRecvKey, side === 'peer' ? second : first),
  ];
}

/** The keys and names among a method's attributes. What is missing or malformed is left out; fillers are passed over. */
export function decodeKeys(attributes: readonly EapAttribute[], side: Side): DecodedKeys {
  const found: { -readonly [Name in keyof DecodedKeys]: DecodedKeys[Name] } = {};
  for (const attribute of attributes) {
    const plain = plainNames.get(attribute.type);
    if (plain === 'emsk') found.emsk ??= secretFrom(attribute.value);
    else if (plain !== undefined) found[plain] ??= copyFrom(attribute.value);
    eachVendorValue(attribute, (vendorId, vendorType, from, to) => {
      const name = vendorId === microsoft.vendorId ? mppeNames.get(vendorType) : undefined;
      const key = name && found[name] === undefined ? decodeMppeKey(attribute.value, from, to) : undefined;
      if (name && key) found[name] = key;
    });
  }
  const { mppeSendKey, mppeRecvKey } = found;
  if (mppeSendKey && mppeRecvKey) {
    const first = side === 'peer' ? mppeSendKey : mppeRecvKey;
    const second = side === 'peer' ? mppeRecvKey : mppeSendKey;
    const msk = secretBuffer(Math.max(mskLength, first.length + second.length));
    msk.set(first);
    msk.set(second, first.length);
    found.msk = msk;
  }
  return found;
}

const plainNames: ReadonlyMap<number, 'emsk' | 'sessionId' | 'peerId' | 'serverId'> = new Map([
  [attributeTypes.EMSK, 'emsk'],
  [attributeTypes.SessionId, 'sessionId'],
  [attributeTypes.PeerId, 'peerId'],
  [attributeTypes.ServerId, 'serverId'],
] as const);

const mppeNames: ReadonlyMap<number, 'mppeSendKey' | 'mppeRecvKey'> = new Map([
  [microsoft.mppeSendKey, 'mppeSendKey'],
  [microsoft.mppeRecvKey, 'mppeRecvKey'],
] as const);

/** Salt 0, length, key, zeros up to whole blocks of 16 octets. */
function encodeMppeKey(vendorType: number, key: Uint8Array): EapAttribute {
  const length = 4 + Math.ceil((1 + key.length) / 16) * 16;
  const value = secretBuffer(4 + length);
  value.writeUInt32BE(microsoft.vendorId);
  value[4] = vendorType;
  value[5] = length;
  value[8] = key.length;
  value.set(key, 9);
  return { type: attributeTypes.VendorSpecific, value };
}

function decodeMppeKey(octets: Uint8Array, from: number, to: number): Buffer | undefined {
  const length = from + 2 < to ? (octets[from + 2] ?? 0) : 0;
  const start = from + 3;
  return length > 0 && start + length <= to ? secretFrom(octets.subarray(start, start + length)) : undefined;
}
