// Conversations that never go beyond EAP-Response/Identity, or no further than one response: they make place for new ones, and
// keep nobody out. Time is played, and requests come to the table of conversations as the server verifies them.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';

import { attributeTypes } from '../../lib/eap/attributes.js';
import { eapPacket } from '../../lib/eap/packet.js';
import type { RadiusAttribute } from '../../lib/radius/attributes.js';
import { radiusCodes } from '../../lib/radius/packet.js';
import { newServerCounters, type RadiusServerEvent } from '../../lib/radius/server-types.js';
import { SessionTable, type SessionTableOptions } from '../../lib/radius/sessions.js';
import { PlayedTime } from './played-time.js';
import { echoMethod, identityResponse, type EchoOptions, wish, wishes } from './support.js';

const { accessAccept, accessChallenge, accessReject } = radiusCodes;

/** A table, and the peers behind its clients, each of which is an address. */
function lab(options: Partial<SessionTableOptions> = {}, echo: EchoOptions = {}) {
  const counters = newServerCounters();
  const events: RadiusServerEvent[] = [];
  const table = new SessionTable(
    {
      methods: [echoMethod(echo)],
      bareInnerMethods: 'accept',
      policy: undefined,
      authorize: undefined,
      onAttributes: undefined,
      sessionTimeoutMs: 60_000,
      maxSessions: 10_000,
      maxSessionsPerClient: 5000,
      maxRounds: undefined,
      number: () => undefined,
      ...options,
    },
    counters,
    (event) => events.push(event),
  );
  const ask = (eap: Buffer, address: string, attributes: readonly RadiusAttribute[] = []) => {
    const packet = {
      code: radiusCodes.accessRequest,
      id: 1,
      authenticator: randomBytes(16),
      attributes,
      bytes: Buffer.alloc(0),
    };
    return table.serve({ packet, client: { address, port: 1 }, secret: Buffer.from('secret'), eap });
  };
  /** A peer behind a client, which has said its name. */
  async function begin(identity = 'anna', address = 'one') {
    const begun = await ask(identityResponse(7, identity), address);
    const attributes = typeof begun === 'string' ? [] : (begun.attributes ?? []);
    const state = attributes.filter(({ type }) => type === attributeTypes.State);
    let id = 8;
    return {
      begun: typeof begun === 'string' ? begun : begun.code,
      async respond(what: number, eap = wish(id, what)) {
        const reply = await ask(eap, address, state);
        if (typeof reply !== 'string' && reply.code === accessChallenge) id = reply.eap?.[1] ?? 0;
        return typeof reply === 'string' ? reply : reply.code;
      },
    };
  }
  return { table, counters, events, begin };
}

type Begin = ReturnType<typeof lab>['begin'];

describe('A flood of identities through one client', () => {
  let time: PlayedTime;
  beforeEach(() => (time = new PlayedTime()));
  afterEach(() => time[Symbol.dispose]());

  /** The honest authentications that come to their end, and all of them, beside a flood that goes on for 80 seconds. */
  async function survivors(everyMs: number, attack: (begin: Begin) => Promise<unknown>) {
    const { table, begin } = lab();
    const outcomes: unknown[] = [];
    const later: { at: number; work: () => Promise<void> }[] = [];
    const honest = async (at: number): Promise<void> => {
      const peer = await begin('honest');
      // A first response may take two seconds, as of a peer that looks at its smart card.
      for (const [delay, what] of [
        [2000, wishes.more],
        [3000, wishes.more],
        [4000, wishes.accept],
      ] as const) {
        later.push({
          at: at + delay,
          work: async () => {
            const code = await peer.respond(what);
            if (what === wishes.accept) outcomes.push(code);
          },
        });
      }
    };
    let begun = 0;
    for (let at = 0; at < 90_000; at += 2) {
      time.goTo(at);
      if (at < 80_000 && at % everyMs === 0) await attack(begin);
      if (at < 80_000 && at % 250 === 0) {
        begun += 1;
        await honest(at);
      }
      while (later[0] !== undefined && later[0].at <= at) await later.shift()?.work();
      later.sort((a, b) => a.at - b.at);
    }
    const alive = outcomes.filter((code) => code === accessAccept).length;
    await table.close();
    return { alive, begun };
  }

  it('of 500 a second leaves at least 95 % of its honest authentications alive', async () => {
    const { alive, begun } = await survivors(2, (begin) => begin('flood'));
    assert.equal(begun, 320);
    assert.ok(alive >= 0.95 * begun, `${alive} of ${begun}`);
  });

  it('of 250 a second does so where each has a response to its method, and no more', async () => {
    const attack = async (begin: Begin): Promise<void> => {
      const peer = await begin('flood');
      await peer.respond(wishes.more);
    };
    const { alive, begun } = await survivors(4, attack);
    assert.equal(begun, 320);
    assert.ok(alive >= 0.95 * begun, `${alive} of ${begun}`);
  });

  it('of 5,000 at once shuts nobody out', async () => {
    const { table, counters, begin } = lab();
    for (let count = 0; count < 5000; count += 1) await begin('flood');
    assert.equal(table.size, 5000);
    for (let count = 0; count < 20; count += 1) {
      const peer = await begin('honest');
      assert.equal(peer.begun, accessChallenge);
      assert.equal(await peer.respond(wishes.accept), accessAccept);
    }
    // The first took a place, the others those of the honest before them.
    assert.deepEqual([table.size, counters.displaced, counters.expired], [4999, 1, 1]);
    await table.close();
  });

  it('has ten seconds for a first response while it takes more than half of the places', async () => {
    const { table, counters, begin } = lab({ maxSessions: 20, maxSessionsPerClient: 10 });
    const honest = await begin('honest');
    assert.equal(await honest.respond(wishes.more), accessChallenge);
    for (let count = 0; count < 8; count += 1) await begin('flood');
    time.goTo(9999);
    assert.deepEqual([table.size, counters.expired], [9, 0]);
    time.goTo(10_001);
    // Half of the places may be theirs until the usual time is up.
    assert.deepEqual([table.size, counters.expired, counters.displaced], [6, 3, 3]);
    assert.equal(await honest.respond(wishes.accept), accessAccept);
    time.goTo(60_001);
    assert.deepEqual([table.size, counters.expired, counters.displaced], [0, 8, 3]);
  });

  it('has no more of them when many clients take more than half of the table', async () => {
    const { table, counters, begin } = lab({ maxSessions: 10, maxSessionsPerClient: 8 });
    for (const address of ['one', 'two']) {
      for (let count = 0; count < 4; count += 1) await begin('flood', address);
    }
    time.goTo(10_001);
    assert.deepEqual([table.size, counters.displaced], [5, 3]);
    await table.close();
  });
});

describe('A slow user, where there is no flood', () => {
  it('has as long as any conversation for a first response, and five times as long for a password', async () => {
    for (const [timeout, seconds] of [
      ['basic', 60],
      ['interactive', 300],
    ] as const) {
      using time = new PlayedTime();
      const { counters, begin } = lab({}, { timeout });
      const [slow, silent] = [await begin(), await begin()];
      time.goTo(seconds * 1000 - 1);
      assert.equal(await slow.respond(wishes.accept), accessAccept);
      time.goTo(seconds * 1000 + 1);
      assert.deepEqual([counters.expired, counters.displaced], [1, 0]);
      assert.equal(await silent.respond(wishes.accept), accessReject);
    }
  });
});

describe('A full share', () => {
  it('gives the place of the oldest conversation without a response, and none of the others', async () => {
    const { counters, events, begin } = lab({ maxSessionsPerClient: 3 });
    const [first, second, third] = [await begin('first'), await begin('second'), await begin('third')];
    assert.equal(await first.respond(wishes.more), accessChallenge);
    const fourth = await begin('fourth');
    assert.deepEqual(events.at(-1), {
      kind: 'expired',
      client: { address: 'one', port: 1 },
      outerIdentity: 'second',
      method: { type: 200 },
      displaced: true,
    });
    assert.equal(await second.respond(wishes.accept), accessReject);
    for (const peer of [third, fourth]) assert.equal(await peer.respond(wishes.more), accessChallenge);
    // They have all responded: whoever comes is dropped.
    assert.equal((await begin()).begun, 'tooManySessionsOfClient');
    for (const peer of [first, third, fourth]) assert.equal(await peer.respond(wishes.accept), accessAccept);
    assert.equal(counters.displaced, 1);
  });

  it('gives the place of the conversation that has waited longest for its peer, after ten seconds', async () => {
    using time = new PlayedTime();
    const { counters, begin } = lab({ maxSessionsPerClient: 2 });
    const [first, second] = [await begin('first'), await begin('second')];
    for (const peer of [first, second]) assert.equal(await peer.respond(wishes.more), accessChallenge);
    time.goTo(1);
    assert.equal(await first.respond(wishes.more), accessChallenge);
    time.goTo(9999);
    assert.equal((await begin()).begun, 'tooManySessionsOfClient');
    time.goTo(10_000);
    assert.equal((await begin()).begun, accessChallenge);
    assert.equal(await second.respond(wishes.accept), accessReject);
    assert.equal(await first.respond(wishes.accept), accessAccept);
    assert.deepEqual([counters.displaced, counters.expired], [1, 1]);
  });

  it('counts no response that is ignored, and no Nak', async () => {
    const other = { type: 201 };
    const methods = [echoMethod(), echoMethod({ type: other })];
    const { begin } = lab({ methods, maxSessionsPerClient: 4 });
    const peers = [await begin(), await begin(), await begin(), await begin()];
    const [discarding, mistaken, refusing, honest] = peers;
    assert.equal(await discarding?.respond(wishes.discard), accessChallenge);
    assert.equal(await mistaken?.respond(0, wish(99, wishes.more)), accessChallenge);
    assert.equal(await refusing?.respond(0, eapPacket(2, 8, Buffer.of(3, 201))), accessChallenge);
    assert.equal(await honest?.respond(wishes.more), accessChallenge);
    for (let count = 0; count < 3; count += 1) assert.equal((await begin()).begun, accessChallenge);
    for (const peer of [discarding, mistaken, refusing]) {
      assert.equal(await peer?.respond(wishes.accept), accessReject);
    }
    assert.equal(await honest?.respond(wishes.accept), accessAccept);
  });

  it('leaves a conversation whose first response is being served', async () => {
    let release!: () => void;
    const wait = new Promise<void>((resolve) => (release = resolve));
    const { begin } = lab({ maxSessionsPerClient: 2 }, { onReceive: () => wait });
    const slow = await begin();
    const served = slow.respond(wishes.accept);
    for (let count = 0; count < 5; count += 1) assert.equal((await begin('flood')).begun, accessChallenge);
    release();
    assert.equal(await served, accessAccept);
  });

  it('ends a conversation whose policy is still being asked, and the method that it begins', async () => {
    const log: string[] = [];
    const waiting: (() => void)[] = [];
    const policy = () => new Promise<object>((resolve) => waiting.push(() => resolve({})));
    const { table, begin } = lab({ maxSessionsPerClient: 1, policy }, { log });
    const [first, second] = [begin('first'), begin('second')];
    for (const resolve of waiting) resolve();
    assert.equal((await first).begun, 'sessionExpired');
    assert.equal((await second).begun, accessChallenge);
    assert.deepEqual(log, ['begin second', 'send 8']);
    await table.close();
  });
});

describe('A full table', () => {
  it('gives a place of the same client first, then the oldest of all', async () => {
    const { table, begin } = lab({ maxSessions: 6, maxSessionsPerClient: 4 });
    const others = [await begin('a', 'two'), await begin('b', 'two'), await begin('c', 'two')];
    for (let count = 0; count < 3; count += 1) await begin('flood', 'one');
    for (let count = 0; count < 50; count += 1) {
      assert.equal((await begin('flood', 'one')).begun, accessChallenge);
    }
    for (const peer of others) assert.equal(await peer.respond(wishes.more), accessChallenge);
    // A third client has none to give.
    const third = await begin('anna', 'three');
    assert.equal(await third.respond(wishes.more), accessChallenge);
    assert.equal(table.size, 6);
    for (const peer of others) assert.equal(await peer.respond(wishes.more), accessChallenge);
    await table.close();
  });

  it('of conversations that have had a response drops whoever comes within ten seconds', async () => {
    using time = new PlayedTime();
    const { table, counters, begin } = lab({ maxSessions: 2, maxSessionsPerClient: 2 });
    for (const address of ['one', 'two']) await (await begin('anna', address)).respond(wishes.more);
    time.goTo(9999);
    assert.equal((await begin('anna', 'three')).begun, 'tooManySessions');
    assert.deepEqual([table.size, counters.displaced], [2, 0]);
    time.goTo(10_000);
    assert.equal((await begin('anna', 'three')).begun, accessChallenge);
    assert.deepEqual([table.size, counters.displaced], [2, 1]);
    await table.close();
  });
});
