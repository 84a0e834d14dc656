// `eaphost auth` with --ladder, --html and --pcap.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

import type { AuthReport } from '../../lib/cli/auth-report.js';
import { eaphost } from '../cli/support.js';

describe('eaphost auth, keeping the conversation', function () {
  this.timeout(180_000);
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-record-'));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('draws it, and writes a page and a capture', async () => {
    const [html, pcap] = [join(folder, 'a.html'), join(folder, 'a.pcapng')];
    const args = ['auth', '--method', 'peap-mschapv2', '--runtime', 'embedded'];
    const { code, stdout, stderr } = await eaphost([...args, '--ladder', '--html', html, '--pcap', pcap]);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /\|<-+ Response \d+ PEAP .*ClientHello --\|/u);
    assert.match(stdout, /ProcessReceivedPacket \+ GetResult/u);
    assert.ok(!stdout.includes('\u001b'), 'no colours where there is no terminal');
    const page = readFileSync(html, 'utf8');
    assert.match(page, /<title>demo, peap-mschapv2<\/title>/u);
    for (const row of [
      /<div class="verdict good">accepted<\/div>/u,
      /<dt>keys<\/dt><dd>the same on both sides<\/dd>/u,
      /<dt>method<\/dt><dd>peap<\/dd>.*<dt>inner method<\/dt><dd>eap-mschapv2<\/dd>/u,
      /<dt>server name<\/dt><dd>radius\.example\.org<\/dd><dt>certificate<\/dt><dd>valid until 20\d\d-/u,
      /<dt>times<\/dt><dd>open [\d.]+, /u,
    ]) {
      assert.match(page, row);
    }
    assert.match(stdout, /^server {3}radius\.example\.org, certificate valid until 20\d\d-/mu);
    assert.ok(!page.includes('demo-password'));
    const { stdout: list } = spawnSync('tshark', ['-r', pcap], { encoding: 'utf8' });
    assert.match(list, /Client Hello/u);
    assert.match(list, /Success/u);
  });

  it('keeps a rejection, and what came to no end', async () => {
    const [html, pcap] = [join(folder, 'b.html'), join(folder, 'b.pcapng')];
    const silent = ['--server', '127.0.0.1:9', '--secret', 's', '--identity', 'a', '--timeout', '0.5'];
    const passwords = join(folder, 'password');
    writeFileSync(passwords, 'wrong');
    const rejected = await eaphost(['auth', '--password-file', passwords, '--html', html]);
    assert.equal(rejected.code, 1);
    const page = readFileSync(html, 'utf8');
    assert.match(page, /Failure/u);
    assert.match(page, /<div class="verdict bad">rejected<\/div>/u);
    assert.match(
      page,
      /<dt>reason<\/dt><dd>EAP_E_USER_NAME_PASSWORD_REJECTED: .*<dt>to do<\/dt><dd>check the name/u,
    );
    assert.ok(page.indexOf('check the name') < page.indexOf('id="conversation"'));
    const files = ['--pcap', pcap, '--html', html];
    const lost = await eaphost(['auth', ...silent, '--password-file', passwords, ...files]);
    assert.equal(lost.code, 2);
    const end = readFileSync(html, 'utf8');
    assert.match(
      end,
      /bad">no verdict<\/div>.*<dt>reason<\/dt><dd>127\.0\.0\.1:9 did not answer.*<dt>to do<\/dt>/su,
    );
    assert.ok(existsSync(pcap));
  });

  for (const option of ['--html', '--pcap']) {
    it(`tries the file of ${option} before anything is sent`, async () => {
      const args = ['auth', '--runtime', 'embedded', option, join(folder, 'none', 'x.html'), '--json'];
      const { code, stdout, stderr } = await eaphost(args);
      assert.equal(code, 2);
      const { exitCode, error }: { exitCode: number; error: { code: string } } = JSON.parse(stdout);
      assert.deepEqual([exitCode, error.code], [2, 'EAPHOST_USAGE']);
      assert.match(stderr, /^eaphost auth: [^\n]*x\.html cannot be written \(ENOENT\)[^\n]*\n$/u);
    });

    it(`tells the verdict where ${option} fails in the end, and writes the other file`, async () => {
      const other = join(folder, 'other');
      const files = [option, '/dev/full', option === '--html' ? '--pcap' : '--html', other];
      const outcome = await eaphost(['auth', '--runtime', 'embedded', ...files, '--json'], {
        EAPHOST_PASSWORD: 'wrong',
      });
      assert.equal(outcome.code, 2);
      const { error, ...report }: AuthReport & { error: { message: string } } = JSON.parse(outcome.stdout);
      assert.deepEqual([report.verdict, report.exitCode], ['rejected', 2]);
      assert.equal(report.reason?.name, 'EAP_E_USER_NAME_PASSWORD_REJECTED');
      assert.match(error.message, /^\/dev\/full cannot be written \(ENOSPC\)$/u);
      assert.match(outcome.stderr, /^verdict {2}rejected$[^]*^eaphost auth: \/dev\/full cannot be written/mu);
      assert.ok(statSync(other).size > 100);
    });
  }

  it('leaves what was in a file where the conversation is not begun', async () => {
    const kept = join(folder, 'kept');
    writeFileSync(kept, 'of yesterday');
    const { code } = await eaphost(['auth', '--html', kept, '--pcap', join(folder, 'none', 'x')]);
    assert.equal(code, 2);
    assert.equal(readFileSync(kept, 'utf8'), 'of yesterday');
  });
});
