// Describes an EAP packet for people: code, type, and the outer fields of common methods.

import { printable } from '../base/printable.js';
import { typeOf } from './packet-type.js';
import { eapCodes } from './packet.js';

/** One line of a packet's contents: a field, and its value as text. */
export interface PacketField {
  readonly name: string;
  readonly value: string;
}

/** An EAP packet, read (RFC 3748, 4). */
export interface PacketDescription {
  /** `Request`, `Response`, `Success`, `Failure`, or the number. */
  readonly code: string;
  readonly id: number;
  /** Octets that the packet states. */
  readonly length: number;
  /** EAP type; undefined for Success, Failure and packets that are cut off. */
  readonly type?: number;
  /** The type's name, or its number. */
  readonly typeName?: string;
  /** All of it in one line: `Request 7 PEAP start`. */
  readonly summary: string;
  readonly fields: readonly PacketField[];
}

const codeNames: Readonly<Record<number, string>> = {
  1: 'Request',
  2: 'Response',
  3: 'Success',
  4: 'Failure',
  5: 'Initiate',
  6: 'Finish',
};

/** Names of EAP types (IANA). */
const eapTypeNames: Readonly<Record<number, string>> = {
  1: 'Identity',
  2: 'Notification',
  3: 'Nak',
  4: 'MD5-Challenge',
  5: 'OTP',
  6: 'GTC',
  13: 'EAP-TLS',
  17: 'LEAP',
  18: 'EAP-SIM',
  21: 'EAP-TTLS',
  23: 'EAP-AKA',
  25: 'PEAP',
  26: 'EAP-MSCHAPv2',
  33: 'TLV',
  43: 'EAP-FAST',
  50: "EAP-AKA'",
  52: 'EAP-PWD',
  55: 'TEAP',
  254: 'Expanded',
};

const tlsTypes = new Set([13, 21, 25, 43, 55]);
const mschapOperations: Readonly<Record<number, string>> = {
  1: 'Challenge',
  2: 'Response',
  3: 'Success',
  4: 'Failure',
  7: 'Change-Password',
};
const tlsContents: Readonly<Record<number, string>> = {
  20: 'ChangeCipherSpec',
  21: 'Alert',
  22: 'Handshake',
  23: 'ApplicationData',
};
const tlsHandshakes: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
};

const field = (name: string, value: string): PacketField => ({ name, value });

/** A packet cannot draw on the terminal or the page. */
function textOf(octets: Uint8Array): string {
  return printable(new TextDecoder().decode(octets));
}

/** The name of an EAP type, such as `PEAP`; else its number. */
export function nameOfEapType(type: number): string {
  return eapTypeNames[type] ?? String(type);
}

/** The TLS records at the start of `data`, as far as they are whole; the handshake's name where it is in clear. */
function tlsRecords(data: Buffer): string {
  const names: string[] = [];
  for (let at = 0; at + 5 <= data.length && names.length < 16;) {
    const content = data.readUInt8(at);
    const length = data.readUInt16BE(at + 3);
    const known = tlsContents[content];
    if (known === undefined || data.readUInt8(at + 1) !== 3)
      return names.length === 0 ? '' : names.join(', ');
    const handshake =
      content === 22 && at + 5 < data.length ? tlsHandshakes[data.readUInt8(at + 5)] : undefined;
    names.push(handshake ?? known);
    at += 5 + length;
  }
  return names.join(', ');
}

/** Flags, length and records of the methods that carry TLS. */
function describeTls(type: number, data: Buffer): { detail: string; fields: PacketField[] } {
  const flags = data[0];
  if (flags === undefined) return { detail: '', fields: [] };
  const hasLength = (flags & 0x80) !== 0;
  const more = (flags & 0x40) !== 0;
  const start = (flags & 0x20) !== 0;
  const fields = [field('version', String(flags & 0x07))];
  if (hasLength && data.length >= 5) fields.push(field('TLS message', `${data.readUInt32BE(1)} octets`));
  const body = data.subarray(hasLength ? 5 : 1);
  const records = tlsRecords(body);
  if (body.length > 0) fields.push(field('TLS data', `${body.length} octets`));
  if (records !== '') fields.push(field('TLS records', records));
  const words = [
    start ? 'start' : '',
    records,
    body.length > 0 && records === '' ? 'fragment' : '',
    more ? 'more fragments follow' : '',
    !start && body.length === 0 ? 'acknowledgement' : '',
  ];
  if (type === 13 && start) fields.push(field('start', 'yes'));
  return { detail: words.filter(Boolean).join(', '), fields };
}

function describeType(type: number, data: Buffer): { detail: string; fields: PacketField[] } {
  if (tlsTypes.has(type)) return describeTls(type, data);
  switch (type) {
    case 1: {
      const text = textOf(data);
      return { detail: text === '' ? '' : `"${text}"`, fields: [field('identity', text)] };
    }
    case 2:
      return { detail: `"${textOf(data)}"`, fields: [field('message', textOf(data))] };
    case 3: {
      const wanted = [...data].map((wish) => (wish === 0 ? 'nothing' : nameOfEapType(wish))).join(', ');
      return { detail: `wants ${wanted}`, fields: [field('wants', wanted)] };
    }
    case 26: {
      const operation = mschapOperations[data[0] ?? 0];
      return operation === undefined
        ? { detail: '', fields: [] }
        : { detail: operation, fields: [field('operation', operation)] };
    }
    case 254: {
      if (data.length < 7) return { detail: '', fields: [] };
      const vendor = data.readUIntBE(0, 3);
      const vendorType = data.readUInt32BE(3);
      return {
        detail: `${vendor}/${vendorType}`,
        fields: [field('vendor', String(vendor)), field('vendor type', String(vendorType))],
      };
    }
    default:
      return { detail: '', fields: [field('data', `${data.length} octets`)] };
  }
}

/** What a packet says. Accepts any octets: an invalid packet is described as far as it can be read. */
export function describePacket(packet: Uint8Array): PacketDescription {
  const octets = Buffer.from(packet.buffer, packet.byteOffset, packet.length);
  if (octets.length < 4) {
    const summary = `no EAP packet (${octets.length} octets)`;
    return { code: 'none', id: 0, length: octets.length, summary, fields: [] };
  }
  const number = octets.readUInt8(0);
  const code = codeNames[number] ?? String(number);
  const id = octets.readUInt8(1);
  const length = octets.readUInt16BE(2);
  const type =
    (number === eapCodes.request || number === eapCodes.response) && octets.length > 4
      ? octets.readUInt8(4)
      : undefined;
  if (type === undefined) return { code, id, length, summary: `${code} ${id}`, fields: [] };
  const { detail, fields } = describeType(type, octets.subarray(5, Math.max(5, length)));
  const name = nameOfEapType(type);
  const summary = [code, id, name, detail].filter((word) => word !== '').join(' ');
  return { code, id, length, type, typeName: name, summary, fields };
}

/** Methods that send a password or a token's code as it is; native/method/trace.cc has the same list. */
const clearTextTypes = new Set([5, 6, 14, 15, 28, 30]);
const legacyHeader = 5;
const expandedHeader = 12;

/**
 * The packet as it may be shown: a copy, in which a password that a method sends as it is (GTC, OTP, token cards), by
 * its own type or as an expanded one (RFC 3748, 5.7), is replaced by asterisks.
 */
export function maskPacket(packet: Uint8Array): Buffer {
  // What is not masked is no secret: whoever is on the link has seen it.
  const copy = Buffer.allocUnsafeSlow(packet.length);
  if (packet[0] === eapCodes.response) {
    const { type, vendorId, vendorType = 0 } = typeOf(packet);
    const isExpanded = vendorId === 0;
    if (clearTextTypes.has(isExpanded ? vendorType : type)) {
      const header = Math.min(isExpanded ? expandedHeader : legacyHeader, packet.length);
      copy.set(packet.subarray(0, header));
      return copy.fill('*', header);
    }
  }
  copy.set(packet);
  return copy;
}
