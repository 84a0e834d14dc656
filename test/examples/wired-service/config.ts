// The service's configuration: a JSON file, and the files that it names, relative to it.
//
//   interface    the port as the system calls it: "eth0", "Ethernet"
//   address      its Ethernet address; default: what the system says
//   device       what libpcap calls it; default: the same. Windows: "\\Device\\NPF_{...}" with the InterfaceGuid that
//                Get-NetAdapter shows
//   bridge       { "localPort", "remotePort" }: frames as datagrams, instead of libpcap
//   profile      EapHostConfig XML
//   credentials  EapHostUserCredentials XML: read anew for each authentication. Passwords stand in it: let nobody but
//                the service's account and administrators read it
//   machine      true: authenticates the machine, not a user
//   runtime      "system" or "embedded"; default: Windows' EAPHost on Windows
//   trustAnchors PEM certificates that the embedded run-time's PEAP and TTLS find the profile's roots among
//   startPeriod, maxStart, heldPeriod, authPeriod    the standard's; seconds
//   portValid    true: a LAN where nobody answers is taken to be open, and not asked again before the link is lost
//   control      where `health` and the other commands reach the service: a pipe's name on Windows, a socket elsewhere

import { readFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';

import type { Runtime } from '../../../lib/index.js';
import { parseAddress } from './eapol.js';
import type { PaeTimes } from './pae.js';

/** What the file says, checked. */
export interface ServiceConfig {
  readonly interface: string;
  readonly address: Buffer | undefined;
  readonly device: string;
  readonly bridge: { readonly localPort: number; readonly remotePort: number } | undefined;
  readonly profile: string;
  readonly credentials: string;
  readonly machine: boolean;
  readonly runtime: Runtime | undefined;
  readonly trustAnchors: string | undefined;
  readonly times: PaeTimes;
  readonly portValid: boolean;
  readonly control: string;
}

const names = new Set(
  [
    'interface address device bridge profile credentials machine runtime trustAnchors',
    'startPeriod maxStart heldPeriod authPeriod portValid control',
  ].flatMap((line) => line.split(' ')),
);

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One name's value, or `fallback` where the file has none. Throws what names it where it is no `kind`. */
function take<T>(
  fields: Fields,
  name: string,
  kind: string,
  is: (value: unknown) => value is T,
): T | undefined {
  const value = fields[name];
  if (value === undefined || is(value)) return value;
  throw new TypeError(`${name} must be ${kind}`);
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const isTruth = (value: unknown): value is boolean => typeof value === 'boolean';
const isRuntime = (value: unknown): value is Runtime => value === 'system' || value === 'embedded';
const isUpTo =
  (most: number) =>
  (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;

const text = (fields: Fields, name: string): string | undefined => take(fields, name, 'a text', isText);
const truth = (fields: Fields, name: string): boolean =>
  take(fields, name, 'true or false', isTruth) ?? false;
const count = (fields: Fields, name: string, most: number): number | undefined =>
  take(fields, name, `an integer from 1 to ${most}`, isUpTo(most));

function need<T>(value: T | undefined, name: string): T {
  if (value === undefined) throw new TypeError(`${name} is missing`);
  return value;
}

const most = 65_535;

/** Checks what a file at `path` says. Throws TypeError or RangeError that name what is wrong. */
export function parseConfig(value: unknown, path: string): ServiceConfig {
  if (!isFields(value)) throw new TypeError('the configuration must be a JSON object');
  const unknown = Object.keys(value).find((name) => !names.has(name));
  if (unknown !== undefined) throw new TypeError(`${unknown} is no name of the configuration`);
  const file = (name: string): string | undefined => {
    const given = text(value, name);
    return given === undefined ? undefined : resolve(dirname(path), given);
  };
  const port = need(text(value, 'interface'), 'interface');
  const address = text(value, 'address');
  const bridge = take(value, 'bridge', 'an object', isFields);
  const plain = basename(path, '.json');
  return {
    interface: port,
    address: address === undefined ? undefined : parseAddress(address),
    device: text(value, 'device') ?? port,
    bridge: bridge && {
      localPort: need(count(bridge, 'localPort', most), 'bridge.localPort'),
      remotePort: need(count(bridge, 'remotePort', most), 'bridge.remotePort'),
    },
    profile: need(file('profile'), 'profile'),
    credentials: need(file('credentials'), 'credentials'),
    machine: truth(value, 'machine'),
    runtime: take(value, 'runtime', 'system or embedded', isRuntime),
    trustAnchors: file('trustAnchors'),
    times: {
      startPeriod: count(value, 'startPeriod', most) ?? 30,
      maxStart: count(value, 'maxStart', most) ?? 3,
      heldPeriod: count(value, 'heldPeriod', most) ?? 60,
      authPeriod: count(value, 'authPeriod', most) ?? 30,
    },
    portValid: truth(value, 'portValid'),
    control:
      text(value, 'control') ??
      (process.platform === 'win32'
        ? `\\\\.\\pipe\\${plain}`
        : join(dirname(resolve(path)), `${plain}.sock`)),
  };
}

/** Reads the file. Rejects with what is wrong with it. */
export async function readConfig(path: string): Promise<ServiceConfig> {
  return parseConfig(JSON.parse(await readFile(path, 'utf8')), path);
}
