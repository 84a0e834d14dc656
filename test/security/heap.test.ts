// The count of what a process has allocated and not freed, by which method DLLs are judged: it knows large and small
// blocks, and a DLL that keeps a few octets is told from one that keeps none.

import assert from 'node:assert/strict';

import { conformMethod } from '../../lib/conformance/index.js';
import { loadNative } from '../../lib/native/binary.js';
import { methodTarget } from '../conformance/subjects.js';
import { settle } from '../growth/live-objects.js';

describe('the count of the heap', function () {
  this.timeout(300_000);
  const count = (): Promise<number> => loadNative().system('countHeap', {});

  it('grows by what is allocated', async () => {
    for (const [blocks, size] of [
      [4000, 1000],
      [2, 4_000_000],
    ] as const) {
      // What is freed meanwhile must not be in the way.
      await settle();
      const before = await count();
      const held = Array.from({ length: blocks }, () => Buffer.allocUnsafeSlow(size).fill(1));
      const grown = (await count()) - before;
      assert.ok(grown > 0.9 * blocks * size, `${held.length} blocks: ${grown} octets`);
    }
  });

  it('tells a DLL that keeps memory', async () => {
    const id = 'windows-EapPeerFreeMemory-identity';
    const options = { only: [id], budgetMs: 240_000 };
    const [healthy] = await conformMethod(methodTarget(id), options);
    assert.deepEqual([healthy?.verdict, healthy?.reason], ['passed', undefined]);
    const [leaking] = await conformMethod(methodTarget(id, { setting: 'leak=GetIdentity' }), options);
    assert.equal(leaking?.verdict, 'failed');
    assert.match(leaking.reason ?? '', /^about 1\d\d octets stay allocated each time$/u);
  });
});
