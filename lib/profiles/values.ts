// The simple values of profiles: text, thumbprints, server names, object identifiers, opaque blobs.

import { Buffer } from 'node:buffer';
import { types } from 'node:util';

import { type Codec, elementText } from './codec.js';
import { indexOfForbidden, malformed } from './xml.js';

/** A string that XML can hold. For a secret the error names only the place of the character. */
function checkText(value: unknown, path: string, secret = false): string {
  if (typeof value !== 'string') throw new TypeError(`${path} must be a string`);
  const index = indexOfForbidden(value);
  if (index === -1) return value;
  const point = (value.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  const character = secret ? 'a character' : `U+${point}`;
  throw new RangeError(`${path} has ${character} at index ${index} that XML 1.0 cannot hold in any spelling`);
}

const textCodec = (secret: boolean): Codec<string> => ({
  write: (value, path) => ({ text: checkText(value, path, secret) }),
  read: elementText,
});

/** xs:string, white space and all. */
export const text = textCodec(false);

/** xs:string that no error quotes. */
export const secretText = textCodec(true);

/** Server names, separated by semicolons in one element. */
export const serverNames: Codec<readonly string[]> = {
  write(value, path) {
    if (!Array.isArray(value)) throw new TypeError(`${path} must be an array of names`);
    const names = value.map((name, index) => {
      const place = `${path}[${index}]`;
      const checked = checkText(name, place);
      if (checked === '') throw new RangeError(`${place} must not be empty`);
      if (checked.includes(';')) {
        throw new RangeError(
          `${place} must not have a semicolon, which separates names: give each name by itself`,
        );
      }
      return checked;
    });
    return { text: names.join(';') };
  },
  read: (element, report) =>
    elementText(element, report)
      .split(';')
      .filter((name) => name.trim() !== ''),
};

/** Hexadecimal digits in pairs; spaces, colons and the invisible mark that Windows' certificate dialog copies go. */
const bareHex = (value: string): string => value.replace(/[\s:\u200E]/g, '').toLowerCase();

interface Digest {
  readonly digits: number;
  readonly name: string;
}

const sha1: Digest = { digits: 40, name: 'SHA-1' };
const sha256: Digest = { digits: 64, name: 'SHA-256' };

function thumbprintCodec(digests: readonly Digest[]): Codec<string> {
  const wanted = digests.map(({ digits, name }) => `${digits} hexadecimal digits (${name})`).join(' or ');
  const problem = (hex: string): string | undefined => {
    if (!/^[0-9a-f]*$/.test(hex)) return `must be ${wanted}, and has other characters`;
    if (digests.some(({ digits }) => digits === hex.length)) return undefined;
    return `must be ${wanted}, not ${hex.length} digits`;
  };
  return {
    write(value, path) {
      if (typeof value !== 'string') throw new TypeError(`${path} must be a string of hexadecimal digits`);
      const hex = bareHex(value);
      const wrong = problem(hex);
      if (wrong !== undefined) throw new RangeError(`${path} ${wrong}`);
      return { text: hex };
    },
    read(element, report) {
      const hex = bareHex(elementText(element, report));
      // Microsoft's own samples have empty elements where no certificate is named.
      if (hex === '') return undefined;
      const wrong = problem(hex);
      if (wrong !== undefined) throw malformed(element, wrong);
      return hex;
    },
  };
}

/** A certificate's SHA-1 thumbprint, written as 40 lower-case digits. */
export const sha1Thumbprint = thumbprintCodec([sha1]);

/** A certificate's SHA-256 or SHA-1 thumbprint, written as 64 or 40 lower-case digits. */
export const teapThumbprint = thumbprintCodec([sha256, sha1]);

const identifier = /^[0-2](\.\d+)+$/;
const identifierAdvice = 'must be an object identifier such as 1.3.6.1.5.5.7.3.2';

/** The object identifier of an extended key usage, as dotted numbers. */
export const objectIdentifier: Codec<string> = {
  write(value, path) {
    if (typeof value !== 'string' || !identifier.test(value)) {
      throw new TypeError(`${path} ${identifierAdvice}`);
    }
    return { text: value };
  },
  read(element, report) {
    const numbers = elementText(element, report).trim();
    if (!identifier.test(numbers)) throw malformed(element, identifierAdvice);
    return numbers;
  },
};

/** A method's opaque data, as hexadecimal digits. */
export const blob: Codec<Uint8Array> = {
  write(value, path) {
    if (!types.isUint8Array(value)) throw new TypeError(`${path} must be a Uint8Array`);
    return { text: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex') };
  },
  read(element, report) {
    const hex = bareHex(elementText(element, report));
    if (!/^([0-9a-f]{2})*$/.test(hex)) throw malformed(element, 'must be pairs of hexadecimal digits');
    return new Uint8Array(Buffer.from(hex, 'hex'));
  },
};
