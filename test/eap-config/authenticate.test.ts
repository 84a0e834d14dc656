// From an eap-config file to a connection: eapol_test authenticates with what the file became, and with no other server.

import assert from 'node:assert/strict';

import {
  makeTestAuthority,
  memoryUsers,
  type MethodDefinition,
  mschapv2Authenticator,
  peapAuthenticator,
  tlsAuthenticator,
  ttlsAuthenticator,
} from '../../lib/methods/index.js';
import { type EapConfigInner, type EapConfigProvider, profiles } from '../../lib/profiles/index.js';
import { RadiusServer } from '../../lib/radius/index.js';
import type { Outcome } from '../interop/programs.js';
import { Workshop } from './eapol-test.js';
import { certificateOf, fixture, toldBy, write } from './support.js';

const { fromEapConfig, parseEapConfig, toWpaSupplicant } = profiles;
const secret = 'between us';
const password = 'Grüße "#\\ ';
const users = memoryUsers({ 'alice@example.org': password });

const authority = makeTestAuthority();
const server = authority.issue({ name: 'radius', purpose: 'server', dnsNames: ['radius2.example.org'] });
const university = parseEapConfig(fixture('university')).providers[0]!;
const withCertificate = parseEapConfig(fixture('certificate')).providers[0]!;

/** The file of the university with one method, which trusts `ca` and `names`, read again. */
function providerOf(
  type: number,
  inner: readonly EapConfigInner[],
  names: readonly string[],
  ca = authority.ca,
  client = university.methods[1]!.client,
): EapConfigProvider {
  const trust = { certificates: [certificateOf(ca)], names };
  const xml = write([{ ...toldBy(university), methods: [{ type, inner, server: trust, client }] }]);
  return parseEapConfig(xml).providers[0]!;
}

interface Case {
  readonly name: string;
  readonly method: MethodDefinition;
  readonly type: number;
  readonly inner?: EapConfigInner;
}

const inside = mschapv2Authenticator({ users });
const cases: readonly Case[] = [
  {
    name: 'PEAP with EAP-MSCHAPv2',
    method: peapAuthenticator({ ...server, methods: [inside] }),
    type: 25,
    inner: { method: { eap: 26 } },
  },
  {
    name: 'EAP-TTLS with PAP',
    method: ttlsAuthenticator({ ...server, users, passwordMethods: ['pap'] }),
    type: 21,
    inner: { method: { nonEap: 'pap' } },
  },
  {
    name: 'EAP-TTLS with MSCHAPv2',
    method: ttlsAuthenticator({ ...server, users, passwordMethods: ['mschapv2'] }),
    type: 21,
    inner: { method: { nonEap: 'mschapv2' } },
  },
  {
    name: 'EAP-TLS',
    method: tlsAuthenticator({
      ...server,
      clients: { ca: university.methods[1]!.server.certificates.map(({ pem }) => pem).join('') },
    }),
    type: 13,
  },
];

async function authenticate({ method, type }: Case, provider: EapConfigProvider): Promise<Outcome> {
  await using radius = await RadiusServer.listen({ secret, methods: [method], port: 0 });
  using workshop = new Workshop();
  const { wlan, credentials, needs, roots, intermediates } = fromEapConfig(provider, {
    username: 'alice',
    password,
  });
  assert.deepEqual(needs, []);
  const made = toWpaSupplicant({
    wlan: wlan[0],
    credentials,
    authorities: [...roots, ...intermediates].map(({ der }) => der),
    folder: `${workshop.folder}/with # and spaces`,
    ...(type === 13 ? { pkcs12: withCertificate.methods[0]!.client.pkcs12, passphrase: 'pkcs12' } : {}),
  });
  assert.deepEqual(made.notes, []);
  const address = ['-a', '127.0.0.1', '-p', String(radius.port), '-s', secret, '-t', '60'];
  return await workshop.eapolTest(made, address);
}

describe('From an eap-config file to a connection', function () {
  this.timeout(120_000);
  const names = ['radius.example.org', 'radius2.example.org'];

  for (const each of cases) {
    const inner = each.inner === undefined ? [] : [each.inner];
    const client = each.type === 13 ? withCertificate.methods[0]!.client : undefined;

    it(`${each.name}: accepted, with the same keys`, async () => {
      const { status, output } = await authenticate(
        each,
        providerOf(each.type, inner, names, authority.ca, client),
      );
      assert.equal(status, 0, output);
      assert.match(output, /SUCCESS\n*$/u);
      assert.match(output, /MPPE keys OK: 1 {2}mismatch: 0/u);
    });

    it(`${each.name}: a server of another name gets nothing`, async () => {
      const provider = providerOf(each.type, inner, ['radius.example.org'], authority.ca, client);
      const { status, output } = await authenticate(each, provider);
      assert.notEqual(status, 0, output);
      assert.match(output, /Domain match '[^']*' not found|Domain mismatch/u);
      assert.match(output, /FAILURE\n*$/u);
    });

    it(`${each.name}: a server of another authority gets nothing`, async () => {
      const provider = providerOf(each.type, inner, names, makeTestAuthority().ca, client);
      const { status, output } = await authenticate(each, provider);
      assert.notEqual(status, 0, output);
      assert.match(output, /self.signed certificate|unable to get local issuer|unknown CA/iu);
      assert.match(output, /FAILURE\n*$/u);
    });
  }
});
