// EAP attributes: the table of their numbers against the SDK's, and the coding of vendor values and keys.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  attributeName,
  attributeTypes,
  decodeKeys,
  decodeVendorSpecific,
  encodeMppeKeys,
  encodeVendorSpecific,
} from '../../lib/eap/attributes.js';
import type { EapAttribute } from '../../lib/eap/names.js';

const msk = Buffer.from(Array.from({ length: 64 }, (_, index) => index + 1));
const filler: EapAttribute = { type: attributeTypes.Minimum, value: new Uint8Array() };

function octetsOf(attribute: EapAttribute | undefined): string {
  return Buffer.from(attribute?.value ?? []).toString('hex');
}

describe('attribute types', () => {
  it('are those of EAP_ATTRIBUTE_TYPE', () => {
    const root = join(import.meta.dirname, '..', '..', '..');
    const abi: { enums: { EAP_ATTRIBUTE_TYPE: { members: Record<string, number> } } } = JSON.parse(
      readFileSync(join(root, 'native', 'abi', 'eaphost-abi.json'), 'utf8'),
    );
    const ours = Object.fromEntries(
      Object.entries(attributeTypes).map(([name, type]) => [`eat${name}`, type]),
    );
    deepEqual(ours, abi.enums.EAP_ATTRIBUTE_TYPE.members);
  });
  it('have names for people', () => {
    equal(attributeName(26), 'VendorSpecific');
    equal(attributeName(9003), 'EMSK');
    equal(attributeName(8100), 'PEAPFastRoamedSession');
    equal(attributeName(4242), '4242');
  });
});

describe('MPPE keys in EAPHost’s plain form', () => {
  it('have 56 octets for 32-octet keys', () => {
    const [send, recv] = encodeMppeKeys(msk, 'peer');
    const pad = '00'.repeat(15);
    equal(octetsOf(send), `000001371034000020${msk.toString('hex', 0, 32)}${pad}`);
    equal(octetsOf(recv), `000001371134000020${msk.toString('hex', 32)}${pad}`);
    deepEqual([send?.type, recv?.type, send?.value.length], [26, 26, 56]);
  });
  it('are mirrored for the authenticator', () => {
    const [peerSend, peerRecv] = decodeVendor(encodeMppeKeys(msk, 'peer'));
    const [serverSend, serverRecv] = decodeVendor(encodeMppeKeys(msk, 'authenticator'));
    deepEqual(peerSend?.data, serverRecv?.data);
    deepEqual(peerRecv?.data, serverSend?.data);
  });
  for (const half of [1, 15, 16, 24, 31, 32, 33, 239]) {
    it(`come back with ${half} octets each, to both sides`, () => {
      const whole = Buffer.from(Array.from({ length: 2 * half }, (_, index) => (index * 7 + 1) & 0xff));
      const padded = Buffer.concat([whole], Math.max(64, whole.length));
      for (const side of ['peer', 'authenticator'] as const) {
        const attributes = encodeMppeKeys(whole, side);
        for (const { value } of attributes) equal((value.length - 8) % 16, 0);
        const keys = decodeKeys([filler, ...attributes, filler], side);
        deepEqual(keys.msk, padded);
        deepEqual(
          keys.mppeSendKey,
          whole.subarray(side === 'peer' ? 0 : half, side === 'peer' ? half : undefined),
        );
      }
    });
  }
  it('refuse what is no MSK', () => {
    for (const length of [0, 1, 63, 480])
      throws(() => encodeMppeKeys(Buffer.alloc(length), 'peer'), RangeError);
  });
  it('take the shortest form, and one without padding or with a wrong vendor length', () => {
    const value = (text: string) => ({ type: 26, value: Buffer.from(text, 'hex') });
    deepEqual(decodeKeys([value('00000137 10 06 0000 01 aa'.replaceAll(' ', ''))], 'peer'), {
      mppeSendKey: Buffer.of(0xaa),
    });
    deepEqual(decodeKeys([value('00000137 11 ff 0000 02 aabb'.replaceAll(' ', ''))], 'peer'), {
      mppeRecvKey: Buffer.of(0xaa, 0xbb),
    });
  });
  it('leave out what is malformed or another vendor’s', () => {
    const [send, recv] = encodeMppeKeys(msk, 'peer');
    ok(send && recv);
    const cut = { ...send, value: send.value.subarray(0, 40) };
    const foreign = {
      ...send,
      value: Uint8Array.from(send.value, (octet, index) => (index === 3 ? 9 : octet)),
    };
    const tiny = [0, 1, 4, 5, 6, 7, 8].map((length) => ({ type: 26, value: send.value.subarray(0, length) }));
    deepEqual(decodeKeys([cut, foreign, ...tiny, filler], 'peer'), {});
    deepEqual(decodeKeys([cut, recv], 'peer'), { mppeRecvKey: msk.subarray(32) });
  });
  it('come with EMSK and names, the first of each, as copies', () => {
    const value = Buffer.from('abc');
    const keys = decodeKeys(
      [
        { type: attributeTypes.EMSK, value },
        { type: attributeTypes.EMSK, value: Buffer.from('later') },
        { type: attributeTypes.SessionId, value: Buffer.of(13, 1) },
        { type: attributeTypes.PeerId, value: Buffer.from('peer') },
        { type: attributeTypes.ServerId, value: Buffer.from('server') },
      ],
      'peer',
    );
    value.fill(0);
    deepEqual(keys, {
      emsk: Buffer.from('abc'),
      sessionId: Buffer.of(13, 1),
      peerId: Buffer.from('peer'),
      serverId: Buffer.from('server'),
    });
  });
});

describe('vendor-specific attributes', () => {
  it('hold one value or several', () => {
    const one = encodeVendorSpecific({ vendorId: 14122, vendorType: 3, data: Buffer.from('xy') });
    equal(octetsOf(one), '0000372a03047879');
    const two = { type: 26, value: Buffer.concat([one.value, Buffer.of(5, 2)]) };
    deepEqual(decodeVendorSpecific(two), [
      { vendorId: 14122, vendorType: 3, data: Buffer.from('xy') },
      { vendorId: 14122, vendorType: 5, data: Buffer.alloc(0) },
    ]);
  });
  it('refuse a value that is too long, and pass other attributes over', () => {
    throws(() => encodeVendorSpecific({ vendorId: 1, vendorType: 1, data: Buffer.alloc(250) }), RangeError);
    deepEqual(decodeVendorSpecific({ type: 25, value: Buffer.alloc(20) }), []);
  });
});

function decodeVendor(attributes: readonly EapAttribute[]) {
  return attributes.flatMap((attribute) => decodeVendorSpecific(attribute));
}
