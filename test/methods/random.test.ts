// Random octets, which are drawn many at once: none is given twice, and nobody else sees them.

import assert from 'node:assert/strict';

import { randomOctets } from '../../lib/base/random.js';

describe('Random octets', () => {
  it('are never given twice, however many are drawn', () => {
    const drawn = new Set<string>();
    const count = 2000;
    for (let index = 0; index < count; index += 1) drawn.add(randomOctets(16).toString('hex'));
    assert.equal(drawn.size, count);
  });

  it('have any length up to all that are drawn at once', () => {
    for (const length of [0, 1, 2, 16, 32, 4095, 4096, 4096, 1]) {
      const octets = randomOctets(length);
      assert.equal(octets.length, length);
      if (length > 16) assert.ok(new Set(octets).size > 8);
    }
  });

  it('are their owner’s alone', () => {
    const first = randomOctets(16);
    const before = first.toString('hex');
    const second = randomOctets(16);
    second.fill(0);
    assert.equal(first.toString('hex'), before);
    assert.ok(randomOctets(16).some((octet) => octet !== 0));
  });
});
