// Accounts that are disabled, expired or restricted: nobody gets in with them, or gets rights that they do not give.

import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { attributeTypes } from '../../../lib/eap/attributes.js';
import { encodeCredentials } from '../../../lib/methods/credentials.js';
import { md5, md5Authenticator } from '../../../lib/methods/md5.js';
import type { MethodDefinition } from '../../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator } from '../../../lib/methods/mschapv2.js';
import {
  gtc,
  gtcAuthenticator,
  peapAuthenticator,
  peapPeer,
  tlsAuthenticator,
  ttlsAuthenticator,
  ttlsPeer,
} from '../../../lib/methods/tls/index.js';
import { type UserRecord, type UserStore } from '../../../lib/methods/users.js';
import { isResumed, converse } from '../../methods/support.js';
import {
  ca,
  server,
  insecure,
  users,
  aliceBlob,
  none,
  authenticators,
  run,
  assertProved,
  assertRefused,
  innerTls,
} from './servers.js';

describe('An account that is closed', () => {
  /** A store whose accounts come and go, and how often it was asked. */
  class Accounts implements UserStore {
    readonly #all = new Map<string, UserRecord>();
    asked = 0;

    constructor() {
      this.open();
    }

    open(): void {
      for (const name of ['alice', 'bob']) this.#all.set(name, { password: 'apple' });
    }

    disable(): void {
      this.#all.set('alice', { password: 'apple', state: 'disabled' });
    }

    remove(): void {
      this.#all.delete('alice');
    }

    lookup(identity: string): UserRecord | undefined {
      this.asked++;
      return this.#all.get(identity);
    }
  }

  const resumable = { ...server, resumptionLifetime: 3600 };
  const cases: Readonly<
    Record<string, (users: UserStore) => readonly [peer: MethodDefinition, authenticator: MethodDefinition]>
  > = {
    tls: (users) => [innerTls(), tlsAuthenticator({ ...resumable, clients: { ca }, users })],
    'peap-tls': (users) => [
      peapPeer({ ...insecure, methods: [innerTls()] }),
      peapAuthenticator({ ...resumable, methods: [authenticators.tls({ users })] }),
    ],
    'peap-mschapv2': (users) => [
      peapPeer(insecure),
      peapAuthenticator({ ...resumable, methods: [mschapv2Authenticator({ users })] }),
    ],
    'peap-gtc': (users) => [
      peapPeer({ ...insecure, methods: [gtc] }),
      peapAuthenticator({ ...resumable, methods: [gtcAuthenticator({ users })] }),
    ],
    'ttls-md5': (users) => [
      ttlsPeer({ ...insecure, inner: [md5] }),
      ttlsAuthenticator({ ...resumable, methods: [md5Authenticator({ users })] }),
    ],
    'ttls-pap': (users) => [
      ttlsPeer({ ...insecure, inner: 'pap' }),
      ttlsAuthenticator({ ...resumable, users }),
    ],
    'ttls-mschapv2': (users) => [
      ttlsPeer({ ...insecure, inner: 'mschapv2' }),
      ttlsAuthenticator({ ...resumable, users }),
    ],
  };

  for (const [name, pairOf] of Object.entries(cases)) {
    const credentials = name.endsWith('-tls') || name === 'tls' ? none : aliceBlob;

    for (const close of ['disable', 'remove'] as const) {
      it(`gets nobody in by resuming (${close}d): ${name}`, async () => {
        const accounts = new Accounts();
        const [peer, authenticator] = pairOf(accounts);
        equal((await converse(peer, authenticator, { credentials })).end, 'accepted');
        const { asked } = accounts;
        const again = await converse(peer, authenticator, { credentials });
        deepEqual([again.end, isResumed(again), again.authenticator.identity], ['accepted', true, 'alice']);
        ok(accounts.asked > asked, 'the account is looked up for a resumed connection');
        accounts[close]();
        // The first resumes TLS, which proves that the session is alice's. With that it ends.
        for (const resumes of [true, false]) {
          const closed = await converse(peer, authenticator, { credentials });
          notEqual(closed.end, 'accepted');
          deepEqual([isResumed(closed), closed.authenticator.isSuccess], [resumes, false]);
          deepEqual(closed.authenticator.attributes, []);
        }
        // Nor does a ticket come to life again with its account: the next authentication is a whole one.
        accounts.open();
        const opened = await converse(peer, authenticator, { credentials });
        deepEqual([opened.end, isResumed(opened)], ['accepted', false]);
      });
    }

    it(`resumes nothing unless the server is told to: ${name}`, async () => {
      const [peer] = pairOf(new Accounts());
      const bare = { ...server, clients: { ca }, users };
      const plain: Readonly<Record<string, () => MethodDefinition>> = {
        tls: () => tlsAuthenticator({ ...bare }),
        peap: () =>
          authenticators.peap(authenticators.mschapv2(), authenticators.gtc(), authenticators.tls({ users })),
        ttls: () => authenticators.ttls(authenticators.md5()),
      };
      const authenticator = plain[name.split('-')[0]!]!();
      for (let round = 0; round < 2; round++) {
        const conversation = await converse(peer, authenticator, { credentials });
        deepEqual([conversation.end, isResumed(conversation)], ['accepted', false]);
      }
    });
  }

  it('takes the connection of nobody else along: EAP-TLS resumes under no other name', async () => {
    const [peer, authenticator] = cases['tls']!(new Accounts());
    equal((await converse(peer, authenticator)).end, 'accepted');
    const stolen = await converse(peer, authenticator, { identity: 'bob' });
    notEqual(stolen.end, 'accepted');
    deepEqual([stolen.authenticator.isSuccess, stolen.authenticator.attributes], [false, []]);
  });

  for (const name of ['peap-mschapv2', 'ttls-pap', 'peap-tls'] as const) {
    it(`is asked for under the name that made the connection, and no other: ${name}`, async () => {
      const accounts = new Accounts();
      const [peer, authenticator] = cases[name]!(accounts);
      const credentials = name === 'peap-tls' ? none : aliceBlob;
      const options = { methods: [authenticator] };
      equal((await run(peer, authenticator, credentials, options)).userName, 'alice');
      const asBob = {
        ...peer,
        peer: { ...peer.peer!, getIdentity: () => ({ identity: 'bob', credentials }) },
      };
      const resumed = await run(asBob, authenticator, credentials, options);
      assertProved(resumed, 'alice', 'bob');
      equal(resumed.asked[0]?.certificate !== undefined, name === 'peap-tls');
    });
  }

  it('that an inner method cannot look up is not resumed', async () => {
    const inner = authenticators.mschapv2();
    const authenticator = { beginSession: inner.authenticator.beginSession.bind(undefined) };
    const method = peapAuthenticator({ ...resumable, methods: [{ ...inner, authenticator }] });
    const peer = peapPeer(insecure);
    for (let round = 0; round < 2; round++) {
      const conversation = await converse(peer, method, { credentials: aliceBlob });
      deepEqual([conversation.end, isResumed(conversation)], ['accepted', false]);
    }
  });

  it('is closed to the change of an expired password, too', async () => {
    const changes: string[] = [];
    let state: 'passwordExpired' | 'disabled' = 'passwordExpired';
    const store: UserStore = {
      lookup: () => {
        const user = { password: 'apple', state };
        state = 'disabled';
        return user;
      },
      changePassword: (identity) => changes.push(identity) > 0,
    };
    const credentials = encodeCredentials({ username: 'alice', password: 'apple', newPassword: 'pear' });
    assertRefused(await run(mschapv2, mschapv2Authenticator({ users: store }), credentials));
    deepEqual(changes, []);
  });
});

describe('A server that refuses rights', () => {
  for (const [what, authorize, reason] of [
    ['says no', () => false as const, 'notAuthorized'],
    ['says so later', () => Promise.resolve(false as const), 'notAuthorized'],
    ['throws', () => Promise.reject(new Error('no database')), 'methodError'],
  ] as const) {
    it(`lets nobody in, and gives no keys: ${what}`, async () => {
      const { accepted, verdict } = await run(mschapv2, authenticators.mschapv2(), aliceBlob, { authorize });
      deepEqual([accepted, verdict.reason, verdict.identity], [false, reason, 'alice']);
    });
  }

  it('shows the method’s attributes, and never its keys', async () => {
    const { asked } = await run(innerTls(), authenticators.tls(), none);
    deepEqual(
      asked[0]?.methodAttributes.map(({ type }) => type).filter((type) => type !== attributeTypes.SessionId),
      [attributeTypes.PeerId],
    );
    deepEqual(asked[0]?.method, { type: 13 });
  });
});
