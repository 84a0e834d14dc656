// The simple values of connection profiles: numbers of a range, words, text of some length, hexadecimal octets.

import { toInteger } from '../../base/arguments.js';
import { type Codec, elementText } from '../codec.js';
import { text } from '../values.js';
import { malformed } from '../xml.js';

/** xs:integer from `minimum` to `maximum`. */
export function wholeNumber(minimum: number, maximum: number): Codec<number> {
  return {
    write: (value, path) => ({ text: String(toInteger(value, path, minimum, maximum)) }),
    read(element, report) {
      const digits = elementText(element, report).trim();
      const value = Number(digits);
      if (!/^\d{1,10}$/u.test(digits) || value < minimum || value > maximum) {
        throw malformed(element, `must be a number from ${minimum} to ${maximum}`);
      }
      return value;
    },
  };
}

/** One of `words`; with `anyCase` read in capitals or small letters, as Windows reads those of a VPN. */
export function oneOf<const W extends string>(words: readonly W[], anyCase = false): Codec<W> {
  const list = words.join(', ');
  const same = (left: string, right: string): boolean =>
    left === right || (anyCase && left.toLowerCase() === right.toLowerCase());
  return {
    write(value, path) {
      const known = words.find((word) => word === value);
      if (known === undefined) throw new TypeError(`${path} must be one of ${list}`);
      return { text: known };
    },
    read(element, report) {
      const given = elementText(element, report).trim();
      const known = words.find((word) => same(word, given));
      if (known === undefined) throw malformed(element, `must be one of ${list}`);
      return known;
    },
  };
}

/** xs:string of 1 to `most` UTF-16 code units, Windows' characters. */
export function shortText(most: number, codec: Codec<string> = text): Codec<string> {
  const length = `must have 1 to ${most} characters`;
  const fits = (value: string | undefined): boolean =>
    value !== undefined && value !== '' && value.length <= most;
  return {
    write(value, path) {
      const content = codec.write(value, path);
      if (!fits(content.text)) throw new RangeError(`${path} ${length}`);
      return content;
    },
    read(element, report) {
      const value = codec.read(element, report);
      if (!fits(value)) throw malformed(element, length);
      return value;
    },
  };
}

/** xs:hexBinary of `least` to `most` octets, written in capitals. */
export function hexOctets(least: number, most: number): Codec<string> {
  const wanted = `must be ${least * 2} to ${most * 2} hexadecimal digits, in pairs`;
  const isRight = (digits: string): boolean =>
    /^(?:[0-9a-f]{2})*$/iu.test(digits) && digits.length >= least * 2 && digits.length <= most * 2;
  return {
    write(value, path) {
      if (typeof value !== 'string') throw new TypeError(`${path} ${wanted}`);
      if (!isRight(value)) throw new RangeError(`${path} ${wanted}`);
      return { text: value.toUpperCase() };
    },
    read(element, report) {
      const digits = elementText(element, report).trim();
      if (!isRight(digits)) throw malformed(element, wanted);
      return digits.toUpperCase();
    },
  };
}
