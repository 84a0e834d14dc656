// Frames as datagrams to and from a loopback port, where another program puts them on the wire and takes them off it.
// On Linux socat does: socat UDP4-DATAGRAM:127.0.0.1:5401,bind=127.0.0.1:5400 INTERFACE:eth0
// Whoever may use the loopback ports of this machine may send such datagrams: what authenticates whom is EAP.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

import type { EthernetLink, LinkEvents } from './link.js';
import { hasCarrier } from './port.js';

export interface BridgeOptions {
  readonly address: Buffer;
  /** Where datagrams come to. */
  readonly localPort: number;
  /** Where they go to, and the only port that they are taken from. */
  readonly remotePort: number;
  /** The port whose carrier counts; without it there always is one. */
  readonly watch?: string | undefined;
}

const loopback = '127.0.0.1';
const watchMs = 250;

/** Opens the loopback port. Rejects where another program has it. */
export async function openBridgeLink(
  { address, localPort, remotePort, watch }: BridgeOptions,
  events: LinkEvents,
): Promise<EthernetLink> {
  const socket = createSocket('udp4');
  socket.bind(localPort, loopback);
  await once(socket, 'listening');
  socket.on('message', (frame, from) => {
    if (from.port === remotePort && from.address === loopback) events.frame(frame);
  });
  socket.on('error', (error) => {
    events.trouble(error.name);
  });
  let isEnabled = false;
  const look = (): void => {
    const isUp = watch === undefined || hasCarrier(watch);
    if (isUp === isEnabled) return;
    isEnabled = isUp;
    events.portEnabled(isUp);
  };
  const timer = setInterval(look, watchMs);
  const sent = new Set<Promise<void>>();
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    clearInterval(timer);
    await Promise.all(sent);
    await new Promise<void>((resolve) => {
      socket.close(resolve);
    });
  };
  return {
    address,
    send(frame) {
      const sending = new Promise<void>((resolve) => {
        socket.send(frame, remotePort, loopback, (error) => {
          if (error !== null) events.trouble(error.name);
          resolve();
        });
      }).finally(() => sent.delete(sending));
      sent.add(sending);
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}
