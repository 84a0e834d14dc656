// The configuration file of `eaphost serve`: JSON, checked, with the files that it names.

import { dirname, resolve } from 'node:path';
import { isNameOf, isObject, type Fields, namesOf } from '../guards.js';
import type { MethodDefinition } from '../methods/method.js';
import type { ClientTrust, TlsAuthenticatorSettings, TlsVersion } from '../methods/tls/index.js';
import { accountErrors } from '../methods/ras-errors.js';
import { memoryUsers, type UserRecord } from '../methods/users.js';
import { isMethodChoice, type MethodChoice, methodForms } from './auth-methods.js';
import { readInput, UsageError } from './command.js';
import { possibleMethods, serverMethods } from './serve-methods.js';

/** What the file says. */
export interface ServeConfig {
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly secret: string | undefined;
  /** Secrets by address or network. */
  readonly clients: Readonly<Record<string, string>> | undefined;
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
  minVersion: true,
  maxVersion: true,
} as const;
const versions: Readonly<Record<TlsVersion, true>> = { 'TLSv1.2': true, 'TLSv1.3': true };

/** Reads the file; paths in it are relative to it. Throws UsageError, and TlsOptionsError for bad certificates. */
export async function readServeConfig(path: string): Promise<ServeConfig> {
  const given = parse(path, await readInput(path, '--config'));
  const unknown = Object.keys(given).find((key) => !isNameOf(keys, key));
  if (unknown !== undefined) fail(path, `${unknown} is not known; there are ${namesOf(keys).join(', ')}`);
  const text = (key: keyof typeof keys): string | undefined => {
    const value = given[key];
    if (value === undefined || typeof value === 'string') return value;
    return fail(path, `${key} must be a string`);
  };
  const file = async (key: keyof typeof keys): Promise<Buffer | undefined> => {
    const name = text(key);
    return name === undefined ? undefined : readInput(resolve(dirname(path), name), key);
  };
  const { port } = given;
  if (port !== undefined && typeof port !== 'number') fail(path, 'port must be a number');
  const tls = await readTls(path, text, file);
  const clients = await readClients(path, file);
  const users = memoryUsers(usersOf(path, given['users']));
  const parts = { users, ...(tls && { tls }), ...(clients && { clients }) };
  const names = namesOfMethods(path, given['methods']) ?? possibleMethods(parts);
  return {
    address: text('address'),
    port,
    secret: text('secret'),
    clients: secretsOf(path, given['clients']),
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

function namesOfMethods(path: string, value: unknown): MethodChoice[] | undefined {
  if (value === undefined) return undefined;
  const list: readonly unknown[] = Array.isArray(value) ? value : fail(path, 'methods must be an array');
  return list.map((name) => {
    if (typeof name === 'string' && isMethodChoice(name)) return name;
    return fail(path, `methods may have ${Object.keys(methodForms).join(', ')}, not ${JSON.stringify(name)}`);
  });
}

function usersOf(path: string, value: unknown = {}): Record<string, string | UserRecord> {
  if (!isObject(value)) return fail(path, 'users must be an object');
  return Object.fromEntries(
    Object.entries(value).map(([name, user]) => {
      if (typeof user === 'string') return [name, user];
      const { password, state = 'active' } = isObject(user) ? user : {};
      if (typeof password === 'string' && isNameOf(accountErrors, state)) return [name, { password, state }];
      return fail(
        path,
        `user ${JSON.stringify(name)} must be a password, or have password and state, which is one of ` +
          namesOf(accountErrors).join(', '),
      );
    }),
  );
}

function secretsOf(path: string, value: unknown): Record<string, string> | undefined {
  if (value === undefined) return undefined;
  if (!isObject(value)) return fail(path, 'clients must be an object');
  return Object.fromEntries(
    Object.entries(value).map(([client, secret]) => {
      if (typeof secret === 'string') return [client, secret];
      return fail(path, `the secret of ${client} must be a string`);
    }),
  );
}

function parse(path: string, content: Buffer): Fields {
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch {
    // Not with the parser's words: they quote what is near, which may be a password.
    return fail(path, 'it is no JSON');
  }
  return isObject(value) && !Array.isArray(value) ? value : fail(path, 'it must hold an object');
}

function fail(path: string, what: string): never {
  throw new UsageError(`${path}: ${what}`);
}
