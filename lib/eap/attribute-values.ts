// EAP attributes with typed values: the form of each of EAP_ATTRIBUTE_TYPE, and its coding both ways.

import { toBytes } from '../base/arguments.js';
import {
  attributeName,
  attributeTypes,
  decodeVendorSpecific,
  encodeVendorValues,
  type AttributeName,
  type VendorValue,
} from './attributes.js';
import { isNameOf, namesOf } from '../base/guards.js';
import type { EapAttribute } from './names.js';
import { secretFrom } from '../base/secret.js';

/**
 * The forms of values, as RADIUS has them (RFC 2865, 5; RFC 3162), and the type of each here.
 *
 * | form | value | octets |
 * |---|---|---|
 * | `octets` | as they are | any |
 * | `text` | string | UTF-8 |
 * | `number` | 0 to 4,294,967,295 | 4, big-endian |
 * | `address` | `192.0.2.1` | 4 |
 * | `address6` | `2001:db8::1`, shortest form | 16 |
 * | `time` | Date, whole seconds from 1970 to 2106 | 4, big-endian |
 * | `vendor` | values of one vendor | vendor id, then type, length, data of each |
 */
export interface AttributeForms {
  readonly octets: Buffer;
  readonly text: string;
  readonly number: number;
  readonly address: string;
  readonly address6: string;
  readonly time: Date;
  readonly vendor: readonly VendorValue[];
}

/** The name of a form. */
export type AttributeForm = keyof AttributeForms;

/**
 * The form of each attribute. What RADIUS tags, what has no layout that is published, and EAPHost's own attributes
 * (8096 and more) are octets.
 */
export const attributeForms = {
  Minimum: 'octets',
  UserName: 'text',
  UserPassword: 'octets',
  MD5CHAPPassword: 'octets',
  NASIPAddress: 'address',
  NASPort: 'number',
  ServiceType: 'number',
  FramedProtocol: 'number',
  FramedIPAddress: 'address',
  FramedIPNetmask: 'address',
  FramedRouting: 'number',
  FilterId: 'text',
  FramedMTU: 'number',
  FramedCompression: 'number',
  LoginIPHost: 'address',
  LoginService: 'number',
  LoginTCPPort: 'number',
  Unassigned17: 'octets',
  ReplyMessage: 'text',
  CallbackNumber: 'text',
  CallbackId: 'text',
  Unassigned21: 'octets',
  FramedRoute: 'text',
  FramedIPXNetwork: 'number',
  State: 'octets',
  Class: 'octets',
  VendorSpecific: 'vendor',
  SessionTimeout: 'number',
  IdleTimeout: 'number',
  TerminationAction: 'number',
  CalledStationId: 'text',
  CallingStationId: 'text',
  NASIdentifier: 'text',
  ProxyState: 'octets',
  LoginLATService: 'text',
  LoginLATNode: 'text',
  LoginLATGroup: 'octets',
  FramedAppleTalkLink: 'number',
  FramedAppleTalkNetwork: 'number',
  FramedAppleTalkZone: 'text',
  AcctStatusType: 'number',
  AcctDelayTime: 'number',
  AcctInputOctets: 'number',
  AcctOutputOctets: 'number',
  AcctSessionId: 'text',
  AcctAuthentic: 'number',
  AcctSessionTime: 'number',
  AcctInputPackets: 'number',
  AcctOutputPackets: 'number',
  AcctTerminateCause: 'number',
  AcctMultiSessionId: 'text',
  AcctLinkCount: 'number',
  AcctEventTimeStamp: 'time',
  MD5CHAPChallenge: 'octets',
  NASPortType: 'number',
  PortLimit: 'number',
  LoginLATPort: 'text',
  TunnelType: 'octets',
  TunnelMediumType: 'octets',
  TunnelClientEndpoint: 'octets',
  TunnelServerEndpoint: 'octets',
  ARAPPassword: 'octets',
  ARAPFeatures: 'octets',
  ARAPZoneAccess: 'number',
  ARAPSecurity: 'number',
  ARAPSecurityData: 'octets',
  PasswordRetry: 'number',
  Prompt: 'number',
  ConnectInfo: 'text',
  ConfigurationToken: 'text',
  EAPMessage: 'octets',
  Signature: 'octets',
  ARAPChallengeResponse: 'octets',
  AcctInterimInterval: 'number',
  NASIPv6Address: 'address6',
  FramedInterfaceId: 'octets',
  FramedIPv6Prefix: 'octets',
  LoginIPv6Host: 'address6',
  FramedIPv6Route: 'text',
  FramedIPv6Pool: 'text',
  ARAPGuestLogon: 'octets',
  CertificateOID: 'octets',
  EAPConfiguration: 'octets',
  PEAPEmbeddedEAPTypeId: 'octets',
  FastRoamedSession: 'octets',
  PEAPFastRoamedSession: 'octets',
  EAPTLV: 'octets',
  CredentialsChanged: 'octets',
  InnerEapMethodType: 'octets',
  ClearTextPassword: 'octets',
  QuarantineSoH: 'octets',
  CertificateThumbprint: 'octets',
  PeerId: 'octets',
  ServerId: 'octets',
  MethodId: 'octets',
  EMSK: 'octets',
  SessionId: 'octets',
  Reserved: 'octets',
} as const satisfies Readonly<Record<AttributeName, AttributeForm>>;

/** What an attribute's value is made of: its form, or its octets as they are. */
export type AttributeValue<Name extends AttributeName> =
  AttributeForms[(typeof attributeForms)[Name]] | Uint8Array;

/** An attribute with its value in the form that it has. All copies; wipe what is secret when you are done. */
export type TypedAttribute = {
  readonly [Form in AttributeForm]: {
    /** Undefined where EAP_ATTRIBUTE_TYPE has none for the number. */
    readonly name: AttributeName | undefined;
    readonly type: number;
    readonly form: Form;
    readonly value: AttributeForms[Form];
  };
}[AttributeForm];

interface Coding<Value> {
  /** undefined for octets that are not of the form. */
  decode(octets: Buffer): Value | undefined;
  /** Throws TypeError or RangeError that name `argument` for what has no such form. */
  encode(value: unknown, argument: string): Buffer;
}

/** Loaded when used: it costs more than this module. */
const net = () => process.getBuiltinModule('node:net');

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function toUint32(value: unknown, argument: string): Buffer {
  if (typeof value !== 'number') throw new TypeError(`${argument} must be a number`);
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new RangeError(`${argument} must be an integer of 32 bits, not ${value}`);
  }
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(value);
  return octets;
}

const fromUint32 = (octets: Buffer): number | undefined =>
  octets.length === 4 ? octets.readUInt32BE() : undefined;

/** The shortest spelling of an IPv6 address (RFC 5952), with no IPv4 in it. */
function shortestAddress6(octets: Buffer): string {
  const groups = Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(2 * index).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

/** The octets of an IPv6 address in any spelling. */
function address6Octets(address: string): Buffer {
  const short = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = short.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = Array.from({ length: 8 - head.length - tail.length }, () => '0');
  const groups = [...head, ...zeros, ...tail].map((group) => Number.parseInt(group, 16));
  return secretFrom(Uint8Array.from(groups.flatMap((group) => [group >>> 8, group & 0xff])));
}

const codings: { readonly [Form in AttributeForm]: Coding<AttributeForms[Form]> } = {
  octets: {
    decode: (octets) => secretFrom(octets),
    encode: (value, argument) => secretFrom(toBytes(value, argument)),
  },
  text: {
    decode(octets) {
      try {
        return utf8.decode(octets);
      } catch {
        return undefined;
      }
    },
    encode(value, argument) {
      if (typeof value !== 'string') throw new TypeError(`${argument} must be a string`);
      const octets = secretFrom(value);
      if (octets.toString() !== value) throw new RangeError(`${argument} must be well-formed Unicode`);
      return octets;
    },
  },
  number: { decode: fromUint32, encode: toUint32 },
  address: {
    decode: (octets) => (octets.length === 4 ? octets.join('.') : undefined),
    encode(value, argument) {
      if (typeof value !== 'string') throw new TypeError(`${argument} must be a string`);
      if (!net().isIPv4(value)) throw new RangeError(`${argument} must be an IPv4 address`);
      return secretFrom(Uint8Array.from(value.split('.'), Number));
    },
  },
  address6: {
    decode: (octets) => (octets.length === 16 ? shortestAddress6(octets) : undefined),
    encode(value, argument) {
      if (typeof value !== 'string') throw new TypeError(`${argument} must be a string`);
      if (!net().isIPv6(value) || value.includes('%')) {
        throw new RangeError(`${argument} must be an IPv6 address without a zone`);
      }
      return address6Octets(value);
    },
  },
  time: {
    decode(octets) {
      const seconds = fromUint32(octets);
      return seconds === undefined ? undefined : new Date(seconds * 1000);
    },
    encode(value, argument) {
      if (!(value instanceof Date)) throw new TypeError(`${argument} must be a Date`);
      return toUint32(Math.floor(value.getTime() / 1000), `${argument} in seconds`);
    },
  },
  vendor: {
    decode(octets) {
      const values = decodeVendorSpecific({ type: attributeTypes.VendorSpecific, value: octets });
      if (values.length === 0) return undefined;
      const again = encodeVendorValues(values, 'value');
      const isWhole = again.equals(octets);
      // It may hold keys.
      again.fill(0);
      return isWhole ? values : undefined;
    },
    encode: encodeVendorValues,
  },
};

/**
 * An attribute of a typed value. Throws TypeError or RangeError for a value that has not the attribute's form; octets
 * are taken for every attribute, as they are.
 */
export function encodeAttribute<Name extends AttributeName>(
  name: Name,
  value: AttributeValue<Name>,
): EapAttribute {
  if (!isNameOf(attributeTypes, name)) {
    throw new TypeError(`name must be one of ${namesOf(attributeTypes).join(', ')}`);
  }
  const form = ArrayBuffer.isView(value) ? 'octets' : attributeForms[name];
  return { type: attributeTypes[name], value: codings[form].encode(value, `value of ${name}`) };
}

/** A form's value of octets, or the octets where they are not of the form. */
function decodeAs<Form extends AttributeForm>(
  form: Form,
  octets: Buffer,
): { readonly form: Form; readonly value: AttributeForms[Form] } | undefined {
  const value = codings[form].decode(octets);
  return value === undefined ? undefined : { form, value };
}

/**
 * The value of an attribute in its form. One that has not the form that its type has, and one of an unknown type, comes
 * as octets: nothing is lost, `encodeAttribute` of what this gives is the attribute again.
 */
export function decodeAttribute({ type, value }: EapAttribute): TypedAttribute {
  const named = attributeName(type);
  const name = isNameOf(attributeTypes, named) ? named : undefined;
  const octets = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const form = name === undefined ? 'octets' : attributeForms[name];
  const decoded = decodeAs(form, octets) ?? { form: 'octets', value: secretFrom(octets) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form and its value come from one coding
  return { name, type, ...decoded } as TypedAttribute;
}
