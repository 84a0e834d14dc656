// The fuzz proxy: its plans, what it finds in subjects that are wrong in one way each, and that it finds nothing in
// healthy ones.

import assert from 'node:assert/strict';
import { once } from 'node:events';

import {
  fuzz,
  fuzzCaseFile,
  type FuzzFinding,
  type FuzzOptions,
  fuzzResults,
  type FuzzRule,
  fuzzRules,
  readFuzzCase,
} from '../../lib/conformance/fuzz.js';
import { changedOctets, familyOf, fuzzActions, planRound } from '../../lib/conformance/fuzz-plan.js';
import { ProvedOctets, tampered } from '../../lib/conformance/fuzz-proof.js';
import { RadiusRelay, type RelayHooks } from '../../lib/conformance/relay.js';
import { messageOf } from '../../lib/conformance/datagram.js';
import { attributeTypes } from '../../lib/eap/attributes.js';
import { eapCodes, eapHeader, eapPacket } from '../../lib/eap/packet.js';
import { md5Authenticator } from '../../lib/methods/md5.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { joinEapMessage } from '../../lib/radius/attributes.js';
import { checkReply, decodePacket, radiusCodes } from '../../lib/radius/packet.js';
import { RadiusServer, type RadiusServerOptions } from '../../lib/radius/index.js';
import { type Authenticate, Supplicant } from './fuzz-subjects.js';
import { type OfferName, offers, secret } from './subjects.js';

const host = '127.0.0.1';

/** What is between the proxy and a healthy server or peer, and makes it wrong. */
interface Wrong {
  readonly server?: () => RelayHooks;
  readonly methods?: RadiusServerOptions['methods'];
  readonly peer?: (healthy: Authenticate) => Authenticate;
}

/** The EAP packet of a datagram. */
function eapOf(datagram: Uint8Array): Buffer | undefined {
  const eap = joinEapMessage(messageOf(datagram)?.attributes ?? []);
  return eap instanceof Uint8Array ? eap : undefined;
}
const isMalformed = (datagram: Uint8Array): boolean => {
  const eap = eapOf(datagram);
  return eap !== undefined && eapHeader(eap) === undefined;
};

/** A peer whose replies are looked at on their way. */
function watching(
  healthy: Authenticate,
  hooks: () => RelayHooks & { readonly peer?: Authenticate },
): Authenticate {
  return async (attempt) => {
    const { peer = healthy, ...own } = hooks();
    await using relay = await RadiusRelay.listen({ port: attempt.port, secret: Buffer.from(secret), ...own });
    return await peer({ ...attempt, port: relay.port });
  };
}

/** A peer that ends otherwise where it got a malformed packet. */
const atMalformed = (healthy: Authenticate, what: Authenticate): Authenticate =>
  watching(healthy, () => {
    let isHit = false;
    return {
      onReply: (datagram) => {
        isHit ||= isMalformed(datagram);
        return datagram;
      },
      async peer(attempt) {
        const outcome = healthy(attempt);
        await Promise.allSettled([outcome]);
        return isHit ? what(attempt) : outcome;
      },
    };
  });

const anybody = md5Authenticator({ users: memoryUsers({}) });

/** A subject for each rule that breaks it and no other. */
const mutants: Readonly<Record<FuzzRule, Wrong>> = {
  crash: {
    peer: (healthy) =>
      atMalformed(healthy, () => Promise.reject(new RangeError('read behind the end of a packet'))),
  },
  hang: {
    peer: (healthy) =>
      atMalformed(healthy, ({ signal }) =>
        once(signal, 'abort').then(() => Promise.reject(new Error('ended'))),
      ),
  },
  silence: {
    server: () => {
      let isDead = false;
      return {
        onRequest: (datagram) => {
          isDead ||= isMalformed(datagram);
          return isDead ? undefined : datagram;
        },
      };
    },
  },
  success: { peer: (healthy) => async (attempt) => ({ ...(await healthy(attempt)), isSuccess: true }) },
  acceptance: {
    peer: (healthy) =>
      watching(healthy, () => {
        const seen = new Set<string>();
        let isTwice = false;
        return {
          onReply: (datagram) => {
            isTwice ||= seen.has(datagram.toString('hex'));
            seen.add(datagram.toString('hex'));
            return datagram;
          },
          async peer(attempt) {
            const { isSuccess, said } = await healthy(attempt);
            return { isSuccess: isSuccess && !isTwice, said };
          },
        };
      }),
  },
  refusal: {
    server: () => {
      const seen = new Set<string>();
      return {
        onRequest: (datagram, flow) => {
          const key = datagram.toString('hex');
          if (!seen.has(key)) {
            seen.add(key);
            return datagram;
          }
          const value = eapPacket(eapCodes.failure, eapOf(datagram)?.[1] ?? 0);
          flow.answer(datagram, {
            code: radiusCodes.accessReject,
            attributes: [{ type: attributeTypes.EAPMessage, value }],
          });
          return undefined;
        },
      };
    },
  },
  tampering: {
    methods: [
      {
        ...anybody,
        authenticator: {
          async beginSession(begin) {
            const session = await anybody.authenticator.beginSession(begin);
            return {
              sendPacket: (id) => session.sendPacket(id),
              receivePacket: () => 'result',
              getResult: () => ({ isSuccess: true, identity: begin.identity, attributes: [] }),
              end: () => session.end(),
            };
          },
        },
      },
    ],
  },
  discard: {
    peer: (healthy) =>
      watching(healthy, () => {
        const sums = new Map<number, Buffer>();
        const given = new Set<number>();
        return {
          onRequest: (datagram) => {
            const id = datagram[1] ?? 0;
            sums.set(id, datagram.subarray(4, 20));
            return given.has(id) ? undefined : datagram;
          },
          onReply: (datagram) => {
            const id = datagram[1] ?? 0;
            const packet = decodePacket(datagram);
            const isRight =
              typeof packet !== 'string' &&
              !checkReply(packet, sums.get(id) ?? Buffer.alloc(16), Buffer.from(secret));
            // The wait for its reply is over, whatever came.
            if (!isRight) given.add(id);
            return datagram;
          },
        };
      }),
  },
  belief: { server: () => ({ onRequest: (datagram, flow) => flow.request(datagram, () => ({})) }) },
  keys: {
    server: () => ({
      onReply: (datagram, flow) =>
        flow.reply(datagram, ({ code, attributes }) => {
          if (code !== radiusCodes.accessAccept) return undefined;
          const wrong = attributes.map(({ type, value }) => {
            const copy = Uint8Array.from(value);
            // The first octet of the key, behind vendor, type, length, salt and the key's own length.
            if (type === attributeTypes.VendorSpecific) copy[9] = (copy[9] ?? 0) ^ 1;
            return { type, value: copy };
          });
          return { attributes: wrong };
        }),
    }),
  },
};

describe('The plan of a fuzz round', () => {
  it('is the same for the same seed, and another for others', () => {
    const plans = (seed: number) => Array.from({ length: 50 }, (_, round) => planRound(seed, round, 6));
    assert.deepEqual(plans(7), plans(7));
    assert.notDeepEqual(plans(7), plans(8));
    assert.equal(new Set(plans(7).map((plan) => JSON.stringify(plan))).size, 50);
  });

  it('has every action, for every message', () => {
    const all = Array.from({ length: 3000 }, (_, round) => planRound(1, round, 4)).flat();
    assert.deepEqual(new Set(all.map(({ what }) => what)), new Set(Object.values(fuzzActions).flat()));
    assert.deepEqual(new Set(all.map(({ index }) => index)), new Set([0, 1, 2, 3]));
    assert.ok(all.every(({ at, value }) => at >= 0 && at < 1 && value >= 0 && value < 256));
  });

  it('changes octets in each way', () => {
    const packet = Buffer.from('0201000a0d8000000000', 'hex');
    for (const what of fuzzActions.eap) {
      const ways = Array.from({ length: 40 }, (_, step) =>
        changedOctets(
          packet,
          { direction: 'reply', index: 0, what, at: step / 40, value: step * 6 },
          Buffer.of(9),
        )!.toString('hex'),
      );
      assert.ok(
        ways.some((way) => way !== packet.toString('hex')),
        what,
      );
    }
    assert.equal(packet.toString('hex'), '0201000a0d8000000000');
    assert.throws(() => familyOf('nothing' as never), TypeError);
  });
});

describe('The octets that a method proves', () => {
  const bytes = (hex: string): Buffer => Buffer.from(hex.replaceAll(' ', ''), 'hex');

  it('are those of records over several fragments, without their headers and what TLS does not prove', () => {
    const proved = new ProvedOctets();
    // A record of ten octets, five of them here; the rest, a change of the cipher, and data.
    assert.deepEqual(proved.of(bytes('0101 0014 0d c0 00000019 16 0303 000a aabbccddee')), [[15, 20]]);
    assert.deepEqual(proved.of(bytes('0102 0019 0d 00 aabbccddee 14 0303 0001 01 17 0303 0002 abcd')), [
      [6, 11],
      [22, 24],
    ]);
    assert.deepEqual(proved.of(bytes('0103 0006 0d 20')), []);
    // Where a header itself is divided nothing is known until the next message.
    assert.deepEqual(proved.of(bytes('0104 0008 0d 40 1603')), []);
    assert.deepEqual(proved.of(bytes('0105 000a 0d 00 03000111')), []);
    assert.deepEqual(proved.of(bytes('0106 000c 0d 00 16 0303 0001 11')), [[11, 12]]);
  });

  it('are changed so that a hexadecimal digit becomes another', () => {
    const success = Buffer.concat([
      bytes('01 02 003c 1a 03 02 0037'),
      Buffer.from(`S=${'0123456789ABCDEF'.repeat(3).slice(0, 40)} M=OK`),
    ]);
    const ranges = new ProvedOctets().of(success);
    assert.deepEqual(ranges, [[11, 51]]);
    for (let step = 0; step < 120; step++) {
      const other = tampered(success, ranges, { at: (step % 40) / 40, value: step })!;
      assert.notEqual(other.toString().toLowerCase(), success.toString().toLowerCase());
    }
    assert.equal(tampered(success, [], { at: 0, value: 1 }), undefined);
  });
});

describe('The fuzz proxy', function () {
  this.timeout(300_000);
  let supplicant: Supplicant;
  before(async () => {
    supplicant = await Supplicant.open();
  });
  after(async () => {
    await supplicant?.[Symbol.asyncDispose]();
  });

  /** Rounds between our supplicant and our server, of which one may be wrong. */
  async function run(offer: OfferName, wrong: Wrong, options: Partial<FuzzOptions> = {}) {
    const { methods = offers[offer].methods } = wrong;
    await using server = await RadiusServer.listen({ secret, methods, port: 0 });
    const hooks = { port: server.port, secret: Buffer.from(secret), ...wrong.server?.() };
    await using relay = await RadiusRelay.listen(hooks);
    const healthy = supplicant.peer(wrong.methods ? 'md5' : offer);
    return await fuzz({
      host,
      port: relay.port,
      secret,
      authenticate: wrong.peer?.(healthy) ?? healthy,
      seed: 1,
      rounds: 120,
      concurrency: 16,
      hangMs: 20_000,
      ...options,
    });
  }

  for (const [name, wrong] of Object.entries(mutants)) {
    it(`finds what breaks the rule ${name}, and replays it`, async () => {
      const rule = name as FuzzRule;
      const limit = name === 'hang' ? { hangMs: 4000 } : {};
      const { seed, findings } = await run('mschapv2', wrong, limit);
      const finding = findings.find((each) => each.rule === rule);
      assert.ok(finding, JSON.stringify(findings.map((each) => [each.rule, each.text])));
      assert.ok(finding.packets.length > 0);
      const kept = readFuzzCase(fuzzCaseFile(seed, finding));
      assert.deepEqual([kept.seed, kept.rounds], [seed, finding.rounds]);
      const again = await run('mschapv2', wrong, { ...limit, rounds: kept.rounds });
      assert.ok(again.findings.some((each) => each.rule === rule));
      const healthy = await run('mschapv2', {}, { rounds: kept.rounds });
      assert.deepEqual(healthy.findings, []);
      const results = fuzzResults(again);
      assert.equal(results.length, Object.keys(fuzzRules).length);
      assert.equal(results.find(({ id }) => id === `fuzz-${rule}`)?.verdict, 'failed');
    });
  }

  it('finds a client that believes a reply with wrong sums', async () => {
    const peer = (healthy: Authenticate) =>
      watching(healthy, () => ({ onReply: (datagram, flow) => flow.reply(datagram, () => ({})) }));
    const { findings } = await run('mschapv2', { peer });
    assert.ok(findings.some(({ rule, text }) => rule === 'belief' && text.startsWith("the peer's side")));
  });

  it('does the same for the same seed', async () => {
    const rounds = async () =>
      (await run('mschapv2', mutants.keys, { rounds: 40 })).findings.map(({ rule, rounds }) => ({
        rule,
        rounds,
      }));
    const byRound = (one: { rounds: readonly { round: number }[] }, other: typeof one): number =>
      one.rounds[0]!.round - other.rounds[0]!.round;
    assert.deepEqual((await rounds()).sort(byRound), (await rounds()).sort(byRound));
  });

  for (const [when, rounds] of [
    ['before the first round', 1],
    ['meanwhile', 4],
  ] as const) {
    it(`finds nothing in a peer that was given up ${when}`, async () => {
      const controller = new AbortController();
      const reason = new Error('enough');
      let tried = 0;
      const peer =
        (healthy: Authenticate): Authenticate =>
        (attempt) => {
          tried += 1;
          if (tried === rounds) controller.abort(reason);
          return healthy(attempt);
        };
      const found: FuzzRule[] = [];
      const onFinding = ({ rule }: FuzzFinding): void => void found.push(rule);
      // Nothing is done to its packets.
      const quiet = Array.from({ length: 8 }, (_, index) => ({ round: index + 1, actions: [] }));
      const options = { rounds: quiet, concurrency: 1, signal: controller.signal, onFinding };
      await assert.rejects(run('mschapv2', { peer }, options), reason);
      assert.deepEqual([found, tried], [[], rounds]);
    });
  }

  it('refuses a peer that does not succeed undisturbed', async () => {
    const peer = (): Authenticate => () => Promise.resolve({ isSuccess: false, said: 'no' });
    await assert.rejects(run('mschapv2', { peer }), /does not succeed undisturbed: no/u);
  });

  it('refuses numbers by which nothing would be tried', async () => {
    for (const options of [{ rounds: 0 }, { rounds: Number.NaN }, { concurrency: 0 }, { hangMs: 2 ** 31 }]) {
      await assert.rejects(run('mschapv2', {}, options), RangeError, JSON.stringify(options));
    }
  });

  it('refuses a file that is no kept case', () => {
    const good = fuzzCaseFile(1, {
      rule: 'keys',
      text: '',
      rounds: [{ round: 1, actions: planRound(1, 1, 3) }],
      packets: [],
    });
    assert.equal(readFuzzCase(good).rounds.length, 1);
    for (const bad of [
      '{}',
      '[]',
      good.replace('version 1', 'version 2'),
      good.replace('keys', 'toString'),
      good.replace('"at": 0', '"at": 7'),
      good.replace(/"what": "\w+"/u, '"what": "no"'),
    ]) {
      assert.throws(() => readFuzzCase(bad), TypeError, bad);
    }
  });

  for (const offer of ['mschapv2', 'tls', 'peap', 'ttls'] as const) {
    for (const rounds of [100, 3000]) {
      it(`finds nothing in our own ${offer} in ${rounds} rounds${rounds > 100 ? ' @long' : ''}`, async () => {
        const { findings, rounds: done } = await run(offer, {}, { rounds, seed: rounds });
        assert.deepEqual(
          findings.map(({ rule, text, rounds: own }) => ({ rule, text, rounds: own })),
          [],
        );
        assert.equal(done, rounds);
      });
    }
  }
});
