// A document of credentials as octets, parted into a string without secrets, which can be parsed, and the secrets, which
// can be wiped. A string of JavaScript cannot. Synchronous; keeps no state.

import { isUtf8 } from 'node:buffer';

import { secretBuffer, secretFrom } from '../base/secret.js';
import { malformed } from './xml.js';

/** Elements whose text is no secret; any other element's may be one. */
const shown: ReadonlySet<string> = new Set([
  'Type',
  'VendorId',
  'VendorType',
  'AuthorId',
  'Username',
  'RoutingIdentity',
  'LogonDomain',
  'UserCert',
]);

const mostOctets = 1 << 20;
/** Digits of the number that stands for a secret: hexadecimal, as a blob is. */
const digits = 4;
const mostSecrets = 16 ** digits;

const byteOrderMark = Buffer.from('\uFEFF');
const [tab, lineFeed, carriageReturn, space] = [0x09, 0x0a, 0x0d, 0x20];
const isWhite = (octet: number): boolean => [tab, lineFeed, carriageReturn, space].includes(octet);
const wrong = (what: string) => malformed('xml', `not well-formed: ${what}`);

/** Code points of XML 1.0. */
const isAllowed = (point: number): boolean =>
  point === tab ||
  point === lineFeed ||
  point === carriageReturn ||
  (point >= space && point <= 0xd7ff) ||
  (point >= 0xe000 && point <= 0xfffd) ||
  (point >= 0x1_0000 && point <= 0x10_ffff);

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** The character that stands between `&` and `;`. One character is no secret. */
function characterOf(reference: string): string {
  const [, hex, decimal] = /^#(?:x([\da-f]{1,6})|(\d{1,7}))$/iu.exec(reference) ?? [];
  const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
  if (isAllowed(point)) return String.fromCodePoint(point);
  const known = Object.hasOwn(entities, reference) ? entities[reference] : undefined;
  if (known === undefined) throw wrong('an entity that is not XML’s own');
  return known;
}

const longestReference = 10;

/** The octets that a text, or the inside of a CDATA section, stands for. */
function decode(text: Uint8Array, isCdata: boolean): Buffer {
  const decoded = secretBuffer(text.length);
  let length = 0;
  for (let at = 0; at < text.length; at += 1) {
    const octet = text[at] ?? 0;
    if (octet === 0x26 && !isCdata) {
      const end = text.subarray(at, at + longestReference).indexOf(0x3b);
      if (end < 0) throw wrong('an & that begins no entity');
      length += decoded.write(
        characterOf(Buffer.from(text.subarray(at + 1, at + end)).toString('latin1')),
        length,
      );
      at += end;
    } else if (octet === carriageReturn) {
      // A line's end is a line feed, whatever the system writes.
      if (text[at + 1] !== lineFeed) decoded[length++] = lineFeed;
    } else {
      const isNone = octet === 0xef && text[at + 1] === 0xbf && (text[at + 2] ?? 0) >= 0xbe;
      if (isNone || (octet < space && !isWhite(octet))) throw wrong('a character that XML 1.0 cannot hold');
      decoded[length++] = octet;
    }
  }
  return decoded.subarray(0, length);
}

/** A document whose secrets were taken out of it. */
export class HiddenText {
  /** The document with a number in each secret's place. */
  readonly xml: string;
  readonly #secrets: Buffer[] = [];

  /** Parts UTF-8 with or without a byte order mark. Throws EapError (EAP_E_EAPHOST_XML_MALFORMED). */
  constructor(document: Uint8Array) {
    if (document.length > mostOctets) throw malformed('xml', `longer than ${mostOctets} octets`);
    if (!isUtf8(document)) throw malformed('xml', 'not in UTF-8');
    try {
      this.xml = this.#part(Buffer.from(document.buffer, document.byteOffset, document.length));
    } catch (error) {
      this.wipe();
      throw error;
    }
  }

  /** What stands for these numbers, and the white space between them, in memory of its own. */
  secretOf(numbers: string): Buffer {
    const parts = numbers.match(/[\da-f]{4}|\s/gu) ?? [];
    return secretFrom(...parts.map((part) => this.#secrets[Number.parseInt(part, 16)] ?? part));
  }

  /** The blob whose hexadecimal digits stand for these octets of numbers, in memory of its own. */
  blobOf(numbers: Uint8Array): Buffer {
    const text = this.secretOf(Buffer.from(numbers).toString('hex'));
    const blob = secretBuffer(text.length >> 1);
    let count = 0;
    for (const octet of text) {
      if (isWhite(octet) || octet === 0x3a) continue;
      const digit = Number.parseInt(String.fromCharCode(octet), 16);
      if (Number.isNaN(digit)) throw malformed('xml', 'must be pairs of hexadecimal digits');
      const at = count >> 1;
      blob[at] = ((blob[at] ?? 0) << 4) | digit;
      count += 1;
    }
    text.fill(0);
    if (count % 2 !== 0) throw malformed('xml', 'must be pairs of hexadecimal digits');
    return blob.subarray(0, count >> 1);
  }

  wipe(): void {
    for (const secret of this.#secrets) secret.fill(0);
  }

  #part(document: Buffer): string {
    const parts: string[] = [];
    const indexOf = (what: string, from: number): number => {
      const found = document.indexOf(what, from);
      if (found < 0) throw wrong('it ends within a tag, a comment or a section');
      return found;
    };
    const startsWith = (what: string, at: number): boolean =>
      document.subarray(at, at + what.length).equals(Buffer.from(what));
    let around = '';
    let at = document.subarray(0, 3).equals(byteOrderMark) ? 3 : 0;
    while (at < document.length) {
      if (startsWith('<!--', at)) {
        // It may hold an old password, and means nothing.
        at = indexOf('-->', at + 4) + 3;
      } else if (startsWith('<![CDATA[', at)) {
        const end = indexOf(']]>', at);
        parts.push(this.#hide(document.subarray(at + 9, end), around, true));
        at = end + 3;
      } else if (startsWith('<', at)) {
        const end = endOfTag(document, at);
        const tag = document.toString('utf8', at, end);
        around = /^<(?:[^\s/>:]*:)?([^\s/>:]+)[^]*(?<!\/)>$/u.exec(tag)?.[1] ?? '';
        parts.push(tag);
        at = end;
      } else {
        const found = document.indexOf('<', at);
        const end = found < 0 ? document.length : found;
        parts.push(this.#hide(document.subarray(at, end), around, false));
        at = end;
      }
    }
    return parts.join('');
  }

  /** What a text is in the document: itself, or the number of a secret. */
  #hide(text: Buffer, around: string, isCdata: boolean): string {
    if (text.every(isWhite)) return text.toString('latin1');
    if (shown.has(around)) return isCdata ? `<![CDATA[${text.toString()}]]>` : text.toString();
    if (this.#secrets.length === mostSecrets) throw malformed('xml', 'more texts than credentials have');
    this.#secrets.push(decode(text, isCdata));
    return (this.#secrets.length - 1).toString(16).padStart(digits, '0');
  }
}

/** Behind the `>` of a tag: one in an attribute's value does not end it. */
function endOfTag(document: Buffer, start: number): number {
  let quote = 0;
  for (let at = start; at < document.length; at += 1) {
    const octet = document[at] ?? 0;
    if (quote !== 0) quote = octet === quote ? 0 : quote;
    else if (octet === 0x22 || octet === 0x27) quote = octet;
    else if (octet === 0x3e) return at + 1;
  }
  throw wrong('it ends within a tag, a comment or a section');
}

const escapes: Readonly<Record<number, string>> = {
  0x26: '&amp;',
  0x3c: '&lt;',
  0x3e: '&gt;',
  0x0d: '&#13;',
};
const longestEscape = 5;

/** A document as octets, with a secret, UTF-8, as the text where `place` stands. It is the caller's to wipe. */
export function putSecret(xml: string, place: string, secret: Uint8Array): Buffer {
  const [before = '', after] = xml.split(place);
  if (after === undefined) return secretFrom(xml);
  const text = secretBuffer(longestEscape * secret.length);
  let length = 0;
  for (const octet of secret) {
    const escape = escapes[octet];
    if (escape === undefined) text[length++] = octet;
    else length += text.write(escape, length);
  }
  const document = secretFrom(before, text.subarray(0, length), after);
  text.fill(0);
  return document;
}
