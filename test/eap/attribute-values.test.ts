// Attributes with typed values: each is encoded and decoded, with random values and with invalid octets.

import assert from 'node:assert/strict';

import {
  attributeForms,
  attributeTypes,
  decodeAttribute,
  decodeKeys,
  decodeVendorSpecific,
  encodeAttribute,
  encodeMppeKeys,
  encodeVendorSpecific,
  type AttributeForm,
  type AttributeName,
  type VendorValue,
} from '../../lib/index.js';
import { isNameOf, namesOf } from '../../lib/base/guards.js';
import { Random } from '../profiles/support.js';
import { ill } from '../supplicant/fakes.js';

const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 20_261);
const rounds = 40;

const octetsOf = (random: Random, length: number): Buffer =>
  Buffer.from(Array.from({ length }, () => random.below(256)));

const textOf = (random: Random): string =>
  String.fromCodePoint(
    ...Array.from({ length: random.below(20) }, () => random.pick([0x41, 0, 0xe4, 0xfeff, 0x20ac, 0x1f600])),
  );

function vendorOf(random: Random): VendorValue[] {
  const vendorId = random.pick([9, 311, 14_122, 0xffff_ffff]);
  return Array.from({ length: 1 + random.below(4) }, () => ({
    vendorId,
    vendorType: random.below(256),
    data: octetsOf(random, random.pick([0, 1, 50, 253])),
  }));
}

/** A random value of each form. */
const values: { readonly [Form in AttributeForm]: (random: Random) => unknown } = {
  octets: (random) => octetsOf(random, random.below(300)),
  text: textOf,
  number: (random) => random.pick([0, 1, 0x7fff_ffff, 0xffff_ffff, random.below(0xffff_ffff)]),
  address: (random) => octetsOf(random, 4).join('.'),
  address6: (random) =>
    random.pick(['::', '::1', '2001:db8::1', '2001:db8:0:1:1:1:1:1', 'fe80::1:0:0:2', '1:2:3:4:5:6:7:8']),
  time: (random) => new Date(random.below(0xffff_ffff) * 1000),
  vendor: vendorOf,
};

const names = namesOf(attributeTypes);

describe(`Attributes with typed values (EAPHOST_TEST_SEED=${seed})`, () => {
  it('have a form for every attribute of EAP_ATTRIBUTE_TYPE', () => {
    assert.deepEqual(namesOf(attributeForms).toSorted(), names.toSorted());
  });

  it('come back as they were given', () => {
    const random = new Random(seed);
    for (const name of names) {
      for (let round = 0; round < rounds; round += 1) {
        const value = values[attributeForms[name]](random);
        const attribute = encodeAttribute(name, ill(value));
        assert.equal(attribute.type, attributeTypes[name]);
        const decoded = decodeAttribute(attribute);
        assert.equal(decoded.form, attributeForms[name], name);
        assert.deepEqual(decoded.value, value, name);
      }
    }
  });

  it('lose no octet, whatever they hold', () => {
    const random = new Random(seed);
    for (const type of [...Object.values(attributeTypes), 200, 4242, -2]) {
      for (let round = 0; round < rounds; round += 1) {
        const length = random.pick([0, 1, 3, 4, 4, 5, 6, 8, 16, 17, random.below(300)]);
        const value = octetsOf(random, length);
        const before = Buffer.from(value);
        const decoded = decodeAttribute({ type, value });
        assert.equal(decoded.type, type);
        const again =
          decoded.name === undefined
            ? decoded.value
            : encodeAttribute(decoded.name, ill(decoded.value)).value;
        assert.deepEqual(again, before);
        assert.deepEqual(value, before);
      }
    }
  });

  it('are copies', () => {
    const value = Buffer.from('secret');
    const decoded = decodeAttribute({ type: attributeTypes.EMSK, value });
    const encoded = encodeAttribute('EMSK', value);
    value.fill(0);
    assert.deepEqual(decoded.value, Buffer.from('secret'));
    assert.deepEqual(encoded.value, Buffer.from('secret'));
  });

  it('have the octets of RADIUS', () => {
    const cases: [AttributeName, unknown, string][] = [
      ['SessionTimeout', 86_400, '00015180'],
      ['NASIPAddress', '192.0.2.1', 'c0000201'],
      ['NASIPv6Address', '2001:DB8:0::1', '20010db8000000000000000000000001'],
      ['LoginIPv6Host', '::ffff:192.0.2.1', '00000000000000000000ffffc0000201'],
      ['UserName', 'älice', 'c3a46c696365'],
      ['AcctEventTimeStamp', new Date('2026-11-21T00:00:00.999Z'), '6b00df00'],
      ['VendorSpecific', [{ vendorId: 14_122, vendorType: 3, data: Buffer.from('xy') }], '0000372a03047879'],
      ['UserName', Buffer.of(0xff), 'ff'],
    ];
    for (const [name, value, hex] of cases) {
      const encoded = Buffer.from(encodeAttribute(name, ill(value)).value).toString('hex');
      assert.equal(encoded, hex);
    }
    assert.equal(
      decodeAttribute({ type: 98, value: Buffer.from('00000000000000000000ffffc0000201', 'hex') }).value,
      '::ffff:c000:201',
    );
  });

  it('refuse what has not their form', () => {
    const value = (of: Partial<VendorValue>) => [
      { vendorId: 311, vendorType: 1, data: Buffer.alloc(1), ...of },
    ];
    const cases: [AttributeName, unknown, RegExp][] = [
      ['SessionTimeout', -1, /^value of SessionTimeout must be an integer of 32 bits/u],
      ['SessionTimeout', 1.5, /must be an integer/u],
      ['SessionTimeout', '5', /must be a number/u],
      ['NASIPAddress', '1.2.3', /must be an IPv4 address/u],
      ['NASIPAddress', 5, /must be a string/u],
      ['NASIPv6Address', 'fe80::1%eth0', /without a zone/u],
      ['NASIPv6Address', '1.2.3.4', /must be an IPv6 address/u],
      ['NASIPv6Address', 5, /must be a string/u],
      ['UserName', 5, /must be a string/u],
      ['UserName', 'a\ud800', /^value of UserName must be well-formed Unicode$/u],
      ['AcctEventTimeStamp', new Date(-1000), /in seconds must be/u],
      ['AcctEventTimeStamp', new Date(Number.NaN), /in seconds must be/u],
      ['AcctEventTimeStamp', 5, /must be a Date/u],
      ['EMSK', 'text', /must be a Uint8Array/u],
      ['VendorSpecific', 5, /must be an array/u],
      ['VendorSpecific', [], /must have a value/u],
      ['VendorSpecific', [5], /\[0\] must be an object/u],
      ['VendorSpecific', value({ vendorId: -1 }), /\[0\]\.vendorId/u],
      ['VendorSpecific', value({ vendorType: 256 }), /\[0\]\.vendorType/u],
      ['VendorSpecific', value({ data: Buffer.alloc(254) }), /at most 253/u],
      ['VendorSpecific', value({ data: ill('x') }), /\[0\]\.data must be/u],
      ['VendorSpecific', [...value({}), ...value({ vendorId: 9 })], /of one vendor/u],
      [ill('NoSuchName'), 5, /^name must be one of/u],
    ];
    for (const [name, bad, message] of cases) {
      assert.throws(
        () => encodeAttribute(name, ill(bad)),
        (error) => (error instanceof TypeError || error instanceof RangeError) && message.test(error.message),
        `${name}: ${message}`,
      );
    }
    assert.equal(isNameOf(attributeForms, 'NoSuchName'), false);
  });
});

describe(`Keys among attributes (EAPHOST_TEST_SEED=${seed})`, () => {
  it('come back, whatever their length and whatever stands around them', () => {
    const random = new Random(seed);
    for (let round = 0; round < 300; round += 1) {
      const msk = octetsOf(random, 2 * (1 + random.below(239)));
      const side = random.pick(['peer', 'authenticator'] as const);
      const emsk = octetsOf(random, 64);
      const noise = () => ({
        type: random.pick([0, 1, 25, 79, 4242]),
        value: octetsOf(random, random.below(40)),
      });
      const attributes = [
        noise(),
        ...encodeMppeKeys(msk, side),
        noise(),
        encodeAttribute('EMSK', emsk),
        encodeAttribute('SessionId', emsk.subarray(0, 33)),
        encodeAttribute('PeerId', Buffer.from('peer')),
        encodeAttribute('ServerId', Buffer.from('server')),
        noise(),
      ];
      const keys = decodeKeys(attributes, side);
      assert.deepEqual(keys.msk, Buffer.concat([msk], Math.max(64, msk.length)));
      assert.deepEqual(keys.emsk, emsk);
      assert.deepEqual(keys.sessionId, emsk.subarray(0, 33));
      assert.deepEqual(keys.peerId, Buffer.from('peer'));
      assert.deepEqual(keys.serverId, Buffer.from('server'));
      const other = decodeKeys(attributes, side === 'peer' ? 'authenticator' : 'peer');
      const half = msk.length / 2;
      assert.deepEqual(other.msk?.subarray(0, half), msk.subarray(half));
    }
  });

  it('are taken out of random and cut octets without a word', () => {
    const random = new Random(seed);
    const [whole] = encodeMppeKeys(octetsOf(random, 64), 'peer');
    assert.ok(whole !== undefined);
    for (let round = 0; round < 2000; round += 1) {
      const value = Buffer.from(whole.value.subarray(0, random.below(whole.value.length + 1)));
      for (let change = random.below(4); change > 0 && value.length > 0; change -= 1) {
        value.writeUInt8(random.below(256), random.below(value.length));
      }
      const { mppeSendKey, mppeRecvKey, msk } = decodeKeys([{ type: 26, value }], 'peer');
      for (const key of [mppeSendKey, mppeRecvKey]) {
        assert.ok(key === undefined || (key.length > 0 && value.includes(key)));
      }
      assert.equal(msk, undefined);
      const data = decodeVendorSpecific({ type: 26, value }).reduce((sum, each) => sum + each.data.length, 0);
      assert.ok(data <= value.length);
    }
  });

  it('do not hide in values that RADIUS has no room for', () => {
    const data = Buffer.alloc(249, 1);
    const attribute = encodeVendorSpecific({ vendorId: 311, vendorType: 9, data });
    assert.deepEqual(decodeVendorSpecific(attribute), [{ vendorId: 311, vendorType: 9, data }]);
    assert.deepEqual(decodeKeys([attribute], 'peer'), {});
  });
});
