// Peers that authenticate as one user and claim to be another: only the name that was proved counts.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import crypto from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { attributeTypes } from '../../../lib/eap/attributes.js';
import { Output, type OutputStream } from '../../../lib/cli/output.js';
import { serve } from '../../../lib/cli/serve.js';
import { md5, md5Authenticator } from '../../../lib/methods/md5.js';
import type { AuthenticatorResult, MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import {
  type EapTlsAuthenticatorOptions,
  gtc,
  gtcAuthenticator,
  peapPeer,
  tlsPeer,
  ttlsAuthenticator,
  ttlsPeer,
} from '../../../lib/methods/tls/index.js';
import { TlsPeer, TlsPeerKit } from '../../../lib/methods/tls/peer.js';
import { avpCodes, writeAvp } from '../../../lib/methods/tls/ttls-avp.js';
import { TtlsEapPeer, TtlsPasswordPeer } from '../../../lib/methods/tls/ttls-peer.js';
import { memoryUsers, type UserStore } from '../../../lib/methods/users.js';
import { RadiusClient, type RadiusServerOptions, textAttribute, textOf } from '../../../lib/radius/index.js';
import { authenticate } from '../../methods/tls/radius-peer.js';
import { converse } from '../../methods/support.js';
import { until } from '../../radius/support.js';
import {
  secret,
  server,
  certificateOf,
  alice,
  insecure,
  credentialsOf,
  aliceBlob,
  bobBlob,
  none,
  named,
  authenticators,
  type Outcome,
  run,
  assertProved,
  assertRefused,
  innerTls,
} from './servers.js';

describe('A peer that forges its outer identity', () => {
  const tunnels: Readonly<Record<string, readonly [() => MethodDefinition, () => MethodDefinition, Buffer]>> =
    {
      'peap-mschapv2': [
        () => peapPeer({ ...insecure, identity: 'admin' }),
        () => authenticators.peap(authenticators.mschapv2()),
        aliceBlob,
      ],
      'peap-gtc': [
        () => peapPeer({ ...insecure, identity: 'admin', methods: [gtc] }),
        () => authenticators.peap(authenticators.gtc()),
        aliceBlob,
      ],
      'peap-tls': [
        () => peapPeer({ ...insecure, identity: 'admin', methods: [innerTls()] }),
        () => authenticators.peap(authenticators.tls()),
        none,
      ],
      ...Object.fromEntries(
        (['pap', 'chap', 'mschap', 'mschapv2'] as const).map((inner) => [
          `ttls-${inner}`,
          [() => ttlsPeer({ ...insecure, identity: 'admin', inner }), authenticators.ttls, aliceBlob],
        ]),
      ),
      'ttls-md5': [
        () => ttlsPeer({ ...insecure, identity: 'admin', inner: [md5] }),
        () => authenticators.ttls(authenticators.md5()),
        aliceBlob,
      ],
      'ttls-eap-mschapv2': [
        () => ttlsPeer({ ...insecure, identity: 'admin', inner: [mschapv2] }),
        () => authenticators.ttls(authenticators.mschapv2()),
        aliceBlob,
      ],
    };

  for (const [name, [peer, authenticator, credentials]] of Object.entries(tunnels)) {
    it(`gets the rights of the inner one, and is told by it: ${name}`, async () => {
      assertProved(await run(peer(), authenticator(), credentials), 'alice', 'admin');
    });
  }

  for (const [name, method, authenticator] of [
    ['mschapv2', mschapv2, authenticators.mschapv2],
    ['md5', md5, authenticators.md5],
  ] as const) {
    it(`is refused without a tunnel: ${name}`, async () => {
      assertRefused(await run(named(method, 'admin'), authenticator(), aliceBlob));
      assertProved(await run(method, authenticator(), aliceBlob), 'alice', 'alice');
    });
  }

  it('gets nothing by what `policy` gives', async () => {
    const policy: RadiusServerOptions['policy'] = ({ outerIdentity }) => {
      const attributes = [textAttribute(attributeTypes.FilterId, `group of ${outerIdentity}`)];
      const given = { attributes };
      return given as object;
    };
    const peer = peapPeer({ ...insecure, identity: 'admin' });
    const options = { policy, authorize: () => true };
    const outcome = await run(peer, authenticators.peap(authenticators.mschapv2()), aliceBlob, options);
    deepEqual([outcome.accepted, outcome.verdict.reason, outcome.asked], [false, 'methodError', []]);
    match(String(outcome.verdict.error), /policy\(\)\.attributes is no option/u);
  });
});

describe('A peer that forges its outer identity with eaphost serve', () => {
  it('is told by the proved one, and by the other beside it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-identity-'));
    try {
      const files = { 'server.pem': server.cert, 'server.key': server.key };
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      const users = { alice: 'apple', admin: 'correct horse' };
      const config = { secret, users, cert: 'server.pem', key: 'server.key' };
      writeFileSync(join(folder, 'serve.json'), JSON.stringify(config));
      let told = '';
      const out: OutputStream = { write: (text) => (told += text) };
      const output = new Output(true, out, out, {});
      const serving = serve(['--config', join(folder, 'serve.json'), '--port', '0'], output);
      await until(() => told.includes('listening'));
      const { port }: { port: number } = JSON.parse(told);
      await using client = new RadiusClient({ host: '127.0.0.1', port, secret });
      const peer = peapPeer({ ...insecure, identity: 'admin' });
      const { accept } = await authenticate(peer, client, { credentials: aliceBlob });
      equal(textOf(accept?.attributes ?? [], attributeTypes.UserName), 'alice');
      await authenticate(peer, client, { credentials: credentialsOf('alice', 'wrong') });
      await until(() => told.includes('rejected'));
      process.emit('SIGTERM');
      await serving;
      const events = told
        .trimEnd()
        .split('\n')
        .map((line): Record<string, unknown> => JSON.parse(line));
      deepEqual(
        events.map(({ kind, identity, outerIdentity }) => [kind, identity, outerIdentity]),
        [
          ['listening', undefined, undefined],
          ['accepted', 'alice', 'admin'],
          ['rejected', undefined, 'admin'],
          ['stopped', undefined, undefined],
        ],
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe('A peer that forges its inner identity', () => {
  for (const [what, identity] of Object.entries({
    'an empty one': '',
    "another user's": 'admin',
    'one of another domain': 'ADMIN\\bob',
  })) {
    it(`is refused with ${what} in PEAP`, async () => {
      const peer = peapPeer({ ...insecure, identity: 'admin', methods: [named(mschapv2, identity)] });
      assertRefused(await run(peer, authenticators.peap(authenticators.mschapv2()), bobBlob));
    });

    it(`is refused with ${what} in EAP-TTLS`, async () => {
      const peer = ttlsPeer({ ...insecure, identity: 'admin', inner: [named(mschapv2, identity)] });
      assertRefused(await run(peer, authenticators.ttls(authenticators.mschapv2()), bobBlob));
    });
  }

  it('is refused where domains differ, and named as the account where one has none', async () => {
    const users = memoryUsers({ 'CORP\\bob': 'banana', bob: 'banana' });
    const authenticator = () => authenticators.peap(mschapv2Authenticator({ users }));
    const peerOf = (identity: string) =>
      peapPeer({ ...insecure, identity: 'x', methods: [named(mschapv2, identity)] });
    const corporate = credentialsOf('CORP\\bob', 'banana');
    assertProved(await run(peerOf('CORP\\bob'), authenticator(), bobBlob), 'CORP\\bob', 'x');
    assertProved(await run(peerOf('bob'), authenticator(), corporate), 'bob', 'x');
    assertRefused(await run(peerOf('EVIL\\bob'), authenticator(), corporate));
  });

  it('is refused where an inner method proves another name, whatever the method is', async () => {
    const liar = (identity: string | undefined): MethodDefinition => ({
      ...md5,
      authenticator: {
        async beginSession(begin) {
          const session = await authenticators.md5().authenticator.beginSession(begin);
          const value = Buffer.from(identity ?? '');
          return {
            ...session,
            sendPacket: (id) => session.sendPacket(id),
            receivePacket: (packet) => session.receivePacket(packet),
            end: () => session.end(),
            // As a DLL's result: the name is an attribute.
            getResult: (): AuthenticatorResult => ({
              isSuccess: true,
              attributes: identity === undefined ? [] : [{ type: attributeTypes.UserName, value }],
            }),
          };
        },
      },
    });
    for (const [tunnel, peer] of [
      [authenticators.peap, peapPeer({ ...insecure, identity: 'admin', methods: [md5] })],
      [authenticators.ttls, ttlsPeer({ ...insecure, identity: 'admin', inner: [md5] })],
    ] as const) {
      assertRefused(await run(peer, tunnel(liar('admin')), bobBlob));
      assertProved(await run(peer, tunnel(liar('bob')), bobBlob), 'bob', 'admin');
      // One that proves no name: nobody is named, by the outer identity least of all.
      const { accepted, userName, group, verdict } = await run(peer, tunnel(liar(undefined)), bobBlob);
      deepEqual([accepted, userName, group], [true, undefined, 'group of undefined']);
      deepEqual([verdict.identity, verdict.outerIdentity], [undefined, 'admin']);
    }
  });

  const ttlsKit = () => new TlsPeerKit({ type: 21, version: 0, keyLabel: 'ttls keying material' }, insecure);
  /** EAP-TTLS with other AVPs than the peer would send. */
  function forged(inner: 'pap' | 'eap', forge: (avps: Uint8Array) => Uint8Array): MethodDefinition {
    const kit = ttlsKit();
    const method = ttlsPeer({ ...insecure, inner: 'pap', identity: 'admin' });
    return {
      ...method,
      peer: {
        ...method.peer,
        beginSession(begin) {
          const tunnel =
            inner === 'pap' ? new TtlsPasswordPeer('pap', begin) : new TtlsEapPeer([mschapv2], begin);
          const advance = tunnel.advance.bind(tunnel);
          tunnel.advance = async (data, connection) => {
            const step = await advance(data, connection);
            return step.kind === 'send' && step.data ? { ...step, data: forge(step.data) } : step;
          };
          return new TlsPeer(kit, tunnel, begin);
        },
      },
    };
  }
  const userNameAvp = (name: string) => writeAvp(avpCodes.userName, Buffer.from(name));

  it('is named by its proof where EAP-TTLS carries a User-Name beside EAP', async () => {
    const peer = forged('eap', (avps) => Buffer.concat([userNameAvp('admin'), avps]));
    assertProved(await run(peer, authenticators.ttls(authenticators.mschapv2()), bobBlob), 'bob', 'admin');
  });

  it('is refused with two User-Names, an empty one, and another than its password proves', async () => {
    const withoutName = (avps: Uint8Array) => avps.subarray(userNameAvp('bob').length);
    for (const forge of [
      (avps: Uint8Array) => Buffer.concat([userNameAvp('admin'), avps]),
      (avps: Uint8Array) => Buffer.concat([avps, userNameAvp('admin')]),
      (avps: Uint8Array) => Buffer.concat([userNameAvp(''), withoutName(avps)]),
      (avps: Uint8Array) => Buffer.concat([userNameAvp('admin'), withoutName(avps)]),
      withoutName,
    ]) {
      assertRefused(await run(forged('pap', forge), authenticators.ttls(), bobBlob));
    }
    assertProved(
      await run(
        forged('pap', (avps) => avps),
        authenticators.ttls(),
        bobBlob,
      ),
      'bob',
      'admin',
    );
  });
});

describe("A peer with somebody else's certificate", () => {
  /** Outside of a tunnel and inside. */
  const ways: Readonly<
    Record<
      string,
      (
        identity: string,
        own: { cert: string; key: string },
        options?: Partial<EapTlsAuthenticatorOptions>,
      ) => Promise<Outcome>
    >
  > = {
    tls: (identity, own, options) =>
      run(
        named(tlsPeer({ ...insecure, ...own, identity: 'x' }), identity),
        authenticators.tls(options),
        none,
      ),
    'peap-tls': (identity, own, options) =>
      run(
        peapPeer({
          ...insecure,
          identity: 'outside',
          methods: [named(tlsPeer({ ...insecure, ...own, identity: 'x' }), identity)],
        }),
        authenticators.peap(authenticators.tls(options)),
        none,
      ),
  };

  for (const [name, attack] of Object.entries(ways)) {
    it(`is refused under any other name: ${name}`, async () => {
      for (const identity of ['bob', 'alice@example.com', 'alicE2', 'alice\0', 'Authority', 'host/bob']) {
        assertRefused(await attack(identity, alice));
      }
      for (const [identity, proved] of [
        ['alice', 'alice'],
        ['ALICE@example.org', 'alice@example.org'],
        ['CORP\\alice', 'alice'],
      ] as const) {
        const { accepted, userName } = await attack(identity, alice);
        deepEqual([accepted, userName], [true, proved], identity);
      }
    });

    it(`is refused with a disabled account behind any of its names, and with none: ${name}`, async () => {
      const disabled = { password: 'x', state: 'disabled' } as const;
      const both = { alice: 'x', 'alice@example.org': disabled };
      for (const identity of ['alice', 'alice@example.org', 'CORP\\alice']) {
        for (const accounts of [both, { alice: disabled }, {}, { bob: 'banana' }]) {
          assertRefused(await attack(identity, alice, { users: memoryUsers(accounts) }));
        }
        const { accepted } = await attack(identity, alice, { users: memoryUsers({ alice: 'x' }) });
        equal(accepted, true);
      }
      // The account of the name that it goes by counts too, where that is not in the certificate as it stands.
      const closed = memoryUsers({ alice: 'x', 'CORP\\alice': disabled });
      assertRefused(await attack('CORP\\alice', alice, { users: closed }));
    });

    it(`goes by those kinds of names alone that count: ${name}`, async () => {
      const own = certificateOf({
        name: 'common',
        emails: ['e@x.org'],
        dnsNames: ['pc.x.org'],
        upn: 'u@x.org',
      });
      const kinds = { upn: 'u@x.org', email: 'e@x.org', dns: 'host/pc.x.org', commonName: 'common' } as const;
      for (const kind of ['upn', 'email', 'dns', 'commonName'] as const) {
        for (const [other, identity] of Object.entries(kinds)) {
          const { accepted, userName } = await attack(identity, own, { names: [kind] });
          equal(accepted, kind === other, `${kind}, ${identity}`);
          equal(userName, accepted ? identity.replace('host/', '') : undefined);
        }
      }
    });
  }

  it('is told by its certificate where it calls itself nothing, and inside of a tunnel is refused', async () => {
    for (const identity of ['', 'anonymous', '@example.org', 'anonymous@example.org']) {
      const outcome = await ways['tls']!(identity, alice);
      assertProved(outcome, 'alice@example.org', identity);
      ok(outcome.asked[0]?.certificate?.subject.includes('alice'));
      assertRefused(await ways['peap-tls']!(identity, alice));
    }
    assertRefused(await ways['tls']!('', certificateOf({ emails: ['x@y'] }), { names: ['upn'] }));
  });

  it('is told by its certificate, too, where any identity may go with it', async () => {
    assertProved(await ways['tls']!('bob', alice, { checkIdentity: false }), 'alice@example.org', 'bob');
    assertRefused(await ways['peap-tls']!('bob', alice, { checkIdentity: false }));
  });
});

describe('A stranger who counts what a server does', () => {
  const counted = [
    'randomBytes',
    'createHash',
    'createHmac',
    'createCipheriv',
    'createDecipheriv',
    'timingSafeEqual',
  ] as const;

  /** How often each function of node:crypto is called meanwhile. */
  async function operations(work: () => Promise<unknown>): Promise<Readonly<Record<string, number>>> {
    const own = Object.fromEntries(counted.map((name) => [name, crypto[name]]));
    const counts: Record<string, number> = {};
    for (const name of counted) {
      const original = own[name]!;
      const counting = (...details: unknown[]): unknown => {
        counts[name] = (counts[name] ?? 0) + 1;
        return Reflect.apply(original, crypto, details);
      };
      Reflect.set(crypto, name, counting);
    }
    syncBuiltinESMExports();
    try {
      await work();
    } finally {
      Object.assign(crypto, own);
      syncBuiltinESMExports();
    }
    return counts;
  }

  const store: UserStore & { asked: number } = {
    asked: 0,
    lookup(identity) {
      this.asked++;
      return accounts.lookup(identity);
    },
  };
  const accounts = memoryUsers({
    somebody: 'apple',
    disabled: { password: 'apple', state: 'disabled' },
    outdated: { password: 'apple', state: 'passwordExpired' },
  });
  const options = { users: store };
  const tunnel = (inner: 'pap' | 'chap' | 'mschap' | 'mschapv2') =>
    [ttlsPeer({ ...insecure, inner }), ttlsAuthenticator({ ...server, ...options })] as const;

  for (const [name, [peer, authenticator]] of Object.entries({
    md5: [md5, md5Authenticator(options)],
    gtc: [gtc, gtcAuthenticator(options)],
    mschapv2: [mschapv2, mschapv2Authenticator(options)],
    'mschapv2 with retries': [mschapv2, mschapv2Authenticator({ ...options, retries: 2 })],
    'ttls-pap': tunnel('pap'),
    'ttls-chap': tunnel('chap'),
    'ttls-mschap': tunnel('mschap'),
    'ttls-mschapv2': tunnel('mschapv2'),
  } as const)) {
    it(`cannot tell nobody from somebody, nor from who may not come in: ${name}`, async () => {
      const seen: unknown[] = [];
      for (const username of ['somebody', 'disabled', 'outdated', 'nobody00']) {
        store.asked = 0;
        let reason: number | undefined;
        const counts = await operations(async () => {
          const conversation = await converse(peer, authenticator, {
            credentials: credentialsOf(username, 'wrong'),
          });
          reason = conversation.authenticator.failureReasonCode;
        });
        seen.push([counts, store.asked, reason]);
      }
      for (const each of seen) deepEqual(each, seen[0]);
    });
  }
});
