// The processes of isolated method DLLs, seen from outside: each that starts is noticed, and can be asked what it holds.

import { channel } from 'node:diagnostics_channel';
import { ChildProcess } from 'node:child_process';

import { liveObjects, settle, type ObjectCounts } from './live-objects.js';

/** The processes that this one has started since. */
export class Children implements Disposable {
  readonly all: ChildProcess[] = [];
  readonly #options = process.env['NODE_OPTIONS'];
  readonly #notice = (message: unknown): void => {
    if (typeof message !== 'object' || message === null || !('process' in message)) return;
    if (!(message.process instanceof ChildProcess)) return;
    // One that the system refuses is begun again.
    const child = message.process;
    child.once('spawn', () => this.all.push(child));
  };

  /** `flags`: for Node. */
  constructor(...flags: readonly string[]) {
    const observed = new URL('./observed-child.js', import.meta.url);
    process.env['NODE_OPTIONS'] = [...flags, `--import=${observed.href}`].join(' ');
    channel('child_process').subscribe(this.#notice);
  }

  /** Asks each of them. */
  ask(what: 'count' | 'measure'): Promise<unknown[]> {
    return Promise.all(this.all.map((child) => ask(child, what)));
  }

  [Symbol.dispose](): void {
    channel('child_process').unsubscribe(this.#notice);
    if (this.#options === undefined) delete process.env['NODE_OPTIONS'];
    else process.env['NODE_OPTIONS'] = this.#options;
  }
}

function ask(child: ChildProcess, what: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const listen = (message: unknown): void => {
      if (typeof message !== 'object' || message === null || !('told' in message)) return;
      child.off('message', listen);
      child.channel?.unref();
      resolve(message.told);
    };
    child.channel?.ref();
    child.on('message', listen);
    child.send(what, (error) => {
      if (error !== null) reject(error);
    });
  });
}

/** What lives in this process, and in each of those. A count takes objects itself: the second sees the first. */
export async function countAll(children: Children): Promise<ObjectCounts[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- observed-child.ts tells it
  const told = (await children.ask('count')) as (readonly [string, number])[][];
  return [await liveObjects(), ...told.map((entries) => new Map(entries))];
}

/** What memory this process has, and each of those, when all is collected that can be. */
export async function measureAll(children: Children): Promise<NodeJS.MemoryUsage[]> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- observed-child.ts tells it
  const told = (await children.ask('measure')) as NodeJS.MemoryUsage[];
  await settle();
  return [process.memoryUsage(), ...told];
}
