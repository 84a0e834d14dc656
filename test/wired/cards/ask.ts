// Sends frames of an authenticator's, one after another, and waits for the answer to the last. Usage:
//   ask.js INTERFACE MACHINE-ADDRESS lengths      garbage of every length that a frame, its body and its EAP packet can have
//   ask.js INTERFACE MACHINE-ADDRESS tags         requests behind VLAN tags
// Each of them ends with a plain request for the identity. Prints the identifiers of the responses that came, as JSON.

import { setTimeout as delay } from 'node:timers/promises';

import {
  decodeEapol,
  eapolTypes,
  encodeEapol,
  openEthernetLink,
  parseEthernetAddress,
  type EthernetLink,
} from '../../../lib/wired/index.js';

const [, , name = '', machineText = '', what = ''] = process.argv;
const machine = parseEthernetAddress(machineText);
const lastId = 99;
/** What an answer to a frame that must have none would take. */
const pauseMs = 500;

function request(link: EthernetLink, id: number): Buffer {
  const frame = encodeEapol(link.address, eapolTypes.eapPacket, Buffer.of(1, id, 0, 5, 1));
  frame.set(machine);
  return frame;
}

/** Behind a tag of IEEE 802.1Q, or two. */
function tagged(frame: Buffer, ...tags: readonly (readonly [etherType: number, tag: number])[]): Buffer {
  const heads = tags.map(([etherType, tag]) =>
    Buffer.of(etherType >> 8, etherType & 0xff, tag >> 8, tag & 0xff),
  );
  return Buffer.concat([frame.subarray(0, 12), ...heads, frame.subarray(12)]);
}

/** Frames that are too short, or hold less than they say, or a packet that does. None is a whole request. */
function* garbage(link: EthernetLink): Generator<Buffer> {
  const head = request(link, 7).subarray(0, 14);
  for (let length = 14; length <= 1514; length += 1) {
    const filler = Buffer.alloc(length - 14, 1);
    yield Buffer.concat([head, filler]);
  }
  for (let body = 0; body <= 0xffff; body += body < 100 ? 1 : 97) {
    const frame = request(link, 7);
    // A packet that says more than there is of it, in a body that may, too.
    frame.writeUInt16BE(body, 16);
    frame.writeUInt16BE(0xffff, 20);
    yield frame;
  }
  for (let packet = 0; packet <= 0xffff; packet += packet < 100 ? 1 : 97) {
    if (packet === 5) continue;
    const frame = request(link, 7);
    frame.writeUInt16BE(packet, 20);
    yield frame;
  }
}

const link = await openEthernetLink({ interface: name });
const answered: number[] = [];
const answer = new Promise<void>((resolve) => {
  link.start({
    frame(frame) {
      const eapol = decodeEapol(frame, link.address);
      if (typeof eapol === 'string' || eapol.type !== eapolTypes.eapPacket || eapol.body[0] !== 2) return;
      answered.push(eapol.body[1] ?? 0);
      if (eapol.body[1] === lastId) resolve();
    },
    portEnabled: () => undefined,
    dropped: () => undefined,
    trouble: () => undefined,
  });
});
if (what === 'lengths') for (const frame of garbage(link)) link.send(frame);
else {
  link.send(tagged(request(link, 1), [0x8100, 10]));
  await delay(pauseMs);
  link.send(tagged(request(link, 2), [0x88a8, 10], [0x8100, 20]));
  await delay(pauseMs);
  // One that has a priority only is the port's.
  link.send(tagged(request(link, 3), [0x8100, 0xe000]));
  await delay(pauseMs);
}
// What it has of the last one may make it busy.
const again = setInterval(() => link.send(request(link, lastId)), pauseMs);
link.send(request(link, lastId));
await answer;
clearInterval(again);
process.stdout.write(`${JSON.stringify(answered)}\n`);
await link.close();
