// The files that diagnostics write, read by the programs that they are for: a headless browser and tshark.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium } from 'playwright-core';

import * as diagnostics from '../../lib/diagnostics/index.js';
import { overflowing, record, type Recorded } from './support.js';

/** In the page: how bright a picture is on average, 0 to 255. */
const brightness = `async (picture) => {
  const image = await createImageBitmap(new Blob([Uint8Array.from(atob(picture), (each) => each.charCodeAt(0))]));
  const canvas = new OffscreenCanvas(image.width, image.height).getContext('2d');
  canvas.drawImage(image, 0, 0);
  const { data } = canvas.getImageData(0, 0, image.width, image.height);
  return data.reduce((sum, octet, at) => sum + (at % 4 === 3 ? 0 : octet), 0) / (data.length * 0.75);
}`;

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
      const rows = (await page.locator('#packet-2 pre').innerText()).split('\n');
      assert.ok(
        rows
          .map((row) => row.slice(31))
          .join('')
          .includes('alice'),
        rows.join('\n'),
      );
      assert.ok((await page.locator('.error').allInnerTexts()).includes('ERROR_<b>: what "it" said'));
      assert.ok((await page.locator('body').innerText()).includes('EapHostPeerProcessReceivedPacket'));
      // An arrow is drawn: it has a width, and a colour of its own.
      const box = await page.locator('.arrow').first().boundingBox();
      assert.ok(box !== null && box.width > 100);
      for (const landmark of ['banner', 'navigation', 'main'] as const) {
        assert.equal(await page.getByRole(landmark).count(), 1, landmark);
      }
      for (const name of ['Outcome', 'Conversation', 'Packets', 'Calls']) {
        assert.equal(await page.getByRole('region', { name, exact: true }).count(), 1, name);
      }
      await page.evaluate('document.querySelectorAll("details").forEach((each) => { each.open = true; })');
      const pictures = join(import.meta.dirname, '..', '..', '..', 'build', 'screenshots');
      mkdirSync(pictures, { recursive: true });
      for (const [name, width, media, colorScheme] of [
        ['telephone', 320, 'screen', 'light'],
        ['tablet', 768, 'screen', 'dark'],
        ['window', 1280, 'screen', 'light'],
        ['wide-window', 1920, 'screen', 'dark'],
        // A4, in pixels of CSS.
        ['a4', 794, 'print', 'light'],
        ['a4-of-a-dark-window', 794, 'print', 'dark'],
      ] as const) {
        await page.setViewportSize({ width, height: 700 });
        await page.emulateMedia({ media, colorScheme });
        // Nothing is wider than the window, and nothing in it scrolls sideways or is cut off.
        assert.deepEqual(await page.evaluate(overflowing), [], name);
        await page.evaluate('scrollTo(0, 0)');
        const verdict = await page.locator('.verdict').boundingBox();
        assert.ok(verdict !== null && verdict.y + verdict.height < 400, `the verdict is seen first: ${name}`);
        const picture = await page.screenshot({ path: join(pictures, `page-${name}.png`) });
        const light = Number(await page.evaluate(`(${brightness})('${picture.toString('base64')}')`));
        const isDark = colorScheme === 'dark' && media === 'screen';
        assert.ok(isDark ? light < 90 : light > 200, `${name}: ${light}`);
      }
      const print = await page.pdf({ format: 'A4', path: join(pictures, 'page.pdf') });
      assert.ok(print.length > 1000);
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

describe('A page without an outcome of its own', () => {
  it('has the one that the events tell at its top', async () => {
    const { events } = await record('wrong');
    const page = diagnostics.toHtml(events, { title: 'x' });
    const [top = ''] = page.split('id="conversation"');
    assert.match(top, /<div class="verdict bad">rejected<\/div>/u);
    assert.match(
      top,
      /<dt>reason<\/dt><dd>EAP_E_USER_NAME_PASSWORD_REJECTED: .*<dt>to do<\/dt><dd>the network/u,
    );
    assert.match(top, /<dt>method<\/dt><dd>EAP-MSCHAPv2<\/dd>/u);
    const good = diagnostics.toHtml((await record()).events, { title: 'x', outcome: { keys: 'the same' } });
    assert.match(good, /<div class="verdict good">accepted<\/div>\n<dl>.*<dt>keys<\/dt><dd>the same/u);
    assert.match(diagnostics.toHtml([], { title: 'x' }), /<div class="verdict bad">no verdict<\/div>/u);
  });
});
