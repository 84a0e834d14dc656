// Reports of subjects that answer with characters which no XML 1.0 document can hold, however they are written: what is
// written is well-formed all the same.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

import { printable } from '../../lib/base/printable.js';
import type { CaseResult } from '../../lib/conformance/case.js';
import { toJUnit } from '../../lib/conformance/reports.js';
import { toResultsPage } from '../../lib/conformance/results-page.js';
import { indexOfForbidden } from '../../lib/profiles/xml.js';

/** Every code unit that stands for no character of XML by itself. */
const forbidden = Array.from({ length: 0x1_0000 }, (_, unit) => String.fromCharCode(unit)).filter(
  (character) => indexOfForbidden(character) !== -1,
);

describe('Reports of forbidden characters', () => {
  const text = forbidden.join('a');
  const result: CaseResult = {
    id: 'rfc9999-1-odd',
    kind: 'peer',
    title: text,
    level: 'MUST',
    source: { document: text, section: text, url: 'https://example.org/' },
    remedy: text,
    verdict: 'failed',
    reason: text,
    elapsedMs: 1,
    packets: [],
  } as unknown as CaseResult;
  const options = { title: 'a run', baseline: new Map([['known', text]]), startedAt: 0 };

  it('there are 29 controls, 2,048 surrogates, U+FFFE and U+FFFF', () => {
    assert.equal(forbidden.length, 29 + 2048 + 2);
  });

  it('are JUnit XML by its schema', () => {
    const xml = toJUnit([result, { ...result, id: 'known' }], options);
    const schema = join(import.meta.dirname, '..', '..', '..', 'test', 'conformance', 'junit.xsd');
    const run = spawnSync('xmllint', ['--noout', '--nonet', '--huge', '--schema', schema, '-'], {
      encoding: 'utf8',
      input: xml,
    });
    if (run.error) throw new Error('xmllint is missing: install libxml2-utils', { cause: run.error });
    assert.equal(run.status, 0, run.stderr.slice(0, 2000));
    assert.ok(xml.includes(String.raw`a\ufffea\uffff`));
  });

  it('are a page without any', () => {
    assert.equal(indexOfForbidden(toResultsPage([result], options)), -1);
  });

  it('escape what is no character in the other planes, too', () => {
    assert.equal(printable('\u{1FFFE}\uFDD0\u{1F511}'), String.raw`\u{1fffe}\ufdd0` + '\u{1F511}');
  });
});
