// A worker of workers.test.ts: a server with the small method. Whoever says to be `die` is the end of its thread; `block`
// blocks it until the test releases it.

import { workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { RadiusServer } from '../../lib/radius/server.js';
import { echoMethod, secret } from './support.js';

const {
  channel,
  cannotStart,
  gate,
}: { channel: MessagePort; cannotStart: boolean; gate: Int32Array<SharedArrayBuffer> | undefined } =
  workerData;
if (cannotStart) throw new Error('it cannot start');
const method = echoMethod({
  onBegin({ identity }) {
    if (identity === 'block' && gate !== undefined) {
      Atomics.store(gate, 0, 1);
      Atomics.notify(gate, 0);
      Atomics.wait(gate, 1, 0);
    }
    if (identity !== 'die') return;
    setImmediate(() => {
      throw new Error('it dies');
    });
  },
});
await RadiusServer.listen({ secret, methods: [method], channel });
