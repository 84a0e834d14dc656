// eap-config files are read as they were meant: the fixtures, and whatever random ones say.

import assert from 'node:assert/strict';

import { type EapConfigMethod, type PeapOptions, profiles } from '../../lib/profiles/index.js';
import { Random } from '../profiles/support.js';
import { certificateOf, fixture, randomProvider, schemaError, type Told, toldBy, write } from './support.js';

const { parseEapConfig } = profiles;
const seed = Number(process.env['EAPHOST_TEST_SEED'] ?? 20261);
const rounds = 200;

/** The only provider of a fixture. */
function providerOf(name: string) {
  const { providers, unknown } = parseEapConfig(fixture(name));
  assert.equal(providers.length, 1);
  return { provider: providers[0]!, unknown };
}

/** What Windows makes of a method that it supports. */
function supported({ windows }: EapConfigMethod) {
  assert.ok(windows.supported, windows.supported ? '' : windows.reason);
  return windows;
}

describe('eap-config files', () => {
  it('of a university: providers, texts by language, networks, authorities', () => {
    const { provider, unknown } = providerOf('university');
    assert.equal(schemaError(fixture('university')), undefined);
    assert.deepEqual(unknown, []);
    const { methods, ...told } = provider;
    assert.deepEqual(told, {
      id: 'example.org',
      namespace: 'urn:RFC4282:realm',
      version: 1,
      language: 'en',
      wlan: [{ ssid: 'eduroam', minimumCipher: 'CCMP' }, { consortiumOids: ['001bc50460'] }],
      wired: [{}],
      displayNames: [{ text: 'Example University' }, { text: 'Universität Beispiel', language: 'de' }],
      descriptions: [{ text: 'Staff & students' }],
      termsOfUse: [{ text: 'Be kind & <careful>.' }],
      locations: [{ longitude: 18.6, latitude: -53.01 }],
      logo: {
        mime: 'image/gif',
        data: new Uint8Array(Buffer.from('R0lGODlhAQABAAAAACwAAAAAAQABAAA=', 'base64')),
      },
      helpdesk: {
        email: [{ text: 'help@example.org', language: 'en' }],
        web: [
          { text: 'https://help.example.org/eduroam', language: 'en' },
          { text: 'https://help.example.org/de/eduroam', language: 'de' },
        ],
        phone: [{ text: '+49 30 1234567' }],
      },
    });
    assert.deepEqual(
      methods.map(({ type }) => type),
      [52, 25, 21],
    );
    const [root, network] = methods[1]!.server.certificates;
    assert.equal(root?.subject, 'O=Example University\nCN=Example Root CA');
    assert.equal(root.sha1, '8706e0faf95c809e2658b229d0f3cabfac9c7155');
    assert.deepEqual([root.isRoot, network?.isRoot], [true, false]);
    assert.deepEqual(certificateOf(root.pem), root);
  });

  it('of a university: what Windows makes of PWD, PEAP and TTLS', () => {
    const [pwd, peap, ttls] = providerOf('university').provider.methods;
    const serverValidation = {
      disablePrompt: true,
      serverNames: ['radius.example.org', 'radius2.example.org'],
      trustedRoots: ['8706e0faf95c809e2658b229d0f3cabfac9c7155'],
    };
    assert.deepEqual(pwd?.windows, {
      supported: false,
      reason: 'Windows has no EAP-PWD for networks of its own',
    });
    const withPeap = supported(peap!);
    assert.deepEqual(withPeap, {
      supported: true,
      eap: {
        peap: {
          serverValidation,
          fastReconnect: true,
          innerEapOptional: false,
          inner: { mschapv2: { useWinlogonCredentials: false } },
          performServerValidation: true,
          acceptServerName: true,
          identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' },
        },
      },
      inner: { method: { eap: 26 } },
      notes: ["Windows' PEAP has no GTC inside"],
    });
    assert.deepEqual(supported(ttls!).eap, {
      ttls: {
        serverValidation: { ...serverValidation, serverNames: ['radius.example.org'] },
        inner: 'pap',
        identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous@example.org' },
      },
    });
    assert.ok('peap' in withPeap.eap);
    const xml = profiles.peap(withPeap.eap.peap);
    assert.deepEqual(profiles.parseConfig(xml).unknown, []);
  });

  it('with a certificate, in an order of its own and with several consortia in one place', () => {
    const { provider, unknown } = providerOf('certificate');
    assert.deepEqual(unknown, []);
    assert.deepEqual(provider.validUntil, new Date('2030-01-31T12:00:00Z'));
    assert.deepEqual(provider.wlan[0], { consortiumOids: ['001bc50460', '5a03ba'] });
    assert.deepEqual(provider.locations, [{ longitude: 13.4, latitude: 52.5 }]);
    const [method] = provider.methods;
    assert.ok(method);
    const { pkcs12, ...client } = method.client;
    assert.deepEqual(client, {
      outerIdentity: '1f2e3d@example.org',
      passphrase: 'pkcs12',
      allowSave: true,
    });
    assert.ok(pkcs12 && pkcs12.length > 800 && pkcs12[0] === 0x30);
    const { eap } = supported(method);
    assert.ok('tls' in eap);
    assert.equal(eap.tls.differentUsername, true);
    assert.deepEqual(eap.tls.credentialsSource, { simpleCertSelection: true });
  });

  it('of the draft: its namespace, its anonymous identity, PEM, credentials of the inner method', () => {
    const { provider, unknown } = providerOf('draft');
    assert.deepEqual(unknown, [
      'line 27: EAPIdentityProviderList/EAPIdentityProvider/AuthenticationMethods/AuthenticationMethod/ClientSideCredential/PAC is not read',
    ]);
    assert.deepEqual(provider.wired, [{ networkId: 'campus' }]);
    const [method] = provider.methods;
    assert.equal(method?.server.certificates[0]?.sha1, '8706e0faf95c809e2658b229d0f3cabfac9c7155');
    assert.deepEqual(method.client, { outerIdentity: '@example.org' });
    assert.deepEqual(method.inner, [
      {
        method: { nonEap: 'mschapv2' },
        client: { username: 'alice@example.org', password: 'correct horse', allowSave: false },
      },
    ]);
  });

  it(`say what they were made to say (EAPHOST_TEST_SEED=${seed})`, () => {
    const { certificates } = providerOf('university').provider.methods[1]!.server;
    const all: Told[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const random = new Random(seed + round);
      const told = random.list(1, 2, () => randomProvider(random, certificates));
      all.push(...told);
      const { providers, unknown } = parseEapConfig(write(told));
      assert.deepEqual(
        { told: providers.map(toldBy), unknown },
        { told, unknown: [] },
        `seed ${seed + round}`,
      );
    }
    assert.equal(schemaError(write(all)), undefined);
  });

  it(`give options that the builders take, whatever they say (EAPHOST_TEST_SEED=${seed})`, () => {
    const { certificates } = providerOf('university').provider.methods[1]!.server;
    const seen = new Set<string>();
    for (let round = 0; round < rounds; round += 1) {
      const random = new Random(seed + round);
      const { providers } = parseEapConfig(write([randomProvider(random, certificates)]));
      for (const { windows } of providers.flatMap(({ methods }) => methods)) {
        if (!windows.supported) {
          seen.add('none');
          continue;
        }
        const { eap } = windows;
        const [[name, options] = ['', {}]] = Object.entries(eap);
        seen.add(name);
        const build = profiles[name as 'peap'];
        const parsed = profiles.parseConfig(build(options));
        assert.ok(parsed.method === name && parsed.method !== 'other', name);
        assert.deepEqual(parsed.unknown, []);
        const { serverValidation } = parsed.options as PeapOptions;
        assert.ok(serverValidation?.trustedRoots ?? serverValidation?.serverNames, 'trusts anybody');
      }
    }
    assert.deepEqual([...seen].toSorted(), ['none', 'peap', 'teap', 'tls', 'ttls']);
  });
});
