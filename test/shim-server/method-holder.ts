// Holds a method that never answers, in a worker or in a process of its own: tells its
// endpoint, then `asked` when the method is asked. A process ends when its standard input does.

import { parentPort } from 'node:worker_threads';

import { scriptedPeer } from './script-peer.js';
import { serveMethods } from '../../lib/registration/index.js';

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
const server = await serveMethods({ methods: [scripted.definition] });
tell(server.endpoint);
// A worker is kept alive by its port, a process by its standard input.
if (parentPort === null) process.stdin.resume();
else parentPort.on('message', () => {});
