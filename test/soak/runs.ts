// The endurance runs by name: what a process does for very long, or has very much of, and what may come of it. Each gives
// a line of figures, and what is beyond its limit.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { openEapHost } from '../../lib/index.js';
import {
  makeTestAuthority,
  memoryUsers,
  mschapv2Authenticator,
  peapAuthenticator,
  peapPeer,
  type MethodDefinition,
} from '../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import { beginSession, openRuntime, requests, times } from '../bench/support.js';
import { repeat } from '../growth/scenarios.js';
import { lateness, possessions, type Possessions } from './measure.js';
import { rises, type Slope, slopeOf } from './slope.js';

/** What a run came to. */
export interface Outcome {
  readonly figures: string;
  /** What is beyond a limit; empty where the run is passed. */
  readonly beyond: readonly string[];
}

/** Between the figures and what is beyond a limit, on the line that a run prints. */
export const separator = ' — ';

/** A run, with the values of its options. */
export type Run = (options: Readonly<Record<string, number>>) => Promise<Outcome>;

/** At most: they take longer than a short form's turns. */
const mostSamples = 60;
const turnsPerSample = 200;
/** Of the turns, those before the first sample. */
const warmUp = 0.25;
/** Octets: what V8 keeps of code and statistics over a run, however long it is. What leaks is more by its end. */
const bookkeeping = 256 * 1024;
/** Few, so that a process does not grow with the lanes that it starts. */
const lanes = 4;
/** Lanes and threads of V8 start when they are wanted. What leaks leaves one for each of some turns. */
const allowed = 8;
const maxOpenOctets = 5 * 1024;
const maxLatenessMs = 20;

const octets = ({ slope, error }: Slope): string => `${slope.toFixed(3)} ± ${error.toFixed(3)}`;
const grouped = (count: number): string => count.toLocaleString('en');

/** Does it `count` times, and looks at what the process has meanwhile. */
async function soak(
  what: string,
  count: number,
  atOnce: number,
  turn: (n: number) => Promise<void>,
): Promise<Outcome> {
  const warm = Math.ceil(count * warmUp);
  const samples = Math.min(mostSamples, Math.max(4, Math.floor(count / turnsPerSample)));
  await repeat({ turn }, warm, { atOnce });
  const seen: (Possessions & { readonly at: number })[] = [{ at: warm, ...(await possessions()) }];
  let working = 0;
  for (let sample = 1; sample <= samples; sample += 1) {
    const from = seen.at(-1)?.at ?? 0;
    const at = warm + Math.floor(((count - warm) * sample) / samples);
    const started = performance.now();
    await repeat({ turn }, at - from, { from, atOnce });
    working += performance.now() - started;
    seen.push({ at, ...(await possessions()) });
  }
  const [resident, held] = (['resident', 'held'] as const).map((memory) =>
    slopeOf(seen.map((each) => [each.at, each[memory]])),
  ) as [Slope, Slope];
  const [first, last] = [seen[0]!, seen.at(-1)!];
  const grows = (line: Slope): boolean => rises(line) && line.slope * (count - warm) > bookkeeping;
  const beyond = [
    ...(grows(resident) ? ['resident memory grows'] : []),
    ...(grows(held) ? ['memory of JavaScript grows'] : []),
    ...(last.descriptors > first.descriptors + allowed ? ['descriptors are left'] : []),
    ...(last.threads > first.threads + allowed ? ['threads are left'] : []),
  ];
  const figures =
    `${grouped(count)} ${what}, ${((count - warm) / (working / 1000)).toFixed(0)}/s; ` +
    `${(last.resident / 2 ** 20).toFixed(0)} MiB, octets for each: resident ${octets(resident)}, held ${octets(held)}; ` +
    `descriptors ${first.descriptors} to ${last.descriptors}, threads ${first.threads} to ${last.threads}`;
  return { figures, beyond };
}

/** Authentications through a RADIUS server and a client of it, all in this process; every fourth is refused. */
async function authentications(name: 'mschapv2' | 'peap', count: number): Promise<Outcome> {
  const mschapv2 = mschapv2Authenticator({ users: memoryUsers({ alice: 'correct horse' }) });
  const { ca, issue } = makeTestAuthority();
  const identity = issue({ name: 'server', purpose: 'server', dnsNames: ['radius.example.org'] });
  const [served, own]: readonly [MethodDefinition, MethodDefinition[]] =
    name === 'peap'
      ? [peapAuthenticator({ ...identity, methods: [mschapv2] }), [peapPeer({ ca })]]
      : [mschapv2, []];
  const secret = 'between us';
  await using server = await RadiusServer.listen({
    secret,
    methods: [served],
    port: 0,
    duplicateWindowMs: 100,
  });
  await using client = new RadiusClient({ host: '127.0.0.1', port: server.port, secret });
  await using host = await openEapHost({ runtime: 'embedded', methods: own, maxLanes: lanes });
  return await soak(`authentications with ${name}`, count, 16, async (number) => {
    const isRight = number % 4 !== 0;
    const credentials = { username: 'alice', password: isRight ? 'correct horse' : 'wrong' };
    await using session = await host.beginSession({ method: name, credentials });
    const { isSuccess } = await session.authenticate(radiusTransport(client));
    if (isSuccess !== isRight) throw new Error(`authentication ${number} came out wrong`);
  });
}

/** Sessions of the embedded run-time, each begun and ended. */
async function nativeSessions(count: number): Promise<Outcome> {
  const runtime = await openRuntime(lanes);
  try {
    return await soak('sessions begun and ended', count, 64, async () => {
      const session = await beginSession(runtime);
      await session.end();
    });
  } finally {
    await runtime.close();
  }
}

/** Sessions that are open at once, and the memory that each takes. */
async function openSessions(count: number): Promise<Outcome> {
  // One lane: where calls turn out slow there are 64 at once, and they are no part of the sessions.
  const runtime = await openRuntime(1);
  const early = await Promise.all(times(256, () => beginSession(runtime)));
  const before = await possessions();
  const open = [];
  while (open.length < count) {
    const next = Math.min(1000, count - open.length);
    open.push(...(await Promise.all(times(next, () => beginSession(runtime)))));
  }
  const after = await possessions();
  await Promise.all([...early, ...open].map((session) => session.end()));
  await runtime.close();
  const each = (after.resident - before.resident) / count;
  return {
    figures: `${grouped(count)} open sessions, ${each.toFixed(0)} octets each`,
    beyond: each > maxOpenOctets ? [`an open session takes more than ${maxOpenOctets} octets`] : [],
  };
}

/** How late timers are beside sessions that exchange as fast as they can, and in a process that is as busy without sessions, at the same time. */
async function eventLoop(sessions: number, seconds: number): Promise<Outcome> {
  const runtime = await openRuntime();
  const open = await Promise.all(times(sessions, () => beginSession(runtime)));
  const busy = fork(fileURLToPath(new URL('control.js', import.meta.url)));
  await once(busy, 'spawn');
  const stop = new AbortController();
  let exchanges = 0;
  const drives = open.map(async (session) => {
    for (let id = 1; !stop.signal.aborted; id = (id + 1) & 0xff) {
      await session.processReceivedPacket(requests[id]!);
      exchanges += 1;
    }
  });
  const measured = lateness(stop.signal);
  await sleep(seconds * 1000);
  stop.abort();
  const { p99, worst } = await measured;
  const told = once(busy, 'message');
  busy.send('stop');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- control.ts tells it
  const [control] = (await told) as [Awaited<typeof measured>];
  await Promise.all(drives);
  await Promise.all(open.map((session) => session.end()));
  await runtime.close();
  return {
    figures:
      `${grouped(sessions)} sessions, ${(exchanges / seconds).toFixed(0)} exchanges/s; a timer is late by ` +
      `${p99.toFixed(1)} ms (99 %), ${worst.toFixed(1)} ms at worst; of a process without sessions ${control.p99.toFixed(1)} ms ` +
      `and ${control.worst.toFixed(1)} ms`,
    beyond: p99 - control.p99 > maxLatenessMs ? [`timers are more than ${maxLatenessMs} ms late`] : [],
  };
}

/** Each by its name. Options that are left out are those of a short form, of some seconds. */
export const runs: Readonly<Record<string, Run>> = {
  mschapv2: ({ count = 80 }) => authentications('mschapv2', count),
  peap: ({ count = 48 }) => authentications('peap', count),
  'native-sessions': ({ count = 2000 }) => nativeSessions(count),
  'open-sessions': ({ count = 2000 }) => openSessions(count),
  'event-loop': ({ sessions = 1000, seconds = 1 }) => eventLoop(sessions, seconds),
};
