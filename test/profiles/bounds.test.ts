// The largest of each that a document may have, and one more.

import assert from 'node:assert/strict';

import { nearest } from '../../lib/base/nearest.js';
import { profiles } from '../../lib/profiles/index.js';
import { readXml } from '../../lib/profiles/xml.js';
import { makeTestAuthority } from '../../lib/methods/index.js';

/** Takes `most` of them, and refuses one more with this. */
function bounded(read: (count: number) => unknown, most: number, refusal: RegExp): void {
  read(most);
  assert.throws(() => read(most + 1), refusal);
}

const filler = (size: number, begin: string, end: string): string =>
  begin + ' '.repeat(size - begin.length - end.length) + end;
const security = { authentication: 'WPA2' } as const;
const oneX = { eap: { peap: { serverValidation: {}, inner: { mschapv2: {} } } } };

const config = profiles.peap(oneX.eap.peap);

describe('The bounds of documents', () => {
  it('a document: 1 Mi characters, 64 floors, 65,536 elements and attributes', () => {
    bounded((size) => readXml(filler(size, '<a>', '</a>')), 1 << 20, /longer than 1048576 characters/u);
    bounded((depth) => readXml('<a>'.repeat(depth) + '</a>'.repeat(depth)), 64, /nested deeper than 64/u);
    bounded(
      (count) => readXml(`<a>${'<b/>'.repeat(count - 1)}</a>`),
      1 << 16,
      /more than 65536 elements and attributes/u,
    );
    const attributes = (count: number) =>
      Array.from({ length: count }, (_, index) => ` a${index}=""`).join('');
    bounded((count) => readXml(`<a${attributes(count - 1)}/>`), 1 << 16, /more than 65536 elements/u);
  });

  it('a WLANProfile: 256 SSIDs, a name of 255 characters', () => {
    const ssids = (count: number) => Array.from({ length: count }, (_, index) => `s${index}`);
    bounded(
      (count) => profiles.wlan({ name: 'a', ssids: ssids(count), security, oneX }),
      256,
      /ssids must have 256 names at most/u,
    );
    const document = profiles.wlan({ name: 'a', ssids: ssids(256), security, oneX });
    const [one = ''] = /<SSID>[^]*?<\/SSID>/u.exec(document) ?? [];
    bounded(
      (count) => profiles.parseWlan(document.replace('<SSID>', `${one.repeat(count - 256)}<SSID>`)),
      256,
      /WLANProfile: must have 256 SSIDs at most/u,
    );
    bounded(
      (length) => profiles.wlan({ name: 'n'.repeat(length), ssids: ['a'], security, oneX }),
      255,
      /name must have 1 to 255 characters/u,
    );
  });

  it('a VPNProfile: a name of a server of 255 characters', () => {
    const vpn = (length: number) => profiles.vpn({ servers: ['v'.repeat(length)], eap: oneX.eap });
    bounded(vpn, 255, /servers\[0\] must have 1 to 255/u);
    const document = vpn(255);
    bounded(
      (length) => profiles.parseVpn(document.replace('v'.repeat(255), 'v'.repeat(length))),
      255,
      /must be names of 1 to 255/u,
    );
  });

  it('a phone book: 1 Mi characters', () => {
    bounded((size) => profiles.parseRasphone(filler(size, '[a]\r\n', '')), 1 << 20, /longer than 1048576/u);
  });

  it('a conversion: 100 authorities, a folder of 500 characters, names of hosts of 253 and of files of 64', () => {
    const { ca } = makeTestAuthority();
    const wlanOf = (name: string, server: string) => ({
      name,
      ssids: ['a'],
      security,
      oneX: { eap: { peap: { serverValidation: { serverNames: [server] }, inner: { mschapv2: {} } } } },
    });
    const wlan = wlanOf('a', 'radius.example.org');
    const convert = (count: number, folder: string) =>
      profiles.toWpaSupplicant({ wlan, authorities: Array.from({ length: count }, () => ca), folder });
    const host = (length: number) => 'a.'.repeat(120) + 'b'.repeat(length - 240);
    bounded(
      (length) => profiles.toWpaSupplicant({ wlan: wlanOf('a', host(length)), folder: '/a' }),
      253,
      /only names of hosts can be given/u,
    );
    const fileOf = (length: number) => {
      const { documents } = profiles.toWpaSupplicant({ wlan: wlanOf('n'.repeat(length), 'a'), folder: '/a' });
      return documents[0]?.name.replace(/-[\da-f]{8}/u, '-mark');
    };
    const longest = 'n'.repeat(64);
    assert.deepEqual([64, 65].map(fileOf), [`${longest}.conf`, `${longest}-mark.conf`]);
    bounded((count) => convert(count, '/a'), 100, /authorities must have at most 100 certificates/u);
    bounded((length) => convert(1, `/${'f'.repeat(length - 1)}`), 500, /up to 500 characters/u);
  });

  it('an eap-config file: 4 Mi characters, 100 of a kind, words of 1,024', () => {
    const file = (inside: string, id = 'a') =>
      `<EAPIdentityProviderList><EAPIdentityProvider ID="${id}"><AuthenticationMethods>${inside}</AuthenticationMethods></EAPIdentityProvider></EAPIdentityProviderList>`;
    bounded(
      (size) => profiles.parseEapConfig(file(' '.repeat(size - file('').length))),
      1 << 22,
      /longer than 4194304/u,
    );
    const method = '<AuthenticationMethod><EAPMethod><Type>25</Type></EAPMethod></AuthenticationMethod>';
    bounded(
      (count) => profiles.parseEapConfig(file(method.repeat(count))),
      100,
      /more than 100 are not allowed/u,
    );
    bounded(
      (length) => profiles.parseEapConfig(file('', 'i'.repeat(length))),
      1024,
      /its ID is longer than 1024/u,
    );
    const named = (length: number) =>
      method.replace(
        '</EAPMethod>',
        `$&<ServerSideCredential><ServerID>${'s'.repeat(length)}</ServerID></ServerSideCredential>`,
      );
    bounded(
      (length) => profiles.parseEapConfig(file(named(length))),
      1024,
      /is longer than 1024 characters/u,
    );
    const octets = (count: number) => Buffer.alloc(count).toString('base64');
    const pkcs12 = (count: number) =>
      method.replace(
        '</EAPMethod>',
        `$&<ClientSideCredential><ClientCertificate format="PKCS12" encoding="base64">${octets(count)}</ClientCertificate></ClientSideCredential>`,
      );
    // Whole groups of base64 are counted: three octets each.
    profiles.parseEapConfig(file(pkcs12(1 << 20)));
    assert.throws(() => profiles.parseEapConfig(file(pkcs12((1 << 20) + 3))), /longer than 1048576 octets/u);
    const told = (inside: string) =>
      file('').replace('</AuthenticationMethods>', `$&<ProviderInfo>${inside}</ProviderInfo>`);
    const logo = (count: number) =>
      profiles.parseEapConfig(
        told(`<ProviderLogo mime="image/png" encoding="base64">${octets(count)}</ProviderLogo>`),
      );
    logo(1 << 21);
    assert.throws(() => logo((1 << 21) + 3), /longer than 2097152 octets/u);
    bounded(
      (length) => profiles.parseEapConfig(told(`<Description>${'d'.repeat(length)}</Description>`)),
      1 << 18,
      /longer than 262144 characters/u,
    );
    const reasonOf = (length: number) => {
      const { windows } = profiles.parseEapConfig(file(named(length))).providers[0]?.methods[0] ?? {};
      return windows?.supported === false ? windows.reason.replace(/"s+"/u, 'it') : undefined;
    };
    assert.deepEqual([255, 256].map(reasonOf), [
      'the file names no method inside PEAP',
      'ServerID it is not the name of a host',
    ]);
  });
});

describe('What is said of unknown elements and attributes', () => {
  const unknownOf = (piece: string): readonly string[] =>
    profiles.parseConfig(config.replace('</p:EapType>', `${piece}</p:EapType>`)).unknown;

  it('is a sentence for each, at most a hundred', () => {
    for (const [count, expected] of [
      [99, 99],
      [100, 100],
      [101, 100],
    ] as const) {
      assert.equal(unknownOf('<x/>'.repeat(count)).length, expected);
      const attributes = Array.from({ length: count }, (_, index) => `a${index}=""`).join(' ');
      const xml = config.replace('<c:EapType', `<c:EapType ${attributes}`);
      assert.equal(profiles.parseConfig(xml).unknown.length, expected);
    }
    assert.throws(
      () => profiles.parseConfig(config.replace('</p:EapType>', '<x/></p:EapType>'), { unknown: 'refuse' }),
      /x is not known here/u,
    );
  });

  it('has names of 200 characters whole, and of longer ones the beginning', () => {
    const name = 'x'.repeat(200);
    const inside = (local: string) => unknownOf(`<${local}/>`)[0] ?? '';
    assert.ok(inside(name).includes(`}${name} is`));
    assert.ok(inside(`${name}y`).includes(`}${name}… is`));
  });
});

describe('The word that was meant', () => {
  it('is near by a third of the characters, one at least, and no more', () => {
    assert.equal(nearest('Tpye', ['Type']), undefined);
    assert.equal(nearest('Typ', ['Type']), 'Type');
    assert.equal(nearest('SrverNamse', ['ServerNames', 'ServerName']), 'ServerName');
    assert.equal(nearest('abcdef', ['abcdXY']), 'abcdXY');
    assert.equal(nearest('abcdef', ['abcXYZ']), undefined);
    assert.equal(nearest('abcdef', ['abcdefgh']), 'abcdefgh');
    assert.equal(nearest('abcdef', ['abcdefghi']), undefined);
  });

  it('is looked for up to 64 characters', () => {
    const word = 'x'.repeat(63);
    assert.equal(nearest(`${word}z`, [`${word}y`]), `${word}y`);
    assert.equal(nearest(`${word}xz`, [`${word}xy`]), undefined);
  });
});
