// What a method DLL does wrong without crashing, and that its driver says which: packets that are none, buffers that are
// overrun, outputs that stay unwritten.

import { deepEqual, equal, match, throws } from 'node:assert/strict';

import { converse, type MethodCall } from '../../lib/method-dlls/index.js';
import { userBlobOf } from '../../lib/cli/method.js';
import { peerSide } from '../../lib/method-dlls/peer-method.js';
import { hasCode } from '../supplicant/support.js';
import { loadAuthenticator, loadBadAuthenticator, loadBadPeer, loadPeer, server } from './support.js';

const code = 'EAP_E_EAPHOST_METHOD_INVALID_PACKET';
const request = Buffer.from([1, 1, 0, 13, 254, 0x01, 0x86, 0x9f, 0, 0, 0, 100, 65]);
const size = { maxSendPacketSize: 100 };

/** What the misbehaving method does, and what is said of it. */
const built: readonly (readonly [string, RegExp])[] = [
  ['over=1', /wrote 1 octet behind the end of its buffer of 100/u],
  ['over=64', /wrote 64 octets behind the end of its buffer of 100/u],
  ['claim=101', /too long for its buffer: it says 101 octets, where it was told that there are 100/u],
  ['code=4', /the packet that the method built is not a re\w+[^:]*: \d+ octets: 04 01 00 [0-9a-f]{2} fe …/u],
];
const outputs = [...built, ['mute=BUILD', /the method wrote no packet/u]] as const;

describe('A packet of a method DLL that is none', () => {
  for (const [how, message] of outputs) {
    for (const isolate of how === 'over=1' ? [false, true] : [false]) {
      it(`says what is wrong: ${how}${isolate ? ', isolated' : ''}`, async () => {
        await using peer = await loadBadPeer({ isolate });
        const config = Buffer.from(how.replace('BUILD', 'GetResponsePacket'));
        await using session = await peer.beginSession({ ...size, config });
        await rejects(() => session.process(request), 'EapPeerGetResponsePacket', message);
        await using authenticator = await loadBadAuthenticator({ isolate });
        await using other = await authenticator.beginSession({
          ...size,
          identity: 'a',
          config: Buffer.from(how.replace('BUILD', 'SendPacket')),
        });
        await rejects(() => other.sendPacket(1), 'EapMethodAuthenticatorSendPacket', message);
      });
    }
  }

  it('is one in which a string fits but for its NUL, as a password of 58 characters in 64 octets', async () => {
    const limit = { maxSendPacketSize: 64 };
    await using peer = await loadBadPeer();
    await using fits = await peer.beginSession({ ...limit, config: Buffer.from('size=63;terminated=1') });
    const step = await fits.process(request);
    equal(step.action === 'send' && step.packet.length, 63);
    await using over = await peer.beginSession({ ...limit, config: Buffer.from('size=64;terminated=1') });
    await rejects(
      () => over.process(request),
      'EapPeerGetResponsePacket',
      /wrote 1 octet behind the end of its buffer of 64/u,
    );
  });

  it('is told from one that the method received', async () => {
    await using peer = await loadBadPeer();
    const config = Buffer.from('fail=ProcessRequestPacket;code=2151809047');
    await using session = await peer.beginSession({ ...size, config });
    const error = await session.process(request).catch((reason: unknown) => reason);
    if (hasCode(error, code)) {
      match(error.message, /says that the packet that it received is invalid: 13 octets: 01 01 00 0d fe …/u);
    }
  });
});

async function rejects(call: () => Promise<unknown>, name: string, message: RegExp): Promise<void> {
  const error = await call().catch((reason: unknown) => reason);
  if (!hasCode(error, code)) return;
  equal(error.call, name);
  match(error.message, message);
}

describe('An output that a method DLL leaves unwritten', () => {
  it('is shown as unwritten, and counts as a discard, or no success', async () => {
    const calls: MethodCall[] = [];
    await using peer = await loadBadPeer({ onCall: (call) => calls.push(call) });
    const config = Buffer.from('mute=ProcessRequestPacket');
    await using session = await peer.beginSession({ ...size, config });
    equal((await session.process(request)).action, 'discard');
    const told = calls.find(({ call }) => call === 'EapPeerProcessRequestPacket');
    equal(told?.values['action'], 'unwritten');
    await using mute = await peer.beginSession({ ...size, config: Buffer.from('mute=GetResult') });
    await mute.process(request);
    equal((await mute.getResult('success')).isSuccess, false);
    const results = calls.filter(({ call }) => call === 'EapPeerGetResult');
    deepEqual(
      results.map(({ values }) => values['isSuccess']),
      ['unwritten'],
    );
  });
});

describe('A method DLL as a method', () => {
  it('asks for a login where the method takes one and gives no identity, and says so of one that gives none', async () => {
    const isTold = async (routines: readonly string[], message: RegExp): Promise<void> => {
      await using peer = await loadPeer();
      Object.defineProperty(peer, 'routines', { value: routines });
      Object.defineProperty(peer, 'askIdentity', { value: async () => ({ invokeUi: false }) });
      const begin = { config: Buffer.alloc(0), credentials: Buffer.alloc(0), flags: new Set<never>() };
      const signal = new AbortController().signal;
      const asked = Promise.resolve(peerSide(peer).getIdentity({ ...begin, signal }));
      const error = await asked.catch((reason: unknown) => reason);
      equal(hasCode(error, 'EAPHOST_NOT_SUPPORTED'), true);
      match(String(error), message);
    };
    await isTold(
      ['EapPeerSetCredentials'],
      /takes name and password by EapPeerSetCredentials.*; pass peer\.login$/u,
    );
    await isTold(['EapPeerGetIdentity'], /gave neither an identity nor asked for its dialog$/u);
  });

  it('refuses a login for a method without EapPeerSetCredentials before a session begins', async () => {
    await using peer = await loadPeer();
    await using authenticator = await loadAuthenticator();
    Object.defineProperty(peer, 'routines', { value: ['EapPeerBeginSession', 'EapPeerGetIdentity'] });
    let begun = 0;
    Object.defineProperty(peer, 'open', { value: () => (begun += 1) });
    const login = { identity: 'alice', password: 'tiger' };
    const error: unknown = await converse(peer, authenticator, { peer: { login } }).catch(
      (reason: unknown) => reason,
    );
    deepEqual([hasCode(error, 'EAPHOST_NOT_SUPPORTED'), begun], [true, 0], String(error));
    match(String(error), /it has no EapPeerSetCredentials/u);
  });

  it('is answered by a dialog whose user blob is not empty', () => {
    const blob = Buffer.from('alice');
    equal(userBlobOf({ credentials: blob }), blob);
    for (const credentials of [undefined, Buffer.alloc(0)]) {
      throws(
        () => userBlobOf({ credentials }),
        /identity dialog was answered, and gave an empty user blob$/u,
      );
    }
  });

  it('has the connection blob that it was given, where its session has none', async () => {
    await using dll = await loadAuthenticator({ trace: true });
    const calls: MethodCall[] = [];
    await using traced = await loadAuthenticator({ onCall: (call) => calls.push(call) });
    const begin = {
      identity: 'alice',
      flags: new Set<never>(),
      attributes: [],
      config: new Uint8Array(),
      maxSendPacketSize: 1400,
      signal: AbortSignal.timeout(60_000),
    };
    for (const method of [traced.toMethod(), traced.toMethod({ config: server })]) {
      const session = await method.authenticator.beginSession(begin);
      await session.end();
    }
    const given = calls
      .filter(({ call }) => call.endsWith('BeginSession'))
      .map(({ values }) => values['connectionData']);
    deepEqual(given, [{ octets: 0 }, { octets: server.length }]);
    equal(dll.isClosed, false);
    await using peer = await loadPeer();
    equal(peer.toMethod({ config: server }).type, peer.type);
  });
});
