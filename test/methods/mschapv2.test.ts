// EAP-MSCHAPv2, peer against authenticator: what is accepted, what is refused and why, retries, a changed password.

import { deepEqual, equal, notDeepEqual, ok, rejects } from 'node:assert/strict';
import { attributeTypes, decodeKeys } from '../../lib/eap/attributes.js';
import { decodeCredentials, encodeCredentials } from '../../lib/methods/credentials.js';
import type { MethodDefinition } from '../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator, mschapv2Peer } from '../../lib/methods/mschapv2.js';
import { type AccountState, memoryUsers, type UserRecord, type UserStore } from '../../lib/methods/users.js';
import { type Conversation, type ConversationOptions, converse } from './support.js';

const rejected = 0x80420112;
const failed = 0x80420015;
const password = 'clientPass žluť 🐴';
const credentials = encodeCredentials({ username: 'user', password });
const wrong = encodeCredentials({ username: 'user', password: 'wrong' });

function serverOf(user: string | UserRecord, options: { retries?: number } = {}): MethodDefinition {
  return mschapv2Authenticator({ users: memoryUsers({ user }), serverName: 'server', ...options });
}

/** The texts of the requests that have one, from their tenth octet on. */
function textsOf({ requests }: Conversation): string[] {
  return requests.slice(1).map((request) => request.toString('latin1', 9));
}

function run(options: Partial<ConversationOptions> = {}, server = serverOf(password), peer = mschapv2) {
  return converse(peer, server, { credentials, ...options });
}

describe('EAP-MSCHAPv2', () => {
  it('accepts the right password, in two round trips', async () => {
    const conversation = await run();
    equal(conversation.end, 'accepted');
    equal(conversation.peer.isSuccess, true);
    equal(conversation.authenticator.isSuccess, true);
    deepEqual(
      conversation.requests.map((request) => request[5]),
      [1, 3],
    );
    deepEqual(
      conversation.responses.map((response) => response[5]),
      [2, 3],
    );
    equal(conversation.responses[1]?.toString('hex'), '020800061a03');
    equal(conversation.peer.saveCredentials, undefined);
  });

  it('gives both sides the same MSK, in two keys of 16 octets, mirrored', async () => {
    const { peer, authenticator } = await run();
    const ours = decodeKeys(peer.attributes ?? [], 'peer');
    const theirs = decodeKeys(authenticator.attributes, 'authenticator');
    ok(ours.msk);
    deepEqual(ours.msk, theirs.msk);
    equal(ours.msk.length, 64);
    deepEqual(ours.msk.subarray(32), Buffer.alloc(32));
    deepEqual(ours.mppeSendKey, theirs.mppeRecvKey);
    deepEqual(ours.mppeRecvKey, theirs.mppeSendKey);
    equal(ours.mppeSendKey?.length, 16);
    notDeepEqual(ours.mppeSendKey, ours.mppeRecvKey);
    const again = decodeKeys((await run()).peer.attributes ?? [], 'peer');
    notDeepEqual(again.msk, ours.msk);
  });

  it('names the user with the domain, and leaves it out of the challenge hash', async () => {
    const server = mschapv2Authenticator({ users: memoryUsers({ 'DOM\\user': 'pw' }) });
    const blob = encodeCredentials({ username: 'user', domain: 'DOM', password: 'pw' });
    const conversation = await run({ credentials: blob }, server);
    equal(conversation.end, 'accepted');
    equal(conversation.responses[0]?.toString('latin1', 59), 'DOM\\user');
    const { value } =
      conversation.peer.attributes?.find(({ type }) => type === attributeTypes.UserName) ?? {};
    equal(Buffer.from(value ?? []).toString(), 'DOM\\user');
    const typed = encodeCredentials({ username: 'DOM\\user', password: 'pw' });
    equal((await run({ credentials: typed }, server)).end, 'accepted');
  });

  it('takes the name in the response where there is no identity, and no other name than the identity', async () => {
    equal((await run({ identity: '' })).end, 'accepted');
    const server = mschapv2Authenticator({ users: memoryUsers({ user: password, other: password }) });
    equal((await run({ identity: 'other' }, server)).end, 'rejected');
  });

  for (const [what, blob] of Object.entries({
    'a wrong password': wrong,
    'an empty password': encodeCredentials({ username: 'user', password: '' }),
    'an unknown user': encodeCredentials({ username: 'nobody', password }),
  })) {
    it(`rejects ${what}: the failure is acknowledged`, async () => {
      const conversation = await run({ credentials: blob });
      equal(conversation.end, 'rejected');
      equal(conversation.peer.failureReasonCode, rejected);
      equal(conversation.authenticator.failureReasonCode, rejected);
      ok(conversation.peer.rootCause?.includes('691'), conversation.peer.rootCause);
      equal(conversation.responses.at(-1)?.toString('hex'), '020800061a04');
      ok(/^E=691 R=0 C=[0-9A-F]{32} V=3 M=/u.test(textsOf(conversation)[0] ?? ''));
      deepEqual(conversation.peer.attributes, []);
      deepEqual(conversation.authenticator.attributes, []);
    });
  }

  for (const [state, code] of [
    ['passwordExpired', 648],
    ['disabled', 647],
    ['restrictedHours', 646],
    ['noDialinPermission', 649],
  ] as readonly (readonly [AccountState, number])[]) {
    it(`refuses an account that is ${state}, but only to who knows the password`, async () => {
      const server = serverOf({ password, state }, { retries: 2 });
      const conversation = await run({}, server);
      equal(conversation.end, 'rejected');
      equal(conversation.peer.failureReasonCode, code);
      equal(conversation.authenticator.failureReasonCode, code);
      ok(textsOf(conversation)[0]?.startsWith(`E=${code} R=0 `));
      equal((await run({ credentials: wrong }, server)).peer.failureReasonCode, rejected);
    });
  }

  it('names the server and the user as they are told', async () => {
    const { requests, responses } = await run();
    equal(requests[0]?.toString('latin1', 26), 'server');
    equal(responses[0]?.toString('latin1', 59), 'user');
  });

  it('fails with its user database', async () => {
    const users: UserStore = { lookup: () => Promise.reject(new Error('no database')) };
    await rejects(run({}, mschapv2Authenticator({ users })), /no database/u);
  });
});

describe('EAP-MSCHAPv2 with a server that does not know the password', () => {
  const spoil = (text: string) =>
    text.startsWith('S=') ? text.replace(/^S=./u, (found) => (found === 'S=0' ? 'S=1' : 'S=0')) : text;
  it('stops at once, without acknowledging the success', async () => {
    const conversation = await run({
      tamper: (packet) =>
        Buffer.concat([packet.subarray(0, 9), Buffer.from(spoil(packet.toString('latin1', 9)), 'latin1')]),
    });
    equal(conversation.end, 'stopped');
    equal(conversation.responses.length, 1);
    equal(conversation.peer.isSuccess, false);
    equal(conversation.peer.failureReasonCode, failed);
    ok(conversation.peer.rootCause?.includes('prove'));
  });

  it('is not fooled by the proof for another password', async () => {
    const conversation = await run({
      // The server believes in another password; a success made up for the real response's sake.
      tamper: (packet, direction, index) =>
        direction === 'request' && index === 1
          ? Buffer.from(
              `010800381a03070033${Buffer.from(`S=${'AB'.repeat(20)} M=Hi`).toString('hex')}`,
              'hex',
            )
          : packet,
      credentials: wrong,
    });
    equal(conversation.end, 'stopped');
    equal(conversation.peer.failureReasonCode, failed);
  });
});

describe('EAP-MSCHAPv2 retries', () => {
  const asking = mschapv2Peer({ askAgain: true });

  it('are acknowledged as failures by a peer that must not ask', async () => {
    const conversation = await run({ credentials: wrong }, serverOf(password, { retries: 2 }));
    equal(conversation.end, 'rejected');
    equal(conversation.requests.length, 2);
    ok(textsOf(conversation)[0]?.startsWith('E=691 R=1 '));
    for (const flag of ['nonInteractive', 'suppressUi'] as const) {
      const silent = await run(
        { credentials: wrong, flags: [flag] },
        serverOf(password, { retries: 2 }),
        asking,
      );
      equal(silent.end, 'rejected');
    }
  });

  it('succeed with what the user answers, over the new challenge', async () => {
    const contexts: string[] = [];
    const conversation = await run(
      {
        credentials: encodeCredentials({ username: 'user', domain: '', password: 'wrong' }),
        onUi(context) {
          const shown = decodeCredentials(context);
          contexts.push(`${shown.username}:${shown.password.toString()}`);
          return contexts.length < 2 ? wrong : credentials;
        },
      },
      serverOf(password, { retries: 2 }),
      asking,
    );
    equal(conversation.end, 'accepted');
    deepEqual(contexts, ['user:', 'user:']);
    deepEqual(
      conversation.requests.map((request) => request[5]),
      [1, 4, 4, 3],
    );
    // ++ID for each retry (RFC 2759, 9).
    deepEqual(
      conversation.responses.slice(0, 3).map((response) => response[6]),
      [7, 8, 9],
    );
    const ours = decodeKeys(conversation.peer.attributes ?? [], 'peer').msk;
    deepEqual(ours, decodeKeys(conversation.authenticator.attributes, 'authenticator').msk);
  });

  it('end when they are used up, and when the user gives up', async () => {
    const used = await run(
      { credentials: wrong, onUi: () => wrong },
      serverOf(password, { retries: 2 }),
      asking,
    );
    equal(used.end, 'rejected');
    deepEqual(
      textsOf(used).map((text) => text.slice(0, 9)),
      ['E=691 R=1', 'E=691 R=1', 'E=691 R=0'],
    );
    const given = await run(
      { credentials: wrong, onUi: () => new Uint8Array() },
      serverOf(password, { retries: 2 }),
      asking,
    );
    equal(given.end, 'rejected');
    equal(given.requests.length, 2);
    equal(given.peer.failureReasonCode, rejected);
  });
});

describe('EAP-MSCHAPv2 with an expired password', () => {
  const expired = { password, state: 'passwordExpired' } as const;
  const newPassword = 'nové heslo 🐎';
  const changing = encodeCredentials({ username: 'user', domain: 'D', password, newPassword });

  function usersOf(record: UserRecord, taken = true) {
    const changes: string[] = [];
    const users: UserStore = {
      lookup: (identity) => (identity === 'D\\user' ? record : undefined),
      changePassword(identity, text) {
        changes.push(`${identity}:${text}`);
        return taken;
      },
    };
    return { changes, users };
  }

  it('changes it, proves itself with the new one, and both have the same keys', async () => {
    const { users, changes } = usersOf(expired);
    const conversation = await run({ credentials: changing }, mschapv2Authenticator({ users }));
    equal(conversation.end, 'accepted');
    deepEqual(changes, [`D\\user:${newPassword}`]);
    deepEqual(
      conversation.requests.map((request) => request[5]),
      [1, 4, 3],
    );
    deepEqual(
      conversation.responses.map((response) => response[5]),
      [2, 7, 3],
    );
    equal(conversation.responses[1]?.length, 591);
    equal(conversation.responses[1]?.[6], 8, 'the identifier of the Failure packet plus 1');
    deepEqual(
      decodeKeys(conversation.peer.attributes ?? [], 'peer').msk,
      decodeKeys(conversation.authenticator.attributes, 'authenticator').msk,
    );
  });

  it('hands the new credentials out, and says that they have changed', async () => {
    const { peer } = await run(
      { credentials: changing },
      mschapv2Authenticator({ users: usersOf(expired).users }),
    );
    const saved = decodeCredentials(peer.saveCredentials ?? new Uint8Array());
    deepEqual(
      [saved.username, saved.domain, saved.password.toString(), saved.newPassword.length],
      ['user', 'D', newPassword, 0],
    );
    ok(peer.attributes?.some(({ type }) => type === attributeTypes.CredentialsChanged));
  });

  it('lets the new password in the next time, and the old one no more', async () => {
    const server = mschapv2Authenticator({ users: memoryUsers({ 'D\\user': expired }) });
    equal((await run({ credentials: changing }, server)).end, 'accepted');
    const next = encodeCredentials({ username: 'user', domain: 'D', password: newPassword });
    equal((await run({ credentials: next }, server)).end, 'accepted');
    equal((await run({ credentials: changing }, server)).end, 'rejected');
  });

  it('acknowledges the failure without a new one', async () => {
    const { users, changes } = usersOf(expired);
    const blob = encodeCredentials({ username: 'user', domain: 'D', password });
    const conversation = await run({ credentials: blob }, mschapv2Authenticator({ users }));
    equal(conversation.end, 'rejected');
    equal(conversation.peer.failureReasonCode, 648);
    deepEqual(changes, []);
  });

  it('asks for a new one where it may', async () => {
    const { users, changes } = usersOf(expired);
    const blob = encodeCredentials({ username: 'user', domain: 'D', password });
    const asking = mschapv2Peer({ askAgain: true });
    const conversation = await run(
      { credentials: blob, onUi: () => changing },
      mschapv2Authenticator({ users }),
      asking,
    );
    equal(conversation.end, 'accepted');
    equal(changes.length, 1);
    const refused = await run(
      { credentials: blob, onUi: () => blob },
      mschapv2Authenticator({ users }),
      asking,
    );
    equal(refused.end, 'rejected');
    equal(refused.peer.failureReasonCode, 648);
  });

  it('is told when the new one is not taken, and tries no third time', async () => {
    const { users } = usersOf(expired, false);
    const conversation = await run({ credentials: changing }, mschapv2Authenticator({ users }));
    equal(conversation.end, 'rejected');
    equal(conversation.peer.failureReasonCode, 709);
    equal(conversation.authenticator.failureReasonCode, 709);
    equal(conversation.peer.saveCredentials, undefined);
  });

  it('changes nothing without a database that can, in another protocol version, or on a link too narrow', async () => {
    const { users, changes } = usersOf(expired);
    const fixed = { lookup: (identity: string) => users.lookup(identity) };
    const unchangeable = await run({ credentials: changing }, mschapv2Authenticator({ users: fixed }));
    equal(unchangeable.end, 'rejected');
    equal(unchangeable.peer.failureReasonCode, 709);
    const older = await run(
      {
        credentials: changing,
        tamper: (packet, direction, index) =>
          direction === 'request' && index === 1
            ? Buffer.from(packet.toString('latin1').replace('V=3', 'V=2'), 'latin1')
            : packet,
      },
      mschapv2Authenticator({ users }),
    );
    equal(older.end, 'rejected');
    equal(older.peer.failureReasonCode, 648);
    const narrow = await run({ credentials: changing, mtu: 590 }, mschapv2Authenticator({ users }));
    equal(narrow.end, 'rejected');
    equal(narrow.responses.at(-1)?.[5], 4);
    deepEqual(changes, []);
  });

  for (const [what, at] of Object.entries({
    'new password': 520,
    'password’s length': 523,
    'old hash': 530,
    'NT-Response': 570,
  })) {
    it(`is not changed by a packet whose ${what} was touched`, async () => {
      const { users, changes } = usersOf(expired);
      const conversation = await run(
        {
          credentials: changing,
          tamper: (packet, _direction, index) =>
            packet.length === 591 && index === 1
              ? Uint8Array.from(packet, (octet, place) => (place === at ? octet ^ 0x40 : octet))
              : packet,
        },
        mschapv2Authenticator({ users }),
      );
      equal(conversation.end, 'rejected');
      equal(conversation.authenticator.failureReasonCode, rejected);
      deepEqual(changes, []);
    });
  }
});
