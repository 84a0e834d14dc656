// A conversation that asks the user: fields where the method has them, its dialog otherwise, and the flags that forbid
// it.

import assert from 'node:assert/strict';

import type { AuthenticateOptions, EapHost, Flag, InteractiveUi, OnUi, UiRequest } from '../../lib/index.js';
import { FakeLink, ill } from './fakes.js';
import { eapSuccess, identityRequest, request } from './script-method.js';
import { hasCode, openTestHost, runtime, scriptedType, useLeakCheck } from './support.js';

describe(`A conversation that asks the user, in the ${runtime} run-time`, () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openTestHost();
  });
  after(() => host.close());

  const link = (): FakeLink =>
    new FakeLink(identityRequest, request(2, Buffer.of(0), scriptedType), eapSuccess(2));

  /** A conversation with a method that asks, about a context that is itself a script. */
  async function authenticate(context: string, options: AuthenticateOptions, flags: readonly Flag[] = []) {
    await using session = await host.beginSession({
      method: scriptedType,
      config: Buffer.from(`step=ui,send context=${context}`),
      credentials: Buffer.from('alice'),
      flags,
    });
    return await session.authenticate(link(), options);
  }

  /** Fills every field in. */
  function fill(ui: InteractiveUi): InteractiveUi {
    const filled = ui.fields.map((field) => ({ ...field, data: 'old' }));
    if (ui.kind !== 'expired') return { ...ui, fields: filled };
    return { ...ui, fields: filled, newFields: ui.newFields.map((field) => ({ ...field, data: 'new' })) };
  }

  for (const [context, kind] of [
    ['plain', 'credentials'],
    ['logon', 'logon'],
    ['expired', 'expired'],
  ] as const) {
    it(`shows the fields: ${kind}`, async () => {
      const seen: UiRequest[] = [];
      const onUi: OnUi = (asked) => {
        seen.push(asked);
        assert.ok(asked.input !== undefined);
        return fill(asked.input);
      };
      const result = await authenticate(context, { onUi });
      assert.equal(result.isSuccess, true);
      const [asked] = seen;
      assert.equal(seen.length, 1);
      assert.equal(asked?.input?.kind, kind);
      assert.equal(asked.showDialog, undefined);
      assert.ok(asked.context.includes(context));
    });
  }

  it('raises the dialog of a method without fields', async () => {
    const onUi: OnUi = async ({ input, showDialog }) => {
      assert.equal(input, undefined);
      const answer = await showDialog?.({ parentWindow: 0n });
      assert.equal(answer?.toString(), 'answer');
      return answer;
    };
    assert.equal((await authenticate('nofields', { onUi })).isSuccess, true);
  });

  it('takes a UI context as it is', async () => {
    const result = await authenticate('plain', { onUi: () => Buffer.from('mine') });
    assert.equal(result.isSuccess, true);
  });

  it('asks for the identity in the same way', async () => {
    await using session = await host.beginSession({ method: scriptedType, config: Buffer.from('ui') });
    const onUi: OnUi = async ({ input, showDialog }) => {
      assert.equal(input, undefined);
      return showDialog?.();
    };
    const seen: string[] = [];
    const result = await session.authenticate(link(), {
      onUi,
      onPacket(direction, packet) {
        if (direction === 'sent' && packet[4] === 1) seen.push(Buffer.from(packet).toString('utf8', 5));
      },
    });
    assert.equal(result.isSuccess, true);
    assert.deepEqual(seen, ['typed']);
  });

  it('rejects where the user cancels, and the session can be ended', async () => {
    const cancelled = (error: unknown) => hasCode(error, 'ERROR_CANCELLED');
    await assert.rejects(authenticate('plain', { onUi: () => undefined }), cancelled);
    const onUi: OnUi = ({ showDialog }) => showDialog?.();
    await assert.rejects(authenticate('nofields,fail=InvokeInteractiveUI:1223', { onUi }), cancelled);
  });

  for (const flag of ['nonInteractive', 'suppressUi', 'machineAuth'] as const) {
    it(`asks nobody with the flag ${flag}`, async () => {
      const onUi: OnUi = () => assert.fail('asked');
      await assert.rejects(authenticate('plain', { onUi }, [flag]), (error) => {
        assert.ok(hasCode(error, 'EAPHOST_UI_REQUIRED'));
        assert.match(error.message, new RegExp(flag, 'u'));
        return true;
      });
    });
  }

  it('shows fields before logon, and no dialog', async () => {
    const onUi: OnUi = ({ input }) => (input === undefined ? assert.fail('asked') : fill(input));
    assert.equal((await authenticate('plain', { onUi }, ['preLogon'])).isSuccess, true);
    await assert.rejects(authenticate('nofields', { onUi }, ['preLogon']), (error) => {
      assert.ok(hasCode(error, 'EAPHOST_UI_REQUIRED'));
      assert.match(error.message, /preLogon/u);
      return true;
    });
  });

  it('refuses answers that are none', async () => {
    for (const answer of ['text', 5, { kind: 'x' }, { kind: 'logon', fields: 5 }]) {
      await assert.rejects(authenticate('plain', { onUi: () => ill(answer) }), { name: 'TypeError' });
    }
  });

  it('can be aborted while the user thinks', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const onUi: OnUi = (_, signal) => {
      queueMicrotask(() => controller.abort(reason));
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve(undefined));
      });
    };
    await assert.rejects(authenticate('plain', { onUi, signal: controller.signal }), reason);
  });
});
