// The methods on TLS in the embedded run-time, configured by the XML that Windows takes: through lanes, the native
// session and the method DLL shim, on every platform.

import assert from 'node:assert/strict';
import { createHash, X509Certificate } from 'node:crypto';

import { openEapHost, type EapHost, type LinkEvent } from '../../lib/index.js';
import {
  makeTestAuthority,
  memoryUsers,
  mschapv2Authenticator,
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  tlsPeer,
  ttlsAuthenticator,
  ttlsPeer,
  type AuthenticatorSide,
} from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { AuthenticatorLink } from './authenticator-link.js';
import { useLeakCheck } from './support.js';

const authority = makeTestAuthority();
const { ca } = authority;
const server = {
  ...authority.issue({ name: 'server', purpose: 'server', dnsNames: ['radius.example.org'] }),
  resumptionLifetime: 3600,
};
const client = authority.issue({ name: 'alice', purpose: 'client' });
const users = memoryUsers({ alice: 'correct horse' });
const user = { username: 'alice', password: 'correct horse' };
const sha1Of = (pem: string) => createHash('sha1').update(new X509Certificate(pem).raw).digest('hex');
const serverValidation = { serverNames: ['radius.example.org'], trustedRoots: [sha1Of(ca)] };

const methods = {
  tls: {
    config: profiles.tls({ serverValidation }),
    credentials: profiles.credentials.tls({ username: 'alice', certificate: sha1Of(client.cert) }),
    side: tlsAuthenticator({ ...server, clients: { ca } }).authenticator,
  },
  peap: {
    config: profiles.peap({ serverValidation, inner: { mschapv2: {} }, requireCryptoBinding: true }),
    credentials: profiles.credentials.peap({ inner: { mschapv2: user } }),
    side: peapAuthenticator({ ...server, methods: [mschapv2Authenticator({ users })] }).authenticator,
  },
  ttls: {
    config: profiles.ttls({ serverValidation, inner: 'pap' }),
    credentials: profiles.credentials.ttls(user),
    side: ttlsAuthenticator({ ...server, users }).authenticator,
  },
} as const;

/** Counts what the server sends. */
class CountingLink extends AuthenticatorLink {
  octets = 0;

  override async receive(): Promise<LinkEvent> {
    const event = await super.receive();
    if (typeof event !== 'string') this.octets += event.length;
    return event;
  }
}

/** Sends EAP-Success in place of the request with this number, and nothing more. */
class HastyLink extends AuthenticatorLink {
  #requests = 0;
  readonly #last: number;

  constructor(side: AuthenticatorSide, last: number) {
    super(side);
    this.#last = last;
  }

  override async receive(): Promise<LinkEvent> {
    const event = await super.receive();
    if (typeof event === 'string' || ++this.#requests < this.#last) return event;
    if (this.#requests > this.#last) return 'timeout';
    return Buffer.from([3, event[1] ?? 0, 0, 4]);
  }
}

describe('Methods on TLS in the embedded run-time', () => {
  useLeakCheck();
  let host: EapHost;
  before(async () => {
    host = await openEapHost({
      runtime: 'embedded',
      methods: [
        tlsPeer({ ca, onlyProfileRoots: true, ...client }),
        peapPeer({ ca, onlyProfileRoots: true }),
        ttlsPeer({ ca, onlyProfileRoots: true }),
      ],
    });
  });
  after(() => host.close());

  const authenticate = async (
    documents: { readonly config: string; readonly credentials: string },
    side: AuthenticatorSide,
  ) => {
    const { method, blob } = await host.configFromXml(documents.config);
    const credentials = await host.credentialsFromXml(documents.credentials, { method, config: blob });
    await using session = await host.beginSession({ method, config: blob, credentials });
    const link = new CountingLink(side);
    return { result: await session.authenticate(link, { timeoutMs: 30_000 }), link };
  };

  for (const [name, { config, credentials, side }] of Object.entries(methods)) {
    it(`authenticate by two documents, then resume: ${name}`, async () => {
      const keys = new Set<string>();
      const octets: number[] = [];
      for (let round = 0; round < 3; round++) {
        const { result, link } = await authenticate({ config, credentials }, side);
        assert.equal(result.isSuccess, true, result.error?.message);
        assert.equal(link.result?.isSuccess, true);
        assert.equal(result.keys.msk?.length, 64);
        keys.add(result.keys.msk.toString('hex'));
        octets.push(link.octets);
      }
      assert.equal(keys.size, 3);
      const [full = 0, ...resumed] = octets;
      for (const each of resumed) assert.ok(each < full - 400, `${each} octets after ${full}`);
    });
  }

  it('authenticate many at once', async () => {
    const { side, ...documents } = methods.peap;
    const all = await Promise.all(Array.from({ length: 12 }, () => authenticate(documents, side)));
    for (const { result } of all) assert.equal(result.isSuccess, true, result.error?.message);
  });

  for (const [name, { config, credentials, side }] of Object.entries(methods)) {
    it(`believe in no EAP-Success before they are done: ${name}`, async () => {
      const { method, blob } = await host.configFromXml(config);
      const user = await host.credentialsFromXml(credentials, { method, config: blob });
      for (const last of [3, 4]) {
        await using session = await host.beginSession({
          method,
          config: blob,
          credentials: user,
          flags: ['fullAuth'],
        });
        const result = await session.authenticate(new HastyLink(side, last), { timeoutMs: 5000 });
        assert.equal(result.isSuccess, false);
        assert.equal(result.keys.msk, undefined);
      }
    });
  }

  it('refuse a wrong password, and a server of another authority', async () => {
    const { side, config } = methods.peap;
    const wrong = profiles.credentials.peap({
      inner: { mschapv2: { username: 'alice', password: 'wrong' } },
    });
    const refused = await authenticate({ config, credentials: wrong }, side);
    assert.equal(refused.result.isSuccess, false);
    assert.equal(refused.result.reason, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
    const stranger = makeTestAuthority().issue({
      name: 'server',
      purpose: 'server',
      dnsNames: ['radius.example.org'],
    });
    const other = peapAuthenticator({ ...stranger, methods: [mschapv2Authenticator({ users })] });
    const { result } = await authenticate(methods.peap, other.authenticator);
    assert.equal(result.isSuccess, false);
    assert.equal(result.reason, 'EAP_E_SERVER_ROOT_CERT_NOT_FOUND');
  });
});
