// A run-time that fails in every way there is (test/native/faulty), function by function: every call settles as it
// should, errors say what the run-time said, nothing is left, everything came back through the right function, and the
// host goes on.

import assert from 'node:assert/strict';

import { EapHost } from '../lib/eaphost.js';
import { HostedMethods } from '../lib/hosted-methods.js';
import type { EapError, Session, Step } from '../lib/index.js';
import { profiles } from '../lib/index.js';
import { loadNative } from '../lib/binary.js';
import type { NativeRuntime } from '../lib/native.js';
import { identityRequest } from './facade/script-method.js';
import { eventually, hasCode, libraryPath } from './facade/support.js';

/** In the order of test/native/faulty/faulty.cc. */
const functions = [
  'BeginSession',
  'ProcessReceivedPacket',
  'GetSendPacket',
  'GetResult',
  'GetUIContext',
  'SetUIContext',
  'GetResponseAttributes',
  'SetResponseAttributes',
  'GetAuthStatus',
  'EndSession',
  'ClearConnection',
  'GetIdentity',
  'GetDataToUnplumbCredentials',
  'GetEncryptedPassword',
  'GetMethods',
  'GetMethodProperties',
  'ConfigBlob2Xml',
  'ConfigXml2Blob',
  'CredentialsXml2Blob',
  'QueryCredentialInputFields',
  'QueryUserBlobFromCredentialInputFields',
  'QueryInteractiveUIInputFields',
  'QueryUIBlobFromInteractiveUIInputFields',
  'InvokeConfigUI',
  'InvokeIdentityUI',
  'InvokeInteractiveUI',
] as const;
type FunctionName = (typeof functions)[number];

const faults = {
  works: 0,
  code: 1,
  error: 2,
  errorNoStrings: 3,
  nullOutputs: 4,
  unwritten: 5,
  countOfNothing: 6,
  blocks: 7,
} as const;
const optionAction = 100;
const actions = { discard: 0, send: 1, result: 2, invokeUi: 3, respond: 4, unknown: 77 } as const;

const method = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };
const nothing = Buffer.alloc(0);
const packet = identityRequest;
const guid = '9612fc67-6150-4209-a85e-a8d800000042';
const invalidData = Symbol('ERROR_INVALID_DATA');
const filled = { type: 'pin', label: '', data: 'x', flags: [], minLength: 0, maxLength: 9 } as const;
const failedResult = { isSuccess: false, failureReasonCode: 0 };
const emptyIdentity = { invokeUi: false, identity: undefined, credentials: undefined };
const noIdentity = { identity: undefined, credentials: undefined };

interface Row {
  readonly call: (host: EapHost, session: Session) => Promise<unknown>;
  /** The action that the run-time's steps return meanwhile. */
  readonly action?: keyof typeof actions;
  /** What comes of success with no outputs: a value, or invalidData. */
  readonly empty: unknown;
  /** What comes of NULL with a size; as `empty` where it is left out. */
  readonly sized?: unknown;
  /** It has no EAP_ERROR. */
  readonly plain?: true;
}

/** The parts of a step or a result that tell one from another. */
const brief = (step: Step): unknown => {
  if (step.action !== 'result') return step;
  const { isSuccess, failureReasonCode } = step.result;
  return { isSuccess, failureReasonCode };
};
const process = async (_: EapHost, session: Session) => brief(await session.process(packet));

const table: Readonly<Partial<Record<FunctionName, Row>>> = {
  BeginSession: {
    call: async (host) => {
      const session = await host.beginSession({ method });
      await session.end();
    },
    empty: invalidData,
  },
  ProcessReceivedPacket: { call: process, empty: { action: 'discard' } },
  GetSendPacket: { call: process, action: 'send', empty: invalidData },
  GetResult: { call: process, action: 'result', empty: failedResult },
  GetUIContext: { call: process, action: 'invokeUi', empty: { action: 'invokeUi', context: nothing } },
  SetUIContext: { call: (_, session) => session.setUiContext(packet), empty: { action: 'discard' } },
  GetResponseAttributes: { call: process, action: 'respond', empty: { action: 'respond', attributes: [] } },
  SetResponseAttributes: {
    call: (_, session) => session.setResponseAttributes([]),
    empty: { action: 'discard' },
  },
  GetAuthStatus: { call: (_, session) => session.getAuthStatus('identity'), empty: '' },
  EndSession: {
    call: async (host) => {
      const session = await host.beginSession({ method });
      await session.end();
    },
    empty: undefined,
  },
  ClearConnection: { call: (host) => host.clearConnection(guid), empty: undefined },
  GetIdentity: { call: (host) => host.getIdentity({ method }), empty: emptyIdentity },
  GetDataToUnplumbCredentials: {
    call: (_, session) => session.getDataToUnplumbCredentials(),
    empty: { connectionId: '00000000-0000-0000-0000-000000000000', userToken: 0n, saveToCredMan: false },
  },
  GetEncryptedPassword: { call: (host) => host.getEncryptedPassword('x'), empty: invalidData, plain: true },
  GetMethods: { call: (host) => host.getMethods(), empty: [] },
  GetMethodProperties: {
    call: (host) => host.getMethodProperties({ method }),
    empty: { properties: [], others: new Map() },
  },
  ConfigBlob2Xml: { call: (host) => host.configToXml({ method, blob: packet }), empty: invalidData },
  ...(globalThis.process.platform === 'win32'
    ? {
        ConfigXml2Blob: { call: (host) => host.configFromXml(profiles.mschapv2({})), empty: invalidData },
        CredentialsXml2Blob: {
          call: (host) => host.credentialsFromXml(profiles.credentials.mschapv2({})),
          empty: invalidData,
        },
      }
    : {}),
  QueryCredentialInputFields: { call: (host) => host.queryCredentialInputFields({ method }), empty: [] },
  QueryUserBlobFromCredentialInputFields: {
    call: (host) => host.userBlobFromCredentialInputFields([filled], { method, credentials: packet }),
    empty: nothing,
    sized: invalidData,
  },
  QueryInteractiveUIInputFields: {
    call: (host) => host.queryInteractiveUiInputFields(packet),
    empty: { kind: 'credentials', fields: [] },
  },
  QueryUIBlobFromInteractiveUIInputFields: {
    call: (host) => host.uiBlobFromInteractiveUiInputFields(packet, { kind: 'logon', fields: [filled] }),
    empty: nothing,
    sized: invalidData,
  },
  InvokeConfigUI: { call: (host) => host.invokeConfigUi({ method }), empty: nothing, sized: invalidData },
  InvokeIdentityUI: {
    call: (host) => host.invokeIdentityUi({ method }),
    empty: noIdentity,
    sized: invalidData,
  },
  InvokeInteractiveUI: {
    call: (host) => host.invokeInteractiveUi(packet),
    empty: nothing,
    sized: invalidData,
  },
};

describe('A faulty run-time', () => {
  let native: NativeRuntime;
  let host: EapHost;
  let session: Session;

  const set = (name: FunctionName, fault: keyof typeof faults): void => {
    native.setOption(functions.indexOf(name), faults[fault]);
  };
  const isClean = (sessions: number): boolean => {
    const counters = native.counters();
    // In place of loaded methods it counts what came back through the wrong function.
    return counters.outstandingBlocks === 0 && counters.sessions === sessions && counters.loadedMethods === 0;
  };

  beforeEach(async () => {
    const library = libraryPath('faultyruntime');
    native = await loadNative().openRuntime({
      runtimeLibrary: library,
      configurationLibrary: library,
      system: false,
      maxLanes: 4,
    });
    host = new EapHost('system', native, new HostedMethods(native, ''));
    session = await host.beginSession({ method });
  });

  afterEach(async () => {
    for (const name of functions) set(name, 'works');
    native.setOption(optionAction, actions.discard);
    // The host and the session still work.
    assert.equal((await session.process(packet)).action, 'discard');
    assert.equal((await host.getMethods()).length, 2);
    await session.end();
    await eventually(() => isClean(0), `nothing is left: ${JSON.stringify(native.counters())}`);
    await host.close();
  });

  for (const [name, row] of Object.entries(table) as [FunctionName, Row][]) {
    const call = `EapHostPeer${name}`;
    const run = (): Promise<unknown> => row.call(host, session);

    describe(call, () => {
      beforeEach(() => {
        native.setOption(optionAction, actions[row.action ?? 'discard']);
      });

      const isFailure = (error: unknown, code: string): error is EapError => {
        assert.ok(hasCode(error, code));
        assert.equal(error.call, call);
        return true;
      };

      it('works', async () => {
        // There are no documents in it to give.
        if (name === 'ConfigBlob2Xml')
          await assert.rejects(run(), (error) => isFailure(error, 'ERROR_INVALID_DATA'));
        else await run();
      });

      it('fails with a code alone', async () => {
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
        it(`fails with an EAP_ERROR${fault === 'error' ? '' : ' without strings'}`, async () => {
          set(name, fault);
          await assert.rejects(run(), (error) => {
            assert.ok(isFailure(error, 'ERROR_NO_SUCH_USER'));
            if (row.plain) return true;
            assert.equal(error.reasonCode, 1326);
            assert.deepEqual(error.method, method);
            assert.equal(error.rootCauseGuid, '00000001-0000-0000-0000-000000000000');
            assert.equal(error.rootCause, fault === 'error' ? 'faulty cause' : undefined);
            assert.equal(error.repair, fault === 'error' ? 'faulty repair' : undefined);
            return true;
          });
        });
      }

      for (const [fault, outcome] of [
        ['nullOutputs', row.empty],
        ['unwritten', row.empty],
        ['countOfNothing', 'sized' in row ? row.sized : row.empty],
      ] as const) {
        it(`succeeds with nothing: ${fault}`, async () => {
          set(name, fault);
          if (fault === 'unwritten' && name === 'QueryUserBlobFromCredentialInputFields') {
            // The blob that was to be brought up to date is its own answer.
            assert.deepEqual(await run(), packet);
          } else if (outcome === invalidData) {
            await assert.rejects(run(), (error) => isFailure(error, 'ERROR_INVALID_DATA'));
          } else {
            assert.deepEqual(await run(), outcome);
          }
        });
      }

      it('blocks for a second, and holds up nobody else', async () => {
        set(name, 'blocks');
        const started = performance.now();
        const blocked = run().then(
          () => performance.now() - started,
          () => performance.now() - started,
        );
        const other = await host.beginSession({ method }).finally(() => undefined);
        if (name !== 'BeginSession') {
          if (name !== 'EndSession') set('EndSession', 'works');
          await other.getAuthStatus('identity').catch(() => undefined);
        }
        assert.ok((await blocked) >= 990);
        await other.end();
      });
    });
  }

  it('says so where it asks for what nobody knows', async () => {
    native.setOption(optionAction, actions.unknown);
    await assert.rejects(session.process(packet), (error) => {
      assert.ok(hasCode(error, 'ERROR_INVALID_DATA'));
      assert.match(error.message, /unknown action 77/u);
      return true;
    });
  });

  it('hands out everything, and gets everything back', async () => {
    native.setOption(optionAction, actions.result);
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
