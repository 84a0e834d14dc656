// Whose token a run-time is given. The faulty one counts each that is no impersonation token, or not open for exactly as
// long as its call or session: every test of test/faulty asks for that count.

import assert from 'node:assert/strict';

import { ScriptMethods } from '../../lib/supplicant/script-methods.js';
import { EapHost } from '../../lib/supplicant/eaphost.js';
import { loadNative } from '../../lib/native/binary.js';
import type { NativeRuntime } from '../../lib/native/runtime-types.js';
import { eventually, hasCode, libraryPath } from '../supplicant/support.js';
import { faults, functions, options } from './functions.js';
import { method } from './table.js';

const isWindows = process.platform === 'win32';

describe("A user's token", () => {
  let native: NativeRuntime;
  let host: EapHost;

  const openHost = async (): Promise<void> => {
    const library = libraryPath('faultyruntime');
    const names = { runtimeLibrary: library, configurationLibrary: library };
    native = await loadNative().openRuntime({ ...names, system: false, maxLanes: 4 });
    host = new EapHost('system', native, new ScriptMethods(native, ''));
  };
  beforeEach(openHost);
  afterEach(async () => {
    await eventually(() => native.counters().sessions === 0, 'every session ends');
    await eventually(() => native.counters().loadedMethods === 0, 'no token is open without its session');
    await host.close();
  });

  const isTold = (option: number, value: number): boolean => {
    try {
      native.setOption(option, value);
      return true;
    } catch {
      return false;
    }
  };
  const given = async (begin: Parameters<EapHost['beginSession']>[0]): Promise<bigint> => {
    await using session = await host.beginSession(begin);
    assert.equal(native.counters().loadedMethods, 0, 'it is open while its session is');
    return (await session.getDataToUnplumbCredentials()).userToken;
  };

  it("is this process' own, where nothing else is said", async () => {
    assert.equal((await given({ method })) !== 0n, isWindows);
    assert.equal((await given({ method, userToken: 'self' })) !== 0n, isWindows);
  });

  it('is none for the machine, and where none is asked for', async () => {
    assert.equal(await given({ method, flags: ['machineAuth'] }), 0n);
    assert.equal(await given({ method, userToken: 0n }), 0n);
  });

  it("is a caller's as it is, and stays the caller's", async () => {
    await using session = await host.beginSession({ method });
    const { userToken } = isWindows ? await session.getDataToUnplumbCredentials() : { userToken: 77n };
    assert.equal(await given({ method, userToken }), userToken);
    assert.equal(await given({ method, userToken, flags: ['machineAuth'] }), userToken);
  });

  it("of a session of Windows is opened, or says why it can't be", async () => {
    // No session has the number. Wine opens what it likes.
    const begin = given({ method, userToken: { session: 0x7fff_fffe } });
    if (isWindows && (await begin.catch(() => 0n)) !== 0n) return;
    await assert.rejects(begin, (error) => {
      assert.ok(error instanceof Error && /user's token cannot be opened/u.test(error.message));
      return isWindows || hasCode(error, 'ERROR_NOT_SUPPORTED');
    });
  });

  it('comes with every call that takes one', async () => {
    let count = 0;
    while (!isTold(options.tokensGiven, count)) count += 1;
    for (const call of [
      () => host.getIdentity({ method }),
      () => host.getMethodProperties({ method }),
      () => host.queryCredentialInputFields({ method }),
      () => host.userBlobFromCredentialInputFields([], { method }),
    ]) {
      await call();
      if (isWindows) count += 1;
      assert.ok(isTold(options.tokensGiven, count), String(call));
    }
  });

  for (const fault of ['code', 'error', 'nullOutputs'] as const) {
    it(`is closed where a session cannot begin: ${fault}`, async () => {
      native.setOption(functions.indexOf('BeginSession'), faults[fault]);
      await assert.rejects(host.beginSession({ method }));
      native.setOption(functions.indexOf('BeginSession'), faults.works);
    });
  }

  it('is closed where a session cannot end', async () => {
    const session = await host.beginSession({ method });
    native.setOption(functions.indexOf('EndSession'), faults.code);
    await assert.rejects(session.end());
    native.setOption(functions.indexOf('EndSession'), faults.works);
  });

  it('is closed with its host, also while a session begins', async () => {
    const [closing, runtime] = [host, native];
    await openHost();
    await closing.beginSession({ method });
    runtime.setOption(functions.indexOf('BeginSession'), faults.forever);
    const begun = closing.beginSession({ method });
    await eventually(() => isTold(options.isHeld, 0), 'the session begins');
    const closed = closing.close();
    native.setOption(options.release, 0);
    await assert.rejects(begun, (error) => hasCode(error, 'EAPHOST_CLOSED'));
    await closed;
  });
});
