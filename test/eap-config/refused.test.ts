// What of Windows' profiles other systems' supplicants cannot do: named where it only adds something, refused where
// leaving it out would change whom the user trusts.

import assert from 'node:assert/strict';
import { Buffer } from 'node:buffer';

import { EapError } from '../../lib/base/errors.js';
import { type EapConfiguration, profiles, type WlanProfileOptions } from '../../lib/profiles/index.js';
import {
  alice,
  caPath,
  dot1x,
  folder,
  mschapv2,
  onlyText,
  options,
  peap,
  pkcs12,
  serverValidation,
  trustedRoots,
  wlanWith,
} from './campus.js';

const { toNetworkManager, toWpaSupplicant } = profiles;

describe('What conversions do not carry over', () => {
  const notesOf = (wlan: WlanProfileOptions, convert = toNetworkManager): string =>
    convert(options({ wlan })).notes.join('\n');

  it('is named', () => {
    const all: WlanProfileOptions = {
      ...wlanWith({
        peap: {
          serverValidation: { trustedRoots },
          inner: { mschapv2: {} },
          fastReconnect: false,
          enableQuarantineChecks: true,
          requireCryptoBinding: true,
        },
      }),
      autoSwitch: true,
      phyTypes: ['n'],
      macRandomization: { enableRandomization: false, randomizeEveryday: true },
      security: { authentication: 'WPA2', pmkCacheMode: 'disabled' },
    };
    const { eap } = all.oneX!;
    const oneX = { authMode: 'machine', eap, maxStart: 5, singleSignOn: { type: 'preLogon' } } as const;
    const said = notesOf({ ...all, oneX });
    for (const name of [
      'autoSwitch',
      'phyTypes',
      'macRandomization.randomizeEveryday',
      'security.pmkCacheMode',
      'oneX.authMode',
      'oneX.maxStart',
      'oneX.singleSignOn',
      'fastReconnect',
      'enableQuarantineChecks',
      'requireCryptoBinding',
    ]) {
      assert.match(said, new RegExp(`^${name} is not carried over`, 'mu'));
    }
    assert.match(said, /^useWinlogonCredentials: elsewhere there is no logon/mu);
    assert.match(said, /^nobody is asked about other servers/mu);
    assert.doesNotMatch(notesOf(all, toWpaSupplicant), /requireCryptoBinding/u);
    assert.equal(notesOf(wlanWith(peap, { autoSwitch: false, connectionType: 'ESS' })), '');
  });

  it('a profile as XML: what is not known in it is named, too', () => {
    const xml = profiles
      .wlan(wlanWith(peap))
      .replace('<connectionType>', '<vendor>x</vendor><connectionType>');
    const { notes, documents } = toNetworkManager(options({ wlan: xml }));
    assert.match(notes.join('\n'), /vendor is not known here/u);
    assert.deepEqual(documents, toNetworkManager(options()).documents);
    const credentials = profiles.credentials.peap((alice as { peap: object }).peap);
    assert.deepEqual(toNetworkManager(options({ credentials })).documents, documents);
  });

  it('the realm of the user, put behind an anonymous name as Windows does', () => {
    const anonymous = (identityPrivacy: object, username: string): string | undefined =>
      dot1x({
        wlan: wlanWith({ peap: { serverValidation, inner: { mschapv2 }, identityPrivacy } }),
        credentials: { peap: { inner: { mschapv2: { username, password: '' } } } },
      })['anonymous-identity'];
    const named = { enabled: true, anonymousIdentity: 'anon' };
    assert.equal(anonymous(named, 'alice@example.org'), 'anon@example.org');
    assert.equal(anonymous(named, 'alice'), 'anon');
    assert.equal(anonymous({ enabled: true }, 'alice@example.org'), '@example.org');
    assert.equal(anonymous({ enabled: true }, 'alice'), 'anonymous');
    assert.equal(anonymous({ ...named, enabled: false }, 'alice@example.org'), undefined);
    assert.equal(anonymous({ anonymousIdentity: 'anon' }, 'alice'), undefined);
  });

  it('names with escaped dots are names, and the domain of a user stands before the name', () => {
    const serverNames = ['^radius\\.example\\.org$', 'b.example.org'];
    const found = dot1x({
      wlan: wlanWith({
        peap: { serverValidation: { ...serverValidation, serverNames }, inner: { mschapv2 } },
      }),
      credentials: { peap: { inner: { mschapv2: { username: 'bert', logonDomain: 'UNI' } } } },
    });
    assert.equal(found['domain-match'], 'radius.example.org;b.example.org');
    assert.equal(found['identity'], 'UNI\\bert');
  });

  it('roots of the system', () => {
    const wlan = wlanWith({
      peap: {
        serverValidation: { disablePrompt: true, serverNames: ['a.example.org'] },
        inner: { mschapv2 },
      },
    });
    const found = dot1x({ wlan });
    assert.deepEqual([found['system-ca-certs'], found['ca-cert']], ['true', undefined]);
    assert.match(
      onlyText(toWpaSupplicant(options({ wlan }))),
      /\tca_cert="\/etc\/ssl\/certs\/ca-certificates\.crt"\n/u,
    );
  });
});

describe('What conversions refuse', () => {
  const tls = (more: object): EapConfiguration => ({ tls: { serverValidation, ...more } });
  const peapWith = (more: object): EapConfiguration => ({
    peap: { serverValidation, inner: { mschapv2 }, ...more },
  });
  const unsupported: readonly (readonly [string, EapConfiguration, RegExp])[] = [
    ['TEAP', { teap: { serverValidation, inner: [{ mschapv2 }] } }, /teap cannot be converted/u],
    [
      'a method of a vendor',
      { blob: { type: { type: 254, vendorId: 9, vendorType: 1, authorId: 9 }, blob: Buffer.of(1) } },
      /blob cannot be converted/u,
    ],
    ['a smart card', tls({ credentialsSource: 'smartCard' }), /a smart card needs Windows/u],
    ['guests', peapWith({ inner: undefined, innerEapOptional: true }), /without an inner method/u],
    ['any server', peapWith({ serverValidation: undefined }), /trusts any server/u],
    ['any server, by name', peapWith({ serverValidation: { serverNames: [] } }), /trusts any server/u],
    ['servers that are not looked at', peapWith({ performServerValidation: false }), /trusts any server/u],
    [
      'patterns',
      peapWith({ serverValidation: { ...serverValidation, serverNames: ['.*\\.example\\.org'] } }),
      /a pattern: elsewhere/u,
    ],
    [
      'names with lines',
      peapWith({ serverValidation: { ...serverValidation, serverNames: ['a\nb=c'] } }),
      /a pattern/u,
    ],
    [
      'PEAP in TTLS',
      { ttls: { serverValidation, inner: { eap: { peap: {} } } } },
      /EAP-TTLS with peap inside/u,
    ],
  ];
  for (const convert of [toNetworkManager, toWpaSupplicant]) {
    for (const [name, eap, message] of unsupported) {
      it(`${name}: ${convert.name}`, () => {
        assert.throws(
          () => convert(options({ wlan: wlanWith(eap), credentials: undefined, pkcs12 })),
          (error) => {
            assert.ok(error instanceof EapError, String(error));
            assert.equal(error.code, 'EAPHOST_NOT_SUPPORTED');
            assert.match(error.message, message);
            return true;
          },
        );
      });
    }
  }

  it('networks without 802.1X', () => {
    const { oneX: _oneX, ...open } = wlanWith(peap, { security: { authentication: 'open' } });
    const unused = wlanWith(peap, { security: { authentication: 'WPA2', useOneX: false } });
    for (const wrong of [
      { wlan: open },
      { wlan: unused },
      { wlan: undefined, lan: {} },
      { wlan: undefined, lan: { oneXEnabled: false } },
    ]) {
      assert.throws(() => toNetworkManager(options(wrong)), /802\.1X/u);
    }
  });

  it('wrong options, by name', () => {
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ folders: '/x' }, /options\.folders is no option; did you mean folder\?/u],
      [{ folder: 1 }, /^TypeError: folder must be a string/u],
      [{ lan: { oneX: { eap: peap } } }, /wlan or lan, and only one/u],
      [{ wlan: undefined }, /wlan or lan, and only one/u],
      [
        { authorities: [] },
        new RegExp(`must have the certificate with the thumbprint ${trustedRoots[0]!}`, 'u'),
      ],
      [{ authorities: ['x'] }, /authorities\[0\] is no X\.509 certificate/u],
      [{ authorities: 'x' }, /authorities must be an array/u],
      [
        { credentials: { ttls: { username: 'a', password: 'b' } } },
        /must be of peap, as the profile is, not of ttls/u,
      ],
      [{ credentials: { peap: {}, ttls: {} } }, /options\.credentials must have one of/u],
      [{ wlan: wlanWith(tls({})), credentials: undefined }, /options\.pkcs12 is missing/u],
      [
        { wlan: wlanWith(tls({})), credentials: undefined, pkcs12: 'x' },
        /TypeError: pkcs12 must be a Uint8Array/u,
      ],
    ];
    for (const [more, message] of wrong) assert.throws(() => toNetworkManager(options(more)), message);
    for (const bad of ['etc', '/a"b', '/a\\b', '/a;b', '/a\nb', '/é', '/a ', '']) {
      assert.throws(
        () => toNetworkManager(options({ folder: bad })),
        /options\.folder must be an absolute path/u,
      );
    }
    assert.equal(toNetworkManager(options({ folder: '/' })).files[0]?.path, caPath.replace(folder, ''));
    for (const passphrase of ['secret\n', 'secret\0', '\fsecret']) {
      const given = options({ wlan: wlanWith(tls({})), credentials: undefined, pkcs12, passphrase });
      assert.throws(
        () => toWpaSupplicant(given),
        (error) => error instanceof RangeError && !error.message.includes('secret'),
      );
    }
  });
});
