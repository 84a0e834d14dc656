// The worked profiles, through the facade: each goes in as XML, is a blob, and comes back as what it was. With the
// embedded run-time in TypeScript; with Windows' through MSXML, by what the methods there can do.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { openEapHost, type EapHost, type FullMethodType } from '../../lib/index.js';
import { decodeCredentials } from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { randomOptions } from '../profiles/random.js';
import { Random } from '../profiles/support.js';
import { hasCode, openTestHost, runtime, scriptedDll, scriptedType, useLeakCheck } from './support.js';

const folder = join('test', 'profiles', 'fixtures');
const documents = readdirSync(folder)
  .filter((file) => file.endsWith('.xml'))
  .map((file) => ({
    name: file.replace(/\.xml$/u, ''),
    xml: readFileSync(join(folder, file), 'utf8'),
  }));
const configs = documents.filter(({ name }) => !name.endsWith('-credentials'));
const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 20_261);
const notSupported = 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED';
const isNotSupported = (error: unknown) => hasCode(error, notSupported);

function methodType(type: number, authorId: number): FullMethodType {
  return { type, vendorId: 0, vendorType: 0, authorId };
}

const script = 'step=send identity=ann';

/** The document of a blob of the scripted method. */
const asBlob = (blob: Uint8Array): string => profiles.blob({ type: scriptedType, blob });

/** The document in which the scripted method has its own element. */
const scriptXml = asBlob(Buffer.of(0)).replace(
  /<ConfigBlob>.*<\/ConfigBlob>/u,
  `<Config><Script xmlns="urn:eaphost:test">${script}</Script></Config>`,
);

/** Whether the host's methods may have XML of their own: where there is MSXML, and a run-time that takes it to them. */
async function takesXmlToMethods(host: EapHost): Promise<boolean> {
  try {
    await host.configFromXml(scriptXml);
    return true;
  } catch (error) {
    assert.ok(hasCode(error, notSupported));
    return false;
  }
}

describe('XML that only a method knows, with the embedded run-time', () => {
  useLeakCheck();

  it('is the method’s, or goes as a blob', async () => {
    await using host = await openEapHost({ runtime: 'embedded', methodDlls: [scriptedDll] });
    const given = { method: scriptedType, blob: Buffer.from(script) };
    const back = await host.configToXml(given);
    assert.deepEqual(await host.configFromXml(back), given);
    if (await takesXmlToMethods(host)) {
      assert.match(back, /<Script xmlns="urn:eaphost:test">step=send/u);
      assert.deepEqual(await host.configFromXml(scriptXml), given);
    } else {
      assert.equal(back, asBlob(given.blob));
    }
  });
});

describe('Worked profiles with the embedded run-time', () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openEapHost({ runtime: 'embedded' });
  });
  after(() => host.close());

  it('are those of every method', () => {
    const types = new Set(configs.map(({ xml }) => profiles.parseConfig(xml).type.type));
    assert.deepEqual(types, new Set([13, 21, 25, 26, 55]));
  });

  for (const { name, xml } of configs) {
    it(`${name} comes back as it went in`, async () => {
      const parsed = profiles.parseConfig(xml);
      const { method, blob } = await host.configFromXml(xml);
      assert.deepEqual(method, parsed.type);
      const back = await host.configToXml({ method, blob });
      assert.deepEqual(profiles.parseConfig(back), parsed);
      assert.deepEqual(await host.configFromXml(back), { method, blob });
    });
  }

  it(`come back with random options (EAPHOST_TEST_SEED=${seed})`, async () => {
    for (let round = 0; round < 60; round += 1) {
      const random = new Random(seed + round);
      for (const xml of [
        profiles.tls(randomOptions.tls(random)),
        profiles.peap(randomOptions.peap(random)),
        profiles.ttls(randomOptions.ttls(random)),
        profiles.teap(randomOptions.teap(random)),
        profiles.blob(randomOptions.blob(random)),
      ]) {
        assert.equal(await host.configToXml(await host.configFromXml(xml)), xml, `round ${round}`);
      }
    }
  });

  it('come back with text of every kind, and with elements that nobody knows', async () => {
    const anonymousIdentity = `"<&>'\u00e4\u20ac\u{1f600} ]]> \r\n`;
    const inner = [{ tls: { credentialsSource: 'smartCard' } }, { mschapv2: {} }] as const;
    const strange = profiles
      .tls({ differentUsername: true })
      .replace('</t:EapType>', '<x xmlns="urn:x">y</x></t:EapType>');
    for (const xml of [
      profiles.teap({ inner, identityPrivacy: { enabled: true, anonymousIdentity } }),
      profiles.ttls({ inner: { eap: { tls: {} } }, identityPrivacy: { anonymousIdentity } }),
      `\uFEFF<?xml version="1.0" encoding="utf-16"?>\n${profiles.peap({})}`,
    ]) {
      assert.equal(await host.configToXml(await host.configFromXml(xml)), xml);
    }
    const warnings: string[] = [];
    host.on('warning', (message) => warnings.push(message));
    assert.equal(await host.configToXml(await host.configFromXml(strange, { unknown: 'keep' })), strange);
    assert.deepEqual(warnings, profiles.parseConfig(strange).unknown);
    assert.match(warnings.join(), /^line \d+: .*\{urn:x\}x is not known here/u);
    host.removeAllListeners('warning');
    const [warning] = await Promise.all([
      once(process, 'warning'),
      host.configFromXml(strange, { unknown: 'keep' }),
    ]);
    assert.match(String(warning), /EapHostWarning: line \d+: /u);
  });

  const isMalformed = (says: RegExp) => (error: unknown) =>
    hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED') && says.test(error.message);

  it('refuse a misspelt element before there is a blob: the logon credentials were on', async () => {
    for (const name of ['mschapv2', 'peap-mschapv2', 'ttls-eap-mschapv2']) {
      const xml = documents.find((each) => each.name === name)?.xml ?? '';
      const typo = xml.replaceAll('UseWinLogonCredentials', 'UseWinLogonCredential');
      assert.notEqual(typo, xml, name);
      const line = typo.slice(0, typo.indexOf('UseWinLogonCredential>')).split('\n').length;
      const says = new RegExp(
        `line ${line}: .*UseWinLogonCredential is.*did you mean UseWinLogonCredentials`,
        'u',
      );
      await assert.rejects(host.configFromXml(typo), isMalformed(says));
    }
    const user = profiles.credentials.mschapv2({ username: 'alice', password: 'pw' });
    const typo = user.replaceAll('Username', 'UserName');
    await assert.rejects(host.credentialsFromXml(typo), isMalformed(/UserName is.*did you mean Username\?/u));
  });

  it('are blobs of their own method only', async () => {
    const { blob } = await host.configFromXml(profiles.tls({}));
    const other = methodType(25, 0);
    const back = await host.configToXml({ method: other, blob });
    assert.deepEqual(await host.configFromXml(back), { method: other, blob });
    for (const text of ['<a', '', 'plain text', profiles.credentials.tls({ username: 'a' })]) {
      const given = { method: other, blob: Buffer.from(text) };
      assert.deepEqual(await host.configFromXml(await host.configToXml(given)), given);
    }
    const invalid = { method: other, blob: Buffer.of(0xff, 0xfe) };
    assert.deepEqual(await host.configFromXml(await host.configToXml(invalid)), invalid);
  });

  const users: readonly (readonly [name: string, type: FullMethodType, domain: string])[] = [
    ['mschapv2-credentials', methodType(26, 0), 'EXAMPLE'],
    ['peap-mschapv2-credentials', methodType(25, 0), 'EXAMPLE'],
    ['ttls-credentials', methodType(21, 311), ''],
  ];
  for (const [name, method, domain] of users) {
    it(`${name} become what methods in TypeScript take`, async () => {
      const xml = documents.find((each) => each.name === name)?.xml ?? '';
      const blob = await host.credentialsFromXml(xml, { method });
      const decoded = decodeCredentials(blob);
      assert.equal(decoded.username, 'alice');
      assert.equal(decoded.domain, domain);
      assert.equal(decoded.password.toString(), 'secret');
    });
  }

  it('take a name alone where the method has its certificate elsewhere', async () => {
    const { tls, peap } = profiles.credentials;
    for (const xml of [tls({ username: 'alice' }), peap({ inner: { tls: { username: 'alice' } } })]) {
      const { username, password } = decodeCredentials(await host.credentialsFromXml(xml));
      assert.deepEqual([username, password.length], ['alice', 0]);
    }
  });

  it('name a certificate and a routing identity', async () => {
    const { tls, peap } = profiles.credentials;
    const certificate = 'ab'.repeat(20);
    const user = { username: 'alice', certificate };
    const routed = peap({ routingIdentity: 'x@y', inner: { mschapv2: { username: 'a' } } });
    for (const xml of [tls(user), peap({ inner: { tls: user } })]) {
      const blob = await host.credentialsFromXml(xml);
      assert.equal(decodeCredentials(blob).certificate, certificate);
    }
    assert.equal(decodeCredentials(await host.credentialsFromXml(routed)).routingIdentity, 'x@y');
    const named = documents.filter(({ name }) => /^(?:peap-)?tls-credentials$/u.test(name));
    assert.equal(named.length, 2);
    for (const { xml } of named) assert.ok((await host.credentialsFromXml(xml)).length > 0);
  });

  it('refuse credentials that a user blob has no place for, and say what', async () => {
    const { peap, mschapv2 } = profiles.credentials;
    const cases: [string, RegExp][] = [
      [peap({}), /guest/u],
      [mschapv2({}), /logged-on user/u],
    ];
    for (const [xml, message] of cases) {
      await assert.rejects(host.credentialsFromXml(xml), (error) => {
        assert.ok(hasCode(error, notSupported));
        assert.match(error.message, message);
        return true;
      });
    }
  });
});

if (runtime === 'system') {
  describe('Worked profiles with the run-time of Windows, through MSXML', () => {
    useLeakCheck();
    let host: EapHost;
    let hasXml = false;
    before(async () => {
      host = await openTestHost();
      hasXml = await takesXmlToMethods(host);
    });
    after(() => host.close());

    for (const { name, xml } of documents) {
      it(`${name} goes through as a blob of another method`, async () => {
        const blob = Buffer.from(xml, 'utf16le');
        const isUser = name.endsWith('-credentials');
        const work = isUser
          ? host.credentialsFromXml(profiles.credentials.blob({ type: scriptedType, blob }), {
              method: scriptedType,
            })
          : host.configFromXml(asBlob(blob));
        if (!hasXml) return assert.rejects(work, isNotSupported);
        return assert.deepEqual(await work, isUser ? blob : { method: scriptedType, blob });
      });

      it(`${name} fails for the method, which is not installed`, async () => {
        const work = name.endsWith('-credentials') ? host.credentialsFromXml(xml) : host.configFromXml(xml);
        const code = hasXml ? 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED' : notSupported;
        await assert.rejects(work, (error) => hasCode(error, code));
      });
    }

    it('a method makes a blob of its own element, and its element of the blob', async () => {
      const given = { method: scriptedType, blob: Buffer.from(script) };
      if (!hasXml) {
        await assert.rejects(host.configFromXml(scriptXml), isNotSupported);
        await assert.rejects(host.configToXml(given), isNotSupported);
        return;
      }
      assert.deepEqual(await host.configFromXml(scriptXml), given);
      const back = await host.configToXml(given);
      assert.deepEqual(await host.configFromXml(back), given);
      assert.deepEqual(profiles.parseConfig(back).type, scriptedType);
    });

    it('a misspelt element is a warning before Windows sees it, and an error on request', async () => {
      const warnings: string[] = [];
      host.on('warning', (message) => warnings.push(message));
      const misspelt = profiles
        .mschapv2({ useWinlogonCredentials: false })
        .replaceAll('UseWinLogonCredentials', 'UseWinLogonCredential');
      await assert.rejects(host.configFromXml(misspelt), (error) =>
        hasCode(error, hasXml ? 'EAP_E_EAPHOST_METHOD_NOT_INSTALLED' : notSupported),
      );
      host.removeAllListeners('warning');
      assert.equal(warnings.length, 1);
      assert.match(warnings[0] ?? '', /UseWinLogonCredential is not known here; did you mean/u);
      await assert.rejects(host.configFromXml(misspelt, { unknown: 'refuse' }), (error) =>
        hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED'),
      );
    });

    it('what is no XML is malformed', async () => {
      for (const xml of ['', '<a', '<a></b>', 'text']) {
        await assert.rejects(host.configFromXml(xml), (error) =>
          hasCode(error, 'EAP_E_EAPHOST_XML_MALFORMED'),
        );
      }
    });
  });
}
