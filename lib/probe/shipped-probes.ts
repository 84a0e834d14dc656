// The questions about the methods that Windows ships.

import { createHash, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { memoryUsers } from '../methods/users.js';
import { mschapv2Authenticator } from '../methods/mschapv2.js';
import {
  makeTestAuthority,
  peapAuthenticator,
  tlsAuthenticator,
  ttlsAuthenticator,
} from '../methods/tls/index.js';
import type { MethodDefinition } from '../hosts/method.js';
import { profiles } from '../profiles/index.js';
import { openEapHost } from '../supplicant/open.js';
import { certificateName, type Bench } from './bench.js';
import { outcomeOf } from './outcome.js';
import { authenticateOverRadius } from './over-radius.js';
import { at, type Probe } from './probe.js';
import { withUndo } from './undo.js';

const user = { username: 'probe', password: 'not a secret' };
const serverName = 'radius.example.org';
const chap = { useWinlogonCredentials: false };

const sha1Of = (pem: string): string => createHash('sha1').update(new X509Certificate(pem).raw).digest('hex');

/** A method that Windows ships: how it is configured, and what it meets. */
interface Shipped {
  readonly config: string;
  readonly credentials: string;
  readonly server: MethodDefinition;
}

/** A throw-away authority in the machine's store of roots, and a user's certificate in his own, while `work` runs. */
function withAuthority<T>(
  { folder, run }: Bench,
  work: (shipped: Readonly<Record<string, Shipped>>) => Promise<T>,
): Promise<T> {
  const { ca, issue } = makeTestAuthority({ name: certificateName, days: 2 });
  const server = issue({ name: serverName, purpose: 'server', dnsNames: [serverName] });
  const client = issue({ name: certificateName, purpose: 'client', upn: 'probe@example.org' });
  const files = { ca: join(folder, 'ca.cer'), cert: join(folder, 'user.cer'), pfx: join(folder, 'user.pfx') };
  writeFileSync(files.ca, ca);
  writeFileSync(files.cert, client.cert);
  writeFileSync(join(folder, 'user.key'), client.key);
  const certutil = async (...args: readonly string[]): Promise<void> => {
    const { code, stdout, stderr } = await run('certutil', args);
    if (code !== 0)
      throw new Error(`certutil ${args.join(' ')} ended with ${code}: ${`${stdout}${stderr}`.trim()}`);
  };
  return withUndo(async (later) => {
    later(() => certutil('-delstore', 'Root', sha1Of(ca)));
    await certutil('-f', '-addstore', 'Root', files.ca);
    later(() => certutil('-user', '-delstore', 'My', sha1Of(client.cert)));
    await certutil('-f', '-p', 'probe,probe', '-mergepfx', files.cert, files.pfx);
    await certutil('-user', '-f', '-p', 'probe', '-importpfx', files.pfx, 'NoRoot');
    const validation = {
      serverValidation: { disablePrompt: true, serverNames: [serverName], trustedRoots: [sha1Of(ca)] },
      performServerValidation: true,
      acceptServerName: true,
    };
    const tls = { credentialsSource: {}, ...validation };
    const certificate = { username: 'probe@example.org', certificate: sha1Of(client.cert) };
    const users = memoryUsers({ [user.username]: user.password });
    const clients = { ca };
    const inner = mschapv2Authenticator({ users });
    const byCertificate = tlsAuthenticator({ ...server, clients });
    const peap = {
      ...validation,
      fastReconnect: false,
      innerEapOptional: false,
      enableQuarantineChecks: false,
    };
    return await work({
      mschapv2: {
        config: profiles.mschapv2(chap),
        credentials: profiles.credentials.mschapv2(user),
        server: inner,
      },
      tls: {
        config: profiles.tls(tls),
        credentials: profiles.credentials.tls(certificate),
        server: byCertificate,
      },
      'peap-mschapv2': {
        config: profiles.peap({ ...peap, inner: { mschapv2: chap }, requireCryptoBinding: true }),
        credentials: profiles.credentials.peap({ inner: { mschapv2: user } }),
        server: peapAuthenticator({ ...server, methods: [inner] }),
      },
      'peap-tls': {
        config: profiles.peap({ ...peap, inner: { tls }, requireCryptoBinding: false }),
        credentials: profiles.credentials.peap({ inner: { tls: certificate } }),
        server: peapAuthenticator({ ...server, methods: [byCertificate] }),
      },
      'ttls-pap': {
        config: profiles.ttls({
          serverValidation: validation.serverValidation,
          inner: 'pap',
          identityPrivacy: { enabled: false },
        }),
        credentials: profiles.credentials.ttls(user),
        server: ttlsAuthenticator({ ...server, users, passwordMethods: ['pap'], methods: [] }),
      },
      'ttls-mschapv2': {
        config: profiles.ttls({
          serverValidation: validation.serverValidation,
          inner: { mschapv2: chap },
          identityPrivacy: { enabled: true, anonymousIdentity: 'anonymous' },
        }),
        credentials: profiles.credentials.ttls(user),
        server: ttlsAuthenticator({ ...server, users, passwordMethods: ['mschapv2'], methods: [] }),
      },
    });
  });
}

const noneHere = 'it has none of Windows’ own methods';

/** Documents that Windows' methods may or may not take. */
const spellings = (): Readonly<Record<string, string>> => {
  const root = { trustedRoots: ['00'.repeat(20)] };
  return {
    mschapv2: profiles.mschapv2(chap),
    tls: profiles.tls({ credentialsSource: {} }),
    'tls with a root': profiles.tls({
      credentialsSource: {},
      serverValidation: { disablePrompt: true, ...root },
    }),
    'peap-mschapv2': profiles.peap({ inner: { mschapv2: chap } }),
    'peap-tls': profiles.peap({ inner: { tls: { credentialsSource: {} } } }),
    'ttls-pap': profiles.ttls({ inner: 'pap' }),
    'ttls-mschapv2': profiles.ttls({ inner: { mschapv2: chap } }),
    'ttls with EAP-MSCHAPv2': profiles.ttls({ inner: { eap: { mschapv2: chap } } }),
    'an unknown element': profiles
      .mschapv2(chap)
      .replace('</EapHostConfig>', '<Unknown xmlns="urn:probe"/></EapHostConfig>'),
  };
};

export const shippedProbes: readonly Probe[] = [
  {
    id: 'shipped-methods',
    question:
      'Do Windows’ own MSCHAPv2, TLS, PEAP and TTLS authenticate against this package’s authenticators, are the keys equal, and which attributes are in the result (an EMSK, a session id)?',
    how: 'A throw-away authority in the machine’s store of roots and a user’s certificate; each method over RADIUS; types and sizes of the attributes.',
    notUnderWine: noneHere,
    claims: ['mschapv2', 'tls', 'peap-mschapv2', 'peap-tls', 'ttls-pap', 'ttls-mschapv2'].map((name) => ({
      says: `Windows’ ${name} authenticates against this package’s authenticator, and both have the same keys.`,
      change: `the authenticator of ${name} in lib/methods, or its profile in lib/profiles`,
      holds: (found: unknown) =>
        at(found, name, 'isSuccess') === true &&
        (name === 'mschapv2' || at(found, name, 'keysAgree') === true),
    })),
    ask: (bench) =>
      withAuthority(bench, async (shipped) => {
        const outcomes: Record<string, unknown> = {};
        for (const [name, { config: configXml, credentials: userXml, server }] of Object.entries(shipped)) {
          outcomes[name] = await authenticateOverRadius([server], async (host) => {
            const { method, blob: config } = await host.configFromXml(configXml);
            return {
              method,
              config,
              credentials: await host.credentialsFromXml(userXml, { method, config }),
            };
          });
        }
        return outcomes;
      }),
  },
  {
    id: 'shipped-exports',
    question:
      'Do the DLLs of the methods that Windows ships export a method’s functions, so that they could be hosted directly?',
    how: 'The DLLs are loaded from System32 and looked at.',
    notUnderWine: noneHere,
    ask: (bench) => bench.ask('shipped-exports'),
  },
  {
    id: 'xml-spellings',
    question: 'Which spellings of profiles do the methods that Windows ships take?',
    how: 'Profiles go through EapHostPeerConfigXml2Blob, and their blobs back.',
    notUnderWine: noneHere,
    claims: [
      {
        says: 'Windows takes what profiles.* writes.',
        change: 'lib/profiles',
        holds: (found) =>
          Object.keys(spellings())
            .filter((name) => name !== 'an unknown element')
            .every((name) => typeof at(found, name, 'octets') === 'number'),
      },
    ],
    async ask() {
      await using host = await openEapHost({ runtime: 'system' });
      const outcomes: Record<string, unknown> = {};
      for (const [name, xml] of Object.entries(spellings())) {
        outcomes[name] = await outcomeOf(async () => {
          const { method, blob } = await host.configFromXml(xml);
          return { octets: blob.length, back: await host.configToXml({ method, blob }) };
        });
      }
      return outcomes;
    },
  },
];
