// What driven method DLLs export by name, natively, and DLLs that cannot be opened.

import assert from 'node:assert/strict';

import {
  beginAuthenticator,
  beginPeer,
  failure,
  open,
  openTraced,
  pairType,
  withCounters,
} from './hosted-dll.js';
import { libraryPath, scriptedType, trivialType } from './support.js';

const scripted = { path: libraryPath('testmethod'), type: scriptedType };
const misbehaving = (vendorType: number) => ({
  path: libraryPath('misbehavingmethod'),
  type: { ...scriptedType, vendorType },
});
const errors = {
  procNotFound: 127,
  notSupported: 50,
  cancelled: 1223,
  invalidParameter: 87,
};

describe('What a driven method DLL exports by name', () => {
  const asked = { flags: 0, userToken: 0n, connectionData: undefined };

  it('is listed, beside the routines', async () => {
    const pair = await open('peer');
    assert.equal(pair.exports.length, 15);
    assert.equal(pair.routines.length, 13);
    const authenticator = await open('authenticator');
    assert.equal(authenticator.exports.length, 4);
    assert.equal(authenticator.routines.length, 10);
    await Promise.all([pair.close(), authenticator.close()]);
    const partly = await open('peer', misbehaving(117));
    assert.ok(!partly.routines.includes('EapPeerSetCredentials'));
    const session = await beginPeer(partly);
    await failure(
      session.setCredentials('a', Buffer.from('b', 'utf16le')),
      'EapPeerSetCredentials',
      errors.notSupported,
    );
    await partly.close();
  });

  it('turns fields and credentials into blobs', async () => {
    await withCounters(async () => {
      const method = await open('peer');
      const fields = await method.invoke('queryCredentialInputFields', asked);
      assert.ok(fields.length >= 2);
      const typed = fields.map((field, index) => ({ ...field, data: ['bob', 'bird'][index] ?? '' }));
      const blob = await method.invoke('queryUserBlobFromCredentialInputFields', {
        ...asked,
        userData: undefined,
        fields: typed,
      });
      assert.equal(blob.toString(), 'identity=bob;password=bird');
      const again = { ...asked, userData: blob, fields: typed };
      assert.deepEqual(await method.invoke('queryUserBlobFromCredentialInputFields', again), blob);
      const blobs = await method.invoke('getConfigBlobAndUserBlob', {
        flags: 0,
        credential: { kind: 'password', username: 'bob', password: 'bird' },
      });
      assert.equal(blobs.userData.toString(), 'identity=bob;password=bird');
      const properties = await method.invoke('getMethodProperties', { ...asked, userData: undefined });
      assert.ok(properties.length > 0);
      await method.close();
    });
  });

  it('raises dialogs on a thread of their own', async () => {
    const { method, calls } = await openTraced('peer');
    const parentWindow = 0n;
    const config = Buffer.from('typed=carol');
    const ui = { flags: 0, parentWindow, connectionData: config };
    await method.invoke('invokeConfigUI', ui);
    const identity = await method.invoke('invokeIdentityUI', { ...ui, userData: undefined });
    assert.equal(identity.identity, 'carol');
    const answer = await method.invoke('invokeInteractiveUI', {
      parentWindow,
      uiContext: Buffer.from('identity=a'),
    });
    assert.match(answer.toString(), /answer=yes/u);
    await failure(
      method.invoke('invokeConfigUI', { ...ui, connectionData: Buffer.from('cancel=1') }),
      'EapPeerInvokeConfigUI',
      errors.cancelled,
    );
    await method.invoke('queryCredentialInputFields', asked);
    await method.close();
    const lanes = (part: string) =>
      new Set(calls.filter(({ call }) => call.includes(part)).map(({ lane }) => lane));
    assert.equal(lanes('Invoke').size, 1);
    assert.notDeepEqual(lanes('Invoke'), lanes('Query'));
    assert.notDeepEqual(lanes('Invoke'), lanes('Initialize'));
    const authenticator = await open('authenticator');
    const made = await authenticator.invoke('invokeConfigUI', { ...ui, machineName: undefined });
    assert.ok(made.length > 0);
    await authenticator.close();
  });

  it('turns XML into blobs and back where there is MSXML', async () => {
    const method = await open('peer');
    const connectionData = Buffer.from('identity=alice');
    const toXml = method.invoke('configBlob2Xml', { flags: 0, connectionData });
    if (process.platform === 'win32') {
      const xml = await toXml;
      assert.deepEqual(await method.invoke('configXml2Blob', { flags: 0, xml }), connectionData);
      await failure(
        method.invoke('configXml2Blob', { flags: 0, xml: '<a>' }),
        'EapPeerConfigXml2Blob',
        0x80420019,
      );
    } else {
      await assert.rejects(toXml);
      await failure(
        method.invoke('configXml2Blob', { flags: 0, xml: '<a/>' }),
        'EapPeerConfigXml2Blob',
        0x80420020,
      );
    }
    await method.close();
  });

  it('may be missing', async () => {
    const method = await open('peer', { path: libraryPath('trivialmethod'), type: trivialType });
    const missing = await failure(
      method.invoke('configBlob2Xml', { flags: 0, connectionData: undefined }),
      'EapPeerConfigBlob2Xml',
      errors.procNotFound,
    );
    assert.equal(missing.message, 'the DLL does not export it');
    await method.close();
  });
});

describe('A method DLL that cannot be opened', () => {
  it('fails with what was missing or refused', async () => {
    const gone = await failure(open('peer', { path: '/nowhere/method.dll' }), 'LoadLibrary', 126);
    assert.match(gone.error?.rootCause ?? '', /could not be loaded/u);
    await failure(
      open('peer', { type: { ...pairType, vendorType: 77 } }),
      'EapPeerGetInfo',
      errors.notSupported,
    );
    await failure(open('authenticator', scripted), 'GetProcAddress', errors.procNotFound);
    await failure(open('peer', misbehaving(106)), 'EapPeerInitialize', errors.invalidParameter);
    await failure(open('peer', misbehaving(103)), 'EapPeerInitialize', errors.procNotFound);
    await failure(open('peer', misbehaving(119)), 'EapPeerProcessRequestPacket', errors.procNotFound);
    await failure(
      open('authenticator', misbehaving(119)),
      'EapMethodAuthenticatorReceivePacket',
      errors.procNotFound,
    );
    await failure(
      open('peer', { path: libraryPath('pairmethod-without-EapPeerFreeMemory') }),
      'EapPeerFreeMemory',
      errors.procNotFound,
    );
    const { error } = await failure(
      open('peer', misbehaving(107)),
      'EapPeerInitialize',
      errors.invalidParameter,
    );
    assert.ok(error !== undefined);
  });

  it('has its arguments refused before anything is loaded', async () => {
    await assert.rejects(open('peer', { maxLanes: 0 }), RangeError);
    // @ts-expect-error -- what a program in JavaScript may pass
    await assert.rejects(open('host'), TypeError);
    // @ts-expect-error -- what a program in JavaScript may pass
    await assert.rejects(open('peer', { path: 7 }), TypeError);
    const method = await open('authenticator');
    const session = await beginAuthenticator(method);
    await assert.rejects(session.sendPacket(256), TypeError);
    // @ts-expect-error -- what a program in JavaScript may pass
    await assert.rejects(session.receive('packet', 1), TypeError);
    const begin = { flags: 0, identity: '', attributes: [], connectionData: undefined };
    await assert.rejects(method.beginSession({ ...begin, maxSendPacketSize: 65_536 }), TypeError);
    // @ts-expect-error -- what a program in JavaScript may pass
    await assert.rejects(method.invoke('getIdentity', {}), TypeError);
    await method.close();
  });
});
