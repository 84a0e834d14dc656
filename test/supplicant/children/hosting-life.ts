// The life of driven method DLLs in a process of its own, which ends with code 0 where all is well. `lost`: sessions
// and methods that nobody refers to are ended and closed. `natural`, `exit`: sessions are left open. Runs with
// --expose-gc.

import { setTimeout as delay } from 'node:timers/promises';

import { beginAuthenticator, beginPeer, converse, open, openTraced, order } from '../hosted-dll.js';
import { request } from '../script-method.js';
import { libraryPath, scriptedType } from '../support.js';
import { collect, collected } from './garbage.js';

async function lose(): Promise<void> {
  const { method, calls } = await openTraced('peer');
  const authenticator = await open('authenticator');
  const kept = await beginPeer(method);
  for (let index = 0; index < 20; index += 1) {
    await converse(await beginPeer(method), await beginAuthenticator(authenticator));
  }
  if (!(await collected(() => method.counters().sessions === 1 && authenticator.counters().sessions === 0))) {
    process.exit(3);
  }
  // The records of ends that nobody waits for come, too.
  if (!(await collected(() => order(calls).filter((call) => call === 'EndSession').length === 20)))
    process.exit(4);
  // The one that is still referred to works; it holds its method.
  await converse(kept, await beginAuthenticator(authenticator));
  await kept.end();
}

async function loseMethods(): Promise<void> {
  const first = await openTraced('peer');
  const session = await beginPeer(first.method);
  await session.end();
}

const [, , way = ''] = process.argv;
if (way === 'lost') {
  await lose();
  await loseMethods();
  // A method that is forgotten is closed: opened anew, its DLL is loaded and initialized anew.
  const isReloaded = async (): Promise<boolean> => {
    const { method, calls } = await openTraced('peer');
    const calledOnce = order(calls);
    await method.close();
    return calledOnce.includes('Initialize');
  };
  for (let round = 0; !(await isReloaded()); round += 1) {
    if (round === 200) process.exit(5);
    collect();
    await delay(20);
  }
} else {
  const method = await open('peer', { path: libraryPath('testmethod'), type: scriptedType, trace: true });
  const session = await beginPeer(method, 'block=300 quiet');
  const under = session.process(request(1, Buffer.of(0), scriptedType));
  if (way === 'exit') setTimeout(() => process.exit(0), 20);
  else await under;
}
