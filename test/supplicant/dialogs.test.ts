// Dialogs: the window that they belong to, and how little one that stays open holds up. The test method keeps a dialog
// open as long as a file of the test is there.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

import type { EapHost, OnUi } from '../../lib/index.js';
import { FakeLink, ill } from './fakes.js';
import { eapSuccess, identityRequest, request } from './script-method.js';
import { eventually, hasCode, openTestHost, runtime, scriptedType, useLeakCheck } from './support.js';

/** Keeps dialogs open, those whose script has `word`, until it is disposed of. */
class OpenDialogs implements Disposable {
  readonly #folder = mkdtempSync(join(tmpdir(), 'eaphost-dialog-'));
  readonly word = `hold=${join(this.#folder, 'open')}`;

  constructor() {
    writeFileSync(join(this.#folder, 'open'), '');
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 10 });
  }
}

const link = (): FakeLink =>
  new FakeLink(identityRequest, request(2, Buffer.of(0), scriptedType), eapSuccess(2));

/** A session whose method asks the user, about a context that is itself a script. */
function beginAsking(host: EapHost, context: string) {
  const config = Buffer.from(`step=ui,send context=${context}`);
  return host.beginSession({ method: scriptedType, config, credentials: Buffer.from('alice') });
}

describe(`The window that a dialog belongs to, in the ${runtime} run-time`, () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openTestHost();
  });
  after(() => host.close());

  const handle = 0x0000_0001_8765_4321n;
  const octets = Buffer.alloc(8);
  octets.writeBigUInt64LE(handle);
  const cases: [string, bigint | Uint8Array | undefined, bigint][] = [
    ['none', undefined, 0n],
    ['a bigint', handle, handle],
    ['the largest bigint', 0xffff_ffff_ffff_ffffn, 0xffff_ffff_ffff_ffffn],
    ['the 8 octets of getNativeWindowHandle()', octets, handle],
    ['the 4 octets of getNativeWindowHandle()', Buffer.of(0x21, 0x43, 0x65, 0x87), 0x8765_4321n],
    ['octets inside a larger buffer', Buffer.concat([Buffer.of(9), octets]).subarray(1), handle],
    ['octets of another realm', runInNewContext('new Uint8Array(octets)', { octets: [...octets] }), handle],
  ];
  for (const [name, parentWindow, expected] of cases) {
    it(`reaches each of the method's dialogs: ${name}`, async () => {
      const options = { method: scriptedType, config: Buffer.from('parent'), parentWindow };
      const config = await host.invokeConfigUi(options);
      assert.equal(config?.toString(), `parent:${expected}`);
      const identity = await host.invokeIdentityUi(options);
      assert.equal(identity?.credentials?.toString(), `parent:${expected}`);

      await using session = await beginAsking(host, 'nofields,parent');
      let answer: Buffer | undefined;
      const onUi: OnUi = async ({ showDialog }) => {
        answer = await showDialog?.({ parentWindow });
        return answer;
      };
      assert.equal((await session.authenticate(link(), { onUi })).isSuccess, true);
      assert.equal(answer?.toString(), `parent:${expected}`);
    });
  }

  it('is refused where it is none', async () => {
    const method = scriptedType;
    for (const parentWindow of [Buffer.alloc(0), Buffer.alloc(3), Buffer.alloc(9), -1n, 1n << 64n]) {
      await assert.rejects(host.invokeConfigUi({ method, parentWindow }), { name: 'RangeError' });
      await assert.rejects(host.invokeIdentityUi({ method, parentWindow }), { name: 'RangeError' });
    }
    for (const parentWindow of [5, 'window', null, {}, [1, 2, 3, 4]]) {
      const call = host.invokeInteractiveUi(Buffer.of(1), { parentWindow: ill(parentWindow) });
      await assert.rejects(call, { name: 'TypeError', message: /^parentWindow must be/u });
    }
  });
});

describe(`A dialog that stays open in the ${runtime} run-time`, () => {
  useLeakCheck();

  it('blocks nothing but other dialogs', async () => {
    await using host = await openTestHost();
    const order: string[] = [];
    const show = async (name: string, script: string): Promise<void> => {
      const answer = await host.invokeConfigUi({ method: scriptedType, config: Buffer.from(script) });
      assert.equal(answer?.toString(), `configured:${script}`);
      order.push(name);
    };
    using open = new OpenDialogs();
    const dialogs = [show('first dialog', open.word), show('second dialog', 'any')];
    await host.getMethods();
    await host.queryCredentialInputFields({ method: scriptedType, config: Buffer.from('any') });
    await host.getIdentity({ method: scriptedType, credentials: Buffer.from('alice') });
    order.push('configuration');
    await using session = await beginAsking(host, 'plain');
    const onUi: OnUi = ({ input }) => input;
    assert.equal((await session.authenticate(link(), { onUi })).isSuccess, true);
    order.push('session');
    assert.deepEqual(order, ['configuration', 'session']);
    open[Symbol.dispose]();
    await Promise.all(dialogs);
    assert.deepEqual(order, ['configuration', 'session', 'first dialog', 'second dialog']);
  });

  it('of one conversation leaves the others alone, and its own session as well', async () => {
    await using host = await openTestHost();
    using open = new OpenDialogs();
    await using asking = await beginAsking(host, `nofields,${open.word}`);
    let isShown = false;
    const onUi: OnUi = ({ showDialog }) => {
      isShown = true;
      return showDialog?.();
    };
    const conversation = asking.authenticate(link(), { onUi });
    await eventually(() => isShown, 'the dialog is shown');
    assert.equal((await asking.getAuthStatus('authStatus')).status, 'inProgress');
    await using other = await host.beginSession({ method: scriptedType, credentials: Buffer.from('bob') });
    assert.equal((await other.authenticate(link())).isSuccess, true);
    open[Symbol.dispose]();
    assert.equal((await conversation).isSuccess, true);
  });

  it('is left by a conversation that is aborted', async () => {
    await using host = await openTestHost();
    using open = new OpenDialogs();
    const reason = new Error('enough');
    const controller = new AbortController();
    await using session = await beginAsking(host, `nofields,${open.word}`);
    const onUi: OnUi = ({ showDialog }) => {
      setImmediate(() => controller.abort(reason));
      return showDialog?.();
    };
    await assert.rejects(session.authenticate(link(), { onUi, signal: controller.signal }), reason);
    assert.ok(session.isEnded);
    // It is open yet.
    assert.ok(host.stats().pending > 0);
  });

  it('is left by a caller who aborts, and waited for by close()', async () => {
    const host = await openTestHost();
    using open = new OpenDialogs();
    const controller = new AbortController();
    const { signal } = controller;
    const call = host.invokeConfigUi({ method: scriptedType, config: Buffer.from(open.word), signal });
    await eventually(() => host.stats().pending === 1, 'the dialog is asked for');
    controller.abort();
    await assert.rejects(call, { name: 'AbortError' });
    assert.equal(host.stats().pending, 1);
    let isClosed = false;
    const close = async (): Promise<void> => {
      await host.close();
      isClosed = true;
    };
    const closing = close();
    await assert.rejects(host.getMethods(), (error) => hasCode(error, 'EAPHOST_CLOSED'));
    assert.equal(isClosed, false);
    open[Symbol.dispose]();
    await closing;
  });
});
