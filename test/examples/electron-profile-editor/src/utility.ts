// The utility process: one trial, then it is ended.

import { serveTrials } from './worker.js';

serveTrials(process.parentPort);
