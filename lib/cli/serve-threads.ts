// `eaphost serve` on several cores: the threads that serve-worker.ts runs in, and what is said between them. Thread of
// the command.

import { once } from 'node:events';
import { MessagePort, Worker } from 'node:worker_threads';

import type { Line } from '../base/printable.js';
import { type ClientAddress, RadiusWorkers } from '../radius/index.js';
import { describeError } from './command.js';
import type { ServeSource } from './serve-config.js';
import type { DropReason } from './serve-drops.js';
import type { FileServer, Listeners } from './serve-server.js';

/** What a worker begins with. */
export interface WorkerBegin {
  readonly channel: MessagePort;
  readonly source: ServeSource;
}

/** What a worker says. */
export type WorkerWords =
  | { readonly kind: 'say'; readonly event: Readonly<Record<string, unknown>>; readonly words: Line }
  | { readonly kind: 'drop'; readonly reason: DropReason; readonly client: ClientAddress }
  /** It goes by the file that it was sent. */
  | { readonly kind: 'replaced' };

/** Starts `workers` servers that share a port. */
export async function serveOnThreads(
  source: ServeSource,
  where: { readonly address: string; readonly port: number; readonly workers: number },
  { say, drop }: Listeners,
): Promise<FileServer> {
  let current = source;
  const threads = new Set<Worker>();
  const all = await RadiusWorkers.listen({
    ...where,
    start(channel) {
      const workerData: WorkerBegin = { channel, source: current };
      const thread = new Worker(new URL('serve-worker.js', import.meta.url), {
        workerData,
        transferList: [channel],
      });
      threads.add(thread);
      thread.once('exit', () => threads.delete(thread));
      thread.on('message', (message: WorkerWords) => {
        if (message.kind === 'say') say(message.event, message.words);
        else if (message.kind === 'drop') drop(message.reason, message.client);
      });
      return thread;
    },
    onEvent({ kind, worker, error }) {
      const why = error === undefined ? undefined : describeError(error);
      say(
        { kind, worker, error: why },
        `worker ${worker} ended${why === undefined ? '' : `: ${why}`}; another takes its place`,
      );
    },
  });
  return {
    address: all.address,
    port: all.port,
    async replace(next) {
      current = next;
      await Promise.all([...threads].map((thread) => replaced(thread, next)));
    },
    close: () => all.close(),
    [Symbol.asyncDispose]: () => all.close(),
  };
}

/** When a thread goes by another file, or is gone. */
async function replaced(thread: Worker, source: ServeSource): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  thread.postMessage(source, []);
  const isReplaced = new Promise<void>((resolve) => {
    const listen = (message: WorkerWords): void => {
      if (message.kind !== 'replaced') return;
      thread.off('message', listen);
      resolve();
    };
    thread.on('message', listen);
  });
  await Promise.race([isReplaced, once(thread, 'exit', { signal })]);
  stop.abort();
}
