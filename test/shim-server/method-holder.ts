// Holds a method that never answers, in a worker, which is told the way to it, or in a process of its own: tells its
// endpoint, then `asked` when the method is asked. A process ends when its standard input does.

import { parentPort, workerData } from 'node:worker_threads';

import { scriptedPeer } from './script-peer.js';
import { ways } from './transports.js';

const tell = (message: string): void => {
  if (parentPort === null) process.stdout.write(`${message}\n`);
  else parentPort.postMessage(message, []);
};

const scripted = scriptedPeer({
  processRequest: () => {
    tell('asked');
    return new Promise(() => {});
  },
});
const { serve } = ways.find(({ name }) => name === workerData) ?? ways[0]!;
const server = await serve({ methods: [scripted.definition] });
tell(server.endpoint);
// A worker is kept alive by its port, a process by its standard input.
if (parentPort === null) process.stdin.resume();
else parentPort.on('message', () => {});
