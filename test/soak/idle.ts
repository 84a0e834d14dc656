// A process that does nothing but measure how late its timers are: what the machine alone does to them. It tells when it
// is asked to.

import { lateness } from './measure.js';

const stop = new AbortController();
process.once('message', () => stop.abort());
const measured = await lateness(stop.signal);
process.send?.(measured, () => process.disconnect());
