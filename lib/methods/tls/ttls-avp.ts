// AVPs of EAP-TTLS (RFC 5281, 10): RADIUS attributes in Diameter's form.

import { microsoft } from '../../eap/attributes.js';
import { secretBuffer, secretFrom } from '../../base/secret.js';

/** One AVP. `vendorId` 0: none. */
export interface Avp {
  readonly code: number;
  readonly vendorId: number;
  readonly isMandatory: boolean;
  readonly data: Buffer;
}

/** Codes of AVPs that EAP-TTLS uses, as RADIUS has them. */
export const avpCodes = {
  userName: 1,
  userPassword: 2,
  chapPassword: 3,
  replyMessage: 18,
  chapChallenge: 60,
  eapMessage: 79,
} as const;

/** Codes of Microsoft's (RFC 2548). */
export const microsoftCodes = {
  chapResponse: 1,
  chapError: 2,
  chapChallenge: 11,
  chap2Response: 25,
  chap2Success: 26,
} as const;

const hasVendor = 0x80;
const mandatory = 0x40;
const headerLength = 8;
const vendorLength = 4;

/** Reads AVPs. Undefined if a length lies. */
export function readAvps(octets: Buffer): Avp[] | undefined {
  const avps: Avp[] = [];
  let at = 0;
  while (at + headerLength <= octets.length) {
    const flags = octets.readUInt8(at + 4);
    const isVendors = (flags & hasVendor) !== 0;
    const dataAt = at + headerLength + (isVendors ? vendorLength : 0);
    const end = at + octets.readUIntBE(at + 5, 3);
    if (end < dataAt || end > octets.length) return undefined;
    avps.push({
      code: octets.readUInt32BE(at),
      vendorId: isVendors ? octets.readUInt32BE(at + headerLength) : 0,
      isMandatory: (flags & mandatory) !== 0,
      data: octets.subarray(dataAt, end),
    });
    at = (end + 3) & ~3;
  }
  // The last one's padding may be missing.
  return at < octets.length ? undefined : avps;
}

/** One mandatory AVP, padded to whole words. */
export function writeAvp(code: number, data: Uint8Array, vendorId = 0): Buffer {
  const dataAt = headerLength + (vendorId === 0 ? 0 : vendorLength);
  const length = dataAt + data.length;
  const avp = secretBuffer((length + 3) & ~3);
  avp.writeUInt32BE(code, 0);
  avp.writeUInt8(mandatory | (vendorId === 0 ? 0 : hasVendor), 4);
  avp.writeUIntBE(length, 5, 3);
  if (vendorId !== 0) avp.writeUInt32BE(vendorId, headerLength);
  avp.set(data, dataAt);
  return avp;
}

/** The codes that one side of a conversation understands: of no vendor, and Microsoft's. */
export interface KnownAvps {
  readonly standard: readonly number[];
  readonly microsoft: readonly number[];
}

/** Whether an AVP is mandatory and not known, which ends the conversation (RFC 5281, 10.1). */
export function isForeign({ code, vendorId, isMandatory }: Avp, known: KnownAvps): boolean {
  if (!isMandatory) return false;
  if (vendorId === 0) return !known.standard.includes(code);
  return vendorId !== microsoft.vendorId || !known.microsoft.includes(code);
}

/** The data of the AVP with this code, if there is exactly one. */
export function avpData(avps: readonly Avp[], code: number, vendorId = 0): Buffer | undefined {
  const found = avps.filter((avp) => avp.code === code && avp.vendorId === vendorId);
  return found.length === 1 ? found[0]?.data : undefined;
}

/** The EAP packet that one or more EAP-Message AVPs make up. */
export function eapMessage(avps: readonly Avp[]): Buffer | undefined {
  const pieces = avps.filter(({ code, vendorId }) => code === avpCodes.eapMessage && vendorId === 0);
  return pieces.length === 0 ? undefined : secretFrom(...pieces.map(({ data }) => data));
}
