// A process of exits.ts: it ends at the given step of a conversation, in the given way. Usage: node exit-at.js WAY STEP

import { openEapHost, type EapHost, type Session } from '../../lib/index.js';
import { PeerMethod } from '../../lib/method-dlls/index.js';
import { identityRequest, request, scriptMethod, scriptType } from '../supplicant/script-method.js';
import { libraryPath, scriptedType, trivialDll, trivialType } from '../supplicant/support.js';

const [, , way = '', chosen = ''] = process.argv;

const ways: Readonly<Record<string, () => unknown>> = {
  exit: () => process.exit(7),
  throw: () => {
    throw new Error('nobody catches this');
  },
  reject: () => Promise.reject(new Error('nobody catches this')),
  TerminateProcess: () => process.kill(process.pid),
  SIGTERM: () => process.kill(process.pid, 'SIGTERM'),
  SIGKILL: () => process.kill(process.pid, 'SIGKILL'),
};

let at = -1;
/** Every call is two steps: before it, and while it is under way. */
function step<Value>(call: () => Promise<Value>): Promise<Value> {
  at += 1;
  if (at === Number(chosen)) setImmediate(() => ways[way]?.());
  const made = at === Number(chosen) ? new Promise<Value>(() => undefined) : call();
  at += 1;
  if (at === Number(chosen)) process.nextTick(() => ways[way]?.());
  return made;
}

async function converse(host: EapHost, method: typeof scriptType): Promise<Session> {
  const session = await step(() => host.beginSession({ method, credentials: Buffer.of(1) }));
  await step(() => session.process(identityRequest));
  await step(() => session.process(request(2, Buffer.of(0), method)));
  return session;
}

const host = await step(() =>
  openEapHost({ runtime: 'embedded', methodDlls: [trivialDll], methods: [scriptMethod({})] }),
);
await step(() => host.getMethods());
const native = await converse(host, trivialType);
const scripted = await converse(host, scriptType);
const dll = await step(() =>
  PeerMethod.load({ type: scriptedType, dllPath: libraryPath('testmethod'), isolate: true }),
);
await step(() => native.end());
await step(() => scripted.end());
await step(() => dll.close());
await step(() => host.close());
// Beyond the last step.
console.log(at + 1);
