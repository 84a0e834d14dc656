// What runs the cases: which are chosen, how they come out, and that none keeps the others from being run.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

import { type ConformanceCase, demand, NotApplicable } from '../../lib/conformance/case.js';
import { MethodPool } from '../../lib/conformance/method-pool.js';
import { MethodProbe } from '../../lib/conformance/method-probe.js';
import { conformPeer } from '../../lib/conformance/index.js';
import { PeerProbe, type PeerTarget } from '../../lib/conformance/peer-probe.js';
import { preflightPeer } from '../../lib/conformance/preflight.js';
import { CaseRecord } from '../../lib/conformance/record.js';
import { type RunOptions, runCases, type Subject } from '../../lib/conformance/runner.js';
import { md5Authenticator } from '../../lib/methods/md5.js';
import { memoryUsers } from '../../lib/methods/users.js';
import { eventually } from '../supplicant/support.js';
import { peerTarget } from './subjects.js';

class Probe implements AsyncDisposable {
  static open = 0;

  constructor() {
    Probe.open++;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    Probe.open--;
  }
}

function one(
  id: string,
  run: ConformanceCase<Probe>['run'],
  facts: Partial<ConformanceCase<Probe>> = {},
): ConformanceCase<Probe> {
  const source = { document: 'RFC 1', section: '1' };
  return { id, kind: 'server', title: 'does it', source, level: 'MUST', remedy: 'do it', run, ...facts };
}
const passing = async (): Promise<void> => undefined;
const subject: Subject<Probe> = { families: new Set(['tls']), open: async () => new Probe() };

async function verdicts(
  cases: readonly ConformanceCase<Probe>[],
  options: RunOptions = {},
  other: Partial<Subject<Probe>> = {},
): Promise<readonly (readonly [string, string, string | undefined])[]> {
  const results = await runCases(cases, { ...subject, ...other }, options);
  return results.map(({ id, verdict, reason }) => [id, verdict, reason]);
}

describe('The runner of conformance', () => {
  afterEach(() => assert.equal(Probe.open, 0));

  it('has a verdict for every end of a case, in the order of the catalogue', async () => {
    const cases = [
      one('slow', async () => {
        await wait(30);
      }),
      one('wrong', async () => demand(false, 'it did another thing')),
      one('none', async () => {
        throw new NotApplicable('it has no such thing');
      }),
      one('thrown', async () => {
        throw new TypeError('a mistake');
      }),
      one('md5', passing, { methods: ['md5'] }),
      one('tls', passing, { methods: ['md5', 'tls'] }),
    ];
    assert.deepEqual(await verdicts(cases), [
      ['slow', 'passed', undefined],
      ['wrong', 'failed', 'it did another thing'],
      ['none', 'notApplicable', 'it has no such thing'],
      ['thrown', 'inconclusive', 'a mistake'],
      ['md5', 'notApplicable', 'it is about md5'],
      ['tls', 'passed', undefined],
    ]);
  });

  it('keeps the reason of a case whose probe cannot be closed after it', async () => {
    class Stuck extends Probe {
      override async [Symbol.asyncDispose](): Promise<void> {
        await super[Symbol.asyncDispose]();
        throw new Error('the socket is gone');
      }
    }
    const cases = [
      one('wrong', async () => demand(false, 'it did another thing')),
      one('right', passing),
      one('none', async () => {
        throw new NotApplicable('it has no such thing');
      }),
    ];
    assert.deepEqual(await verdicts(cases, {}, { open: async () => new Stuck() }), [
      ['wrong', 'failed', 'it did another thing; closing failed too: the socket is gone'],
      ['right', 'inconclusive', 'the socket is gone'],
      ['none', 'notApplicable', 'it has no such thing; closing failed too: the socket is gone'],
    ]);
  });

  it('gives up a case that takes too long, also one that listens to nothing', async () => {
    const cases = [one('endless', () => new Promise(() => undefined)), one('next', passing)];
    assert.deepEqual(await verdicts(cases, { budgetMs: 30, concurrency: 1 }), [
      ['endless', 'inconclusive', 'it took longer than 30 ms'],
      ['next', 'passed', undefined],
    ]);
  });

  it('chooses by id and by level', async () => {
    const cases = [
      one('rfc1-1-must', passing),
      one('rfc1-2-should', passing, { level: 'SHOULD' }),
      one('rfc1-2-may', passing, { level: 'MAY' }),
      one('rfc10-1-other', passing),
    ];
    const chosen = async (options: RunOptions): Promise<string[]> =>
      (await verdicts(cases, options)).map(([id]) => id);
    assert.deepEqual(await chosen({ only: ['rfc1-*'] }), ['rfc1-1-must', 'rfc1-2-should', 'rfc1-2-may']);
    assert.deepEqual(await chosen({ only: ['rfc1-2*', 'rfc10-1-other'], skip: ['*may'] }), [
      'rfc1-2-should',
      'rfc10-1-other',
    ]);
    assert.deepEqual(await chosen({ level: 'MUST' }), ['rfc1-1-must', 'rfc10-1-other']);
    assert.deepEqual(await chosen({ level: 'SHOULD', skip: ['rfc10*'] }), ['rfc1-1-must', 'rfc1-2-should']);
    assert.deepEqual(await chosen({ only: ['rfc1.1.must'] }), []);
  });

  it('runs as many at a time as it may, and tells of each', async () => {
    let most = 0;
    const told: number[] = [];
    const cases = Array.from({ length: 9 }, (_, index) =>
      one(`case-${index}`, async () => {
        most = Math.max(most, Probe.open);
        await wait(5);
      }),
    );
    await verdicts(cases, { concurrency: 3, onResult: (_result, done, total) => told.push(done, total) });
    assert.equal(most, 3);
    assert.deepEqual(
      told,
      cases.flatMap((_, index) => [index + 1, 9]),
    );
  });

  it('refuses limits by which nothing would be run, or nothing would end', async () => {
    for (const options of [
      { concurrency: 0 },
      { concurrency: Number.NaN },
      { concurrency: Infinity },
      { budgetMs: 0 },
      { budgetMs: 2 ** 31 },
    ]) {
      await assert.rejects(verdicts([one('case', passing)], options), RangeError, JSON.stringify(options));
    }
  });

  it('runs by itself what keeps the subject busy, after the others', async () => {
    const open: number[] = [];
    const seen = async (): Promise<void> => {
      open.push(Probe.open);
      await wait(5);
    };
    const cases = [
      one('alone', seen, { isAlone: true }),
      one('other', passing),
      one('also', seen, { isAlone: true }),
    ];
    assert.deepEqual(
      (await verdicts(cases)).map(([id]) => id),
      ['alone', 'other', 'also'],
    );
    assert.deepEqual(open, [1, 1]);
  });

  it('ends when it is told to', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const cases = Array.from({ length: 5 }, (_, index) =>
      one(`case-${index}`, async () => {
        if (index === 1) controller.abort(reason);
      }),
    );
    await assert.rejects(verdicts(cases, { concurrency: 1, signal: controller.signal }), reason);
  });
});

describe('The probe of a peer', () => {
  it('opens nothing more, and wipes what it is told, when its case is over', async () => {
    const sockets = (): number =>
      process.getActiveResourcesInfo().filter((each) => each === 'UDPWrap').length;
    const before = sockets();
    const { signal } = new AbortController();
    const msk = Buffer.alloc(32, 7);
    let finish: (outcome: { isSuccess: boolean; said: string; msk: Buffer }) => void = () => undefined;
    let begun: () => void = () => undefined;
    const trying = new Promise<void>((resolve) => (begun = resolve));
    const probe = new PeerProbe(
      {
        secret: 'a secret',
        methods: [md5Authenticator({ users: memoryUsers({}) })],
        authenticate: () =>
          new Promise((resolve) => {
            finish = resolve;
            begun();
          }),
      },
      new CaseRecord(),
      signal,
    );
    const going = probe.authenticate();
    await trying;
    const late = probe.authenticate();
    await probe[Symbol.asyncDispose]();
    await assert.rejects(late, /the case is over/u);
    await eventually(() => sockets() <= before, 'no socket is left');
    finish({ isSuccess: true, said: 'at last', msk });
    await going;
    assert.ok(msk.every((octet) => octet === 0));
    await assert.rejects(probe.authenticate(), /the case is over/u);
    await eventually(() => sockets() <= before, 'no socket is left');
  });
});

describe('A peer that crashes', function () {
  this.timeout(60_000);
  const only = ['rfc3748-4.2-canned-success'];
  /** Ends by a signal in its first attempts that come to no success. */
  function crashing(times: number): PeerTarget {
    const healthy = peerTarget('mschapv2');
    return {
      ...healthy,
      async authenticate(attempt) {
        const outcome = await healthy.authenticate(attempt);
        return outcome.isSuccess || times-- <= 0 ? outcome : { ...outcome, crash: 'ended by SIGSEGV' };
      },
    };
  }

  it('fails the case that ends it every time, though it was to refuse', async () => {
    const [result] = await conformPeer(crashing(2), { only });
    assert.deepEqual([result?.verdict, result?.reason], ['failed', 'the peer crashed: ended by SIGSEGV']);
  });

  it('is tried again where it was ended once', async () => {
    const [result] = await conformPeer(crashing(1), { only });
    assert.deepEqual([result?.verdict, result?.reason], ['passed', undefined]);
  });

  it('is not tried where it crashes at a good server', async () => {
    const healthy = peerTarget('mschapv2');
    const authenticate = async () => ({ isSuccess: true, said: '', crash: 'exit code 139' });
    assert.equal(await preflightPeer({ ...healthy, authenticate }), 'the peer crashed: exit code 139');
    const failing = async () => Promise.reject(new Error('it cannot be run'));
    await assert.rejects(preflightPeer({ ...healthy, authenticate: failing }), /it cannot be run/u);
  });
});

describe('The probe of a method', () => {
  class Method implements AsyncDisposable {
    readonly isClosed = false;
    disposed = 0;

    stats(): { sessions: number } {
      return { sessions: 0 };
    }

    async [Symbol.asyncDispose](): Promise<void> {
      this.disposed += 1;
    }

    async close(): Promise<void> {
      this.disposed += 1;
    }
  }

  it('hands on what its case has had, unless that was given up and may go on with it', async () => {
    await using pool = new MethodPool();
    for (const isGivenUp of [false, true]) {
      const controller = new AbortController();
      const method = new Method();
      const target = { loadPeer: async () => method as never };
      const probe = new MethodProbe(target, new CaseRecord(), controller.signal, pool);
      await probe.peer();
      if (isGivenUp) controller.abort(new Error('too long'));
      await probe[Symbol.asyncDispose]();
      assert.equal(method.disposed, isGivenUp ? 1 : 0);
      assert.equal(pool.take('peer'), isGivenUp ? undefined : method);
    }
  });

  it('closes what is loaded when its case was given up', async () => {
    const controller = new AbortController();
    const method = new Method();
    let give: (loaded: never) => void = () => undefined;
    const target = { loadPeer: () => new Promise<never>((resolve) => (give = resolve)) };
    const probe = new MethodProbe(target, new CaseRecord(), controller.signal);
    const asked = probe.peer();
    controller.abort(new Error('too long'));
    await probe[Symbol.asyncDispose]();
    give(method as never);
    await assert.rejects(asked, /too long/u);
    assert.equal(method.disposed, 1);
    await assert.rejects(probe.peer(), /too long/u);
  });
});
