// A worker thread that drives the pair for ever, in sessions of its own, until it is terminated; calls take
// `milliseconds`. `idle`: it only leaves sessions open.

import { parentPort, workerData } from 'node:worker_threads';

import { beginAuthenticator, beginPeer, converse, open } from '../hosted-dll.js';
import { request } from '../script-method.js';
import { libraryPath, scriptedType } from '../support.js';

/** What a worker is told to do. */
export interface HostingTask {
  readonly milliseconds: number;
  readonly idle: boolean;
  readonly trace: boolean;
}

const task: HostingTask = workerData;
const { trace } = task;
const [peer, authenticator, scripted] = await Promise.all([
  open('peer', { trace }),
  open('authenticator', { trace }),
  open('peer', { path: libraryPath('testmethod'), type: scriptedType, trace }),
]);
const blocked = await beginPeer(scripted, `block=${task.milliseconds} quiet`);
const forgotten = await beginPeer(peer);
parentPort?.postMessage(forgotten.number, []);

async function pair(): Promise<never> {
  for (;;) {
    const [supplicant, server] = await Promise.all([beginPeer(peer), beginAuthenticator(authenticator)]);
    await converse(supplicant, server);
    await Promise.all([supplicant.end(), server.end()]);
  }
}

async function block(): Promise<never> {
  for (;;) await blocked.process(request(1, Buffer.of(0), scriptedType));
}

if (!task.idle) await Promise.all([...Array.from({ length: 4 }, pair), block()]);
