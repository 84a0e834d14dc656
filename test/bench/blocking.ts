// Sessions whose calls block: 64 of them for a millisecond each, on lanes and on libuv's thread pool; and what eight
// calls that block for a second do to a file that is read meanwhile.

import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { binaryFolder } from '../../lib/native/binary.js';
import type { NativeSession } from '../../lib/native/runtime-types.js';
import {
  beginSession,
  libraryPath,
  median,
  openRuntime,
  requests,
  rounds,
  sideBySide,
  timePerItem,
  times,
} from './support.js';

/** test/bench/native/bench_pool.cc. */
interface Pool {
  load(runtime: string, method: string): boolean;
  begin(blockMicroseconds: number): number;
  exchange(session: number, id: number): Promise<Buffer>;
  end(session: number): void;
}

const sessionCount = 64;
const blockMicroseconds = 1000;
const exchangesPerSession = 30;

function loadPool(): Pool {
  const pool: Pool = createRequire(import.meta.url)(join(binaryFolder(), 'bench_pool.node'));
  if (!pool.load(libraryPath('eapembedded'), libraryPath('trivialmethod')))
    throw new Error('the pool cannot load');
  return pool;
}

/** Nanoseconds for one exchange that blocks for a millisecond, 64 sessions at once. */
export async function benchBlocking(): Promise<{ lanesNs: number; poolNs: number }> {
  const pool = loadPool();
  const runtime = await openRuntime();
  const sessions = await Promise.all(times(sessionCount, () => beginSession(runtime, blockMicroseconds)));
  const poolSessions = times(sessionCount, () => pool.begin(blockMicroseconds));
  const measure = <Session>(
    all: readonly Session[],
    exchange: (session: Session, id: number) => Promise<unknown>,
  ) =>
    timePerItem(sessionCount * exchangesPerSession, async () => {
      await Promise.all(
        all.map(async (session) => {
          for (let id = 1; id <= exchangesPerSession; id += 1) await exchange(session, id);
        }),
      );
    });
  const { lanesNs, poolNs } = await sideBySide({
    lanesNs: () => measure(sessions, (session, id) => session.processReceivedPacket(requests[id] as Buffer)),
    poolNs: () => measure(poolSessions, (session, id) => pool.exchange(session, id)),
  });
  for (const session of poolSessions) pool.end(session);
  await runtime.close();
  return { lanesNs, poolNs };
}

/** Milliseconds that reading a small file takes while eight calls block for a second; the worst of each round. */
export async function benchStarvation(): Promise<{ fsReadMs: number }> {
  const runtime = await openRuntime();
  const sessions = await Promise.all(times(8, () => beginSession(runtime, 1_000_000)));
  const delays: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    delays.push(await worstReadWhileBlocked(sessions, round + 1));
  }
  await runtime.close();
  return { fsReadMs: median(delays) };
}

async function worstReadWhileBlocked(sessions: readonly NativeSession[], id: number): Promise<number> {
  const blocked = Promise.all(
    sessions.map((session) => session.processReceivedPacket(requests[id] as Buffer)),
  );
  let worst = 0;
  do {
    const start = performance.now();
    await readFile(new URL(import.meta.url));
    worst = Math.max(worst, performance.now() - start);
  } while ((await Promise.race([blocked, sleep(20, 'still blocked')])) === 'still blocked');
  return worst;
}
