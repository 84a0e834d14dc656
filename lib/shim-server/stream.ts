// The server's end of one connection from the method DLL shim, over a socket or within this process. JavaScript thread.

import type { Socket } from 'node:net';

import type { LocalConnection } from '../native/local-server.js';

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

/** A connection within this process. */
export function localStream(connection: LocalConnection): ShimStream {
  let closed: (() => void) | undefined;
  let destroyed = false;
  const end = (): void => {
    if (destroyed) return;
    destroyed = true;
    // As a socket does it: never while its caller is at work.
    process.nextTick(() => closed?.());
  };
  return {
    get destroyed() {
      return destroyed;
    },
    tell(listener) {
      closed = () => listener.closed();
      connection.onFrame = (frame) => listener.received(frame);
      connection.onClosed = end;
    },
    send(frame) {
      if (!destroyed) connection.send(frame);
      frame.fill(0);
    },
    destroy() {
      if (!destroyed) connection.hangUp();
      end();
    },
  };
}
