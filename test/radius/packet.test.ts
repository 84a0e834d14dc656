// Packets, their authenticators and the MPPE keys, against the examples of the RFCs and against mutations.

import assert from 'node:assert/strict';

import { attributeTypes, microsoft } from '../../lib/eap/attributes.js';
import {
  integerOf,
  messageAuthenticatorType,
  valuesOf,
  joinEapMessage,
  splitEapMessage,
} from '../../lib/radius/attributes.js';
import { decryptKey, decryptKeys, encryptKey, encryptKeys, mskOf } from '../../lib/radius/mppe.js';
import {
  checkReply,
  checkRequest,
  decodePacket,
  encodeReply,
  encodeRequest,
  radiusCodes,
} from '../../lib/radius/packet.js';
import { decoded, seeded } from './support.js';

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(/\s/gu, ''), 'hex');
const rfcSecret = Buffer.from('xyzzy5461');

/** RFC 2865, 7.1 and 7.2; RFC 5997, 6. */
const telnetRequest =
  hex(`01 00 00 38 0f 40 3f 94 73 97 80 57 bd 83 d5 cb 98 f4 22 7a 01 06 6e 65 6d 6f 02 12 0d be
  70 8d 93 d4 13 ce 31 96 e4 3f 78 2a 0a ee 04 06 c0 a8 01 10 05 06 00 00 00 03`);
const telnetAccept =
  hex(`02 00 00 26 86 fe 22 0e 76 24 ba 2a 10 05 f6 bf 9b 55 e0 b2 06 06 00 00 00 01 0f 06 00 00
  00 00 0e 06 c0 a8 01 03`);
const chapAuthenticator = hex('2a ee 86 f0 8d 0d 55 96 9c a5 97 8e 0d 33 67 a2');
const chapAccept =
  hex(`02 01 00 38 15 ef bc 7d ab 26 cf a3 dc 34 d9 c0 3c 86 01 a4 06 06 00 00 00 02 07 06 00 00 00
  01 08 06 ff ff ff fe 0a 06 00 00 00 02 0d 06 00 00 00 01 0c 06 00 00 05 dc`);
const statusRequest =
  hex(`0c da 00 26 8a 54 f4 68 6f b3 94 c5 28 66 e3 02 18 5d 06 23 50 12 5a 66 5e 2e 1e 84 11 f3
  e2 43 82 20 97 c8 4f a3`);

describe('RADIUS packets', () => {
  it('reads the Access-Request of RFC 2865, 7.1', () => {
    const packet = decoded(telnetRequest);
    assert.equal(packet.code, radiusCodes.accessRequest);
    assert.equal(packet.id, 0);
    assert.deepEqual(packet.authenticator, telnetRequest.subarray(4, 20));
    assert.deepEqual(
      packet.attributes.map(({ type }) => type),
      [1, 2, 4, 5],
    );
    assert.equal(valuesOf(packet.attributes, attributeTypes.UserName)[0]?.toString(), 'nemo');
    assert.equal(integerOf(packet.attributes, attributeTypes.NASPort), 3);
    assert.equal(integerOf(packet.attributes, attributeTypes.UserPassword), undefined);
  });

  it('verifies the Response Authenticators of RFC 2865, 7.1 and 7.2', () => {
    // Neither carries a Message-Authenticator: that this is what is missed says that the other check passed.
    const request = telnetRequest.subarray(4, 20);
    assert.equal(checkReply(decoded(telnetAccept), request, rfcSecret), 'noMessageAuthenticator');
    assert.equal(checkReply(decoded(chapAccept), chapAuthenticator, rfcSecret), 'noMessageAuthenticator');
    assert.equal(checkReply(decoded(telnetAccept), chapAuthenticator, rfcSecret), 'badResponseAuthenticator');
    assert.equal(checkReply(decoded(telnetAccept), request, Buffer.from('x')), 'badResponseAuthenticator');
  });

  it('verifies the Message-Authenticator of RFC 5997, 6.1', () => {
    assert.equal(checkRequest(decoded(statusRequest), rfcSecret), undefined);
    assert.equal(checkRequest(decoded(statusRequest), Buffer.from('x')), 'badMessageAuthenticator');
    for (let at = 0; at < statusRequest.length; at++) {
      const forged = Buffer.from(statusRequest);
      forged[at] = (forged[at] ?? 0) ^ 1;
      const packet = decodePacket(forged);
      const fault = typeof packet === 'string' ? packet : checkRequest(packet, rfcSecret);
      assert.notEqual(fault, undefined, `octet ${at}`);
    }
  });

  it('makes the Message-Authenticator of RFC 5997, 6.1', () => {
    const { code, id, authenticator } = decoded(statusRequest);
    assert.deepEqual(encodeRequest({ code, id, authenticator, attributes: [] }, rfcSecret), statusRequest);
  });

  it('puts the Message-Authenticator first and makes replies that it verifies', () => {
    const request = decoded(statusRequest);
    const attributes = [{ type: attributeTypes.UserName, value: Buffer.from('nemo') }];
    const reply = encodeReply({ code: radiusCodes.accessAccept, attributes }, request, rfcSecret);
    const packet = decoded(reply);
    assert.equal(packet.id, 0xda);
    assert.equal(packet.attributes[0]?.type, messageAuthenticatorType);
    assert.equal(checkReply(packet, request.authenticator, rfcSecret), undefined);
    for (let at = 0; at < reply.length; at++) {
      const forged = Buffer.from(reply);
      forged[at] = (forged[at] ?? 0) ^ 0x80;
      const again = decodePacket(forged);
      const fault = typeof again === 'string' ? again : checkReply(again, request.authenticator, rfcSecret);
      assert.notEqual(fault, undefined, `octet ${at}`);
    }
  });

  it('refuses a Message-Authenticator that is doubled or has another length', () => {
    const { authenticator } = decoded(statusRequest);
    const make = (value: Uint8Array) =>
      encodeRequest(
        { code: 1, id: 1, authenticator, attributes: [{ type: messageAuthenticatorType, value }] },
        rfcSecret,
      );
    assert.equal(checkRequest(decoded(make(Buffer.alloc(16))), rfcSecret), 'badMessageAuthenticator');
    const short = hex('01 01 00 24 00112233445566778899aabbccddeeff 5010 00112233445566778899aabbccdd');
    assert.equal(checkRequest(decoded(short), rfcSecret), 'badMessageAuthenticator');
  });

  it('names the fault of a malformed datagram', () => {
    const header = (length: number, total: number) => {
      const datagram = Buffer.alloc(total);
      datagram.writeUInt16BE(length, 2);
      return datagram;
    };
    assert.equal(decodePacket(Buffer.alloc(0)), 'tooShort');
    assert.equal(decodePacket(Buffer.alloc(19)), 'tooShort');
    assert.equal(decodePacket(header(19, 20)), 'badLength');
    assert.equal(decodePacket(header(21, 20)), 'badLength');
    assert.equal(decodePacket(header(4097, 5000)), 'badLength');
    assert.equal(decodePacket(header(21, 21)), 'badAttribute');
    assert.equal(decodePacket(Buffer.concat([header(22, 20), hex('01 01')])), 'badAttribute');
    assert.equal(decodePacket(Buffer.concat([header(22, 20), hex('01 00')])), 'badAttribute');
    assert.equal(decodePacket(Buffer.concat([header(23, 20), hex('01 04 00')])), 'badAttribute');
  });

  it('ignores padding after the length, and keeps no view of the datagram', () => {
    const padded = Buffer.concat([telnetAccept, Buffer.alloc(7, 0xff)]);
    const packet = decoded(padded);
    padded.fill(0);
    assert.deepEqual(packet.bytes, telnetAccept);
    assert.equal(packet.attributes.length, 3);
  });

  it('refuses to make what does not fit', () => {
    const authenticator = Buffer.alloc(16);
    const long = [{ type: 1, value: Buffer.alloc(254) }];
    const many = Array.from({ length: 16 }, () => ({ type: 1, value: Buffer.alloc(253) }));
    for (const attributes of [long, many]) {
      assert.throws(() => encodeRequest({ code: 1, id: 1, authenticator, attributes }, rfcSecret), {
        name: 'RadiusError',
        code: 'EAPHOST_RADIUS_TOO_LONG',
      });
    }
  });

  it('survives 20000 mutations', () => {
    const random = seeded(2865);
    const pick = (limit: number) => Math.floor(random() * limit);
    const seeds = [telnetRequest, telnetAccept, chapAccept, statusRequest];
    const faults = new Map<string, number>();
    for (let round = 0; round < 20_000; round++) {
      let datagram = Buffer.from(seeds[pick(seeds.length)] ?? []);
      for (let change = pick(4); change >= 0; change--) {
        const kind = random();
        if (kind < 0.2) datagram = datagram.subarray(0, pick(datagram.length + 1));
        else if (kind < 0.4) datagram = Buffer.concat([datagram, Buffer.alloc(pick(40), pick(256))]);
        else if (datagram.length > 0) datagram[pick(datagram.length)] = pick(256);
      }
      const packet = decodePacket(datagram);
      if (typeof packet === 'string') {
        faults.set(packet, (faults.get(packet) ?? 0) + 1);
        continue;
      }
      const size = packet.attributes.reduce((sum, { value }) => sum + 2 + value.length, 20);
      assert.equal(size, packet.bytes.length);
      checkRequest(packet, rfcSecret);
      checkReply(packet, chapAuthenticator, rfcSecret);
      decryptKeys(packet.attributes, chapAuthenticator, rfcSecret);
      joinEapMessage(packet.attributes);
    }
    assert.deepEqual([...faults.keys()].sort(), ['badAttribute', 'badLength', 'tooShort']);
  });
});

describe('EAP-Message', () => {
  it('cuts at 253 octets and joins again', () => {
    for (const [length, pieces] of [
      [0, 1],
      [1, 1],
      [253, 1],
      [254, 2],
      [506, 2],
      [507, 3],
      [3000, 12],
    ] as const) {
      const packet = Buffer.from(Array.from({ length }, (_, index) => index & 0xff));
      const attributes = splitEapMessage(packet);
      assert.equal(attributes.length, pieces, `${length} octets`);
      assert.deepEqual(joinEapMessage([{ type: 1, value: Buffer.of(1) }, ...attributes]), packet);
    }
  });

  it('tells none from scattered', () => {
    const piece = { type: attributeTypes.EAPMessage, value: Buffer.of(1) };
    const other = { type: 1, value: Buffer.of(1) };
    assert.equal(joinEapMessage([other]), undefined);
    assert.equal(joinEapMessage([piece, other, piece]), 'scattered');
    assert.deepEqual(joinEapMessage([other, piece, piece, other]), Buffer.of(1, 1));
  });
});

describe('MS-MPPE keys', () => {
  const authenticator = Buffer.from(Array.from({ length: 16 }, (_, index) => index));
  const key = Buffer.from(Array.from({ length: 32 }, (_, index) => 0x40 + index));
  // Computed apart from this code, by RFC 2548, 2.4.2.
  const encrypted = hex(`8001 5800aa06acfee0d1d02d44e9e5ef4d92 3997159a38d17b9213d9ed6976344ade
    edfab613ca8ffdb50e3c7c2d6c883b0a`);

  it('encrypts and decrypts as RFC 2548, 2.4.2 says', () => {
    assert.deepEqual(encryptKey(key, 1, authenticator, Buffer.from('secret')), encrypted);
    assert.deepEqual(decryptKey(encrypted, authenticator, Buffer.from('secret')), key);
  });

  it('refuses data of a wrong form', () => {
    for (const length of [0, 1, 2, 17, 19, 33]) {
      assert.equal(decryptKey(Buffer.alloc(length), authenticator, rfcSecret), undefined, `${length} octets`);
    }
    // Under a wrong secret the length octet is random: a key that would not fit is refused.
    let refused = 0;
    for (let guess = 0; guess < 64; guess++) {
      if (!decryptKey(encrypted, authenticator, Buffer.of(guess))) refused++;
    }
    assert.ok(refused > 32);
  });

  it('carries a pair under two salts with the top bit set', () => {
    for (const length of [1, 15, 16, 31, 32, 239]) {
      const keys = { recvKey: Buffer.alloc(length, 1), sendKey: Buffer.alloc(length, 2) };
      const attributes = encryptKeys(keys, authenticator, rfcSecret);
      const salts = attributes.map(({ value }) => Buffer.from(value).readUInt16BE(6));
      assert.notEqual(salts[0], salts[1]);
      assert.ok(salts.every((salt) => salt >= 0x8000));
      assert.deepEqual(
        attributes.map(({ value }) => value[4]),
        [microsoft.mppeSendKey, microsoft.mppeRecvKey],
      );
      assert.deepEqual(decryptKeys(attributes, authenticator, rfcSecret), keys);
      assert.equal(decryptKeys(attributes.slice(1), authenticator, rfcSecret), undefined);
      assert.equal(decryptKeys([...attributes, ...attributes], authenticator, rfcSecret), undefined);
    }
  });

  it('makes the MSK: Recv-Key, Send-Key, zeros', () => {
    const recvKey = Buffer.alloc(16, 1);
    const sendKey = Buffer.alloc(16, 2);
    assert.deepEqual(mskOf({ recvKey, sendKey }), Buffer.concat([recvKey, sendKey, Buffer.alloc(32)]));
    const long = { recvKey: Buffer.alloc(32, 1), sendKey: Buffer.alloc(32, 2) };
    assert.deepEqual(mskOf(long), Buffer.concat([long.recvKey, long.sendKey]));
  });
});
