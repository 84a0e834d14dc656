// `eaphost conform fuzz` with programs of others: eapol_test as the peer, FreeRADIUS as the server, and a peer that a
// signal ends.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findProgram } from '../interop/programs.js';
import { startFreeRadius } from '../interop/servers.js';
import { certificates } from '../methods/tls/certificates.js';

const program = fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url));
const [secret, password] = ['between us', 'Pa$$w0rd'];

interface Outcome {
  readonly code: number | null;
  readonly said: string;
  /** Rules that did not pass. */
  readonly failed: readonly string[];
}

describe('eaphost conform fuzz', function () {
  this.timeout(600_000);
  let folder: string;
  let eapolTest: readonly string[];
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-fuzz-'));
    const path = findProgram('eapol_test', 'eapoltest');
    eapolTest = [path, '-a', '127.0.0.1', '-p', '{port}', '-s', '{secret}', '-c', '{config}', '-t', '20'];
    writeFileSync(join(folder, 'secret.txt'), secret);
    writeFileSync(join(folder, 'password.txt'), password);
    writeFileSync(join(folder, 'ca.pem'), certificates().ca);
    // FreeRADIUS 3.2 takes the right request for a duplicate of one with wrong sums, for about a second.
    const known = 'fuzz-discard ignores a request behind one of the same identifier with wrong sums\n';
    writeFileSync(join(folder, 'freeradius.txt'), known);
    // hostap 2.10 takes a request off its list before it looks at the sums of the reply, and sends it no more. RFC 2865, 3
    // has such a reply silently discarded: it must change nothing.
    writeFileSync(
      join(folder, 'hostap.txt'),
      'fuzz-discard forgets its request at a reply with wrong sums\n',
    );
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function fuzz(...args: readonly string[]): Promise<Outcome> {
    const child = spawn(
      process.execPath,
      [program, 'conform', 'fuzz', '--json', '--concurrency', '16', ...args],
      {
        cwd: folder,
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let [said, json] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (json += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
    const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
    const { cases = [] } = JSON.parse(json) as {
      cases?: readonly { readonly id: string; readonly verdict: string }[];
    };
    const failed = cases.filter(({ verdict }) => verdict !== 'passed').map(({ id }) => id);
    return { code, said, failed };
  }

  /** A peer that a signal ends whenever it does not succeed. */
  const crashing = () => ['sh', '-c', `"$0" "$@" >/dev/null || kill -SEGV $$`, ...eapolTest];

  it('keeps what a crash of the peer took as a file, and replays it', async () => {
    // A seed whose rounds end in words: what ends in silence takes twenty seconds each time.
    const args = ['--method', 'mschapv2', '--seed', '2', '--rounds', '4'];
    const { code, said, failed } = await fuzz(
      ...args,
      '--keep',
      'found',
      '--junit',
      'j.xml',
      '--',
      ...crashing(),
    );
    assert.equal(code, 1, said);
    assert.ok(failed.includes('fuzz-crash'), said);
    assert.match(said, /ended by SIGSEGV/u);
    assert.match(readFileSync(join(folder, 'j.xml'), 'utf8'), /<testcase name="fuzz-crash"[^>]*><failure/u);
    const files = readdirSync(join(folder, 'found')).filter((name) => name.endsWith('-crash.json'));
    assert.ok(files.length > 0);
    const replay = ['--method', 'mschapv2', '--replay', join('found', files[0]!), '--'];
    const again = await fuzz(...replay, ...crashing());
    assert.deepEqual([again.code, again.failed], [1, ['fuzz-crash']], again.said);
    const healthy = await fuzz('--baseline', 'hostap.txt', ...replay, ...eapolTest);
    assert.equal(healthy.code, 0, healthy.said);
  });

  it('takes a verdict out of megabytes that a peer says besides, as fast as they come', async () => {
    const talkative = 'head -c 8388608 /dev/zero | tr "\\0" x; exec "$0" "$@"';
    const args = ['--method', 'mschapv2', '--seed', '6', '--rounds', '1'];
    const { code, said } = await fuzz(...args, '--', 'sh', '-c', talkative, ...eapolTest);
    assert.equal(code, 0, said);
  });

  it('refuses a pair that does not succeed undisturbed, and what is no kept case', async () => {
    const { code, said } = await fuzz('--method', 'md5', '--', 'false');
    assert.equal(code, 2, said);
    assert.match(said, /does not succeed undisturbed: exit code 1/u);
    writeFileSync(join(folder, 'no.json'), '{}');
    assert.equal((await fuzz('--replay', 'no.json')).code, 2);
    assert.equal((await fuzz('--seed', '1.5')).code, 2);
  });

  for (const [rounds, mark] of [
    [30, ''],
    [300, ' @long'],
  ] as const) {
    const some = ['--seed', '2', '--rounds', String(rounds)];
    const hostap = ['--baseline', 'hostap.txt'];
    const tunnel = ['--method', 'peap-mschapv2'];

    it(`finds nothing new between eapol_test and our server, in ${rounds} rounds${mark}`, async () => {
      const { code, said } = await fuzz(...some, ...hostap, ...tunnel, '--', ...eapolTest);
      assert.equal(code, 0, said);
    });

    it(`finds nothing new at FreeRADIUS, of our supplicant and of eapol_test, in ${rounds} rounds${mark}`, async () => {
      await using server = await startFreeRadius({
        secret,
        users: { alice: password },
        firstMethod: 'mschapv2',
        tls: { maxVersion: 'TLSv1.3' },
      });
      const user = ['--identity', 'alice', '--password-file', 'password.txt', '--ca', 'ca.pem'];
      const pair = [
        '--server',
        `127.0.0.1:${server.port}`,
        '--secret-file',
        'secret.txt',
        ...user,
        ...tunnel,
      ];
      const ours = await fuzz(...some, ...pair, '--baseline', 'freeradius.txt');
      assert.equal(ours.code, 0, ours.said);
      const theirs = await fuzz(...some, ...hostap, ...pair, '--', ...eapolTest);
      assert.equal(theirs.code, 0, theirs.said);
    });
  }
});
