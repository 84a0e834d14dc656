// Begins sessions, forgets them, and ends with code 0 when the run-time has none left and their credentials are
// wiped. Runs with --expose-gc.

import { EapHost } from '../../../lib/supplicant/eaphost.js';
import { ScriptMethods } from '../../../lib/supplicant/script-methods.js';
import { openEapHost } from '../../../lib/index.js';
import { FakeRuntime } from '../fakes.js';
import { identityRequest } from '../script-method.js';
import { trivialDll, trivialType } from '../support.js';
import { collected } from './garbage.js';

const host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });

async function forget(): Promise<void> {
  const session = await host.beginSession({ method: trivialType, credentials: Buffer.of(1, 0) });
  await session.process(identityRequest);
  const hosted = await host.beginSession({ method: 'md5', credentials: { username: 'a', password: 'b' } });
  await hosted.process(identityRequest);
}

const kept = await host.beginSession({ method: trivialType, credentials: Buffer.of(1, 0) });
for (let index = 0; index < 20; index += 1) await forget();
if (host.counters().sessions !== 41) process.exit(2);
if (!(await collected(() => host.counters().sessions === 1))) process.exit(3);
// The one that is still referred to works.
const step = await kept.process(identityRequest);
if (step.action !== 'send') process.exit(4);
await host.close();

const runtime = new FakeRuntime();
const fake = new EapHost('system', runtime, new ScriptMethods(runtime, '/shim'));
await fake.beginSession({ method: trivialType, credentials: Buffer.from('secret') });
const blob = runtime.begun[0]?.userData;
if (blob === undefined || blob[0] === 0) process.exit(5);
if (!(await collected(() => blob.every((octet) => octet === 0)))) process.exit(6);
