// The bounds of a server that was told none: the documented defaults. Time is played.

import assert from 'node:assert/strict';

import { PlayedTime } from './played-time.js';
import { begin, lab } from './server-support.js';
import { identityResponse } from './support.js';

describe('The default bounds of a RadiusServer', () => {
  it('5,000 conversations of a client', async () => {
    // It stands still: a crowd has ten seconds each.
    using _time = new PlayedTime();
    await using it = await lab();
    const { client, server } = it;
    for (let begun = 0; begun < 5000; begun += 1) await begin(client);
    assert.deepEqual([server.sessions, server.counters.displaced], [5000, 0]);
    await begin(client);
    assert.deepEqual([server.sessions, server.counters.displaced], [5000, 1]);
  });

  it('60 seconds for the next request of a conversation', async () => {
    using time = new PlayedTime();
    await using it = await lab();
    const { client, server } = it;
    await begin(client);
    time.goTo(59_999);
    assert.deepEqual([server.sessions, server.counters.expired], [1, 0]);
    time.goTo(60_001);
    assert.deepEqual([server.sessions, server.counters.expired], [0, 1]);
  });

  it('30 seconds for the copy of a request', async () => {
    using time = new PlayedTime();
    await using it = await lab();
    const { client, server } = it;
    const request = client.request(identityResponse(7));
    const { bytes } = await client.ask(request);
    time.goTo(29_999);
    assert.deepEqual((await client.ask(request)).bytes, bytes);
    assert.deepEqual([server.counters.duplicates, server.sessions], [1, 1]);
    time.goTo(30_001);
    await client.ask(request);
    assert.deepEqual([server.counters.duplicates, server.sessions], [1, 2]);
  });
});
