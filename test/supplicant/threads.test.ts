// A system that has no more threads to give.

import assert from 'node:assert/strict';

import { run } from './processes.js';
import { libraryPath } from './support.js';

if (process.platform === 'linux') {
  describe('A process that gets no more threads', () => {
    it('is told so, goes on with those that it has, and leaves nothing behind', async () => {
      const preloaded = [process.env['LD_PRELOAD'], libraryPath('failingthreads')];
      const LD_PRELOAD = preloaded.filter((path) => path !== undefined).join(':');
      const { code, signal } = await run('no-threads.js', [], { env: { LD_PRELOAD } });
      assert.deepEqual([code, signal], [0, null]);
    });
  });
}
