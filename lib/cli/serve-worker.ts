// A thread of `eaphost serve` with several workers: one server, that gets its datagrams from the thread of the command
// and tells it what there is to say. serve-threads.ts is the other half.

import { parentPort, workerData } from 'node:worker_threads';

import type { ServeSource } from './serve-config.js';
import { serveFile } from './serve-server.js';
import type { WorkerBegin, WorkerWords } from './serve-threads.js';

const tell = (words: WorkerWords): void => parentPort?.postMessage(words, []);

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- serve-threads.ts gives it
const { channel, source } = workerData as WorkerBegin;
const server = await serveFile(
  source,
  { channel },
  {
    say: (event, words) => tell({ kind: 'say', event, words }),
    drop: (reason, client) => tell({ kind: 'drop', reason, client }),
  },
);
parentPort?.on('message', (next: ServeSource) => {
  void server.replace(next);
  tell({ kind: 'replaced' });
});
// The server alone keeps the thread.
parentPort?.unref();
