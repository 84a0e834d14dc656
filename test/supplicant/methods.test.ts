// The built-in methods end to end: TypeScript behind the shim, in the embedded run-time, against their own
// authenticators in memory.

import assert from 'node:assert/strict';

import { decodeKeys, EapError, openEapHost, type EapHost } from '../../lib/index.js';
import {
  md5Authenticator,
  memoryUsers,
  mschapv2Authenticator,
  type CredentialsInput,
} from '../../lib/methods/index.js';
import { AuthenticatorLink } from './authenticator-link.js';
import { answerTo, eapSuccess, identityRequest, request, scriptMethod, scriptType } from './script-method.js';
import { hasCode, scriptedDll, trivialDll, trivialType, useLeakCheck } from './support.js';

const users = memoryUsers({
  alice: 'correct horse',
  'EXAMPLE\\bob': 'pass wörd',
  carol: { password: 'right', state: 'disabled' },
});
const authenticators = {
  md5: md5Authenticator({ users }).authenticator,
  mschapv2: mschapv2Authenticator({ users }).authenticator,
};
const alice: CredentialsInput = { username: 'alice', password: 'correct horse' };

describe('The built-in methods', () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openEapHost({ runtime: 'embedded' });
  });
  after(() => host.close());

  const authenticate = async (method: keyof typeof authenticators, credentials: CredentialsInput) => {
    await using session = await host.beginSession({ method, credentials });
    const link = new AuthenticatorLink(authenticators[method]);
    const peer = await session.authenticate(link, { timeoutMs: 30_000 });
    return { peer, authenticator: link.result };
  };

  for (const method of ['md5', 'mschapv2'] as const) {
    it(`${method} accepts`, async () => {
      for (const credentials of [
        alice,
        { ...alice, password: Buffer.from('correct horse') },
        { username: 'bob', domain: 'EXAMPLE', password: 'pass wörd' },
      ]) {
        const { peer, authenticator } = await authenticate(method, credentials);
        assert.equal(peer.isSuccess, true);
        assert.equal(peer.reason, undefined);
        assert.equal(authenticator?.isSuccess, true);
        const ours = peer.keys.msk;
        const theirs = decodeKeys(authenticator.attributes, 'authenticator').msk;
        assert.deepEqual(ours, theirs);
        assert.equal(ours?.length, method === 'mschapv2' ? 64 : undefined);
        if (ours !== undefined) assert.notDeepEqual(ours.subarray(0, 32), Buffer.alloc(32));
      }
    });

    it(`${method} rejects a wrong password`, async () => {
      const { peer, authenticator } = await authenticate(method, { ...alice, password: 'wrong' });
      assert.equal(authenticator?.isSuccess, false);
      assert.equal(peer.isSuccess, false);
      assert.equal(peer.reason, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
      assert.equal(peer.keys.msk, undefined);
      assert.ok(peer.error instanceof EapError);
      assert.ok(!peer.error.message.includes('wrong horse'));
    });

    it(`${method} rejects an unknown user`, async () => {
      const { peer } = await authenticate(method, { username: 'mallory', password: 'x' });
      assert.equal(peer.isSuccess, false);
      assert.equal(peer.reason, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    });

    it(`${method} asks for the user interface where it has no credentials`, async () => {
      await using session = await host.beginSession({ method });
      const link = new AuthenticatorLink(authenticators[method]);
      await assert.rejects(session.authenticate(link), (error) => hasCode(error, 'EAPHOST_UI_REQUIRED'));
    });
  }

  it('authenticate a hundred users at once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        authenticate(
          index % 2 === 0 ? 'md5' : 'mschapv2',
          index % 5 === 0 ? { ...alice, password: 'no' } : alice,
        ),
      ),
    );
    for (const [index, { peer }] of outcomes.entries()) assert.equal(peer.isSuccess, index % 5 !== 0);
  });

  it('serve a session again and again', async () => {
    await using session = await host.beginSession({ method: 'mschapv2', credentials: alice });
    for (let round = 0; round < 3; round += 1) {
      const link = new AuthenticatorLink(authenticators.mschapv2);
      assert.equal((await session.authenticate(link)).isSuccess, true);
      await session.restart();
    }
  });

  it('name their types to the system run-time, too', async () => {
    await using session = await host.beginSession({ method: 'mschapv2', credentials: alice });
    assert.deepEqual(session.method, { type: 26, vendorId: 0, vendorType: 0, authorId: 0 });
  });
});

describe('A method in TypeScript', () => {
  useLeakCheck();

  it('is given what the session was begun with', async () => {
    const config = Buffer.from('config');
    const credentials = Buffer.from('credentials');
    let seen: unknown;
    const method = scriptMethod({
      begin: (begin) => {
        seen = {
          flags: [...begin.flags],
          config: Buffer.from(begin.config),
          credentials: Buffer.from(begin.credentials),
          attributes: begin.attributes.map(({ type, value }) => [type, Buffer.from(value)]),
          maxSendPacketSize: begin.maxSendPacketSize,
        };
      },
      getIdentity: (given) => ({ identity: 'x', credentials: Buffer.from(given.credentials) }),
    });
    await using host = await openEapHost({ runtime: 'embedded', methods: [method] });
    await using session = await host.beginSession({
      method: scriptType,
      flags: ['nonInteractive', 'machineAuth'],
      attributes: [{ type: 30, value: Buffer.from('00-11-22') }],
      config,
      credentials,
      maxSendPacketSize: 1020,
    });
    // What the caller does with its blobs afterwards does not matter.
    config.fill(0);
    credentials.fill(0);
    await session.process(identityRequest);
    await session.process(request(2));
    assert.deepEqual(seen, {
      flags: ['nonInteractive', 'machineAuth'],
      config: Buffer.from('config'),
      credentials: Buffer.from('credentials'),
      attributes: [[30, Buffer.from('00-11-22')]],
      maxSendPacketSize: 1020,
    });
  });

  it('takes the place of a built-in one, and gives it back to a DLL', async () => {
    const mine = scriptMethod({ type: { type: 26 } });
    await using host = await openEapHost({ runtime: 'embedded', methods: [mine] });
    await using session = await host.beginSession({ method: 'mschapv2', credentials: alice });
    await session.process(identityRequest);
    const packet = request(2, Buffer.from('mine'), { type: 26 });
    const step = await session.process(packet);
    assert.ok(step.action === 'send');
    assert.deepEqual(step.packet, answerTo(packet));
    await session.end();
    await host.unregisterMethod({ type: 26 });
    await assert.rejects(host.beginSession({ method: 'mschapv2' }), (error) =>
      hasCode(error, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED'),
    );
  });

  it('keeps its place where there is no DLL at the path, which the registration says', async () => {
    await using own = await openEapHost({ runtime: 'embedded', methods: [scriptMethod({})] });
    const dll = { type: scriptType, dllPath: `${trivialDll.dllPath}.none` };
    const isMissing = (error: unknown): boolean =>
      hasCode(error, 'ERROR_MOD_NOT_FOUND') && error.message.includes(dll.dllPath);
    await assert.rejects(own.registerMethod(dll), isMissing);
    await assert.rejects(openEapHost({ runtime: 'embedded', methodDlls: [dll] }), isMissing);
    await using session = await own.beginSession({ method: scriptType });
    assert.equal((await session.process(identityRequest)).action, 'send');
  });

  it('yields to a DLL of its type', async () => {
    const script = scriptMethod({ type: trivialType, process: () => ({ action: 'none' }) });
    await using host = await openEapHost({
      runtime: 'embedded',
      methods: [script],
      methodDlls: [scriptedDll],
    });
    const actionOf = async () => {
      await using session = await host.beginSession({ method: trivialType, credentials: Buffer.of(1) });
      await session.process(identityRequest);
      return (await session.process(request(2, Buffer.of(0), trivialType))).action;
    };
    assert.equal(await actionOf(), 'none');
    await host.registerMethod(trivialDll);
    assert.equal(await actionOf(), 'send');
  });

  it('may share its EAP type with one of another author', async () => {
    const first = { ...scriptType, authorId: 1 };
    const second = { ...scriptType, authorId: 2 };
    const answer = (text: string) => (packet: Buffer) => ({
      action: 'send' as const,
      packet: answerTo(request(packet.readUInt8(1), Buffer.from(text))),
    });
    await using host = await openEapHost({
      runtime: 'embedded',
      methods: [
        scriptMethod({ type: first, process: answer('first') }),
        scriptMethod({ type: second, process: answer('second') }),
      ],
    });
    for (const [method, text] of [
      [first, 'first'],
      [second, 'second'],
    ] as const) {
      await using session = await host.beginSession({ method, credentials: Buffer.of(1) });
      await session.process(identityRequest);
      const step = await session.process(request(2));
      assert.ok(step.action === 'send');
      assert.ok(step.packet.includes(text));
    }
  });

  it('has its own errors told', async () => {
    const method = scriptMethod({
      process: () => {
        throw new EapError('the token is worn out', {
          code: 'EAP_E_USER_CREDENTIALS_REJECTED',
          winError: 0x80420111,
          reasonCode: 0x80420113,
          rootCause: 'The token is worn out',
          repair: 'Get another token',
          rootCauseGuid: '9612fc67-6150-4209-a85e-a8d80000020e',
        });
      },
    });
    await using host = await openEapHost({ runtime: 'embedded', methods: [method] });
    await using session = await host.beginSession({ method: scriptType, credentials: Buffer.of(1) });
    await session.process(identityRequest);
    await assert.rejects(session.process(request(2)), (error) => {
      assert.ok(hasCode(error, 'EAP_E_USER_CREDENTIALS_REJECTED'));
      assert.equal(error.winError, 0x80420111);
      assert.equal(error.reasonCode, 0x80420113);
      assert.deepEqual(error.method, scriptType);
      assert.equal(error.rootCause, 'The token is worn out');
      assert.equal(error.repair, 'Get another token');
      assert.equal(error.rootCauseGuid, '9612fc67-6150-4209-a85e-a8d80000020e');
      assert.equal(error.repairGuid, undefined);
      return true;
    });
  });

  it('ends with its session', async () => {
    let ended = 0;
    const end = (): void => {
      ended += 1;
    };
    await using host = await openEapHost({ runtime: 'embedded', methods: [scriptMethod({ end })] });
    const session = await host.beginSession({ method: scriptType, credentials: Buffer.of(1) });
    await session.process(identityRequest);
    await session.process(request(2));
    await session.process(eapSuccess(2));
    await session.end();
    assert.equal(ended, 1);
  });
});

describe('A session without credentials', () => {
  useLeakCheck();

  it('has an identity of the method’s where the method knows one', async () => {
    await using host = await openEapHost({ runtime: 'embedded', methodDlls: [trivialDll] });
    await using session = await host.beginSession({ method: trivialType });
    assert.equal((await session.process(identityRequest)).action, 'send');
  });

  it('has none with identityNeedsUserData, and says what is missing', async () => {
    const options = { runtime: 'embedded', methodDlls: [trivialDll], identityNeedsUserData: true } as const;
    await using host = await openEapHost(options);
    await using session = await host.beginSession({ method: trivialType });
    await assert.rejects(session.process(identityRequest), (error) => {
      assert.ok(hasCode(error, 'EAP_E_EAPHOST_IDENTITY_UNKNOWN'));
      assert.equal(error.winError, 0x80420014);
      assert.match(error.message, /pass credentials to beginSession\(\)/u);
      return true;
    });
    await using other = await host.beginSession({ method: trivialType, credentials: Buffer.of(1) });
    assert.equal((await other.process(identityRequest)).action, 'send');
  });
});

describe('A method in TypeScript that throws', () => {
  useLeakCheck();
  const thrown = new TypeError('the method tripped');
  const fail = (): never => {
    throw thrown;
  };
  const scripts = {
    getIdentity: { getIdentity: fail },
    beginSession: { begin: fail },
    processRequest: { process: fail },
    setResponseAttributes: {
      process: () => ({ action: 'respond', attributes: [] }) as const,
      setResponseAttributes: fail,
    },
    getResult: { getResult: fail },
    end: { end: fail },
  };
  for (const [call, script] of Object.entries(scripts)) {
    it(`in ${call} has its own error as the cause of the rejection`, async () => {
      await using host = await openEapHost({ runtime: 'embedded', methods: [scriptMethod(script)] });
      const conversation = async (): Promise<void> => {
        const session = await host.beginSession({ method: scriptType });
        await session.process(identityRequest);
        const step = await session.process(request(2));
        if (step.action === 'respond') await session.setResponseAttributes([]);
        await session.process(eapSuccess(2));
        await session.end();
      };
      await assert.rejects(conversation(), (error) => {
        assert.ok(error instanceof EapError);
        assert.equal(error.cause, thrown);
        assert.equal(error.rootCauseGuid, undefined);
        assert.ok(!error.message.includes(thrown.message));
        return true;
      });
    });
  }
});
