// `eaphost auth` with --ladder, --html and --pcap.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';

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
    assert.match(readFileSync(html, 'utf8'), /Failure/u);
    const lost = await eaphost(['auth', ...silent, '--password-file', passwords, '--pcap', pcap]);
    assert.equal(lost.code, 2);
    assert.ok(existsSync(pcap));
  });

  it('says which file it cannot write', async () => {
    const args = ['auth', '--runtime', 'embedded', '--html', join(folder, 'none', 'x.html'), '--json'];
    const { code, stdout, stderr } = await eaphost(args);
    assert.equal(code, 2);
    const { exitCode, error }: { exitCode: number; error: { code: string } } = JSON.parse(stdout);
    assert.deepEqual([exitCode, error.code], [2, 'EAPHOST_USAGE']);
    assert.match(stderr, /x\.html cannot be written \(ENOENT\)/u);
  });
});
