// The EAP configuration in the entries of a phone book (rasphone.pbk), where Windows keeps its VPN connections. Microsoft
// does not document the file: this is what phone books have that Windows has written.

import { Buffer } from 'node:buffer';

import { EapError } from '../../base/errors.js';
import { toMethodType } from '../../eap/names.js';
import { asOptions } from '../codec.js';
import { blob } from '../values.js';
import type { BlobOptions } from '../options.js';
import type { RasphoneEntry } from './options.js';

const maxLength = 1 << 20;
const signature = Buffer.from('1DBC');
const headerLength = 12;
/** Of hexadecimal digits, as Windows breaks them. */
const lineLength = 128;

function corrupt(line: number, what: string): EapError {
  return new EapError(`phone book: line ${line}: ${what}`, {
    code: 'ERROR_CORRUPT_PHONEBOOK',
    winError: 625,
  });
}

/**
 * The lines of a phone book's entry that hold an EAP method's configuration: CustomAuthKey, CustomAuthData. The entry
 * needs `AuthRestrictions=128` besides, which asks for EAP. RasSetCustomAuthData writes them itself, and takes the blob
 * alone.
 *
 * Throws TypeError or RangeError that names the option, also for a method with an author or a vendor: how phone books
 * name those is not known.
 */
export function rasphone(options: BlobOptions): string {
  const given = asOptions<BlobOptions>(options, 'options', ['type', 'blob']);
  const { type, authorId } = toMethodType(given.type, 'options.type');
  if (authorId !== 0 || type === 254) {
    throw new RangeError(
      "options.type must be one of Windows' legacy methods, such as 13, 25 or 26, of author 0",
    );
  }
  const content = Buffer.from(blob.write(given.blob, 'options.blob').text ?? '', 'hex');
  const header = Buffer.alloc(headerLength);
  signature.copy(header);
  header.writeUInt32LE(type, 4);
  header.writeUInt32LE(content.length, 8);
  const digits = Buffer.concat([header, content]).toString('hex').toUpperCase();
  const lines = digits.match(new RegExp(`.{1,${lineLength}}`, 'gu')) ?? [];
  return [`CustomAuthKey=${type}`, ...lines.map((line) => `CustomAuthData=${line}`), ''].join('\r\n');
}

/** An entry while its lines are read. */
interface Draft {
  readonly name: string;
  readonly line: number;
  type: number | undefined;
  data: string;
}

/** The blob of a method among all that an entry has kept. */
function blobOf({ line, type, data }: Draft): Uint8Array | undefined {
  const content = Buffer.from(data, 'hex');
  for (let at = 0; at + headerLength <= content.length;) {
    // What is behind the last one fills it up.
    if (!content.subarray(at, at + 4).equals(signature)) break;
    const size = content.readUInt32LE(at + 8);
    const end = at + headerLength + size;
    if (end > content.length) throw corrupt(line, 'CustomAuthData is cut off');
    if (content.readUInt32LE(at + 4) === type)
      return new Uint8Array(content.subarray(at + headerLength, end));
    at = end;
  }
  return undefined;
}

function toEntry(draft: Draft): RasphoneEntry {
  const { name, type } = draft;
  const content = type === undefined ? undefined : blobOf(draft);
  if (type === undefined || content === undefined) return { name, eap: undefined };
  return { name, eap: { type: { type, vendorId: 0, vendorType: 0, authorId: 0 }, blob: content } };
}

/**
 * The entries of a phone book and their EAP configuration: a method's blob, which `configToXml` turns into XML. Their other
 * lines are Windows' own business and left out. Of a method with an author only the type is known.
 *
 * Throws TypeError if `text` is not a string, and EapError ERROR_CORRUPT_PHONEBOOK with the line for what is no phone book,
 * is longer than 1048576 characters or has another CustomAuthKey or CustomAuthData than Windows writes.
 */
export function parseRasphone(text: string): readonly RasphoneEntry[] {
  if (typeof text !== 'string') throw new TypeError('text must be a string');
  if (text.length > maxLength) throw corrupt(1, `longer than ${maxLength} characters`);
  const drafts: Draft[] = [];
  for (const [index, raw] of text
    .replace(/^\uFEFF/u, '')
    .split(/\r?\n/u)
    .entries()) {
    const line = index + 1;
    const given = raw.trim();
    const draft = drafts.at(-1);
    if (given.startsWith('[') && given.endsWith(']')) {
      drafts.push({ name: given.slice(1, -1), line, type: undefined, data: '' });
    } else if (given !== '') {
      const [key, value] = [given.slice(0, given.indexOf('=')), given.slice(given.indexOf('=') + 1)];
      if (draft === undefined || !given.includes('=')) throw corrupt(line, 'is no line of an entry');
      if (key === 'CustomAuthKey') readKey(draft, value, line);
      else if (key === 'CustomAuthData') readData(draft, value, line);
    }
  }
  return drafts.map(toEntry);
}

function readKey(draft: Draft, value: string, line: number): void {
  // -1 in Windows' own words: none.
  if (value === '' || value === '-1') return;
  if (!/^\d{1,3}$/u.test(value) || Number(value) > 254)
    throw corrupt(line, 'CustomAuthKey must be an EAP type');
  if (draft.type !== undefined) throw corrupt(line, 'only one CustomAuthKey is allowed');
  draft.type = Number(value);
}

function readData(draft: Draft, value: string, line: number): void {
  if (!/^(?:[0-9a-f]{2})*$/iu.test(value))
    throw corrupt(line, 'CustomAuthData must be pairs of hexadecimal digits');
  draft.data += value;
}
