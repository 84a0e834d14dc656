// What a TLS method costs each side, in processor time of whole processes: our client against FreeRADIUS, the same client
// against our server and hostapd, eapol_test against our server, and with the same certificates openssl's own client and
// server, which is what the cryptography costs, and node:tls alone, which is what it costs in Node. TLS 1.3, full handshakes. Linux only.

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findProgram, Program, run } from '../interop/programs.js';
import { BareSocket } from '../radius/support.js';
import { startFreeRadius, startHostapd } from '../interop/servers.js';
import { certificates, type Identity } from '../methods/tls/certificates.js';
import { childrenUsage, cpuSecondsOf } from './processor-time.js';
import { median, rounds, times } from './support.js';
import { secret, type Task, type TlsMethod, tlsMethods, type Told, user, type Work } from './tls-half.js';

/** Milliseconds of processor time for each authentication, and how many get done in a second. */
export interface TlsCosts {
  /** Our client's, and beside it FreeRADIUS'. */
  readonly clientCpuMs: number;
  readonly freeradiusCpuMs: number;
  /** Of our server and of hostapd, both under our client; hostapd's PEAP does TLS 1.2. */
  readonly serverCpuMs: number;
  readonly hostapdCpuMs: number;
  /** Our server's under eapol_test. */
  readonly serverUnderEapolTestCpuMs: number;
  /** Of `openssl s_time` and of `openssl s_server`, for each connection. */
  readonly opensslCpuMs: number;
  readonly opensslServerCpuMs: number;
  /** Of a handshake of node:tls with `openssl s_server`, and nothing of EAP. */
  readonly nodeTlsCpuMs: number;
  /** Processes of eapol_test against FreeRADIUS, one after another and four at once. */
  readonly eapolTestPerSecond: Readonly<Record<(typeof processesAtOnce)[number], number>>;
  /** Our client against FreeRADIUS, by the number of sessions at once. */
  readonly perSecond: Readonly<Record<(typeof sessionsAtOnce)[number], number>>;
}

const sessionsAtOnce = [1, 16, 64] as const;
const processesAtOnce = [1, 4] as const;
/** Authentications of a round; eapol_test is a process for each. */
const count = 96;
const eapolCount = 24;
/** Seconds that `openssl s_time` connects for. */
const connecting = 1;

/** Of one kind of key. */
type Keys = Readonly<Record<'server' | 'client', Identity>>;

/** By the kind of key. */
export async function benchTls(): Promise<Record<'p256' | 'rsa2048', Record<TlsMethod, TlsCosts>>> {
  const { server, client, rsaServer, rsaClient } = certificates();
  return {
    p256: await costsWith({ server, client }),
    rsa2048: await costsWith({ server: rsaServer, client: rsaClient }),
  };
}

async function costsWith(keys: Keys): Promise<Record<TlsMethod, TlsCosts>> {
  const costs: Partial<Record<TlsMethod, TlsCosts>> = {};
  for (const method of tlsMethods) costs[method] = await costsOf(method, keys);
  return costs as Record<TlsMethod, TlsCosts>;
}

async function costsOf(method: TlsMethod, keys: Keys): Promise<TlsCosts> {
  const tls = { maxVersion: 'TLSv1.3', identity: keys.server } as const;
  const { username, password } = user;
  await using files = await writeFiles(method, keys);
  const { folder } = files;
  await using freeradius = await startFreeRadius({
    secret,
    users: { [username]: password },
    firstMethod: method,
    tls,
    isQuiet: true,
  });
  // Its PEAP ends otherwise over TLS 1.3 than Windows' and ours.
  const ofHostapd = method === 'peap' ? ({ ...tls, maxVersion: 'TLSv1.2' } as const) : tls;
  await using hostapd = await startHostapd({ secret, password, tls: ofHostapd, isQuiet: true });
  const { ca } = certificates();
  await using server = new Half({ half: 'server', ca, identity: keys.server });
  await using client = new Half({ half: 'client', ca, identity: keys.client });
  const { ports } = await server.told();
  await client.told();
  const port = ports?.[method] ?? 0;

  const measured = new Map<string, number[]>();
  const note = (name: string, value: number): void => {
    measured.set(name, [...(measured.get(name) ?? []), value]);
  };
  /** The client's and the server's processor time, and the rate. */
  const ours = async (pid: number, at: number, atOnce: number, name?: string): Promise<void> => {
    const before = [cpuSecondsOf(client.pid), cpuSecondsOf(pid)];
    const milliseconds = await client.hold({ method, port: at, count, atOnce });
    const [own, other] = [cpuSecondsOf(client.pid), cpuSecondsOf(pid)].map(
      (after, index) => ((after - (before[index] ?? 0)) * 1000) / count,
    );
    if (name !== undefined) note(name, other ?? Number.NaN);
    if (pid !== freeradius.pid) return;
    note(String(atOnce), (count / milliseconds) * 1000);
    if (atOnce === 16) {
      note('client', own ?? Number.NaN);
      note('freeradius', other ?? Number.NaN);
    }
  };
  for (let round = 0; round <= rounds; round += 1) {
    // The first warms up.
    if (round === 1) measured.clear();
    for (const atOnce of sessionsAtOnce) await ours(freeradius.pid, freeradius.port, atOnce);
    await ours(server.pid, port, 16, 'server');
    await ours(hostapd.pid, hostapd.port, 16, 'hostapd');
    const before = cpuSecondsOf(server.pid);
    await eapolTests(port, folder, 1);
    note('eapol', ((cpuSecondsOf(server.pid) - before) * 1000) / eapolCount);
    for (const atOnce of processesAtOnce)
      note(`eapol ${atOnce}`, await eapolTests(freeradius.port, folder, atOnce));
    const limit = await openssl(folder, method, client);
    note('openssl', limit.client);
    note('opensslServer', limit.server);
    note('node', limit.node);
  }
  const of = (name: string): number => median(measured.get(name) ?? []);
  return {
    clientCpuMs: of('client'),
    freeradiusCpuMs: of('freeradius'),
    serverCpuMs: of('server'),
    hostapdCpuMs: of('hostapd'),
    serverUnderEapolTestCpuMs: of('eapol'),
    opensslCpuMs: of('openssl'),
    opensslServerCpuMs: of('opensslServer'),
    nodeTlsCpuMs: of('node'),
    eapolTestPerSecond: { 1: of('eapol 1'), 4: of('eapol 4') },
    perSecond: { 1: of('1'), 16: of('16'), 64: of('64') },
  };
}

/** A half in a process of its own. */
class Half implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended = new AbortController();

  constructor(task: Task) {
    this.#child = fork(fileURLToPath(new URL('tls-half.js', import.meta.url)), [JSON.stringify(task)]);
    this.#child.once('exit', () => this.#ended.abort(new Error('a half of the benchmark ended')));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** What it says next. */
  async told(): Promise<Told> {
    const [message]: unknown[] = await once(this.#child, 'message', { signal: this.#ended.signal });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- tls-half.ts tells it
    return message as Told;
  }

  /** Milliseconds. */
  async hold(work: Work): Promise<number> {
    this.#child.send(work);
    const { milliseconds = Number.NaN } = await this.told();
    return milliseconds;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#child.connected) return;
    const exit = once(this.#child, 'exit');
    this.#child.disconnect();
    await exit;
  }
}

/** For eapol_test and openssl. */
async function writeFiles(
  method: TlsMethod,
  { server, client }: Keys,
): Promise<{ readonly folder: string } & AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-bench-'));
  const phases = {
    tls: [`client_cert="${folder}/client.pem"`, `private_key="${folder}/client.key"`],
    peap: [`password="${user.password}"`, 'phase1="peapver=0"', 'phase2="auth=MSCHAPV2"'],
    ttls: [`password="${user.password}"`, 'phase2="auth=MSCHAPV2"'],
  };
  const lines = [
    'key_mgmt=WPA-EAP',
    `eap=${method.toUpperCase()}`,
    `identity="${user.username}"`,
    ...(method === 'tls' ? [] : ['anonymous_identity="anonymous"']),
    `ca_cert="${folder}/ca.pem"`,
    'domain_match="radius.example.org"',
    ...phases[method],
  ];
  const files = {
    'ca.pem': certificates().ca,
    'server.pem': server.cert,
    'server.key': server.key,
    'client.pem': client.cert,
    'client.key': client.key,
    'eapol.conf': `network={\n${lines.join('\n')}\n}\n`,
  };
  for (const [name, text] of Object.entries(files))
    await writeFile(join(folder, name), text, { mode: 0o600 });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}

/** How many are done in a second. */
async function eapolTests(port: number, folder: string, atOnce: number): Promise<number> {
  const program = findProgram('eapol_test', 'eapoltest');
  const args = [
    '-c',
    join(folder, 'eapol.conf'),
    '-a',
    '127.0.0.1',
    '-p',
    String(port),
    '-s',
    secret,
    '-t',
    '20',
  ];
  const started = performance.now();
  let left = eapolCount;
  await Promise.all(
    times(atOnce, async () => {
      while (left-- > 0) {
        const { status, output } = await run(program, args, 30_000);
        if (status !== 0) throw new Error(`eapol_test ended with ${status}: ${output.slice(-500)}`);
      }
    }),
  );
  return (eapolCount / (performance.now() - started)) * 1000;
}

/** Milliseconds of processor time for each connection of openssl's own client and server, and of node:tls. */
async function openssl(
  folder: string,
  method: TlsMethod,
  half: Half,
): Promise<Readonly<Record<'client' | 'server' | 'node', number>>> {
  const program = findProgram('openssl', 'openssl');
  const own = (name: string): string[] => [
    '-cert',
    join(folder, `${name}.pem`),
    '-key',
    join(folder, `${name}.key`),
    '-CAfile',
    join(folder, 'ca.pem'),
    '-tls1_3',
  ];
  const isMutual = method === 'tls';
  await using socket = await BareSocket.open();
  const server = ['s_server', '-accept', String(socket.port), ...own('server'), '-www'];
  await using listener = new Program(program, [...server, ...(isMutual ? ['-Verify', '1'] : [])]);
  await listener.says('ACCEPT');
  const [before, serverBefore] = [childrenUsage(), cpuSecondsOf(listener.pid)];
  const to = ['-connect', `127.0.0.1:${socket.port}`, '-new', '-verify', '2', '-time', String(connecting)];
  const client = ['s_time', ...to, ...own('client').slice(isMutual ? 0 : 4)];
  const { status, output } = await run(program, client, 30_000);
  const [, connections] = /^(\d+) connections in/mu.exec(output) ?? [];
  if (status !== 0 || connections === undefined) throw new Error(`openssl s_time said ${output.slice(-500)}`);
  const after = childrenUsage();
  const spent = (after.user + after.system - before.user - before.system) / 1000;
  const serverSpent = cpuSecondsOf(listener.pid) - serverBefore;
  const nodeBefore = cpuSecondsOf(half.pid);
  await half.hold({ method, port: socket.port, count, atOnce: 16, isBare: true });
  return {
    client: spent / Number(connections),
    server: (serverSpent * 1000) / Number(connections),
    node: ((cpuSecondsOf(half.pid) - nodeBefore) * 1000) / count,
  };
}
