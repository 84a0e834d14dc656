// A worker of workers.test.ts: a server with the small method. Whoever says to be `die` is the end of its thread.

import { workerData } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';

import { RadiusServer } from '../../lib/radius/server.js';
import { echoMethod, secret } from './support.js';

const { channel, cannotStart }: { channel: MessagePort; cannotStart: boolean } = workerData;
if (cannotStart) throw new Error('it cannot start');
const method = echoMethod({
  onBegin({ identity }) {
    if (identity !== 'die') return;
    setImmediate(() => {
      throw new Error('it dies');
    });
  },
});
await RadiusServer.listen({ secret, methods: [method], channel });
