// A worker of workers.ts: sessions until it is terminated, through the addon's own surface, which loads quickly; or
// through the facade, some with a method in TypeScript.

import { parentPort, workerData } from 'node:worker_threads';

import { beginSession, identityRequest, openRuntime, requests } from '../bench/support.js';

/** How a worker works. */
export type StormTask = 'addon' | 'facade';

async function useAddon(): Promise<void> {
  const runtime = await openRuntime();
  const sessions = await Promise.all([beginSession(runtime), beginSession(runtime), beginSession(runtime)]);
  await Promise.all(sessions.map((session) => session.processReceivedPacket(requests[2] ?? identityRequest)));
  await sessions[0].end();
  await runtime.close();
}

async function facade(): Promise<() => Promise<void>> {
  const { openEapHost } = await import('../../lib/supplicant/open.js');
  const credentials = { username: 'alice', password: 'tiger' };
  return async () => {
    const host = await openEapHost({ runtime: 'embedded' });
    const sessions = await Promise.all([
      host.beginSession({ method: 'md5', credentials }),
      host.beginSession({ method: 'mschapv2', credentials }),
    ]);
    await Promise.all(sessions.map((session) => session.process(identityRequest)));
    await sessions[0].end();
    await host.close();
  };
}

const task: StormTask = workerData;
const work = task === 'addon' ? useAddon : await facade();
parentPort?.postMessage('begins', []);
for (;;) await work();
