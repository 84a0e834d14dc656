// Ill-formed arguments of each kind: each is refused with the right kind of error, which names the argument, and
// nothing native runs.

import assert from 'node:assert/strict';

import {
  openEapHost,
  type BeginSessionOptions,
  type EapHost,
  type OpenOptions,
  type Session,
} from '../../lib/index.js';
import { libraryPath, openTestHost, trivialType, useLeakCheck } from './support.js';
import { FakeLink, FakeNative, fakeSession, ill } from './fakes.js';

type Kind = 'TypeError' | 'RangeError';

/** An ill-formed value: what is refused, how, and by which name. */
interface Case<T> {
  readonly options: T;
  readonly kind: Kind;
  readonly name: string;
}

function title(value: unknown): string {
  const text = JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
  return (text ?? String(value)).slice(0, 70);
}

function isRefusal({ kind, name }: Omit<Case<unknown>, 'options'>): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Error);
    assert.equal(error.name, kind, error.message);
    assert.ok(error.message.includes(name), `${name} in: ${error.message}`);
    return true;
  };
}

const dll = libraryPath('trivialmethod');
const definition = { type: { type: 200 }, name: 'x', properties: 0, peer: {} };

const open: Case<OpenOptions>[] = [
  { options: ill(5), kind: 'TypeError', name: 'options' },
  { options: ill(null), kind: 'TypeError', name: 'options' },
  { options: { runtime: ill('windows') }, kind: 'TypeError', name: 'runtime' },
  { options: { runtime: ill(1) }, kind: 'TypeError', name: 'runtime' },
  { options: { maxLanes: ill('64') }, kind: 'TypeError', name: 'maxLanes' },
  { options: { maxLanes: 0 }, kind: 'RangeError', name: 'maxLanes' },
  { options: { maxLanes: 1025 }, kind: 'RangeError', name: 'maxLanes' },
  { options: { maxLanes: 1.5 }, kind: 'RangeError', name: 'maxLanes' },
  { options: { maxLanes: Number.NaN }, kind: 'RangeError', name: 'maxLanes' },
  { options: { identityNeedsUserData: ill('yes') }, kind: 'TypeError', name: 'identityNeedsUserData' },
  { options: { signal: ill('stop') }, kind: 'TypeError', name: 'signal' },
  { options: { methods: ill({}) }, kind: 'TypeError', name: 'methods' },
  { options: { methods: ill([5]) }, kind: 'TypeError', name: 'methods[0]' },
  {
    options: { methods: [ill({ ...definition, type: undefined })] },
    kind: 'TypeError',
    name: 'methods[0].type',
  },
  { options: { methods: [ill({ ...definition, name: 5 })] }, kind: 'TypeError', name: 'methods[0].name' },
  {
    options: { methods: [ill({ ...definition, properties: '' })] },
    kind: 'TypeError',
    name: 'methods[0].properties',
  },
  { options: { methods: [ill({ ...definition, peer: null })] }, kind: 'TypeError', name: 'methods[0].peer' },
  { options: { methods: [ill(definition), ill(definition)] }, kind: 'TypeError', name: 'methods[1]' },
  { options: { methodDlls: ill('x') }, kind: 'TypeError', name: 'methodDlls' },
  { options: { methodDlls: [ill(undefined)] }, kind: 'TypeError', name: 'methodDlls[0]' },
  {
    options: { methodDlls: [{ type: { type: 0 }, dllPath: dll }] },
    kind: 'RangeError',
    name: 'methodDlls[0].type',
  },
  { options: { methodDlls: [{ type: trivialType, dllPath: ill(5) }] }, kind: 'TypeError', name: 'dllPath' },
  { options: { methodDlls: [{ type: trivialType, dllPath: 'x.dll' }] }, kind: 'RangeError', name: 'dllPath' },
  { options: { methodDlls: [{ type: trivialType, dllPath: '' }] }, kind: 'RangeError', name: 'dllPath' },
  {
    options: { methodDlls: [{ type: trivialType, dllPath: `${dll}\0` }] },
    kind: 'RangeError',
    name: 'dllPath',
  },
  {
    options: { methodDlls: [{ type: trivialType, dllPath: dll, friendlyName: ill(5) }] },
    kind: 'TypeError',
    name: 'friendlyName',
  },
  {
    options: { methodDlls: [{ type: trivialType, dllPath: dll, authorName: ill({}) }] },
    kind: 'TypeError',
    name: 'authorName',
  },
  {
    options: { methodDlls: [{ type: trivialType, dllPath: dll, properties: [ill('fast')] }] },
    kind: 'TypeError',
    name: 'properties[0]',
  },
];

const method = trivialType;
const begin: Case<BeginSessionOptions>[] = [
  { options: ill(undefined), kind: 'TypeError', name: 'options' },
  { options: ill(null), kind: 'TypeError', name: 'options' },
  { options: ill({}), kind: 'TypeError', name: 'method' },
  { options: { method: ill('teap') }, kind: 'TypeError', name: 'method' },
  { options: { method: ill('toString') }, kind: 'TypeError', name: 'method' },
  { options: { method: ill(25) }, kind: 'TypeError', name: 'method' },
  { options: { method: ill({ type: '25' }) }, kind: 'TypeError', name: 'method.type' },
  { options: { method: { type: 0 } }, kind: 'RangeError', name: 'method.type' },
  { options: { method: { type: 255 } }, kind: 'RangeError', name: 'method.type' },
  { options: { method: { type: 25.5 } }, kind: 'RangeError', name: 'method.type' },
  { options: { method: { type: -1 } }, kind: 'RangeError', name: 'method.type' },
  { options: { method: { type: 254, vendorId: 2 ** 32 } }, kind: 'RangeError', name: 'method.vendorId' },
  { options: { method: { type: 254, vendorType: -1 } }, kind: 'RangeError', name: 'method.vendorType' },
  { options: { method: { type: 25, vendorId: 1 } }, kind: 'RangeError', name: 'vendorId' },
  { options: { method: { type: 25, authorId: ill(311n) } }, kind: 'TypeError', name: 'method.authorId' },
  { options: { method, flags: ill('machineAuth') }, kind: 'TypeError', name: 'flags' },
  { options: { method, flags: ill(0x20) }, kind: 'TypeError', name: 'flags' },
  { options: { method, flags: ['vpn', ill('MACHINE_AUTH')] }, kind: 'TypeError', name: 'flags[1]' },
  { options: { method, attributes: ill({}) }, kind: 'TypeError', name: 'attributes' },
  { options: { method, attributes: [ill('x')] }, kind: 'TypeError', name: 'attributes[0]' },
  {
    options: { method, attributes: [{ type: ill('26'), value: Buffer.alloc(0) }] },
    kind: 'TypeError',
    name: 'attributes[0].type',
  },
  {
    options: { method, attributes: [{ type: 2 ** 31, value: Buffer.alloc(0) }] },
    kind: 'RangeError',
    name: 'attributes[0].type',
  },
  {
    options: { method, attributes: [{ type: 26, value: ill('text') }] },
    kind: 'TypeError',
    name: 'attributes[0].value',
  },
  { options: { method, userToken: ill(0) }, kind: 'TypeError', name: 'userToken' },
  { options: { method, userToken: ill('other') }, kind: 'TypeError', name: 'userToken' },
  { options: { method, userToken: ill({}) }, kind: 'TypeError', name: 'userToken.session' },
  { options: { method, userToken: { session: -1 } }, kind: 'RangeError', name: 'userToken.session' },
  { options: { method, userToken: -1n }, kind: 'RangeError', name: 'userToken' },
  { options: { method, userToken: 2n ** 64n }, kind: 'RangeError', name: 'userToken' },
  { options: { method, config: ill('blob') }, kind: 'TypeError', name: 'config' },
  { options: { method, config: ill([1, 2]) }, kind: 'TypeError', name: 'config' },
  { options: { method, config: ill(new ArrayBuffer(4)) }, kind: 'TypeError', name: 'config' },
  { options: { method, credentials: ill('secret') }, kind: 'TypeError', name: 'credentials' },
  { options: { method, credentials: ill(null) }, kind: 'TypeError', name: 'credentials' },
  {
    options: { method, credentials: { username: 'a', password: 'b' } },
    kind: 'TypeError',
    name: 'credentials',
  },
  { options: { method, maxSendPacketSize: ill('1400') }, kind: 'TypeError', name: 'maxSendPacketSize' },
  { options: { method, maxSendPacketSize: 255 }, kind: 'RangeError', name: 'maxSendPacketSize' },
  { options: { method, maxSendPacketSize: 65_536 }, kind: 'RangeError', name: 'maxSendPacketSize' },
  { options: { method, maxSendPacketSize: 1400.5 }, kind: 'RangeError', name: 'maxSendPacketSize' },
  { options: { method, connectionId: ill(5) }, kind: 'TypeError', name: 'connectionId' },
  { options: { method, connectionId: 'no guid' }, kind: 'RangeError', name: 'connectionId' },
  {
    options: { method, connectionId: '{9612fc67-6150-4209-a85e-a8d80000000}' },
    kind: 'RangeError',
    name: 'connectionId',
  },
  { options: { method, signal: ill({}) }, kind: 'TypeError', name: 'signal' },
];

const credentials: Case<BeginSessionOptions['credentials']>[] = [
  { options: ill({}), kind: 'TypeError', name: 'credentials.username' },
  { options: ill({ username: 'a' }), kind: 'TypeError', name: 'credentials.password' },
  { options: ill({ username: 5, password: 'b' }), kind: 'TypeError', name: 'credentials.username' },
  {
    options: ill({ username: 'a', password: 'b', domain: 5 }),
    kind: 'TypeError',
    name: 'credentials.domain',
  },
  { options: ill({ username: 'a', password: 'b', newPassword: 5 }), kind: 'TypeError', name: 'newPassword' },
  { options: { username: '', password: 'b' }, kind: 'RangeError', name: 'credentials' },
  { options: { username: 'a'.repeat(300), password: 'b' }, kind: 'RangeError', name: 'credentials' },
  { options: { username: 'a', password: 'b'.repeat(300) }, kind: 'RangeError', name: 'credentials' },
];

const calls: (Omit<Case<unknown>, 'options'> & {
  readonly title: string;
  readonly call: (session: Session) => Promise<unknown>;
})[] = [
  { title: "process('x')", call: (s) => s.process(ill('x')), kind: 'TypeError', name: 'packet' },
  { title: 'process(undefined)', call: (s) => s.process(ill(undefined)), kind: 'TypeError', name: 'packet' },
  {
    title: 'process(packet, 5)',
    call: (s) => s.process(Buffer.alloc(5), ill(5)),
    kind: 'TypeError',
    name: 'options',
  },
  {
    title: 'process(packet, { signal: 5 })',
    call: (s) => s.process(Buffer.alloc(5), { signal: ill(5) }),
    kind: 'TypeError',
    name: 'signal',
  },
  { title: 'setUiContext([])', call: (s) => s.setUiContext(ill([])), kind: 'TypeError', name: 'context' },
  {
    title: 'setResponseAttributes(undefined)',
    call: (s) => s.setResponseAttributes(ill(undefined)),
    kind: 'TypeError',
    name: 'attributes',
  },
  {
    title: 'setResponseAttributes([{ type: 1 }])',
    call: (s) => s.setResponseAttributes([ill({ type: 1 })]),
    kind: 'TypeError',
    name: 'attributes[0].value',
  },
  { title: 'getResult(1)', call: (s) => s.getResult(ill(1)), kind: 'TypeError', name: 'reason' },
  {
    title: "getResult('success')",
    call: (s) => s.getResult(ill('success')),
    kind: 'TypeError',
    name: 'reason',
  },
  {
    title: "getAuthStatus('status')",
    call: (s) => s.getAuthStatus(ill('status')),
    kind: 'TypeError',
    name: 'parameter',
  },
  { title: 'restart(5)', call: (s) => s.restart(ill(5)), kind: 'TypeError', name: 'options' },
  {
    title: 'authenticate(undefined)',
    call: (s) => s.authenticate(ill(undefined)),
    kind: 'TypeError',
    name: 'transport',
  },
  {
    title: 'authenticate({ send })',
    call: (s) => s.authenticate(ill({ send: () => undefined })),
    kind: 'TypeError',
    name: 'transport',
  },
  {
    title: 'authenticate(link, null)',
    call: (s) => s.authenticate(new FakeLink(), ill(null)),
    kind: 'TypeError',
    name: 'options',
  },
  {
    title: 'authenticate(link, { timeoutMs: 0 })',
    call: (s) => s.authenticate(new FakeLink(), { timeoutMs: 0 }),
    kind: 'RangeError',
    name: 'timeoutMs',
  },
  {
    title: "authenticate(link, { timeoutMs: '5' })",
    call: (s) => s.authenticate(new FakeLink(), { timeoutMs: ill('5') }),
    kind: 'TypeError',
    name: 'timeoutMs',
  },
  ...(['onUi', 'onAttributes', 'onPacket', 'onStep'] as const).map((name) => ({
    title: `authenticate(link, { ${name}: 5 })`,
    call: (s: Session) => s.authenticate(new FakeLink(), { [name]: ill(5) }),
    kind: 'TypeError' as const,
    name,
  })),
];

const hostCalls: (Omit<Case<unknown>, 'options'> & {
  readonly title: string;
  readonly call: (host: EapHost) => Promise<unknown>;
})[] = [
  {
    title: 'registerMethod(undefined)',
    call: (h) => h.registerMethod(ill(undefined)),
    kind: 'TypeError',
    name: 'method',
  },
  {
    title: 'registerMethod without a path',
    call: (h) => h.registerMethod(ill({ type: { type: 200 } })),
    kind: 'TypeError',
    name: 'method.dllPath',
  },
  {
    title: 'registerMethod with a relative path',
    call: (h) => h.registerMethod({ type: { type: 200 }, dllPath: 'method.dll' }),
    kind: 'RangeError',
    name: 'method.dllPath',
  },
  {
    title: 'unregisterMethod(25)',
    call: (h) => h.unregisterMethod(ill(25)),
    kind: 'TypeError',
    name: 'type',
  },
  {
    title: "clearConnection('x')",
    call: (h) => h.clearConnection('x'),
    kind: 'RangeError',
    name: 'connectionId',
  },
  {
    title: 'clearConnection(5)',
    call: (h) => h.clearConnection(ill(5)),
    kind: 'TypeError',
    name: 'connectionId',
  },
];

describe('Ill-formed arguments', () => {
  useLeakCheck();

  for (const test of open) {
    it(`openEapHost(${title(test.options)})`, async () => {
      const { options } = test;
      const isObject = typeof options === 'object' && options !== null;
      // On Windows some of them are for the embedded run-time only.
      const opening = openEapHost(isObject ? { runtime: 'embedded', ...options } : options);
      await assert.rejects(opening, isRefusal(test));
    });
  }

  for (const name of ['methods', 'methodDlls', 'identityNeedsUserData'] as const) {
    it(`openEapHost({ runtime: 'system', ${name} })`, async () => {
      const value = name === 'identityNeedsUserData' ? true : [];
      await assert.rejects(
        openEapHost({ runtime: 'system', [name]: value }),
        isRefusal({ kind: 'TypeError', name: `${name} is for the embedded run-time` }),
      );
    });
  }

  describe('of a session', () => {
    let host: EapHost;
    before(async () => {
      host = await openTestHost();
    });
    after(() => host.close());

    for (const test of begin) {
      it(`beginSession(${title(test.options)})`, async () => {
        await assert.rejects(host.beginSession(test.options), isRefusal(test));
      });
    }

    for (const test of hostCalls) {
      it(test.title, async () => {
        await assert.rejects(test.call(host), isRefusal(test));
      });
    }
  });

  describe('of credentials', () => {
    let host: EapHost;
    before(async () => {
      host = await openEapHost({ runtime: 'embedded' });
    });
    after(() => host.close());

    for (const test of credentials) {
      it(`credentials ${title(test.options)}`, async () => {
        const options = { method: 'mschapv2', credentials: test.options } as const;
        await assert.rejects(host.beginSession(options), isRefusal(test));
      });
    }

    it('never repeats a secret', async () => {
      const secret = 'correct horse';
      const options = { method: 'mschapv2', credentials: { username: '', password: secret } } as const;
      await assert.rejects(
        host.beginSession(options),
        (error: Error) => !String(error.stack).includes(secret),
      );
    });
  });

  for (const test of calls) {
    it(test.title, async () => {
      const native = new FakeNative();
      await assert.rejects(test.call(fakeSession(native)), isRefusal(test));
      assert.deepEqual(native.packets, []);
      assert.equal(native.ends, 0);
    });
  }
});
