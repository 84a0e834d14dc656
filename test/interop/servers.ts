// The RADIUS servers of others, each on a free loopback port with a configuration of its own in a temporary folder.
// They need no special rights.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { TlsVersion } from '../../lib/methods/tls/engine.js';
import { certificates, type Identity } from '../methods/tls/certificates.js';
import { freePort } from '../support/free-port.js';
import { freeRadiusConfiguration } from './freeradius-configuration.js';
import { hostapdConfiguration } from './hostapd-configuration.js';
import { findProgram, Program } from './programs.js';

/** A running server. */
export interface RunningServer extends AsyncDisposable {
  readonly port: number;
  /** Of its process. */
  readonly pid: number;
  /** What it said so far. */
  readonly output: string;
  /** Waits until it has said this: it may answer before what it says has come. */
  says(this: void, text: string | RegExp): Promise<void>;
}

/** How a server does TLS. */
export interface ServerTls {
  readonly maxVersion: TlsVersion;
  /** Its certificate; default: a good one. */
  readonly identity?: Identity;
  /** Refuse what the authority's revocation list has. */
  readonly checkCrl?: boolean;
}

export interface FreeRadiusOptions {
  readonly secret: string;
  /** Identities and their passwords. */
  readonly users: Readonly<Record<string, string>>;
  /** The method that is offered first. */
  readonly firstMethod: 'md5' | 'mschapv2' | 'tls' | 'peap' | 'ttls';
  /** Without it there are no methods on TLS. */
  readonly tls?: ServerTls;
  /** Without debugging, with threads: for benchmarks. Default false. */
  readonly isQuiet?: boolean;
  /** Default: a free one. */
  readonly port?: number;
  /** It is started anew whenever it ends. Default false. */
  readonly isSupervised?: boolean;
}

export interface HostapdOptions {
  readonly secret: string;
  /** Password of the user `alice`, ASCII. */
  readonly password: string;
  readonly tls: ServerTls;
  /** The only method that is offered outside of tunnels. Default: TLS to `alice`, and PEAP and TTLS to everybody else. */
  readonly method?: 'mschapv2' | 'tls' | 'peap' | 'ttls';
  /** Without debugging: for benchmarks. Default false. */
  readonly isQuiet?: boolean;
}

/** Starts FreeRADIUS; resolves when it serves. */
export function startFreeRadius(options: FreeRadiusOptions): Promise<RunningServer> {
  const mode = options.isQuiet === true ? ['-f', '-l', 'stdout'] : ['-X'];
  const program = findProgram('freeradius', 'freeradius');
  const isSupervised = options.isSupervised === true;
  return start({
    program: isSupervised ? '/bin/sh' : program,
    args: (folder) => [...(isSupervised ? ['-c', supervised, program] : []), ...mode, '-d', folder],
    ready: 'Ready to process requests',
    port: options.port,
    files: (folder, port) => ({
      'radiusd.conf': freeRadiusConfiguration(folder, port, options),
      users: freeRadiusUsers(options.users),
      ...(options.tls && tlsFiles(options.tls)),
    }),
  });
}

/** What a supervisor does, as a script for a shell; it ends with what it supervises. */
const supervised = `trap 'kill $child; wait $child; exit 0' TERM
while :; do "$0" "$@" & child=$!; wait $child; done`;

/** Starts hostapd as a RADIUS server and nothing else; resolves when it serves. */
export function startHostapd(options: HostapdOptions): Promise<RunningServer> {
  return start({
    program: findProgram('hostapd', 'hostapd'),
    args: (folder) => [...(options.isQuiet === true ? [] : ['-ddK']), join(folder, 'hostapd.conf')],
    ready: 'AP-ENABLED',
    files: (folder, port) => ({
      'hostapd.conf': hostapdConfiguration(folder, port, options.tls),
      clients: `127.0.0.1 ${options.secret}\n`,
      users: hostapdUsers(options),
      ...tlsFiles(options.tls),
    }),
  });
}

interface Recipe {
  readonly program: string;
  readonly args: (folder: string) => readonly string[];
  /** What it says when it serves. */
  readonly ready: string;
  readonly port?: number | undefined;
  readonly files: (folder: string, port: number) => Readonly<Record<string, string>>;
}

async function start({ program: path, args, ready, port: wanted, files }: Recipe): Promise<RunningServer> {
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-server-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const port = wanted ?? (await freePort());
    await mkdir(join(folder, 'sessions'), { mode: 0o700 });
    for (const [name, text] of Object.entries(files(folder, port))) {
      await writeFile(join(folder, name), text, { mode: 0o600 });
    }
    const program = new Program(path, args(folder));
    try {
      await program.says(ready);
    } catch (error) {
      await program.stop();
      throw error;
    }
    return {
      port,
      pid: program.pid,
      get output() {
        return program.output;
      },
      says: (text) => program.says(text),
      async [Symbol.asyncDispose]() {
        await program.stop();
        await remove();
      },
    };
  } catch (error) {
    await remove();
    throw error;
  }
}

function tlsFiles({ identity, checkCrl }: ServerTls): Record<string, string> {
  const { ca, crl, server } = certificates();
  const { cert, key } = identity ?? server;
  return { 'ca.pem': checkCrl === true ? ca + crl : ca, 'server.pem': cert, 'server.key': key };
}

const freeRadiusUsers = (known: Readonly<Record<string, string>>): string =>
  Object.entries(known)
    .map(([name, password]) => `"${name}" Cleartext-Password := "${password}"\n`)
    .join('');

/** First who may start what, then what is done in tunnels. */
const hostapdUsers = ({ password, method }: HostapdOptions): string => `
${method ? onlyMethod(method, password) : '"alice" TLS\n* PEAP,TTLS [ver=0]'}
"alice" TTLS-PAP,TTLS-CHAP,TTLS-MSCHAP,TTLS-MSCHAPV2,MSCHAPV2,GTC,MD5,TLS "${password}" [2]
`;

const onlyMethod = (method: string, password: string): string =>
  method === 'mschapv2' ? `"alice" MSCHAPV2 "${password}"` : `* ${method.toUpperCase()} [ver=0]`;
