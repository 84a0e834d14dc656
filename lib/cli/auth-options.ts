// The options of `eaphost auth`, checked, with the secrets that they name.

import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { namedMethods, type MethodName } from '../begin-options.js';
import type { Runtime } from '../eaphost.js';
import { UsageError } from './command.js';
import { promptSecret, readSecretFile } from './password.js';

/** What `eaphost auth` is to do. The buffers are secrets; `wipeOptions` when done. */
export interface AuthOptions {
  /** The RADIUS server; undefined: the built-in one. */
  readonly server: ServerAddress | undefined;
  readonly secret: Buffer;
  readonly method: MethodName;
  readonly identity: string;
  readonly password: Buffer;
  /** What the built-in server takes for the user's password. */
  readonly serverPassword: Buffer;
  readonly runtime: Runtime | undefined;
  /** Seconds. */
  readonly timeout: number;
  readonly json: boolean;
}

export interface ServerAddress {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

const demo = { identity: 'demo', password: 'demo-password' } as const;
const defaultMethod = 'mschapv2';
const defaultTimeout = 15;
const radiusPort = 1812;

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        server: { type: 'string' },
        secret: { type: 'string' },
        'secret-file': { type: 'string' },
        method: { type: 'string' },
        identity: { type: 'string' },
        'password-file': { type: 'string' },
        'server-password-file': { type: 'string' },
        runtime: { type: 'string' },
        timeout: { type: 'string' },
        json: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    // Node's text ends with advice of its own.
    const [sentence = 'bad arguments'] =
      error instanceof Error ? error.message.split(/\. (?=[A-Z])/u, 1) : [];
    throw new UsageError(sentence);
  }
}

type Values = ReturnType<typeof parse>;

/** Whether `--json` is among arguments that need not make sense otherwise. */
export function asksForJson(args: readonly string[]): boolean {
  return args.includes('--json');
}

/** Reads the options. Throws UsageError. May ask for the password on the terminal, once all else is in order. */
export async function readAuthOptions(args: readonly string[]): Promise<AuthOptions> {
  const values = parse(args);
  const server = values.server === undefined ? undefined : parseServer(values.server);
  const isBuiltIn = server === undefined;
  if (isBuiltIn && (values.secret !== undefined || values['secret-file'] !== undefined)) {
    throw new UsageError(
      '--secret and --secret-file go with --server; the built-in server makes up its secret',
    );
  }
  if (!isBuiltIn && values['server-password-file'] !== undefined) {
    throw new UsageError('--server-password-file is for the built-in server, without --server');
  }
  const method = values.method ?? defaultMethod;
  if (!isMethodName(method)) {
    throw new UsageError(`--method must be one of ${Object.keys(namedMethods).join(', ')}`);
  }
  const identity = values.identity ?? (isBuiltIn ? demo.identity : '');
  if (identity === '') throw new UsageError('--identity is missing: the name of the user');
  const rest = {
    server,
    method,
    identity,
    runtime: parseRuntime(values.runtime),
    timeout: parseTimeout(values.timeout),
    json: values.json === true,
  };
  return {
    ...rest,
    secret: isBuiltIn ? Buffer.from(randomBytes(16).toString('hex')) : await readSecret(values),
    serverPassword: isBuiltIn ? await readServerPassword(values) : Buffer.alloc(0),
    password: await readPassword(values, identity, isBuiltIn),
  };
}

/** Overwrites the secrets. */
export function wipeOptions({ secret, password, serverPassword }: AuthOptions): void {
  for (const buffer of [secret, password, serverPassword]) buffer.fill(0);
}

/** `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`. Throws UsageError. */
export function parseServer(text: string): ServerAddress {
  const {
    host,
    bracketed,
    port = String(radiusPort),
  } = /^(?:\[(?<bracketed>[^[\]]+)\]|(?<host>[^:[\]]+))(?::(?<port>\d{1,5}))?$/u.exec(text)?.groups ?? {};
  const name = bracketed ?? host;
  const number = Number(port);
  if (name !== undefined && number >= 1 && number <= 65_535) return { host: name, port: number };
  throw new UsageError('--server must be HOST or HOST:PORT, with an IPv6 address in brackets');
}

function isMethodName(text: string): text is MethodName {
  return Object.hasOwn(namedMethods, text);
}

function parseRuntime(text: string | undefined): Runtime | undefined {
  if (text === undefined || text === 'system' || text === 'embedded') return text;
  throw new UsageError('--runtime must be system or embedded');
}

function parseTimeout(text: string | undefined): number {
  const seconds = text === undefined ? defaultTimeout : Number(text);
  if (text !== '' && seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new UsageError('--timeout must be a number of seconds from 0.1 to 3600');
}

async function readSecret(values: Values): Promise<Buffer> {
  const { secret, 'secret-file': file } = values;
  if (secret !== undefined && file !== undefined)
    throw new UsageError('--secret and --secret-file exclude each other');
  const octets = file === undefined ? Buffer.from(secret ?? '') : await readSecretFile(file, 'secret');
  if (octets.length > 0) return octets;
  throw new UsageError('--secret or --secret-file is missing: what the server shares with this client');
}

async function readServerPassword(values: Values): Promise<Buffer> {
  const file = values['server-password-file'];
  if (file !== undefined) return readSecretFile(file, 'server’s password');
  return Buffer.from(process.env['EAPHOST_SERVER_PASSWORD'] ?? demo.password);
}

async function readPassword(values: Values, identity: string, isBuiltIn: boolean): Promise<Buffer> {
  const file = values['password-file'];
  if (file !== undefined) return readSecretFile(file, 'password');
  const variable = process.env['EAPHOST_PASSWORD'];
  if (variable !== undefined) return Buffer.from(variable);
  if (isBuiltIn) return Buffer.from(demo.password);
  if (process.stdin.isTTY) return promptSecret(`Password of ${identity}: `, process.stdin, process.stderr);
  throw new UsageError(
    'the password is missing: give --password-file or EAPHOST_PASSWORD, or run it in a terminal',
  );
}
