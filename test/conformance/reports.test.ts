// The files that a run leaves, read by the programs that they are for: xmllint with a schema, a parser of TAP, a browser
// and tshark.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';
import { Parser } from 'tap-parser';

import type { CaseResult } from '../../lib/conformance/case.js';
import { conformPeer } from '../../lib/conformance/index.js';
import { CaseRecord } from '../../lib/conformance/record.js';
import { toCapture, toJUnit, toTap } from '../../lib/conformance/reports.js';
import { toResultsPage } from '../../lib/conformance/results-page.js';
import { attributeTypes } from '../../lib/eap/attributes.js';
import { eapPacket } from '../../lib/eap/packet.js';
import { splitEapMessage } from '../../lib/radius/attributes.js';
import { encodeDatagram } from '../../lib/conformance/datagram.js';
import { overflowing } from '../diagnostics/support.js';
import { peerMutants } from './mutants/index.js';
import { peerTarget } from './subjects.js';

const root = join(import.meta.dirname, '..', '..', '..');
const startedAt = Date.parse('2026-11-22T10:00:00Z');

/** A run with every verdict: a peer that is wrong in one way, and what no run has by itself. */
async function run(): Promise<CaseResult[]> {
  const [[id, mutant] = ['', {}]] = Object.entries(peerMutants);
  const only = [id, 'rfc3748-*'];
  const results = await conformPeer(peerTarget('mschapv2', mutant), { only });
  const [first] = results;
  assert.ok(first);
  return [
    ...results,
    {
      ...first,
      id: 'rfc9999-1-odd',
      source: { document: 'RFC <9999> & "others"', section: '1' },
      verdict: 'failed',
      reason: 'it said <b>"\u001B[31m# not"</b> & \\more\nthan one line',
      packets: [],
    },
    { ...first, id: 'rfc9999-2-known', verdict: 'failed', reason: 'as ever' },
    { ...first, id: 'rfc9999-3-unclear', verdict: 'inconclusive', reason: 'it took too long' },
    { ...first, id: 'rfc9999-5-allowed', level: 'MAY', verdict: 'remark', reason: 'it did not' },
    {
      ...first,
      id: 'rfc9999-6-cause',
      verdict: 'failed',
      reason: 'as the odd one',
      sameCauseAs: 'rfc9999-1-odd',
    },
    { ...first, id: 'rfc9999-4-other', verdict: 'notApplicable', reason: 'it is about tls' },
  ];
}

describe('The reports of a run', function () {
  this.timeout(120_000);
  const baseline = new Map([['rfc9999-2-known', 'mended in the next version']]);
  const tried = { host: 'peer.example & <co>', eaphost: '1.2.3' };
  const options = { title: 'Conformance of a peer', tried, baseline, startedAt };
  let results: CaseResult[];
  let folder: string;
  let failed: CaseResult;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-reports-'));
    results = await run();
    const found = results.find(({ verdict, packets }) => verdict === 'failed' && packets.length > 3);
    assert.ok(found, 'the wrong peer fails a case');
    failed = found;
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const count = (verdict: string): number => results.filter((each) => each.verdict === verdict).length;

  it('are JUnit XML by its schema, in which only new failures fail', () => {
    const file = join(folder, 'junit.xml');
    const xml = toJUnit(results, options);
    writeFileSync(file, xml);
    const schema = join(root, 'test', 'conformance', 'junit.xsd');
    const check = (path: string) =>
      spawnSync('xmllint', ['--noout', '--nonet', '--schema', schema, path], { encoding: 'utf8' });
    const { status, stderr, error } = check(file);
    if (error) throw error;
    assert.equal(status, 0, stderr);
    const value = (path: string): number =>
      Number(spawnSync('xmllint', ['--xpath', path, file], { encoding: 'utf8' }).stdout);
    assert.equal(value('count(//testcase)'), results.length);
    assert.equal(value('count(//testcase/failure)'), count('failed') - 1);
    assert.equal(value('number(/testsuites/@failures)'), count('failed') - 1);
    assert.equal(
      value('number(/testsuites/@skipped)'),
      count('notApplicable') + count('inconclusive') + count('remark') + 1,
    );
    assert.match(xml, /<property name="host" value="peer\.example &amp; &lt;co&gt;"\/>/u);
    assert.match(xml, /the same cause as rfc9999-1-odd/u);
    assert.match(xml, /message="must [^"]+; instead [^"]+"/u);
    assert.equal(value('sum(//testsuite/@tests)'), results.length);
    // The schema can refuse.
    writeFileSync(file, xml.replace('<testcase name=', '<testcase nom='));
    assert.notEqual(check(file).status, 0);
  });

  it('are TAP, in which known failures are to do', () => {
    const { ok, count: total, fail, skip, todo, failures } = parseTap(toTap(results, options));
    assert.equal(ok, false);
    assert.equal(total, results.length);
    assert.equal(todo, 1);
    assert.equal(skip, count('notApplicable') + count('inconclusive') + count('remark'));
    assert.equal(fail, count('failed'));
    const odd = failures.find(({ name }) => name === 'rfc9999-1-odd');
    assert.ok(odd);
    assert.match(String(odd.diag?.['message']), /it said <b>"/u);
    const passed = results.filter(({ verdict }) => verdict === 'passed');
    assert.equal(parseTap(toTap(passed, options)).ok, true);
  });

  it('are a capture for each failed case, in which tshark finds RADIUS and its EAP', () => {
    const file = join(folder, 'case.pcapng');
    writeFileSync(file, toCapture(failed, startedAt)!);
    const fields = [
      'frame.time_epoch',
      'udp.dstport',
      'radius.code',
      'radius.id',
      'eap.code',
      'ip.checksum.status',
    ];
    const args = [
      '-r',
      file,
      '-o',
      'ip.check_checksum:TRUE',
      '-T',
      'fields',
      '-E',
      'separator=;',
      '-E',
      'occurrence=f',
    ];
    const { status, stdout, stderr, error } = spawnSync(
      'tshark',
      [...args, ...fields.flatMap((name) => ['-e', name])],
      { encoding: 'utf8' },
    );
    if (error) throw error;
    assert.equal(status, 0, stderr);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(';'));
    assert.equal(rows.length, failed.packets.length);
    for (const [index, row] of rows.entries()) {
      const { atMs, direction, datagram, eap } = failed.packets[index]!;
      assert.ok(Math.abs(Number(row[0]) * 1000 - startedAt - atMs) < 1);
      assert.equal(row[1] === '1812', direction === 'received');
      assert.deepEqual([Number(row[2]), Number(row[3])], [datagram?.[0], datagram?.[1]]);
      assert.equal(Number(row[4]), eap?.[0]);
      assert.equal(row[5], '1', 'the checksum is good');
    }
    assert.equal(toCapture({ ...failed, packets: [] }, startedAt), undefined);
    // A method DLL is called: its packets are those of a link.
    const response = { atMs: 1, direction: 'received', eap: eapPacket(2, 1, Buffer.of(3, 0)) } as const;
    writeFileSync(file, toCapture({ ...failed, kind: 'method', packets: [response] }, startedAt)!);
    const link = spawnSync('tshark', ['-r', file, '-Y', 'eapol && eap.code == 2'], { encoding: 'utf8' });
    assert.equal(link.stdout.trim().split('\n').length, 1);
  });

  it('hold no password that a method sends as it is', () => {
    const record = new CaseRecord();
    const eap = eapPacket(
      2,
      1,
      Buffer.concat([Buffer.of(6), Buffer.from('the long and secret word '.repeat(20))]),
    );
    const attributes = [
      { type: attributeTypes.UserName, value: Buffer.from('alice') },
      ...splitEapMessage(eap),
    ];
    const message = { code: 1, id: 1, authenticator: Buffer.alloc(16), attributes };
    record.datagram('received', encodeDatagram(message, Buffer.from('s')));
    record.eap('received', eap);
    const kept = { ...failed, packets: record.packets };
    const capture = toCapture(kept, startedAt)!.toString('latin1');
    for (const report of [capture, toResultsPage([kept], options)]) {
      assert.doesNotMatch(report, /secret/u);
      assert.match(report, /alice/u);
    }
  });

  it('are a page that a browser shows, from a telephone to paper', async () => {
    const file = join(folder, 'results.html');
    writeFileSync(file, toResultsPage(results, options));
    const browser = await chromium.launch({
      executablePath: '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
      ],
    });
    try {
      const page = await browser.newPage();
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('request', (request) => requests.push(request.url()));
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      const url = pathToFileURL(file).href;
      await page.goto(url);
      assert.deepEqual([requests, complaints], [[url], []]);
      for (const landmark of ['banner', 'navigation', 'main'] as const) {
        assert.equal(await page.getByRole(landmark).count(), 1, landmark);
      }
      for (const { source } of results) {
        assert.equal(await page.getByRole('region', { name: source.document, exact: true }).count(), 1);
      }
      assert.equal(await page.locator('section > details').count(), results.length);
      assert.match(await page.locator('.verdict').innerText(), /^\d+ of \d+ cases failed anew$/u);
      const shown = page.locator(`details[id="${failed.id}"]`);
      assert.ok((await shown.innerText()).includes(failed.remedy));
      assert.equal(await shown.locator('.arrow').count(), failed.packets.length);
      assert.ok((await page.locator('details[id="rfc9999-1-odd"]').innerText()).includes('<b>"'));
      assert.ok((await page.locator('details[id="rfc9999-2-known"]').innerText()).includes('known failure'));
      const folded = page.locator('details[id="rfc9999-6-cause"] > summary');
      assert.match(await folded.innerText(), /the same cause as rfc9999-1-odd$/u);
      assert.match(await page.locator('header').innerText(), /host: peer\.example & <co>/u);
      assert.match((await shown.locator('a').first().getAttribute('href')) ?? '', /^https:.*#section-/u);
      // The list of failures leads to each.
      await page.locator('.outcome a').first().click();
      assert.ok(results.some(({ id }) => page.url().endsWith(`#${id}`)));
      const pictures = join(root, 'build', 'screenshots');
      mkdirSync(pictures, { recursive: true });
      for (const isOpen of [false, true]) {
        if (isOpen)
          await page.evaluate(
            'document.querySelectorAll("details").forEach((each) => { each.open = true; })',
          );
        for (const [name, width, media, colorScheme] of [
          ['telephone', 320, 'screen', 'light'],
          ['tablet', 768, 'screen', 'dark'],
          ['window', 1280, 'screen', 'light'],
          ['a4', 794, 'print', 'light'],
        ] as const) {
          await page.setViewportSize({ width, height: 900 });
          await page.emulateMedia({ media, colorScheme });
          assert.deepEqual(await page.evaluate(overflowing), [], name);
          await page.evaluate('scrollTo(0, 0)');
          if (!isOpen) await page.screenshot({ path: join(pictures, `conformance-${name}.png`) });
        }
      }
      // The picture of the guide, which is copied from there.
      const real = results.filter(({ id }) => !id.startsWith('rfc9999'));
      writeFileSync(file, toResultsPage(real, { title: 'Conformance of a peer', startedAt }));
      await page.emulateMedia({ media: 'screen', colorScheme: 'light' });
      await page.setViewportSize({ width: 860, height: 620 });
      await page.goto(url);
      await page.screenshot({ path: join(pictures, 'conformance.png') });
    } finally {
      await browser.close();
    }
  });
});

interface Tap {
  readonly ok: boolean;
  readonly count: number;
  readonly fail: number;
  readonly skip: number;
  readonly todo: number;
  readonly failures: readonly { readonly name: string; readonly diag?: Readonly<Record<string, unknown>> }[];
}

function parseTap(text: string): Tap {
  let final: unknown;
  const asserted: unknown[] = [];
  const parser = new Parser({ strict: true }, (results) => (final = results));
  parser.on('assert', (each) => asserted.push(each));
  parser.end(text);
  const { ok, count, fail, skip, todo } = final as Tap;
  return { ok, count, fail, skip, todo, failures: asserted as Tap['failures'] };
}
