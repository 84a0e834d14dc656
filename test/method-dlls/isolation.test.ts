// What misbehaving methods do to their callers: crashes and hangs in processes of their own, hangs in this one,
// failures, and what the DLL's process leaves behind.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';

import { converse } from '../../lib/method-dlls/index.js';
import {
  alice,
  loadAuthenticator,
  loadBadAuthenticator,
  loadBadPeer,
  loadPeer,
  misbehavingType,
  rejectsWith,
} from './support.js';

const isolate = true;
/** Milliseconds: long enough for a call on a busy machine, short enough for a test. */
const timeout = 3000;
/** For what never comes. */
const short = 400;
const config = (text: string): Buffer => Buffer.from(text);
const credentials = Buffer.from('user');
const ending = /signal SIG|exception 0xC0000005|exit code [1-9]/u;

/** A request for the misbehaving method. */
function request(id = 1): Buffer {
  return Buffer.from([1, id, 0, 13, 254, 0x01, 0x86, 0x9f, 0, 0, 0, 100, 65]);
}

const peerSteps: readonly (readonly [string, string])[] = [
  ['BeginSession', ''],
  ['ProcessRequestPacket', ''],
  ['GetResponsePacket', ''],
  ['GetUIContext', ';step=ui'],
  ['GetResponseAttributes', ';step=respond'],
  ['GetResult', ''],
  ['EndSession', ''],
];
const authenticatorSteps = ['BeginSession', 'SendPacket', 'ReceivePacket', 'GetResult', 'EndSession'];

describe('isolated methods that crash', () => {
  for (const [routine, more] of peerSteps) {
    it(`peer, in ${routine}: the call is told, others go on, the next load works`, async () => {
      await using good = await loadPeer({ isolate });
      await using other = await loadPeer();
      await using peer = await loadBadPeer({ isolate });
      const crash = async (): Promise<void> => {
        const session = await peer.beginSession({ config: config(`crash=${routine}${more}`) });
        await session.process(request());
        await session.getResult('success');
        await session.end();
      };
      const error = await rejectsWith(crash(), 'EAPHOST_METHOD_CRASHED');
      equal(error.call, `EapPeer${routine}`);
      match(error.rootCause ?? '', ending);
      deepEqual(error.method, misbehavingType());
      await rejectsWith(peer.beginSession(), 'EAPHOST_METHOD_CRASHED');
      for (const method of [good, other]) {
        await using session = await method.beginSession({ credentials: alice });
        equal(session.isEnded, false);
      }
      await using again = await loadBadPeer({ isolate });
      await using session = await again.beginSession();
      equal((await session.process(request())).action, 'send');
    });
  }

  for (const routine of authenticatorSteps) {
    it(`authenticator, in ${routine}`, async () => {
      await using authenticator = await loadBadAuthenticator({ isolate });
      const crash = async (): Promise<void> => {
        const session = await authenticator.beginSession({
          config: config(`crash=${routine}`),
          identity: 'a',
        });
        const first = await session.start();
        ok(first.action === 'send');
        const response = Buffer.from(first.packet);
        response[0] = 2;
        let step = await session.receive(response);
        while (step.action === 'send') {
          const next = Buffer.from(step.packet);
          next[0] = 2;
          step = await session.receive(next);
        }
        await session.end();
      };
      const error = await rejectsWith(crash(), 'EAPHOST_METHOD_CRASHED');
      equal(error.call, `EapMethodAuthenticator${routine}`);
      match(error.rootCause ?? '', ending);
    });
  }

  it('while loading, by abort and by exit', async () => {
    for (const vendorType of [105, 109]) {
      const error = await rejectsWith(
        loadBadPeer({ isolate, type: misbehavingType(vendorType) }),
        'EAPHOST_METHOD_CRASHED',
      );
      match(error.call ?? '', /EapPeerGetInfo or EapPeerInitialize/u);
    }
    for (const how of ['abort', 'exit']) {
      await using peer = await loadBadPeer({ isolate });
      await rejectsWith(
        peer.beginSession({ config: config(`${how}=BeginSession`) }),
        'EAPHOST_METHOD_CRASHED',
      );
    }
  });

  it('while shutting down', async () => {
    const peer = await loadBadPeer({ isolate, type: misbehavingType(114) });
    const error = await rejectsWith(peer.close(), 'EAPHOST_METHOD_CRASHED');
    equal(error.call, 'EapPeerShutdown');
  });

  it('every call in flight is rejected', async () => {
    await using peer = await loadBadPeer({ isolate });
    const hanging = await peer.beginSession({ config: config('hang=ProcessRequestPacket') });
    const inFlight = hanging.process(request());
    const crashing = peer.beginSession({ config: config('crash=BeginSession') });
    const [one, two] = await Promise.all([
      rejectsWith(inFlight, 'EAPHOST_METHOD_CRASHED'),
      rejectsWith(crashing, 'EAPHOST_METHOD_CRASHED'),
    ]);
    equal(one.call, 'EapPeerProcessRequestPacket');
    equal(two.call, 'EapPeerBeginSession');
    await hanging.end();
  });

  it('in a conversation: the outcome tells it', async () => {
    await using peer = await loadBadPeer({ isolate });
    await using authenticator = await loadBadAuthenticator();
    const { outcome, peer: side } = await converse(peer, authenticator, {
      peer: { credentials, config: config('crash=GetResponsePacket') },
    });
    equal(outcome, 'error');
    ok(side.error instanceof Error);
    match(side.error.message, /died in EapPeerGetResponsePacket/u);
  });
});

describe('methods that hang', () => {
  for (const isolated of [false, true]) {
    const where = isolated ? 'isolated' : 'in this process';

    it(`are given up after the limit, ${where}`, async () => {
      // Not for ever: in this process the thread would outlive the tests.
      const hang = config(`hang=ProcessRequestPacket;ms=${isolated ? 60_000 : 6000}`);
      await using peer = await loadBadPeer({ isolate: isolated, timeout: isolated ? timeout : 1500 });
      const session = await peer.beginSession({ config: hang });
      const error = await rejectsWith(session.process(request()), 'EAPHOST_METHOD_TIMEOUT');
      equal(error.call, 'EapPeerProcessRequestPacket');
      equal(session.isEnded, true);
      await rejectsWith(session.process(request(2)), 'EAPHOST_SESSION_ENDED');
      await session.end();
      if (!isolated) {
        // Others of the DLL go on.
        await using other = await peer.beginSession();
        equal((await other.process(request())).action, 'send');
        // So do those of other DLLs, with which it shares its threads.
        await using stranger = await loadPeer();
        equal((await stranger.getIdentity({ credentials: alice })).identity, 'alice');
      }
    });

    it(`an abort does not wait for them, ${where}`, async () => {
      await using peer = await loadBadPeer({ isolate: isolated, timeout: 30_000 });
      const session = await peer.beginSession({ config: config('hang=ProcessRequestPacket;ms=300') });
      const abort = new AbortController();
      const work = session.process(request(), { signal: abort.signal });
      const reason = new Error('enough');
      abort.abort(reason);
      await rejects(work, reason);
      equal(session.isEnded, true);
    });
  }

  it('while loading, isolated: its process ends', async () => {
    await rejectsWith(
      loadBadPeer({ isolate, timeout: short, type: misbehavingType(110) }),
      'EAPHOST_METHOD_TIMEOUT',
    );
  });

  it('while shutting down, isolated', async () => {
    const peer = await loadBadPeer({ isolate, timeout, type: misbehavingType(115) });
    const error = await rejectsWith(peer.close(), 'EAPHOST_METHOD_TIMEOUT');
    equal(error.call, 'EapPeerShutdown');
  });
});

describe('methods that fail', () => {
  for (const isolated of [false, true]) {
    const where = isolated ? 'isolated' : 'in this process';

    it(`reject with their code, with and without an EAP_ERROR, ${where}`, async () => {
      await using peer = await loadBadPeer({ isolate: isolated });
      const plain = await rejectsWith(
        peer.beginSession({ config: config('fail=BeginSession') }),
        'ERROR_INVALID_PARAMETER',
      );
      equal(plain.call, 'EapPeerBeginSession');
      const session = await peer.beginSession({ config: config('fail=GetResult;error=1') });
      await session.process(request());
      const error = await rejectsWith(session.getResult('success'), 'ERROR_INVALID_PARAMETER');
      equal(error.call, 'EapPeerGetResult');
      ok((error.rootCause ?? '').length > 0);
      await session.end();
    });

    it(`an error of the authenticator is the outcome of a conversation, ${where}`, async () => {
      await using peer = await loadPeer({ isolate: isolated });
      await using authenticator = await loadAuthenticator({ isolate: isolated });
      const { outcome, authenticator: side } = await converse(peer, authenticator, {
        peer: { credentials: alice },
        authenticator: { config: config('password=tiger;error=ReceivePacket;code=1326') },
      });
      equal(outcome, 'error');
      ok(side.error instanceof Error);
      match(side.error.message, /EapMethodAuthenticatorReceivePacket failed.*ERROR_LOGON_FAILURE/u);
    });

    it(`a DLL that is none, or that lacks what it must have, is refused, ${where}`, async () => {
      await rejectsWith(loadPeer({ isolate: isolated, dllPath: '/nowhere/none.dll' }), 'ERROR_MOD_NOT_FOUND');
      await rejectsWith(
        loadBadPeer({ isolate: isolated, type: misbehavingType(101) }),
        'ERROR_INVALID_PARAMETER',
      );
    });
  }

  it('mute methods, whose outputs are never written, are discards', async () => {
    await using peer = await loadBadPeer();
    await using session = await peer.beginSession({ config: config('mute=ProcessRequestPacket') });
    equal((await session.process(request())).action, 'discard');
  });
});
