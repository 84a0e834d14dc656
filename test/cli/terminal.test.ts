// `eaphost` at a real terminal: colours, what it is doing, Ctrl+C. Linux only: script makes the terminal.

import assert from 'node:assert/strict';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { open } from 'node:fs/promises';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createSocket, type Socket } from 'node:dgram';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { signalChild } from '../support/process-group.js';
import { cleanEnvironment, main } from './support.js';

const command = `'${process.execPath}' '${main}'`;
const escape = '\u001B[';

/** Runs a line of sh in a terminal; gives all that the terminal was sent. */
function atTerminal(
  line: string,
  env: Readonly<Record<string, string>> = {},
): { status: number | null; shown: string } {
  const { status, stdout } = spawnSync('script', ['-qec', line, '/dev/null'], {
    encoding: 'utf8',
    env: cleanEnvironment({ TERM: 'xterm-256color', ...env }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  return { status, shown: stdout };
}

/** What stays on the terminal of what it was sent: a cleared line is gone. */
function remaining(shown: string): string {
  return shown
    .split('\n')
    .map((line) => line.split(`\r${escape}2K`).at(-1)?.replaceAll('\r', '') ?? '')
    .join('\n');
}

if (process.platform === 'linux') {
  describe('eaphost at a terminal', function () {
    this.timeout(60_000);
    let folder: string;

    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'eaphost-terminal-'));
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    it('colours what it finds, and shows what it is doing while it does it', () => {
      const { status, shown } = atTerminal(`${command} doctor`);
      assert.equal(status, 0, shown);
      assert.ok(shown.includes(`${escape}32mok     ${escape}0m  Node`), shown);
      assert.ok(shown.includes(`\r${escape}2Klooking at the embedded run-time ...`), shown);
      assert.ok(!remaining(shown).includes(' ...'), remaining(shown));
      assert.match(remaining(shown), /errors, \d+ warnings\n$/u);
    });

    it('has no colours with NO_COLOR, and no escapes at all with TERM=dumb', () => {
      const plain = atTerminal(`${command} doctor`, { NO_COLOR: '1' }).shown;
      assert.ok(!plain.includes(`${escape}3`) && plain.includes('looking at'), plain);
      const dumb = atTerminal(`${command} doctor`, { TERM: 'dumb' }).shown;
      assert.ok(!dumb.includes(escape) && !dumb.includes('looking at'), dumb);
    });

    it('shows what it is doing where its output goes into a file, and no colours there', () => {
      const file = join(folder, 'auth.txt');
      const { status, shown } = atTerminal(`${command} auth --ladder > '${file}'`);
      assert.equal(status, 0, shown);
      assert.match(shown, /waiting for the built-in server, transmission 1 \.\.\./u);
      assert.equal(remaining(shown).trim(), '');
      const kept = readFileSync(file, 'utf8');
      assert.match(kept, /^verdict {2}accepted$/mu);
      assert.ok(!kept.includes(escape), kept);
    });

    it('shows nothing beside the lines for people with --json', () => {
      for (const args of ['doctor', 'auth', 'completion bash']) {
        const { shown } = atTerminal(`${command} ${args} --json 2>&1 >/dev/null`);
        assert.ok(!shown.includes(' ...') && !shown.includes(`${escape}2K`), shown);
      }
    });

    it('tells of a secret on the command line, which others can see', () => {
      const args = '--server 127.0.0.1:9 --identity a --timeout 0.5';
      const password = { EAPHOST_PASSWORD: 'p', EAPHOST_SECRET: 'hidden' };
      assert.match(
        atTerminal(`${command} auth ${args} --secret s`, password).shown,
        /--secret can be seen by other users/u,
      );
      const quiet = atTerminal(`${command} auth ${args}`, password);
      assert.match(remaining(quiet.shown), /did not answer within 0\.5 s/u);
      assert.ok(!quiet.shown.includes('can be seen'));
    });

    it('asks for a password, shows none of it, and ends with 130 after Ctrl+C', async () => {
      const args = `${command} auth --server 127.0.0.1:9 --secret s --identity alice --timeout 0.5`;
      for (const [typed, status, sentence] of [
        ['hunter2\r', 2, /did not answer/u],
        ['hun\u0003', 130, /eaphost auth:.* no password was given/u],
      ] as const) {
        const child = spawn('script', ['-qec', args, '/dev/null'], {
          env: cleanEnvironment({ TERM: 'xterm' }),
          stdio: ['pipe', 'pipe', 'inherit'],
        });
        let shown = '';
        child.stdout.setEncoding('utf8').on('data', (text: string) => {
          // Typed ahead of the question it would be echoed by the terminal itself.
          if (!shown.includes('Password of alice: ') && (shown + text).includes('Password of alice: ')) {
            child.stdin.write(typed);
          }
          shown += text;
        });
        await once(child, 'close');
        assert.equal(child.exitCode, status, shown);
        assert.match(remaining(shown), sentence);
        assert.ok(!shown.includes('hun'), shown);
      }
    });
  });

  describe('eaphost, interrupted', function () {
    this.timeout(60_000);
    let folder: string;
    let silent: Socket;
    const children: ChildProcess[] = [];

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), 'eaphost-interrupted-'));
      silent = createSocket('udp4').bind(0, '127.0.0.1');
      await once(silent, 'listening');
    });
    afterEach(() => {
      for (const child of children.splice(0)) signalChild(child, 'SIGKILL');
    });
    after(() => {
      silent.close();
      rmSync(folder, { recursive: true, force: true });
    });

    const start = (
      ...args: readonly string[]
    ): { child: ChildProcess; texts: { out: string; err: string } } => {
      const env = cleanEnvironment({ EAPHOST_PASSWORD: 'p', EAPHOST_SECRET: 's' });
      const child = spawn(process.execPath, [main, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
      children.push(child);
      const texts = { out: '', err: '' };
      child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.out += text));
      child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.err += text));
      return { child, texts };
    };

    it('ends a conversation with 130, and keeps what passed', async () => {
      const html = join(folder, 'interrupted.html');
      const address = `127.0.0.1:${silent.address().port}`;
      const asked = once(silent, 'message');
      const args = ['--server', address, '--identity', 'a', '--timeout', '600', '--html', html, '--json'];
      const { child, texts } = start('auth', ...args);
      await asked;
      child.kill('SIGINT');
      await once(child, 'close');
      assert.equal(child.exitCode, 130, texts.err);
      const { verdict, exitCode, error }: { verdict: string; exitCode: number; error: { code: string } } =
        JSON.parse(texts.out);
      assert.deepEqual([verdict, exitCode, error.code], ['error', 130, 'EAPHOST_INTERRUPTED']);
      assert.match(texts.err, /\neaphost auth: interrupted\n$/u);
      assert.ok(existsSync(html));
    });

    it('ends what does not look after it itself, too', async () => {
      const pipe = join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      const { child, texts } = start('xml', pipe, '--to', 'options');
      // Opens when the other side is being read.
      const writer = await open(pipe, 'w');
      child.kill('SIGINT');
      await once(child, 'close');
      await writer.close();
      // A shell makes 130 of the signal.
      assert.deepEqual([child.signalCode, texts], ['SIGINT', { out: '', err: 'eaphost xml: interrupted\n' }]);
    });

    it('ends a server with 0, as it does where nobody reads its lines', async () => {
      const config = join(folder, 'serve.json');
      writeFileSync(
        config,
        JSON.stringify({ secret: 's', users: { demo: 'demo-password' }, methods: ['md5'] }),
      );
      for (const end of ['SIGINT', 'broken pipe']) {
        const { child, texts } = start('serve', '--config', config, '--port', '0', '--json');
        await once(child.stdout!, 'data');
        const closed = once(child, 'close');
        const { kind, port }: { kind: string; port: number } = JSON.parse(texts.out);
        assert.equal(kind, 'listening');
        if (end === 'SIGINT') {
          child.kill(end);
          // As a launcher passes it on.
          await new Promise((resolve) => setTimeout(resolve, 10));
          child.kill(end);
        } else {
          child.stdout!.destroy();
          const args = ['auth', '--server', `127.0.0.1:${port}`, '--identity', 'demo', '--method', 'md5'];
          await once(start(...args).child, 'close');
        }
        await closed;
        assert.equal(child.exitCode, 0, texts.err);
        if (end === 'SIGINT') assert.match(texts.out, /"kind":"stopped","exitCode":0\}\n$/u);
        assert.equal(texts.err, '');
      }
    });
  });
}
