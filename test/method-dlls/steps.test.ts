// Method DLLs step by step: each routine by its own call, the order that is held to, and bad arguments.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';

import { dirname } from 'node:path';

import { AuthenticatorMethod, PeerMethod, type MethodCall } from '../../lib/method-dlls/index.js';
import { windowsRegistry } from '../../lib/native/registry.js';
import {
  alice,
  loadAuthenticator,
  loadPeer,
  order,
  pairPath,
  pairType,
  rejectsWith,
  server,
} from './support.js';
import { withCounters } from '../supplicant/hosted-dll.js';

for (const isolate of [false, true]) {
  describe(`method DLLs, step by step${isolate ? ', isolated' : ''}`, () => {
    it('every routine by its own call', async () => {
      await withCounters(async () => {
        await using peer = await loadPeer({ isolate });
        await using authenticator = await loadAuthenticator({ isolate });
        ok(peer.exports.includes('EapPeerGetInfo'));
        ok(peer.routines.includes('EapPeerBeginSession'));
        equal(peer.isIsolated, isolate);
        const { identity, invokeUi } = await peer.getIdentity({ credentials: alice });
        deepEqual([identity, invokeUi], ['alice', false]);
        await using client = await peer.beginSession({
          config: Buffer.from('attributes=1;ui=1'),
          credentials: alice,
        });
        await using host = await authenticator.beginSession({
          config: Buffer.from('password=tiger;attributes=1;ui=1'),
          identity: 'alice',
        });
        await host.updateInnerMethodParams('alice', []);
        const first = await host.sendPacket(7);
        equal(first.timeout, 'interactive');
        deepEqual(host.request, first.packet);

        equal((await client.processRequestPacket(first.packet)).action, 'respond');
        equal((await client.getResponseAttributes()).length, 1);
        equal((await client.setResponseAttributes([])).action, 'invokeUi');
        const context = await client.getUiContext();
        const answer = await peer.invokeInteractiveUi(context);
        ok(answer !== undefined);
        equal((await client.setUiContext(answer)).action, 'send');
        const response = await client.getResponsePacket();
        equal(response[1], 7);

        equal(await host.receivePacket(response), 'respond');
        equal((await host.getAttributes()).length, 1);
        equal(await host.setAttributes([]), 'send');
        const second = await host.sendPacket(8);
        const last = await client.process(second.packet);
        ok(last.action === 'send');
        equal(await host.receivePacket(last.packet), 'result');
        const verdict = await host.getResult();
        const result = await client.getResult('success');
        deepEqual([verdict.isSuccess, result.isSuccess], [true, true]);
        ok(verdict.keys.msk !== undefined && result.keys.msk?.equals(verdict.keys.msk));
      });
    });

    it('the fused steps check what the method does not, and keep the last request', async () => {
      await using peer = await loadPeer({ isolate });
      await using authenticator = await loadAuthenticator({ isolate });
      await using client = await peer.beginSession({ credentials: alice });
      await using host = await authenticator.beginSession({ config: server, identity: 'alice' });
      const first = await host.start(250);
      ok(first.action === 'send');
      const step = await client.process(first.packet);
      ok(step.action === 'send');
      const wrongId = Buffer.from(step.packet);
      wrongId[1] = 3;
      const wrongType = Buffer.from(step.packet);
      wrongType[11] = 77;
      const faults = [wrongId, wrongType, first.packet, Buffer.alloc(3)];
      const told = [];
      for (const packet of faults) {
        const ignored = await host.receive(packet);
        ok(ignored.action === 'discard');
        deepEqual(ignored.packet, first.packet);
        told.push(ignored.fault);
      }
      deepEqual(told, ['wrongEapId', 'wrongEapType', 'badEap', 'badEap']);
      const second = await host.receive(step.packet);
      ok(second.action === 'send');
      equal(second.packet[1], 251);
    });

    it('holds to the order before anything native runs', async () => {
      const calls: MethodCall[] = [];
      await using peer = await loadPeer({ isolate, onCall: (call) => calls.push(call) });
      await using authenticator = await loadAuthenticator({ isolate, onCall: (call) => calls.push(call) });
      const client = await peer.beginSession({ credentials: alice });
      const host = await authenticator.beginSession({ config: server, identity: 'alice' });
      const wrong = (...works: readonly (() => Promise<unknown>)[]) =>
        works.reduce<Promise<unknown>>(
          (before, work) => before.then(() => rejectsWith(work(), 'EAPHOST_CALL_ORDER')),
          Promise.resolve(),
        );
      const before = calls.length;
      await wrong(
        () => client.getResponsePacket(),
        () => client.getUiContext(),
        () => client.setUiContext(Buffer.alloc(1)),
        () => client.getResponseAttributes(),
        () => client.setResponseAttributes([]),
        () => host.receivePacket(Buffer.from([2, 1, 0, 5, 4])),
        () => host.getAttributes(),
        () => host.setAttributes([]),
        () => host.getResult(),
      );
      equal(calls.length, before);
      const first = await host.sendPacket(1);
      await wrong(
        () => host.sendPacket(2),
        () => host.start(),
      );
      await client.processRequestPacket(first.packet);
      await wrong(() => client.setCredentials('a', Buffer.from('b')));
      const response = await client.getResponsePacket();
      await wrong(() => client.getResponsePacket());
      equal(await host.receivePacket(response), 'send');
      await wrong(
        () => host.receivePacket(response),
        () => host.getResult(),
      );
      await client.getResult('failure');
      await wrong(
        () => client.getResult('failure'),
        () => client.process(first.packet),
      );
      const busy = host.sendPacket(2);
      await rejectsWith(host.sendPacket(3), 'EAPHOST_SESSION_BUSY');
      await busy;
      await Promise.all([client.end(), client.end(), host.end()]);
      await rejectsWith(client.getResult('success'), 'EAPHOST_SESSION_ENDED');
      await rejectsWith(host.sendPacket(2), 'EAPHOST_SESSION_ENDED');
      deepEqual(
        order(calls.filter(({ session }) => session !== 0)).filter((call) => call === 'EndSession').length,
        2,
      );
      await peer.close();
      await peer.close();
      await rejectsWith(peer.beginSession(), 'EAPHOST_CLOSED');
      await rejectsWith(peer.getIdentity(), 'EAPHOST_CLOSED');
    });

    it('functions by name: fields, dialogs, and those that are not there', async () => {
      await using peer = await loadPeer({ isolate });
      const fields = await peer.queryCredentialInputFields();
      ok(fields.length >= 2);
      const filled = fields.map((field) => ({
        ...field,
        data: field.type === 'password' ? 'tiger' : 'alice',
      }));
      const blob = await peer.userBlobFromCredentialInputFields(filled);
      equal((await peer.getIdentity({ credentials: blob })).identity, 'alice');
      const dialog = await peer.invokeIdentityUi({ config: Buffer.from('typed=bob') });
      equal(dialog?.identity, 'bob');
      equal(await peer.invokeIdentityUi({ config: Buffer.from('cancel=1') }), undefined);
      ok((await peer.invokeConfigUi({ config: Buffer.from('fragment=1') })) !== undefined);
      const properties = await peer.getMethodProperties({ config: Buffer.alloc(0) });
      ok(properties.properties.length > 0);
    });
  });
}

describe('arguments of method DLLs', () => {
  const dllPath = pairPath;
  const type = pairType;

  it('are refused before anything is loaded', async () => {
    const bad = [
      [undefined, TypeError],
      [{ dllPath }, TypeError],
      [{ type: 0, dllPath }, RangeError],
      [{ type, authorId: 4, dllPath }, TypeError],
      [{ type, dllPath: 'relative.dll' }, RangeError],
      [{ type, dllPath: '' }, RangeError],
      [{ type, dllPath, timeout: 0 }, RangeError],
      [{ type, dllPath, timeout: '5' }, TypeError],
      [{ type, dllPath, isolate: 1 }, TypeError],
      [{ type, dllPath, onCall: 1 }, TypeError],
      [{ type, dllPath, maxLanes: 0 }, RangeError],
      [{ type, dllPath, maxLanes: 1025 }, RangeError],
      [{ type, dllPath, signal: {} }, TypeError],
    ] as const;
    for (const [options, error] of bad) {
      for (const Method of [PeerMethod, AuthenticatorMethod]) {
        // @ts-expect-error: what callers without types pass.
        await rejects(async () => Method.load(options), error, JSON.stringify(options));
      }
    }
    const signal = AbortSignal.abort(new Error('no'));
    await rejects(PeerMethod.load({ type, dllPath, signal }), /no/u);
  });

  it('of sessions, too', async () => {
    await using peer = await loadPeer();
    await using authenticator = await loadAuthenticator();
    await rejects(peer.beginSession({ maxSendPacketSize: 1 }), RangeError);
    // @ts-expect-error: no such flag.
    await rejects(peer.beginSession({ flags: ['none'] }), TypeError);
    await rejects(authenticator.beginSession({ identity: 'a\0b' }), RangeError);
    await using client = await peer.beginSession({ credentials: alice });
    await using host = await authenticator.beginSession({ config: server, identity: 'alice' });
    await rejects(client.process(Buffer.from([3, 1, 0, 4])), RangeError);
    await rejects(client.process(Buffer.from([1, 1, 0, 9])), RangeError);
    // @ts-expect-error: no such reason.
    await rejects(client.getResult('timeout'), TypeError);
    await rejects(host.sendPacket(256), RangeError);
    // @ts-expect-error: no packet.
    await rejects(host.receive('packet'), TypeError);
  });

  it('without a path: the registry of Windows names the DLL; elsewhere the error says what to do', async () => {
    if (process.platform !== 'win32') {
      const error = await rejectsWith(PeerMethod.load({ type: 26 }), 'EAPHOST_NOT_SUPPORTED');
      ok(error.message.includes('pass the path'));
      return;
    }
    const unknown = await rejectsWith(
      PeerMethod.load({ type: 77, authorId: 99_998 }),
      'EAPHOST_METHOD_NOT_REGISTERED',
    );
    ok(unknown.message.includes('PeerDllPath'));
    const keys = await windowsRegistry.createKey(
      String.raw`SYSTEM\CurrentControlSet\Services\EapHost\Methods\99999\254\99999\3`,
    );
    const last = keys.at(-1) ?? '';
    try {
      const folder = dirname(pairPath);
      process.env['EAPHOST_TEST_FOLDER'] = folder;
      const text = `%EAPHOST_TEST_FOLDER%${pairPath.slice(folder.length)}`;
      await windowsRegistry.setValue(last, 'PeerDllPath', { kind: 'expandable', text });
      await windowsRegistry.setValue(last, 'AuthenticatorDllPath', { kind: 'text', text: pairPath });
      for (const Method of [PeerMethod, AuthenticatorMethod]) {
        await using method = await Method.load({ type: pairType });
        equal(method.dllPath, pairPath);
      }
    } finally {
      for (const key of keys.toReversed()) await windowsRegistry.deleteKey(key);
    }
  });
});
