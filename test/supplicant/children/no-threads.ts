// A process whose addon gets no threads for a while: failing_threads.cc is loaded before everything else.

import assert from 'node:assert/strict';

import { openEapHost } from '../../../lib/index.js';
import { PeerMethod } from '../../../lib/method-dlls/index.js';
import { identityRequest, request } from '../script-method.js';
import { hasCode, libraryPath, openTestHost, scriptedType, trivialType } from '../support.js';

function refused(work: () => Promise<unknown>): Promise<void> {
  return assert.rejects(work, (error) => {
    assert.match(String(error), /threads/u);
    return hasCode(error, 'ERROR_MAX_THRDS_REACHED');
  });
}

const load = () => PeerMethod.load({ type: scriptedType, dllPath: libraryPath('testmethod') });
const threads = (has: boolean): void => {
  if (has) delete process.env['EAPHOST_TEST_NO_THREADS'];
  else process.env['EAPHOST_TEST_NO_THREADS'] = '1';
};

threads(false);
await refused(() => openEapHost({ runtime: 'embedded' }));
await refused(load);
threads(true);
await using host = await openTestHost();
await using method = await load();
threads(false);
await refused(() => host.getMethods());
await refused(() => method.getMethodProperties());
// Sessions share the lane that there is, however slow they are.
const config = Buffer.alloc(4);
config.writeUInt32LE(30_000);
const sessions = await Promise.all(
  Array.from({ length: 8 }, () =>
    host.beginSession({ method: trivialType, config, credentials: Buffer.of(1) }),
  ),
);
for (const packet of [
  identityRequest,
  request(2, Buffer.of(0), trivialType),
  request(3, Buffer.of(0), trivialType),
]) {
  await Promise.all(sessions.map((session) => session.process(packet)));
}
assert.equal(host.stats().lanes, 1);
threads(true);
await host.getMethods();
await method.getMethodProperties();
await Promise.all(sessions.map((session) => session.end()));
assert.deepEqual(host.counters(), { outstandingBlocks: 0, sessions: 0, loadedMethods: 1 });
