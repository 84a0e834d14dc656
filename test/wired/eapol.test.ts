// EAPOL frames: those of the standard, and those that somebody hostile sends.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import {
  decodeEapol,
  encodeEapol,
  eapolTypes,
  formatEthernetAddress,
  paeGroupAddress,
  parseEthernetAddress,
} from '../../lib/wired/eapol.js';

const own = parseEthernetAddress('02:00:00:00:00:01');
const other = parseEthernetAddress('02:00:00:00:00:02');
const identityRequest = Buffer.from([1, 7, 0, 5, 1]);

/** A frame from the switch, to us unless it is said otherwise. */
function frame({
  to = own,
  from = other,
  etherType = 0x888e,
  version = 2,
  type = 0,
  length = identityRequest.length,
  body = identityRequest,
} = {}): Buffer {
  const head = Buffer.alloc(6);
  head.writeUInt16BE(etherType, 0);
  head.writeUInt8(version, 2);
  head.writeUInt8(type, 3);
  head.writeUInt16BE(length, 4);
  return Buffer.concat([to, from, head, body]);
}

describe('EAPOL frames', () => {
  it('are written as the standard has them, and padded', () => {
    const start = encodeEapol(own, eapolTypes.start);
    assert.equal(start.length, 60);
    assert.equal(start.toString('hex', 0, 18), '0180c2000003020000000001888e02010000');
    assert.ok(start.subarray(18).every((octet) => octet === 0));
    for (const version of [1, 2, 3] as const) {
      assert.equal(encodeEapol(own, eapolTypes.start, undefined, version).readUInt8(14), version);
    }
    const logoff = encodeEapol(own, eapolTypes.logoff);
    assert.equal(logoff.readUInt8(15), 2);
    const response = Buffer.from([2, 7, 0, 8, 1, 0x62, 0x6f, 0x62]);
    const packet = encodeEapol(own, eapolTypes.eapPacket, response);
    assert.equal(packet.toString('hex', 14, 26), '02000008' + response.toString('hex'));
    const long = encodeEapol(own, eapolTypes.eapPacket, Buffer.alloc(1400, 1));
    assert.equal(long.length, 1418);
  });

  it('are read back', () => {
    for (const length of [0, 1, 41, 42, 43, 1400]) {
      const body = randomBytes(length);
      const read = decodeEapol(encodeEapol(other, eapolTypes.eapPacket, body), own);
      assert.ok(typeof read === 'object');
      assert.deepEqual(read, { source: other, version: 2, type: 0, body });
    }
  });

  it('are taken without what pads them, to us and to the group, from any edition of the standard', () => {
    for (const to of [own, Buffer.from(paeGroupAddress)]) {
      for (const version of [1, 2, 3, 255]) {
        const padded = Buffer.concat([frame({ to, version }), Buffer.alloc(37, 0xff)]);
        const read = decodeEapol(padded, own);
        assert.ok(typeof read === 'object');
        assert.deepEqual(read.body, identityRequest);
        assert.equal(read.version, version);
      }
    }
  });

  it('tell keys and announcements from EAP', () => {
    for (const type of [3, 4, 5, 8, 255]) {
      const read = decodeEapol(frame({ type }), own);
      assert.ok(typeof read === 'object' && read.type === type);
    }
  });

  const tagged = Buffer.concat([
    frame().subarray(0, 12),
    Buffer.from('8100000a', 'hex'),
    frame().subarray(12),
  ]);
  for (const [what, bad, why] of [
    ['nothing', Buffer.alloc(0), 'short'],
    ['half an address', frame().subarray(0, 3), 'short'],
    ['no EAPOL head', frame().subarray(0, 14), 'short'],
    ['half an EAPOL head', frame().subarray(0, 17), 'short'],
    ['IP', frame({ etherType: 0x0800 }), 'etherType'],
    ['a VLAN tag', tagged, 'etherType'],
    ['somebody else', frame({ to: parseEthernetAddress('02:00:00:00:00:03') }), 'destination'],
    ['everybody', frame({ to: Buffer.alloc(6, 0xff) }), 'destination'],
    ['another group', frame({ to: parseEthernetAddress('01:80:c2:00:00:00') }), 'destination'],
    ['our own address', frame({ from: own }), 'own'],
    ['version 0', frame({ version: 0 }), 'version'],
    ['a body that is one octet longer', frame({ length: 6 }), 'length'],
    ['a body that is much longer', frame({ length: 0xffff }), 'length'],
  ] as const) {
    it(`are ignored with ${what}`, () => {
      assert.equal(decodeEapol(bad, own), why);
    });
  }

  it('never make it throw, whatever they are', () => {
    let taken = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const mutated = Buffer.concat([frame(), randomBytes(round % 50)]).subarray(0, 1 + (round % 70));
      const place = round % mutated.length;
      mutated.writeUInt8(randomBytes(1).readUInt8(), place);
      const read = decodeEapol(mutated, own);
      if (typeof read === 'string') continue;
      taken += 1;
      assert.ok(18 + read.body.length <= mutated.length);
    }
    assert.ok(taken > 100);
  });

  it('have addresses of six octets, in either notation', () => {
    assert.equal(formatEthernetAddress(parseEthernetAddress('AA-bb-00-01-02-FF')), 'aa:bb:00:01:02:ff');
    assert.deepEqual(parseEthernetAddress('AA-bb-00-01-02-FF'), parseEthernetAddress('aa:BB:00:01:02:ff'));
    for (const bad of ['', '02:00:00:00:00', '02:00:00:00:00:01:02', '0200.0000.0001', '02:00:00:00:00:0g']) {
      assert.throws(() => parseEthernetAddress(bad), RangeError);
    }
  });
});
