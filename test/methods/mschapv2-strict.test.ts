// EAP-MSCHAPv2 against packets that are malformed, out of order, or mutated: discarded, never thrown at the host, and
// the conversation goes on.

import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { decodeKeys } from '../../lib/eap/attributes.js';
import { encodeCredentials } from '../../lib/methods/credentials.js';
import type { AuthenticatorSession, PeerSession } from '../../lib/hosts/method.js';
import { mschapv2, mschapv2Authenticator } from '../../lib/methods/mschapv2.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { beginAuthenticator, beginPeer, converse, packetOf, seededRandom } from './support.js';

const password = 'clientPass';
const credentials = encodeCredentials({ username: 'user', password });
const changing = encodeCredentials({ username: 'user', password, newPassword: 'next' });
const server = mschapv2Authenticator({ users: memoryUsers({ user: password }), retries: 1 });

interface Pair {
  readonly peer: PeerSession;
  readonly authenticator: AuthenticatorSession;
}

async function begin(blob = credentials, method = server): Promise<Pair> {
  const peer = await beginPeer(mschapv2, { credentials: blob });
  return { peer, authenticator: await beginAuthenticator(method, 'user') };
}

async function request({ authenticator }: Pair, id: number): Promise<Buffer> {
  return Buffer.from((await authenticator.sendPacket(id)).packet);
}

/** Ways to break a packet without making it another valid one of the same meaning. */
function broken(packet: Buffer): Buffer[] {
  const change = (at: number, value: number) => {
    const copy = Buffer.from(packet);
    copy[at] = value;
    return copy;
  };
  const longer = Buffer.concat([packet, Buffer.of(0)]);
  const cuts = [0, 1, 3, 4, 5, 7, 8, packet.length - 1].filter((length) => length < packet.length);
  return [
    ...cuts.map((length) => packet.subarray(0, length)),
    longer,
    change(0, packet[0] === 1 ? 2 : 1),
    change(0, 3),
    change(2, 0xff),
    change(3, (packet[3] ?? 0) + 1),
    change(4, 4),
    change(5, 9),
    change(5, 0),
  ];
}

describe('EAP-MSCHAPv2 and malformed packets', () => {
  it('the peer discards them before each request, and goes on', async () => {
    const pair = await begin();
    for (let id = 1; ; id++) {
      const good = await request(pair, id);
      const bad = broken(good);
      if (good[5] === 3) bad.push(Buffer.from(good.toString('latin1').replace('S=', 'S:'), 'latin1'));
      for (const packet of bad) {
        deepEqual(await pair.peer.processRequest(packet), { action: 'discard' }, packet.toString('hex'));
      }
      const response = packetOf(await pair.peer.processRequest(good));
      if ((await pair.authenticator.receivePacket(response)) === 'result') break;
    }
    equal((await pair.peer.getResult('success')).isSuccess, true);
  });

  it('the authenticator discards them before each response, and goes on', async () => {
    const pair = await begin();
    for (let id = 1; ; id++) {
      const good = packetOf(await pair.peer.processRequest(await request(pair, id)));
      // A longer response has a longer name, which would be another user.
      const bad = broken(good).filter((packet) => packet.length > 0);
      for (const packet of bad) {
        equal(await pair.authenticator.receivePacket(packet), 'discard', packet.toString('hex'));
      }
      if ((await pair.authenticator.receivePacket(good)) === 'result') break;
    }
    equal((await pair.authenticator.getResult()).isSuccess, true);
  });

  it('the authenticator discards a malformed change of password', async () => {
    const users = memoryUsers({ user: { password, state: 'passwordExpired' } });
    const pair = await begin(changing, mschapv2Authenticator({ users }));
    const first = packetOf(await pair.peer.processRequest(await request(pair, 1)));
    equal(await pair.authenticator.receivePacket(first), 'send');
    const change = packetOf(await pair.peer.processRequest(await request(pair, 2)));
    for (const packet of broken(change)) equal(await pair.authenticator.receivePacket(packet), 'discard');
    equal(await pair.authenticator.receivePacket(change), 'send');
  });
});

describe('EAP-MSCHAPv2 and packets out of order', () => {
  async function captured(): Promise<{ requests: readonly Buffer[]; responses: readonly Buffer[] }> {
    return converse(mschapv2, server, { credentials });
  }

  it('the peer takes no success or failure before its response', async () => {
    const { requests } = await captured();
    const failures = (
      await converse(mschapv2, server, {
        credentials: encodeCredentials({ username: 'user', password: 'x' }),
      })
    ).requests;
    const { peer } = await begin();
    for (const packet of [requests[1], failures[1]]) {
      ok(packet);
      deepEqual(await peer.processRequest(packet), { action: 'discard' });
    }
    equal((await peer.getResult('success')).isSuccess, false);
  });

  it('the peer answers one challenge, takes one verdict, and believes in EAP-Success only after the proof', async () => {
    const pair = await begin();
    const challenge = await request(pair, 1);
    const response = packetOf(await pair.peer.processRequest(challenge));
    deepEqual(await pair.peer.processRequest(challenge), { action: 'discard' });
    equal((await pair.peer.getResult('success')).failureReasonCode, 0x80420015);
    await pair.authenticator.receivePacket(response);
    const success = await request(pair, 2);
    packetOf(await pair.peer.processRequest(success));
    deepEqual(await pair.peer.processRequest(success), { action: 'discard' });
    deepEqual(await pair.peer.processRequest(challenge), { action: 'discard' });
    equal((await pair.peer.getResult('unknown')).isSuccess, false);
    equal((await pair.peer.getResult('failure')).isSuccess, false);
    equal((await pair.peer.getResult('success')).isSuccess, true);
  });

  it('EAP-Failure right after the response means a refused password', async () => {
    const pair = await begin();
    packetOf(await pair.peer.processRequest(await request(pair, 1)));
    equal((await pair.peer.getResult('failure')).failureReasonCode, 0x80420112);
  });

  it('the authenticator takes no success, failure or change before the response, and nothing before it has sent', async () => {
    const { responses } = await captured();
    const [response, success] = responses;
    ok(response && success);
    const failure = Buffer.from('020100061a04', 'hex');
    const { authenticator } = await begin();
    equal(await authenticator.receivePacket(response), 'discard');
    await authenticator.sendPacket(1);
    for (const packet of [success, failure]) equal(await authenticator.receivePacket(packet), 'discard');
    equal((await authenticator.getResult()).isSuccess, false);
    throws(() => authenticator.sendPacket(2));
  });

  it('an old response proves nothing against a new challenge', async () => {
    const { responses } = await captured();
    const { authenticator } = await begin();
    await authenticator.sendPacket(1);
    ok(responses[0]);
    equal(await authenticator.receivePacket(responses[0]), 'send');
    equal(Buffer.from((await authenticator.sendPacket(2)).packet)[5], 4);
  });

  it('a peer that does not believe the proof has refused', async () => {
    const pair = await begin();
    const response = packetOf(await pair.peer.processRequest(await request(pair, 1)));
    await pair.authenticator.receivePacket(response);
    await pair.authenticator.sendPacket(2);
    equal(await pair.authenticator.receivePacket(response), 'discard');
    equal(await pair.authenticator.receivePacket(Buffer.from('020200061a04', 'hex')), 'result');
    equal((await pair.authenticator.getResult()).isSuccess, false);
    deepEqual((await pair.authenticator.getResult()).attributes, []);
  });

  it('a user who may not try again is not let in by the right response', async () => {
    const once = mschapv2Authenticator({ users: memoryUsers({ user: password }) });
    const pair = await begin(encodeCredentials({ username: 'user', password: 'wrong' }), once);
    const bad = packetOf(await pair.peer.processRequest(await request(pair, 1)));
    equal(await pair.authenticator.receivePacket(bad), 'send');
    const failure = await request(pair, 2);
    // The right response to the challenge of the failure packet, which allows none.
    const challenge = /C=([0-9A-F]{32})/u.exec(failure.toString('latin1'))?.[1] ?? '';
    const fresh = await beginPeer(mschapv2, { credentials });
    const asked = Buffer.from(`0102001a1a0102001510${challenge}`, 'hex');
    const right = packetOf(await fresh.processRequest(asked));
    equal(await pair.authenticator.receivePacket(right), 'discard');
    equal(
      await pair.authenticator.receivePacket(packetOf(await pair.peer.processRequest(failure))),
      'result',
    );
  });

  it('nothing is answered after the end', async () => {
    const pair = await begin();
    const challenge = await request(pair, 1);
    await pair.peer.end();
    deepEqual(await pair.peer.processRequest(challenge), { action: 'discard' });
  });

  it('without credentials the peer fails, and says what is missing', async () => {
    const pair = await begin(Buffer.alloc(0));
    deepEqual(await pair.peer.processRequest(await request(pair, 1)), { action: 'result' });
    equal((await pair.peer.getResult('unknown')).failureReasonCode, 1317);
  });
});

describe('EAP-MSCHAPv2 and mutated packets', () => {
  const wrong = encodeCredentials({ username: 'user', password: 'wrong' });
  const expired = () =>
    mschapv2Authenticator({ users: memoryUsers({ user: { password, state: 'passwordExpired' } }) });

  function mutation(random: (limit: number) => number, packet: Buffer): Buffer {
    let bad = Buffer.from(packet);
    for (let count = random(3); count >= 0; count--) {
      const at = random(bad.length + 1);
      const kind = random(4);
      if (kind === 0) bad = bad.subarray(0, at);
      else if (kind === 1)
        bad = Buffer.concat([bad.subarray(0, at), Buffer.of(random(256)), bad.subarray(at)]);
      else if (kind === 2 && at < bad.length) bad[at] = random(256);
      else if (at < bad.length) bad[at] = (bad[at] ?? 0) ^ (1 << random(8));
      // Half of them with lengths that fit, to come further.
      if (bad.length >= 9 && random(2) === 0) {
        bad.writeUInt16BE(bad.length, 2);
        bad.writeUInt16BE(bad.length - 5, 7);
      }
    }
    return bad;
  }

  for (const [what, blob, method] of [
    ['the right password', credentials, () => server],
    ['a wrong password', wrong, () => server],
    ['a change of password', changing, expired],
  ] as const) {
    it(`with ${what}: nobody throws, nobody is let in with other keys`, async () => {
      const random = seededRandom(0x5eed);
      const ends = new Map<string, number>();
      for (let round = 0; round < 1500; round++) {
        const target = random(3);
        const side = random(2) === 0 ? 'request' : 'response';
        const conversation = await converse(mschapv2, method(), {
          credentials: blob,
          identity: 'user',
          tamper: (packet, direction, index) =>
            direction === side && index === target ? mutation(random, packet) : packet,
        });
        ends.set(conversation.end, (ends.get(conversation.end) ?? 0) + 1);
        if (conversation.end !== 'accepted') {
          equal(conversation.peer.isSuccess, false);
          continue;
        }
        ok(blob !== wrong);
        if (!conversation.peer.isSuccess) continue;
        deepEqual(
          decodeKeys(conversation.peer.attributes ?? [], 'peer').msk,
          decodeKeys(conversation.authenticator.attributes, 'authenticator').msk,
        );
      }
      ok((ends.get('stalled') ?? 0) > 100, JSON.stringify([...ends]));
      ok((ends.get('rejected') ?? 0) > 10, JSON.stringify([...ends]));
    });
  }
});
