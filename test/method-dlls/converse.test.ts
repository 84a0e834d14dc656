// Conversations of methods in TypeScript and of mixes with DLLs, the RADIUS server over a DLL, and the ladder.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';

import { openEapHost } from '../../lib/index.js';
import { converse, conversationLadder, type Conversed } from '../../lib/method-dlls/index.js';
import {
  encodeCredentials,
  makeTestAuthority,
  md5,
  md5Authenticator,
  memoryUsers,
  mschapv2Authenticator,
  mschapv2Peer,
  tlsAuthenticator,
  tlsPeer,
  type MethodDefinition,
} from '../../lib/methods/index.js';
import { RadiusClient, RadiusServer, radiusTransport } from '../../lib/radius/index.js';
import { stranger } from './stranger.js';
import { alice, loadAuthenticator, loadPeer, pairPath, pairType, server } from './support.js';

const users = memoryUsers({ alice: 'tiger' });
const credentials = encodeCredentials({ username: 'alice', password: 'tiger' });
const wrong = encodeCredentials({ username: 'alice', password: 'lion' });

function directions({ transcript }: Conversed): string {
  return transcript.map(({ direction }) => (direction === 'request' ? '>' : '<')).join('');
}

describe('conversations of methods in TypeScript', () => {
  it('MD5-Challenge, which has no keys', async () => {
    const held = await converse(md5, md5Authenticator({ users }), { peer: { credentials } });
    equal(held.outcome, 'success');
    equal(held.keysAgree, undefined);
    equal(held.identity, 'alice');
    equal(directions(held), '><><>');
    deepEqual(
      held.transcript.map(({ madeBy }) => madeBy),
      ['host', 'host', 'method', 'method', 'host'],
    );
    deepEqual(held.calls, []);
  });

  it('MSCHAPv2, with the same keys on both sides, and refused', async () => {
    const server = mschapv2Authenticator({ users });
    const held = await converse(mschapv2Peer({}), server, { peer: { credentials } });
    deepEqual([held.outcome, held.keysAgree], ['success', true]);
    const refused = await converse(mschapv2Peer({}), server, { peer: { credentials: wrong } });
    equal(refused.outcome, 'failure');
    equal(refused.authenticator.result?.isSuccess ?? refused.peer.result?.isSuccess, false);
  });

  it('EAP-TLS, whose chains of certificates need more than 100 rounds on the smallest link', async () => {
    const { ca, issue } = makeTestAuthority();
    const long = (purpose: 'server' | 'client') => {
      const { cert, key } = issue({ name: 'radius.example.org', purpose, dnsNames: ['radius.example.org'] });
      return { cert: cert + ca.repeat(12), key };
    };
    const peer = tlsPeer({ ca, ...long('client') });
    const held = await converse(peer, tlsAuthenticator({ ...long('server'), clients: { ca } }), {
      maxSendPacketSize: 100,
    });
    deepEqual([held.outcome, held.keysAgree], ['success', true]);
    ok(held.transcript.length > 200, `${held.transcript.length} packets`);
  });

  it('every packet but the last may be lost twice', async () => {
    const counts = new Map<string, number>();
    const held = await converse(md5, md5Authenticator({ users }), {
      peer: { credentials },
      lose({ packet, direction }) {
        if (packet[0] === 3) return false;
        const key = `${direction}${packet.toString('hex')}`;
        const count = (counts.get(key) ?? 0) + 1;
        counts.set(key, count);
        return count <= 2;
      },
      retries: 100,
    });
    equal(held.outcome, 'success');
    ok(held.transcript.filter(({ isLost }) => isLost).length >= 8);
  });

  it('a request is sent again three times, unless it is told of others', async () => {
    for (const [options, sent] of [
      [{}, 4],
      [{ retries: 0 }, 1],
    ] as const) {
      const lose = (): boolean => true;
      const held = await converse(md5, md5Authenticator({ users }), {
        peer: { credentials },
        lose,
        ...options,
      });
      deepEqual([held.outcome, held.transcript.length], ['timeout', sent]);
    }
  });

  it('what is asked of nobody is an error of its side', async () => {
    const held = await converse(md5, md5Authenticator({ users }));
    equal(held.outcome, 'error');
    match(String(held.peer.error), /identity dialog/u);
    equal(held.identity, undefined);
    const broken: MethodDefinition = {
      ...md5,
      authenticator: {
        beginSession: () => {
          throw new Error('a method of no use');
        },
      },
    };
    const other = await converse(md5, broken, { peer: { credentials } });
    equal(other.outcome, 'error');
    match(String(other.authenticator.error), /of no use/u);
    equal(other.peer.error, undefined);
  });

  it('bad arguments are refused', async () => {
    const other = mschapv2Authenticator({ users });
    await rejects(converse(md5, other), RangeError);
    await rejects(
      converse({ ...md5, type: { type: 26 } }, { ...other, authenticator: undefined! }),
      TypeError,
    );
    const both = md5Authenticator({ users });
    await rejects(converse(md5, both, { retries: -1 }), RangeError);
    await rejects(converse(md5, both, { retries: 101 }), RangeError);
    await rejects(converse(md5, both, { maxSendPacketSize: 5 }), RangeError);
    // @ts-expect-error: no such flag.
    await rejects(converse(md5, both, { peer: { flags: ['none'] } }), TypeError);
    const signal = AbortSignal.abort(new Error('before it began'));
    await rejects(converse(md5, both, { signal }), /before it began/u);
  });
});

describe('mixes of DLLs and methods in TypeScript', () => {
  it('a DLL with the like in TypeScript, either way', async () => {
    await using peer = await loadPeer({ trace: true });
    const one = await converse(peer, stranger, { peer: { credentials: alice } });
    equal(one.outcome, 'error');
    match(String(one.peer.error), /EapPeerProcessRequestPacket failed/u);
    ok(one.calls.every(({ side }) => side === 'peer'));
    await using authenticator = await loadAuthenticator({ trace: true });
    const other = await converse(stranger, authenticator, { authenticator: { config: server } });
    ok(other.outcome !== 'success');
    ok(other.calls.some(({ call }) => call === 'EapMethodAuthenticatorReceivePacket'));
    ok(other.calls.every(({ side }) => side === 'authenticator'));
    const options = { peer: { credentials: alice }, authenticator: { config: server } };
    for (const held of [
      await converse(peer, authenticator.toMethod(), options),
      await converse(peer.toMethod(), authenticator, options),
    ]) {
      deepEqual([held.outcome, held.keysAgree], ['success', true]);
    }
    const definition = { ...peer.toMethod(), ...authenticator.toMethod({ name: 'Pair' }) };
    const both = await converse(definition, definition, {
      peer: { credentials: alice },
      authenticator: { config: server },
    });
    deepEqual([both.outcome, both.keysAgree], ['success', true]);
  });

  for (const isolate of [false, true]) {
    it(`a RADIUS server over an authenticator DLL${isolate ? ', isolated' : ''}`, async () => {
      await using authenticator = await loadAuthenticator({ isolate });
      const secret = 'a secret of the test';
      await using radius = await RadiusServer.listen({
        secret,
        port: 0,
        methods: [authenticator.toMethod()],
        policy: () => ({ config: server }),
      });
      await using client = new RadiusClient({ host: '127.0.0.1', port: radius.port, secret });
      await using host = await openEapHost({
        runtime: 'embedded',
        methodDlls: [{ type: pairType, dllPath: pairPath }],
      });
      await using session = await host.beginSession({ method: pairType, credentials: alice });
      const transport = radiusTransport(client);
      const result = await session.authenticate(transport);
      equal(result.isSuccess, true);
      ok(transport.accept?.msk !== undefined && result.keys.msk?.equals(transport.accept.msk));
      await using refusedSession = await host.beginSession({
        method: pairType,
        credentials: Buffer.from('identity=alice;password=lion'),
      });
      const refused = await refusedSession.authenticate(radiusTransport(client));
      equal(refused.isSuccess, false);
    });
  }
});

describe('the ladder of a conversation', () => {
  it('has a line for each call and packet, in order, and no secret', async () => {
    await using peer = await loadPeer({ trace: true });
    await using authenticator = await loadAuthenticator({ trace: true });
    const held = await converse(peer, authenticator, {
      peer: { credentials: alice },
      authenticator: { config: Buffer.from('password=tiger') },
    });
    const lines = conversationLadder(held.events);
    equal(
      lines.length,
      1 + held.transcript.length + held.calls.filter(({ call }) => !/Free/u.test(call)).length,
    );
    match(lines[1] ?? '', /◀─+ Request 0 Identity, 5 octets \(by the host\)/u);
    ok(lines.some((line) => /^ProcessRequestPacket → send$/u.test(line)));
    ok(lines.some((line) => /^ {20,}ReceivePacket → result$/u.test(line)));
    const told = conversationLadder(held.events, { withValues: true }).join('\n');
    match(told, /userData: <\d+ secret octets>/u);
    ok(!told.includes(alice.toString('hex')));
  });
});
