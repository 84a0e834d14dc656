// What this process has: memory once all is collected that can be, descriptors, threads; and how late its timers are.

import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

import { settle } from '../growth/live-objects.js';

/** What a process has. Descriptors and threads are known on Linux; 0 elsewhere. */
export interface Possessions {
  /** Octets that the system has given it. */
  readonly resident: number;
  /** Octets of JavaScript's objects and buffers. */
  readonly held: number;
  readonly descriptors: number;
  readonly threads: number;
}

const status = '/proc/self/status';

/** Collects first what can be. */
export async function possessions(): Promise<Possessions> {
  await settle();
  const { rss, heapUsed, external } = process.memoryUsage();
  // Wine shows Linux's files, too: of its server, not of this process.
  const has = process.platform === 'linux';
  return {
    resident: rss,
    held: heapUsed + external,
    descriptors: has ? readdirSync('/proc/self/fd').length : 0,
    threads: has ? Number(/^Threads:\s+(\d+)/mu.exec(readFileSync(status, 'utf8'))?.[1]) : 0,
  };
}

const period = 5;

/** How late a timer is until the signal aborts, in milliseconds: the 99th percentile, and the latest. */
export async function lateness(
  signal: AbortSignal,
): Promise<{ readonly p99: number; readonly worst: number }> {
  const late: number[] = [];
  while (!signal.aborted) {
    const due = performance.now() + period;
    await sleep(period);
    late.push(performance.now() - due);
  }
  late.sort((a, b) => a - b);
  return { p99: late[Math.floor(late.length * 0.99)] ?? 0, worst: late.at(-1) ?? 0 };
}
