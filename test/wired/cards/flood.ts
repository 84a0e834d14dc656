// Floods a port with EAPOL that is none, as fast as it can: other types, wrong lengths, VLAN tags, keys, EAP of noise.
// Prints how many frames it has sent in a second.
// Usage: flood.js INTERFACE FRAMES

import { randomBytes } from 'node:crypto';

import { encodeEapol, eapolTypes, openEthernetLink } from '../../../lib/wired/index.js';

const [, , name = '', count = '1'] = process.argv;
const link = await openEthernetLink({ interface: name });

/** One of each kind. */
function* garbage(): Generator<Buffer> {
  for (let type = 0; type < 12; type += 1) yield encodeEapol(link.address, type, randomBytes(46));
  for (const length of [0, 1, 3, 4, 5, 41, 1000, 65_535]) {
    const wrong = encodeEapol(link.address, eapolTypes.eapPacket, Buffer.of(1, 7, 0, 5, 1));
    wrong.writeUInt16BE(length, 16);
    yield wrong;
  }
  const whole = encodeEapol(link.address, eapolTypes.eapPacket, randomBytes(40));
  for (let length = 14; length < 60; length += 1) yield whole.subarray(0, length);
  yield Buffer.concat([whole.subarray(0, 12), Buffer.of(0x81, 0, 0, 10), whole.subarray(12)]);
  yield encodeEapol(link.address, eapolTypes.eapPacket, Buffer.alloc(1490, 1));
}
const frames = [...garbage()];

const began = performance.now();
let sent = 0;
for (; sent < Number(count); sent += frames.length) for (const frame of frames) link.send(frame);
process.stdout.write(`${Math.round(sent / ((performance.now() - began) / 1000))}\n`);
await link.close();
