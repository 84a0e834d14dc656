// The processor time of processes, as Linux counts it: all of their threads, in ticks of 10 ms.

import { readFileSync } from 'node:fs';

const ticksPerSecond = 100;

/** What a process has used; after its name come the fields of proc(5) from the third on. */
function statOf(pid: number | 'self'): number[] {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
}

/** Of a process that runs. */
export function cpuSecondsOf(pid: number): number {
  const [utime = 0, stime = 0] = statOf(pid).slice(11);
  return (utime + stime) / ticksPerSecond;
}

/** Of the children of this process that have ended. */
export function childrenUsage(): NodeJS.CpuUsage {
  const [user_ = 0, system = 0] = statOf('self').slice(13);
  return { user: (user_ * 1e6) / ticksPerSecond, system: (system * 1e6) / ticksPerSecond };
}
