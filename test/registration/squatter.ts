// An attacker who listens at a pipe that is not his, before its server does. Tells how many octets callers have sent
// him whenever he is asked.

import { createServer } from 'node:net';

let octets = 0;
const server = createServer((socket) => {
  socket.on('data', (chunk) => (octets += chunk.length));
  socket.on('error', () => undefined);
});
server.listen(process.argv[2], () => process.send?.('listening'));
process.on('message', () => process.send?.(octets));
process.once('disconnect', () => process.exit(0));
