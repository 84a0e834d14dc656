// A host over a stand-in for the native side: what it passes down, what it keeps, what it wipes.

import assert from 'node:assert/strict';

import { EapHost } from '../../lib/supplicant/eaphost.js';
import { checkMethods, EmbeddedRuntime } from '../../lib/supplicant/embedded-runtime.js';
import { eaphostError } from '../../lib/base/errors.js';
import { Observer } from '../../lib/diagnostics/events.js';
import { watchFor } from '../../lib/diagnostics/watch.js';
import type { NativeRuntime } from '../../lib/native/runtime-types.js';
import { FakeNative, FakeRuntime, guid, nativeFailure } from './fakes.js';
import { identityRequest, scriptMethod, scriptType } from './script-method.js';
import { eventually, hasCode, never } from './support.js';

const method = { type: 26 };

/** Methods in TypeScript, over a library that is the fake. */
function makeEmbedded(open: () => Promise<NativeRuntime>) {
  const watch = watchFor(new Observer(undefined));
  const embedded = new EmbeddedRuntime({
    open,
    identityNeedsUserData: false,
    maxRounds: undefined,
    watch,
  });
  embedded.add(checkMethods([scriptMethod({}), scriptMethod({ type: method })], 'methods'));
  return { embedded, host: new EapHost('embedded', embedded, embedded) };
}

const fullType = (type: number) => ({ type, vendorId: 0, vendorType: 0, authorId: 0 });

const makeHost = (native: NativeRuntime, runtime: 'embedded' | 'system' = 'embedded'): EapHost =>
  new EapHost(runtime, native);

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
      credentials: Buffer.from('secret'),
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
    const credentials = Buffer.from('secret');
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
    const credentials = Buffer.from('secret');
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

  it('needs no library for methods in TypeScript, and opens it once, with the first method DLL', async () => {
    const native = new FakeRuntime();
    let opened = 0;
    const { host, embedded } = makeEmbedded(async () => ((opened += 1), native));
    await using session = await host.beginSession({ method: scriptType });
    await session.process(identityRequest);
    assert.deepEqual(host.stats(), { lanes: 0, pending: 0 });
    assert.deepEqual(
      (await host.getMethods()).map(({ friendlyName }) => friendlyName),
      ['Script', 'Script'],
    );
    assert.equal(opened, 0);
    const dll = { type: fullType(77), dllPath: '/x', properties: 0 };
    await Promise.all([
      embedded.registerMethod(dll),
      embedded.registerMethod({ ...dll, type: fullType(78) }),
    ]);
    assert.equal(opened, 1);
    await host.beginSession({ method: { type: 77 } });
    assert.equal(native.begun.length, 1);
    await host.close();
    assert.equal(native.closes, 1);
  });

  it('forgets the connections of its methods in TypeScript when it is closed', async () => {
    const begin = { method: scriptType, connectionId: guid };
    const [one, other] = [makeEmbedded(never), makeEmbedded(never)];
    const session = await one.host.beginSession(begin);
    await assert.rejects(other.host.beginSession(begin), (error) => hasCode(error, 'ERROR_INVALID_STATE'));
    await assert.rejects(one.host.clearConnection(guid), (error) => hasCode(error, 'ERROR_INVALID_STATE'));
    await session.end();
    await one.host.close();
    await assert.rejects(other.host.clearConnection(guid), (error) => hasCode(error, 'ERROR_NOT_FOUND'));
    await other.host.beginSession(begin);
    await other.host.close();
  });

  it('says what is missing without the library, each time anew', async () => {
    let isMissing = true;
    const native = new FakeRuntime();
    const { host, embedded } = makeEmbedded(async () => {
      if (isMissing) throw eaphostError('EAPHOST_NATIVE_NOT_FOUND', 'no binary');
      return native;
    });
    const dll = { type: fullType(77), dllPath: '/x', properties: 0 };
    await assert.rejects(embedded.registerMethod(dll), (error) => hasCode(error, 'EAPHOST_NATIVE_NOT_FOUND'));
    isMissing = false;
    await embedded.registerMethod(dll);
    assert.deepEqual(native.registered, [dll]);
    await host.close();
  });

  it('has a method DLL in the place of a method in TypeScript of its type, and the other way about', async () => {
    const native = new FakeRuntime();
    const { host, embedded } = makeEmbedded(async () => native);
    const dll = { type: fullType(method.type), dllPath: '/x', properties: 0 };
    await embedded.registerMethod(dll);
    assert.equal(host.hosts(dll.type), false);
    await host.beginSession({ method });
    assert.equal(native.begun.length, 1);
    embedded.add(checkMethods([scriptMethod({ type: method })], 'methods'));
    await host.beginSession({ method });
    assert.equal(native.begun.length, 1);
    await host.unregisterMethod(method);
    assert.deepEqual(native.unregistered, []);
    await host.unregisterMethod(method);
    assert.deepEqual(native.unregistered, [dll.type]);
    await host.close();
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
