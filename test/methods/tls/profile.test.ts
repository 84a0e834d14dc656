// The XML that Windows takes configures the TLS methods: documents to blobs, blobs to sessions of the embedded run-time,
// through the native session and the method DLL shim; what a profile may not say is refused by its name.

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';
import { tlsAuthenticator, tlsPeer } from '../../../lib/methods/tls/eap-tls.js';
import { peapAuthenticator, peapPeer } from '../../../lib/methods/tls/peap.js';
import { ttlsAuthenticator, ttlsPeer } from '../../../lib/methods/tls/ttls.js';
import { type AuthenticationResult, type EapHost, openEapHost } from '../../../lib/index.js';
import {
  type AuthenticatorSide,
  gtcAuthenticator,
  memoryUsers,
  type MethodDefinition,
  mschapv2Authenticator,
} from '../../../lib/methods/index.js';
import { profiles } from '../../../lib/profiles/index.js';
import { AuthenticatorLink } from '../../supplicant/authenticator-link.js';
import { certificates } from './certificates.js';
import { beginPeer } from '../support.js';

const users = memoryUsers({ alice: 'pässword', 'EXAMPLE\\bob': 'pässword' });
const good = { disablePrompt: true, serverNames: ['radius.example.org'] };
const alice = { username: 'alice', password: 'pässword' };

const sha1Of = (pem: string) => createHash('sha1').update(new X509Certificate(pem).raw).digest('hex');
const trusting = () => ({ ...good, trustedRoots: [sha1Of(certificates().ca)] });

function innerTls() {
  const { ca, client, server } = certificates();
  return {
    peer: tlsPeer({ ca, onlyProfileRoots: true, ...client }),
    authenticator: tlsAuthenticator({ ...server, clients: { ca } }),
  };
}

/** Methods that trust nobody before a profile names a root. */
function peers(): MethodDefinition[] {
  const { ca, otherCa, client } = certificates();
  const trust = { ca: [otherCa, ca], onlyProfileRoots: true };
  const { peer: inner } = innerTls();
  return [
    tlsPeer({ ...trust, ...client }),
    peapPeer({ ...trust, methods: [inner] }),
    ttlsPeer({ ...trust, inner: [inner] }),
  ];
}

const servers = {
  tls: () => tlsAuthenticator({ ...certificates().server, clients: { ca: certificates().ca } }),
  peap: () =>
    peapAuthenticator({
      ...certificates().server,
      methods: [mschapv2Authenticator({ users }), innerTls().authenticator],
    }),
  ttls: () =>
    ttlsAuthenticator({
      ...certificates().server,
      users,
      methods: [mschapv2Authenticator({ users }), gtcAuthenticator({ users }), innerTls().authenticator],
    }),
} as const;

interface Case {
  readonly config: () => string;
  readonly credentials?: () => string | Uint8Array;
  readonly server: () => { readonly authenticator: AuthenticatorSide };
  readonly identity: string;
}

const peap = profiles.credentials.peap({ inner: { mschapv2: alice } });
const chapOf = (options: Partial<Parameters<typeof profiles.peap>[0]> = {}) =>
  profiles.peap({ serverValidation: trusting(), inner: { mschapv2: {} }, ...options });
const ttlsOf = (inner: NonNullable<Parameters<typeof profiles.ttls>[0]['inner']>) => () =>
  profiles.ttls({
    serverValidation: trusting(),
    inner,
    identityPrivacy: { anonymousIdentity: 'anonymous@example.org' },
  });

const cases: Readonly<Record<string, Case>> = {
  'EAP-TLS': {
    config: () =>
      profiles.tls({
        credentialsSource: { simpleCertSelection: true },
        serverValidation: trusting(),
        performServerValidation: true,
        acceptServerName: true,
      }),
    credentials: () =>
      profiles.credentials.tls({
        username: 'alice@example.org',
        certificate: sha1Of(certificates().client.cert),
      }),
    server: servers.tls,
    identity: 'alice@example.org',
  },
  'PEAP with EAP-MSCHAPv2': {
    config: chapOf,
    credentials: () => peap,
    server: servers.peap,
    identity: 'alice',
  },
  'PEAP with a domain, identity privacy and crypto-binding': {
    config: () =>
      chapOf({
        identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' },
        requireCryptoBinding: true,
        fastReconnect: false,
        performServerValidation: true,
        acceptServerName: true,
        enableQuarantineChecks: false,
        innerEapOptional: false,
      }),
    credentials: () =>
      profiles.credentials.peap({
        inner: { mschapv2: { username: 'bob', password: 'pässword', logonDomain: 'EXAMPLE' } },
      }),
    server: servers.peap,
    identity: 'anonymous',
  },
  'PEAP with a routing identity': {
    config: () => chapOf({ identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' } }),
    credentials: () =>
      profiles.credentials.peap({ routingIdentity: 'nobody@example.org', inner: { mschapv2: alice } }),
    server: servers.peap,
    identity: 'nobody@example.org',
  },
  'PEAP with EAP-TLS': {
    config: () =>
      profiles.peap({ serverValidation: trusting(), inner: { tls: { serverValidation: trusting() } } }),
    credentials: () => profiles.credentials.peap({ inner: { tls: { username: 'alice@example.org' } } }),
    server: servers.peap,
    identity: 'alice@example.org',
  },
  ...Object.fromEntries(
    (['pap', 'chap', 'mschap', { mschapv2: {} }] as const).map((inner) => [
      `EAP-TTLS with ${typeof inner === 'string' ? inner : 'mschapv2'}`,
      {
        config: ttlsOf(inner),
        credentials: () => profiles.credentials.ttls(alice),
        server: servers.ttls,
        identity: 'anonymous@example.org',
      },
    ]),
  ),
  'EAP-TTLS with EAP-TLS': {
    config: () => ttlsOf({ eap: { tls: { serverValidation: trusting() } } })(),
    server: servers.ttls,
    identity: 'anonymous@example.org',
  },
};

describe('Profiles of TLS methods', () => {
  let host: EapHost;
  before(async function () {
    this.timeout(180_000);
    host = await openEapHost({ runtime: 'embedded', methods: peers() });
  });
  after(() => host?.close());

  async function authenticate(test: Case) {
    const { method, blob } = await host.configFromXml(test.config());
    const given = test.credentials?.();
    const credentials =
      typeof given === 'string' ? await host.credentialsFromXml(given, { method, config: blob }) : given;
    await using session = await host.beginSession({ method, config: blob, credentials });
    const link = new IdentityLink(test.server().authenticator);
    const result = await session.authenticate(link);
    return { result, link };
  }

  function assertAccepted(result: AuthenticationResult, link: AuthenticatorLink): void {
    assert.equal(result.isSuccess, true, result.error?.message);
    assert.equal(link.result?.isSuccess, true);
    assert.equal(result.keys.msk?.length, 64);
  }

  for (const [name, test] of Object.entries(cases)) {
    it(`authenticate with ${name}, two documents to a result`, async () => {
      for (let round = 0; round < 2; round++) {
        const { result, link } = await authenticate(test);
        assertAccepted(result, link);
        assert.equal(link.identity, test.identity);
      }
    });

    it(`of ${name} come back as they were`, async () => {
      const xml = test.config();
      assert.equal(await host.configToXml(await host.configFromXml(xml)), xml);
    });
  }

  it('refuse servers that they do not name', async () => {
    const { otherCa } = certificates();
    for (const [serverValidation, code] of [
      [{ ...good, trustedRoots: [sha1Of(otherCa)] }, 'EAP_E_SERVER_ROOT_CERT_NOT_FOUND'],
      [{ ...trusting(), serverNames: ['radius.example.com'] }, 'EAP_E_SERVER_CERT_INVALID'],
    ] as const) {
      const { result } = await authenticate({
        ...cases['PEAP with EAP-MSCHAPv2']!,
        config: () => chapOf({ serverValidation }),
      });
      assert.equal(result.isSuccess, false);
      assert.equal(result.reason, code);
    }
  });

  it('take names as expressions, and none where AcceptServerName is false', async () => {
    for (const options of [
      { serverValidation: { ...trusting(), serverNames: [String.raw`.*\.example\.org`] } },
      { serverValidation: { ...trusting(), serverNames: ['radius.example.com', '*.example.org'] } },
      { serverValidation: { ...trusting(), serverNames: ['x'] }, acceptServerName: false },
    ]) {
      const { result, link } = await authenticate({
        ...cases['PEAP with EAP-MSCHAPv2']!,
        config: () => chapOf(options),
      });
      assertAccepted(result, link);
    }
  });

  it('fail with a sentence that says what to give, where no root is at hand or the credentials name another', async () => {
    const wrongRoot = chapOf({ serverValidation: { trustedRoots: ['00'.repeat(20)] } });
    const wrongCertificate = profiles.credentials.tls({ username: 'alice', certificate: '00'.repeat(20) });
    for (const [test, message] of [
      [{ ...cases['PEAP with EAP-MSCHAPv2']!, config: () => wrongRoot }, /add the root itself to `ca`/u],
      [
        { ...cases['PEAP with EAP-MSCHAPv2']!, config: () => chapOf({ serverValidation: good }) },
        /No server can be trusted/u,
      ],
      [
        { ...cases['EAP-TLS']!, credentials: () => wrongCertificate },
        /name the certificate 0000.*, the method has/u,
      ],
    ] as const) {
      await assert.rejects(authenticate(test), message);
    }
  });

  for (const [name, xml] of Object.entries({
    'CredentialsSource/SmartCard': () => profiles.tls({ credentialsSource: 'smartCard' }),
    CAHashList: () => profiles.tls({ filter: { issuers: { enabled: true } } }),
    ClientAuthEKUList: () => profiles.tls({ filter: { clientAuth: { enabled: true } } }),
    AnyPurposeEKUList: () => profiles.tls({ filter: { anyPurpose: { enabled: true } } }),
    InnerEapOptional: () => chapOf({ innerEapOptional: true }),
    EnableQuarantineChecks: () => chapOf({ enableQuarantineChecks: true }),
    'no inner Eap': () => profiles.peap({}),
    UseWinLogonCredentials: () => chapOf({ inner: { mschapv2: { useWinlogonCredentials: true } } }),
  })) {
    it(`are refused with ${name}, by that name, where a session begins`, async () => {
      const document = xml();
      const { method, blob } = await host.configFromXml(document);
      assert.equal(await host.configToXml({ method, blob }), document);
      await using session = await host.beginSession({ method, config: blob, credentials: alice });
      const link = new AuthenticatorLink(servers.peap().authenticator);
      await assert.rejects(session.authenticate(link), (error: Error) => {
        assert.ok(error.message.includes(name), error.message);
        return true;
      });
    });
  }

  it('are refused with what nobody knows before there is a blob, and with it kept begin a session', async () => {
    const strange = chapOf().replace('</p:EapType>', '<NewThing xmlns="urn:new"/></p:EapType>');
    await assert.rejects(host.configFromXml(strange), /\{urn:new\}NewThing is not known here$/u);
    host.once('warning', (message) => assert.match(message, /NewThing/u));
    const { method, blob } = await host.configFromXml(strange, { unknown: 'keep' });
    await using session = await host.beginSession({ method, config: blob, credentials: alice });
    const result = await session.authenticate(new AuthenticatorLink(servers.peap().authenticator));
    assert.ok(result.isSuccess);
  });

  it('without validation need the option that says so', async () => {
    const { method, blob } = await host.configFromXml(chapOf({ performServerValidation: false }));
    const options = { method, config: blob, credentials: alice };
    await using session = await host.beginSession(options);
    await assert.rejects(
      session.authenticate(new AuthenticatorLink(servers.peap().authenticator)),
      /PerformServerValidation false: only with `insecurelyTrustAnyServer: true`/u,
    );
    await using careless = await openEapHost({
      runtime: 'embedded',
      methods: [peapPeer({ insecurelyTrustAnyServer: true })],
    });
    await using other = await careless.beginSession(options);
    const link = new AuthenticatorLink(servers.peap().authenticator);
    assertAccepted(await other.authenticate(link), link);
    // A profile that names roots is not weakened by the option.
    const strict = await careless.configFromXml(chapOf());
    await using third = await careless.beginSession({ ...options, config: strict.blob });
    await assert.rejects(
      third.authenticate(new AuthenticatorLink(servers.peap().authenticator)),
      /add the root itself to `ca`/u,
    );
  });

  it('are for their own method, and nothing else is one', async () => {
    const { blob } = await host.configFromXml(chapOf());
    const [tls] = peers();
    assert.ok(tls?.peer);
    for (const config of [blob, Buffer.from('EHX'), Buffer.from('something else')]) {
      const begin = {
        flags: new Set<never>(),
        credentials: Buffer.alloc(0),
        signal: new AbortController().signal,
      };
      assert.throws(() => void tls.peer?.getIdentity({ ...begin, config }), {
        code: 'EAPHOST_BAD_TLS_OPTIONS',
      });
    }
  });

  it('need the inner method that they name', async () => {
    const { ca } = certificates();
    await using bare = await openEapHost({
      runtime: 'embedded',
      methods: [peapPeer({ ca, onlyProfileRoots: true })],
    });
    const { method, blob } = await bare.configFromXml(cases['PEAP with EAP-TLS']!.config());
    await using session = await bare.beginSession({ method, config: blob, credentials: alice });
    await assert.rejects(
      session.authenticate(new AuthenticatorLink(servers.peap().authenticator)),
      /wants the inner method 13 \(author 0\): give it in `methods`/u,
    );
  });

  it('refuse credentials without a user', async () => {
    for (const xml of [
      profiles.credentials.peap({}),
      profiles.credentials.peap({ inner: { mschapv2: {} } }),
    ]) {
      await assert.rejects(host.credentialsFromXml(xml), {
        code: 'EAP_E_EAPHOST_METHOD_OPERATION_NOT_SUPPORTED',
      });
    }
  });

  it('choose among the roots with `onlyProfileRoots`; without a hash in them nobody is trusted', async () => {
    const { ca, server: identity } = certificates();
    const server = new X509Certificate(identity.cert);
    const hashes = { rootHashes: [sha1Of(ca)], serverHashes: [server.fingerprint256] };
    for (const more of [{}, { systemRoots: true, serverNames: [] }, hashes]) {
      const peer = peapPeer({ ca, onlyProfileRoots: true, ...more });
      await assert.rejects(beginPeer(peer), { code: 'EAPHOST_NO_TRUST' });
      await using led = await openEapHost({ runtime: 'embedded', methods: [peer] });
      const { method, blob } = await led.configFromXml(chapOf({ serverValidation: good }));
      await using session = await led.beginSession({ method, config: blob, credentials: alice });
      await assert.rejects(
        session.authenticate(new AuthenticatorLink(servers.peap().authenticator)),
        /No server can be trusted: with `onlyProfileRoots` the profile must name/u,
      );
    }
  });

  it('are not weakened by an option that is misspelt or of another type', () => {
    const { ca } = certificates();
    for (const peer of [tlsPeer, peapPeer, (options: object) => ttlsPeer({ ...options, inner: 'pap' })]) {
      const strange = (options: object) => () => peer(options);
      assert.throws(strange({ trustAnchors: ca }), /trustAnchors is no option; .*\bonlyProfileRoots/u);
      assert.throws(strange({ ca, onlyProfileRoots: 'yes' }), /onlyProfileRoots must be true or false/u);
    }
  });
});

/** Keeps what the peer said it is. */
class IdentityLink extends AuthenticatorLink {
  identity = '';

  override async send(packet: Uint8Array): Promise<void> {
    if (packet[4] === 1) this.identity = Buffer.from(packet.subarray(5)).toString();
    await super.send(packet);
  }
}
