// Methods whose user interface is in DLLs of its own: which call goes where, and what happens to those that are broken.

import { deepEqual, equal, ok, rejects } from 'node:assert/strict';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

import { AuthenticatorMethod, PeerMethod, type MethodCall } from '../../lib/method-dlls/index.js';
import { windowsRegistry } from '../../lib/native/registry.js';
import { libraryPath } from '../supplicant/support.js';
import { alice, loadAuthenticator, loadPeer, order, pairPath, pairType, rejectsWith } from './support.js';

describe('The user interface of a method', () => {
  let folder: string;
  let copy: string;
  const missing = join(tmpdir(), 'eaphost-no-such-folder', 'none.dll');
  const noMethod = libraryPath('eapembedded');

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-ui-'));
    copy = join(folder, basename(pairPath));
    copyFileSync(pairPath, copy);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  for (const isolate of [false, true]) {
    const where = isolate ? ', isolated' : '';

    it(`is called in the DLLs that hold it, and they are loaded when they are called${where}`, async () => {
      const calls: MethodCall[] = [];
      {
        await using peer = await loadPeer({
          isolate,
          onCall: (call) => calls.push(call),
          uiPaths: { config: copy, interactive: copy },
        });
        deepEqual(order(calls), ['GetInfo', 'Initialize']);
        equal((await peer.invokeIdentityUi({ config: Buffer.from('typed=bob') }))?.identity, 'bob');
        ok((await peer.invokeConfigUi({ config: Buffer.from('fragment=1') })) !== undefined);
        ok((await peer.invokeConfigUi({ config: Buffer.from('fragment=1') })) !== undefined);
        // What is no dialog and no XML of a configuration is where the routines are.
        ok((await peer.queryCredentialInputFields()).length >= 2);
        equal(peer.stats().pending, 0);
      }
      deepEqual(order(calls).slice(2, 9), [
        'InvokeIdentityUI',
        'GetInfo',
        'Initialize',
        'InvokeConfigUI',
        'InvokeConfigUI',
        'QueryCredentialInputFields',
        'Shutdown',
      ]);
      equal(order(calls).filter((call) => call === 'Shutdown').length, 2);
    });

    it(`is no condition of sessions${where}`, async () => {
      await using peer = await loadPeer({ isolate, uiPaths: { identity: missing, interactive: missing } });
      await rejectsWith(peer.invokeIdentityUi(), 'ERROR_MOD_NOT_FOUND');
      await rejectsWith(peer.invokeIdentityUi(), 'ERROR_MOD_NOT_FOUND');
      await rejectsWith(peer.invokeInteractiveUi(Buffer.alloc(4)), 'ERROR_MOD_NOT_FOUND');
      ok((await peer.invokeConfigUi({ config: Buffer.from('fragment=1') })) !== undefined);
      await using session = await peer.beginSession({ credentials: alice });
      equal(session.isEnded, false);
    });

    it(`of an authenticator, too${where}`, async () => {
      await using authenticator = await loadAuthenticator({ isolate, uiPaths: { config: missing } });
      await rejectsWith(authenticator.invokeConfigUi(), 'ERROR_MOD_NOT_FOUND');
      await using session = await authenticator.beginSession({ identity: 'alice' });
      equal(session.isEnded, false);
    });
  }

  it('in a DLL that has none is told as that', async () => {
    await using peer = await loadPeer({ uiPaths: { config: noMethod } });
    await rejectsWith(peer.invokeConfigUi(), 'ERROR_PROC_NOT_FOUND');
    await rejectsWith(peer.configFromXml('<a/>'), 'ERROR_PROC_NOT_FOUND');
  });

  it('takes absolute paths only', async () => {
    const load = { type: pairType, dllPath: pairPath };
    for (const Method of [PeerMethod, AuthenticatorMethod]) {
      await rejects(
        Method.load({ ...load, uiPaths: { config: 'ui.dll' } }),
        /uiPaths\.config must be absolute/u,
      );
      // @ts-expect-error: what callers without types pass.
      await rejects(Method.load({ ...load, uiPaths: 'ui.dll' }), TypeError);
      // @ts-expect-error: what callers without types pass.
      await rejects(Method.load({ ...load, uiPaths: { interactive: 5 } }), TypeError);
    }
  });

  if (process.platform === 'win32') {
    it('is where the registry says', async () => {
      const path = String.raw`SYSTEM\CurrentControlSet\Services\EapHost\Methods\99999\254\99999\3`;
      const keys = await windowsRegistry.createKey(path);
      try {
        const set = (name: string, text: string) =>
          windowsRegistry.setValue(path, name, { kind: 'expandable', text });
        process.env['EAPHOST_TEST_FOLDER'] = folder;
        await set('PeerDllPath', pairPath);
        await set('PeerConfigUIPath', `%EAPHOST_TEST_FOLDER%\\${basename(pairPath)}`);
        await set('PeerIdentityPath', missing);
        await set('PeerInteractiveUIPath', pairPath);
        await set('AuthenticatorDllPath', pairPath);
        await set('AuthenticatorConfigUIPath', missing);
        await using peer = await PeerMethod.load({ type: pairType });
        ok((await peer.invokeConfigUi({ config: Buffer.from('fragment=1') })) !== undefined);
        await rejectsWith(peer.invokeIdentityUi(), 'ERROR_MOD_NOT_FOUND');
        await using authenticator = await AuthenticatorMethod.load({ type: pairType });
        await rejectsWith(authenticator.invokeConfigUi(), 'ERROR_MOD_NOT_FOUND');
      } finally {
        for (const key of keys.toReversed()) await windowsRegistry.deleteKey(key);
      }
    });
  }
});
