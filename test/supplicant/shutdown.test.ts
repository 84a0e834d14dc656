// A method DLL's Shutdown and its unloading, which may take their time, never run on JavaScript's thread. The DLL waits
// in its Shutdown for a file that JavaScript makes, and says in it whether it came.

import { equal } from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import { type EapHost, openEapHost, type Session } from '../../lib/index.js';
import { PeerMethod } from '../../lib/method-dlls/index.js';
import { eventually, libraryPath, trivialDll } from './support.js';

const dllPath = libraryPath('misbehavingmethod');
const type = { type: 254, vendorId: 99_999, vendorType: 121, authorId: 99_999 };
const packet = Buffer.from([1, 1, 0, 5, 1]);
const credentials = Buffer.from('user');

describe('the Shutdown of a method DLL', () => {
  let folder: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-shutdown-'));
    file = join(folder, 'release');
    process.env['EAPHOST_TEST_RELEASE'] = file;
  });
  afterEach(() => {
    delete process.env['EAPHOST_TEST_RELEASE'];
    rmSync(folder, { recursive: true, force: true });
  });

  /** Lets the DLL go on, from JavaScript's thread, and checks that it waited for that. */
  async function release(work: Promise<unknown>): Promise<void> {
    await setImmediate();
    // Whole from the start: the DLL writes into it as soon as it is there.
    writeFileSync(`${file}.new`, 'and ');
    renameSync(`${file}.new`, file);
    await work;
    await eventually(() => readFileSync(file, 'utf8') !== 'and ', 'the Shutdown');
    equal(readFileSync(file, 'utf8'), 'and released');
  }

  /** A host whose method has been used, so that its DLL is loaded and initialized. */
  async function openUsed(): Promise<{ host: EapHost; session: Session }> {
    const host = await openEapHost({ runtime: 'embedded', methodDlls: [{ type, dllPath }] });
    const session = await host.beginSession({ method: type, credentials });
    await session.process(packet);
    return { host, session };
  }

  const ends: Readonly<Record<string, (host: EapHost) => Promise<unknown>>> = {
    'when its method is unregistered': (host) => host.unregisterMethod(type),
    'when another takes its place': (host) => host.registerMethod({ ...trivialDll, type }),
    'when the host is closed': (host) => host.close(),
  };
  for (const [when, end] of Object.entries(ends)) {
    it(`${when} is called on a native thread`, async () => {
      const { host, session } = await openUsed();
      await session.end();
      equal(existsSync(file), false);
      await release(end(host));
      await host.close();
    });
  }

  it('when the last session of an unregistered method ends is called on a native thread', async () => {
    const { host, session } = await openUsed();
    await host.unregisterMethod(type);
    equal(existsSync(file), false);
    await release(session.end());
    await host.close();
  });

  it('when a driven method is closed is called on a native thread', async () => {
    const method = await PeerMethod.load({ type, dllPath });
    await release(method.close());
  });
});
