// `eaphost serve`: a RADIUS server with users and certificates out of a file, a line for each authentication.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeName } from '../error-codes.js';
import { makeTestAuthority } from '../methods/tls/index.js';
import { RadiusServer, type RadiusServerEvent } from '../radius/index.js';
import { formatMethodType } from '../types.js';
import { type Command, describeError, UsageError, parseArguments } from './command.js';
import { readServeConfig, type ServeConfig } from './serve-config.js';

const help = `Usage: eaphost serve --config FILE [OPTION]...
       eaphost serve --make-test-config FOLDER

Runs a RADIUS server that authenticates users with EAP methods, until it is interrupted. It prints a line for each
authentication. SIGHUP makes it read the file and what it names again: all but address and port.

  --config FILE         what to serve, as JSON (below)
  --address ADDRESS     in place of the file's: where to listen
  --port PORT           in place of the file's; 0 takes a free one
  --json                a line of JSON for each event, in place of words
  --make-test-config FOLDER
                        makes what a test needs, and ends: a throw-away authority (ca.pem), a server (server.pem,
                        server.key) called radius.example.org, a user's certificate (client.pem, client.key), and a
                        file serve.json with a user alice, with a password and a secret made up
  -h, --help            this text

The file is an object with any of:

  address, port         where to listen; 127.0.0.1 and 1812 if left out
  secret                what the server shares with every client, or
  clients               secrets by address or network: { "10.0.0.0/8": "..." }
  users                 passwords by name: { "alice": "...", "bob": { "password": "...", "state": "disabled" } }
  methods               in order of preference; what can be served if left out. The names are those of
                        eaphost auth --method
  cert, key; pfx, passphrase
                        files of the server's certificate and key, in PEM, or in one PFX
  clientCa, crl         files, in PEM, of the authority of the users' certificates, and its revocation list
  minVersion, maxVersion
                        TLSv1.2 or TLSv1.3

Files are relative to it.

Examples:
  eaphost serve --make-test-config radius-test && eaphost serve --config radius-test/serve.json
  eaphost serve --config /etc/eaphost.json --address 0.0.0.0
`;

interface ServeOptions {
  readonly config: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly json: boolean;
}

/** `eaphost serve`. */
export const serve: Command = {
  summary: 'run a RADIUS server with users and certificates out of a file',
  help,
  async run(args) {
    const values = parse(args);
    const folder = values['make-test-config'];
    if (folder !== undefined) {
      await makeTestConfig(folder);
      return 0;
    }
    const { config, address, port, json = false } = values;
    if (config === undefined) throw new UsageError('--config is missing: the file that says what to serve');
    await run({ config, address, port: port === undefined ? undefined : parsePort(port), json });
    return 0;
  },
};

function parse(args: readonly string[]) {
  return parseArguments({
    args: [...args],
    allowPositionals: false,
    options: {
      config: { type: 'string' },
      address: { type: 'string' },
      port: { type: 'string' },
      json: { type: 'boolean' },
      'make-test-config': { type: 'string' },
    },
  }).values;
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/u.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError('--port must be a number from 0 to 65535');
}

async function run(options: ServeOptions): Promise<void> {
  let config = await readServeConfig(options.config);
  const secrets = secretsOf(options.config, config);
  const { address = config.address ?? '127.0.0.1', port = config.port ?? 1812 } = options;
  const say = (event: Readonly<Record<string, unknown>>, words: string): void => {
    const at = new Date().toISOString();
    process.stdout.write(options.json ? `${JSON.stringify({ at, ...event })}\n` : `${at} ${words}\n`);
  };
  await using server = await RadiusServer.listen({
    ...secrets,
    methods: config.methods,
    // A conversation keeps the methods that it began with.
    policy: () => ({ methods: config.methods }),
    address,
    port,
    onEvent: (event) => tell(event, say),
  });
  say(
    { kind: 'listening', address: server.address, port: server.port, methods: config.names },
    `listening on ${server.address} port ${server.port} for ${config.names.join(', ')}`,
  );
  const reload = async (): Promise<void> => {
    try {
      const next = await readServeConfig(options.config);
      server.replaceSecrets(secretsOf(options.config, next));
      const isMoved = next.address !== config.address || next.port !== config.port;
      config = next;
      const later = isMoved ? '; address and port hold from the next start on' : '';
      say({ kind: 'reloaded', methods: next.names }, `read again, for ${next.names.join(', ')}${later}`);
    } catch (error) {
      const error_ = describeError(error);
      say({ kind: 'notReloaded', error: error_ }, `goes on as it was: ${error_}`);
    }
  };
  await untilStopped(() => void reload());
}

function secretsOf(path: string, { secret, clients }: ServeConfig) {
  if (secret === undefined && clients === undefined) {
    throw new UsageError(`${path}: give secret, or clients with theirs`);
  }
  return { ...(secret !== undefined && { secret }), ...(clients !== undefined && { clients }) };
}

/** SIGINT and SIGTERM stop; SIGHUP reloads, but on Windows it means a closed window. */
async function untilStopped(reload: () => void): Promise<void> {
  const hangUp = process.platform !== 'win32';
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    if (hangUp) process.on('SIGHUP', reload);
  });
  process.off('SIGHUP', reload);
}

function tell(
  event: RadiusServerEvent,
  say: (event: Readonly<Record<string, unknown>>, words: string) => void,
): void {
  if (event.kind !== 'verdict') return;
  const { accepted, identity, method, reason, failureReasonCode, client, elapsedMs } = event;
  const verdict = accepted ? 'accepted' : 'rejected';
  const name = identity === undefined ? 'nobody' : printable(identity);
  const code = failureReasonCode === undefined ? undefined : errorCodeName(failureReasonCode);
  const error = event.error === undefined ? undefined : describeError(event.error);
  const why = [reason, code, error].filter((part) => part !== undefined).join(', ');
  say(
    { kind: verdict, identity: name, method, reason, code, error, client, elapsedMs },
    `${verdict} ${name} from ${client.address}:${client.port}` +
      `${method ? `, method ${formatMethodType(method)}` : ''}${why ? `: ${why}` : ''}, ${elapsedMs.toFixed(0)} ms`,
  );
}

/** What a stranger says of itself, fit for a line. */
function printable(name: string): string {
  return JSON.stringify(name.slice(0, 256).replaceAll(/[\p{Cc}\p{Cf}]/gu, '?'));
}

async function makeTestConfig(folder: string): Promise<void> {
  const path = join(folder, 'serve.json');
  if (existsSync(path)) throw new UsageError(`${path} is already there`);
  const authority = makeTestAuthority();
  const server = authority.issue({
    name: 'eaphost serve',
    purpose: 'server',
    dnsNames: ['radius.example.org'],
  });
  const client = authority.issue({ name: 'alice', purpose: 'client', emails: ['alice@example.org'] });
  const config = {
    secret: randomBytes(16).toString('hex'),
    users: { alice: randomBytes(12).toString('base64url') },
    cert: 'server.pem',
    key: 'server.key',
    clientCa: 'ca.pem',
  };
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const write = (name: string, content: string) =>
    writeFile(join(folder, name), content, { mode: 0o600, flag: 'wx' });
  await write('ca.pem', authority.ca);
  await write('server.pem', server.cert);
  await write('server.key', server.key);
  await write('client.pem', client.cert);
  await write('client.key', client.key);
  await write('serve.json', `${JSON.stringify(config, undefined, 2)}\n`);
  process.stdout.write(`${path}: user alice, secret and password in it; trust ${join(folder, 'ca.pem')}\n`);
}
