// Two servers in one profile, the tunnel's and that of EAP-TLS inside it, with trust of different kinds: a conversion keeps
// them apart, or is refused. The judge is eapol_test, at a server that any root of the system vouches for.

import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { EapError } from '../../lib/base/errors.js';
import { makeTestAuthority, peapAuthenticator, tlsAuthenticator } from '../../lib/methods/index.js';
import {
  type Conversion,
  type ConversionOptions,
  type EapConfiguration,
  profiles,
} from '../../lib/profiles/index.js';
import { RadiusServer } from '../../lib/radius/index.js';
import { options, pkcs12, university, wlanWith } from './campus.js';
import { Workshop } from './eapol-test.js';
import { KeyFile } from './keyfile.js';
import { certificateOf, toldBy, write } from './support.js';

const { fromEapConfig, parseEapConfig, toNetworkManager, toWpaSupplicant } = profiles;
const secret = 'between us';
const passphrase = 'pkcs12';
const name = 'radius.example.org';

/** What the profiles pin, and a root that only the system trusts. */
const pinned = makeTestAuthority();
const system = makeTestAuthority();
const userAuthority = university.methods[1]!.server.certificates.map(({ pem }) => pem).join('');

/** PEAP with EAP-TLS inside, of a server by an authority. */
function methodOf(authority: typeof pinned) {
  const server = authority.issue({ name, purpose: 'server', dnsNames: [name] });
  const inner = tlsAuthenticator({ ...server, clients: { ca: userAuthority } });
  return peapAuthenticator({ ...server, methods: [inner] });
}

const kinds = ['pinned', 'system'] as const;
type Kind = (typeof kinds)[number];

const validationOf = (kind: Kind) => ({
  disablePrompt: true,
  serverNames: [name],
  ...(kind === 'pinned' ? { trustedRoots: [certificateOf(pinned.ca).sha1] } : {}),
});

const peapWith = (outer: Kind, inner: Kind): EapConfiguration => ({
  peap: {
    serverValidation: validationOf(outer),
    inner: { tls: { serverValidation: validationOf(inner), performServerValidation: true } },
  },
});

const given = (eap: EapConfiguration, folder: string): ConversionOptions =>
  options({
    wlan: wlanWith(eap),
    credentials: { peap: { inner: { tls: { username: '1f2e3d@example.org' } } } },
    authorities: [pinned.ca],
    pkcs12,
    passphrase,
    folder,
  });

/** The block that NetworkManager hands to wpa_supplicant: `system-ca-certs` stands above the roots of both methods. */
function handedOn({ documents, files }: Conversion, systemFile: string): Conversion {
  const keys = new KeyFile(documents[0]!.text).all()['802-1x']!;
  const path = (key: string) => keys[key]?.replace('file://', '');
  const isSystem = keys['system-ca-certs'] === 'true';
  const lines = {
    key_mgmt: 'IEEE8021X',
    eap: 'PEAP',
    identity: `"${keys['identity']}"`,
    phase2: '"auth=TLS"',
    ca_cert: `"${isSystem ? systemFile : path('ca-cert')}"`,
    ca_cert2: `"${isSystem ? systemFile : path('phase2-ca-cert')}"`,
    domain_match: `"${keys['domain-match']}"`,
    domain_match2: `"${keys['phase2-domain-match']}"`,
    private_key2: `"${path('phase2-private-key')}"`,
    private_key2_passwd: `"${keys['phase2-private-key-password']}"`,
  };
  const text = Object.entries(lines).map(([key, value]) => `\t${key}=${value}\n`);
  return { documents: [{ name: '', text: `network={\n${text.join('')}}\n` }], files, notes: [] };
}

/** The same configuration, with this file for the certificates that the system trusts. */
const withSystem = (made: Conversion, systemFile: string): Conversion => ({
  ...made,
  documents: made.documents.map((each) => ({
    ...each,
    text: each.text.replaceAll('/etc/ssl/certs/ca-certificates.crt', systemFile),
  })),
});

const targets = {
  NetworkManager: (from: ConversionOptions, file: string) => handedOn(toNetworkManager(from), file),
  wpa_supplicant: (from: ConversionOptions, file: string) => withSystem(toWpaSupplicant(from), file),
} as const;

type Fate = 'accepted' | 'refused' | 'not converted';

/** What becomes of a supplicant configured so, at a server of this authority. */
async function fateAt(
  authority: typeof pinned,
  target: keyof typeof targets,
  eap: EapConfiguration,
): Promise<Fate> {
  using workshop = new Workshop();
  const systemFile = join(workshop.folder, 'system.pem');
  writeFileSync(systemFile, system.ca);
  let made: Conversion;
  try {
    made = targets[target](given(eap, workshop.folder), systemFile);
  } catch (error) {
    if (error instanceof EapError && error.code === 'EAPHOST_NOT_SUPPORTED') return 'not converted';
    throw error;
  }
  await using radius = await RadiusServer.listen({ secret, methods: [methodOf(authority)], port: 0 });
  const address = ['-a', '127.0.0.1', '-p', String(radius.port), '-s', secret, '-t', '60'];
  const { output } = await workshop.eapolTest(made, address);
  if (/^SUCCESS$/mu.test(output)) return 'accepted';
  assert.match(output, /certificate verify failed/iu, output);
  return 'refused';
}

/** What a server of the system's root may come to: accepted only where neither server is pinned. */
const expected: Readonly<Record<keyof typeof targets, Readonly<Record<`${Kind} ${Kind}`, Fate>>>> = {
  NetworkManager: {
    'pinned pinned': 'refused',
    'pinned system': 'not converted',
    'system pinned': 'not converted',
    'system system': 'accepted',
  },
  wpa_supplicant: {
    'pinned pinned': 'refused',
    'pinned system': 'refused',
    'system pinned': 'refused',
    'system system': 'accepted',
  },
};

describe('A server that the system trusts, at a profile with two servers', function () {
  this.timeout(120_000);
  for (const target of ['NetworkManager', 'wpa_supplicant'] as const) {
    for (const outer of kinds) {
      for (const inner of kinds) {
        const fate = expected[target][`${outer} ${inner}`];
        it(`${target}, the tunnel ${outer}, EAP-TLS inside ${inner}: ${fate}`, async () => {
          assert.equal(await fateAt(system, target, peapWith(outer, inner)), fate);
        });
      }
    }

    it(`${target}: the pinned server itself is accepted`, async () => {
      assert.equal(await fateAt(pinned, target, peapWith('pinned', 'pinned')), 'accepted');
    });
  }

  it('the refusal names the methods and what differs', () => {
    const converted = (eap: EapConfiguration) => () =>
      toNetworkManager({ ...given(eap, '/etc/eaphost'), credentials: undefined });
    assert.throws(
      converted(peapWith('pinned', 'system')),
      /PEAP \(25\) names its roots and EAP-TLS \(13\) inside it none: .*system-ca-certs/u,
    );
    const tls = { serverValidation: validationOf('pinned') };
    assert.throws(
      converted({ ttls: { serverValidation: validationOf('system'), inner: { eap: { tls } } } }),
      /EAP-TLS \(13\) inside EAP-TTLS \(21\) names its roots and the tunnel none: .*system-ca-certs/u,
    );
  });
});

describe('An eap-config file with two servers', () => {
  /** PEAP, TTLS or TEAP with EAP-TLS inside, each server trusted as said, through a file. */
  function convertedFile(type: number, outer: Kind, inner?: Kind) {
    const serverOf = (kind: Kind) => ({
      certificates: kind === 'pinned' ? [certificateOf(pinned.ca)] : [],
      names: [`${kind}.example.org`],
    });
    const tls = { method: { eap: 13 }, ...(inner && { server: serverOf(inner) }) };
    const { client } = university.methods[1]!;
    const xml = write([
      { ...toldBy(university), methods: [{ type, inner: [tls], server: serverOf(outer), client }] },
    ]);
    return fromEapConfig(parseEapConfig(xml, { unknown: 'refuse' }).providers[0]!);
  }

  /** Names and roots of the tunnel and of EAP-TLS inside. */
  function trustIn({ method }: ReturnType<typeof convertedFile>) {
    assert.ok(method.windows.supported);
    const found: { serverNames: string[]; trustedRoots?: string[] }[] = [];
    // The tunnel's stands before what is inside.
    JSON.stringify(method.windows.eap, (key, value: (typeof found)[0]) => {
      if (key === 'serverValidation') found.push(value);
      return value;
    });
    return found;
  }

  for (const type of [25, 21, 55]) {
    it(`type ${type}: EAP-TLS inside has the roots and names that the file gives it`, () => {
      const found = convertedFile(type, 'system', 'pinned');
      const [outer, inner] = trustIn(found);
      assert.deepEqual(outer?.serverNames, ['system.example.org']);
      assert.equal(outer.trustedRoots, undefined);
      assert.deepEqual(inner?.serverNames, ['pinned.example.org']);
      assert.deepEqual(inner.trustedRoots, [certificateOf(pinned.ca).sha1]);
      assert.deepEqual(
        found.roots.map(({ sha1 }) => sha1),
        inner.trustedRoots,
      );
    });

    it(`type ${type}: without servers of its own it has the tunnel's`, () => {
      const [outer, inner] = trustIn(convertedFile(type, 'pinned'));
      assert.deepEqual(inner, outer);
    });
  }
});
