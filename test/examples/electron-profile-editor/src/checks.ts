// What comes out of the page is checked before it is used: a page that was taken over must get no further than the
// page itself could.

import type { ApplyRequest, BlobText, Kind, Network, ServerAddress, TrialRequest } from './api.js';

const longestXml = 1 << 20;
const longestLine = 1024;
const kinds: readonly Kind[] = ['tls', 'mschapv2', 'peap', 'ttls', 'teap'];
const securities: readonly Network['security'][] = ['WPA2', 'WPA3ENT', 'WPA3ENT192'];

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

export const toKind = (value: unknown): Kind => toChoice(value, 'kind', kinds);

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

function toTexts(value: unknown, name: string): string[] {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array`);
  const list: readonly unknown[] = value;
  return list.map((each, index) => toText(each, `${name}[${index}]`));
}

function toChoice<Choice extends string>(value: unknown, name: string, choices: readonly Choice[]): Choice {
  const choice = choices.find((each) => each === value);
  if (choice !== undefined) return choice;
  throw new TypeError(`${name} must be one of ${choices.join(', ')}`);
}

function toServer(value: unknown): ServerAddress {
  const server = toFields(value, 'request.server');
  return {
    host: toText(server.get('host'), 'request.server.host'),
    port: toNumber(server.get('port'), 'request.server.port', 1, 65_535),
    secret: toText(server.get('secret'), 'request.server.secret'),
  };
}

export function toTrialRequest(value: unknown): TrialRequest {
  const request = toFields(value, 'request');
  return {
    xml: toXml(request.get('xml')),
    server: toServer(request.get('server')),
    values: toTexts(request.get('values'), 'request.values'),
  };
}

function toNetwork(value: unknown): Network {
  const network = toFields(value, 'request.network');
  return {
    kind: toChoice(network.get('kind'), 'request.network.kind', ['wlan', 'lan', 'vpn']),
    name: toText(network.get('name'), 'request.network.name'),
    ssids: toTexts(network.get('ssids'), 'request.network.ssids'),
    security: toChoice(network.get('security'), 'request.network.security', securities),
    isForAll: toFlag(network.get('isForAll'), 'request.network.isForAll'),
  };
}

export function toApplyRequest(value: unknown): ApplyRequest {
  const request = toFields(value, 'request');
  const server = request.get('server');
  return {
    xml: toXml(request.get('xml')),
    values: toTexts(request.get('values'), 'request.values'),
    network: toNetwork(request.get('network')),
    server: server === undefined ? undefined : toServer(server),
  };
}
