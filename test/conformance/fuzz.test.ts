// The fuzz proxy: its plans, what it finds in subjects that are wrong in one way each, and that it finds nothing in
// healthy ones.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import {
  fuzzCaseFile,
  type FuzzFinding,
  type FuzzOptions,
  type FuzzReport,
  fuzzResults,
  type FuzzRound,
  type FuzzRule,
  fuzzRules,
  readFuzzCase,
  unearned,
} from '../../lib/conformance/fuzz.js';
import { changedOctets, familyOf, fuzzActions, planRound } from '../../lib/conformance/fuzz-plan.js';
import { ProvedOctets, tampered } from '../../lib/conformance/fuzz-proof.js';
import type { AcceptPassed } from '../../lib/conformance/fuzz-proxy.js';
import { RadiusRelay, type RelayHooks } from '../../lib/conformance/relay.js';
import { messageOf, newAuthenticator, type RadiusMessage } from '../../lib/conformance/datagram.js';
import { attributeTypes } from '../../lib/eap/attributes.js';
import { eapCodes, eapHeader, eapPacket } from '../../lib/eap/packet.js';
import { md5Authenticator } from '../../lib/methods/md5.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { joinEapMessage } from '../../lib/radius/attributes.js';
import { RadiusClient } from '../../lib/radius/client.js';
import { checkReply, decodePacket, radiusCodes } from '../../lib/radius/packet.js';
import { type Authenticate, fuzzOwn, Supplicant, type Wrong } from './fuzz-subjects.js';
import { type OfferName, secret } from './subjects.js';

/** Found cases of each rule, which files of this version and later ones are read as. */
const kept = new URL('../../../test/conformance/kept/', import.meta.url);

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

describe('A success', () => {
  /** The methods MD5-Challenge, EAP-TTLS, which says nothing of success itself, and EAP-MSCHAPv2, which does. */
  const [md5, ttls, mschapv2] = [4, 21, 26];
  const why = (method: number, isAccepted: boolean, ...accepts: AcceptPassed[]): string | undefined =>
    unearned({ method, isAccepted, accepts: new Set(accepts) });

  it('may be where the server has accepted the peer, and its word came', () => {
    for (const method of [md5, ttls, mschapv2]) {
      assert.equal(why(method, true, 'own'), undefined);
      assert.equal(why(method, true, 'damaged', 'own'), undefined);
      assert.equal(why(method, true, 'altered'), undefined);
    }
  });

  it('must not be where the server has not, but of a method in which it proves nothing', () => {
    for (const method of [md5, ttls, mschapv2])
      assert.match(why(method, false) ?? '', /had not accepted it/u);
    for (const method of [ttls, mschapv2])
      assert.match(why(method, false, 'forged') ?? '', /had not accepted it/u);
    assert.equal(why(md5, false, 'forged'), undefined);
  });

  it('must not be where its word was lost, but of a method that tells both sides of success', () => {
    for (const method of [md5, ttls]) assert.match(why(method, true) ?? '', /never reached it/u);
    assert.equal(why(mschapv2, true), undefined);
    assert.match(why(mschapv2, true, 'damaged') ?? '', /sums were wrong/u);
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

  const run = (offer: OfferName, wrong: Wrong, options: Partial<FuzzOptions> = {}) =>
    fuzzOwn(supplicant, offer, wrong, options);

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

  const lose = (index: number): FuzzRound['actions'][number] => ({
    direction: 'request',
    index,
    what: 'drop',
    at: 0,
    value: 0,
  });
  const rulesOf = ({ findings }: FuzzReport): string[] =>
    findings.map(({ rule, text }) => `${rule}: ${text}`);

  it('finds a peer that does not ask again for what was lost, and does not blame its server', async () => {
    const peer = (healthy: Authenticate) =>
      watching(healthy, () => {
        const seen = new Set<string>();
        return {
          onRequest: (datagram) => {
            const key = datagram.toString('hex');
            return seen.has(key) ? undefined : (seen.add(key), datagram);
          },
        };
      });
    const [found, ...others] = rulesOf(
      await run('mschapv2', { peer }, { rounds: [{ round: 1, actions: [lose(1)] }] }),
    );
    assert.match(found ?? '', /^acceptance: the peer did not ask again for what was lost, and says: /u);
    assert.deepEqual(others, []);
    assert.deepEqual(rulesOf(await run('mschapv2', {}, { rounds: [{ round: 1, actions: [lose(1)] }] })), []);
  });

  it('does a round in which no answer came in time once more, before it blames the server', async () => {
    /** A server that says nothing in these conversations: the first is undisturbed, the third asks whether it is there. */
    async function silentIn(...conversations: readonly number[]) {
      const begun: string[] = [];
      const server = () => ({
        onRequest: (datagram: Buffer) => {
          const key = datagram.toString('hex');
          const isIdentity = eapOf(datagram)?.[4] === 1;
          if (isIdentity && !begun.includes(key)) begun.push(key);
          return conversations.includes(begun.length) ? undefined : datagram;
        },
      });
      const report = await run('mschapv2', { server }, { rounds: [{ round: 1, actions: [] }] });
      return { rules: rulesOf(report), begun: begun.length };
    }
    assert.deepEqual((await silentIn(2)).rules, []);
    const { rules, begun } = await silentIn(2, 4);
    // The last one asks again whether it is there.
    assert.deepEqual([rules.length, begun], [1, 5]);
    assert.match(rules[0] ?? '', /^refusal: nothing was changed, the server did not answer a whole request/u);
  });

  for (const [what, direction, isRefused, text] of [
    ['drop', 'reply', false, 'refusal: nothing was changed, the server did not answer a whole request'],
    ['damage', 'request', false, 'discard: behind a datagram with wrong sums the server did not answer'],
    ['damage', 'reply', false, 'discard: behind a datagram with wrong sums the server did not answer'],
    ['damage', 'request', true, 'discard: behind a datagram with wrong sums the server refused the peer'],
  ] as const) {
    const does = isRefused ? 'refuses' : 'passes over';
    it(`blames a server that ${does} what comes twice, behind a ${direction} with ${what}`, async () => {
      const seen = new Set<string>();
      const server = (): RelayHooks => ({
        onRequest(datagram, flow) {
          const key = datagram.toString('latin1', 1, 2) + datagram.toString('latin1', 4, 20);
          if (!seen.has(key)) return (seen.add(key), datagram);
          if (isRefused) flow.answer(datagram, { code: radiusCodes.accessReject, attributes: [] });
          return undefined;
        },
      });
      // The octet is near the end: the copy behind it is known by its beginning.
      const actions = [{ direction, index: 1, what, at: 0.99, value: 1 }];
      const { findings } = await run('mschapv2', { server }, { rounds: [{ round: 1, actions }] });
      const told = findings.map((each) => `${each.side}: ${each.rule}: ${each.text}`);
      assert.equal(told.length, 1, told.join('\n'));
      assert.ok(told[0]?.startsWith(`server: ${text}`), told[0]);
      assert.equal(findings[0]?.why, fuzzRules.refusal.why);
    });
  }

  it('blames a peer that ends where its server has refused nothing', async () => {
    const name = Buffer.from('alice');
    const identityResponse = eapPacket(eapCodes.response, 0, Buffer.of(1), name);
    const peer = (healthy: Authenticate): Authenticate => {
      let attempts = 0;
      return async (attempt) => {
        if (attempts++ === 0) return await healthy(attempt);
        await using client = new RadiusClient({ host: '127.0.0.1', port: attempt.port, secret });
        const attributes = [
          { type: attributeTypes.UserName, value: name },
          { type: attributeTypes.EAPMessage, value: identityResponse },
        ];
        await client.request({ attributes });
        return { isSuccess: false, said: 'no more' };
      };
    };
    const { findings } = await run('mschapv2', { peer }, { rounds: [{ round: 1, actions: [] }] });
    const told = findings.map((each) => `${each.side}: ${each.rule}: ${each.text}`);
    assert.deepEqual(told, ['peer: acceptance: the server refused nothing, and the peer says: no more']);
  });

  it('blames no round for what those beside it do to the server', async () => {
    let open = 0;
    const peer =
      (healthy: Authenticate): Authenticate =>
      async (attempt) => {
        open++;
        return await healthy(attempt).finally(() => open--);
      };
    /** Refuses whoever is not alone. */
    const server = (): RelayHooks => ({
      onRequest(datagram, flow) {
        if (open <= 1 || eapOf(datagram)?.[4] === 1) return datagram;
        flow.answer(datagram, { code: radiusCodes.accessReject, attributes: [] });
        return undefined;
      },
    });
    const rounds = Array.from({ length: 8 }, (_, index) => ({ round: index + 1, actions: [] }));
    assert.deepEqual(rulesOf(await run('mschapv2', { peer, server }, { rounds, concurrency: 8 })), []);
  });

  it('blames the server alone where it ends and comes back, and goes on', async () => {
    /** Ends at each malformed packet; is back where more have asked than six rounds do before one of them knows. */
    let [deaths, isDown] = [0, false];
    const asked = new Set<string>();
    const server = () => ({
      onRequest: (datagram: Buffer) => {
        if (!isDown && isMalformed(datagram)) {
          asked.clear();
          [deaths, isDown] = [deaths + 1, true];
        }
        if (isDown && eapOf(datagram)?.[4] === 1) asked.add(datagram.toString('hex'));
        if (asked.size > 12) isDown = false;
        return isDown ? undefined : datagram;
      },
    });
    const lengths = [0.1, 0.6].map((at) => ({
      direction: 'request' as const,
      index: 1,
      what: 'length' as const,
      at,
      value: 255,
    }));
    const rounds = Array.from({ length: 6 }, (_, index) => ({
      round: index + 1,
      actions: index === 2 ? lengths : [lose(index % 2)],
    }));
    const options = { rounds, concurrency: 6, restartMs: 60_000 };
    const report = await run('mschapv2', { server }, options);
    assert.ok(deaths > 0, 'it never ended');
    assert.equal(report.rounds, rounds.length);
    const told = report.findings.map(({ rule, side, text }) => `${side}: ${rule}: ${text}`);
    assert.ok(told.length > 0);
    for (const one of told) {
      assert.match(one, /^server: silence: the server stopped answering, .* was back after \d+\.\d s$/u);
    }
  });

  it('names the side of each finding, and why it is not the other', async () => {
    for (const [rule, side] of [
      ['keys', 'peer'],
      ['discard', 'peer'],
      ['tampering', 'server'],
    ] as const) {
      const { findings } = await run('mschapv2', mutants[rule]);
      const own = findings.filter((each) => each.rule === rule);
      assert.ok(own.length > 0);
      for (const each of own) assert.deepEqual([each.side, each.why], [side, fuzzRules[rule].why]);
    }
  });

  it('says the side of a finding in results and in files, also where it is not that of its rule', () => {
    const finding: FuzzFinding = {
      rule: 'belief',
      side: 'peer',
      text: 'it took a reply',
      why: 'the sums were wrong',
      rounds: [{ round: 3, actions: [] }],
      packets: [],
    };
    const results = fuzzResults({ seed: 1, rounds: 3, findings: [finding], elapsedMs: 1 });
    const result = results.find(({ id }) => id === 'fuzz-belief');
    const reason = 'it took a reply (round 3). It is the peer: the sums were wrong';
    assert.deepEqual([result?.kind, result?.reason], ['peer', reason]);
    const { side, why } = JSON.parse(fuzzCaseFile(1, finding)) as FuzzFinding;
    assert.deepEqual([side, why], ['peer', 'the sums were wrong']);
  });

  it('judges the conversation that the peer spoke in last, whatever comes late of one before', async () => {
    const again = Array.from({ length: 8 }, (_, index) => ({ ...lose(index), what: 'again' as const }));
    /** Succeeds, begins another conversation from the same port, and says success of that, too. */
    const peer = (healthy: Authenticate) =>
      watching(healthy, () => {
        let first: Buffer | undefined;
        let isOver = false;
        let challenged = (): void => undefined;
        const second = new Promise<void>((resolve) => (challenged = resolve));
        return {
          onRequest(datagram) {
            first ??= datagram;
            return datagram;
          },
          onReply(datagram, flow) {
            if (isOver) {
              challenged();
              return undefined;
            }
            isOver = datagram[0] === radiusCodes.accessAccept;
            const anew = ({ id }: RadiusMessage) => ({ id: id ^ 0x80, authenticator: newAuthenticator() });
            if (isOver && first) flow.toServer(flow.request(first, anew));
            return datagram;
          },
          async peer(attempt) {
            const { said } = await healthy(attempt);
            await second;
            return { isSuccess: true, said };
          },
        };
      });
    const [found] = rulesOf(await run('mschapv2', { peer }, { rounds: [{ round: 1, actions: again }] }));
    assert.match(found ?? '', /^success: the peer succeeded, and the server had not accepted it$/u);
  });

  it('does the same for the same seed', async () => {
    const rounds = async () =>
      (await run('mschapv2', mutants.keys, { rounds: 24, concurrency: 4 })).findings.map(
        ({ rule, rounds }) => ({
          rule,
          rounds,
        }),
      );
    const byRound = (one: { rounds: readonly { round: number }[] }, other: typeof one): number =>
      one.rounds[0]!.round - other.rounds[0]!.round;
    assert.deepEqual((await rounds()).sort(byRound), (await rounds()).sort(byRound));
  });

  it('runs for hours by a program of its own, which keeps what it finds', () => {
    const keep = mkdtempSync(join(tmpdir(), 'eaphost-fuzz-'));
    const program = fileURLToPath(new URL('../soak/fuzz.js', import.meta.url));
    const args = ['--rounds', '12', '--seed', '3', '--keep', keep];
    const fuzzed = (...more: readonly string[]) =>
      spawnSync(process.execPath, [program, ...args, ...more], { encoding: 'utf8' });
    try {
      const healthy = fuzzed();
      assert.deepEqual([healthy.status, healthy.stderr], [0, '']);
      assert.match(healthy.stdout, /^\{"fuzz":48,"seed":3,"seconds":\d+,"found":\[\]\}\n$/u);
      assert.deepEqual(readdirSync(keep), []);
      const wrong = fuzzed('--credulous');
      assert.equal(wrong.status, 1, wrong.stderr);
      const { found } = JSON.parse(wrong.stdout) as { found: string[] };
      assert.deepEqual(readdirSync(keep).toSorted(), found.map((file) => basename(file)).toSorted());
      assert.ok(found.some((file) => file.endsWith('-success.json')));
      for (const file of found) assert.ok(readFuzzCase(readFileSync(file, 'utf8')).rounds.length > 0);
    } finally {
      rmSync(keep, { recursive: true });
    }
  });

  for (const file of readdirSync(kept)) {
    it(`finds again what was kept as ${file}`, async () => {
      const rule = basename(file, '.json') as FuzzRule;
      const found = readFuzzCase(readFileSync(new URL(file, kept), 'utf8'));
      const { findings } = await run('mschapv2', mutants[rule], found);
      assert.ok(findings.some((each) => each.rule === rule));
      assert.deepEqual((await run('mschapv2', {}, found)).findings, []);
    });
  }

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
      side: 'peer',
      text: '',
      why: '',
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
