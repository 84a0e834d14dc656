// A UDP port for a test's server.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

/** A UDP port of this machine that was free a moment ago. */
export async function freePort(): Promise<number> {
  const socket = createSocket('udp4').bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
}
