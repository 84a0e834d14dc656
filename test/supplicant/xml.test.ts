// XML and blobs with whichever run-time the suites run against: the facade's own conversion with the embedded one,
// MSXML and the methods' with the system's.

import assert from 'node:assert/strict';

import type { EapHost } from '../../lib/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { hasCode, openTestHost, runtime, scriptedType, useLeakCheck } from './support.js';

describe('XML and blobs of any run-time', () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openTestHost();
  });
  after(() => host.close());

  const type = scriptedType;
  const blob = Buffer.from('open=1 send');

  it('takes blobs out of documents without their method', async () => {
    const absent = { type: 254, vendorId: 1, vendorType: 2, authorId: 3 };
    const octets = Buffer.from('00ff7e', 'hex');
    const config = await host.configFromXml(profiles.blob({ type: absent, blob: octets }));
    assert.deepEqual(config, { method: absent, blob: octets });
    const user = profiles.credentials.blob({ type: absent, blob: octets });
    assert.deepEqual(await host.credentialsFromXml(user, { method: absent }), octets);
    await assert.rejects(host.credentialsFromXml(user, { method: type }), RangeError);
  });

  it('goes from a blob to a document and back', async () => {
    const xml = await host.configToXml({ method: type, blob });
    assert.deepEqual(await host.configFromXml(xml), { method: type, blob });
    assert.deepEqual(profiles.parseConfig(xml).type, type);
  });

  it('refuses what is no profile', async () => {
    const blobXml = profiles.blob({ type, blob });
    for (const xml of [
      '<a',
      '<a/>',
      profiles.credentials.blob({ type, blob }),
      blobXml.replace('ConfigBlob', 'Config'),
      blobXml.replaceAll('ConfigBlob', 'Config2'),
      blobXml.replace(/<EapMethod.*<\/EapMethod>/su, ''),
      blobXml.replace('99999', '99999999999'),
      blobXml.replace(blob.toString('hex'), 'x'),
    ]) {
      await assert.rejects(host.configFromXml(xml), (error) => hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED'));
    }
    await assert.rejects(host.credentialsFromXml(blobXml), (error) =>
      hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED'),
    );
  });

  if (runtime === 'system') {
    const config = (script: string): string =>
      profiles
        .blob({ type, blob: Buffer.of(0) })
        .replace(
          /<ConfigBlob>.*<\/ConfigBlob>/su,
          `<Config><Script xmlns="urn:eaphost:test">${script}</Script></Config>`,
        );
    const user = profiles.credentials
      .blob({ type, blob: Buffer.of(0) })
      .replace(
        /<CredentialsBlob>.*<\/CredentialsBlob>/su,
        '<Credentials><User xmlns="urn:eaphost:test">alice &amp; bob</User></Credentials>',
      );

    it('has the method convert its own elements, and its own blob', async () => {
      assert.deepEqual(await host.configFromXml(config('open=1 send')), { method: type, blob });
      const xml = await host.configToXml({ method: type, blob });
      assert.match(xml, /<Script xmlns="urn:eaphost:test">open=1 send<\/Script>/u);
      const made = await host.credentialsFromXml(user, { method: type, config: blob });
      assert.equal(made.toString(), 'alice & bob');
    });

    it('says what the method says of it', async () => {
      for (const [call, convert] of Object.entries({
        EapHostPeerConfigXml2Blob: () => host.configFromXml(config('fail=ConfigXml2Blob:1317e')),
        EapHostPeerConfigBlob2Xml: () =>
          host.configToXml({
            method: type,
            blob: Buffer.from('fail=ConfigBlob2Xml:1317e'),
          }),
        EapHostPeerCredentialsXml2Blob: () =>
          host.credentialsFromXml(user, {
            config: Buffer.from('fail=CredentialsXml2Blob:1317e'),
          }),
      })) {
        await assert.rejects(convert(), (error) => {
          assert.ok(hasCode(error, 'ERROR_NO_SUCH_USER'));
          assert.equal(error.call, call);
          assert.equal(error.rootCause, 'scripted cause');
          return true;
        });
      }
    });

    it('knows which methods are installed, and which take XML', async () => {
      await assert.rejects(host.configFromXml(profiles.tls({})), (error) =>
        hasCode(error, 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED'),
      );
      const trivial = { ...type, vendorType: 1 };
      await assert.rejects(host.configToXml({ method: trivial, blob }), (error) =>
        hasCode(error, 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED'),
      );
    });
  }
});
