// The configuration file of `eaphost serve`: JSON, checked, with the files that it names.

import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { ownProperties } from '../base/arguments.js';
import { type Fields, isNameOf, isObject, namesOf } from '../base/guards.js';
import type { MethodDefinition } from '../methods/method.js';
import type {
  CertificateName,
  ClientTrust,
  TlsAuthenticatorSettings,
  TlsVersion,
} from '../methods/tls/index.js';
import { accountErrors } from '../methods/verdicts.js';
import { memoryUsers, type UserRecord } from '../methods/users.js';
import type { RadiusServerOptions } from '../radius/index.js';
import { type MethodChoice, methodForms } from './auth-methods.js';
import { meant, parseJson, readInput, UsageError } from './command.js';
import { possibleMethods, serverMethods } from './serve-methods.js';

/** What the file says. */
export interface ServeConfig {
  readonly address: string | undefined;
  readonly port: number | undefined;
  /** One for all, secrets by address or network, or both. */
  readonly secrets: Pick<RadiusServerOptions, 'secret' | 'clients'>;
  /** The methods by name, and the authenticators behind them. */
  readonly names: readonly MethodChoice[];
  readonly methods: readonly MethodDefinition[];
}

const keys = {
  address: true,
  port: true,
  secret: true,
  clients: true,
  methods: true,
  users: true,
  cert: true,
  key: true,
  pfx: true,
  passphrase: true,
  clientCa: true,
  crl: true,
  certificateNames: true,
  resumptionLifetime: true,
  minVersion: true,
  maxVersion: true,
  insecurelyAllowWeakCryptography: true,
} as const;
const versions: Readonly<Record<TlsVersion, true>> = { 'TLSv1.2': true, 'TLSv1.3': true };

/** Reads the file; paths in it are relative to it. Throws UsageError, and TlsOptionsError for bad certificates. */
export async function readServeConfig(path: string): Promise<ServeConfig> {
  const given = parse(path, await readInput(path, '--config'));
  const unknown = Object.keys(given).find((key) => !isNameOf(keys, key));
  if (unknown !== undefined) {
    fail(
      path,
      `${unknown} is not known${meant(unknown, namesOf(keys))}; there are ${namesOf(keys).join(', ')}`,
    );
  }
  const text = (key: keyof typeof keys): string | undefined => {
    const value = given[key];
    if (value === undefined || typeof value === 'string') return value;
    return fail(path, `${key} must be a string`);
  };
  const file = async (key: keyof typeof keys): Promise<Buffer | undefined> => {
    const name = text(key);
    return name === undefined ? undefined : readInput(resolve(dirname(path), name), key);
  };
  const { port, resumptionLifetime = 0, insecurelyAllowWeakCryptography = false } = given;
  if (typeof insecurelyAllowWeakCryptography !== 'boolean') {
    fail(path, 'insecurelyAllowWeakCryptography must be true or false');
  }
  if (port !== undefined && typeof port !== 'number') fail(path, 'port must be a number');
  if (!isSeconds(resumptionLifetime)) fail(path, 'resumptionLifetime must be a number of seconds');
  const secrets = secretsOf(path, text('secret'), given['clients']);
  const tls = await readTls(path, text, file);
  const clients = await readClients(path, file);
  const users = memoryUsers(usersOf(path, given['users']));
  const certificateNames = certificateNamesOf(path, given['certificateNames']);
  const certificateUsers = {
    ...(certificateNames && { names: certificateNames }),
    ...(given['users'] !== undefined && { users }),
  };
  const parts = {
    users,
    certificateUsers,
    ...(tls && { tls: { ...tls, resumptionLifetime, insecurelyAllowWeakCryptography } }),
    ...(clients && { clients }),
  };
  const names = listOfNames(path, 'methods', methodForms, given['methods']) ?? possibleMethods(parts);
  if (names.length === 0) {
    fail(
      path,
      'without cert and key there is no method that keeps a password from who listens: give them, or name those ' +
        'without TLS in methods, such as mschapv2, for tests',
    );
  }
  return {
    address: text('address'),
    port,
    secrets,
    names,
    methods: serverMethods(names, parts),
  };
}

type Text = (key: keyof typeof keys) => string | undefined;
type File = (key: keyof typeof keys) => Promise<Buffer | undefined>;

async function readTls(path: string, text: Text, file: File): Promise<TlsAuthenticatorSettings | undefined> {
  const [cert, key, pfx] = [await file('cert'), await file('key'), await file('pfx')];
  if (cert === undefined && key === undefined && pfx === undefined) return undefined;
  if (pfx === undefined ? cert === undefined || key === undefined : (cert ?? key) !== undefined) {
    fail(path, 'the server has cert and key, or pfx');
  }
  const [minVersion, maxVersion] = (['minVersion', 'maxVersion'] as const).map((name) => {
    const version = text(name);
    if (version === undefined || isNameOf(versions, version)) return version;
    return fail(path, `${name} must be one of ${namesOf(versions).join(', ')}`);
  });
  const passphrase = text('passphrase');
  return {
    ...(cert && { cert }),
    ...(key && { key }),
    ...(pfx && { pfx }),
    ...(passphrase !== undefined && { passphrase }),
    ...(minVersion !== undefined && { minVersion }),
    ...(maxVersion !== undefined && { maxVersion }),
  };
}

async function readClients(path: string, file: File): Promise<ClientTrust | undefined> {
  const [ca, crl] = [await file('clientCa'), await file('crl')];
  if (!ca && crl) fail(path, 'crl goes with clientCa');
  return ca && { ca, ...(crl && { crl }) };
}

const certificateNames: Readonly<Record<CertificateName, true>> = {
  upn: true,
  email: true,
  dns: true,
  commonName: true,
};

function certificateNamesOf(path: string, value: unknown): CertificateName[] | undefined {
  return listOfNames(path, 'certificateNames', certificateNames, value);
}

/** The names under a key, each of which a table has. */
function listOfNames<Name extends string>(
  path: string,
  key: keyof typeof keys,
  table: Readonly<Record<Name, unknown>>,
  value: unknown,
): Name[] | undefined {
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : fail(path, `${key} must be an array`);
  return list.map((name) => {
    if (isNameOf(table, name)) return name;
    const known = namesOf(table);
    const hint = typeof name === 'string' ? meant(name, known) : '';
    return fail(path, `${key} may have ${known.join(', ')}, not ${JSON.stringify(name)}${hint}`);
  });
}

function isSeconds(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function usersOf(path: string, value: unknown = {}): Record<string, string | UserRecord> {
  if (!isObject(value)) return fail(path, 'users must be an object');
  return Object.fromEntries(
    Object.entries(value).map(([name, user]) => {
      if (typeof user === 'string') return [name, user];
      const isRecord = isObject(user) && !Array.isArray(user);
      // A user with a certificate needs no password: this one is random.
      const { password = randomBytes(32).toString('hex'), state = 'active' } = ownProperties(
        isRecord ? user : {},
        name,
      );
      if (isRecord && typeof password === 'string' && isNameOf(accountErrors, state)) {
        return [name, { password, state }];
      }
      return fail(
        path,
        `user ${JSON.stringify(name)} must be a password, or an object that may have password and state, which is ` +
          `one of ${namesOf(accountErrors).join(', ')}`,
      );
    }),
  );
}

function secretsOf(path: string, secret: string | undefined, value: unknown): ServeConfig['secrets'] {
  if (value === undefined)
    return secret === undefined ? fail(path, 'give secret, or clients with theirs') : { secret };
  if (!isObject(value)) return fail(path, 'clients must be an object');
  const clients = Object.fromEntries(
    Object.entries(value).map(([client, own]) => {
      if (typeof own === 'string') return [client, own];
      return fail(path, `the secret of ${client} must be a string`);
    }),
  );
  return { clients, ...(secret !== undefined && { secret }) };
}

function parse(path: string, content: Buffer): Fields {
  const value = parseJson(content.toString(), `${path}: it is no JSON`);
  return ownProperties(
    isObject(value) && !Array.isArray(value) ? value : fail(path, 'it must hold an object'),
    path,
  );
}

function fail(path: string, what: string): never {
  throw new UsageError(`${path}: ${what}`);
}
