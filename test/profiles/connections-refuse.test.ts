// What the builders and the parsers of connection profiles refuse, and how they say it; what the parsers report by name.

import assert from 'node:assert/strict';

import { profiles, type ParsedConnection } from '../../lib/profiles/index.js';
import { changed, fixture, malformed, refuses } from './support.js';

type Kind = 'wlan' | 'lan' | 'vpn';

/** Calls a builder as JavaScript can. */
const build = (kind: Kind, options: unknown): unknown =>
  Reflect.apply(profiles[kind], profiles, [options]) as unknown;

const parsers = { wlan: profiles.parseWlan, lan: profiles.parseLan, vpn: profiles.parseVpn } as const;

/** The parser of a sample's kind. */
const parse = (sample: string, xml: string): ParsedConnection<object> => {
  const [kind] = sample.split('-');
  assert.ok(kind === 'wlan' || kind === 'lan' || kind === 'vpn');
  return parsers[kind](xml);
};

const connection = (sample: string): string => fixture(`connections/${sample}`);
const edited = (sample: string, piece: string | RegExp, replacement: string): string =>
  changed(`connections/${sample}`, piece, replacement);

const home = { name: 'a', ssids: ['a'], security: { authentication: 'WPA2PSK' } };
const eap = { tls: {} };
const enterprise = { ...home, security: { authentication: 'WPA2' }, oneX: { eap } };

describe('profiles: what the builders of connections refuse', () => {
  it('options that are none, misspelt or of a wrong type, by their place', () => {
    const cases: [Kind, unknown, string][] = [
      ['wlan', undefined, 'options must be an object'],
      ['wlan', [], 'options must be an object'],
      ['wlan', {}, 'options.name is missing'],
      ['wlan', { name: 1 }, 'options.name must be a string'],
      ['wlan', { name: 'a' }, 'options.ssids is missing'],
      ['wlan', { ...home, ssid: 'a' }, 'options.ssid is no option; did you mean ssids?'],
      ['wlan', { ...home, ssids: 'a' }, 'options.ssids must be an array'],
      ['wlan', { ...home, ssids: [] }, 'options.ssids must not be empty'],
      ['wlan', { ...home, ssids: [1] }, 'options.ssids[0] must be a string or an object with hex'],
      ['wlan', { ...home, ssids: [{ name: 'a' }] }, 'options.ssids[0].hex is missing'],
      ['wlan', { ...home, ssids: [{ hex: 'FF', octets: 1 }] }, 'options.ssids[0].octets is no option'],
      ['wlan', { name: 'a', ssids: ['a'] }, 'options.security.authentication is missing'],
      ['wlan', { ...home, security: 'WPA2' }, 'options.security must be an object'],
      [
        'wlan',
        { ...home, security: { authentication: 'wpa2' } },
        'options.security.authentication must be one of',
      ],
      ['wlan', { ...home, security: { ...home.security, fipsmode: true } }, 'did you mean fipsMode?'],
      ['wlan', { ...home, nonBroadcast: 1 }, 'options.nonBroadcast must be a boolean'],
      ['wlan', { ...home, connectionMode: 'Auto' }, 'options.connectionMode must be one of auto, manual'],
      ['wlan', { ...home, phyTypes: ['x'] }, 'options.phyTypes[0] must be one of a, b, g, n, ac, ax'],
      ['wlan', { ...home, cost: 'Fixed' }, 'options.cost is no option'],
      ['wlan', { ...home, hotspot2: { naiRealms: 'a' } }, 'options.hotspot2.naiRealms must be an array'],
      [
        'wlan',
        { ...home, security: { authentication: 'WPA2' } },
        'options.oneX is missing: WPA2 authenticates by',
      ],
      ['wlan', { ...enterprise, oneX: {} }, 'options.oneX.eap is missing'],
      ['wlan', { ...enterprise, oneX: { eap: {} } }, 'options.oneX.eap must have one of'],
      ['wlan', { ...enterprise, oneX: { eap: { tls: {}, peap: {} } } }, 'options.oneX.eap must have one of'],
      ['wlan', { ...enterprise, oneX: { eap: { tls: { x: 1 } } } }, 'options.oneX.eap.tls.x is no option'],
      [
        'wlan',
        { ...enterprise, oneX: { eap, singleSignOn: {} } },
        'options.oneX.singleSignOn.type is missing',
      ],
      ['wlan', { ...enterprise, oneX: { eap, heldPeriod: '1' } }, 'options.oneX.heldPeriod must be a number'],
      [
        'wlan',
        { ...enterprise, security: { authentication: 'WPA3ENT192', encryption: 'AES' } },
        'options.security.encryption must be GCMP256 with WPA3ENT192',
      ],
      ['lan', null, 'options must be an object'],
      ['lan', { oneXEnabled: true }, 'options.oneX is missing, though 802.1X is enabled'],
      ['lan', { onex: { eap } }, 'options.onex is no option; did you mean oneX?'],
      ['vpn', {}, 'options.servers is missing'],
      ['vpn', { servers: 'a', eap }, 'options.servers must be an array'],
      ['vpn', { servers: [], eap }, 'options.servers must not be empty'],
      ['vpn', { servers: ['a'] }, 'options.eap is missing'],
      ['vpn', { servers: ['a'], machineMethod: 'Eap' }, 'options.eap is missing'],
      ['vpn', { servers: ['a'], userMethod: 'EAP', eap }, 'options.userMethod must be one of Eap, MSChapv2'],
      ['vpn', { servers: ['a'], eap, appTriggers: [1] }, 'must be a string'],
      ['vpn', { servers: ['a'], eap, routes: [{ address: 'a' }] }, 'options.routes[0].prefixSize is missing'],
    ];
    for (const [kind, options, message] of cases) refuses(() => build(kind, options), TypeError, message);
  });

  it('values out of their range', () => {
    const oneX = (given: object): unknown => ({ ...enterprise, oneX: { eap, ...given } });
    const security = (given: object): unknown => ({ ...home, security: { ...home.security, ...given } });
    const ssid = (given: unknown): unknown => ({ ...home, ssids: [given] });
    const cases: [Kind, unknown, string][] = [
      ['wlan', { ...home, name: '' }, 'options.name must have 1 to 255 characters'],
      ['wlan', { ...home, name: 'a'.repeat(256) }, 'options.name must have 1 to 255 characters'],
      ['wlan', { ...home, name: 'a\0' }, 'options.name has U+0000 at index 1'],
      ['wlan', ssid(''), 'options.ssids[0] must have 1 to 32 octets in UTF-8, not 0'],
      ['wlan', ssid('a'.repeat(33)), 'options.ssids[0] must have 1 to 32 octets in UTF-8, not 33'],
      ['wlan', ssid('é'.repeat(17)), 'options.ssids[0] must have 1 to 32 octets in UTF-8, not 34'],
      ['wlan', ssid('a\u0001'), 'options.ssids[0] has characters that XML 1.0 cannot hold: give its octets'],
      ['wlan', ssid({ hex: '' }), 'options.ssids[0].hex must be 2 to 64 hexadecimal digits'],
      ['wlan', ssid({ hex: 'F' }), 'options.ssids[0].hex must be 2 to 64 hexadecimal digits'],
      ['wlan', ssid({ hex: 'FG' }), 'options.ssids[0].hex must be'],
      ['wlan', ssid({ hex: 'FF'.repeat(33) }), 'options.ssids[0].hex must be'],
      [
        'wlan',
        { ...home, ssids: Array.from({ length: 257 }, () => 'a') },
        'options.ssids must have 256 names at most',
      ],
      ['wlan', { ...home, hotspot2: { roamingConsortiums: ['0011'] } }, 'roamingConsortiums[0] must be'],
      ['wlan', oneX({ heldPeriod: 0 }), 'options.oneX.heldPeriod must be an integer from 1 to 3600'],
      ['wlan', oneX({ maxStart: 101 }), 'options.oneX.maxStart must be an integer from 1 to 100'],
      [
        'wlan',
        oneX({ singleSignOn: { type: 'preLogon', maxDelay: 121 } }),
        'maxDelay must be an integer from 0 to 120',
      ],
      [
        'wlan',
        security({ pmkCacheTtl: 4 }),
        'options.security.pmkCacheTtl must be an integer from 5 to 1440',
      ],
      ['wlan', security({ keyIndex: 4 }), 'options.security.keyIndex must be an integer from 0 to 3'],
      [
        'wlan',
        { ...home, macRandomization: { randomizationSeed: 2 ** 32 } },
        'randomizationSeed must be an integer',
      ],
      ['vpn', { servers: ['a,b'], eap }, 'options.servers[0] must not have a comma'],
      ['vpn', { servers: [''], eap }, 'options.servers[0] must have 1 to 255 characters'],
      ['vpn', { servers: ['a'], eap, routes: [{ address: 'a', prefixSize: 129 }] }, 'from 0 to 128'],
    ];
    for (const [kind, options, message] of cases) refuses(() => build(kind, options), RangeError, message);
  });

  it('text that is no EapHostConfig', () => {
    const withText = (text: string) => () => build('lan', { oneX: { eap: text } });
    malformed(withText(''), 'not well-formed');
    malformed(withText('<a/>'), "a: the document's element must be EapHostConfig");
    malformed(withText(fixture('tls-credentials')), 'must be EapHostConfig');
    malformed(withText('<!DOCTYPE a><a/>'), 'a document type');
    malformed(
      withText(fixture('tls').replace(/<Config[^]*<\/Config>/u, '')),
      'must have Config or ConfigBlob',
    );
    malformed(withText(`${fixture('tls')}<b/>`), 'not well-formed');
    malformed(withText(connection('wlan-wpa2-tls')), 'must be EapHostConfig');
  });

  it('keys and passwords are quoted by no error', () => {
    const sharedKey = { keyType: 'passPhrase', keyMaterial: 'hunter2\0' };
    const key = 'options.security.sharedKey.keyMaterial has a character at index 7 that';
    refuses(() => build('wlan', { ...home, security: { ...home.security, sharedKey } }), RangeError, key);
    const psk = { servers: ['a'], userMethod: 'MSChapv2', l2tpPsk: 'hunter2\0' };
    refuses(() => build('vpn', psk), RangeError, /^options\.l2tpPsk has a character at index 7 that/u);
  });

  it('what is on Object.prototype is no option', () => {
    const polluted = ['oneX', 'eap', 'oneXEnabled', 'security', 'hex', 'userMethod', 'protected'];
    const make = (): string[] => [
      String(
        build('wlan', {
          ...home,
          security: { ...home.security, sharedKey: { keyType: 'passPhrase', keyMaterial: 'x' } },
        }),
      ),
      String(build('lan', {})),
      String(build('vpn', { servers: ['a'], machineMethod: 'Certificate' })),
    ];
    const clean = make();
    for (const name of polluted) Reflect.set(Object.prototype, name, 'x');
    try {
      assert.deepEqual(make(), clean);
      const { options } = profiles.parseLan(clean[1] ?? '');
      assert.deepEqual(
        Object.entries(options).toSorted(([a], [b]) => a.localeCompare(b)),
        [
          ['oneXEnabled', false],
          ['oneXEnforced', false],
        ],
      );
      const bare = edited('lan-peap', /<OneX [^]*<\/OneX>/u, '');
      malformed(() => profiles.parseLan(bare), 'OneX is missing, though 802.1X is enabled');
      assert.deepEqual(profiles.parseWlan(connection('wlan-wpa2-personal')).options.ssids, ['wpa2-at-home']);
    } finally {
      for (const name of polluted) Reflect.deleteProperty(Object.prototype, name);
    }
    const inherited: unknown = JSON.parse('{ "__proto__": { "oneXEnabled": true }, "oneXEnforced": true }');
    refuses(() => build('lan', inherited), TypeError, 'options.__proto__ is no option');
  });
});

describe('profiles: what the parsers of connections refuse', () => {
  const cases: [sample: string, xml: (sample: string) => string, message: string | RegExp][] = [
    ['wlan-fips', (s) => edited(s, /<name>by.*<\/name>/u, ''), 'line 2: WLANProfile: name is missing'],
    [
      'wlan-fips',
      (s) => edited(s, '<name>by-the-standard<', '<name><'),
      'line 3: WLANProfile/name: must have 1 to 255',
    ],
    [
      'wlan-fips',
      (s) => edited(s, /<SSIDConfig>[^]*<\/SSIDConfig>/u, ''),
      'WLANProfile: SSIDConfig is missing',
    ],
    ['wlan-fips', (s) => edited(s, /<SSID>[^]*<\/SSID>/u, ''), 'SSIDConfig: SSID is missing'],
    ['wlan-fips', (s) => edited(s, /<SSID>[^]*<\/SSID>/u, '<SSID/>'), 'SSID: must have hex or name'],
    [
      'wlan-fips',
      (s) => edited(s, /<hex>.*<\/hex>/u, '<hex>0</hex>'),
      'SSID/hex: must be 2 to 64 hexadecimal',
    ],
    [
      'wlan-fips',
      (s) => edited(s, '</SSIDConfig>', '$&<SSIDConfig><SSID><name>b</name></SSID></SSIDConfig>'),
      'line 10: WLANProfile/SSIDConfig: must have the same nonBroadcast as the SSIDConfig before it',
    ],
    ['wlan-fips', (s) => edited(s, /<connectionType>.*\s*/u, ''), 'WLANProfile: connectionType is missing'],
    ['wlan-fips', (s) => edited(s, '>ESS<', '>ess<'), 'connectionType: must be one of ESS, IBSS'],
    [
      'wlan-fips',
      (s) => edited(s, /(\s*<connectionType>.*)(\s*<connectionMode>.*)/u, '$2$1'),
      'connectionType: must stand before connectionMode',
    ],
    ['wlan-fips', (s) => edited(s, /<connectionMode>.*/u, '$&$&'), 'connectionMode: only one connectionMode'],
    [
      'wlan-fips',
      (s) => edited(s, /<MSM>[^]*<\/MSM>/u, ''),
      'WLANProfile: MSM/security/authEncryption is missing',
    ],
    [
      'wlan-fips',
      (s) => edited(s, /<authentication>.*\s*/u, ''),
      'authEncryption: authentication is missing',
    ],
    ['wlan-fips', (s) => edited(s, '>WPA2<', '>WPA9<'), 'authentication: must be one of WPA, WPA2'],
    [
      'wlan-fips',
      (s) => edited(s, />true<\/FIPSMode/u, '>yes</FIPSMode'),
      'FIPSMode: must be true, false, 1 or 0',
    ],
    [
      'wlan-fips',
      (s) => edited(s, /<OneX [^]*<\/OneX>/u, ''),
      'WLANProfile: OneX is missing: WPA2 authenticates by',
    ],
    ['wlan-exported', (s) => edited(s, '>GCMP256<', '>AES<'), 'encryption must be GCMP256 with WPA3ENT192'],
    ['wlan-exported', (s) => edited(s, '>720<', '>1441<'), 'PMKCacheTTL: must be a number from 5 to 1440'],
    ['wlan-exported', (s) => edited(s, '>60<', '>6e1<'), 'OneX/heldPeriod: must be a number from 1 to 3600'],
    [
      'wlan-exported',
      (s) => edited(s, '>4294967295<', '>4294967296<'),
      'randomizationSeed: must be a number',
    ],
    ['wlan-exported', (s) => edited(s, '>001122<', '>0011<'), 'RoamingConsortium/OUI: must be'],
    ['wlan-exported', (s) => edited(s, /<type>post.*\s*/u, ''), 'OneX/singleSignOn: type is missing'],
    [
      'wlan-exported',
      (s) => edited(s, /<EAPConfig>[^]*<\/EAPConfig>/u, ''),
      'security/OneX: EAPConfig is missing',
    ],
    [
      'wlan-exported',
      (s) => edited(s, /<EAPConfig>[^]*<\/EAPConfig>/u, '<EAPConfig/>'),
      'must have one EapHostConfig',
    ],
    [
      'wlan-exported',
      (s) => edited(s, /<EapHostConfig [^]*<\/EapHostConfig>/u, '$&$&'),
      'must have one EapHostConfig',
    ],
    [
      'wlan-exported',
      (s) => edited(s, '<EAPConfig>', '$&x'),
      'OneX/EAPConfig: holds text between its elements',
    ],
    [
      'wlan-exported',
      (s) => edited(s, '<m:Type>13<', '<m:Type>0<'),
      /EAPConfig\/EapHostConfig\/EapMethod: type\.type/u,
    ],
    [
      'wlan-exported',
      (s) => edited(s, '<t:DifferentUsername>f', '<t:DifferentUsername>x'),
      'EapType/DifferentUsername',
    ],
    [
      'vpn-native',
      (s) => edited(s, '>1.3.6.1.4.1.99999.1<', '>tunnel<'),
      'EKUMap/EKUOID: must be an object identifier such as 1.3.6.1.5.5.7.3.2',
    ],
    ['lan-peap', (s) => edited(s, /<OneXEnforced>.*\s*/u, ''), 'MSM/security: OneXEnforced is missing'],
    ['lan-peap', (s) => edited(s, /<MSM>[^]*<\/MSM>/u, ''), 'LANProfile: MSM/security is missing'],
    [
      'lan-peap',
      (s) => edited(s, /<OneX [^]*<\/OneX>/u, ''),
      'LANProfile: OneX is missing, though 802.1X is enabled',
    ],
    [
      'vpn-native',
      (s) => edited(s, /<NativeProfile>[^]*<\/NativeProfile>/u, ''),
      'VPNProfile: NativeProfile/Servers is missing',
    ],
    [
      'vpn-native',
      (s) => edited(s, '>vpn.example.org<', `>${'v'.repeat(256)}<`),
      'Servers: must be names of 1 to 255',
    ],
    [
      'vpn-native',
      (s) => edited(s, '>vpn.example.org<', '>vpn.example.org,,b<'),
      'Servers: must be names of 1 to 255 characters, separated',
    ],
    [
      'vpn-native',
      (s) => edited(s, /<Eap>\s*<Conf[^]*<\/Configuration>\s*<\/Eap>/u, ''),
      'Authentication/Eap/Configuration is missing',
    ],
    [
      'vpn-native',
      (s) => edited(s, /<Authentication>[^]*<\/Authentication>/u, ''),
      'Authentication/Eap/Configuration is missing',
    ],
    [
      'vpn-native',
      (s) => edited(s, '>vpn.example.org<', `>${'v'.repeat(256)}<`),
      'Servers: must be names of 1 to 255',
    ],
    ['vpn-native', (s) => edited(s, /<AlwaysOn>.*/u, '$&$&'), 'AlwaysOn: only one AlwaysOn'],
    [
      'vpn-native',
      (s) => edited(s, '<PrefixSize>24<', '<PrefixSize>256<'),
      'Route/PrefixSize: must be a number',
    ],
    ['vpn-native', (s) => edited(s, /<Id>Example.*<\/Id>/u, '<Id/>'), 'App/Id: must have 1 to'],
    [
      'vpn-native',
      (s) => edited(s, /<AppTrigger>[^]*?<\/AppTrigger>/u, '<AppTrigger/>'),
      'AppTrigger: App is missing',
    ],
  ];
  for (const [index, [sample, xml, message]] of cases.entries()) {
    it(`${sample}, ${index}: ${String(message)}`, () => malformed(() => parse(sample, xml(sample)), message));
  }

  it('other documents, and namespaces with https', () => {
    const samples = ['wlan-fips', 'lan-peap', 'vpn-native'];
    for (const sample of samples) {
      for (const other of samples.filter((each) => each !== sample)) {
        malformed(() => parse(sample, connection(other)), "the document's element must be");
      }
    }
    malformed(() => profiles.parseVpn('<VPNProfile xmlns="urn:x"/>'), 'must be VPNProfile of no namespace');
    const https = (sample: string): string => connection(sample).replaceAll('http:', 'https:');
    malformed(
      () => profiles.parseWlan(https('wlan-fips')),
      'line 2: WLANProfile: its namespace begins with https:',
    );
    malformed(
      () => profiles.parseLan(https('lan-peap')),
      'line 2: LANProfile: its namespace begins with https:',
    );
  });

  it('document types, what is too long or too deep, and what is no text', () => {
    for (const read of Object.values(parsers)) {
      malformed(
        () => read('<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'),
        'a document type',
      );
      malformed(() => read(`<a>${' '.repeat(1 << 20)}</a>`), 'longer than 1048576');
      malformed(() => read('<a>'.repeat(100_000)), 'deeper than 64');
      refuses(() => Reflect.apply(read, undefined, [null]), TypeError, 'xml must be a string');
    }
    refuses(() => profiles.parseLan('<a/>', { eap: 'blob' as never }), TypeError, 'eap must be one of');
  });

  it('never quote a document: a key may be in it', () => {
    const sharedKey =
      '<sharedKey><keyType>passPhrase</keyType><protected>false</protected><keyMaterial>KEY</keyMaterial></sharedKey>';
    for (const key of ['hunter2 & x', 'a<hunter2', '&hunter2;', '<hunter2/>', '</hunter2>']) {
      const xml = edited('wlan-wpa2-personal', '</authEncryption>', `$&${sharedKey.replace('KEY', key)}`);
      assert.throws(
        () => profiles.parseWlan(xml),
        (error) => {
          assert.ok(error instanceof Error);
          assert.doesNotMatch(`${error.message}${String(error.cause)}${error.stack}`, /hunter2/u);
          return true;
        },
      );
    }
  });

  it('declarations by the thousand, in linear time', () => {
    const many = Array.from({ length: 9000 }, (_, index) => ` xmlns:p${index}="u"`).join('');
    const elements = Array.from({ length: 9000 }, (_, index) => `<p${index}:a xmlns:q="u"/>`).join('');
    const xml = edited('wlan-aka', '<WLANProfile', `$&${many}`).replace('</WLANProfile>', `${elements}$&`);
    const { unknown, eapXml } = profiles.parseWlan(xml);
    assert.equal(unknown.length, 100);
    assert.ok(eapXml?.includes('xmlns:p8999="u"'));
  });
});

describe('profiles: what the parsers of connections report', () => {
  const cases: [sample: string, piece: string | RegExp, replacement: string, unknown: string | RegExp][] = [
    ['wlan-fips', '</WLANProfile>', '<IHV><OUIHeader/></IHV>$&', /WLANProfile\/IHV is not known here/u],
    [
      'wlan-fips',
      '</WLANProfile>',
      '<QoSDSCPToUPMappingAllowed xmlns="http://www.microsoft.com/networking/WLAN/profile/v5">true</QoSDSCPToUPMappingAllowed>$&',
      /^line 37: WLANProfile\/\{http:\/\/www\.microsoft\.com\/networking\/WLAN\/profile\/v5\}QoSDSCPToUPMappingAllowed is not known/u,
    ],
    [
      'wlan-fips',
      /autoSwitch>/gu,
      'autoswitch>',
      /^line 13: WLANProfile\/autoswitch is not known here; did you mean autoSwitch\?/u,
    ],
    [
      'wlan-fips',
      '<FIPSMode xmlns="http://www.microsoft.com/networking/WLAN/profile/v2">',
      '<FIPSMode>',
      /FIPSMode is not known here/u,
    ],
    ['wlan-fips', '<MSM>', '$&<authMode/>', /WLANProfile\/MSM\/authMode is not known here/u],
    ['wlan-fips', '<MSM>', '<MSM new="1">', 'line 14: WLANProfile/MSM/@new is not known here'],
    ['lan-peap', '<EAPConfig>', '<new/>$&', /MSM\/security\/OneX\/new is not known here/u],
    ['lan-peap', '<EAPConfig>', '$&<new xmlns="urn:n"/>', /OneX\/EAPConfig\/\{urn:n\}new is not known here/u],
    [
      'vpn-native',
      '<Servers>',
      '<Server/>$&',
      /^line 3: VPNProfile\/NativeProfile\/Server is not known here; did you mean Servers\?/u,
    ],
    ['vpn-native', '<VPNProfile>', '$&<APNBinding/>', /VPNProfile\/APNBinding is not known here/u],
  ];
  for (const [sample, piece, replacement, expected] of cases) {
    it(`${sample}: ${String(expected)}`, () => {
      const xml = edited(sample, piece, replacement);
      const { unknown } = parse(sample, xml);
      // A misspelt element that must be there is missing besides.
      assert.equal(unknown.length, 1, unknown.join('\n'));
      if (typeof expected === 'string') assert.equal(unknown[0], expected);
      else assert.match(unknown[0] ?? '', expected);
      const kind = sample.split('-')[0] as Kind;
      malformed(() => parsers[kind](xml, { unknown: 'refuse' }), unknown[0] ?? '');
    });
  }

  it('elements of later versions in any order and between others, EAPConfig as the documents name it', () => {
    const moved = connection('wlan-exported')
      .replace(/\s*<MacRandomization [^]*<\/MacRandomization>/u, '')
      .replace('<MSM>', '<MacRandomization xmlns="http://www.microsoft.com/networking/WLAN/profile/v3"/>$&');
    assert.deepEqual(profiles.parseWlan(moved).options.macRandomization, {});
    const documented = connection('lan-peap').replaceAll(/<(\/?)EAPConfig>/gu, (_, slash: string) =>
      slash === ''
        ? '<EAPConfig xmlns="http://www.microsoft.com/provisioning/EapHostConfig">'
        : '</EAPConfig>',
    );
    const { options, unknown } = profiles.parseLan(documented);
    assert.deepEqual([options, unknown], [profiles.parseLan(connection('lan-peap')).options, []]);
  });

  it('what elements mean by not being there', () => {
    const without = edited('wlan-wpa2-tls', /\s*<useOneX>.*/u, '');
    const { options } = profiles.parseWlan(without);
    assert.equal(options.security.useOneX, false);
    assert.ok(profiles.wlan(options).includes('<useOneX>false</useOneX>'));
    const bare = edited('vpn-native', /<UserMethod>.*\s*<MachineMethod>.*/u, '');
    const read = profiles.parseVpn(bare).options;
    assert.deepEqual([read.userMethod, read.machineMethod], ['Eap', undefined]);
    assert.match(profiles.vpn(read), /^<VPNProfile>\n/u);
  });

  it('a VPN in capitals and small letters, as Windows takes them', () => {
    const loud = connection('vpn-native')
      .replace('>Ikev2<', '>IKEV2<')
      .replace('>SplitTunnel<', '>splittunnel<')
      .replace('>EAP<', '> eap\n<');
    const { nativeProtocolType, routingPolicyType, userMethod } = profiles.parseVpn(loud).options;
    assert.deepEqual([nativeProtocolType, routingPolicyType, userMethod], ['IKEv2', 'SplitTunnel', 'Eap']);
  });
});
