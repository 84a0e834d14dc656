// MD5-Challenge, peer against authenticator and each against bad packets.

import { deepEqual, equal, rejects, throws } from 'node:assert/strict';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import { md5, md5Authenticator } from '../../lib/methods/md5.js';
import { type AccountState, memoryUsers } from '../../lib/methods/users.js';
import { beginAuthenticator, beginPeer, converse, packetOf, peerBegin } from './support.js';

const rejected = 0x80420112;
const failed = 0x80420015;
const users = memoryUsers({ user: 'secret', 'DOM\\user': 'domain secret' });
const server = md5Authenticator({ users, serverName: 'server' });
const credentials = encodeCredentials({ username: 'user', password: 'secret' });

/** MD5 over 42, `secret` and the challenge of `request`. */
const digestOf42 = '03dc98c5a832692b49df73cf48fcb4e9';
const challenge = '00 0102030405060708090a0b0c0d0e0f'.replaceAll(' ', '');
/** Id 42, a challenge of 16 octets, the name `srv`. */
const request = Buffer.from(`012a0019 04 10 ${challenge} 737276`.replaceAll(' ', ''), 'hex');

describe('MD5-Challenge', () => {
  it('answers a challenge with MD5 over id, password and challenge, and names itself', async () => {
    const peer = await beginPeer(md5, {
      credentials: encodeCredentials({ username: 'u', domain: 'D', password: 'secret' }),
    });
    const response = packetOf(await peer.processRequest(request));
    equal(response.toString('hex'), `022a00190410${digestOf42}445c75`);
  });

  it('accepts the right password', async () => {
    const conversation = await converse(md5, server, { credentials });
    equal(conversation.end, 'accepted');
    deepEqual(conversation.peer, { isSuccess: true, attributes: [] });
    deepEqual(conversation.authenticator, { isSuccess: true, identity: 'user', attributes: [] });
    equal(conversation.requests[0]?.subarray(22).toString(), 'server');
    equal(conversation.requests.length, 1);
  });

  it('takes the domain with the name', async () => {
    const blob = encodeCredentials({ username: 'user', domain: 'DOM', password: 'domain secret' });
    equal((await converse(md5, server, { credentials: blob })).end, 'accepted');
  });

  it('challenges at random', async () => {
    const [first, second] = await Promise.all([
      converse(md5, server, { credentials }),
      converse(md5, server, { credentials }),
    ]);
    equal(first.requests[0]?.equals(second.requests[0] ?? Buffer.alloc(0)), false);
  });

  for (const [what, blob] of Object.entries({
    'a wrong password': encodeCredentials({ username: 'user', password: 'Secret' }),
    'an empty password': encodeCredentials({ username: 'user', password: '' }),
    'an unknown user': encodeCredentials({ username: 'nobody', password: 'secret' }),
  })) {
    it(`rejects ${what}`, async () => {
      const conversation = await converse(md5, server, { credentials: blob });
      equal(conversation.end, 'rejected');
      equal(conversation.peer.isSuccess, false);
      equal(conversation.peer.failureReasonCode, rejected);
      equal(conversation.authenticator.failureReasonCode, rejected);
    });
  }

  for (const [state, code] of [
    ['passwordExpired', 648],
    ['disabled', 647],
    ['restrictedHours', 646],
    ['noDialinPermission', 649],
  ] as readonly (readonly [AccountState, number])[]) {
    it(`refuses an account that is ${state}, but only to who knows the password`, async () => {
      const method = md5Authenticator({ users: memoryUsers({ user: { password: 'secret', state } }) });
      equal((await converse(md5, method, { credentials })).authenticator.failureReasonCode, code);
      const wrong = encodeCredentials({ username: 'user', password: 'wrong' });
      equal((await converse(md5, method, { credentials: wrong })).authenticator.failureReasonCode, rejected);
    });
  }

  it('asks for an identity where there are no credentials, and refuses bad ones', async () => {
    const empty = peerBegin();
    deepEqual(await md5.peer.getIdentity(empty), { invokeUi: true });
    deepEqual(await md5.peer.getIdentity(peerBegin({ credentials })), {
      identity: 'user',
      credentials: Buffer.from(credentials),
    });
    const bad = peerBegin({ credentials: Buffer.from('bad') });
    throws(() => md5.peer.getIdentity(bad), { code: 'EAPHOST_BAD_CREDENTIALS', winError: 13 });
    throws(() => md5.peer.beginSession(bad), { code: 'EAPHOST_BAD_CREDENTIALS' });
  });

  it('fails at once without credentials, and takes those of the generic dialogs', async () => {
    const bare = await beginPeer(md5);
    deepEqual(await bare.processRequest(request), { action: 'result' });
    equal((await bare.getResult('unknown')).failureReasonCode, 1317);
    const peer = await beginPeer(md5);
    await peer.setCredentials?.('u', 'secret');
    equal(packetOf(await peer.processRequest(request)).toString('hex', 6, 22), digestOf42);
  });

  it('fails when its response does not fit the link', async () => {
    const peer = await beginPeer(md5, { credentials, mtu: 20 });
    deepEqual(await peer.processRequest(request), { action: 'result' });
    equal((await peer.getResult('unknown')).failureReasonCode, 122);
  });
});

describe('MD5-Challenge, the peer', () => {
  const bad: Readonly<Record<string, string>> = {
    'is empty': '',
    'has no type': '012a0004',
    'is a response': '022a0019 0410 00010203 04050607 08090a0b 0c0d0e0f 737276',
    'has another type': '012a0019 0510 00010203 04050607 08090a0b 0c0d0e0f 737276',
    'has a length that is too long': '012a001a 0410 00010203 04050607 08090a0b 0c0d0e0f 737276',
    'has a length that is too short': '012a0018 0410 00010203 04050607 08090a0b 0c0d0e0f 737276',
    'has no value': '012a0005 04',
    'has an empty value': '012a0006 0400',
    'has a value cut short': '012a000a 0405 00010203',
  };
  for (const [what, hex] of Object.entries(bad)) {
    it(`discards a request that ${what}, and goes on`, async () => {
      const peer = await beginPeer(md5, { credentials });
      deepEqual(await peer.processRequest(Buffer.from(hex.replaceAll(' ', ''), 'hex')), {
        action: 'discard',
      });
      packetOf(await peer.processRequest(request));
    });
  }

  it('answers one challenge only', async () => {
    const peer = await beginPeer(md5, { credentials });
    packetOf(await peer.processRequest(request));
    deepEqual(await peer.processRequest(request), { action: 'discard' });
  });

  it('believes in no success before its response, and in none without EAP-Success', async () => {
    const peer = await beginPeer(md5, { credentials });
    equal((await peer.getResult('success')).failureReasonCode, failed);
    await peer.processRequest(request);
    equal((await peer.getResult('unknown')).isSuccess, false);
    equal((await peer.getResult('failure')).failureReasonCode, rejected);
    equal((await peer.getResult('success')).isSuccess, true);
    await peer.end();
  });
});

describe('MD5-Challenge, the authenticator', () => {
  it('discards bad responses and takes the good one after them, once', async () => {
    const authenticator = await beginAuthenticator(server, 'user');
    equal(await authenticator.receivePacket(request), 'discard');
    const sent = Buffer.from((await authenticator.sendPacket(9)).packet);
    const peer = await beginPeer(md5, { credentials });
    const good = packetOf(await peer.processRequest(sent));
    const change = (at: number, value: number) =>
      Uint8Array.from(good, (octet, index) => (index === at ? value : octet));
    const short = Buffer.from(`020900160410${'00'.repeat(15)}`, 'hex');
    for (const bad of [
      good.subarray(0, 21),
      change(0, 1),
      change(1, 8),
      change(3, 9),
      change(4, 26),
      change(5, 15),
      short,
    ]) {
      equal(await authenticator.receivePacket(bad), 'discard', Buffer.from(bad).toString('hex'));
    }
    equal((await authenticator.getResult()).failureReasonCode, failed);
    equal(await authenticator.receivePacket(good), 'result');
    equal((await authenticator.getResult()).isSuccess, true);
    equal(await authenticator.receivePacket(good), 'discard');
    throws(() => authenticator.sendPacket(10));
    await authenticator.end();
  });

  it('fails with its user database', async () => {
    const broken = md5Authenticator({ users: { lookup: () => Promise.reject(new Error('no database')) } });
    await rejects(converse(md5, broken, { credentials }), /no database/u);
  });
});
