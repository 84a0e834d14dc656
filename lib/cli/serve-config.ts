// The configuration file of `eaphost serve`: JSON with the files that it names, read in one thread and checked in each.

import { randomBytes } from 'node:crypto';
import { dirname, resolve } from 'node:path';
import { ownProperties } from '../base/arguments.js';
import { type Fields, isNameOf, isObject, namesOf } from '../base/guards.js';
import type { MethodDefinition } from '../hosts/method.js';
import type {
  CertificateName,
  ClientTrust,
  CryptoBindingOffer,
  TlsAuthenticatorSettings,
  TlsVersion,
} from '../methods/tls/index.js';
import { accountErrors } from '../methods/verdicts.js';
import { memoryUsers, type UserRecord, type UserStore } from '../methods/users.js';
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
  /** Whether methods may run bare that the server takes inside EAP-TTLS too. */
  readonly bareInnerMethods: BareInnerMethods;
  /** What the methods are made of. */
  readonly users: UserStore;
  readonly tls: TlsAuthenticatorSettings | undefined;
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
  cryptoBinding: true,
  bareInnerMethods: true,
  minVersion: true,
  maxVersion: true,
  insecurelyAllowWeakCryptography: true,
} as const;
const versions: Readonly<Record<TlsVersion, true>> = { 'TLSv1.2': true, 'TLSv1.3': true };
const bindings: Readonly<Record<CryptoBindingOffer, true>> = { none: true, optional: true, required: true };
type BareInnerMethods = NonNullable<RadiusServerOptions['bareInnerMethods']>;
const bareChoices: Readonly<Record<BareInnerMethods, true>> = { accept: true, refuse: true };

const fileKeys = ['cert', 'key', 'pfx', 'clientCa', 'crl'] as const;
type FileKey = (typeof fileKeys)[number];

/** The file and those that it names, as they were read: plain data. */
export interface ServeSource {
  readonly path: string;
  readonly given: Fields;
  readonly files: Partial<Readonly<Record<FileKey, Uint8Array>>>;
}

/** Reads the file; paths in it are relative to it. Throws UsageError. */
export async function readServeSource(path: string): Promise<ServeSource> {
  const given = parse(path, await readInput(path, '--config'));
  const unknown = Object.keys(given).find((key) => !isNameOf(keys, key));
  if (unknown !== undefined) {
    fail(
      path,
      `${unknown} is not known${meant(unknown, namesOf(keys))}; there are ${namesOf(keys).join(', ')}`,
    );
  }
  const files: Partial<Record<FileKey, Uint8Array>> = {};
  for (const key of fileKeys) {
    const name = textOf(path, given, key);
    if (name !== undefined) files[key] = await readInput(resolve(dirname(path), name), key);
  }
  return { path, given, files };
}

function textOf(path: string, given: Fields, key: keyof typeof keys): string | undefined {
  const value = given[key];
  if (value === undefined || typeof value === 'string') return value;
  return fail(path, `${key} must be a string`);
}

/** What the file says. Throws UsageError, and TlsOptionsError for bad certificates. */
export function toServeConfig({ path, given, files }: ServeSource): ServeConfig {
  const text = (key: keyof typeof keys): string | undefined => textOf(path, given, key);
  // From another thread it is a Uint8Array.
  const file = (key: FileKey): Buffer | undefined => files[key] && Buffer.from(files[key]);
  const { port, resumptionLifetime = 0, insecurelyAllowWeakCryptography = false } = given;
  if (typeof insecurelyAllowWeakCryptography !== 'boolean') {
    fail(path, 'insecurelyAllowWeakCryptography must be true or false');
  }
  if (port !== undefined && typeof port !== 'number') fail(path, 'port must be a number');
  if (!isSeconds(resumptionLifetime)) fail(path, 'resumptionLifetime must be a number of seconds');
  const secrets = secretsOf(path, text('secret'), given['clients']);
  const tls = tlsOf(path, given, text, file);
  const clients = clientsOf(path, file);
  const users = memoryUsers(usersOf(path, given['users']));
  const certificateNames = certificateNamesOf(path, given['certificateNames']);
  const certificateUsers = {
    ...(certificateNames && { names: certificateNames }),
    ...(given['users'] !== undefined && { users }),
  };
  const parts = {
    users,
    certificateUsers,
    cryptoBinding: nameOf(path, given, 'cryptoBinding', bindings),
    ...(tls && { tls: { ...tls, resumptionLifetime, insecurelyAllowWeakCryptography } }),
    ...(clients && { clients }),
  };
  const bareInnerMethods = nameOf(path, given, 'bareInnerMethods', bareChoices) ?? 'refuse';
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
    bareInnerMethods,
    users,
    tls,
  };
}

type Text = (key: keyof typeof keys) => string | undefined;
type File = (key: FileKey) => Buffer | undefined;

function tlsOf(path: string, given: Fields, text: Text, file: File): TlsAuthenticatorSettings | undefined {
  const [cert, key, pfx] = [file('cert'), file('key'), file('pfx')];
  if (cert === undefined && key === undefined && pfx === undefined) return undefined;
  if (pfx === undefined ? cert === undefined || key === undefined : (cert ?? key) !== undefined) {
    fail(path, 'the server has cert and key, or pfx');
  }
  const [minVersion, maxVersion] = (['minVersion', 'maxVersion'] as const).map((name) =>
    nameOf(path, given, name, versions),
  );
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

function clientsOf(path: string, file: File): ClientTrust | undefined {
  const [ca, crl] = [file('clientCa'), file('crl')];
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

/** The name under a key, which a table has. */
function nameOf<Name extends string>(
  path: string,
  given: Fields,
  key: keyof typeof keys,
  table: Readonly<Record<Name, unknown>>,
): Name | undefined {
  const value = given[key];
  if (value === undefined || isNameOf(table, value)) return value;
  return fail(path, `${key} must be one of ${namesOf(table).join(', ')}`);
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
