// The methods' own dialogs: real windows of a method DLL, answered from another process. Windows only, with a display.

import assert from 'node:assert/strict';

import type { EapHost } from '../../lib/index.js';
import { openTestHost, scriptedType, useLeakCheck } from '../supplicant/support.js';
import { identityRequest, request } from '../supplicant/script-method.js';
import { accept, askLength, cancel, openWindow, waitFor, type ForeignWindow } from './dialog-user.js';

describe('Dialogs of methods', () => {
  useLeakCheck();
  let host: EapHost;
  let parent: ForeignWindow;
  let count = 0;
  before(async () => {
    host = await openTestHost();
    parent = await openWindow();
  });
  after(async () => {
    await host.close();
    await parent.close();
  });

  /** A title that no other window has: the runs of a suite may overlap. */
  const newTitle = (): string => `eaphost-${process.pid}-${++count}`;
  const scripted = (script: string) => ({ method: scriptedType, config: Buffer.from(script) });
  const answer = (owner: bigint, text: string): string => `apartment=STA owner=${owner} text=${text}`;
  const asBuffer = (handle: bigint): Buffer => {
    const octets = Buffer.alloc(8);
    octets.writeBigUInt64LE(handle);
    return octets;
  };

  /** The dialogs, each as a call that gives what was typed, or undefined. */
  const dialogs: Readonly<
    Record<
      string,
      (title: string, parentWindow: bigint | Uint8Array | undefined) => Promise<string | undefined>
    >
  > = {
    EapHostPeerInvokeConfigUI: async (title, parentWindow) => {
      const config = await host.invokeConfigUi({ ...scripted(`dialog=${title}`), parentWindow });
      return config?.toString();
    },
    EapHostPeerInvokeIdentityUI: async (title, parentWindow) => {
      const given = await host.invokeIdentityUi({ ...scripted(`dialog=${title}`), parentWindow });
      if (given !== undefined) assert.equal(given.identity, 'typed');
      return given?.credentials?.toString();
    },
    EapHostPeerInvokeInteractiveUI: async (title, parentWindow) => {
      await using session = await host.beginSession({
        ...scripted(`step=ui context=dialog=${title}`),
        credentials: Buffer.from('alice'),
      });
      await session.process(identityRequest);
      const step = await session.process(request(2, Buffer.of(0), scriptedType));
      assert.ok(step.action === 'invokeUi');
      const given = await host.invokeInteractiveUi(step.context, { parentWindow });
      if (given !== undefined) assert.equal((await session.setUiContext(given)).action, 'send');
      return given?.toString();
    },
  };

  for (const [name, show] of Object.entries(dialogs)) {
    it(`${name}: belongs to the parent window, runs on an STA, gives what was typed`, async () => {
      const shapes = [
        [undefined, 0n],
        [parent.handle, parent.handle],
        [asBuffer(parent.handle), parent.handle],
      ] as const;
      for (const [parentWindow, owner] of shapes) {
        const title = newTitle();
        const [text, seen] = await Promise.all([
          show(title, parentWindow),
          waitFor(title).then(async (handle) => {
            await accept(title, 'secret');
            return handle;
          }),
        ]);
        assert.equal(seen, owner);
        assert.equal(text, answer(owner, 'secret'));
      }
    });

    it(`${name}: is undefined where the user cancels`, async () => {
      const title = newTitle();
      const [text] = await Promise.all([show(title, parent.handle), cancel(title)]);
      assert.equal(text, undefined);
    });
  }

  it('hold up nothing while they are open, but for each other', async () => {
    const [first, second] = [newTitle(), newTitle()];
    let isAnswered = false;
    const open = host.invokeConfigUi(scripted(`dialog=${first}`)).then((config) => {
      isAnswered = true;
      return config?.toString();
    });
    assert.equal(await waitFor(first), 0n);
    const next = host.invokeConfigUi(scripted(`dialog=${second}`));

    // Other configuration calls, a whole exchange of a session, and another host.
    assert.ok((await host.getMethods()).length > 0);
    assert.equal((await host.queryCredentialInputFields(scripted('any'))).length, 2);
    await using session = await host.beginSession({
      ...scripted('any'),
      credentials: Buffer.from('alice'),
    });
    assert.equal((await session.process(identityRequest)).action, 'send');
    await using other = await openTestHost();
    assert.ok((await other.getMethods()).length > 0);
    assert.equal(isAnswered, false);

    await accept(first, 'one');
    assert.equal(await open, answer(0n, 'one'));
    await cancel(second);
    assert.equal(await next, undefined);
  });

  it('can be left open by a caller who aborts', async () => {
    const title = newTitle();
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = host.invokeConfigUi({ ...scripted(`dialog=${title}`), signal: controller.signal });
    await waitFor(title);
    controller.abort(reason);
    await assert.rejects(call, reason);
    assert.ok((await host.getMethods()).length > 0);
    // It is still there, and the next one waits for it.
    const [config] = await Promise.all([host.invokeConfigUi(scripted('next')), cancel(title)]);
    assert.equal(config?.toString(), 'configured:next');
  });

  it('leave a thread that answers the messages of windows', async () => {
    const title = newTitle();
    assert.ok((await host.invokeConfigUi(scripted(`window=${title}`))) !== undefined);
    assert.equal(await askLength(title), title.length);
  });

  it('say so where there is no such window to belong to', async () => {
    const gone = await openWindow();
    await gone.close();
    await assert.rejects(
      host.invokeConfigUi({ ...scripted(`dialog=${newTitle()}`), parentWindow: gone.handle }),
      { name: 'EapError', winError: 1400, call: 'EapHostPeerInvokeConfigUI' },
    );
  });
});
