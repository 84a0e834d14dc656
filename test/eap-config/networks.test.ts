// From a provider to the profiles of its networks: as Windows' schemas want them, with what is missing named.

import assert from 'node:assert/strict';

import { EapError } from '../../lib/base/errors.js';
import { type EapConfigProvider, profiles } from '../../lib/profiles/index.js';
import { Random, schemaErrors } from '../profiles/support.js';
import { fixture, randomProvider, write } from './support.js';

const { parseEapConfig, fromEapConfig } = profiles;
const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 20263);

const provider = (name: string): EapConfigProvider => parseEapConfig(fixture(name)).providers[0]!;

/** The fixture's provider with one piece of the file replaced. */
function changed(name: string, piece: string | RegExp, replacement: string): EapConfigProvider {
  const before = fixture(name);
  const after = before.replace(piece, () => replacement);
  assert.notEqual(after, before);
  return parseEapConfig(after).providers[0]!;
}

describe('From an eap-config file to profiles', () => {
  it('PEAP: a profile for the SSID and one for the wire, credentials, certificates to install', () => {
    const university = provider('university');
    const made = fromEapConfig(university, { username: 'alice', password: 'secret' });
    assert.equal(made.method, university.methods[1]);
    const { windows } = made.method;
    assert.ok(windows.supported);
    const oneX = { authMode: 'user', eap: windows.eap };
    assert.deepEqual(made.wlan, [
      {
        name: 'eduroam',
        ssids: ['eduroam'],
        connectionMode: 'auto',
        security: { authentication: 'WPA2' },
        oneX,
      },
    ]);
    assert.deepEqual(made.lan, { oneX });
    assert.deepEqual(made.credentials, {
      peap: {
        routingIdentity: 'anonymous@example.org',
        inner: { mschapv2: { username: 'alice@example.org', password: 'secret' } },
      },
    });
    assert.deepEqual(made.needs, []);
    assert.deepEqual(
      [made.roots, made.intermediates].map((list) => list.map(({ subject }) => subject.split('=').at(-1))),
      [['Example Root CA'], ['Example Network CA']],
    );
    assert.match(made.notes.join('\n'), /^Windows' PEAP has no GTC inside\n.*Passpoint.*PEAP/u);
  });

  it('TTLS, as asked for: Passpoint, too', () => {
    const university = provider('university');
    const method = university.methods[2]!;
    const made = fromEapConfig(university, { method, username: 'a@b.example.org', password: '' });
    assert.deepEqual(made.credentials, { ttls: { username: 'a@b.example.org', password: '' } });
    assert.deepEqual(
      made.wlan.map(({ name, ssids, hotspot2 }) => ({ name, ssids, hotspot2 })),
      [
        { name: 'eduroam', ssids: ['eduroam'], hotspot2: undefined },
        {
          name: 'Example University via Passpoint',
          ssids: ['#Passpoint'],
          hotspot2: { domainName: 'example.org', roamingConsortiums: ['001bc50460'] },
        },
      ],
    );
  });

  it('a name of many characters that take two code units each, of which a profile has 255', () => {
    const university = provider('university');
    const displayNames = [{ text: '\u{1F3EB}'.repeat(300) }];
    const { wlan } = fromEapConfig({ ...university, displayNames }, { method: university.methods[2]! });
    assert.equal(wlan.length, 2);
    assert.equal(schemaErrors(wlan.map(profiles.wlan)), undefined);
  });

  it('TLS: the identity of the file, the certificate of the store', () => {
    const made = fromEapConfig(provider('certificate'), { certificate: 'a'.repeat(40) });
    assert.deepEqual(made.needs, []);
    assert.deepEqual(made.credentials, {
      tls: { username: '1f2e3d@example.org', certificate: 'a'.repeat(40) },
    });
    assert.equal(made.lan, undefined);
  });

  it('the credentials that the file has, which are not to be kept', () => {
    const made = fromEapConfig(provider('draft'));
    assert.deepEqual(made.credentials, {
      ttls: { username: 'alice@example.org', password: 'correct horse' },
    });
    assert.equal(made.lan?.oneX?.cacheUserData, false);
    assert.deepEqual(made.wlan, []);
  });

  it('what is missing is named, and no credentials are made of the rest', () => {
    const university = provider('university');
    for (const [choice, needs] of [
      [{}, ['username', 'password']],
      [{ username: 'alice' }, ['password']],
      [{ password: 'x' }, ['username']],
    ] as const) {
      const made = fromEapConfig(university, choice);
      assert.deepEqual([made.needs, made.credentials], [needs, undefined]);
    }
    const bare = changed('certificate', /<ClientCert[^]*<\/Passphrase>/u, '');
    assert.deepEqual(fromEapConfig(bare).needs, ['certificate']);
    const nobody = changed('certificate', /<OuterIdentity>.*<\/OuterIdentity>/u, '');
    assert.deepEqual(fromEapConfig(nobody).needs, ['username']);
    const { eap } = fromEapConfig(nobody, { username: 'x' }).wlan[0]!.oneX!;
    assert.ok(typeof eap === 'object' && 'tls' in eap && eap.tls.differentUsername === true);
  });

  it('names get the realm that they lack, and no other passes', () => {
    const nameOf = (file: EapConfigProvider, username: string): string | undefined => {
      const { credentials } = fromEapConfig(file, { username, password: 'x' });
      if (!credentials || !('peap' in credentials)) return undefined;
      const { inner } = credentials.peap;
      return inner && 'mschapv2' in inner ? inner.mschapv2.username : undefined;
    };
    const file = provider('university');
    assert.equal(nameOf(file, 'alice'), 'alice@example.org');
    assert.equal(nameOf(file, 'alice@EXAMPLE.org'), 'alice@EXAMPLE.org');
    assert.equal(nameOf(file, 'alice@cs.example.org'), 'alice@cs.example.org');
    for (const wrong of ['alice@example.com', 'alice@notexample.org', 'alice@']) {
      assert.throws(() => nameOf(file, wrong), /must end with @example\.org/u);
    }
    const enforced = changed(
      'university',
      '</InnerIdentityHint>',
      '</InnerIdentityHint><InnerIdentityPrefix>UNI\\</InnerIdentityPrefix><InnerIdentityEnforce>1</InnerIdentityEnforce>',
    );
    assert.equal(nameOf(enforced, 'alice'), 'UNI\\alice@example.org');
    assert.equal(nameOf(enforced, 'UNI\\alice'), 'UNI\\alice@example.org');
    assert.throws(() => nameOf(enforced, 'alice@cs.example.org'), RangeError);
  });

  it('a provider that Windows can do nothing for: each method with its reason', () => {
    const file = changed('university', /<Type>(?:25|21)<\/Type>/gu, '<Type>52</Type>');
    const { methods, ...rest } = file;
    const pwd: EapConfigProvider = { ...rest, methods: methods.slice(0, 1) };
    assert.throws(
      () => fromEapConfig(pwd),
      (error) => {
        assert.ok(error instanceof EapError);
        assert.equal(error.code, 'EAPHOST_NOT_SUPPORTED');
        assert.match(error.message, /EAP-PWD: Windows has no EAP-PWD/u);
        return true;
      },
    );
    assert.throws(() => fromEapConfig(pwd, { method: methods[2] }), /one of the provider's methods/u);
    assert.throws(() => fromEapConfig(file, { method: methods[0] }), /EAP-PWD/u);
  });

  it('wrong choices are refused by name', () => {
    const file = provider('university');
    const wrong: readonly (readonly [object, RegExp])[] = [
      [{ pasword: 'x' }, /choice\.pasword is no option; did you mean password\?/u],
      [{ username: 1 }, /choice\.username must be a string/u],
    ];
    for (const [choice, message] of wrong) {
      assert.throws(() => fromEapConfig(file, choice), message);
    }
    assert.throws(
      () => fromEapConfig(file, { authentication: 'WPA4' as never }),
      /choice\.authentication must be one of/u,
    );
  });

  it(`whatever the file says, the profiles are valid and come back (EAPHOST_TEST_SEED=${seed})`, () => {
    const { certificates } = provider('university').methods[1]!.server;
    const documents: string[] = [];
    let made = 0;
    for (let round = 0; round < 250; round += 1) {
      const random = new Random(seed + round);
      const [file] = parseEapConfig(write([randomProvider(random, certificates)])).providers;
      assert.ok(file);
      try {
        const { wlan, lan, credentials, credentialsXml } = fromEapConfig(file, { password: 'x' });
        for (const options of wlan) {
          const xml = profiles.wlan(options);
          const parsed = profiles.parseWlan(xml);
          assert.deepEqual(parsed.unknown, []);
          assert.deepEqual([parsed.options.name, parsed.options.ssids], [options.name, options.ssids]);
          documents.push(parsed.eapXml ?? '');
        }
        if (lan) documents.push(profiles.parseLan(profiles.lan(lan), { unknown: 'refuse' }).eapXml ?? '');
        const [[name, options] = ['', {}]] = Object.entries(credentials ?? {});
        const xml = name === '' ? undefined : profiles.credentials[name as 'peap'](options);
        assert.equal(credentialsXml, xml);
        if (xml !== undefined) documents.push(xml);
        made += 1;
      } catch (error) {
        const isExpected = error instanceof EapError && error.code === 'EAPHOST_NOT_SUPPORTED';
        // The file's own name may break its own rule.
        assert.ok(isExpected || error instanceof RangeError, `seed ${seed + round}: ${String(error)}`);
      }
    }
    assert.ok(made > 40, String(made));
    assert.equal(schemaErrors(documents), undefined);
  });
});
