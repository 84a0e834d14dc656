// How long completions of native calls may follow one another before the event loop has its other turns.

import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';

import { Calls } from '../../lib/native/calls.js';

describe('Completions that follow one another', () => {
  // The clock is the prototype's.
  afterEach(() => void Reflect.deleteProperty(performance, 'now'));

  it('reach callers at once for 8 ms, and behind the next turn of the event loop after that', async () => {
    let clock = 1000;
    performance.now = () => clock;
    const records = new Int32Array(4);
    let complete = (): void => assert.fail('no completions can be taken');
    const untold = { notification() {}, calls() {}, accepted() {}, received() {}, disconnected() {} };
    const calls = new Calls(
      {
        attach(drain) {
          complete = () => drain(1, undefined);
          return records;
        },
      },
      untold,
    );
    let told = 0;
    const outcomes = (): number => {
      calls.startFor(
        { resolve: () => (told += 1), reject: assert.fail },
        (ticket) => (records[0] = ticket),
        {},
      );
      complete();
      return told;
    };
    // The event loop was never seen to turn.
    assert.equal(outcomes(), 0);
    await turn();
    assert.equal(told, 1);
    clock += 7.9;
    assert.equal(outcomes(), 2);
    clock += 0.1;
    assert.equal(outcomes(), 2);
    await turn();
    assert.equal(told, 3);
    assert.equal(outcomes(), 4);
  });
});
