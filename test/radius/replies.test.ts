// The replies that are kept for doubled requests: how many, how long.

import assert from 'node:assert/strict';

import { ReplyCache } from '../../lib/radius/replies.js';
import { pause } from './support.js';

describe('ReplyCache', () => {
  it('tells a new request from one in progress and one that is done', () => {
    const cache = new ReplyCache(1000, 10);
    assert.equal(cache.find('a'), undefined);
    cache.begin('a');
    assert.equal(cache.find('a'), 'inProgress');
    cache.finish('a', Buffer.of(1));
    assert.deepEqual(cache.find('a'), Buffer.of(1));
    cache.begin('b');
    cache.finish('b', undefined);
    assert.equal(cache.find('b'), undefined);
    cache.clear();
    assert.equal(cache.find('a'), undefined);
    cache.finish('a', Buffer.of(1));
    assert.equal(cache.find('a'), undefined);
  });

  it('lets the oldest go when there are too many', () => {
    const cache = new ReplyCache(1000, 3);
    for (const key of ['a', 'b', 'c', 'd']) {
      cache.begin(key);
      cache.finish(key, Buffer.from(key));
    }
    assert.equal(cache.find('a'), undefined);
    for (const key of ['b', 'c', 'd']) assert.deepEqual(cache.find(key), Buffer.from(key));
    cache.clear();
  });

  it('lets all go after their time, and keeps what is younger', async () => {
    // The clock is the test's, and its steps are longer than the system's.
    let time = 0;
    Object.defineProperty(performance, 'now', { value: () => time, configurable: true });
    try {
      const cache = new ReplyCache(40, 10);
      cache.begin('old');
      time = 25;
      cache.begin('young');
      time = 50;
      await pause(60);
      assert.equal(cache.find('old'), undefined);
      assert.equal(cache.find('young'), 'inProgress');
      time = 100;
      await pause(60);
      assert.equal(cache.find('young'), undefined);
      cache.begin('new');
      assert.equal(cache.find('new'), 'inProgress');
      cache.clear();
    } finally {
      Reflect.deleteProperty(performance, 'now');
    }
  });
});
