// What the builders and the parsers refuse, and how they say it; what the parsers report by name.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/base/errors.js';
import { profiles } from '../../lib/profiles/index.js';
import * as samples from './samples.js';
import { changed, fixture, malformed as malformedBy, refuses } from './support.js';

const { credentials } = profiles;

const malformed = (
  xml: string,
  message: string | RegExp,
  parse: (xml: string) => unknown = profiles.parseConfig,
): void => malformedBy(() => parse(xml), message);

function unsupported(run: () => unknown, message: RegExp): void {
  assert.throws(run, (error) => {
    assert.ok(error instanceof EapError && error.code === 'EAPHOST_NOT_SUPPORTED', String(error));
    assert.match(error.message, message);
    return true;
  });
}

/** Calls a builder as JavaScript can. */
function build(method: string, options: unknown): unknown {
  return Reflect.apply(Reflect.get(profiles, method), profiles, [options]);
}

function buildCredentials(method: string, options: unknown): unknown {
  return Reflect.apply(Reflect.get(credentials, method), credentials, [options]);
}

describe('profiles: what the builders refuse', () => {
  it('options that are none, misspelt or of a wrong type, by their place', () => {
    const cases: [string, unknown, string][] = [
      ['tls', undefined, 'options must be an object'],
      ['tls', null, 'options must be an object'],
      ['tls', [], 'options must be an object'],
      ['tls', { diferentUsername: true }, 'options.diferentUsername is no option'],
      ['tls', { differentUsername: 'true' }, 'options.differentUsername must be a boolean'],
      ['tls', { differentUsername: null }, 'options.differentUsername must be a boolean'],
      [
        'tls',
        { credentialsSource: 'smartcard' },
        "options.credentialsSource must be 'smartCard' or an object",
      ],
      ['tls', { credentialsSource: null }, 'options.credentialsSource must be an object'],
      [
        'tls',
        { serverValidation: { serverNames: 'a' } },
        'options.serverValidation.serverNames must be an array',
      ],
      ['tls', { serverValidation: { serverNames: [1] } }, 'serverNames[0] must be a string'],
      [
        'tls',
        { serverValidation: { trustedRoots: 'a' } },
        'options.serverValidation.trustedRoots must be an array',
      ],
      [
        'tls',
        { serverValidation: { trustedRoots: [1] } },
        'trustedRoots[0] must be a string of hexadecimal digits',
      ],
      ['tls', { filter: { ekuMapping: [] } }, 'options.filter.ekuMapping must not be empty'],
      ['tls', { filter: { ekuMapping: [{ name: 'a' }] } }, 'options.filter.ekuMapping[0].oid is missing'],
      [
        'tls',
        { filter: { clientAuth: { enabled: 1 } } },
        'options.filter.clientAuth.enabled must be a boolean',
      ],
      [
        'tls',
        { filter: { clientAuth: { ekus: [{ oid: 'x' }] } } },
        'ekus[0].oid must be an object identifier',
      ],
      ['peap', { inner: {} }, 'options.inner must have one of mschapv2, tls'],
      ['peap', { inner: { tls: {}, mschapv2: {} } }, 'options.inner must have one of mschapv2, tls'],
      ['peap', { inner: { peap: {} } }, 'options.inner.peap is no option'],
      ['peap', { inner: { tls: { x: 1 } } }, 'options.inner.tls.x is no option'],
      ['peap', { inner: 'mschapv2' }, 'options.inner must be an object'],
      ['ttls', { inner: 'gtc' }, "options.inner must be 'pap', 'chap', 'mschap'"],
      ['ttls', { inner: { eap: { ttls: {} } } }, 'options.inner.eap.ttls is no option'],
      ['ttls', { inner: { mschapv2: {}, eap: {} } }, 'is no option'],
      ['ttls', { inner: { eap: { mschapv2: { y: 1 } } } }, 'options.inner.eap.mschapv2.y is no option'],
      ['teap', { inner: { tls: {} } }, 'options.inner must be an array'],
      ['teap', { inner: [{}] }, 'options.inner[0] must have one of'],
      ['blob', { type: { type: 13 } }, 'options.blob must be a Uint8Array'],
      ['blob', { type: 13, blob: new Uint8Array() }, 'options.type must be a method type'],
    ];
    for (const [method, options, message] of cases) {
      refuses(() => build(method, options), TypeError, message);
    }
    refuses(() => buildCredentials('tls', {}), TypeError, 'options.username is missing');
    refuses(() => buildCredentials('ttls', { username: 'a' }), TypeError, 'options.password is missing');
    refuses(() => buildCredentials('mschapv2', { password: 1 }), TypeError, 'options.password must be');
  });

  it('thumbprints that are none', () => {
    const root = 'a'.repeat(40);
    const withRoot = (hash: string): object => ({ serverValidation: { trustedRoots: [root, hash] } });
    const place = 'options.serverValidation.trustedRoots[1] must be 40 hexadecimal digits (SHA-1)';
    for (const method of ['tls', 'peap', 'ttls']) {
      for (const hash of ['', 'a'.repeat(39), 'a'.repeat(41), 'a'.repeat(64)]) {
        refuses(() => build(method, withRoot(hash)), RangeError, `${place}, not ${hash.length} digits`);
      }
      refuses(() => build(method, withRoot('g'.repeat(40))), RangeError, `${place}, and has other`);
      refuses(() => build(method, withRoot(`0x${'a'.repeat(38)}`)), RangeError, place);
    }
    refuses(
      () => build('teap', withRoot('a'.repeat(63))),
      RangeError,
      'must be 64 hexadecimal digits (SHA-256) or 40 hexadecimal digits (SHA-1), not 63 digits',
    );
    refuses(
      () => credentials.tls({ username: 'a', certificate: 'ab' }),
      RangeError,
      'options.certificate must be 40 hexadecimal digits',
    );
    const issuers = { enabled: true, hashes: ['x'] };
    refuses(() => profiles.tls({ filter: { issuers } }), RangeError, 'options.filter.issuers.hashes[0]');
  });

  it('thumbprints are taken as people copy them, and written in one way', () => {
    const plain = '0123456789abcdef0123456789abcdef01234567';
    const pairs = plain.match(/../g) ?? [];
    const spellings = [plain.toUpperCase(), pairs.join(' '), pairs.join(':'), `\u200E${pairs.join(' ')} `];
    const written = profiles.tls({ serverValidation: { trustedRoots: [plain] } });
    assert.ok(written.includes(`>${plain}<`));
    for (const spelling of spellings) {
      assert.equal(profiles.tls({ serverValidation: { trustedRoots: [spelling] } }), written);
    }
  });

  it('server names that are empty or several in one', () => {
    const names = (...serverNames: string[]) => profiles.tls({ serverValidation: { serverNames } });
    refuses(() => names('a', ''), RangeError, 'serverNames[1] must not be empty');
    refuses(() => names('a;b'), RangeError, 'serverNames[0] must not have a semicolon');
    assert.ok(names('a', String.raw`^radius\d+\.example\.org$`).includes('>a;^radius'));
  });

  it('characters that XML cannot hold, without quoting a password', () => {
    const anonymousIdentity = 'ab\u0000';
    refuses(
      () => profiles.ttls({ identityPrivacy: { anonymousIdentity } }),
      RangeError,
      'options.identityPrivacy.anonymousIdentity has U+0000 at index 2',
    );
    refuses(
      () => profiles.tls({ serverValidation: { serverNames: ['\uD800'] } }),
      RangeError,
      'options.serverValidation.serverNames[0] has U+D800 at index 0',
    );
    refuses(
      () => credentials.mschapv2({ password: 'hunter2\uFFFF' }),
      RangeError,
      /^options\.password has a character at index 7 that XML 1\.0 cannot hold in any spelling$/,
    );
  });

  it('credentials for which Windows takes no XML, with what to do instead', () => {
    unsupported(() => credentials.teap(), /credentials of TEAP: let the user type them.*certificates/);
    const inner = { username: 'a', password: 'b', inner: { mschapv2: {} } };
    unsupported(
      () => credentials.ttls(inner),
      /inner EAP method: let the user type them.*MSCHAPv2 without EAP.*useWinlogonCredentials: false/,
    );
    unsupported(
      () => profiles.parseCredentials(changed('ttls-credentials', '>21<', '>55<')),
      /Credentials: no XML is known.*TEAP/,
    );
    const nested = '<u:Eap xmlns:u="http://www.microsoft.com/provisioning/BaseEapUserPropertiesV1"/>';
    unsupported(
      () => profiles.parseCredentials(changed('ttls-credentials', '<us:Username>', `${nested}$&`)),
      /EapTtls: no XML is known.*inner EAP/,
    );
  });
});

describe('profiles: what the parsers refuse', () => {
  const root = '<EapHostConfig xmlns="http://www.microsoft.com/provisioning/EapHostConfig"';

  it('what is no well-formed XML 1.0 with namespaces', () => {
    const documents = [
      '',
      ' ',
      'text',
      '<a>',
      '<a></b>',
      '<a/><b/>',
      '<a/>x',
      '<a x=1/>',
      '<a x="1" x="2"/>',
      '<r xmlns:a="u" xmlns:b="u"><q a:x="1" b:x="2"/></r>',
      '<a:b/>',
      '<a xmlns:b=""/>',
      '<a>a & b</a>',
      '<a>&foo;</a>',
      '<a>&#1;</a>',
      '<a>\u0001</a>',
      '<a>\uFFFE</a>',
      '<a>\uD800</a>',
      '<a>]]></a>',
      '<a x="<"/>',
      '<1a/>',
      '<a><!-- a -- b --></a>',
      '<a><?xml version="1.0"?></a>',
    ];
    for (const document of documents) malformed(document, /not well-formed: line \d+, column \d+: /);
    malformed('<?xml version="1.1"?><a/>', 'only XML 1.0');
  });

  it('document types, entities, and what is too long or too deep', () => {
    malformed('<!DOCTYPE a><a/>', 'a document type');
    malformed('<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', 'a document type');
    const bomb = `<!DOCTYPE a [<!ENTITY x "${'y'.repeat(1000)}"><!ENTITY z "${'&x;'.repeat(1000)}">]><a>&z;</a>`;
    malformed(bomb, 'a document type');
    malformed(`<a>${'x'.repeat(1 << 20)}</a>`, 'longer than 1048576');
    malformed('<a>'.repeat(65) + '</a>'.repeat(65), 'deeper than 64');
    malformed('<a>'.repeat(100000), 'deeper than 64');
    for (const value of [undefined, null, 1, {}, Buffer.from(fixture('tls'))]) {
      refuses(() => build('parseConfig', value), TypeError, 'xml must be a string');
    }
  });

  it('never quotes a document: a password may be in it', () => {
    const broken = [
      'hunter2 & rest',
      'a<hunter2',
      '&hunter2;',
      '</hunter2>',
      '<hunter2:x/>',
      '<x hunter2="1" hunter2="2"/>',
    ];
    for (const password of broken) {
      const xml = fixture('mschapv2-credentials').replace('>secret<', `>${password}<`);
      assert.throws(
        () => profiles.parseCredentials(xml),
        (error) => {
          assert.ok(error instanceof EapError);
          assert.doesNotMatch(`${error.message}${String(error.cause)}${error.stack}`, /hunter2/);
          return true;
        },
      );
    }
    const element = changed('mschapv2-credentials', '>secret<', '><hunter2/><');
    malformed(element, /Password: must hold text, not elements$/, profiles.parseCredentials);
  });

  it('another document, and namespaces with https', () => {
    malformed(`<WLANProfile/>`, 'must be EapHostConfig of the namespace http://www.microsoft.com/');
    malformed(fixture('tls-credentials'), 'must be EapHostConfig');
    malformed(fixture('tls'), 'must be EapHostUserCredentials', profiles.parseCredentials);
    malformed(
      fixture('tls').replaceAll('http:', 'https:'),
      'EapHostConfig: its namespace begins with https:',
    );
    malformed(
      changed(
        'tls',
        'http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1',
        'https://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1',
      ),
      'Eap/EapType: its namespace begins with https:',
    );
  });

  it('a document without its parts, with too many or in the wrong order', () => {
    malformed(`${root}/>`, 'EapHostConfig: EapMethod is missing');
    malformed(changed('tls', /<Config[^]*<\/Config>/, ''), 'must have Config or ConfigBlob');
    malformed(changed('tls', '</EapHostConfig>', '<ConfigBlob/>$&'), 'must have Config or ConfigBlob');
    malformed(
      changed('tls', /(<EapMethod[^]*<\/EapMethod>)([^]*<\/Config>)/, '$2$1'),
      'EapMethod: must stand before Config',
    );
    malformed(changed('tls', '</EapMethod>', '$&<EapMethod/>'), 'only one EapMethod');
    malformed(changed('tls', '<m:Type>13</m:Type>', ''), 'EapMethod: Type is missing');
    malformed(changed('tls', '<m:Type>13<', '<m:Type>x<'), 'EapMethod/Type: must be a number');
    malformed(changed('tls', '<m:Type>13<', '<m:Type>0<'), 'EapMethod: type.type must be an EAP type');
    malformed(changed('tls', '<m:AuthorId>0<', '<m:AuthorId>4294967296<'), 'must be a number of 32 bits');
    malformed(changed('tls', '<b:Type>13<', '<b:Type>25<'), 'Eap/Type: EAP type 25 has no typed options');
    malformed(changed('tls', /<b:Type>13<\/b:Type>/, ''), 'Config/Eap: must begin with Type');
    malformed(changed('tls', /<b:Eap>[^]*<\/b:Eap>/, ''), 'Config: must have one Eap');
    malformed(changed('tls', /<t:EapType>[^]*<\/t:EapType>/, ''), 'must have one EapType');
    malformed(changed('tls', '<b:Eap>', 'x$&'), 'Config: holds text');
    const type = 'EapHostConfig/Config/Eap/EapType';
    malformed(
      changed('tls', /(<t:Diff.*\n)([^]*<\/t2:Perf.*\n)/, '$2$1'),
      `${type}/DifferentUsername: must stand before PerformServerValidation`,
    );
    malformed(
      changed('peap-mschapv2', /(<p:FastReconnect>.*\s*)(<p:InnerEapOptional>.*)/, '$2$1'),
      `${type}/FastReconnect: must stand before InnerEapOptional`,
    );
    malformed(changed('tls', /<t:DifferentUsername>.*/, '$&$&'), `${type}/DifferentUsername: only one`);
    malformed(
      changed('tls', '<t:DifferentUsername>false', '<t:DifferentUsername>no'),
      'must be true, false, 1 or 0',
    );
    malformed(
      changed('tls', '>0123456789', '>012345678'),
      'TrustedRootCA: must be 40 hexadecimal digits (SHA-1), not 39',
    );
    malformed(
      changed('tls', '<t:SimpleCertSelection>true</t:SimpleCertSelection>', 'x'),
      'CertificateStore: holds text',
    );
    malformed(
      changed('ttls-credentials', /<us:Password>.*/, ''),
      'EapTtls: Password is missing',
      profiles.parseCredentials,
    );
  });

  it('inner methods without typed options, and two where one can be', () => {
    malformed(
      changed('peap-mschapv2', '<b:Type>26<', '<b:Type>6<'),
      'EAP type 6 has no typed options in this place',
    );
    malformed(
      changed('peap-mschapv2', /<b:Eap>\s*<b:Type>26[^]*?<\/b:Eap>/, '$&$&'),
      'EapType/Eap: only one Eap',
    );
    malformed(
      changed('ttls-pap', '<s:PAPAuthentication/>', '$&<s:CHAPAuthentication/>'),
      'CHAPAuthentication: only one',
    );
    malformed(
      changed('ttls-pap', '<s:PAPAuthentication/>', '<s:PAPAuthentication>x</s:PAPAuthentication>'),
      'must be empty',
    );
    malformed(
      changed('ttls-eap-mschapv2', '<m:Type>26<', '<m:Type>6<'),
      'the inner method 6 (author 0) has no typed options',
    );
    malformed(
      changed('teap', /<EapHostConfig xmlns[^>]*>\s*<EapMethod[^>]*>\s*<m:Type>26[^]*?<\/EapHostConfig>/, ''),
      'InnerMethodConfig: EapHostConfig or Eap is missing',
    );
  });
});

/** What the parser does not know, without the lines. */
const sorted = (xml: string): string[] =>
  profiles.parseConfig(xml).unknown.map((each) => each.replace(/^line \d+: /u, ''));

describe('profiles: misspelt and misplaced elements', () => {
  const fast = /<p:FastReconnect>.*<\/p:FastReconnect>\s*/;
  const cases: readonly (readonly [title: string, xml: string, line: string, says: RegExp])[] = [
    [
      'a letter short',
      changed('mschapv2', /UseWinLogonCredentials/g, 'UseWinLogonCredential'),
      'UseWinLogonCredential>',
      /EapType\/UseWinLogonCredential is not known here; did you mean UseWinLogonCredentials\?$/u,
    ],
    [
      'an end of a line after its name',
      changed('mschapv2', /UseWinLogonCredentials/g, 'UseWinLogonCredential\n'),
      'UseWinLogonCredential\n',
      /did you mean UseWinLogonCredentials\?$/u,
    ],
    [
      'of another spelling',
      changed('peap-mschapv2', /TrustedRootCA/g, 'TrustedRootCAHash'),
      'TrustedRootCAHash>',
      /TrustedRootCAHash is not known here; did you mean TrustedRootCA\?/u,
    ],
    [
      'of the element above',
      changed('peap-mschapv2', fast, '').replace(
        '<p:ServerValidation>',
        '$&<p:FastReconnect>true</p:FastReconnect>',
      ),
      '<p:FastReconnect>',
      /ServerValidation\/FastReconnect is not known here; it belongs in EapType$/u,
    ],
    [
      'of another namespace',
      changed('peap-mschapv2', /p:FastReconnect/g, 'b:FastReconnect'),
      'FastReconnect>',
      /FastReconnect is not known here; its namespace must be .*MsPeapConnectionPropertiesV1$/u,
    ],
    [
      'of nobody',
      changed('mschapv2', /UseWinLogonCredentials/g, 'Zebra'),
      'Zebra>',
      /EapType\/Zebra is not known here; there are UseWinLogonCredentials$/u,
    ],
  ];
  for (const [title, xml, mark, says] of cases) {
    it(`${title}: refused with its line and what was meant, and kept on request`, () => {
      const line = xml.slice(0, xml.indexOf(mark)).split('\n').length;
      const refusing = (text: string) => profiles.parseConfig(text, { unknown: 'refuse' });
      malformed(xml, new RegExp(`^xml: line ${line}: `, 'u'), refusing);
      malformed(xml, new RegExp(says.source, 'mu'), refusing);
      assert.match(profiles.parseConfig(xml).unknown.join('\n'), new RegExp(says.source, 'mu'));
    });
  }

  it('one that stands too early: refused with its line', () => {
    const [element = ''] = fast.exec(fixture('peap-mschapv2')) ?? [];
    const xml = changed('peap-mschapv2', fast, '').replace('<p:ServerValidation>', `${element}$&`);
    malformed(xml, /^line \d+: .*ServerValidation: must stand before FastReconnect/u);
  });
});

describe('profiles: what the parsers report', () => {
  it('elements and attributes that no option expresses, by place and name', () => {
    const xml = fixture('peap-tls')
      .replace('</EapHostConfig>', '<x xmlns="urn:x"><y/></x>$&')
      .replace('<EapMethod', '<EapMethod v="2"')
      .replace('<p:FastReconnect>', '<p:New/>$&')
      .replace('<t:CertificateStore>', '<t:CertificateStore hint="1" xml:lang="en">')
      .replace(
        '</p:PeapExtensions>',
        '<p2:PeapExtensionsV2><q:PeapExtensionsV3 xmlns:q="http://www.microsoft.com/provisioning/MsPeapConnectionPropertiesV3"><z xmlns="urn:z"/></q:PeapExtensionsV3></p2:PeapExtensionsV2>$&',
      );
    const parsed = profiles.parseConfig(xml);
    assert.ok(parsed.method === 'peap');
    assert.deepEqual(parsed.options, samples.peapTls);
    const type = 'EapHostConfig/Config/Eap/EapType';
    const places = parsed.unknown.map((each) => /^line \d+: (\S+) is not known here/u.exec(each)?.[1]);
    assert.deepEqual(
      new Set(places),
      new Set([
        `${type}/Eap/EapType/CredentialsSource/CertificateStore/@hint`,
        `${type}/New`,
        `${type}/PeapExtensions/PeapExtensionsV2/PeapExtensionsV3/{urn:z}z`,
        'EapHostConfig/EapMethod/@v',
        'EapHostConfig/{urn:x}x',
      ]),
    );
  });

  it('TEAP parameters and TLS extensions of which nothing is known', () => {
    const teap = changed(
      'teap',
      '</e:InnerMethodConfig>',
      '<e:Parameters><a xmlns="urn:a"/></e:Parameters>$&',
    );
    const place = 'EapHostConfig/Config/EapTeap/Phase2Authentication/InnerMethodConfig/Parameters/{urn:a}a';
    assert.deepEqual(sorted(teap), [`${place} is not known here`]);
    const tls = changed(
      'tls',
      '</t:EapType>',
      '<t2:TLSExtensions><x:Extensions xmlns:x="http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV3"><b xmlns="urn:b"/></x:Extensions></t2:TLSExtensions>$&',
    );
    const extension = 'EapHostConfig/Config/Eap/EapType/TLSExtensions/Extensions/{urn:b}b';
    assert.deepEqual(sorted(tls), [`${extension} is not known here`]);
  });

  it("PEAP's obsolete IdentityPrivacy: taken as Windows takes it, reported where Windows ignores it", () => {
    const obsolete =
      '<p:IdentityPrivacy><p:EnableIdentityPrivacy>true</p:EnableIdentityPrivacy><p:AnonymousUserName>old</p:AnonymousUserName></p:IdentityPrivacy>';
    const both = changed('peap-mschapv2', '<p:FastReconnect>', `${obsolete}$&`);
    const ignored = profiles.parseConfig(both);
    assert.ok(ignored.method === 'peap');
    assert.deepEqual(ignored.options, samples.peapMsChapV2);
    assert.equal(ignored.unknown.length, 1);
    assert.match(
      ignored.unknown[0] ?? '',
      /IdentityPrivacy is not known here; beside PeapExtensions, Windows/,
    );
    const alone = profiles.parseConfig(both.replace(/<p:PeapExtensions>[^]*<\/p:PeapExtensions>/, ''));
    assert.ok(alone.method === 'peap');
    assert.deepEqual(alone.options.identityPrivacy, { enabled: true, anonymousIdentity: 'old' });
    assert.deepEqual(alone.unknown, []);
  });

  it('methods without typed options, and opaque blobs of any method', () => {
    const other = profiles.parseConfig(changed('ttls-pap', '<m:AuthorId>311<', '<m:AuthorId>67532<'));
    assert.deepEqual(other, {
      method: 'other',
      type: { type: 21, vendorId: 0, vendorType: 0, authorId: 67532 },
      unknown: other.unknown,
    });
    assert.equal(other.unknown.length, 1);
    assert.match(
      other.unknown[0] ?? '',
      /^line \d+: EapHostConfig\/Config\/\{.*V1\}EapTtls is not known here$/,
    );
    assert.equal(profiles.parseConfig(fixture('ttls-pap'), { unknown: 'refuse' }).method, 'ttls');
    const user = profiles.parseCredentials(changed('tls-credentials', '<m:Type>13<', '<m:Type>43<'));
    assert.equal(user.method, 'other');
    const blob = profiles.parseConfig(
      changed('tls', /<Config[^]*<\/Config>/, '<ConfigBlob>\n 01 02\n ff FE\n</ConfigBlob>'),
    );
    assert.ok(blob.method === 'blob');
    assert.deepEqual(blob.options.blob, Uint8Array.of(1, 2, 255, 254));
    malformed(
      changed('tls', /<Config[^]*<\/Config>/, '<ConfigBlob>012</ConfigBlob>'),
      'ConfigBlob: must be pairs',
    );
  });
});
