// The functions by name of a method DLL and the fused steps, through the facade: what needs no conversation.

import { deepEqual, equal, match, ok } from 'node:assert/strict';

import { withCounters } from '../supplicant/hosted-dll.js';
import { alice, loadAuthenticator, loadPeer, rejectsWith } from './support.js';

for (const isolate of [false, true]) {
  const where = isolate ? ', isolated' : '';

  describe(`What a method DLL exports by name${where}`, () => {
    it('makes both blobs of a generic credential', async () => {
      await using peer = await loadPeer({ isolate });
      const credential = { kind: 'password', username: 'bob', password: 'bird' } as const;
      const { config, credentials } = await peer.getConfigBlobAndUserBlob(credential);
      ok(config.length > 0);
      equal(credentials.toString(), 'identity=bob;password=bird');
    });

    it('has fields in the place of the interactive dialog', async () => {
      await using peer = await loadPeer({ isolate });
      const context = Buffer.from('identity=alice');
      const ui = await peer.queryInteractiveUiInputFields(context);
      ok(ui.kind === 'credentials');
      const fields = ui.fields.map((field) => ({ ...field, data: 'yes' }));
      match((await peer.uiBlobFromInteractiveUiInputFields(context, { ...ui, fields })).toString(), /yes/u);
    });

    it('turns XML into blobs and back where there is MSXML', async () => {
      await using peer = await loadPeer({ isolate });
      const config = Buffer.from('identity=alice');
      if (process.platform !== 'win32') {
        const code = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';
        await rejectsWith(peer.configToXml(config), code);
        await rejectsWith(peer.configFromXml('<a/>'), code);
        await rejectsWith(peer.credentialsFromXml('<a/>'), code);
        return;
      }
      deepEqual(await peer.configFromXml(await peer.configToXml(config)), config);
      await rejectsWith(peer.configFromXml('<a>'), 'EAP_E_EAPHOST_XML_MALFORMED');
      await rejectsWith(peer.credentialsFromXml('<a>'), 'EAP_E_EAPHOST_XML_MALFORMED');
    });
  });

  describe(`The fused steps${where}`, () => {
    it('go on after user interface and attributes, on both sides', async () => {
      await withCounters(async () => {
        await using peer = await loadPeer({ isolate });
        await using authenticator = await loadAuthenticator({ isolate });
        const config = 'attributes=1;ui=1';
        await using client = await peer.beginSession({ config: Buffer.from(config), credentials: alice });
        await using host = await authenticator.beginSession({
          config: Buffer.from(`password=tiger;${config}`),
          identity: 'alice',
        });
        const first = await host.start();
        ok(first.action === 'send');
        const asked = await client.process(first.packet);
        ok(asked.action === 'respond');
        const dialog = await client.processResponseAttributes(asked.attributes);
        ok(dialog.action === 'invokeUi');
        const answer = await peer.invokeInteractiveUi(dialog.context);
        ok(answer !== undefined);
        const response = await client.processUiContext(answer);
        ok(response.action === 'send');
        const told = await host.receive(response.packet);
        ok(told.action === 'respond');
        const second = await host.processAttributes(told.attributes);
        ok(second.action === 'send');
        equal(second.packet[1], 2);
        const last = await client.process(second.packet);
        ok(last.action === 'send');
        const verdict = await host.receive(last.packet);
        ok(verdict.action === 'result');
        const result = await client.getResult('success');
        deepEqual([verdict.result.isSuccess, result.isSuccess], [true, true]);
        ok(verdict.result.keys.msk !== undefined && result.keys.msk?.equals(verdict.result.keys.msk));
      });
    });
  });
}
