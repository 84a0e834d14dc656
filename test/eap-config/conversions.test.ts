// From Windows' profiles to keyfiles of NetworkManager and to wpa_supplicant.conf: what is written is what is read, by
// glib's rules and by the program itself, whatever is in it.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';

import { makeTestAuthority } from '../../lib/methods/index.js';
import {
  type ConversionOptions,
  type EapConfigCredentials,
  type EapConfiguration,
  profiles,
  type WlanProfileOptions,
} from '../../lib/profiles/index.js';
import { Random } from '../profiles/support.js';
import {
  authorities,
  caPath,
  dot1x,
  folder,
  mschapv2,
  onlyText,
  options,
  peap,
  pkcs12,
  serverValidation,
  university,
  wlanWith,
} from './campus.js';
import { blocksOf, nobody, Workshop } from './eapol-test.js';
import { KeyFile } from './keyfile.js';
import { oddText } from './support.js';

const { fromEapConfig, toNetworkManager, toWpaSupplicant } = profiles;
const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 20264);

describe('A profile as a connection of NetworkManager', () => {
  it('PEAP: every key of the keyfile', () => {
    const { wlan, credentials } = fromEapConfig(university, { username: 'alice', password: 'secret' });
    const made = toNetworkManager({ wlan: wlan[0], credentials, authorities, folder });
    assert.deepEqual(made.notes, []);
    assert.equal(made.documents[0]?.name, 'eduroam.nmconnection');
    const keyFile = new KeyFile(onlyText(made));
    const { connection, ...groups } = keyFile.all();
    assert.match(
      connection?.['uuid'] ?? '',
      /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/u,
    );
    assert.deepEqual({ ...connection, uuid: '' }, { id: 'eduroam', uuid: '', type: 'wifi' });
    assert.deepEqual(groups, {
      wifi: { mode: 'infrastructure', ssid: '101;100;117;114;111;97;109;' },
      'wifi-security': { 'key-mgmt': 'wpa-eap', proto: 'rsn;', pairwise: 'ccmp;' },
      '802-1x': {
        eap: 'peap;',
        identity: 'alice@example.org',
        'anonymous-identity': 'anonymous@example.org',
        'ca-cert': `file://${caPath}`,
        'domain-match': 'radius.example.org;radius2.example.org',
        'phase2-auth': 'mschapv2',
        password: 'secret',
      },
      ipv4: { method: 'auto' },
      ipv6: { method: 'auto' },
    });
    assert.deepEqual(keyFile.list('802-1x', 'eap'), ['peap']);
    assert.equal(String(keyFile.octets('wifi', 'ssid')), 'eduroam');
    const [file, ...others] = made.files;
    assert.deepEqual(
      [Buffer.from(file!.content).toString(), file?.secret, others],
      [authorities.join(''), false, []],
    );
  });

  it('the inner methods of TTLS and PEAP', () => {
    const ttls = (inner: object, credentials?: EapConfigCredentials) => {
      const found = dot1x({
        wlan: wlanWith({ ttls: { serverValidation, inner } } as EapConfiguration),
        credentials,
        pkcs12,
        passphrase: 'pkcs12',
      });
      return [found['phase2-auth'], found['phase2-autheap']];
    };
    assert.deepEqual(ttls('pap' as never), ['pap', undefined]);
    assert.deepEqual(ttls('chap' as never), ['chap', undefined]);
    assert.deepEqual(ttls('mschap' as never), ['mschap', undefined]);
    assert.deepEqual(ttls({ mschapv2 }), ['mschapv2', undefined]);
    assert.deepEqual(ttls({ eap: { mschapv2 } }), [undefined, 'mschapv2']);
    assert.deepEqual(ttls({ eap: { tls: { serverValidation } } }), [undefined, 'tls']);
    const tls: EapConfiguration = { peap: { serverValidation, inner: { tls: {} } } };
    const found = dot1x({ wlan: wlanWith(tls), credentials: undefined, pkcs12, passphrase: 'a b' });
    assert.deepEqual(found, {
      eap: 'peap;',
      'ca-cert': `file://${caPath}`,
      'domain-match': 'radius.example.org',
      'phase2-auth': 'tls',
      'phase2-ca-cert': `file://${caPath}`,
      'phase2-domain-match': 'radius.example.org',
      'phase2-client-cert': found['phase2-private-key'],
      'phase2-private-key': found['phase2-client-cert'],
      'phase2-private-key-password': 'a b',
    });
  });

  it('TLS: the certificate and its key as a file of its owner', () => {
    const given = options({
      wlan: wlanWith({ tls: { serverValidation } }),
      credentials: { tls: { username: 'host/a.example.org' } },
      pkcs12,
      passphrase: 'pkcs12',
    });
    const made = toNetworkManager(given);
    const key = made.files.find(({ secret }) => secret);
    assert.deepEqual(key?.content, pkcs12);
    assert.notEqual(key.content, pkcs12);
    const found = new KeyFile(onlyText(made)).all()['802-1x'];
    assert.deepEqual(found, {
      eap: 'tls;',
      identity: 'host/a.example.org',
      'ca-cert': `file://${caPath}`,
      'domain-match': 'radius.example.org',
      'client-cert': `file://${key.path}`,
      'private-key': `file://${key.path}`,
      'private-key-password': 'pkcs12',
    });
  });

  it('only the authorities that the profile names, and what is between them and servers', () => {
    const other = makeTestAuthority();
    const stranger = other.issue({ name: 'a', purpose: 'server' }).cert;
    const given = [authorities[1]!, stranger, other.ca, authorities[0]!];
    const { files } = toNetworkManager(options({ authorities: given }));
    assert.deepEqual(
      files.map(({ content }) => Buffer.from(content).toString()),
      [authorities.join('')],
    );
  });

  it('a password that is not known, or not to be kept', () => {
    assert.equal(dot1x({ credentials: undefined })['password-flags'], '1');
    const oneX = { authMode: 'user', eap: peap, cacheUserData: false } as const;
    const found = dot1x({ wlan: wlanWith(peap, { oneX }) });
    assert.deepEqual([found['password-flags'], found['password']], ['2', undefined]);
  });

  it('security, hidden networks, addresses, several SSIDs', () => {
    const group = (name: string, more: Partial<WlanProfileOptions>) =>
      new KeyFile(onlyText(toNetworkManager(options({ wlan: wlanWith(peap, more) })))).all()[name];
    const security = (authentication: 'WPA' | 'WPA3ENT' | 'WPA3ENT192', transitionMode = false) =>
      group('wifi-security', { security: { authentication, transitionMode } });
    assert.deepEqual(security('WPA'), { 'key-mgmt': 'wpa-eap', proto: 'wpa;', pairwise: 'tkip;' });
    assert.deepEqual(security('WPA3ENT'), {
      'key-mgmt': 'wpa-eap',
      proto: 'rsn;',
      pairwise: 'ccmp;',
      pmf: '3',
    });
    assert.equal(security('WPA3ENT', true)?.['pmf'], undefined);
    assert.deepEqual(security('WPA3ENT192'), { 'key-mgmt': 'wpa-eap-suite-b-192', proto: 'rsn;', pmf: '3' });
    const wifi = group('wifi', { nonBroadcast: true, macRandomization: { enableRandomization: true } });
    assert.deepEqual([wifi?.['hidden'], wifi?.['cloned-mac-address']], ['true', 'stable']);
    assert.equal(group('connection', { connectionMode: 'manual' })?.['autoconnect'], 'false');
    const both = toNetworkManager(
      options({ wlan: wlanWith(peap, { ssids: ['a', { hex: 'FF00' }] }) }),
    ).documents;
    assert.deepEqual(
      both.map(({ text }) => new KeyFile(text).octets('wifi', 'ssid')),
      [Buffer.from('a'), Buffer.of(255, 0)],
    );
    assert.equal(new Set(both.map(({ name }) => name)).size, 2);
    assert.equal(new Set(both.map(({ text }) => new KeyFile(text).string('connection', 'uuid'))).size, 2);
  });

  it('a wired network', () => {
    const lan = { oneX: { authMode: 'user', eap: peap } } as const;
    const groups = new KeyFile(onlyText(toNetworkManager(options({ wlan: undefined, lan })))).all();
    assert.deepEqual(Object.keys(groups), ['connection', '802-1x', 'ipv4', 'ipv6']);
    assert.equal(groups['connection']?.['type'], 'ethernet');
  });
});

describe('A profile as wpa_supplicant.conf', () => {
  it('PEAP, read by the program itself', async () => {
    using workshop = new Workshop();
    const { wlan, credentials } = fromEapConfig(university, { username: 'alice', password: 'secret' });
    const given = { wlan: wlan[0], credentials, authorities, folder: workshop.folder };
    const made = toWpaSupplicant(given);
    const [block, ...others] = blocksOf((await workshop.eapolTest(made, nobody)).output);
    assert.deepEqual(others, []);
    const text = Object.fromEntries(Object.entries(block ?? {}).map(([key, value]) => [key, String(value)]));
    assert.deepEqual(text, {
      ssid: 'eduroam',
      proto: '0x2',
      key_mgmt: '0x81',
      pairwise: '0x10',
      ieee80211w: '1',
      identity: 'alice@example.org',
      anonymous_identity: 'anonymous@example.org',
      ca_cert: made.files[0]!.path,
      domain_match: 'radius.example.org;radius2.example.org',
      phase2: 'auth=MSCHAPV2',
      password: 'secret',
    });
  });

  it('every form that there is, read by the program itself', async () => {
    using workshop = new Workshop();
    const forms: readonly Partial<ConversionOptions>[] = [
      { wlan: wlanWith(peap, { ssids: ['a', 'b'], nonBroadcast: true, connectionMode: 'manual' }) },
      { wlan: wlanWith(peap, { security: { authentication: 'WPA3ENT192' } }) },
      { wlan: wlanWith(peap, { security: { authentication: 'WPA3ENT' } }) },
      { wlan: wlanWith(peap, { security: { authentication: 'WPA' } }) },
      { wlan: undefined, lan: { oneX: { eap: peap } } },
      { wlan: wlanWith({ peap: { serverValidation, inner: { mschapv2 }, requireCryptoBinding: true } }) },
      { wlan: wlanWith({ tls: { serverValidation } }), credentials: undefined, pkcs12, passphrase: '"#' },
      { wlan: wlanWith({ peap: { serverValidation, inner: { tls: {} } } }), credentials: undefined, pkcs12 },
    ];
    const made = forms.map((form) => toWpaSupplicant(options(form)));
    const text = made.map(onlyText).join('\n');
    const { output } = await workshop.eapolTest(
      { documents: [{ name: '', text }], files: [], notes: [] },
      nobody,
    );
    const blocks = blocksOf(output);
    assert.equal(blocks.length, 9, output);
    assert.deepEqual(
      blocks.map((block) => [block['key_mgmt'], block['ieee80211w'], block['scan_ssid']]),
      [
        ['0x81', '1', '1'],
        ['0x81', '1', '1'],
        ['0x20000', '2', undefined],
        ['0x80', '2', undefined],
        ['0x1', undefined, undefined],
        ['0x8', undefined, undefined],
        ['0x81', '1', undefined],
        ['0x81', '1', undefined],
        ['0x81', '1', undefined],
      ],
    );
    assert.equal(String(blocks[6]?.['phase1']), 'crypto_binding=2');
    assert.equal(String(blocks[7]?.['private_key_passwd']), '"#');
    assert.equal(String(blocks[8]?.['phase2']), 'auth=TLS');
    assert.ok(Buffer.isBuffer(blocks[8]?.['private_key2']) && Buffer.isBuffer(blocks[8]['ca_cert2']));
  });
});

describe(`Conversions of whatever there is (EAPHOST_TEST_SEED=${seed})`, () => {
  const rounds = 150;

  /** Names and secrets as nasty as XML can hold them. */
  function made(random: Random) {
    const text = () =>
      `${random.pick(['', 'x', ' ', '"', '#', '[a]\n', '\n}\nnetwork={\n'])}${oddText(random, 30)}`;
    const [username, password, outer] = [text(), text(), `${text()}@`];
    const ssid = Buffer.from(random.list(1, 32, () => random.pick([random.below(256), 10, 34, 59, 48])));
    const name = text();
    const inner = random.pick(['pap', { mschapv2 }, { eap: { mschapv2 } }] as const);
    const identityPrivacy = { enabled: true, anonymousIdentity: outer };
    const wlan = wlanWith(
      { ttls: { serverValidation, inner, identityPrivacy } },
      { name, ssids: [{ hex: ssid.toString('hex') }] },
    );
    const given = options({ wlan, credentials: { ttls: { username, password } } });
    return { given, ssid, name, username, password, outer };
  }

  it('NetworkManager reads what was meant, and not a key more', () => {
    const harmless = Object.entries(new KeyFile(onlyText(toNetworkManager(made(new Random(1)).given))).all());
    const keys = harmless.map(([group, found]) => [group, Object.keys(found)]).flat(2);
    for (let round = 0; round < rounds; round += 1) {
      const { given, ssid, name, username, password, outer } = made(new Random(seed + round));
      const { documents } = toNetworkManager(given);
      const keyFile = new KeyFile(documents[0]!.text);
      const all = keyFile.all();
      const here = `seed ${seed + round}`;
      assert.deepEqual(
        Object.entries(all)
          .flatMap(([group, found]) => [group, ...Object.keys(found)])
          .map((key) => key.replace('autheap', 'auth')),
        keys.map((key) => key.replace('autheap', 'auth')),
        here,
      );
      assert.deepEqual(keyFile.octets('wifi', 'ssid'), ssid, here);
      assert.deepEqual(
        [
          all['connection']?.['id'],
          all['802-1x']?.['identity'],
          all['802-1x']?.['password'],
          all['802-1x']?.['anonymous-identity'],
        ],
        [name, username, password, outer],
        here,
      );
      assert.match(documents[0]!.name, /^[0-9A-Za-z][0-9A-Za-z._-]{0,80}\.nmconnection$/u, here);
    }
  });

  it('wpa_supplicant reads what was meant, and not a block more', async () => {
    using workshop = new Workshop();
    const all = Array.from({ length: rounds }, (_, round) => made(new Random(seed + round)));
    const text = all.map(({ given }) => onlyText(toWpaSupplicant(given))).join('\n');
    const { output } = await workshop.eapolTest(
      { documents: [{ name: '', text }], files: [], notes: [] },
      nobody,
    );
    const blocks = blocksOf(output);
    assert.doesNotMatch(output, /Line \d+: /u);
    assert.deepEqual(
      blocks.map((block) => [
        block['ssid'],
        block['identity'],
        block['password'],
        block['anonymous_identity'],
      ]),
      all.map(({ ssid, username, password, outer }) => [
        ssid,
        ...[username, password, outer].map((each) => Buffer.from(each)),
      ]),
    );
    const keys = (block: object): string => Object.keys(block).join();
    assert.deepEqual(new Set(blocks.map(keys)).size, 1);
  });

  it('values as long as they may be come through whole, and longer ones are refused', async () => {
    using workshop = new Workshop();
    const withName = (username: string) =>
      options({ credentials: { peap: { inner: { mschapv2: { username, password: '' } } } } });
    const longest = ['x'.repeat(1888), `"${'é'.repeat(472)}`];
    for (const username of longest) {
      const made = toWpaSupplicant(withName(username));
      const { output } = await workshop.eapolTest({ ...made, files: [] }, nobody);
      assert.deepEqual(
        blocksOf(output).map(({ identity }) => String(identity)),
        [username],
      );
    }
    for (const username of ['x'.repeat(1889), ...longest.map((each) => `${each}é`)]) {
      assert.throws(() => toWpaSupplicant(withName(username)), /^RangeError: identity is too long/u);
    }
    const serverNames = Array.from({ length: 100 }, (_, index) => `radius-number-${index}.example.org`);
    const many = wlanWith({
      peap: { serverValidation: { ...serverValidation, serverNames }, inner: { mschapv2 } },
    });
    assert.throws(() => toWpaSupplicant(options({ wlan: many })), /domain_match is too long/u);
  });
});
