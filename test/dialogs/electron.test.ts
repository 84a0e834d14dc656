// The Electron example and the methods' own dialogs: the window's native handle, as Electron gives it, is the dialog's
// owner. Windows only, with a display.

import assert from 'node:assert/strict';

import { profiles } from '../../lib/profiles/index.js';
import { Editor } from '../examples/electron-profile-editor/src/editor.js';
import { openTestHost, scriptedType, useLeakCheck } from '../supplicant/support.js';
import { windowsNetworks } from '../examples/electron-profile-editor/src/networks.js';
import { valueOf } from '../examples/electron-profile-editor/support.js';
import { accept, cancel, openWindow, waitFor, type ForeignWindow } from './dialog-user.js';

describe('The Electron example’s “Configure…”', () => {
  useLeakCheck();
  let window: ForeignWindow;
  before(async () => {
    window = await openWindow();
  });
  after(() => window.close());

  it('raises the method’s dialog over the window, and has the profile as it leaves it', async () => {
    await using host = await openTestHost();
    const handle = Buffer.alloc(8);
    handle.writeBigUInt64LE(window.handle);
    const none = async (): Promise<undefined> => undefined;
    const editor = new Editor({
      host,
      chooseFile: none,
      chooseTarget: none,
      nativeWindow: () => handle,
      startTrial: () => assert.fail('nothing is tried'),
      onProgress: () => undefined,
      applyTo: windowsNetworks(),
    });
    const title = `eaphost-editor-${process.pid}`;
    const profile = profiles.blob({ type: scriptedType, blob: Buffer.from(`dialog=${title}`) });
    const [answer, owner] = await Promise.all([
      editor.calls.configure(profile),
      waitFor(title).then(async (seen) => {
        await accept(title, 'typed');
        return seen;
      }),
    ]);
    assert.equal(owner, window.handle);
    // As the method's own XML has it.
    const xml = valueOf(answer) ?? '';
    assert.ok(xml.includes(`>apartment=STA owner=${window.handle} text=typed<`), xml);
    const [cancelled] = await Promise.all([editor.calls.configure(profile), cancel(title)]);
    assert.equal(valueOf(cancelled), undefined);
  });
});
