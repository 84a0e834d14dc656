// A run-time that fails in every way (test/native/faulty), function by function. Every call settles as it should, errors
// carry what the run-time said, all memory is freed by the right function, and the host stays usable.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EapHost } from '../../lib/supplicant/eaphost.js';
import { toEapError } from '../../lib/base/errors.js';
import { ScriptMethods } from '../../lib/supplicant/script-methods.js';
import type { EapError, Session } from '../../lib/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { binaryFolder, loadNative } from '../../lib/native/binary.js';
import type { NativeRuntime } from '../../lib/native/runtime-types.js';
import { eventually, hasCode, libraryPath } from '../supplicant/support.js';
import { actions, faults, functions, options, type Fault, type FunctionName } from './functions.js';
import { columns, drawn, fill, gaps, wanted, type Column } from './matrix.js';
import { invalidData, method, packet, table, type Place, type Row } from './table.js';

async function openRuntime(library = libraryPath('faultyruntime')): Promise<NativeRuntime> {
  try {
    return await loadNative().openRuntime({
      runtimeLibrary: library,
      configurationLibrary: library,
      system: false,
      maxLanes: 4,
    });
  } catch (error) {
    throw toEapError(error);
  }
}

const hostOf = (native: NativeRuntime): EapHost =>
  new EapHost('system', native, new ScriptMethods(native, ''));

/** A copy of the run-time in which an export has another name. */
function withoutExport(name: FunctionName): string {
  const from = libraryPath('faultyruntime');
  const image = readFileSync(from);
  const old = Buffer.from(`\0EapHostPeer${name}\0`);
  assert.ok(image.includes(old));
  for (let at = image.indexOf(old); at !== -1; at = image.indexOf(old, at + 1)) {
    // The last letter, so that the names stay in order.
    image.write('_', at + old.length - 2);
  }
  const folder = join(binaryFolder(), 'without');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}${from.slice(from.lastIndexOf('.'))}`);
  writeFileSync(file, image);
  return file;
}

describe('A faulty run-time', () => {
  let native: NativeRuntime;
  let host: EapHost;
  let session: Session;

  const set = (name: FunctionName, fault: Fault): void => {
    native.setOption(functions.indexOf(name), faults[fault]);
  };
  const isClean = (sessions: number): boolean => {
    const counters = native.counters();
    // In place of loaded methods it counts what came back through the wrong function, and tokens left open.
    return counters.outstandingBlocks === 0 && counters.sessions === sessions && counters.loadedMethods === 0;
  };
  const becomesClean = (sessions: number): Promise<void> =>
    eventually(() => isClean(sessions), `nothing is left: ${JSON.stringify(native.counters())}`);
  const isHeld = (): boolean => {
    try {
      native.setOption(options.isHeld, 0);
      return true;
    } catch {
      return false;
    }
  };
  const reopen = async (): Promise<void> => {
    const other = await openRuntime();
    await other.close();
  };

  beforeEach(async () => {
    native = await openRuntime();
    host = hostOf(native);
    session = await host.beginSession({ method });
  });

  afterEach(async () => {
    for (const name of functions) set(name, 'works');
    native.setOption(options.release, 0);
    native.setOption(options.action, actions.discard);
    // The host and the session still work.
    assert.equal((await session.process(packet)).action, 'discard');
    assert.equal((await host.getMethods()).length, 2);
    await session.end();
    await becomesClean(0);
    await host.close();
  });

  for (const [name, row] of Object.entries(table) as [FunctionName, Row][]) {
    const call = `EapHostPeer${name}`;
    const run = (place: Partial<Place> = {}): Promise<unknown> =>
      row.call({ host, session, reopen, ...place });
    const cells = wanted.get(name) ?? [];

    const cell = (column: Column, title: string, test: () => Promise<void>): void => {
      if (!cells.includes(column)) return;
      it(title, async () => {
        await test();
        fill(name, column);
      });
    };

    describe(call, () => {
      beforeEach(() => {
        native.setOption(options.action, actions[row.action ?? 'discard']);
        if (row.after) set(...row.after);
      });

      const isFailure = (error: unknown, code: string): error is EapError => {
        assert.ok(hasCode(error, code));
        assert.equal(error.call, call);
        return true;
      };
      const settlesAsEver = async (work: Promise<unknown>): Promise<void> => {
        const { rejects } = row;
        if (rejects === undefined) await work;
        else await assert.rejects(work, (error) => hasCode(error, rejects));
      };
      const settlesAs = async (outcome: unknown): Promise<void> => {
        if (outcome === invalidData) {
          await assert.rejects(run(), (error) => isFailure(error, 'ERROR_INVALID_DATA'));
        } else {
          assert.deepEqual(await run(), outcome);
        }
      };

      it('works', () => settlesAsEver(run()));

      cell('code', 'fails with a code alone', async () => {
        set(name, 'code');
        await assert.rejects(run(), (error) => {
          assert.ok(isFailure(error, 'ERROR_NO_SUCH_USER'));
          assert.equal(error.winError, 1317);
          assert.equal(error.reasonCode, undefined);
          assert.equal(error.rootCause, undefined);
          return true;
        });
      });

      for (const fault of ['error', 'errorNoStrings'] as const) {
        cell(fault, `fails with an EAP_ERROR${fault === 'error' ? '' : ' without strings'}`, async () => {
          set(name, fault);
          await assert.rejects(run(), (error) => {
            assert.ok(isFailure(error, 'ERROR_NO_SUCH_USER'));
            assert.equal(error.reasonCode, 1326);
            assert.deepEqual(error.method, method);
            assert.equal(error.rootCauseGuid, '00000001-0000-0000-0000-000000000000');
            assert.equal(error.rootCause, fault === 'error' ? 'faulty cause' : undefined);
            assert.equal(error.repair, fault === 'error' ? 'faulty repair' : undefined);
            return true;
          });
        });
      }

      cell('unwritten', 'succeeds and leaves its outputs as they are', async () => {
        set(name, 'unwritten');
        // A blob that was to be brought up to date is its own answer.
        await settlesAs(name === 'QueryUserBlobFromCredentialInputFields' ? packet : row.empty);
        set(name, 'nullOutputs');
        await settlesAs(row.empty);
      });

      cell('countOfNothing', 'succeeds with sizes of nothing', async () => {
        set(name, 'countOfNothing');
        await settlesAs('sized' in row ? row.sized : row.empty);
      });

      cell('absurdSize', 'succeeds with sizes that cannot be', async () => {
        set(name, 'absurdSize');
        await settlesAs(invalidData);
      });

      cell('blocks', 'blocks for a while, and holds up nobody else', async () => {
        set(name, 'blocks');
        const started = performance.now();
        const blocked = settlesAsEver(run()).then(() => performance.now() - started);
        const other = await host.beginSession({ method });
        await other.getAuthStatus('identity').catch(() => undefined);
        assert.ok((await blocked) >= 190);
        await other.end();
      });

      cell('forever', 'blocks for ever, and is left behind', async () => {
        const victim = await host.beginSession({ method });
        set(name, 'forever');
        const controller = new AbortController();
        const reason = new Error('enough');
        const stuck = run({ session: victim, signal: controller.signal });
        const settled = row.unabortable ? settlesAsEver(stuck) : assert.rejects(stuck, reason);
        await eventually(isHeld, `${call} is called`);
        controller.abort(reason);
        if (!row.unabortable) await settled;
        // Only that call is stuck.
        const other = await host.beginSession({ method });
        assert.equal(await other.getAuthStatus('identity'), await session.getAuthStatus('identity'));
        await other.end();
        native.setOption(options.release, 0);
        await settled;
        await victim.end();
        await becomesClean(1);
      });
    });
  }

  describe('without an export', () => {
    for (const name of functions) {
      const row = table[name];
      it(`EapHostPeer${name}`, async () => {
        const opening = openRuntime(withoutExport(name));
        if (row?.optional) {
          const lacking = hostOf(await opening);
          const itsSession = await lacking.beginSession({ method });
          await assert.rejects(row.call({ host: lacking, session: itsSession, reopen }), (error) => {
            assert.ok(hasCode(error, 'ERROR_PROC_NOT_FOUND'));
            assert.equal(error.call, `EapHostPeer${name}`);
            return true;
          });
          await lacking.close();
        } else {
          await assert.rejects(opening, (error) => {
            assert.ok(hasCode(error, 'ERROR_PROC_NOT_FOUND'));
            assert.match(error.message, new RegExp(`does not export EapHostPeer${name}\\b`, 'u'));
            return true;
          });
        }
        fill(name, 'missing');
      });
    }
  });

  it('says so where it asks for what nobody knows', async () => {
    native.setOption(options.action, actions.unknown);
    await assert.rejects(session.process(packet), (error) => {
      assert.ok(hasCode(error, 'ERROR_INVALID_DATA'));
      assert.match(error.message, /unknown action 77/u);
      return true;
    });
  });

  it('hands out everything, and gets everything back', async () => {
    native.setOption(options.action, actions.result);
    const step = await session.process(packet);
    assert.ok(step.action === 'result');
    const { result } = step;
    assert.equal(result.failureReasonCode, 1326);
    assert.deepEqual(result.attributes, [{ type: 8102, value: Buffer.from('text') }]);
    assert.equal(result.methodInfo?.inner?.friendlyName, 'name');
    assert.equal(result.error?.rootCause, 'faulty cause');

    const [outer, plain] = await host.getMethods();
    assert.equal(outer?.inner?.inner?.authorName, 'author');
    assert.deepEqual(outer.inner.properties, ['mutualAuth']);
    assert.deepEqual(plain, {
      type: { ...method, type: 4 },
      authorName: '',
      friendlyName: '',
      properties: [],
    });
    const { properties, others } = await host.getMethodProperties({ method });
    assert.deepEqual(properties, ['mutualAuth']);
    assert.deepEqual(
      [...others],
      [
        [255, Buffer.from('text')],
        [31, 7],
      ],
    );
    const ui = await host.queryInteractiveUiInputFields(packet);
    assert.ok(ui.kind === 'expired');
    assert.deepEqual(
      [...ui.fields, ...ui.newFields].map(({ data }) => data),
      ['data', '', 'data', ''],
    );
    const user = { identity: 'identity', credentials: Buffer.from('user') };
    assert.deepEqual(await host.getIdentity({ method }), { invokeUi: false, ...user });
  });

  if (globalThis.process.platform !== 'win32') {
    it('is not asked about XML where there is no MSXML', async () => {
      for (const call of [
        host.configFromXml(profiles.mschapv2({})),
        host.credentialsFromXml(profiles.credentials.mschapv2({})),
      ]) {
        await assert.rejects(call, (error) => hasCode(error, 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED'));
      }
    });
  }
});

describe('The matrix of functions and faults', () => {
  it('has no gap', () => {
    console.log(drawn());
    assert.deepEqual([...wanted.keys()].toSorted(), [...functions].toSorted());
    assert.deepEqual(gaps(), []);
    assert.ok(columns.every((column) => [...wanted.values()].some((cells) => cells.includes(column))));
  });
});
