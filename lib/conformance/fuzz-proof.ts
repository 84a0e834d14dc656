// Which octets of an EAP packet a method's proof covers: change one, and neither side may succeed. It reads what can be
// read without keys: challenges and proofs of MD5, MSCHAPv2 and GTC, and of TLS the bodies of handshake and data records.
// Flags, lengths, names and record headers are left out, as receivers may or must overlook changes there.

import { eapCodes } from '../eap/packet.js';

/** Octets from `start` up to before `end`. */
export type OctetRange = readonly [start: number, end: number];

const tlsTypes = new Set<number | undefined>([13, 21, 25]);
const [md5, gtc, mschapv2] = [4, 6, 26];
const recordHeader = 5;
/** Contents of TLS records that are proved: handshake by Finished, data by its own sum. */
const provedContents = new Set<number | undefined>([22, 23]);

/** Methods in which the server proves itself, or what it says is covered by keys: success cannot be made up. */
export const mutualTypes: ReadonlySet<number | undefined> = new Set([13, 18, 21, 23, 25, 26, 43, 50, 52, 55]);

/** Those in which both sides tell each other of success, each proved, before EAP-Success: in EAP-TLS from TLS 1.3 on. */
export const indicatingTypes: ReadonlySet<number | undefined> = new Set([13, 25, 26, 43, 55]);

/** Follows the packets of one side of one conversation, each once and in order: a TLS record may go over several. */
export class ProvedOctets {
  /** Octets that the last packet left of its last record; undefined where that cannot be known. */
  #left: number | undefined = 0;
  #isProved = false;

  /** The proved octets of the next packet. */
  of(eap: Uint8Array): OctetRange[] {
    const type = eap[4];
    if (tlsTypes.has(type)) return this.#ofTls(eap);
    const isRequest = eap[0] === eapCodes.request;
    if (type === md5) return within(eap, [[6, 22]]);
    if (type === gtc && !isRequest) return within(eap, [[5, eap.length]]);
    if (type !== mschapv2) return [];
    const operation = eap[5];
    if (operation === 1) return within(eap, [[10, 26]]);
    // The peer's challenge, and behind eight reserved octets its proof.
    if (operation === 2) return within(eap, [[10, 26], [34, 58]]); // prettier-ignore
    const proof = Buffer.from(eap).indexOf('S=', 9);
    return operation === 3 && isRequest && proof >= 0 ? within(eap, [[proof + 2, proof + 42]]) : [];
  }

  #ofTls(eap: Uint8Array): OctetRange[] {
    const flags = eap[5] ?? 0;
    const found: [number, number][] = [];
    let at = (flags & 0x80) === 0 ? 6 : 10;
    while (at < eap.length && this.#left !== undefined) {
      if (this.#left === 0) {
        if (at + recordHeader > eap.length) {
          this.#left = undefined;
          break;
        }
        this.#isProved = provedContents.has(eap[at]);
        this.#left = ((eap[at + 3] ?? 0) << 8) | (eap[at + 4] ?? 0);
        at += recordHeader;
      }
      const end = Math.min(eap.length, at + this.#left);
      if (this.#isProved && end > at) found.push([at, end]);
      this.#left -= end - at;
      at = end;
    }
    // The next message begins with a record.
    if ((flags & 0x40) === 0) this.#left = 0;
    return found;
  }
}

/** Those that the packet has whole. */
function within(eap: Uint8Array, ranges: readonly OctetRange[]): OctetRange[] {
  return ranges.filter(([start, end]) => start < end && end <= eap.length);
}

/** The packet with one proved octet changed, at a part `at` of them. Without any it is undefined. */
export function tampered(
  eap: Uint8Array,
  ranges: readonly OctetRange[],
  { at, value }: { readonly at: number; readonly value: number },
): Buffer | undefined {
  const total = ranges.reduce((sum, [start, end]) => sum + end - start, 0);
  let place = Math.floor(at * total);
  const copy = Buffer.from(eap);
  for (const [start, end] of ranges) {
    if (place < end - start) {
      // One of the three low bits: a hexadecimal digit never becomes the same one in the other case.
      copy[start + place] = (copy[start + place] ?? 0) ^ (1 << (value % 3));
      return copy;
    }
    place -= end - start;
  }
  return undefined;
}

/** What packets have in common that are tampered with alike: of TLS their contents, else their kind of message. */
export function tamperedKind(eap: Buffer): string {
  if (tlsTypes.has(eap[4])) return eap.toString('hex', 4);
  return eap.toString('hex', 4, eap[4] === mschapv2 ? 6 : 5);
}
