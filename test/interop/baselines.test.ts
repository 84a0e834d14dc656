// The catalogue of conformance on the servers of others. What they fail is in baselines/*.txt.

import assert from 'node:assert/strict';

import { type CaseResult, conformServer } from '../../lib/conformance/index.js';
import { preflightServer } from '../../lib/conformance/preflight.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { mschapv2 } from '../../lib/methods/mschapv2.js';
import { peapPeer, tlsPeer, ttlsPeer } from '../../lib/methods/tls/index.js';
import { certificates } from '../methods/tls/certificates.js';
import { assertAsKnown, knownFailures } from './known-failures.js';
import { type RunningServer, startFreeRadius, startHostapd } from './servers.js';

const secret = 'between us';
const password = 'Pa$$w0rd of Alice';
const credentials = encodeCredentials({ username: 'alice', password });

const methodNames = ['mschapv2', 'tls', 'peap', 'ttls'] as const;
type MethodName = (typeof methodNames)[number];

function methodOf(name: MethodName) {
  const { ca, client } = certificates();
  const methods = {
    mschapv2: () => mschapv2,
    tls: () => tlsPeer({ ca, ...client, identity: 'alice', resumption: false }),
    peap: () => peapPeer({ ca, methods: [mschapv2], resumption: false }),
    ttls: () => ttlsPeer({ ca, inner: 'pap', resumption: false }),
  };
  return methods[name]();
}

interface Server {
  readonly start: (method: MethodName) => Promise<RunningServer>;
  /** Cases that end it, with these methods: each is run on a server of its own. */
  readonly endedBy: Readonly<Partial<Record<MethodName, readonly string[]>>>;
}

const servers = {
  freeradius: {
    start: (firstMethod) =>
      startFreeRadius({
        secret,
        users: { alice: password },
        firstMethod,
        tls: { maxVersion: 'TLSv1.3', checkCrl: true },
        isQuiet: true,
      }),
    endedBy: {
      peap: ['rfc3748-4.2-no-success-before-proof', 'cwe400-server-truncated-responses'],
      ttls: ['rfc5281-10.1-unknown-vendor-avp'],
    },
  },
  hostapd: {
    start: (method) =>
      startHostapd({
        secret,
        password,
        method,
        tls: { maxVersion: 'TLSv1.2', checkCrl: true },
        isQuiet: true,
      }),
    endedBy: {},
  },
} as const satisfies Readonly<Record<string, Server>>;

const names = ['freeradius', 'hostapd'] as const;

/** Runs cases on a server that has just been started. */
async function tryServer(
  server: RunningServer,
  name: MethodName,
  cases: { readonly only?: readonly string[]; readonly skip?: readonly string[] },
): Promise<CaseResult[]> {
  const { client, expiredClient, earlyClient, revokedClient, server: forServers } = certificates();
  const bad = {
    expired: expiredClient,
    notYetValid: earlyClient,
    revoked: revokedClient,
    forServers,
  };
  const target = {
    host: '127.0.0.1',
    port: server.port,
    secret: Buffer.from(secret),
    identity: 'alice',
    method: methodOf(name),
    credentials,
    ...(name === 'tls' && { certificate: client, badCertificates: bad }),
    silenceMs: 1000,
    answerMs: 3000,
  };
  assert.equal(await preflightServer(target), undefined);
  return await conformServer(target, cases);
}

for (const server of names) {
  const { start, endedBy }: Server = servers[server];
  describe(`${server}, tried by eaphost conform @long`, function () {
    this.timeout(60_000);

    for (const method of methodNames) {
      const lethal = endedBy[method] ?? [];

      it(`fails what its baseline has and no more, with ${method}`, async () => {
        await using running = await start(method);
        const results = await tryServer(running, method, { skip: lethal });
        assertAsKnown(server, method, results, lethal);
      });

      for (const id of lethal) {
        it(`is ended by ${id}, with ${method}`, async () => {
          await using running = await start(method);
          const [result] = await tryServer(running, method, { only: [id] });
          assert.equal(result?.verdict, 'failed', result?.reason);
          assert.match(result.reason ?? '', /has ended the subject$/u);
          assert.ok(knownFailures(server, method).includes(id), `${id} is not in baselines/${server}.txt`);
        });
      }
    }
  });
}
