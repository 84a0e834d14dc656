// The packets of EAP-MSCHAPv2, octet by octet, and what is refused.

import { deepEqual, equal, notEqual } from 'node:assert/strict';
import {
  opCodes,
  readChallenge,
  readChangePassword,
  readFailure,
  readMessage,
  readResponse,
  readSuccess,
  writeAcknowledgement,
  writeChallenge,
  writeChangePassword,
  writeFailure,
  writeResponse,
  writeSuccess,
} from '../../lib/methods/mschapv2-packets.js';

const filled = (length: number, octet: number) => Buffer.alloc(length, octet);
const hex = (packet: Buffer) => packet.toString('hex');
const bodyOf = (packet: Buffer, code: number) => {
  const message = readMessage(packet, code);
  if (!message) throw new Error('not a packet');
  return message;
};

describe('EAP-MSCHAPv2 packets', () => {
  it('Challenge', () => {
    const packet = writeChallenge(5, filled(16, 0xaa), 'srv');
    equal(hex(packet), `0105001d1a0105001810${'aa'.repeat(16)}737276`);
    const { opCode, id, msId, body } = bodyOf(packet, 1);
    deepEqual([opCode, id, msId], [opCodes.challenge, 5, 5]);
    deepEqual(readChallenge(body), { challenge: filled(16, 0xaa), serverName: 'srv' });
  });

  it('Response', () => {
    const response = { peerChallenge: filled(16, 0xbb), ntResponse: filled(24, 0xcc), name: 'D\\u' };
    const packet = writeResponse(5, 6, response);
    equal(hex(packet), `0205003e1a0206003931${'bb'.repeat(16)}${'00'.repeat(8)}${'cc'.repeat(24)}00445c75`);
    deepEqual(readResponse(bodyOf(packet, 2).body), response);
  });

  it('Success Request and Response', () => {
    const packet = writeSuccess(7, 6, filled(20, 0xd1));
    equal(packet.toString('latin1', 9), `S=${'D1'.repeat(20)} M=OK`);
    equal(hex(packet.subarray(0, 9)), '010700381a03060033');
    deepEqual(readSuccess(bodyOf(packet, 1).body), filled(20, 0xd1));
    equal(hex(writeAcknowledgement(7, opCodes.success)), '020700061a03');
  });

  it('Failure Request and Response', () => {
    const failure = { error: 691, retry: true, challenge: filled(16, 0xe0), version: 3, message: 'No' };
    const packet = writeFailure(8, 6, failure);
    equal(packet.toString('latin1', 9), `E=691 R=1 C=${'E0'.repeat(16)} V=3 M=No`);
    deepEqual(readFailure(bodyOf(packet, 1).body), failure);
    equal(hex(writeAcknowledgement(8, opCodes.failure)), '020800061a04');
  });

  it('Change-Password', () => {
    const change = {
      encryptedPassword: filled(516, 1),
      encryptedHash: filled(16, 2),
      peerChallenge: filled(16, 3),
      ntResponse: filled(24, 4),
    };
    const packet = writeChangePassword(9, 7, change);
    equal(packet.length, 591);
    equal(hex(packet.subarray(0, 9)), '0209024f1a0707024a');
    const body = [
      '01'.repeat(516),
      '02'.repeat(16),
      '03'.repeat(16),
      '00'.repeat(8),
      '04'.repeat(24),
      '0000',
    ];
    equal(hex(packet.subarray(9)), body.join(''));
    deepEqual(readChangePassword(bodyOf(packet, 2).body), change);
  });

  it('an MS-Length that is not the length, or a cut header, is no packet', () => {
    const packet = writeChallenge(5, filled(16, 0xaa), 'srv');
    for (const wrong of [0, 4, 0x17, 0x19, 0x1d]) {
      const bad = Buffer.from(packet);
      bad.writeUInt16BE(wrong, 7);
      equal(readMessage(bad, 1), undefined, `MS-Length ${wrong}`);
    }
    for (const text of ['0105000 51a', '010500071a0105', '010500081a010500'] as const) {
      equal(readMessage(Buffer.from(text.replaceAll(' ', ''), 'hex'), 1), undefined, text);
    }
    notEqual(readMessage(packet, 1), undefined);
    equal(readMessage(packet, 2), undefined);
  });

  it('bodies of wrong sizes are none', () => {
    equal(readChallenge(Buffer.concat([Buffer.of(16), filled(15, 1)])), undefined);
    equal(readChallenge(Buffer.concat([Buffer.of(8), filled(16, 1)])), undefined);
    equal(readChallenge(Buffer.concat([Buffer.of(16), filled(16 + 257, 1)])), undefined);
    equal(readResponse(Buffer.concat([Buffer.of(49), filled(48, 1)])), undefined);
    equal(readResponse(Buffer.concat([Buffer.of(48), filled(49, 1)])), undefined);
    equal(readResponse(Buffer.concat([Buffer.of(49), filled(49 + 257, 1)])), undefined);
    equal(readChangePassword(filled(581, 1)), undefined);
    equal(readChangePassword(filled(583, 1)), undefined);
  });

  it('a Success message is S= and 40 digits', () => {
    const digits = 'aB'.repeat(20);
    for (const text of [`S=${digits}`, `S=${digits} M=anything`, `s=${digits.toLowerCase()} `]) {
      deepEqual(readSuccess(Buffer.from(text)), filled(20, 0xab), text);
    }
    for (const text of [
      '',
      'S=',
      `S=${digits.slice(1)}`,
      `S=${digits}0`,
      ` S=${digits}`,
      `S=${'zz'.repeat(20)}`,
      'M=OK',
    ]) {
      equal(readSuccess(Buffer.from(text)), undefined, text);
    }
  });

  it('a Failure message is taken as servers write it', () => {
    const challenge = filled(16, 0x1f);
    const digits = '1F'.repeat(16);
    const none = { retry: false, challenge: undefined, version: 0, message: '' };
    const forms: Record<string, unknown> = {
      'E=691': { ...none, error: 691 },
      'E=691 R=1': { ...none, error: 691, retry: true },
      [`E=0000000648 R=0 C=${digits} V=0000000003 M=Password expired`]: {
        error: 648,
        retry: false,
        challenge,
        version: 3,
        message: 'Password expired',
      },
      [`e=691 r=1 c=${digits.toLowerCase()} v=3`]: {
        error: 691,
        retry: true,
        challenge,
        version: 3,
        message: '',
      },
      'E=647 R=0 V=3 M=Kč=\u001b[31m\nx': { ...none, error: 647, version: 3, message: 'Kč=[31mx' },
      'E=691 R=0\0': { ...none, error: 691 },
    };
    for (const [text, failure] of Object.entries(forms))
      deepEqual(readFailure(Buffer.from(text)), failure, text);
    for (const text of [
      '',
      'E=',
      'E=x',
      'R=1',
      'E=691 R=2',
      `E=691 C=${digits.slice(1)}`,
      'E=12345678901',
      'E=691R=1',
    ]) {
      equal(readFailure(Buffer.from(text)), undefined, text);
    }
    equal(readFailure(Buffer.from(`E=691 M=${'m'.repeat(1000)}`))?.message.length, 256);
  });
});
