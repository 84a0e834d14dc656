// The end of a process with open sessions: it comes at once, whichever way it comes, and never crashes.

import assert from 'node:assert/strict';
import { run } from './processes.js';

describe('A process with open sessions', () => {
  const cases: readonly (readonly [title: string, args: readonly string[], code: number])[] = [
    ['exits by itself while they are idle', ['natural'], 0],
    ['exits by itself after the call under way', ['natural', '300000'], 3],
    ['ends by process.exit() while they are idle', ['exit'], 7],
    ['ends by process.exit() while a call is under way', ['exit', '500000'], 7],
    ['ends by process.exit() while a method in TypeScript never answers', ['stuck'], 7],
    ['ends by an uncaught exception while they are idle', ['throw'], 1],
    ['ends by an uncaught exception while a call is under way', ['throw', '500000'], 1],
  ];
  for (const [title, args, code] of cases) {
    const end = async (): Promise<void> => {
      const ending = await run('exit.js', args, { endsAbruptly: args[0] !== 'natural' });
      assert.deepEqual({ code: ending.code, signal: ending.signal }, { code, signal: null });
      assert.ok(ending.ms < 20_000, `it took ${ending.ms} ms`);
    };
    it(title, end);
    it(`${title}, again and again @long`, async () => {
      for (let round = 0; round < 3; round += 1) await end();
    });
  }
});

if (process.platform !== 'win32') {
  describe('A process in a conversation', () => {
    for (const [title, count, tag] of [
      ['in every way', 1, ''],
      ['at every step and in every way', 8, ' @long'],
    ] as const) {
      it(`ends ${title} as it should, and leaves nothing behind${tag}`, async function () {
        const timeoutMs = 300_000;
        this.timeout(timeoutMs);
        const args = [`--count=${count}`];
        const { code, signal } = await run('../../soak/exits.js', args, { timeoutMs, endsAbruptly: true });
        assert.deepEqual([code, signal], [0, null]);
      });
    }
  });
}

describe('A session that nobody refers to', () => {
  it('is ended when it is collected, and its credentials are wiped', async () => {
    const { code, signal } = await run('forgotten.js', [], { node: ['--expose-gc'] });
    assert.deepEqual({ code, signal }, { code: 0, signal: null });
  });
});
