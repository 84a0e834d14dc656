// Opens a session, whose parts are loaded when it is used, and a method DLL in a process of its own; prints the outcome of
// each. With the argument `remove`, Node's own file is removed first.

import { unlinkSync } from 'node:fs';

import { PeerMethod } from '../../../lib/method-dlls/index.js';
import { EapError, openEapHost } from '../../../lib/index.js';
import { pairPath, pairType } from '../../method-dlls/support.js';

if (process.argv[2] === 'remove') unlinkSync(process.execPath);

async function outcomeOf(work: () => Promise<void>): Promise<string> {
  try {
    await work();
    return 'done';
  } catch (error) {
    return error instanceof EapError ? error.code : String(error);
  }
}

const session = await outcomeOf(async () => {
  await using host = await openEapHost({ runtime: 'embedded' });
  await using begun = await host.beginSession({
    method: 'md5',
    credentials: { username: 'alice', password: 'p' },
  });
  await begun.process(Buffer.from([1, 1, 0, 5, 1]));
  const step = await begun.process(Buffer.from([1, 2, 0, 8, 4, 2, 7, 7]));
  if (step.action !== 'send') throw new Error(step.action);
});
const isolated = await outcomeOf(async () => {
  await using method = await PeerMethod.load({ type: pairType, dllPath: pairPath, isolate: true });
  await method.getIdentity().catch(() => undefined);
});
console.log(JSON.stringify({ session, isolated }));
