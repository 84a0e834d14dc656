// The server's end of one connection from the method DLL shim. JavaScript thread.

import type { Socket } from 'node:net';

/** What a stream tells. */
export interface StreamListener {
  /** Octets, which are the listener's to wipe. */
  received(chunk: Buffer): void;
  /** It is over, whoever ended it. Once. */
  closed(): void;
}

/** A stream of octets that does not keep the process alive. */
export interface ShimStream {
  readonly destroyed: boolean;
  /** Says who is told of it; before anything can have happened. */
  tell(listener: StreamListener): void;
  /** Writes a frame and wipes it when it is out. */
  send(frame: Buffer): void;
  /** Hangs up. */
  destroy(): void;
}

/** A socket, or a pipe. */
export function socketStream(socket: Socket): ShimStream {
  return {
    get destroyed() {
      return socket.destroyed;
    },
    tell(listener) {
      socket.unref();
      socket.on('data', (chunk: Buffer) => {
        if (!socket.destroyed) listener.received(chunk);
      });
      // 'close' follows and says all that matters.
      socket.on('error', () => {});
      // A caller that closes its half has hung up.
      socket.on('end', () => socket.destroy());
      socket.once('close', () => listener.closed());
    },
    send(frame) {
      if (socket.destroyed) frame.fill(0);
      else socket.write(frame, () => frame.fill(0));
    },
    destroy() {
      socket.destroy();
    },
  };
}
