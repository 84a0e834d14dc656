// Whole authentications against FreeRADIUS: one eaphost process with some sessions at once, beside eapol_test, which is
// started for each, one after the other and some at once. The same server in one run; full handshakes. Linux only.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

import { peerMethods } from '../../lib/cli/auth-methods.js';
import { type EapHost, openEapHost } from '../../lib/index.js';
import { RadiusClient, radiusTransport } from '../../lib/radius/index.js';
import { findProgram } from '../interop/programs.js';
import { type RunningServer, startFreeRadius } from '../interop/servers.js';
import { certificates } from '../methods/tls/certificates.js';
import { childrenUsage, cpuSecondsOf } from './processor-time.js';
import { times } from './support.js';

/** A rate, and what it cost. */
export interface RadiusRate {
  readonly perSecond: number;
  /** Of one CPU; the server has threads and can use several. */
  readonly serverCpu: number;
  /** Of one CPU, of this process or of those started. */
  readonly ownCpu: number;
}

export interface RadiusRates {
  /** By the number of sessions at once. */
  readonly eaphost: Readonly<Record<string, RadiusRate>>;
  /** By the number of processes at once. */
  readonly eapolTest: Readonly<Record<string, RadiusRate>>;
}

const secret = 'between us';
const user = { username: 'alice', password: 'a password' };
const methods = {
  mschapv2: { outer: 'mschapv2', eapol: ['eap=MSCHAPV2'], count: 600 },
  peap: { outer: 'peap', eapol: ['eap=PEAP', 'phase1="peapver=0"', 'phase2="auth=MSCHAPV2"'], count: 192 },
  ttls: { outer: 'ttls', eapol: ['eap=TTLS', 'phase2="auth=MSCHAPV2"'], count: 192 },
} as const;
/** Sessions of ours. */
const sessionsAtOnce = [1, 16, 64] as const;
/** Processes of theirs. */
const processesAtOnce = [1, Math.max(4, cpus().length)];
const eapolCount = 48;
const rounds = 3;

/** Authentications per second and method. */
export async function benchRadius(): Promise<Record<keyof typeof methods, RadiusRates>> {
  await using server = await startFreeRadius({
    secret,
    users: { [user.username]: user.password },
    firstMethod: 'mschapv2',
    tls: { maxVersion: 'TLSv1.3' },
    isQuiet: true,
  });
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-bench-'));
  try {
    const results: Partial<Record<keyof typeof methods, RadiusRates>> = {};
    for (const name of ['mschapv2', 'peap', 'ttls'] as const) {
      const [ours, theirs] = [new Map<number, RadiusRate[]>(), new Map<number, RadiusRate[]>()];
      // Each round goes through all, so that what else the machine does meets them alike.
      for (let round = 0; round < rounds; round++) {
        for (const atOnce of sessionsAtOnce) add(ours, atOnce, await measureOurs(name, atOnce, server));
        for (const atOnce of processesAtOnce) {
          add(theirs, atOnce, await measureEapolTest(name, atOnce, server, folder));
        }
      }
      results[name] = { eaphost: medians(ours), eapolTest: medians(theirs) };
    }
    return results as Record<keyof typeof methods, RadiusRates>;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function add(all: Map<number, RadiusRate[]>, atOnce: number, rate: RadiusRate): void {
  all.set(atOnce, [...(all.get(atOnce) ?? []), rate]);
}

/** By the number at once, the round whose rate is the median. */
function medians(all: ReadonlyMap<number, readonly RadiusRate[]>): Record<string, RadiusRate> {
  const middle = Math.floor(rounds / 2);
  return Object.fromEntries(
    [...all].flatMap(([atOnce, measured]) => {
      const rate = measured.toSorted((a, b) => a.perSecond - b.perSecond)[middle];
      return rate ? [[String(atOnce), rate]] : [];
    }),
  );
}

async function measureOurs(
  name: keyof typeof methods,
  atOnce: number,
  server: RunningServer,
): Promise<RadiusRate> {
  const tunnel = peerMethods({
    method: name === 'ttls' ? 'ttls-mschapv2' : 'peap-mschapv2',
    identity: user.username,
    password: Buffer.alloc(0),
    outerIdentity: undefined,
    ca: certificates().ca,
    serverNames: ['radius.example.org'],
    isCareless: false,
    client: undefined,
  });
  await using host = await openEapHost({ runtime: 'embedded', methods: tunnel });
  await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
  const { outer, count } = methods[name];
  const many = async (total: number): Promise<void> => {
    let left = total;
    await Promise.all(
      times(atOnce, async () => {
        while (left-- > 0) await authenticate(host, client, outer);
      }),
    );
  };
  await many(atOnce);
  return await measure(
    server,
    count,
    () => process.cpuUsage(),
    () => many(count),
  );
}

async function authenticate(
  host: EapHost,
  client: RadiusClient,
  method: 'mschapv2' | 'peap' | 'ttls',
): Promise<void> {
  await using session = await host.beginSession({ method, credentials: user, flags: ['fullAuth'] });
  const { isSuccess, error } = await session.authenticate(radiusTransport(client));
  if (!isSuccess) throw error ?? new Error('the authentication failed');
}

async function measureEapolTest(
  name: keyof typeof methods,
  atOnce: number,
  server: RunningServer,
  folder: string,
): Promise<RadiusRate> {
  const program = findProgram('eapol_test', 'eapoltest');
  const config = join(folder, `${name}.conf`);
  await writeFile(join(folder, 'ca.pem'), certificates().ca);
  const lines = [
    'key_mgmt=WPA-EAP',
    `identity="${user.username}"`,
    `password="${user.password}"`,
    ...(name === 'mschapv2' ? [] : [`ca_cert="${folder}/ca.pem"`, 'domain_match="radius.example.org"']),
    ...methods[name].eapol,
  ];
  await writeFile(config, `network={\n${lines.join('\n')}\n}\n`);
  const args = ['-c', config, '-a', '127.0.0.1', '-p', String(server.port), '-s', secret, '-t', '20'];
  const run = async (): Promise<void> => {
    const child = spawn(program, args, { stdio: 'ignore' });
    const [status]: unknown[] = await once(child, 'exit');
    if (status !== 0) throw new Error(`eapol_test ended with ${String(status)}`);
  };
  const many = async (): Promise<void> => {
    let left = eapolCount;
    await Promise.all(
      times(atOnce, async () => {
        while (left-- > 0) await run();
      }),
    );
  };
  await run();
  return await measure(server, eapolCount, childrenUsage, many);
}

async function measure(
  server: RunningServer,
  count: number,
  usage: () => NodeJS.CpuUsage,
  work: () => Promise<void>,
): Promise<RadiusRate> {
  const [before, own, start] = [cpuSecondsOf(server.pid), usage(), performance.now()];
  await work();
  const seconds = (performance.now() - start) / 1000;
  const after = usage();
  return {
    perSecond: count / seconds,
    serverCpu: (cpuSecondsOf(server.pid) - before) / seconds,
    ownCpu: (after.user + after.system - own.user - own.system) / 1e6 / seconds,
  };
}
