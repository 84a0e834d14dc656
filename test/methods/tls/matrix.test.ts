// The interoperability matrix, run: our peers against FreeRADIUS, hostapd and our server; eapol_test against our server.

import { deepEqual, equal, notDeepEqual, ok } from 'node:assert/strict';
import { decodeKeys } from '../../../lib/eap/attributes.js';
import { peerMethods, usesCertificate } from '../../../lib/cli/auth-methods.js';
import { serverMethods } from '../../../lib/cli/serve-methods.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import type { AuthenticatorResult, MethodDefinition } from '../../../lib/hosts/method.js';
import type { TlsVersion } from '../../../lib/methods/tls/index.js';
import { memoryUsers } from '../../../lib/methods/users.js';
import { RadiusClient, RadiusServer } from '../../../lib/radius/index.js';
import { type RunningServer, startFreeRadius, startHostapd } from '../../interop/servers.js';
import { certificates } from './certificates.js';
import { EapolTest } from './eapol-test.js';
import {
  type Column,
  columns,
  type Fault,
  isMtu,
  Matrix,
  type MatrixMethod,
  matrixMethods,
  type Pairing,
  reasonForFull,
  reasonForNone,
} from './matrix.js';
import { authenticate, type RadiusConversation } from './radius-peer.js';
import { eventually } from '../../supplicant/support.js';
import { versions } from '../support.js';

const secret = 'between us';
const password = 'Pa$$w0rd of Alice';
const users = { alice: password };

/** A server, and what it says of its own keys. */
interface Lab extends AsyncDisposable {
  readonly port: number;
  /** Of the latest success, where it tells them all. */
  readonly keys?: () => ReturnType<typeof decodeKeys>;
  /** Those that its output has. */
  readonly told: readonly ('emsk' | 'sessionId')[];
  readonly says?: (octets: Buffer) => boolean;
}

/** What the authenticator's results were. */
function observing(method: MethodDefinition, seen: AuthenticatorResult[]): MethodDefinition {
  const { authenticator } = method;
  if (!authenticator) return method;
  return {
    ...method,
    authenticator: {
      async beginSession(begin) {
        const session = await authenticator.beginSession(begin);
        const getResult = session.getResult.bind(session);
        session.getResult = async () => {
          const result = await getResult();
          const attributes = result.attributes.map(({ type, value }) => ({
            type,
            value: Buffer.from(value),
          }));
          seen.push({ ...result, attributes });
          return result;
        };
        return session;
      },
    },
  };
}

/** Our server, for one method. */
async function ourLab(method: MatrixMethod, maxVersion: TlsVersion, fault: Fault | undefined): Promise<Lab> {
  const { ca, crl, server, expiredServer } = certificates();
  const seen: AuthenticatorResult[] = [];
  const methods = serverMethods([method], {
    users: memoryUsers(users),
    tls: { ...(fault === 'expired' ? expiredServer : server), maxVersion, resumptionLifetime: 3600 },
    clients: { ca, crl },
  });
  const running = await RadiusServer.listen({
    secret,
    methods: methods.map((each) => observing(each, seen)),
    port: 0,
  });
  return {
    port: running.port,
    told: [],
    keys: () => decodeKeys(seen.at(-1)?.attributes ?? [], 'authenticator'),
    [Symbol.asyncDispose]: () => running.close(),
  };
}

/** FreeRADIUS and hostapd run once for each version and certificate. */
class SharedLabs implements AsyncDisposable {
  readonly #labs = new Map<string, Promise<RunningServer>>();

  async get(pairing: Pairing, maxVersion: TlsVersion, fault: Fault | undefined): Promise<Lab> {
    const isExpired = fault === 'expired';
    // FreeRADIUS resumes nothing over TLS 1.3 where it looks at revocation lists.
    const checkCrl = fault === 'revoked';
    const key = [pairing, maxVersion, isExpired, checkCrl].join(' ');
    const { server, expiredServer } = certificates();
    const tls = { maxVersion, identity: isExpired ? expiredServer : server, checkCrl };
    let starting = this.#labs.get(key);
    if (!starting) {
      starting =
        pairing === 'ours, hostapd'
          ? startHostapd({ secret, password, tls })
          : startFreeRadius({ secret, users, firstMethod: 'tls', tls });
      this.#labs.set(key, starting);
    }
    const running = await starting;
    return {
      port: running.port,
      // hostapd keeps its EMSK to itself.
      told: pairing === 'ours, hostapd' ? ['sessionId'] : ['emsk', 'sessionId'],
      says(octets) {
        const hex = octets.toString('hex');
        return running.output.includes(hex) || running.output.includes(hex.replaceAll(/..(?=.)/gu, '$& '));
      },
      // It is not this cell's to stop.
      [Symbol.asyncDispose]: () => Promise.resolve(),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#labs.values()].map(async (lab) => (await lab)[Symbol.asyncDispose]()));
  }
}

function ourPeer(method: MatrixMethod, fault: Fault | undefined): MethodDefinition {
  const { ca, otherCa, client, revokedClient } = certificates();
  const [definition] = peerMethods({
    method,
    identity: 'alice',
    password: Buffer.alloc(0),
    outerIdentity: method === 'tls' ? undefined : 'anonymous',
    ca: fault === 'untrusted' ? otherCa : ca,
    serverNames: [fault === 'name' ? 'radius.example.com' : 'radius.example.org'],
    isCareless: false,
    client: fault === 'revoked' ? revokedClient : client,
  });
  ok(definition);
  return definition;
}

function octetsOf({ received }: RadiusConversation): number {
  return received.reduce((sum, length) => sum + length, 0);
}

/** Both have the same MSK; EMSK and session id as well, where the method defines them and the server tells them. */
async function assertKeys(
  { peer, accept }: RadiusConversation,
  method: MatrixMethod,
  lab: Lab,
): Promise<Buffer> {
  ok(peer.isSuccess, peer.rootCause);
  const ours = decodeKeys(peer.attributes ?? [], 'peer');
  equal(ours.msk?.length, 64);
  deepEqual(accept?.msk, ours.msk);
  const theirs = lab.keys?.();
  if (theirs) {
    deepEqual([theirs.msk, theirs.emsk, theirs.sessionId], [ours.msk, ours.emsk, ours.sessionId]);
  }
  if (!method.startsWith('peap')) {
    equal(ours.emsk?.length, 64);
    equal(ours.sessionId?.length, 65);
    for (const name of lab.told) {
      const key = ours[name];
      ok(key, name);
      // It says so beside its answer.
      await eventually(() => lab.says?.(key) === true, `${name} of the server`);
    }
  }
  return ours.msk;
}

describe('Interoperability', () => {
  const matrix = new Matrix();
  const pairings: readonly Pairing[] = [
    'ours, FreeRADIUS',
    'ours, hostapd',
    'eapol_test, ours',
    'ours, ours',
  ];
  const shared = new SharedLabs();
  let eapolTest: EapolTest;
  before(async function () {
    this.timeout(180_000);
    eapolTest = await EapolTest.prepare();
  });
  after(async () => {
    await shared[Symbol.asyncDispose]();
    await eapolTest?.[Symbol.asyncDispose]();
    console.log(matrix.table(pairings, versions));
  });

  async function withOurPeer(
    pairing: Pairing,
    method: MatrixMethod,
    version: TlsVersion,
    column: Column,
  ): Promise<void> {
    const fault = isMtu(column) ? undefined : column;
    await using lab =
      pairing === 'ours, ours'
        ? await ourLab(method, version, fault)
        : await shared.get(pairing, version, fault);
    await using client = new RadiusClient({ host: '127.0.0.1', port: lab.port, secret });
    const peer = ourPeer(method, fault);
    const word = fault === 'password' ? 'wrong' : password;
    const credentials = usesCertificate(method)
      ? Buffer.alloc(0)
      : encodeCredentials({ username: 'alice', password: word });
    const mtu = isMtu(column) ? column : 1400;
    const isFull = reasonForFull(pairing, method, version) !== undefined;
    const flags = isFull ? (['fullAuth'] as const) : [];
    const first = await authenticate(peer, client, { credentials, mtu, flags });
    if (fault !== undefined) {
      equal(first.peer.isSuccess, false);
      ok(first.peer.rootCause);
      equal(first.accept, undefined);
      ok(first.reject);
      return;
    }
    const msk = await assertKeys(first, method, lab);
    // Over TLS 1.3 FreeRADIUS 3.2 does not take the ticket that a resumed connection got.
    const rounds = pairing === 'ours, FreeRADIUS' && version === 'TLSv1.3' ? 1 : 2;
    for (let round = 0; round < rounds; round++) {
      const again = await authenticate(peer, client, { credentials, mtu, flags });
      notDeepEqual(await assertKeys(again, method, lab), msk);
      equal(octetsOf(again) < octetsOf(first) - 400, !isFull, 'resumed');
    }
  }

  async function withEapolTest(method: MatrixMethod, version: TlsVersion, column: Column): Promise<void> {
    const fault = isMtu(column) ? undefined : column;
    await using lab = await ourLab(method, version, fault);
    const mtu = isMtu(column) ? column : 1400;
    // wpa_supplicant 2.10 stumbles over the inner TLS connection that a fast reconnect has not used.
    const again = fault !== undefined ? 0 : method.endsWith('-tls') ? 1 : 2;
    const options = { port: lab.port, secret, password: fault === 'password' ? 'wrong' : password };
    const outcome = await eapolTest.run({ ...options, method, version, fault, mtu, again });
    if (fault !== undefined) return outcome.assertRejected();
    outcome.assertAccepted(1 + again);
    // It speaks of some handshakes of TLS 1.3 twice.
    ok(outcome.resumptions >= again);
    if (method.startsWith('peap')) return;
    const { emsk, sessionId } = lab.keys?.() ?? {};
    for (const key of [emsk, sessionId]) ok(key && outcome.says(key), 'EMSK and session id of the peer');
  }

  for (const pairing of pairings) {
    for (const version of versions) {
      describe(`${pairing}, ${version}`, () => {
        for (const method of matrixMethods) {
          for (const column of columns) {
            if (reasonForNone(pairing, method, version, column) !== undefined) continue;
            it(`${method}, ${isMtu(column) ? `MTU ${column}` : column}`, async () => {
              matrix.set(pairing, method, version, column, 'FAILED');
              if (pairing === 'eapol_test, ours') await withEapolTest(method, version, column);
              else await withOurPeer(pairing, method, version, column);
              const isFull = reasonForFull(pairing, method, version) !== undefined;
              const mark = !isMtu(column) ? 'refused' : isFull ? 'full' : 'full+res';
              matrix.set(pairing, method, version, column, mark);
            });
          }
        }
      });
    }
  }
});
