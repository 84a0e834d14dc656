// Profiles of wireless, wired and VPN connections: Microsoft's samples read, built again and valid; random options; the
// EapHostConfig that is in them taken out and put in.

import assert from 'node:assert/strict';

import {
  profiles,
  type LanProfileOptions,
  type ParseConnectionOptions,
  type ParsedConnection,
  type VpnProfileOptions,
  type WlanProfileOptions,
} from '../../lib/profiles/index.js';
import { lans, network, vpns, wlans } from './connection-samples.js';
import { randomConnections } from './random-connections.js';
import { canonical, changed, fixture, Random, schemaErrors, seed } from './support.js';

/** A builder and its parser. */
interface Kind<O> {
  readonly build: (options: O) => string;
  readonly parse: (xml: string, options?: ParseConnectionOptions) => ParsedConnection<O>;
}

const wlan: Kind<WlanProfileOptions> = { build: profiles.wlan, parse: profiles.parseWlan };
const lan: Kind<LanProfileOptions> = { build: profiles.lan, parse: profiles.parseLan };
const vpn: Kind<VpnProfileOptions> = { build: profiles.vpn, parse: profiles.parseVpn };

describe('profiles: sample documents of connections', () => {
  function samples<O extends object>(
    kind: string,
    { build, parse }: Kind<O>,
    all: Readonly<Record<string, O>>,
  ): void {
    for (const [name, options] of Object.entries(all)) {
      it(`${kind}-${name} is read, built again and valid`, () => {
        const read = parse(fixture(`connections/${kind}-${name}`), { unknown: 'refuse' });
        assert.deepEqual(read.options, options);
        const built = build(read.options);
        assert.deepEqual(parse(built).options, options);
        assert.equal(schemaErrors([built]), undefined);
      });
    }
  }
  samples('wlan', wlan, wlans);
  samples('lan', lan, lans);
  samples('vpn', vpn, vpns);

  it('wlan-aka, of a method without typed options: its text goes through as it stands', () => {
    const xml = fixture('connections/wlan-aka');
    const { options, eapXml = '', unknown } = profiles.parseWlan(xml);
    assert.deepEqual(unknown, []);
    const oneX = { authMode: 'user', eap: eapXml } as const;
    const more = { connectionMode: 'manual', nonBroadcast: false } as const;
    assert.deepEqual(options, network('with-the-sim', 'WPA2', oneX, more));
    assert.ok(xml.includes(eapXml), eapXml);
    const { method, type } = profiles.parseConfig(eapXml);
    assert.deepEqual([method, type.type, type.authorId], ['other', 23, 311]);
    const withHex = xml.replace('<SSID>', '<SSID><hex>776974682D7468652D73696D</hex>');
    assert.equal(canonical(profiles.wlan(options)), canonical(withHex));
  });
});

describe(`profiles: round trips of random connections (EAPHOST_TEST_SEED=${seed})`, () => {
  /** Takes random options through a builder and its parser; the documents must be valid. */
  function roundTrips<O extends object>(make: (random: Random) => O, { build, parse }: Kind<O>): void {
    const documents = Array.from({ length: 150 }, (_, index) => {
      const options = make(new Random(seed + index));
      const xml = build(options);
      const read = parse(xml);
      assert.deepEqual(read.options, options, `seed ${seed + index}`);
      assert.deepEqual(read.unknown, [], `seed ${seed + index}`);
      const asText = parse(xml, { eap: 'xml' });
      assert.equal(asText.eapXml, read.eapXml);
      assert.deepEqual(parse(build(asText.options)).options, options, `seed ${seed + index}, as text`);
      return xml;
    });
    assert.equal(schemaErrors(documents), undefined);
  }

  it('WLAN', () => roundTrips(randomConnections.wlan, wlan));
  it('LAN', () => roundTrips(randomConnections.lan, lan));
  it('VPN', () => roundTrips(randomConnections.vpn, vpn));

  it('the schemas refuse what is wrong', () => {
    const right = profiles.wlan(wlans['exported']!);
    const wrong: [string, string][] = [
      [right.replace(/(\s*<connectionMode>.*)(\s*<autoSwitch>.*)/u, '$2$1'), 'order'],
      [right.replaceAll('PMKCacheTTL', 'PMKCacheTtl'), 'name'],
      [right.replace('>720<', '>1441<'), 'number'],
      [right.replace('>machine<', '>machines<'), 'word'],
      [right.replace('WLAN/profile/v3', 'WLAN/profile/v1'), 'namespace'],
      [right.replace(/<name>caf.*\n/u, '$&$&'), 'twice'],
      [profiles.lan(lans['peap']!).replace(/<OneXEnforced>.*/u, ''), 'missing'],
      [profiles.vpn(vpns['native']!).replace('<Servers>', '<Servers xmlns="urn:x">'), 'VPN'],
    ];
    assert.equal(schemaErrors([right]), undefined);
    for (const [xml, what] of wrong) assert.notEqual(schemaErrors([xml]), undefined, what);
  });
});

describe('profiles: the EapHostConfig in a connection', () => {
  const eap = profiles.mschapv2({ useWinlogonCredentials: false });
  const options = (given: WlanProfileOptions['oneX']): WlanProfileOptions => ({
    name: 'a',
    ssids: ['a'],
    security: { authentication: 'WPA2' },
    ...(given && { oneX: given }),
  });
  const typed = { mschapv2: { useWinlogonCredentials: false } };

  it('is put in as text of any spelling, and read back as options', () => {
    const prefixed = eap
      .replaceAll(/<(\/?)(EapHostConfig|EapMethod|Config)\b/gu, '<$1h:$2')
      .replace('xmlns=', 'xmlns:h=');
    const spellings = [
      eap,
      `\uFEFF<?xml version="1.0" encoding="UTF-16"?>\r\n<!-- <EapHostConfig/> -->\r\n${eap}\r\n<!-- end -->\r`,
      eap.replaceAll('\n', '\r\n').replace('<EapHostConfig ', '<EapHostConfig\r\n\t'),
      prefixed,
    ];
    for (const spelling of spellings) {
      const built = profiles.wlan(options({ eap: spelling }));
      const { options: read, eapXml = '' } = profiles.parseWlan(built);
      assert.deepEqual(read.oneX, { eap: typed }, spelling);
      assert.equal(schemaErrors([built]), undefined, spelling);
      const again = profiles.parseConfig(eapXml);
      assert.ok(again.method === 'mschapv2');
      assert.deepEqual(again.options, typed.mschapv2);
    }
  });

  it('keeps the elements without a namespace that it has', () => {
    const foreign = eap
      .replace(/<m:Type>26</u, '<m:Type>99<')
      .replaceAll(/<(\/?)(EapHostConfig|EapMethod|Config)\b/gu, '<$1h:$2')
      .replace('xmlns=', 'xmlns:h=')
      .replace(/<b:Eap>[^]*<\/b:Eap>/u, '<own a="&lt;1&gt;">x &amp; <!-- kept --><![CDATA[<y>]]></own>');
    const { options: read, eapXml } = profiles.parseLan(profiles.lan({ oneX: { eap: foreign } }));
    assert.equal(read.oneX?.eap, eapXml);
    assert.ok(eapXml?.includes('<own a="&lt;1&gt;">x &amp; <!-- kept --><![CDATA[<y>]]></own>'), eapXml);
    assert.deepEqual(
      profiles.parseConfig(eapXml ?? '').unknown.map((each) => each.replace(/^line \d+: /u, '')),
      ['EapHostConfig/Config/{}own is not known here'],
    );
  });

  it('is taken out with the namespaces that are declared around it, the nearest of each prefix', () => {
    const inside = fixture('connections/wlan-wpa2-tls')
      .replaceAll(/ xmlns:[mbt]="[^"]*"/gu, '')
      .replace(
        '<WLANProfile ',
        '<WLANProfile xmlns:m="urn:far" xmlns:b="http://www.microsoft.com/provisioning/BaseEapConnectionPropertiesV1" ',
      )
      .replace(
        '<OneX ',
        '<OneX xmlns:t="http://www.microsoft.com/provisioning/EapTlsConnectionPropertiesV1" xmlns:m="http://www.microsoft.com/provisioning/EapCommon" ',
      );
    const { options: read, eapXml = '' } = profiles.parseWlan(inside);
    assert.deepEqual(read, wlans['wpa2-tls']);
    const alone = profiles.parseConfig(eapXml);
    assert.ok(alone.method === 'tls' && typeof read.oneX?.eap === 'object' && 'tls' in read.oneX.eap);
    assert.deepEqual(alone.options, read.oneX.eap.tls);
    assert.ok(!eapXml.includes('urn:far'), eapXml);
  });

  it('is the outermost one, and none where there is none', () => {
    const nested = profiles.ttls({ inner: { eap: { mschapv2: {} } } });
    const { eapXml = '' } = profiles.parseVpn(profiles.vpn({ servers: ['a'], eap: nested }));
    assert.equal(canonical(eapXml), canonical(nested));
    assert.equal(profiles.parseWlan(fixture('connections/wlan-wpa2-personal')).eapXml, undefined);
  });

  it('as text keeps what no option expresses, and typed names it', () => {
    const extended = changed('connections/lan-peap', '<p:FastReconnect>', '<p:New/>$&');
    const asText = profiles.parseLan(extended, { eap: 'xml', unknown: 'refuse' });
    assert.ok(profiles.lan(asText.options).includes('<p:New/>'));
    assert.match(
      profiles.parseLan(extended).unknown.join('\n'),
      /EapHostConfig\/.*\/EapType\/New is not known here/u,
    );
    const inner = changed('connections/lan-peap', '<b:Type>26<', '<b:Type>6<');
    assert.throws(() => profiles.parseLan(inner), /EAP type 6 has no typed options in this place/u);
    assert.equal(profiles.parseLan(inner, { eap: 'xml' }).unknown.length, 0);
  });
});
