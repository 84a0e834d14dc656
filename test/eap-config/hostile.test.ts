// eap-config files that nobody means well with: each is refused with its place, or read without harm. No error tells a
// password.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/base/errors.js';
import { profiles } from '../../lib/profiles/index.js';
import { Random } from '../profiles/support.js';
import { certificateOf, fixture, randomProvider, write } from './support.js';

const { parseEapConfig } = profiles;
const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 20262);

/** The fixture with one piece of it replaced. */
function changed(name: string, piece: string | RegExp, replacement: string): string {
  const before = fixture(name);
  const after = before.replace(piece, () => replacement);
  assert.notEqual(after, before, `${name} has no ${String(piece)}`);
  return after;
}

function refusal(xml: string): string {
  let message = '';
  assert.throws(
    () => parseEapConfig(xml),
    (error) => {
      assert.ok(error instanceof EapError, String(error));
      assert.equal(error.code, 'EAP_E_EAPHOST_XML_MALFORMED');
      message = error.message;
      return true;
    },
  );
  return message;
}

const ca = /<CA [^]*?<\/CA>/u;
const filler = (count: number, element: string): string => element.repeat(count);

describe('eap-config files that are wrong', () => {
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'entities',
      changed(
        'university',
        '<EAPIdentityProviderList',
        '<!DOCTYPE a [<!ENTITY b "c">]><EAPIdentityProviderList',
      ),
      /document type/u,
    ],
    [
      'an entity of nobody',
      changed('university', 'eduroam', '&xxe;'),
      /line \d+, column \d+: undefined entity/u,
    ],
    [
      'another root',
      fixture('university').replaceAll('EAPIdentityProviderList', 'WLANProfile'),
      /line 2: WLANProfile: the element must be EAPIdentityProviderList/u,
    ],
    ['another namespace', changed('draft', 'urn:ietf', 'urn:irtf'), /without a namespace/u],
    ['no provider', '<EAPIdentityProviderList/>', /EAPIdentityProvider is missing/u],
    [
      'no methods',
      changed('university', /<AuthenticationMethods>[^]*<\/AuthenticationMethods>/u, ''),
      /AuthenticationMethods is missing/u,
    ],
    ['a method without type', changed('draft', '<Type>21</Type>', ''), /EAPMethod: Type is missing/u],
    [
      'a type that is none',
      changed('draft', '<Type>21', '<Type>0x15'),
      /Type: must be an integer from 0 to 255/u,
    ],
    ['a type out of range', changed('draft', '<Type>21', '<Type>256'), /must be an integer from 0 to 255/u],
    [
      'two inner types in one',
      changed('draft', '<NonEAPAuthMethod>', '<EAPMethod><Type>26</Type></EAPMethod><NonEAPAuthMethod>'),
      /only one of them/u,
    ],
    [
      'two SSIDs in one place',
      changed('university', '</SSID>', '</SSID><SSID>evil</SSID>'),
      /SSID: only one is allowed/u,
    ],
    [
      'an SSID of 33 octets',
      changed('university', '>eduroam<', `>${'é'.repeat(16)}e<`),
      /SSID: is longer than 32 octets/u,
    ],
    ['a cipher of its own', changed('university', 'CCMP', 'WEP'), /MinRSNProto: must be TKIP or CCMP/u],
    [
      'a consortium of four octets',
      changed('university', '001bc50460', '001bc504'),
      /ConsortiumOID: must be 6 or 10/u,
    ],
    [
      'a date that is none',
      changed('certificate', '2030-01-31T', '2030-02-31T99'),
      /ValidUntil: must be a date/u,
    ],
    ['a place beyond the pole', changed('university', '-53.01', '-90.01'), /Latitude: must be degrees/u],
    [
      'half a place',
      changed('university', /<Latitude>.*<\/Latitude>/u, ''),
      /must have Longitude and Latitude/u,
    ],
    ['text between elements', changed('university', '<IEEE8023/>', 'text<IEEE8023/>'), /holds text between/u],
    [
      'elements in a text',
      changed('university', 'eduroam', 'edu<b>roam</b>'),
      /SSID: must hold text, not elements/u,
    ],
    ['an authority of no base64', changed('university', '>MII', '>M!I'), /line \d+: .*\/CA: must be base64/u],
    [
      'an authority cut off',
      changed('university', ca, '<CA format="X.509" encoding="base64">MIIB</CA>'),
      /CA: is no X\.509 certificate/u,
    ],
    [
      'an authority of nothing',
      changed('university', ca, '<CA format="X.509" encoding="base64"/>'),
      /CA: must be base64/u,
    ],
    [
      'an authority that is too long',
      changed('university', ca, `<CA format="X.509" encoding="base64">${'AAAA'.repeat(30_000)}</CA>`),
      /CA: is longer than 65536 octets/u,
    ],
    [
      'a PKCS #12 that is too long',
      changed('certificate', /MII[^<]*<\/ClientC/u, `${'AAAA'.repeat(400_000)}</ClientC`),
      /ClientCertificate: is longer than 1048576 octets/u,
    ],
    [
      '101 authorities',
      changed('university', ca, filler(101, '<CA format="X.509" encoding="base64">AAAA</CA>')),
      /CA: more than 100/u,
    ],
    [
      '101 methods',
      changed(
        'draft',
        '</AuthenticationMethods>',
        `${filler(101, '<AuthenticationMethod/>')}</AuthenticationMethods>`,
      ),
      /AuthenticationMethod: more than 100/u,
    ],
    [
      '101 providers',
      changed(
        'draft',
        '</EAPIdentityProviderList>',
        `${filler(101, '<EAPIdentityProvider/>')}</EAPIdentityProviderList>`,
      ),
      /EAPIdentityProvider: more than 100/u,
    ],
    [
      'a long identity',
      changed('university', 'anonymous@', `${'a'.repeat(1025)}@`),
      /OuterIdentity: is longer than 1024 characters/u,
    ],
    [
      'a long id',
      changed('university', 'ID="example.org"', `ID="${'a'.repeat(1025)}"`),
      /its ID is longer than 1024/u,
    ],
    [
      'more than 4 Mi characters',
      `<EAPIdentityProviderList>${' '.repeat(1 << 22)}`,
      /longer than 4194304 characters/u,
    ],
    ['65 floors', '<EAPIdentityProviderList>'.repeat(65), /nested deeper than 64/u],
    ['an end too early', fixture('university').slice(0, 3000), /not well-formed/u],
  ];
  for (const [name, flood] of [
    ['elements', '<a/>'],
    ['attributes', '<a b="" c="" d=""/>'],
    [
      'attributes of one element',
      `<a${Array.from({ length: 70_000 }, (_, index) => ` a${index}=""`).join('')}/>`,
    ],
  ] as const) {
    it(`a flood of ${name}: refused`, () => {
      const xml = `<EAPIdentityProviderList>${flood.repeat(flood.length > 100 ? 1 : 70_000)}`;
      assert.match(refusal(xml), /more than 65536 elements and attributes/u);
    });
  }

  for (const [name, xml, message] of cases) {
    it(`${name}: refused`, () => assert.match(refusal(xml), message));
  }

  it('anything but text: refused', () => {
    for (const wrong of [undefined, null, Buffer.from(fixture('draft')), {}]) {
      assert.throws(() => parseEapConfig(wrong as never), TypeError);
    }
  });

  it('a misspelt option: refused', () => {
    const options = { unknwon: 'refuse' } as never;
    assert.throws(
      () => parseEapConfig(fixture('draft'), options),
      /unknwon is no option; did you mean unknown\?/u,
    );
  });

  it('unknown elements: named, at most a hundred of them, however long their names', () => {
    const strange = `<${'x'.repeat(10_000)}/>`;
    const xml = changed(
      'draft',
      '</CredentialApplicability>',
      `</CredentialApplicability>${filler(300, strange)}`,
    );
    const { unknown } = parseEapConfig(xml);
    assert.equal(unknown.length, 100);
    assert.ok(unknown.every((sentence) => sentence.length < 500));
    assert.throws(() => parseEapConfig(xml, { unknown: 'refuse' }), /is not read/u);
  });

  it('elements of other namespaces: named, not read', () => {
    const xml = changed('university', '</SSID>', '</SSID><v:SSID xmlns:v="urn:vendor">evil</v:SSID>');
    const { providers, unknown } = parseEapConfig(xml);
    assert.equal(providers[0]?.wlan[0]?.ssid, 'eduroam');
    assert.match(unknown.join('\n'), /IEEE80211\/\{urn:vendor\}SSID is not read$/u);
  });

  it('octets in another form: named, not read', () => {
    const xml = changed('certificate', 'format="PKCS12"', 'format="PKCS11"');
    const { providers, unknown } = parseEapConfig(xml);
    assert.equal(providers[0]?.methods[0]?.client.pkcs12, undefined);
    assert.match(unknown.join('\n'), /ClientCertificate \(only PKCS12 in base64\) is not read$/u);
  });

  it('names of Object.prototype: no more than names', () => {
    const names = '<constructor/><__proto__>a</__proto__><toString x="1" __proto__="2"/>';
    const { providers, unknown } = parseEapConfig(
      changed('draft', '<CredentialApplicability>', `${names}<CredentialApplicability>`),
    );
    assert.equal(unknown.length, 4);
    assert.deepEqual(Object.getPrototypeOf(providers[0]), Object.prototype);
    assert.equal(({} as Record<string, unknown>)['x'], undefined);
  });

  it('no error tells a password or a passphrase', () => {
    const told = [
      changed('draft', '<Password>correct horse', '<Password><b/>correct horse'),
      changed(
        'draft',
        '<Password>correct horse',
        '<Password>correct horse</Password><Password>correct horse',
      ),
      changed('draft', '<Password>correct horse', `<Password>${'correct horse'.repeat(100)}`),
      changed('draft', '<Password>correct horse', '<Password>correct horse&nothing;'),
      changed('draft', '</Password>', '</Passwort>'),
    ];
    for (const xml of told) assert.doesNotMatch(refusal(xml), /correct|horse/u);
  });
});

describe('What Windows is not given', () => {
  const reasonOf = (xml: string): string => {
    const windows = parseEapConfig(xml).providers[0]?.methods.at(-1)?.windows;
    assert.ok(windows && !windows.supported);
    return windows.reason;
  };
  const cases: readonly (readonly [string, string, RegExp])[] = [
    ['FAST', changed('draft', '<Type>21', '<Type>43'), /Windows has no EAP-FAST/u],
    [
      'MSCHAPv2 in the open',
      changed('draft', '<Type>21', '<Type>26'),
      /Windows has no EAP-MSCHAPv2 for networks/u,
    ],
    ['an unknown method', changed('draft', '<Type>21', '<Type>99'), /Windows has no 99/u],
    [
      'MSCHAPv2 without EAP in PEAP',
      changed('draft', '<Type>21', '<Type>25'),
      /PEAP has no MSCHAPv2 without EAP inside/u,
    ],
    [
      'an unknown method without EAP',
      changed('draft', '<Type>3<', '<Type>7<'),
      /no method 7 without EAP inside/u,
    ],
    [
      'GTC in TTLS',
      changed(
        'university',
        /<NonEAPAuthMethod>[^]*<\/NonEAPAuthMethod>/u,
        '<EAPMethod><Type>6</Type></EAPMethod>',
      ),
      /EAP-TTLS has no GTC inside/u,
    ],
    [
      'a tunnel with nothing in it',
      changed('draft', /<InnerAuth[^]*InnerAuthenticationMethod>/u, ''),
      /names no method inside EAP-TTLS/u,
    ],
    [
      'no server and no authority',
      changed('draft', /<ServerSide[^]*ServerSideCredential>/u, ''),
      /any server would be trusted/u,
    ],
    [
      'no root',
      changed(
        'university',
        /<CA [^]*<\/CA>/u,
        /<CA .*<\/CA>\n *<CA (.*)<\/CA>/u.exec(fixture('university'))![0].replace(/^.*\n */u, ''),
      ),
      /none of the authorities \(CA\) is a root/u,
    ],
    [
      'names that are patterns',
      changed('draft', 'radius.example.org', '.*'),
      /ServerID "\.\*" is not the name of a host/u,
    ],
    [
      'names joined',
      changed('draft', 'radius.example.org', 'a.example.org;evil.example'),
      /is not the name of a host/u,
    ],
    [
      'names with lines',
      changed('draft', 'radius.example.org', 'a.example.org&#10;b'),
      /ServerID "a\.example\.org\\nb" is/u,
    ],
  ];
  for (const [name, xml, reason] of cases) it(name, () => assert.match(reasonOf(xml), reason));
});

describe(`eap-config files with octets changed (EAPHOST_TEST_SEED=${seed})`, () => {
  it('are read or refused, and nothing else', () => {
    const { certificates } = parseEapConfig(fixture('university')).providers[0]!.methods[1]!.server;
    assert.deepEqual(
      certificates.map(({ pem }) => certificateOf(pem)),
      certificates,
    );
    const outcomes = { read: 0, refused: 0 };
    for (let round = 0; round < 400; round += 1) {
      const random = new Random(seed + round);
      const xml = Array.from(write([randomProvider(random, certificates)]));
      for (let change = 0; change <= round % 4; change += 1) {
        const at = random.below(xml.length);
        xml.splice(
          at,
          random.below(3),
          random.pick(['<', '>', '/', '&', '"', 'A', '', ' ', '\0', ']]>', '=']),
        );
      }
      try {
        parseEapConfig(xml.join(''));
        outcomes.read += 1;
      } catch (error) {
        assert.ok(error instanceof EapError, `seed ${seed + round}: ${String(error)}`);
        assert.equal(error.code, 'EAP_E_EAPHOST_XML_MALFORMED');
        outcomes.refused += 1;
      }
    }
    assert.ok(outcomes.read > 0 && outcomes.refused > 100, JSON.stringify(outcomes));
  });
});
