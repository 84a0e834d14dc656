// A host over a stand-in for the native side: what it passes down, what it keeps, what it wipes.

import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';

import { EapHost } from '../../lib/supplicant/eaphost.js';
import { checkMethods, ScriptMethods } from '../../lib/supplicant/script-methods.js';
import { ownLibrary } from '../../lib/native/binary.js';
import type { NativeRuntime } from '../../lib/native/runtime-types.js';
import { FakeNative, FakeRuntime, guid, nativeFailure } from './fakes.js';
import { scriptMethod, scriptType } from './script-method.js';
import { eventually, hasCode } from './support.js';
import type { NativeFailure } from '../../lib/base/errors.js';

const method = { type: 26 };

const makeHost = (native: NativeRuntime, runtime: 'embedded' | 'system' = 'embedded'): EapHost =>
  new EapHost(
    runtime,
    native,
    new ScriptMethods(
      native,
      ownLibrary('eapshim'),
      checkMethods([scriptMethod({}), scriptMethod({ type: method })], 'methods'),
    ),
  );

describe('A host', () => {
  it('passes down what a session is begun with', async () => {
    const native = new FakeRuntime();
    const host = makeHost(native, 'system');
    const config = Buffer.from('config');
    await host.beginSession({
      method: { type: 25, authorId: 311 },
      flags: ['machineAuth', 'vpn'],
      attributes: [{ type: 30, value: Buffer.of(1) }],
      userToken: 2n ** 64n - 1n,
      config,
      credentials: Buffer.from('blob'),
      maxSendPacketSize: 65_535,
      connectionId: `{${guid.toUpperCase()}}`,
    });
    config.fill(0);
    assert.deepEqual(native.begun, [
      {
        method: { type: 25, vendorId: 0, vendorType: 0, authorId: 311 },
        flags: 0x800020,
        attributes: [{ type: 30, value: Buffer.of(1) }],
        userToken: 2n ** 64n - 1n,
        connectionData: Buffer.from('config'),
        userData: Buffer.from('blob'),
        maxSendPacketSize: 65_535,
        connectionId: guid,
      },
    ]);
  });

  it('has defaults for the rest', async () => {
    const native = new FakeRuntime();
    await makeHost(native, 'system').beginSession({ method: 'mschapv2', connectionId: null });
    assert.deepEqual(native.begun, [
      {
        method: { type: 26, vendorId: 0, vendorType: 0, authorId: 0 },
        flags: 0,
        attributes: [],
        userToken: 'self',
        connectionData: undefined,
        userData: undefined,
        maxSendPacketSize: 1400,
        connectionId: undefined,
      },
    ]);
  });

  it('clears the connections that it made up, and no others', async () => {
    const native = new FakeRuntime();
    const host = makeHost(native, 'system');
    const own = await host.beginSession({ method: { type: 25 } });
    const named = await host.beginSession({ method: { type: 25 }, connectionId: guid });
    const inner = await host.beginSession({ method: { type: 25 }, connectionId: null });
    await named.end();
    await inner.end();
    assert.deepEqual(native.cleared, []);
    await own.end();
    assert.deepEqual(native.cleared, [own.connectionId]);
    await host.clearConnection(guid);
    await assert.rejects(host.clearConnection(guid.replace('42', '43')), (error) =>
      hasCode(error, 'ERROR_INVALID_PARAMETER'),
    );
  });

  it('wipes credentials when the session has ended', async () => {
    const native = new FakeRuntime();
    const session = await makeHost(native).beginSession({
      method,
      credentials: { username: 'alice', password: 'secret' },
    });
    const blob = native.begun[0]?.userData;
    assert.ok(blob !== undefined && Buffer.from(blob).includes('secret'));
    await session.restart();
    assert.equal(native.begun[1]?.userData, blob);
    assert.ok(Buffer.from(blob).includes('secret'));
    await session.end();
    assert.ok(blob.every((octet) => octet === 0));
  });

  it('wipes credentials when the session cannot begin', async () => {
    const native = new FakeRuntime(async () => {
      throw nativeFailure('EapHostPeerBeginSession', 0x80420011);
    });
    const credentials = { username: 'alice', password: 'secret' };
    await assert.rejects(makeHost(native).beginSession({ method, credentials }), (error) =>
      hasCode(error, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED'),
    );
    const blob = native.begun[0]?.userData;
    await eventually(() => blob?.every((octet) => octet === 0) === true, 'the blob is wiped');
    assert.deepEqual(native.cleared, []);
  });

  it('ends a session that nobody waits for any more', async () => {
    const late = new FakeNative();
    let give: (() => void) | undefined;
    const native = new FakeRuntime(
      () =>
        new Promise((resolve) => {
          give = () => {
            resolve(late);
          };
        }),
    );
    const host = makeHost(native);
    const controller = new AbortController();
    const credentials = { username: 'alice', password: 'secret' };
    const beginning = host.beginSession({ method, credentials, signal: controller.signal });
    await eventually(() => give !== undefined, 'the native side was asked');
    controller.abort();
    await assert.rejects(beginning, { name: 'AbortError' });
    assert.equal(late.ends, 0);
    const blob = native.begun[0]?.userData;
    // The native side may still read it.
    assert.ok(blob !== undefined && Buffer.from(blob).includes('secret'));
    give?.();
    await eventually(() => late.ends === 1, 'the session is ended');
    await eventually(() => blob.every((octet) => octet === 0), 'the blob is wiped');
    assert.equal(late.cleared.length, 1);
    await host.close();
  });

  it('tells of notifications to those who listen, and listens while they do', async () => {
    const native = new FakeRuntime();
    const host = makeHost(native);
    assert.equal(native.isListening, false);
    const seen: string[] = [];
    const listener = (connectionId: string): void => {
      seen.push(connectionId);
    };
    host.on('reauthenticate', listener);
    native.onNotification?.(guid);
    host.once('reauthenticate', listener);
    native.onNotification?.(guid);
    assert.deepEqual(seen, [guid, guid, guid]);
    assert.equal(native.isListening, true);
    host.off('reauthenticate', listener);
    assert.equal(native.isListening, false);
    host.on('reauthenticate', listener);
    await host.close();
    assert.equal(native.isListening, false);
    host.on('reauthenticate', listener);
    assert.equal(native.isListening, false);
  });

  it('starts the server of a method in TypeScript with the first session that needs it', async () => {
    const native = new FakeRuntime();
    const host = makeHost(native);
    assert.equal(native.registered.length, 0);
    await Promise.all([host.beginSession({ method: scriptType }), host.beginSession({ method: scriptType })]);
    await host.beginSession({ method: scriptType });
    assert.equal(native.registered.length, 1);
    assert.deepEqual(native.registered[0]?.type, scriptType);
    assert.equal(native.registered[0].dllPath, ownLibrary('eapshim'));
    assert.match(native.registered[0].endpoint ?? '', /#[0-9a-f]{64}$/u);
    await host.unregisterMethod(scriptType);
    assert.deepEqual(native.unregistered, [scriptType]);
    await host.close();
    assert.equal(native.closes, 1);
  });

  it('tries again where a method could not be registered', async () => {
    const native = new FakeRuntime();
    const host = makeHost(native);
    const register = native.registerMethod.bind(native);
    native.registerMethod = () => Promise.reject(nativeFailure('EapEmbeddedRegisterMethod', 8));
    await assert.rejects(host.beginSession({ method: scriptType }), (error) =>
      hasCode(error, 'ERROR_NOT_ENOUGH_MEMORY'),
    );
    native.registerMethod = register;
    await host.beginSession({ method: scriptType });
    await host.close();
  });

  /** A run-time that registers a method when it is told what comes of that. */
  const registersLater = () => {
    const native = new FakeRuntime();
    const done: string[] = [];
    const begins = new Promise<(failure?: NativeFailure) => void>((begun) => {
      native.registerMethod = () =>
        new Promise((resolve, reject) => {
          begun((failure) => {
            done.push('registered');
            if (failure === undefined) resolve();
            else reject(failure);
          });
        });
    });
    return { native, done, begins };
  };

  it('takes a method out although the session that started it fails', async () => {
    const { native, begins } = registersLater();
    const host = makeHost(native);
    const beginning = host.beginSession({ method: scriptType });
    const settle = await begins;
    const removing = host.unregisterMethod(scriptType);
    settle(nativeFailure('EapEmbeddedRegisterMethod', 8));
    await assert.rejects(beginning, (error) => hasCode(error, 'ERROR_NOT_ENOUGH_MEMORY'));
    await removing;
    assert.deepEqual(native.unregistered, []);
    await host.close();
  });

  it('waits in close for a method that is still starting, though it was taken out', async () => {
    const { native, done, begins } = registersLater();
    const host = makeHost(native);
    const beginning = host.beginSession({ method: scriptType });
    const settle = await begins;
    const removing = host.unregisterMethod(scriptType);
    const closing = host.close().then(() => done.push('closed'));
    await setImmediate();
    settle();
    await Promise.allSettled([beginning, removing, closing]);
    assert.deepEqual(done, ['registered', 'closed']);
  });

  it('tells a failure that came of its closing as that', async () => {
    const fail = async (): Promise<never> => {
      await closing;
      throw nativeFailure('EapHostPeerBeginSession', 5023);
    };
    let closing: Promise<void> | undefined;
    const host = makeHost(new FakeRuntime(fail));
    const beginning = host.beginSession({ method: { type: 25 } });
    closing = host.close();
    await assert.rejects(beginning, (error) => hasCode(error, 'EAPHOST_CLOSED'));
  });

  it('has no methods of its own with Windows’ EAPHost', async () => {
    const host = makeHost(new FakeRuntime(), 'system');
    const isRefused = (error: unknown): boolean => hasCode(error, 'EAPHOST_NOT_SUPPORTED');
    await assert.rejects(host.registerMethod({ type: { type: 25 }, dllPath: '/x' }), isRefused);
    await assert.rejects(host.unregisterMethod({ type: 25 }), isRefused);
    assert.throws(() => host.counters(), isRefused);
  });
});
