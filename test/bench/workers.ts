// What a second worker brings to `eaphost serve`. The client is light, so that it does not take the cores that the workers
// are to have: it begins EAP-TLS conversations with one ClientHello again and again, and leaves each when the server has
// answered it, by when the server has done its share of the handshake. Linux only.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';

import { eapPacket } from '../../lib/eap/packet.js';
import { radiusCodes } from '../../lib/radius/packet.js';
import { begin } from '../radius/server-support.js';
import { BareClient, secret } from '../radius/support.js';
import { cpuSecondsOf } from './processor-time.js';
import { median, rounds, times } from './support.js';

const main = join(import.meta.dirname, '..', '..', 'lib', 'cli', 'main.js');
const count = 600;
const atOnce = 16;

/** What a server of so many workers does, and what it takes. */
export interface WorkersRate {
  /** Handshakes begun in a second. */
  readonly perSecond: number;
  /** Milliseconds of processor time for each: of the server, all its threads, and of the client. */
  readonly serverCpuMs: number;
  readonly clientCpuMs: number;
}

/** The first octets that a client of TLS says. */
async function clientHello(): Promise<Buffer> {
  const wire = new Duplex({
    read: () => undefined,
    write: (hello: Buffer) => void wire.emit('hello', hello),
  });
  const said: Promise<Buffer[]> = once(wire, 'hello');
  connect({ socket: wire, maxVersion: 'TLSv1.3' }).on('error', () => undefined);
  const [hello] = await said;
  if (hello === undefined) throw new Error('TLS says nothing');
  return hello;
}

async function load(client: BareClient, hello: Buffer): Promise<void> {
  const { state, id } = await begin(client);
  const response = eapPacket(2, id, Buffer.of(13, 0), hello);
  const { code } = await client.ask(client.request(response, state));
  if (code !== radiusCodes.accessChallenge) throw new Error(`the server answered a ClientHello with ${code}`);
}

async function measure(config: string, workers: number, hello: Buffer): Promise<WorkersRate> {
  const args = ['serve', '--config', config, '--port', '0', '--json', '--workers', String(workers)];
  const server = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    const [line]: string[] = await once(server.stdout.setEncoding('utf8'), 'data');
    const { port }: { port: number } = JSON.parse(line ?? '');
    const clients = await Promise.all(times(atOnce, () => BareClient.open(port)));
    const run = async (all: number): Promise<void> => {
      let left = all;
      await Promise.all(
        clients.map(async (client) => {
          while (left-- > 0) await load(client, hello);
        }),
      );
    };
    await run(count / 2);
    const [start, used, own] = [performance.now(), cpuSecondsOf(server.pid ?? 0), process.cpuUsage()];
    await run(count);
    const seconds = (performance.now() - start) / 1000;
    const serverCpuMs = ((cpuSecondsOf(server.pid ?? 0) - used) * 1000) / count;
    const { user, system } = process.cpuUsage(own);
    await Promise.all(clients.map((client) => client[Symbol.asyncDispose]()));
    return { perSecond: count / seconds, serverCpuMs, clientCpuMs: (user + system) / 1000 / count };
  } finally {
    const ended = once(server, 'exit');
    server.kill();
    await ended;
  }
}

/** One worker and two, in turns. */
export async function benchWorkers(): Promise<Record<1 | 2, WorkersRate>> {
  const folder = await mkdtemp(join(tmpdir(), 'eaphost-bench-'));
  try {
    const made = join(folder, 'radius');
    spawnSync(process.execPath, [main, 'serve', '--make-test-config', made]);
    const config = join(made, 'serve.json');
    const given: object = JSON.parse(await readFile(config, 'utf8'));
    await writeFile(config, JSON.stringify({ ...given, secret, methods: ['tls'] }));
    const hello = await clientHello();
    const all: Record<1 | 2, WorkersRate[]> = { 1: [], 2: [] };
    for (let round = 0; round < rounds; round += 1) {
      for (const workers of [1, 2] as const) all[workers].push(await measure(config, workers, hello));
    }
    const medians = (rates: readonly WorkersRate[]): WorkersRate => ({
      perSecond: median(rates.map(({ perSecond }) => perSecond)),
      serverCpuMs: median(rates.map(({ serverCpuMs }) => serverCpuMs)),
      clientCpuMs: median(rates.map(({ clientCpuMs }) => clientCpuMs)),
    });
    return { 1: medians(all[1]), 2: medians(all[2]) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
