// Loaded before Artillery: whatever it would do over TCP fails, and says so. RADIUS is UDP, and a local socket has a path.

import { Socket } from 'node:net';

import { refusal } from './support.js';

// oxlint-disable-next-line typescript/unbound-method -- called on a socket below
const { connect } = Socket.prototype;
Object.assign(Socket.prototype, {
  connect(this: Socket, ...targets: Parameters<typeof connect>) {
    // Node hands over one list of what it was given, normalized.
    const [target]: unknown[] = targets.flat();
    if (typeof target === 'object' && target !== null && 'path' in target && target.path !== undefined)
      return connect.apply(this, targets);
    process.stderr.write(`${refusal}: ${JSON.stringify(target)}\n`);
    throw new Error(refusal);
  },
});
