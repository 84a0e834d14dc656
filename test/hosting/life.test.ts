// The end of processes that drive method DLLs, and of the processes that they drive them in.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

import { alice, loadPeer } from './support.js';

describe('the life of driven methods', () => {
  it('open methods and sessions do not keep their process alive', async () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, 'children', 'idle.js')], {
      stdio: 'ignore',
    });
    deepEqual(await once(child, 'exit'), [0, null]);
  });

  it('closing ends the sessions that are open, and what comes after is refused', async () => {
    for (const isolate of [false, true]) {
      const peer = await loadPeer({ isolate });
      const session = await peer.beginSession({ credentials: alice });
      equal(peer.stats().sessions, 1);
      await peer.close();
      ok(peer.isClosed);
      await session.end();
    }
  });

  it('one DLL can be loaded often, for several types', async () => {
    const types = [3, 4].map((vendorType) => ({ type: 254, vendorId: 99_999, vendorType, authorId: 99_999 }));
    const plain = [210, 211].map((type) => ({ type, authorId: 99_999 }));
    const methods = await Promise.all([...types, ...types, ...plain].map((type) => loadPeer({ type })));
    for (const method of methods) {
      equal((await method.getIdentity({ credentials: alice })).identity, 'alice');
    }
    await Promise.all(methods.map((method) => method.close()));
  });
});
