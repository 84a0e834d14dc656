// What defineMethod and serveMethods refuse, and how.

import assert from 'node:assert/strict';

import { propertyBits } from '../../lib/index.js';
import { defineMethod } from '../../lib/methods/index.js';
import { serveMethods } from '../../lib/registration/index.js';
import { untyped } from './script-peer.js';

const peer = { getIdentity: () => untyped({}), beginSession: () => untyped({}) };
const good = { type: { type: 200 }, name: 'Good', peer };

describe('defineMethod', () => {
  it('gives the definition, its properties as bits', () => {
    const named = defineMethod({ ...good, properties: ['mutualAuth', 'standalone'] });
    assert.equal(named.properties, propertyBits.mutualAuth | propertyBits.standalone);
    assert.equal(named.peer, peer);
    assert.equal(defineMethod(good).properties, 0);
    assert.equal(defineMethod({ ...good, properties: 5 }).properties, 5);
  });

  const refused: readonly [string, unknown, RegExp][] = [
    ['no object', 'x', /^TypeError: method must be a method definition$/u],
    ['no type', { ...good, type: undefined }, /method\.type/u],
    ['a type out of bounds', { ...good, type: { type: 255 } }, /^RangeError: method\.type\.type/u],
    ['no name', { ...good, name: '' }, /method\.name/u],
    ['no side', { ...good, peer: undefined }, /peer side, an authenticator side, or both/u],
    [
      'half a peer',
      { ...good, peer: { getIdentity() {} } },
      /method\.peer\.beginSession must be a function/u,
    ],
    ['an authenticator that is none', { ...good, authenticator: {} }, /method\.authenticator\.beginSession/u],
    ['a property that does not exist', { ...good, properties: ['nice'] }, /method\.properties\[0\]/u],
    ['properties that are no bits', { ...good, properties: -1 }, /^RangeError: method\.properties/u],
    [
      'a misspelt function',
      { ...good, configuration: { configXml() {} } },
      /method\.configuration\.configXml/u,
    ],
    [
      'a function that is none',
      { ...good, configuration: { configBlobToXml: 1 } },
      /configBlobToXml must be a/u,
    ],
  ];
  for (const [what, value, message] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => defineMethod(untyped(value)),
        (error: Error) => message.test(String(error)),
      );
    });
  }

  it('is what serveMethods checks with', async () => {
    await assert.rejects(serveMethods(untyped({})), /^TypeError: methods must be an array/u);
    await assert.rejects(serveMethods(untyped(undefined)), /^TypeError: methods must be an array/u);
    await assert.rejects(serveMethods({ methods: [untyped({ ...good, name: 1 })] }), /methods\[0\]\.name/u);
  });
});
