// What comes out of the page is checked before it is used: a page that was taken over must get no further than the
// page itself could.

import type { BlobText, Kind, TrialRequest } from './api.js';

const longestXml = 1 << 20;
const longestLine = 1024;
const kinds: readonly Kind[] = ['tls', 'mschapv2', 'peap', 'ttls', 'teap'];

/** A text of at most `longest` UTF-16 units. Throws TypeError that names it, and never repeats it. */
export function toText(value: unknown, name: string, longest = longestLine): string {
  if (typeof value === 'string' && value.length <= longest) return value;
  throw new TypeError(`${name} must be a text of at most ${longest} characters`);
}

/** A profile. */
export const toXml = (value: unknown): string => toText(value, 'xml', longestXml);

export function toFlag(value: unknown, name: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new TypeError(`${name} must be true or false`);
}

export function toKind(value: unknown): Kind {
  const kind = kinds.find((each) => each === value);
  if (kind !== undefined) return kind;
  throw new TypeError(`kind must be one of ${kinds.join(', ')}`);
}

function toFields(value: unknown, name: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null) throw new TypeError(`${name} must be an object`);
  return new Map(Object.entries(value));
}

function toNumber(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new TypeError(`${name} must be a number from ${least} to ${most}`);
}

export function toBlobText(value: unknown): BlobText {
  const blob = toFields(value, 'blob');
  const method = toFields(blob.get('method'), 'blob.method');
  const number = (name: string): number => toNumber(method.get(name), `blob.method.${name}`, 0, 0xffffffff);
  return {
    method: {
      type: number('type'),
      vendorId: number('vendorId'),
      vendorType: number('vendorType'),
      authorId: number('authorId'),
    },
    hex: toText(blob.get('hex'), 'blob.hex', longestXml),
  };
}

export function toTrialRequest(value: unknown): TrialRequest {
  const request = toFields(value, 'request');
  const server = toFields(request.get('server'), 'request.server');
  const values = request.get('values');
  if (!Array.isArray(values)) throw new TypeError('request.values must be an array');
  const list: readonly unknown[] = values;
  return {
    xml: toXml(request.get('xml')),
    server: {
      host: toText(server.get('host'), 'request.server.host'),
      port: toNumber(server.get('port'), 'request.server.port', 1, 65_535),
      secret: toText(server.get('secret'), 'request.server.secret'),
    },
    values: list.map((each, index) => toText(each, `request.values[${index}]`)),
  };
}
