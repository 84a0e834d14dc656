// How many events wait for a listener that takes none, and what is counted of the others; how much of a text is taken.

import assert from 'node:assert/strict';

import { Waiters, WlanEvents } from '../../lib/networks/events.js';
import { runNetsh } from '../../lib/networks/netsh.js';
import { wiredFailure } from '../../lib/networks/wired-failure.js';
import { toProfileName } from '../../lib/networks/wlan-options.js';
import type { WlanEvent } from '../../lib/networks/index.js';

const event = (index: number): WlanEvent => ({ source: 'other', index }) as unknown as WlanEvent;

describe('The events that wait', () => {
  async function waiting(count: number) {
    const events = new WlanEvents(new Waiters({}));
    const listener = events[Symbol.asyncIterator]();
    for (let index = 0; index < count; index += 1) events.tell(event(index));
    events.end();
    const taken: WlanEvent[] = [];
    for (;;) {
      const { done, value } = await listener.next();
      if (done === true) return taken;
      taken.push(value);
    }
  }

  it('are 1,024, in their order', async () => {
    const taken = await waiting(1024);
    assert.deepEqual(
      taken,
      Array.from({ length: 1024 }, (_, index) => event(index)),
    );
  });

  it('are no more: the rest is counted, and that comes first', async () => {
    const [first, ...rest] = await waiting(1026);
    assert.deepEqual(first, { source: 'overflow', dropped: 2 });
    assert.deepEqual(rest, await waiting(1024));
  });

  it('count what was lost before, too', async () => {
    const events = new WlanEvents(new Waiters({}));
    const listener = events[Symbol.asyncIterator]();
    for (let index = 0; index < 1024; index += 1) events.tell(event(index));
    events.tell({ source: 'overflow', dropped: 5 });
    events.tell(event(1024));
    assert.deepEqual((await listener.next()).value, { source: 'overflow', dropped: 6 });
  });
});

describe('The bounds of what netsh and callers say', () => {
  it('300 characters of what netsh printed are shown', async () => {
    const shown = async (length: number) => {
      const failure = { call: 'netsh lan add profile', output: 'x'.repeat(length) };
      return /and says: (x*);/u.exec((await wiredFailure(failure, undefined)).message)?.[1]?.length;
    };
    assert.deepEqual([await shown(300), await shown(301)], [300, 300]);
  });

  it('64 Ki octets of what it printed are taken', async () => {
    const taken = async (length: number) => {
      const program = `process.stdout.write('x'.repeat(${length}))`;
      return (await runNetsh([], [process.execPath, '-e', program, '--'], undefined)).output.length;
    };
    assert.deepEqual(
      [await taken(65_535), await taken(65_536), await taken(65_537)],
      [65_535, 65_536, 65_536],
    );
  });

  it('a profile has a name of 255 characters', () => {
    assert.equal(toProfileName('n'.repeat(255)).length, 255);
    assert.throws(() => toProfileName('n'.repeat(256)), /at most 255 characters/u);
  });
});
