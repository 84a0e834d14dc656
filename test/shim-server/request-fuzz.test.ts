// A little of the request fuzzer in every run of the suite; scripts/fuzz.mjs runs it for longer.

import assert from 'node:assert/strict';

import { FrameKind, FrameWriter, readFrame } from '../../lib/shim-server/frames.js';
import { Call } from '../../lib/shim-server/frames.js';
import { ShimCalls } from '../../lib/shim-server/calls.js';
import { methodTable } from '../../lib/shim-server/checks.js';
import { fullMethod } from './full-method.js';
import { fuzzConnection, fuzzStream, randomNumbers, readSeeds } from './request-fuzz.js';

describe('request fuzzer', () => {
  it('has a seed for each call, which the server takes', async () => {
    const seeds = readSeeds();
    assert.deepEqual(
      seeds.map(({ call }) => call),
      Object.values(Call),
    );
    const connection = new ShimCalls(methodTable([fullMethod]));
    const answered: number[] = [];
    for (const { call, body } of seeds) {
      const data = new FrameWriter().raw(body).finish(1, FrameKind.request, call);
      await connection.answer(readFrame(Buffer.from(data)), new FrameWriter()).then(
        () => answered.push(call),
        (error: unknown) => {
          // What this method has no function for.
          if (!(error instanceof Error) || !error.message.includes('has no set')) throw error;
        },
      );
    }
    assert.equal(answered.length, seeds.length - 2);
  });

  for (const seed of [1, 2, 3]) {
    it(`finds nothing in 2,000 connections (seed ${seed})`, async () => {
      const seeds = readSeeds();
      const random = randomNumbers(seed);
      for (let count = 0; count < 1500; ++count) await fuzzConnection(seeds, random);
      for (let count = 0; count < 500; ++count) await fuzzStream(seeds, random);
    }).timeout(120_000);
  }
});
