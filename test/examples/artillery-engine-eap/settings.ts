// `config.engines.eap` of a script, checked, with the files that it names. Errors name the field and hold no secret.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';

import type { MethodName } from 'eaphost';
import { type MethodDefinition, parseServerNames, type TlsIdentity } from 'eaphost/methods';
import type { RadiusClientOptions } from 'eaphost/radius';

import type { Script } from './artillery.js';
import {
  hasTunnel,
  isMethod,
  type Method,
  methodNames,
  peerMethods,
  sessionMethod,
  usesCertificate,
  usesTls,
} from './methods.js';

/** A script that makes no sense. The message is one sentence for its author. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
}

/** What a worker is made of. */
export interface Settings {
  readonly client: RadiusClientOptions;
  readonly method: MethodName;
  readonly methods: readonly MethodDefinition[];
  /** The user has a certificate; else a password. */
  readonly hasCertificate: boolean;
  /** TLS sessions may be resumed. */
  readonly resumption: boolean;
  readonly calledStationId: string | undefined;
}

const place = 'config.engines.eap';
const keys = [
  'secret',
  'secretFile',
  'method',
  'ca',
  'serverName',
  'insecurelyTrustAnyServer',
  'cert',
  'key',
  'pfx',
  'passphraseFile',
  'outerIdentity',
  'resumption',
  'calledStationId',
  'nasIdentifier',
  'timeoutMs',
  'retries',
] as const;
type Key = (typeof keys)[number];

const radiusPort = 1812;

/** Reads the settings. Throws ScriptError. */
export function readSettings({ config, _configPath = '' }: Script): Settings {
  const fields = new Fields(config.engines?.eap, dirname(_configPath));
  const method = fields.text('method');
  if (!isMethod(method)) return fail('method', `must be one of ${methodNames.join(', ')}`);
  const trust = readTrust(fields, method);
  const client = readUserCertificate(fields, method);
  const identity = fields.text('outerIdentity');
  if (identity !== undefined && !hasTunnel(method)) {
    fail('outerIdentity', `is for methods with a tunnel, not for ${method}`);
  }
  const resumption = fields.flag('resumption');
  const [timeoutMs, retries] = [fields.number('timeoutMs'), fields.number('retries')];
  return {
    client: {
      ...readTarget(config.target),
      secret: readSecret(fields),
      nasIdentifier: fields.text('nasIdentifier') ?? 'artillery',
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(retries !== undefined && { retries }),
    },
    method: sessionMethod(method),
    methods: placed(() =>
      peerMethods(method, { ...trust, client, resumption, ...(identity !== undefined && { identity }) }),
    ),
    hasCertificate: usesCertificate(method),
    resumption,
    calledStationId: fields.text('calledStationId'),
  };
}

/** Runs what refuses options in words of its own, and says where they are. */
export function placed<Value>(make: () => Value): Value {
  try {
    return make();
  } catch (error) {
    throw new ScriptError(`${place}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function fail(key: Key, what: string): never {
  throw new ScriptError(`${place}.${key} ${what}`);
}

/** The fields by their kinds. All throw ScriptError. */
class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #folder: string;

  constructor(value: unknown, folder: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ScriptError(`${place} must be an object`);
    }
    const unknown = Object.keys(value).find((name) => !keys.some((key) => key === name));
    if (unknown !== undefined) {
      throw new ScriptError(`${place}.${unknown} is not known; there are ${keys.join(', ')}`);
    }
    this.#values = { ...value };
    this.#folder = folder;
  }

  has(key: Key): boolean {
    return this.#values[key] !== undefined;
  }

  text(key: Key): string | undefined {
    const value = this.#values[key];
    if (value === undefined || (typeof value === 'string' && value !== '')) return value;
    return fail(key, 'must be a string that is not empty; in quotes, if it looks like a number');
  }

  texts(key: Key): string[] {
    const value = this.#values[key];
    if (!Array.isArray(value)) return [this.text(key) ?? []].flat();
    const list: readonly unknown[] = value;
    return list.map((item) => (typeof item === 'string' ? item : fail(key, 'must be a string, or several')));
  }

  number(key: Key): number | undefined {
    const value = this.#values[key];
    return value === undefined || typeof value === 'number' ? value : fail(key, 'must be a number');
  }

  flag(key: Key): boolean {
    const value = this.#values[key] ?? false;
    return typeof value === 'boolean' ? value : fail(key, 'must be true or false');
  }

  file(key: Key): Buffer | undefined {
    const name = this.text(key);
    if (name === undefined) return undefined;
    const path = resolve(this.#folder, name);
    try {
      return readFileSync(path);
    } catch (error) {
      const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
      return fail(key, `cannot be read: ${path} (${String(code)})`);
    }
  }

  /** A file with one line. */
  line(key: Key): string | undefined {
    return this.file(key)
      ?.toString()
      .replace(/\r?\n$/u, '');
  }
}

function readTarget(target: unknown): { readonly host: string; readonly port: number } {
  const url = typeof target === 'string' && URL.canParse(target) ? new URL(target) : undefined;
  if (url?.protocol !== 'radius:' || url.hostname === '' || !/^\/?$/u.test(url.pathname + url.search)) {
    throw new ScriptError('config.target must be radius://HOST or radius://HOST:PORT');
  }
  // An IPv6 address has brackets there.
  const host = url.hostname.replaceAll(/[[\]]/gu, '');
  return { host, port: url.port === '' ? radiusPort : Number(url.port) };
}

function readSecret(fields: Fields): string {
  const given = fields.text('secret');
  const inFile = fields.line('secretFile');
  if (given !== undefined && inFile !== undefined) fail('secret', 'and secretFile exclude each other');
  const secret = given ?? inFile ?? fail('secret', 'or secretFile is missing: what the server shares');
  return secret === '' ? fail('secretFile', 'is an empty file') : secret;
}

function readTrust(fields: Fields, method: Method) {
  const ca = fields.file('ca')?.toString();
  const names = fields.texts('serverName');
  const insecurelyTrustAnyServer = fields.flag('insecurelyTrustAnyServer');
  if (!usesTls(method)) {
    const key = (['ca', 'serverName', 'insecurelyTrustAnyServer'] as const).find((name) => fields.has(name));
    if (key !== undefined) fail(key, `is for methods with TLS, not for ${method}`);
  } else if (ca === undefined && !insecurelyTrustAnyServer) {
    fail('ca', 'is missing: a file of the authority that has signed the certificate of the server');
  }
  return {
    ...(ca !== undefined && { ca }),
    ...(names.length > 0 && { serverNames: placed(() => parseServerNames(names.join(';'))) }),
    insecurelyTrustAnyServer,
  };
}

function readUserCertificate(fields: Fields, method: Method): TlsIdentity {
  const [cert, key, pfx] = [fields.file('cert'), fields.file('key'), fields.file('pfx')];
  const passphrase = fields.line('passphraseFile');
  if (!usesCertificate(method)) {
    const given = (['cert', 'key', 'pfx', 'passphraseFile'] as const).find((name) => fields.has(name));
    if (given !== undefined) fail(given, `is for methods with a certificate of the user, not for ${method}`);
  } else if (pfx === undefined ? cert === undefined || key === undefined : (cert ?? key) !== undefined) {
    fail('cert', 'and key, or pfx, are what the method needs: the certificate of the user');
  }
  return {
    ...(cert && { cert }),
    ...(key && { key }),
    ...(pfx && { pfx }),
    ...(passphrase !== undefined && { passphrase }),
  };
}
