// Methods, XML and blobs, input fields and dialogs, through the run-time of the suites.

import assert from 'node:assert/strict';

import { EapError, openEapHost, type EapHost, type InputField } from '../../lib/index.js';
import { memoryUsers, mschapv2Authenticator } from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { AuthenticatorLink } from './authenticator-link.js';
import { ill } from './fakes.js';
import { identityRequest, request } from './script-method.js';
import { hasCode, openTestHost, runtime, scriptedType, trivialType, useLeakCheck } from './support.js';

const notSupported = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';
const mschapv2Type = { type: 26, vendorId: 0, vendorType: 0, authorId: 0 };

describe(`Configuration of the ${runtime} run-time`, () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openTestHost();
  });
  after(() => host.close());

  const scripted = (script: string) => ({ method: scriptedType, config: Buffer.from(script) });

  it('lists the methods', async () => {
    const methods = await host.getMethods();
    const found = methods.find(({ type }) => type.vendorType === scriptedType.vendorType);
    assert.deepEqual(found?.type, scriptedType);
    assert.equal(found.friendlyName, 'Scripted');
    assert.deepEqual(found.properties, ['mppeEncryption', 'supportsConfig']);
    assert.equal(found.inner, undefined);
  });

  it('knows what methods were registered with', async () => {
    const { properties, others } = await host.getMethodProperties({ method: scriptedType });
    assert.deepEqual(properties, ['mppeEncryption', 'supportsConfig']);
    assert.equal(others.size, 0);
  });

  it('asks a method what it says of a configuration', async () => {
    const { properties, others } = await host.getMethodProperties(scripted('any'));
    assert.deepEqual(properties, ['mutualAuth']);
    assert.deepEqual([...others], [[255, Buffer.from('text')]]);
  });

  const fields: InputField[] = [
    { type: 'username', label: 'Name', data: 'someone', flags: [], minLength: 1, maxLength: 256 },
    { type: 'password', label: 'Secret', data: '', flags: ['nonDisplayable'], minLength: 0, maxLength: 256 },
  ];
  const filled = fields.map((field) => ({ ...field, data: `${field.data}x` }));

  it('has the fields of the credentials, and takes them filled in', async () => {
    assert.deepEqual(await host.queryCredentialInputFields(scripted('any')), fields);
    const blob = await host.userBlobFromCredentialInputFields(filled, scripted('any'));
    assert.equal(blob.toString(), 'someonex|x|');
  });

  it('brings a user blob up to date, one that has room and one that has none', async () => {
    for (const old of ['a blob with a lot of room', 'small']) {
      const credentials = Buffer.from(old);
      const blob = await host.userBlobFromCredentialInputFields(filled, { ...scripted('any'), credentials });
      assert.equal(blob.toString(), 'someonex|x|');
      assert.equal(credentials.toString(), old);
    }
  });

  it('takes the fields that are not worth saying for granted', async () => {
    const plain = [
      { type: 6, data: 'one' },
      { type: 'pin', data: '' },
    ];
    const blob = await host.userBlobFromCredentialInputFields(ill(plain), scripted('any'));
    assert.equal(blob.toString(), 'one||');
  });

  for (const [call, ask] of Object.entries({
    EapHostPeerGetMethodProperties: () =>
      host.getMethodProperties(scripted('fail=GetMethodProperties:1317e')),
    EapHostPeerQueryCredentialInputFields: () =>
      host.queryCredentialInputFields(scripted('fail=QueryCredentialInputFields:1317e')),
    EapHostPeerQueryUserBlobFromCredentialInputFields: () =>
      host.userBlobFromCredentialInputFields(
        filled,
        scripted('fail=QueryUserBlobFromCredentialInputFields:1317e'),
      ),
    EapHostPeerInvokeConfigUI: () => host.invokeConfigUi(scripted('fail=InvokeConfigUI:1317e')),
    EapHostPeerInvokeIdentityUI: () => host.invokeIdentityUi(scripted('fail=InvokeIdentityUI:1317e')),
  })) {
    it(`${call} fails with all that an EAP_ERROR holds`, async () => {
      await assert.rejects(ask(), (error) => {
        assert.ok(hasCode(error, 'ERROR_NO_SUCH_USER'));
        assert.equal(error.call, call);
        assert.equal(error.reasonCode, 1318);
        assert.deepEqual(error.method, scriptedType);
        assert.equal(error.rootCause, 'scripted cause');
        assert.equal(error.repair, 'scripted repair');
        return true;
      });
    });
  }

  it('raises the dialogs', async () => {
    const config = await host.invokeConfigUi({
      ...scripted('any'),
      flags: ['configReadonly'],
      parentWindow: 0n,
    });
    assert.equal(config?.toString(), 'configured:any');
    assert.deepEqual(await host.invokeIdentityUi({ ...scripted('any'), parentWindow: Buffer.alloc(8) }), {
      identity: 'typed',
      credentials: Buffer.from('typed'),
    });
  });

  it('gives nothing where the user cancels', async () => {
    assert.equal(await host.invokeConfigUi(scripted('fail=InvokeConfigUI:1223')), undefined);
    assert.equal(await host.invokeIdentityUi(scripted('fail=InvokeIdentityUI:1223e')), undefined);
    assert.equal(await host.invokeConfigUi(scripted('fail=InvokeConfigUI:0x800704C7')), undefined);
  });

  it('answers a session that wants its user interface', async () => {
    await using session = await host.beginSession({
      ...scripted('step=ui,send'),
      credentials: Buffer.from('alice'),
    });
    await session.process(identityRequest);
    const step = await session.process(request(2, Buffer.of(0), scriptedType));
    assert.ok(step.action === 'invokeUi');

    const asked = await host.queryInteractiveUiInputFields(step.context);
    assert.deepEqual(asked, { kind: 'credentials', fields });
    const answer = await host.uiBlobFromInteractiveUiInputFields(step.context, { ...asked, fields: filled });
    assert.equal(answer.toString(), 'someonex|x|');
    assert.equal((await host.invokeInteractiveUi(step.context))?.toString(), 'answer');

    const expired = { kind: 'expired', fields: filled, newFields: fields } as const;
    const changed = await host.uiBlobFromInteractiveUiInputFields(step.context, expired);
    assert.equal(changed.toString(), 'someonex|x|->someone||');
    assert.equal((await session.setUiContext(answer)).action, 'send');
  });

  it('fails for contexts of nobody, and for methods without an ability', async () => {
    const nobodys = Buffer.from('not a context');
    for (const call of [
      host.queryInteractiveUiInputFields(nobodys),
      host.invokeInteractiveUi(nobodys),
      host.uiBlobFromInteractiveUiInputFields(nobodys, { kind: 'logon', fields: [] }),
    ]) {
      await assert.rejects(call, (error) => hasCode(error, 'ERROR_INVALID_PARAMETER'));
    }
    for (const call of [
      host.queryCredentialInputFields({ method: trivialType }),
      host.invokeConfigUi({ method: trivialType }),
      host.invokeIdentityUi({ method: trivialType }),
    ]) {
      await assert.rejects(call, (error) => hasCode(error, notSupported));
    }
    await assert.rejects(host.queryCredentialInputFields({ method: { type: 99 } }), (error) =>
      hasCode(error, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED'),
    );
  });

  it('refuses what is ill-formed before anything native runs', async () => {
    const method = scriptedType;
    const blob = Buffer.of(1);
    const cases: [Promise<unknown>, RegExp][] = [
      [host.getMethods({ signal: ill(5) }), /signal must be/u],
      [host.getMethodProperties(ill(undefined)), /options must be/u],
      [host.getMethodProperties({ method: ill('none') }), /method must be/u],
      [host.getMethodProperties({ method, config: ill('x') }), /config must be/u],
      [host.getMethodProperties({ method, flags: ill(['x']) }), /flags\[0\]/u],
      [host.getMethodProperties({ method, userToken: ill(1) }), /userToken must be/u],
      [host.getMethodProperties({ method, credentials: ill('x') }), /credentials must be/u],
      [host.configFromXml(ill(5)), /xml must be a string/u],
      [host.configToXml(ill(undefined)), /method must be/u],
      [host.configToXml({ method, blob: ill(5) }), /config.blob must be/u],
      [host.credentialsFromXml(ill(5)), /xml must be a string/u],
      [host.credentialsFromXml('', { config: ill(5) }), /config must be/u],
      [host.invokeConfigUi({ method, parentWindow: ill(5) }), /parentWindow must be a bigint/u],
      [host.invokeConfigUi({ method, parentWindow: Buffer.alloc(5) }), /parentWindow must have 4 or 8/u],
      [host.invokeInteractiveUi(ill('x')), /context must be/u],
      [host.invokeInteractiveUi(blob, { parentWindow: -1n }), /parentWindow must be the value/u],
      [host.queryInteractiveUiInputFields(ill(5)), /context must be/u],
      [host.uiBlobFromInteractiveUiInputFields(blob, ill(5)), /ui must be/u],
      [host.uiBlobFromInteractiveUiInputFields(blob, ill({ kind: 'x' })), /ui.kind must be/u],
      [host.uiBlobFromInteractiveUiInputFields(blob, ill({ kind: 'expired', fields })), /ui.newFields must/u],
      [host.userBlobFromCredentialInputFields(ill(5), { method }), /fields must be an array/u],
      [host.userBlobFromCredentialInputFields([ill(5)], { method }), /fields\[0\] must be/u],
    ];
    const bad: [Record<string, unknown>, RegExp][] = [
      [{ type: 'x' }, /fields\[0\].type must be one of/u],
      [{ type: -1 }, /fields\[0\].type must be an integer/u],
      [{ data: 5 }, /fields\[0\].data must be a string/u],
      [{ data: 'sec\0ret' }, /^fields\[0\].data must not hold NUL$/u],
      [{ data: 'x'.repeat(1025) }, /^fields\[0\].data must have at most 1024 UTF-16 units$/u],
      [{ label: 'x'.repeat(257) }, /fields\[0\].label must have/u],
      [{ flags: ['x'] }, /fields\[0\].flags\[0\]/u],
      [{ maxLength: -1 }, /fields\[0\].maxLength must be/u],
    ];
    for (const [change, message] of bad) {
      const changed: unknown = { ...filled[0], ...change };
      cases.push([host.userBlobFromCredentialInputFields([ill(changed)], { method }), message]);
    }
    await Promise.all(cases.map(([call, message]) => assert.rejects(call, { message })));
  });

  it('ends with its host', async () => {
    const closed = await openTestHost();
    const session = await closed.beginSession({ ...scripted('step=ui'), credentials: Buffer.from('alice') });
    await session.process(identityRequest);
    const step = await session.process(request(2, Buffer.of(0), scriptedType));
    assert.ok(step.action === 'invokeUi');
    // One that is under way is answered.
    const pending = closed.queryInteractiveUiInputFields(step.context);
    await closed.close();
    assert.equal((await pending).fields.length, 2);
    const isClosed = (error: unknown) => hasCode(error, 'EAPHOST_CLOSED');
    await assert.rejects(closed.getMethods(), isClosed);
    await assert.rejects(closed.configFromXml(profiles.mschapv2({})), isClosed);
    await assert.rejects(closed.invokeConfigUi(scripted('x')), isClosed);
  });

  it('is left by a caller who aborts', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const call = host.getMethods({ signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(call, reason);
    await assert.rejects(host.configFromXml('', { signal: controller.signal }), reason);
    assert.ok((await host.getMethods()).length > 0);
  });
});

describe('XML and blobs of the embedded run-time', () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openEapHost({ runtime: 'embedded' });
  });
  after(() => host.close());

  const users = memoryUsers({ 'EXAMPLE\\alice': 'correct horse' });
  const profileXml = profiles.mschapv2({ useWinlogonCredentials: false });
  const userXml = profiles.credentials.mschapv2({
    username: 'alice',
    password: 'correct horse',
    logonDomain: 'EXAMPLE',
  });

  it('authenticates from two documents to a result', async () => {
    const link = new AuthenticatorLink(mschapv2Authenticator({ users }).authenticator);
    await using eaphost = await openEapHost({ runtime: 'embedded' });
    const { method, blob } = await eaphost.configFromXml(profileXml);
    const credentials = await eaphost.credentialsFromXml(userXml, { method, config: blob });
    await using session = await eaphost.beginSession({ method, config: blob, credentials });
    const result = await session.authenticate(link);
    assert.equal(result.isSuccess, true);
    assert.equal(link.result?.isSuccess, true);
    assert.ok(result.keys.msk !== undefined);
  });

  for (const useWinlogonCredentials of [true, false]) {
    it(`goes there and back: MSCHAPv2, useWinlogonCredentials ${useWinlogonCredentials}`, async () => {
      const xml = profiles.mschapv2({ useWinlogonCredentials });
      const config = await host.configFromXml(xml);
      assert.deepEqual(config.method, mschapv2Type);
      assert.equal(await host.configToXml(config), xml);
    });
  }

  it("takes Windows' default where a profile says nothing", async () => {
    const config = await host.configFromXml(profiles.mschapv2({}));
    assert.equal(await host.configToXml(config), profiles.mschapv2({ useWinlogonCredentials: true }));
  });

  it('goes there and back: a blob of any method', async () => {
    const method = { type: 77, vendorId: 0, vendorType: 0, authorId: 9 };
    const blob = Buffer.from('0123456789abcdef', 'hex');
    const xml = profiles.blob({ type: method, blob });
    assert.deepEqual(await host.configFromXml(xml), { method, blob });
    assert.equal(await host.configToXml({ method, blob }), xml);
    // A blob that is not MSCHAPv2's own stays one.
    const other = await host.configToXml({ method: 'mschapv2', blob });
    assert.deepEqual(await host.configFromXml(other), { method: mschapv2Type, blob });
    const userBlob = profiles.credentials.blob({ type: method, blob });
    assert.deepEqual(await host.credentialsFromXml(userBlob, { method }), blob);
  });

  it('says what it does not know', async () => {
    const strange = (xml: string): string => xml.replaceAll('>26<', '>77<');
    for (const call of [
      host.configFromXml(strange(profiles.mschapv2({}))),
      host.credentialsFromXml(strange(profiles.credentials.mschapv2({ username: 'alice' }))),
    ]) {
      await assert.rejects(call, (error) => {
        assert.ok(error instanceof EapError);
        assert.ok(error.code === notSupported || error.code === 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED');
        assert.match(error.message, /Xml2Blob failed: .*method 77/u);
        return true;
      });
    }
  });

  it('refuses documents that are none, and quotes no secret', async () => {
    for (const call of [
      host.configFromXml('<a'),
      host.configFromXml(userXml),
      host.credentialsFromXml(profileXml),
      host.credentialsFromXml(profiles.credentials.mschapv2({ username: '', password: 'correct horse' })),
    ]) {
      await assert.rejects(call, (error: Error) => {
        assert.ok(hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED'));
        assert.ok(!String(error.stack).includes('correct'));
        return true;
      });
    }
  });

  it("refuses another method's credentials", async () => {
    await assert.rejects(host.credentialsFromXml(userXml, { method: 'md5' }), {
      name: 'RangeError',
      message: 'xml holds credentials for method 26 (author 0), not for 4 (author 0)',
    });
  });

  it('lists the methods in TypeScript, whether or not a session needed them', async () => {
    const types = new Set((await host.getMethods()).map(({ type }) => type.type));
    assert.ok(types.has(4) && types.has(26));
    const { properties } = await host.getMethodProperties({ method: 'mschapv2' });
    assert.ok(properties.includes('mutualAuth'));
    await assert.rejects(host.invokeConfigUi({ method: 'mschapv2' }), (error) =>
      hasCode(error, 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED'),
    );
  });
});
