// Loaded before Artillery: whatever it would do over TCP fails, and says so. RADIUS is UDP.

import { Socket } from 'node:net';

import { refusal } from './support.js';

Object.assign(Socket.prototype, {
  connect(target: unknown) {
    process.stderr.write(`${refusal}: ${JSON.stringify(target)}\n`);
    throw new Error(refusal);
  },
});
