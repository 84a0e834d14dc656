// A process that is as busy as sessions make one, in turns of a millisecond, and measures how late its timers are: what
// the machine alone does to them. It tells when it is asked to.

import { lateness } from './measure.js';

const stop = new AbortController();
process.once('message', () => stop.abort());

function work(): void {
  const end = performance.now() + 1;
  while (performance.now() < end);
  if (!stop.signal.aborted) setImmediate(work);
}

work();
const measured = await lateness(stop.signal);
process.send?.(measured, () => process.disconnect());
