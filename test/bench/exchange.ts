// An awaited exchange (a request in, its response out) at 1, 64 and 1,000 sessions: through the addon, through
// koffi, and in a plain C++ loop.

import type { NativeSession } from '../../lib/native/runtime-types.js';
import { KoffiRuntime, loopNanoseconds } from './koffi-runtime.js';
import { beginSession, openRuntime, requests, sideBySide, timePerItem, times } from './support.js';

const counts = [1, 64, 1000] as const;
const exchanges = { addon: 60_000, koffi: 8_000, cpp: 200_000 };
const actionSend = 1;

/** Nanoseconds for one exchange. */
export interface ExchangeTimes {
  ns: number;
  koffiNs: number;
  cppNs: number;
}

async function drive(session: NativeSession, count: number): Promise<void> {
  for (let id = 1; id <= count; id += 1) {
    const step = await session.processReceivedPacket(requests[id & 0xff] as Buffer);
    if (step.action !== actionSend) throw new Error(`the run-time answered with action ${step.action}`);
  }
}

export async function benchExchange(): Promise<Record<(typeof counts)[number], ExchangeTimes>> {
  const koffi = new KoffiRuntime();
  const results: Partial<Record<(typeof counts)[number], ExchangeTimes>> = {};
  for (const count of counts) {
    const perSession = (all: number): number => Math.ceil(all / count);
    const runtime = await openRuntime();
    const sessions = await Promise.all(times(count, () => beginSession(runtime)));
    const koffiSessions = times(count, () => koffi.begin());
    const {
      addon,
      koffi: koffiTime,
      cpp,
    } = await sideBySide({
      addon: async () => {
        const each = perSession(exchanges.addon);
        return timePerItem(each * count, async () => {
          await Promise.all(sessions.map((session) => drive(session, each)));
        });
      },
      koffi: async () => {
        const each = perSession(exchanges.koffi);
        return timePerItem(each * count, async () => {
          await Promise.all(
            koffiSessions.map(async (session) => {
              for (let id = 1; id <= each; id += 1) await koffi.exchange(session, id);
            }),
          );
        });
      },
      cpp: () => Promise.resolve(loopNanoseconds(count, exchanges.cpp)),
    });
    results[count] = { ns: addon, koffiNs: koffiTime, cppNs: cpp };
    for (const session of koffiSessions) koffi.end(session);
    await runtime.close();
  }
  return results as Record<(typeof counts)[number], ExchangeTimes>;
}
