// The names of wireless networks: SSIDConfig, with the octets and the text of each.

import { Buffer, isUtf8 } from 'node:buffer';

import {
  boolean,
  type Codec,
  type Field,
  holds,
  isGiven,
  listOf,
  sequence,
  withoutPrototype,
} from '../codec.js';
import { fieldsOf } from '../fields.js';
import { indexOfForbidden, malformed, networkVocabulary } from '../xml.js';
import type { WlanProfileOptions, WlanSsid } from './options.js';
import { hexOctets, shortText } from './values.js';

const w = networkVocabulary('WLAN/profile/v1');
const most = 256;

interface Parts {
  readonly hex?: string;
  readonly name?: string;
}

const octets = hexOctets(1, 32);
const f = fieldsOf<Parts>();
const parts: Codec<Parts> = sequence([
  f.one('hex', w('hex'), octets),
  f.one('name', w('name'), shortText(32)),
]);

const toHex = (text: string): string => Buffer.from(text).toString('hex').toUpperCase();

/** The text whose octets in UTF-8 these are and that a profile can hold; undefined if there is none. */
function textOf(hex: string): string | undefined {
  const content = Buffer.from(hex, 'hex');
  const text = isUtf8(content) ? content.toString() : undefined;
  // A byte order mark would be lost on the way.
  return text !== undefined && indexOfForbidden(text) === -1 && toHex(text) === hex ? text : undefined;
}

const ssid: Codec<WlanSsid> = {
  names: parts.names ?? [],
  write(value, path) {
    if (typeof value !== 'string') {
      if (!isGiven<Parts>(value)) throw new TypeError(`${path} must be a string or an object with hex`);
      const content = parts.write(value, path);
      if (!Object.hasOwn(value, 'hex')) throw new TypeError(`${path}.hex is missing; give the text itself`);
      return content;
    }
    const size = Buffer.byteLength(value);
    if (size < 1 || size > 32) throw new RangeError(`${path} must have 1 to 32 octets in UTF-8, not ${size}`);
    if (indexOfForbidden(value) !== -1) {
      throw new RangeError(`${path} has characters that XML 1.0 cannot hold: give its octets, { hex: '…' }`);
    }
    return parts.write({ hex: toHex(value), name: value }, path);
  },
  read(element, report) {
    const { hex, name } = withoutPrototype(parts.read(element, report) ?? {});
    if (hex === undefined) {
      if (name === undefined) throw malformed(element, 'must have hex or name');
      // Windows makes octets of it that depend on the system's code page.
      if (Buffer.byteLength(name) > 32) throw malformed(element, 'must have hex: name is too long for UTF-8');
      return name;
    }
    const text = textOf(hex);
    if (text !== undefined && (name === undefined || name === text)) return text;
    return { hex, ...(name !== undefined && { name }) };
  },
};

interface Names {
  readonly ssids: readonly WlanSsid[];
  readonly nonBroadcast?: boolean;
}

const n = fieldsOf<Names>();
const config: Codec<Names> = sequence([
  n.many('ssids', [w('SSID')], listOf(ssid, 1)),
  n.one('nonBroadcast', w('nonBroadcast'), boolean),
]);

const name = w('SSIDConfig');
holds(w('WLANProfile'), { names: [name] });
holds(name, config);

/** All SSIDConfig of a profile. What one of them says of hidden names, all must say: one option stands for it. */
export const ssidConfig: Field<WlanProfileOptions> = {
  keys: ['ssids', 'nonBroadcast'],
  names: [name],
  repeats: true,
  write({ ssids, nonBroadcast }, path) {
    if (ssids === undefined) throw new TypeError(`${path}.ssids is missing`);
    if (Array.isArray(ssids) && ssids.length > most) {
      throw new RangeError(`${path}.ssids must have ${most} names at most`);
    }
    return [{ name, ...config.write({ ssids, ...(nonBroadcast !== undefined && { nonBroadcast }) }, path) }];
  },
  read(elements, into, report, parent) {
    const read = elements.map((element) => withoutPrototype({ element, ...config.read(element, report) }));
    const [first] = read;
    if (first === undefined) throw malformed(parent, 'SSIDConfig is missing');
    for (const { element, ssids, nonBroadcast } of read) {
      if (ssids === undefined) throw malformed(element, 'SSID is missing');
      if (nonBroadcast !== first.nonBroadcast) {
        throw malformed(element, 'must have the same nonBroadcast as the SSIDConfig before it');
      }
    }
    into.ssids = read.flatMap(({ ssids = [] }) => ssids);
    if (into.ssids.length > most) throw malformed(parent, `must have ${most} SSIDs at most`);
    if (first.nonBroadcast !== undefined) into.nonBroadcast = first.nonBroadcast;
  },
};
