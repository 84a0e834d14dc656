// `eaphost serve`: a RADIUS server with users and certificates out of a file, on one thread or several, a line for each
// authentication.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { makeTestAuthority } from '../methods/tls/index.js';
import {
  CommandError,
  describeError,
  errorCode,
  exitCodes,
  parse,
  untilStopped,
  UsageError,
} from './command.js';
import { failureOf } from './failure.js';
import type { Output } from './output.js';
import { readServeSource, toServeConfig } from './serve-config.js';
import { DropLog, type Say } from './serve-drops.js';
import { serveFile } from './serve-server.js';
import { serveOnThreads } from './serve-threads.js';
import { serve as row } from './tables.js';

interface ServeOptions {
  readonly config: string;
  readonly address: string | undefined;
  readonly port: number | undefined;
  readonly workers: number;
}

/** `eaphost serve`. */
export async function serve(args: readonly string[], output: Output): Promise<number> {
  const { config, address, port, workers, 'make-test-config': folder } = parse(row, args).values;
  if (folder !== undefined) await makeTestConfig(folder, output);
  else if (config === undefined) {
    throw new UsageError('--config is missing: the file that says what to serve');
  } else {
    const given = { config, address, port: port === undefined ? undefined : parsePort(port) };
    await run({ ...given, workers: parseWorkers(workers) }, output);
  }
  return exitCodes.accepted;
}

function parsePort(text: string): number {
  if (/^\d{1,5}$/u.test(text) && Number(text) <= 65_535) return Number(text);
  throw new UsageError('--port must be a number from 0 to 65535');
}

const maxWorkers = 256;

/** Default: as many as the process may use cores. */
function parseWorkers(text: string | undefined): number {
  if (text === undefined) return Math.min(availableParallelism(), maxWorkers);
  const number = /^\d{1,3}$/u.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= maxWorkers) return number;
  throw new UsageError(`--workers must be a number from 1 to ${maxWorkers}`);
}

async function run({ config: path, workers, ...given }: ServeOptions, output: Output): Promise<void> {
  output.step(`reading ${path}`);
  const source = await readServeSource(path);
  let config = toServeConfig(source);
  const { address = config.address ?? '127.0.0.1', port = config.port ?? 1812 } = given;
  const say: Say = (event, words) => {
    const at = new Date().toISOString();
    output.report({ at, ...event }, [[`${at} `, words]]);
  };
  const drops = new DropLog(say);
  const listeners = { say, drop: drops.add.bind(drops) };
  output.step('starting the server');
  await using server = await explained(
    workers === 1
      ? serveFile(source, { address, port }, listeners)
      : serveOnThreads(source, { address, port, workers }, listeners),
    { address, port },
  );
  output.done();
  const shares = workers === 1 ? undefined : { workers };
  say(
    { kind: 'listening', address: server.address, port: server.port, methods: config.names, ...shares },
    `listening on ${server.address} port ${server.port} for ${config.names.join(', ')}`,
  );
  const reload = async (): Promise<void> => {
    try {
      const read = await readServeSource(path);
      const next = toServeConfig(read);
      await server.replace(read);
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
  await server.close();
  drops.flush();
  say({ kind: 'stopped', exitCode: exitCodes.accepted }, 'stopped');
}

/** A server that starts. Where its address cannot be had, the error says which and why. */
async function explained<T>(
  starting: Promise<T>,
  { address, port }: { readonly address: string; readonly port: number },
): Promise<T> {
  try {
    return await starting;
  } catch (error) {
    const { cause } = error instanceof Error ? error : {};
    const code = errorCode(cause);
    if (code === undefined || !Object.hasOwn(bindErrors, code)) throw error;
    const [why = '', remedy] = bindErrors[code] ?? [];
    throw new CommandError(`UDP port ${port} of ${address} ${why} (${code})`, remedy, code);
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
