// The page in a headless browser, and the capture in tshark: what is written is read by those whom it is for.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import * as diagnostics from '../../lib/diagnostics/index.js';
import { record, type Recorded } from './support.js';

describe('A recorded conversation', function () {
  this.timeout(120_000);
  let folder: string;
  let recorded: Recorded;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-files-'));
    recorded = await record();
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is a page that a browser shows, with everything in it and nothing loaded', async () => {
    const file = join(folder, 'conversation.html');
    const failing = { ...recorded.events[0]!, error: { code: 'ERROR_<b>', message: 'what "it" said' } };
    writeFileSync(
      file,
      diagnostics.toHtml([...recorded.events, failing], { title: 'alice & server', summary: ['accepted'] }),
    );
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
      assert.deepEqual(requests, [url]);
      assert.deepEqual(complaints, []);
      assert.equal(await page.title(), 'alice & server');
      assert.equal(await page.locator('.arrow').count(), 7);
      assert.equal(await page.locator('tr[id^=packet-]').count(), 7);
      assert.ok((await page.locator('#packet-2').innerText()).includes('Response'));
      await page.locator('#packet-2 summary').click();
      assert.ok((await page.locator('#packet-2 pre').innerText()).includes('alice'));
      assert.ok((await page.locator('.error').allInnerTexts()).includes('ERROR_<b>: what "it" said'));
      assert.ok((await page.locator('body').innerText()).includes('EapHostPeerProcessReceivedPacket'));
      // An arrow is drawn: it has a width, and a colour of its own.
      const box = await page.locator('.arrow').first().boundingBox();
      assert.ok(box !== null && box.width > 100);
      // Nothing is wider than the window, on a small one too.
      await page.setViewportSize({ width: 1000, height: 700 });
      assert.ok(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'));
    } finally {
      await browser.close();
    }
  });

  it('is a capture that tshark decodes', () => {
    const file = join(folder, 'conversation.pcapng');
    const packets = recorded.events.filter((event) => event.kind === 'packet');
    writeFileSync(file, diagnostics.toPcapng(packets));
    const fields = [
      'frame.time_epoch',
      'eth.src',
      'eapol.type',
      'eap.code',
      'eap.id',
      'eap.len',
      'eap.type',
      'eap.identity',
    ];
    const args = ['-r', file, '-T', 'fields', ...fields.flatMap((name) => ['-e', name]), '-E', 'separator=;'];
    const { status, stdout, stderr, error } = spawnSync('tshark', args, { encoding: 'utf8' });
    if (error) throw error;
    assert.equal(status, 0, stderr);
    const rows = stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(';'));
    assert.equal(rows.length, packets.length);
    for (const [index, row] of rows.entries()) {
      const { packet, at, direction } = packets[index]!;
      assert.ok(Math.abs(Number(row[0]) * 1000 - at) < 1, `${row[0]} is ${at} ms`);
      assert.equal(row[1], direction === 'sent' ? '00:00:5e:00:53:01' : '00:00:5e:00:53:02');
      assert.equal(Number(row[2]), 0);
      assert.equal(Number(row[3]), packet[0]);
      assert.equal(Number(row[4]), packet[1]);
      assert.equal(Number(row[5]), packet.length);
      assert.equal(row[6], packet.length > 4 ? String(packet[4]) : '');
    }
    assert.equal(rows[1]![7], 'alice');
    // Nothing that its experts call malformed.
    const check = spawnSync('tshark', ['-r', file, '-Y', '_ws.malformed'], { encoding: 'utf8' });
    assert.equal(check.stdout, '');
  });
});
