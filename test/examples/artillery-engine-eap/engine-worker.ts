// A worker thread with an engine, as Artillery has them, but that ends only when nothing keeps it: posts what it counted.

import { EventEmitter } from 'node:events';
import { parentPort, workerData } from 'node:worker_threads';

import type { Script } from './artillery.js';
import EapEngine from './index.js';
import { artilleryHelpers } from './support.js';

const { script, flow }: { readonly script: Script; readonly flow: unknown } = workerData;
const events = new EventEmitter();
const counted: string[] = [];
events.on('counter', (name: string) => counted.push(name));
const engine = new EapEngine(script, events, await artilleryHelpers());
engine.createScenario({ flow }, events)({ vars: {} }, () => {
  parentPort?.postMessage(counted, []);
  events.emit('done');
});
