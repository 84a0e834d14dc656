// `eaphost serve`: a RADIUS server with users and certificates out of a file, a line for each authentication.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeName } from '../base/error-codes.js';
import { makeTestAuthority } from '../methods/tls/index.js';
import { paint } from '../base/printable.js';
import { RadiusServer, type RadiusServerOptions, type VerdictEvent } from '../radius/index.js';
import { formatMethodType, isSameMethodType, type MethodType } from '../eap/names.js';
import { namedMethods } from '../supplicant/options.js';
import { type MethodChoice, methodForms } from './auth-methods.js';
import { CommandError, describeError, errorCode, exitCodes, parse, UsageError } from './command.js';
import { failureOf } from './failure.js';
import type { Output } from './output.js';
import { readServeConfig } from './serve-config.js';
import { DropLog, type Say } from './serve-drops.js';
import { serve as row } from './tables.js';

interface ServeOptions {
  readonly config: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
}

/** `eaphost serve`. */
export async function serve(args: readonly string[], output: Output): Promise<number> {
  const { config, address, port, 'make-test-config': folder } = parse(row, args).values;
  if (folder !== undefined) await makeTestConfig(folder, output);
  else if (config === undefined) {
    throw new UsageError('--config is missing: the file that says what to serve');
  } else await run({ config, address, port: port === undefined ? undefined : parsePort(port) }, output);
  return exitCodes.accepted;
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/u.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError('--port must be a number from 0 to 65535');
}

async function run(options: ServeOptions, output: Output): Promise<void> {
  output.step(`reading ${options.config}`);
  let config = await readServeConfig(options.config);
  const { address = config.address ?? '127.0.0.1', port = config.port ?? 1812 } = options;
  const say: Say = (event, words) => {
    const at = new Date().toISOString();
    output.report({ at, ...event }, [[`${at} `, words]]);
  };
  const drops = new DropLog(say);
  output.step('starting the server');
  await using server = await listen({
    ...config.secrets,
    methods: config.methods,
    // A conversation keeps the methods that it began with.
    policy: () => ({ methods: config.methods }),
    address,
    port,
    onEvent(event) {
      if (event.kind === 'verdict') tell(event, config.names, say);
      else if (event.kind === 'dropped') drops.add(event.reason, event.client);
    },
  });
  output.done();
  say(
    { kind: 'listening', address: server.address, port: server.port, methods: config.names },
    `listening on ${server.address} port ${server.port} for ${config.names.join(', ')}`,
  );
  const reload = async (): Promise<void> => {
    try {
      const next = await readServeConfig(options.config);
      server.replaceSecrets(next.secrets);
      const isMoved = next.address !== config.address || next.port !== config.port;
      config = next;
      const later = isMoved ? '; address and port hold from the next start on' : '';
      say({ kind: 'reloaded', methods: next.names }, `read again, for ${next.names.join(', ')}${later}`);
    } catch (error) {
      say(
        { kind: 'notReloaded', error: failureOf(error, 'serve') },
        `goes on as it was: ${describeError(error)}`,
      );
    }
  };
  await untilStopped(() => void reload());
  drops.flush();
  say({ kind: 'stopped', exitCode: exitCodes.accepted }, 'stopped');
}

/** As RadiusServer.listen. Where the address cannot be had, the error says which and why. */
async function listen(options: RadiusServerOptions): Promise<RadiusServer> {
  try {
    return await RadiusServer.listen(options);
  } catch (error) {
    const { cause } = error instanceof Error ? error : {};
    const code = errorCode(cause);
    if (code === undefined || !Object.hasOwn(bindErrors, code)) throw error;
    const [why = '', remedy] = bindErrors[code] ?? [];
    throw new CommandError(`UDP port ${options.port} of ${options.address} ${why} (${code})`, remedy, code);
  }
}

/** What keeps a server from its port, and what to do about it. */
const bindErrors: Readonly<Record<string, readonly [string, string]>> = {
  EADDRINUSE: [
    'is taken by another server',
    'stop that one, or give another --port; 0 takes a free one, and a client says it with --server HOST:PORT',
  ],
  EADDRNOTAVAIL: ['is not on this machine', 'give --address one of this machine, or 0.0.0.0 for all of them'],
  EACCES: ['may not be taken by this user', 'give --port a number above 1023, or run it with more rights'],
};

/** SIGINT, SIGTERM and a reader that has gone stop; SIGHUP reloads, but on Windows it means a closed window. */
async function untilStopped(reload: () => void): Promise<void> {
  const hangUp = process.platform !== 'win32';
  await new Promise<void>((resolve) => {
    process.once('SIGINT', () => resolve());
    process.once('SIGTERM', () => resolve());
    process.stdout.once('error', () => resolve());
    if (hangUp) process.on('SIGHUP', reload);
  });
  process.off('SIGHUP', reload);
}

/** The name of a method that is served, as far as its outer type tells which it is. */
function nameOf(type: MethodType, served: readonly MethodChoice[]): string {
  const [outer] = Object.entries(namedMethods).find(([, each]) => isSameMethodType(each, type)) ?? [];
  const [name, ...others] = served.filter((each) => methodForms[each].outer === outer);
  return (others.length === 0 ? name : outer) ?? formatMethodType(type);
}

function tell(event: VerdictEvent, served: readonly MethodChoice[], say: Say): void {
  const { accepted, method, reason, failureReasonCode, client, elapsedMs } = event;
  const verdict = accepted ? 'accepted' : 'rejected';
  const { identity, outerIdentity } = event;
  const code = failureReasonCode === undefined ? undefined : errorCodeName(failureReasonCode);
  const error = event.error === undefined ? undefined : describeError(event.error);
  const isRepeated = code !== undefined && error?.includes(code);
  const why = [reason, isRepeated ? undefined : code, error].filter((part) => part !== undefined).join(', ');
  const name = identity === undefined ? 'nobody' : quoted(identity);
  const isOther = outerIdentity !== undefined && outerIdentity !== identity;
  say({ kind: verdict, identity, outerIdentity, method, reason, code, error, client, elapsedMs }, [
    paint(accepted ? 'green' : 'red', verdict),
    ` ${name}${isOther ? ` (outer identity ${quoted(outerIdentity)})` : ''} from ${client.address}:${client.port}`,
    `${method ? `, method ${nameOf(method, served)}` : ''}${why ? `: ${why}` : ''}, ${elapsedMs.toFixed(0)} ms`,
  ]);
}

/** What a stranger says of itself: in quotes, where it ends cannot be doubted. */
function quoted(name: string): string {
  return JSON.stringify(name.slice(0, 256));
}

async function makeTestConfig(folder: string, output: Output): Promise<void> {
  const path = join(folder, 'serve.json');
  if (existsSync(path)) throw new UsageError(`${path} is already there; name another folder, or remove it`);
  output.step('making certificates');
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
  output.done();
  const ca = join(folder, 'ca.pem');
  output.report({ exitCode: exitCodes.accepted, config: path, ca, user: 'alice' }, [
    `${path}: user alice, secret and password in it; trust ${ca}`,
  ]);
}
