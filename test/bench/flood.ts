// How many honest authentications survive a flood of identities through their own RADIUS client: 5,000 conversations that
// are never answered at once, then 500 a second, while peers behind the same address authenticate with PEAP at `eaphost
// serve` in one thread. Linux only.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { peapPeer } from '../../lib/methods/tls/index.js';
import { openEapHost } from '../../lib/index.js';
import { RadiusClient, radiusTransport } from '../../lib/radius/index.js';
import { BareClient, identityResponse, pause, secret } from '../radius/support.js';
import { cpuSecondsOf } from './processor-time.js';
import { median } from './support.js';

const main = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.js');
const atOnce = 5000;
const floodPerSecond = 500;
const honestPerSecond = 4;
const seconds = 25;
const tickMs = 10;

/** What became of the honest authentications. */
export interface FloodResult {
  readonly begun: number;
  readonly accepted: number;
  /** Of those accepted. */
  readonly medianMs: number;
  /** Identities that were sent during the measurement, in a second. */
  readonly floodPerSecond: number;
  /** Of one CPU. */
  readonly serverCpu: number;
}

/** Sends identities that no response will follow, at this rate on the whole, until it is told to stop. */
function flood(client: BareClient, perSecond: number) {
  const start = performance.now();
  let sent = 0;
  const timer = setInterval(() => {
    const due = ((performance.now() - start) / 1000) * perSecond;
    for (; sent < due; sent += 1) client.send(client.request(identityResponse(sent & 0xff, 'flood')));
    // Nobody looks at the replies.
    client.socket.received.length = 0;
  }, tickMs);
  return () => {
    clearInterval(timer);
    return sent / ((performance.now() - start) / 1000);
  };
}

/** One run of the flood. */
export async function benchFlood(): Promise<FloodResult> {
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-bench-'));
  const made = join(folder, 'radius');
  spawnSync(process.execPath, [main, 'serve', '--make-test-config', made]);
  const config = join(made, 'serve.json');
  const given: { users: Record<string, string> } = JSON.parse(await readFile(config, 'utf8'));
  await writeFile(config, JSON.stringify({ ...given, secret }));
  const args = ['serve', '--config', config, '--port', '0', '--json', '--workers', '1'];
  const server = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line]: string[] = await once(server.stdout.setEncoding('utf8'), 'data');
    server.stdout.resume();
    const { port }: { port: number } = JSON.parse(line ?? '');
    const [[username, password] = ['', '']] = Object.entries(given.users);
    const ca = await readFile(join(made, 'ca.pem'), 'utf8');
    await using host = await openEapHost({ runtime: 'embedded', methods: [peapPeer({ ca })] });
    await using honest = new RadiusClient({ host: '127.0.0.1', port, secret, timeoutMs: 1000 });
    await using attacker = await BareClient.open(port);
    for (let sent = 0; sent < atOnce; sent += 100) {
      for (let each = 0; each < 100; each += 1) attacker.send(attacker.request(identityResponse(1, 'flood')));
      await pause(tickMs);
    }
    const stop = flood(attacker, floodPerSecond);
    const [cpu, start] = [cpuSecondsOf(server.pid ?? 0), performance.now()];
    const times: number[] = [];
    const authentications: Promise<void>[] = [];
    const authenticate = async (): Promise<void> => {
      const began = performance.now();
      try {
        await using session = await host.beginSession({
          method: 'peap',
          credentials: { username, password },
        });
        const { isSuccess } = await session.authenticate(radiusTransport(honest));
        if (isSuccess) times.push(performance.now() - began);
      } catch {
        // It did not survive.
      }
    };
    for (let begun = 0; begun < honestPerSecond * seconds; begun += 1) {
      authentications.push(authenticate());
      await pause(1000 / honestPerSecond);
    }
    const rate = stop();
    const serverCpu = (cpuSecondsOf(server.pid ?? 0) - cpu) / ((performance.now() - start) / 1000);
    await Promise.all(authentications);
    const medianMs = times.length === 0 ? Number.NaN : median(times);
    return {
      begun: authentications.length,
      accepted: times.length,
      medianMs,
      floodPerSecond: rate,
      serverCpu,
    };
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
    await rm(folder, { recursive: true, force: true });
  }
}
