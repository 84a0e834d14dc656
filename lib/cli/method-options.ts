// The options of `eaphost method`, checked, with the blobs in the files that they name.

import { resolve } from 'node:path';
import { flagBits, type Flag, type MethodType } from '../eap/names.js';
import { parse, readInput, UsageError } from './command.js';
import { method as row } from './tables.js';

/** A blob, or the XML that it is to be made of. */
export type Material = { readonly blob: Buffer } | { readonly xml: string };

/** What `eaphost method` is to do. */
export interface MethodCommandOptions {
  /** Absolute paths. */
  readonly peer: string;
  readonly authenticator: string;
  readonly type: MethodType;
  readonly config: Material | undefined;
  readonly serverConfig: Buffer | undefined;
  readonly user: Material | undefined;
  /** Octets. */
  readonly mtu: number | undefined;
  /** Seconds that a call may take. */
  readonly timeout: number;
  readonly isolate: boolean;
  readonly flags: readonly Flag[];
  readonly trace: boolean;
}

const defaultTimeout = 60;

/** Reads the options, and the files. Throws UsageError. */
export async function readMethodOptions(args: readonly string[]): Promise<MethodCommandOptions> {
  const { values } = parse(row, args);
  const { peer, authenticator = peer, 'server-config': serverConfig } = values;
  if (peer === undefined || authenticator === undefined) {
    throw new UsageError('--peer is missing: the path of the peer method DLL');
  }
  if (values.type === undefined) throw new UsageError('--type is missing: the EAP type, such as 26');
  const rest = {
    peer: resolve(peer),
    authenticator: resolve(authenticator),
    type: parseMethodType(values.type, values.author),
    mtu: values.mtu === undefined ? undefined : parseNumber(values.mtu, '--mtu', 64, 65_535),
    timeout: parseNumber(values.timeout ?? String(defaultTimeout), '--timeout', 1, 86_400),
    isolate: values['in-process'] !== true,
    flags: parseFlags(values.flags),
    trace: values.trace === true,
  };
  return {
    ...rest,
    config: await readMaterial(values.config, '--config'),
    serverConfig: serverConfig === undefined ? undefined : await readInput(serverConfig, '--server-config'),
    user: await readMaterial(values.user, '--user'),
  };
}

/** `26`, or `254/VENDOR/TYPE`. Throws UsageError. */
export function parseMethodType(text: string, author: string | undefined): MethodType {
  const authorId = author === undefined ? 0 : parseNumber(author, '--author', 0, 0xffff_ffff);
  const groups = /^(?<type>\d{1,3})(?:\/(?<vendor>\d{1,10})\/(?<own>\d{1,10}))?$/u.exec(text)?.groups;
  const type = Number(groups?.['type']);
  if (groups?.['vendor'] === undefined) {
    if (type >= 1 && type <= 253) return { type, authorId };
  } else if (type === 254) {
    return {
      type,
      vendorId: parseNumber(groups['vendor'], '--type', 0, 0xffff_ffff),
      vendorType: parseNumber(groups['own'] ?? '', '--type', 0, 0xffff_ffff),
      authorId,
    };
  }
  throw new UsageError('--type must be an EAP type, 1 to 253, or an expanded one as 254/VENDOR/TYPE');
}

/** Names of flags, with commas between. Throws UsageError. */
export function parseFlags(text = ''): Flag[] {
  return text
    .split(',')
    .filter((name) => name !== '')
    .map((name) => {
      if (isFlag(name)) return name;
      throw new UsageError(`--flags: there is no ${name}; there are ${Object.keys(flagBits).join(', ')}`);
    });
}

function isFlag(name: string): name is Flag {
  return Object.hasOwn(flagBits, name);
}

function parseNumber(text: string, option: string, least: number, most: number): number {
  const number = Number(text);
  if (/^\d+$/u.test(text) && number >= least && number <= most) return number;
  throw new UsageError(`${option} must be a whole number from ${least} to ${most}`);
}

/** A file whose name ends in .xml is XML, any other a blob as it is. */
export async function readMaterial(path: string | undefined, option: string): Promise<Material | undefined> {
  if (path === undefined) return undefined;
  const blob = await readInput(path, option);
  return path.toLowerCase().endsWith('.xml') ? { xml: blob.toString('utf8') } : { blob };
}
