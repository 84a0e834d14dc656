// What EAPHost tells of methods (EAP_METHOD_INFO), with the methods inside tunnel methods.

import assert from 'node:assert/strict';

import type { NativeMethodInfo } from '../../lib/native/runtime-types.js';
import { toMethodInfo } from '../../lib/supplicant/result.js';
import { propertyBits } from '../../lib/eap/names.js';

const native = (type: number, properties: number, inner?: NativeMethodInfo): NativeMethodInfo => ({
  type: { type, vendorId: 0, vendorType: 0, authorId: 311 },
  authorName: 'Microsoft Corporation',
  friendlyName: `Method ${type}`,
  properties,
  ...(inner === undefined ? {} : { inner }),
});

describe('What EAPHost tells of a method', () => {
  it('has its properties by name, all of them and unknown ones left out', () => {
    assert.deepEqual(toMethodInfo(native(26, 0)).properties, []);
    assert.deepEqual(toMethodInfo(native(26, 0xffff_ffff)).properties, Object.keys(propertyBits));
    assert.deepEqual(toMethodInfo(native(26, 0x8000_0000)).properties, []);
  });

  it('has the method inside it, as deep as they go', () => {
    const info = toMethodInfo(native(55, propertyBits.tunnelMethod, native(25, 0x20, native(26, 0x2))));
    assert.deepEqual(info, {
      type: { type: 55, vendorId: 0, vendorType: 0, authorId: 311 },
      authorName: 'Microsoft Corporation',
      friendlyName: 'Method 55',
      properties: ['tunnelMethod'],
      inner: {
        ...toMethodInfo(native(25, 0x20)),
        inner: toMethodInfo(native(26, 0x2)),
      },
    });
    assert.ok(!('inner' in toMethodInfo(native(26, 0))));
  });
});
