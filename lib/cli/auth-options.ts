// The options of `eaphost auth`, checked, with the secrets that they name.

import { randomBytes } from 'node:crypto';
import type { Runtime } from '../supplicant/eaphost.js';
import type { TlsIdentity } from '../methods/tls/index.js';
import { secretFrom } from '../base/secret.js';
import { maxValueLength } from '../radius/attributes.js';
import { type MethodChoice, methodForms, type PeerChoice, usesCertificate, usesTls } from './auth-methods.js';
import type { RecordOptions } from './auth-report.js';
import { parse, readInput, UsageError, type Values as CommandValues } from './command.js';
import type { Output } from './output.js';
import { promptSecret, readSecretFile } from './password.js';
import { auth as row } from './tables.js';

/** What `eaphost auth` is to do. The buffers are secrets; `wipeOptions` when done. */
export interface AuthOptions extends PeerChoice, RecordOptions {
  /** The RADIUS server; undefined: the built-in one. */
  readonly server: RadiusAddress | undefined;
  readonly secret: Buffer;
  /** What the built-in server takes for the user's password. */
  readonly serverPassword: Buffer;
  readonly runtime: Runtime | undefined;
  /** Seconds. */
  readonly timeout: number;
}

export interface RadiusAddress {
  /** A name or an address, without brackets. */
  readonly host: string;
  readonly port: number;
}

const demo = { identity: 'demo', password: 'demo-password' } as const;
const defaultMethod: MethodChoice = 'mschapv2';
const defaultTimeout = 15;
const radiusPort = 1812;

type Values = CommandValues<typeof row>;

/** The options that say who authenticates, how, and whom it trusts. */
export type PeerValues = Pick<
  Values,
  | 'method'
  | 'identity'
  | 'outer-identity'
  | 'ca'
  | 'server-name'
  | 'insecurely-trust-any-server'
  | 'commitment'
  | 'insecurely-allow-weak-cryptography'
  | 'cert'
  | 'key'
  | 'pfx'
  | 'passphrase-file'
  | 'password-file'
>;

/** Reads the options. Throws UsageError. May ask for the password on the terminal, once all else is in order. */
export async function readAuthOptions(args: readonly string[], output: Output): Promise<AuthOptions> {
  return readAuthValues(parse(row, args).values, output);
}

/** The same, of options that have been parsed: another command's may be among them. */
export async function readAuthValues(values: Values, output: Output): Promise<AuthOptions> {
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
  const peer = await readPeer(values, isBuiltIn);
  const rest = {
    ...peer,
    server,
    runtime: values.runtime,
    timeout: parseTimeout(values.timeout),
    ladder: values.ladder === true,
    html: values.html,
    pcap: values.pcap,
  };
  return {
    ...rest,
    secret: isBuiltIn ? Buffer.from(randomBytes(16).toString('hex')) : await readSecret(values, output),
    serverPassword: isBuiltIn ? await readServerPassword(values) : Buffer.alloc(0),
    password: await readPassword(values, peer, isBuiltIn),
  };
}

/** The peer that the options ask for, but for its password. `isBuiltIn`: at the built-in server. Throws UsageError. */
export async function readPeer(
  values: PeerValues,
  isBuiltIn: boolean,
): Promise<Omit<PeerChoice, 'password'>> {
  const { method = defaultMethod } = values;
  const identity = values.identity ?? (isBuiltIn ? demo.identity : '');
  if (identity === '') throw new UsageError('--identity is missing: the name of the user');
  for (const name of ['identity', 'outer-identity'] as const) {
    const octets = Buffer.byteLength(values[name] ?? '');
    if (octets > maxValueLength) {
      throw new UsageError(`--${name} has ${octets} octets; RADIUS carries at most ${maxValueLength}`);
    }
  }
  const { outer } = methodForms[method];
  if (values['outer-identity'] !== undefined && outer !== 'peap' && outer !== 'ttls') {
    throw new UsageError(`--outer-identity is for methods with a tunnel, not for ${method}`);
  }
  return {
    ...(await readTrust(values, method, isBuiltIn)),
    client: await readClient(values, method, isBuiltIn),
    outerIdentity: values['outer-identity'],
    method,
    identity,
  };
}

/** Overwrites the secrets. */
export function wipeOptions({ secret, password, serverPassword, client }: AuthOptions): void {
  for (const buffer of [secret, password, serverPassword, client?.key, client?.pfx]) {
    if (buffer instanceof Uint8Array) buffer.fill(0);
  }
}

/** `HOST`, `HOST:PORT`, `[IPv6]` or `[IPv6]:PORT`. Throws UsageError. */
export function parseServer(text: string): RadiusAddress {
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

async function readTrust(values: PeerValues, method: MethodChoice, isBuiltIn: boolean) {
  const { ca: file, 'server-name': serverNames = [], commitment } = values;
  const isCareless = values['insecurely-trust-any-server'] === true;
  const allowsWeak = values['insecurely-allow-weak-cryptography'] === true;
  const leniency = {
    ...(commitment !== undefined && { commitment }),
    ...(allowsWeak && { insecurelyAllowWeakCryptography: true }),
  };
  if (!usesTls(method)) {
    if (file !== undefined || serverNames.length > 0 || isCareless || Object.keys(leniency).length > 0) {
      throw new UsageError(
        `--ca and --server-name are for methods with TLS, not for ${method}; so are their other options`,
      );
    }
    return { ca: undefined, serverNames, isCareless, leniency };
  }
  if (file === undefined && !isCareless && !isBuiltIn) {
    throw new UsageError(
      '--ca is missing: the certificate of the authority that has signed the server’s; only for tests, ' +
        '--insecurely-trust-any-server',
    );
  }
  const ca = file === undefined ? undefined : (await readInput(file, '--ca')).toString();
  return { ca, serverNames, isCareless, leniency };
}

/** The user's certificate. Throws UsageError. */
export async function readClient(
  values: PeerValues,
  method: MethodChoice,
  isBuiltIn: boolean,
): Promise<TlsIdentity | undefined> {
  const { cert, key, pfx, 'passphrase-file': passphraseFile } = values;
  const isGiven = cert !== undefined || key !== undefined || pfx !== undefined;
  if (!usesCertificate(method)) {
    if (isGiven) throw new UsageError(`--cert, --key and --pfx are for methods with them, not for ${method}`);
    return undefined;
  }
  if (!isGiven && isBuiltIn) return undefined;
  if (pfx === undefined ? cert === undefined || key === undefined : (cert ?? key) !== undefined) {
    throw new UsageError('give --cert and --key, or --pfx: the user’s certificate and its key');
  }
  const passphrase =
    passphraseFile === undefined
      ? undefined
      : (await readSecretFile(passphraseFile, 'passphrase')).toString();
  return {
    ...(cert !== undefined && { cert: await readInput(cert, '--cert') }),
    ...(key !== undefined && { key: await readInput(key, '--key') }),
    ...(pfx !== undefined && { pfx: await readInput(pfx, '--pfx') }),
    ...(passphrase !== undefined && { passphrase }),
  };
}

function parseTimeout(text: string | undefined): number {
  const seconds = text === undefined ? defaultTimeout : Number(text);
  if (text !== '' && seconds >= 0.1 && seconds <= 3600) return seconds;
  throw new UsageError('--timeout must be a number of seconds from 0.1 to 3600');
}

async function readSecret(values: Values, output: Output): Promise<Buffer> {
  const { secret, 'secret-file': file } = values;
  if (secret !== undefined && file !== undefined)
    throw new UsageError('--secret and --secret-file exclude each other');
  if (secret) {
    output.hint(
      '--secret can be seen by other users of this machine; --secret-file and EAPHOST_SECRET cannot',
    );
  }
  const word = secret ?? process.env['EAPHOST_SECRET'] ?? '';
  const octets = file === undefined ? secretFrom(word) : await readSecretFile(file, 'secret');
  if (octets.length > 0) return octets;
  throw new UsageError(
    '--secret or --secret-file is missing, or EAPHOST_SECRET: what the server shares with this client',
  );
}

async function readServerPassword(values: Values): Promise<Buffer> {
  const file = values['server-password-file'];
  if (file !== undefined) return readSecretFile(file, 'server’s password');
  return secretFrom(process.env['EAPHOST_SERVER_PASSWORD'] ?? demo.password);
}

/** The user's password; empty where a certificate takes its place. May ask for it on the terminal. */
export async function readPassword(
  values: PeerValues,
  { method, identity }: Pick<PeerChoice, 'method' | 'identity'>,
  isBuiltIn: boolean,
): Promise<Buffer> {
  if (usesCertificate(method)) return Buffer.alloc(0);
  const file = values['password-file'];
  if (file !== undefined) return readSecretFile(file, 'password');
  const variable = process.env['EAPHOST_PASSWORD'];
  if (variable !== undefined) return secretFrom(variable);
  if (isBuiltIn) return secretFrom(demo.password);
  if (process.stdin.isTTY) return promptSecret(`Password of ${identity}: `, process.stdin, process.stderr);
  throw new UsageError(
    'the password is missing: give --password-file or EAPHOST_PASSWORD, or run it in a terminal',
  );
}
