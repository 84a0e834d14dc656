// What the client's suites share: a server that answers as it is told, and a client of it.

import type { RemoteInfo } from 'node:dgram';
import { mock } from 'node:test';

import { attributeTypes } from '../../lib/eap/attributes.js';
import { RadiusClient, type RadiusClientOptions } from '../../lib/radius/client.js';
import { encodeReply, radiusCodes, type RadiusPacket } from '../../lib/radius/packet.js';
import { BareSocket, decoded, secret } from './support.js';

const key = Buffer.from(secret);

/** A server that answers each datagram with what `answer` gives: a datagram, several, or nothing. */
export async function serve(
  answer: (request: RadiusPacket, count: number) => Uint8Array | readonly Uint8Array[] | undefined,
  address = '127.0.0.1',
): Promise<BareSocket> {
  const socket = await BareSocket.open(address);
  let count = 0;
  socket.onDatagram((datagram: Buffer, from: RemoteInfo) => {
    const replies = answer(decoded(datagram), ++count) ?? [];
    for (const reply of replies instanceof Uint8Array ? [replies] : replies) {
      socket.send(reply, from.port, from.address);
    }
  });
  return socket;
}

export const open = (server: BareSocket, options: Partial<RadiusClientOptions> = {}): RadiusClient =>
  new RadiusClient({
    host: '127.0.0.1',
    port: server.port,
    secret,
    timeoutMs: 10_000,
    retries: 4,
    ...options,
  });

export const accept = (request: RadiusPacket): Buffer =>
  encodeReply({ code: radiusCodes.accessAccept, attributes: [] }, request, key);

export const anna = { attributes: [{ type: attributeTypes.UserName, value: Buffer.from('anna') }] };

/**
 * Does `work`, of which each timer falls due at once, or as soon as `isDue`: not before what the test waits for, however
 * slow the machine. What they were set to, in milliseconds.
 */
export async function withoutWaits(work: () => Promise<void>, isDue = () => true): Promise<number[]> {
  const waits: number[] = [];
  mock.method(globalThis, 'setTimeout', (call: () => void, milliseconds = 0) => {
    waits.push(milliseconds);
    // One timer to the end: whoever clears it is rid of it.
    const timer = setInterval(() => {
      if (!isDue()) return;
      clearInterval(timer);
      call();
    }, 1);
    return timer;
  });
  try {
    await work();
  } finally {
    mock.restoreAll();
  }
  return waits;
}

/** Octets changed after they were signed. */
export function patched(datagram: Buffer, at: number): Buffer {
  const copy = Buffer.from(datagram);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}
