// Every probe, run: on Windows against EAPHost, under Wine against this package's run-time in its place. That each
// works is what counts here; what it answers is for people.

import assert from 'node:assert/strict';

import { isObject } from '../../lib/base/guards.js';
import { toPage } from './page.js';
import { answer, type ProbeReport } from './probe.js';
import { askAll, probes } from './report.js';

/** Every object in a value, itself included. */
function objectsIn(value: unknown): Readonly<Record<string, unknown>>[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (!isObject(value)) return [];
  return [value, ...Object.values(value).flatMap(objectsIn)];
}

describe('The probes', function () {
  this.timeout(300_000);
  let report: ProbeReport;

  before(async () => {
    report = await askAll();
  });

  function answerOf(id: string): unknown {
    const answered = report.answers.find((each) => each.id === id);
    assert.ok(answered !== undefined, id);
    return answered.answer;
  }

  for (const { id } of probes) {
    it(`answers ${id}`, () => {
      const answered = answerOf(id);
      assert.ok(isObject(answered) || Array.isArray(answered), JSON.stringify(answered));
      for (const object of objectsIn(answered)) {
        // A program that died is an answer of Windows', and a broken probe here.
        assert.equal(object['ended'], undefined, JSON.stringify(answered));
        assert.equal(object['unanswered'], undefined, JSON.stringify(answered));
        assert.ok(!String(object['code']).startsWith('EAPHOST_'), JSON.stringify(answered));
      }
    });
  }

  it('sees the calls of the method in their order', () => {
    const order = answerOf('identity-order');
    assert.ok(isObject(order) && Array.isArray(order['withUserData']));
    const calls: unknown[] = order['withUserData'];
    const positions = ['EapPeerGetInfo', 'EapPeerInitialize', 'EapPeerGetIdentity', 'EapPeerEndSession'].map(
      (call) => calls.indexOf(call),
    );
    assert.ok(!positions.includes(-1), JSON.stringify(calls));
    assert.deepEqual(
      positions,
      [...positions].sort((left, right) => left - right),
    );
  });

  it('sees where each call runs', () => {
    const places = answerOf('call-places');
    assert.ok(isObject(places));
    const place = places['EapPeerBeginSession'];
    assert.ok(isObject(place));
    assert.match(String(place['process']), /\.exe$/iu);
    assert.match(String(place['module']), /loggedmethod\.dll$/iu);
    assert.match(String(place['user']), /^S-1-/u);
    assert.equal(place['bits'], process.arch === 'ia32' ? 32 : 64);
  });

  it('sees which exports a method must have', () => {
    const outcomes = answerOf('missing-exports');
    assert.ok(isObject(outcomes));
    assert.deepEqual(outcomes['pairmethod'], { isListed: true, action: 'send' });
    assert.equal(Object.keys(outcomes).length, 5);
  });

  it('runs as somebody who may less, or says that the system does not have that', () => {
    const answered = answerOf('ordinary-user');
    assert.ok(isObject(answered));
    for (const name of ['asOrdinaryUser', 'withLowIntegrity']) {
      const child = answered[name];
      assert.ok(isObject(child), JSON.stringify(answered));
      assert.ok(
        child['isElevated'] === false || String(child['note']).endsWith('this is no answer'),
        JSON.stringify(child),
      );
    }
  });

  it('sees which copy of a DLL was loaded', () => {
    const change = answerOf('changed-registration');
    assert.ok(isObject(change));
    const [first, second] = [
      change['callsOfTheFirstDllAfterTheChange'],
      change['callsOfTheSecondDllAfterTheChange'],
    ].map(Number);
    assert.ok((first ?? 0) + (second ?? 0) > 0);
  });

  it('puts every answer onto a page that loads nothing', () => {
    const page = toPage(report);
    for (const { id } of probes) assert.ok(page.includes(`<section id="${id}">`), id);
    assert.doesNotMatch(page, /<script|<link|<img|\ssrc=|url\(/iu);
  });

  it('tells what kept a question from being asked', async () => {
    const { answer: told } = await answer({
      id: 'x',
      question: 'x?',
      how: 'x',
      ask: () => Promise.reject(new Error('there is no x')),
    });
    assert.deepEqual(told, { unanswered: 'there is no x' });
  });
});
