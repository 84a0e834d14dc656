// Credentials' XML as octets: the same blob as of text, without a string that holds a secret.

import assert from 'node:assert/strict';

import { openEapHost, type EapHost } from '../../lib/index.js';
import { secretUtf16 } from '../../lib/base/secret.js';
import { profiles } from '../../lib/profiles/index.js';
import { HiddenText, putSecret } from '../../lib/profiles/hidden-text.js';

const password = 'correct horse';
const mschapv2 = (given: string): string =>
  profiles.credentials.mschapv2({ username: 'alice', password: given });
const document = mschapv2(password);
const withPassword = (raw: string): string => document.replace(password, raw);
const type = { type: 4, vendorId: 0, vendorType: 0, authorId: 0 };
const blob = Buffer.from('a blob with a secret');

/** Documents by what is special about them. */
const documents: Readonly<Record<string, string>> = {
  mschapv2: document,
  'a domain': profiles.credentials.mschapv2({ username: 'alice', password, logonDomain: 'corp' }),
  peap: profiles.credentials.peap({
    routingIdentity: 'anonymous',
    inner: { mschapv2: { username: 'a', password } },
  }),
  ttls: profiles.credentials.ttls({ username: 'alice', password }),
  tls: profiles.credentials.tls({ username: 'alice', certificate: 'ab'.repeat(20) }),
  'a blob': profiles.credentials.blob({ type, blob }),
  'a blob in lines': profiles.credentials
    .blob({ type, blob })
    .replace(blob.toString('hex'), (hex) => `\n  ${hex.slice(0, 8).toUpperCase()}\r\n  ${hex.slice(8)}\n`),
  'an empty blob': profiles.credentials.blob({ type, blob: Buffer.alloc(0) }),
  'no password': profiles.credentials.mschapv2({ username: 'alice' }),
  'an empty password': mschapv2(''),
  'entities and references': withPassword('&lt;&amp;&gt;&quot;&apos;&#x1F984;&#65;&#x42;&#10;'),
  'other scripts': withPassword('pässwörd 密码 🦄'),
  'a section': withPassword('x<![CDATA[<&]] >"\']]>y'),
  'sections alone': withPassword('<![CDATA[a]]><![CDATA[]]><![CDATA[b]]>'),
  'a comment': withPassword('ab<!-- an old <Password>battery</Password> -->cd<?pi x?>'),
  'white space': withPassword('  '),
  'white space around': withPassword(' <!-- --> \t a b \r\n c\rd\n'),
  'a number of four digits': withPassword('0001'),
  'a name that looks like a secret’s': document.replace('>alice<', '>0000<'),
  'a name with entities': document.replace('>alice<', '><![CDATA[al]]>i&#x63;e<'),
  'a declaration': `<?xml version="1.0" encoding="utf-8"?>\r\n${document}`,
  'an attribute with a bracket': document.replace(
    '<EapHostUserCredentials',
    '<EapHostUserCredentials xmlns:x="http://www.w3.org/>" x:y=\'a>"b\'',
  ),
};

const malformed: Readonly<Record<string, string>> = {
  'ends within a tag': document.slice(0, document.lastIndexOf('>')),
  'ends within a comment': `${document}<!-- `,
  'ends within a section': withPassword('<![CDATA[x'),
  'has an entity of its own': withPassword('&correct;'),
  'has a reference to nothing': withPassword('&#0;'),
  'has a reference beyond Unicode': withPassword('&#x110000;'),
  'has a bare ampersand': withPassword('correct & horse'),
  'has an ampersand at its end': withPassword('correct&'),
  'has a control character': withPassword('correct\u0001horse'),
  'has no character': withPassword('correct\uFFFE'),
  'has a document type': `<!DOCTYPE x [<!ENTITY a "b">]>${document}`,
  'holds an element in its password': withPassword('correct<x/>horse'),
  'holds text between its elements': document.replace('</EapMethod>', '</EapMethod>correct'),
  'has half a digit pair': profiles.credentials.blob({ type, blob }).replace(blob.toString('hex'), '123'),
  'has no digits': profiles.credentials.blob({ type, blob }).replace(blob.toString('hex'), '12xy'),
};

describe('credentials as octets', () => {
  let host: EapHost;
  before(async () => {
    host = await openEapHost({ runtime: 'embedded' });
  });
  after(() => host.close());

  for (const [what, xml] of Object.entries(documents)) {
    it(`are what they are as text: ${what}`, async () => {
      const octets = Buffer.from(xml);
      assert.deepEqual(await host.credentialsFromXml(octets), await host.credentialsFromXml(xml));
      const marked = Buffer.concat([Buffer.from('\uFEFF'), octets]);
      assert.deepEqual(await host.credentialsFromXml(marked), await host.credentialsFromXml(xml));
      // They are the caller's, who wipes them.
      assert.equal(octets.toString(), xml);
    });
  }

  for (const [what, xml] of Object.entries(malformed)) {
    it(`are refused, without a word of them, where the document ${what}`, async () => {
      for (const given of [xml, Buffer.from(xml)]) {
        await assert.rejects(host.credentialsFromXml(given), (error: unknown) => {
          assert.ok(error instanceof Error && 'code' in error);
          assert.equal(error.code, 'EAP_E_EAPHOST_XML_MALFORMED');
          assert.ok(!error.message.includes('horse'), error.message);
          return true;
        });
      }
    });
  }

  it('are refused where they are not UTF-8, or too long', async () => {
    const code = 'EAP_E_EAPHOST_XML_MALFORMED';
    await assert.rejects(host.credentialsFromXml(Buffer.from(document, 'utf16le')), { code });
    const long = Buffer.concat([Buffer.from(document), Buffer.alloc((1 << 20) - document.length + 1, ' ')]);
    await assert.rejects(host.credentialsFromXml(long), { code, message: /longer than 1048576 octets/u });
    assert.ok((await host.credentialsFromXml(long.subarray(0, 1 << 20))).length > 0);
    const many = withPassword('<![CDATA[x]]>'.repeat((1 << 16) + 1));
    await assert.rejects(host.credentialsFromXml(Buffer.from(many)), { code, message: /more texts/u });
  });

  it('have a string for everything but what may be a secret', () => {
    for (const secret of [password, 'battery']) {
      const raw = `${password}<!-- battery -->`;
      const hidden = new HiddenText(Buffer.from(withPassword(raw)));
      assert.ok(!hidden.xml.includes(secret));
      assert.ok(hidden.xml.includes('>alice<'));
    }
    // What a vendor's element is about is not known.
    const vendors = document.replace('<uc:Password>', '<uc:Pin>1234</uc:Pin><uc:Password>');
    assert.ok(!new HiddenText(Buffer.from(vendors)).xml.includes('1234'));
  });

  it('are made of a document and a secret that was never in it', () => {
    for (const secret of [password, '<a>&amp;\r\n"\'', 'pässwörd 密码 🦄', '&'.repeat(256)]) {
      const octets = putSecret(mschapv2('a place'), 'a place', Buffer.from(secret));
      assert.equal(octets.toString(), mschapv2(secret));
    }
    const empty = putSecret(mschapv2('a place'), 'a place', Buffer.alloc(0)).toString();
    assert.deepEqual(profiles.parseCredentials(empty), profiles.parseCredentials(mschapv2('')));
    const { tls } = documents;
    assert.equal(putSecret(tls ?? '', 'a place', Buffer.from(password)).toString(), tls);
  });

  it('go to Windows in UTF-16', () => {
    const text = 'aé密🦄\u0000\uFFFD\u{10FFFF}';
    assert.equal(secretUtf16(Buffer.from(text)).toString('utf16le'), text);
  });
});
