// The shim driven as a method DLL, every export and routine of both halves, with the method served from this thread.

import assert from 'node:assert/strict';

import type { MethodServer } from '../../lib/registration/index.js';
import type { NativeMethods, NativeRole } from '../../lib/native/method-types.js';
import { loadNative } from '../../lib/native/binary.js';
import { libraryPath } from '../supplicant/support.js';
import { fullMethod, fullPacket, fullType } from './full-method.js';
import { ways } from './transports.js';

const config = Buffer.from('config');
const userData = Buffer.from('user');
const asked = { flags: 0, connectionData: config };
const withToken = { ...asked, userToken: 0n };
const withWindow = { ...asked, parentWindow: 66n };

function open<Role extends NativeRole>(role: Role, { endpoint }: MethodServer): Promise<NativeMethods[Role]> {
  const path = libraryPath('eapshim');
  return loadNative().openMethod({ role, path, type: fullType, endpoint, maxLanes: 64, trace: false });
}

for (const { name: way, serve } of ways) {
  describe(`the shim as a method DLL ${way}`, () => {
    let server: MethodServer;
    let peer: NativeMethods['peer'];
    let authenticator: NativeMethods['authenticator'];

    before(async () => {
      server = await serve({ methods: [fullMethod] });
      peer = await open('peer', server);
      authenticator = await open('authenticator', server);
    });
    after(async () => {
      await peer.close();
      await authenticator.close();
      await server.close();
    });

    it('exports every function and every routine of both roles', () => {
      assert.deepEqual([peer.exports.length, peer.routines.length], [15, 13]);
      assert.deepEqual([authenticator.exports.length, authenticator.routines.length], [4, 10]);
    });

    it('asks for credentials in fields, and makes a blob of them', async () => {
      const fields = await peer.invoke('queryCredentialInputFields', withToken);
      assert.deepEqual(fields, [
        { type: 0, flags: 0, label: 'Name for config', data: '', minLength: 0, maxLength: 64 },
        { type: 1, flags: 1, label: 'Passwort für 雪', data: '', minLength: 0, maxLength: 64 },
      ]);
      const filled = fields.map((field, index) => ({ ...field, data: `value ${index}` }));
      const blob = await peer.invoke('queryUserBlobFromCredentialInputFields', {
        ...withToken,
        userData,
        fields: filled,
      });
      assert.equal(blob.toString(), 'value 0|value 1|user');
    });

    it('asks within a session, by fields and by dialog', async () => {
      const session = await peer.beginSession({
        ...withToken,
        attributes: [],
        userData,
        maxSendPacketSize: 1400,
      });
      const step = await session.process(fullPacket(1, 1, 9));
      assert.equal(step.action, 3);
      const uiContext = step.uiContext!;
      const ui = await peer.invoke('queryInteractiveUIInputFields', { flags: 0, uiContext });
      assert.equal(ui.type, 2);
      assert.deepEqual(
        [ui.fields[0]?.label, ui.fields[0]?.data, ui.newFields[0]?.label],
        ['which?', 'old', 'New one'],
      );
      const newFields = ui.newFields.map((field) => ({ ...field, data: 'new' }));
      const answer = await peer.invoke('queryUIBlobFromInteractiveUIInputFields', {
        flags: 0,
        uiContext,
        type: 3,
        fields: ui.fields,
        newFields,
      });
      assert.equal(answer.toString(), 'expired,new,which?');
      const typed = await peer.invoke('invokeInteractiveUI', { uiContext, parentWindow: 0n });
      assert.equal(typed.toString(), 'answer to which?');
      await session.setUiContext(answer);
      assert.deepEqual(await session.getResponsePacket(), fullPacket(2, 1, answer.length));
      await session.end();
      await assert.rejects(
        peer.invoke('invokeInteractiveUI', { uiContext: Buffer.from('nonsense'), parentWindow: 0n }),
        { winError: 87 },
      );
    });

    it('has dialogs, which can be cancelled', async () => {
      assert.equal((await peer.invoke('invokeConfigUI', withWindow)).toString(), 'configured config in 66');
      const identity = await peer.invoke('invokeIdentityUI', { ...withWindow, userData });
      assert.equal(identity.identity, 'typed');
      assert.equal(identity.userData?.toString(), 'user typed');
      const server = await authenticator.invoke('invokeConfigUI', { ...withWindow, machineName: 'pc' });
      assert.equal(server.toString(), 'pc:config');
      const cancelled = { ...withWindow, connectionData: Buffer.from('cancel') };
      await assert.rejects(peer.invoke('invokeConfigUI', cancelled), { winError: 1223 });
    });

    it('tells properties, and makes blobs of credentials', async () => {
      const properties = await peer.invoke('getMethodProperties', { ...withToken, userData });
      assert.deepEqual(
        properties.filter(({ value }) => value !== false).map(({ type, value }) => [type, String(value)]),
        [
          [1, 'true'],
          [40, '7'],
          [41, 'text'],
        ],
      );
      const credential = { kind: 'password', username: 'u', password: 'p' } as const;
      const blobs = await peer.invoke('getConfigBlobAndUserBlob', { flags: 0, credential });
      assert.deepEqual([blobs.connectionData.toString(), blobs.userData.toString()], ['password', 'u']);
    });

    it('turns XML into blobs and back, where there is MSXML', async () => {
      const xml = '<EapHostConfig xmlns="urn:x"><Config><Word>snow ☃</Word></Config></EapHostConfig>';
      const calls = [
        () => peer.invoke('configXml2Blob', { flags: 0, xml }),
        () => peer.invoke('credentialsXml2Blob', { ...asked, xml: '<C><Name>bob</Name></C>' }),
        () => peer.invoke('configBlob2Xml', asked),
      ];
      if (process.platform !== 'win32') {
        for (const call of calls) await assert.rejects(call(), { winError: 0x80420020 });
        return;
      }
      const [blob, credentials, document] = await Promise.all(calls.map((call) => call()));
      assert.equal(String(blob), 'snow ☃');
      assert.equal(String(credentials), 'bob for config');
      assert.match(String(document), /<Word xmlns="urn:full">config<\/Word>/u);
    });

    it('authenticates as an authenticator', async () => {
      const begin = { flags: 0, attributes: [], identity: 'outer', maxSendPacketSize: 1400 };
      const session = await authenticator.beginSession({ ...begin, connectionData: config });
      await session.updateInnerMethodParams(0, 'inner', []);
      const first = await session.sendPacket(5);
      assert.deepEqual([first.packet, first.timeout], [fullPacket(1, 5, 0), 2]);
      const second = await session.receive(fullPacket(2, 5, 1), 6);
      assert.equal(second.action, 3);
      assert.deepEqual(
        second.attributes?.map(({ type, value }) => [type, String(value)]),
        [[8102, 'inner']],
      );
      assert.deepEqual(await session.setAttributes([]), { action: 1 });
      assert.deepEqual((await session.sendPacket(6)).packet, fullPacket(1, 6, 1));
      const last = await session.receive(fullPacket(2, 6, 1), 7);
      assert.equal(last.result?.isSuccess, true);
      assert.deepEqual(
        last.result?.attributes.map(({ type, value }) => [type, [...value]]),
        [
          // The proved identity, for which Windows' result has no other place.
          [1, [...Buffer.from('inner')]],
          [26, [2, 2, 2, 2]],
        ],
      );
      await session.end();

      const refused = await authenticator.beginSession({ ...begin, connectionData: Buffer.from('refuse') });
      await refused.sendPacket(1);
      assert.deepEqual(await refused.getResult(), {
        isSuccess: false,
        failureReasonCode: 0x80420112,
        attributes: [],
      });
      await refused.end();
    });

    it('fails calls at once when nobody serves, and works again with the next server', async () => {
      const first = await serve({ methods: [fullMethod] });
      const method = await open('peer', first);
      await method.invoke('queryCredentialInputFields', withToken);
      await first.close();
      await assert.rejects(method.invoke('queryCredentialInputFields', withToken), { winError: 1225 });
      await method.close();
      await using second = await serve({ methods: [fullMethod] });
      const again = await open('peer', second);
      assert.equal((await again.invoke('queryCredentialInputFields', withToken)).length, 2);
      await again.close();
    });
  });
}
