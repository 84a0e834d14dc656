// What runs the cases: which are chosen, how they come out, and that none keeps the others from being run.

import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

import { CaseFailure, type ConformanceCase, demand, NotApplicable } from '../../lib/conformance/case.js';
import { type RunOptions, runCases, type Subject } from '../../lib/conformance/runner.js';

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

  it('blames the case that has ended the subject, and none that comes behind', async () => {
    let isThere = true;
    const cases = [
      one('before', async () => {
        throw new CaseFailure('wrong, and still there');
      }),
      one('deadly', async () => {
        isThere = false;
        throw new CaseFailure('no reply');
      }),
      one('behind', passing),
    ];
    const [before, deadly, behind] = await verdicts(
      cases,
      { concurrency: 1 },
      { isThere: async () => isThere },
    );
    assert.deepEqual(before, ['before', 'failed', 'wrong, and still there']);
    const blame = 'no reply; this case, or one beside it, has ended the subject';
    assert.deepEqual(deadly, ['deadly', 'failed', blame]);
    const reason = 'the subject answers no more: a case before has ended it';
    assert.deepEqual(behind, ['behind', 'inconclusive', reason]);
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
