// The times of a wired supplicant that was told none: the standard's. Time is played.

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

import { openEapHost } from '../../lib/index.js';
import { PlayedTime } from '../radius/played-time.js';
import { identityRequest, scriptMethod } from '../supplicant/script-method.js';
import { PlayedSwitch } from './played-switch.js';

const usual = { authPeriod: undefined, heldPeriod: undefined, startPeriod: undefined, maxStart: undefined };

describe('The default times of a wired supplicant', () => {
  let time: PlayedTime;
  beforeEach(() => (time = new PlayedTime()));
  afterEach(() => time[Symbol.dispose]());

  it('three EAPOL-Start, 30 seconds apart, then 60 seconds of nothing', async () => {
    await using host = await openEapHost({ runtime: 'embedded', methods: [scriptMethod({})] });
    await using played = await PlayedSwitch.open(host, usual);
    const after = (seconds: number) => {
      time.goTo(seconds * 1000);
      return [played.types.length, played.supplicant.status.state];
    };
    assert.deepEqual([0, 29.999, 30, 59.999, 60, 89.999, 90, 149.999, 150].map(after), [
      [1, 'CONNECTING'],
      [1, 'CONNECTING'],
      [2, 'CONNECTING'],
      [2, 'CONNECTING'],
      [3, 'CONNECTING'],
      [3, 'CONNECTING'],
      [3, 'HELD'],
      [3, 'HELD'],
      [4, 'CONNECTING'],
    ]);
  });

  it('30 seconds for an authenticator that has begun', async () => {
    await using host = await openEapHost({ runtime: 'embedded', methods: [scriptMethod({})] });
    await using played = await PlayedSwitch.open(host, usual);
    played.send(identityRequest);
    while (played.types.length < 2) await setImmediate();
    time.goTo(29_999);
    assert.equal(played.supplicant.status.state, 'AUTHENTICATING');
    time.goTo(30_000);
    assert.equal(played.supplicant.status.state, 'CONNECTING');
  });
});
