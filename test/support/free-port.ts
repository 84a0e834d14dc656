// UDP ports for the servers of programs, which have to be told one. The system gives none of these to a socket that asks
// for any: between the choice and the server's start nobody else's client can take it. Of the tests that run side by side
// each holds its own, by a TCP socket of the same number that listens until this process ends.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below those that Linux, macOS and Windows give of themselves. */
const [first, last] = [20_000, 30_000] as const;
const address = '127.0.0.1';
/** Far apart for processes that start one after another. */
let next = first + ((process.pid * 97) % (last - first));

/** Whether nobody has it; then it is this process'. */
async function take(port: number): Promise<boolean> {
  const claim = createServer().unref();
  const socket = createSocket('udp4');
  try {
    claim.listen(port, address);
    await once(claim, 'listening');
    socket.bind(port);
    await once(socket, 'listening');
    return true;
  } catch (error) {
    claim.close();
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    return false;
  } finally {
    await new Promise<void>((resolve) => socket.close(() => resolve()));
  }
}

/** A UDP port of this machine that is free, and given to no test again while this process runs. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = next < last ? next + 1 : first;
    next = port;
    if (await take(port)) return port;
  }
}
