// What every command keeps: a help text with examples, --json when it succeeds and when it fails, exit codes, no colours
// where there is no terminal.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { failureLines, failureOf } from '../../lib/cli/failure.js';
import { optionsOf } from '../../lib/cli/help.js';
import { commands as tables, type CommandRow } from '../../lib/cli/tables.js';
import { Output, takesColors, type OutputStream } from '../../lib/cli/output.js';
import { EapError } from '../../lib/base/errors.js';
import { alice, pairPath, server } from '../method-dlls/support.js';
import { ask, cleanEnvironment, eaphost, lineOf, main } from './support.js';

/** What `--json` tells of a failure. */
interface Failed {
  readonly exitCode: number;
  readonly error: { readonly code: string; readonly message: string; readonly remedy: string | null };
}

/** How a command is made to succeed and to fail, in `folder`. */
interface Case {
  /** Arguments that work here; undefined where only Windows has what it takes, and suites of their own run it there. */
  readonly good?: readonly string[];
  /** Of the JSON object of a success. */
  readonly keys?: readonly string[];
  /** Arguments that are right, and come to nothing. */
  readonly bad: readonly string[];
  readonly code: string | RegExp;
}

const windows = process.platform === 'win32';
const elsewhere = 'EAPHOST_UNSUPPORTED_PLATFORM';

describe('every command', function () {
  this.timeout(180_000);
  let folder: string;
  /** A server that does not answer. */
  let silent: Socket;
  let cases: Readonly<Record<string, Case>>;
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-contract-'));
    silent = createSocket('udp4').bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const { port } = silent.address();
    const address = `127.0.0.1:${port}`;
    const module = file('method.mjs', 'export const nothing = 1;');
    const asked = ['--server', address, '--identity', 'a', '--password-file', file('password', 'p')];
    const pair = ['--peer', pairPath, '--type', '254/99999/3', '--author', '99999'];
    const blobs = ['--config', file('config', server), '--user', file('user', alice)];
    const listed: Case = windows
      ? { good: [], keys: ['methods', 'eapHostError'], bad: ['--nothing'], code: 'EAPHOST_USAGE' }
      : { bad: [], code: elsewhere };
    cases = {
      auth: {
        good: ['--runtime', 'embedded'],
        keys: ['verdict', 'reason', 'packets', 'times'],
        bad: [...asked, '--secret-file', file('secret', 's'), '--timeout', '0.5', '--runtime', 'embedded'],
        code: 'EAPHOST_NO_VERDICT',
      },
      serve: {
        good: ['--make-test-config', join(folder, 'radius')],
        keys: ['config', 'ca', 'user'],
        bad: ['--config', file('taken.json', JSON.stringify({ secret: 's', port, methods: ['md5'] }))],
        code: 'EADDRINUSE',
      },
      wired: {
        good: ['interfaces'],
        keys: ['interfaces'],
        bad: [
          'health',
          '--interface',
          'none0',
          '--control',
          windows ? String.raw`\\.\pipe\none` : join(folder, 'none'),
        ],
        code: 'EAPHOST_NOT_RUNNING',
      },
      network: {
        good: [
          'apply',
          join('test', 'eap-config', 'fixtures', 'university.eap-config'),
          '--credentials',
          file('alice.json', '{"method":"peap","options":{"inner":{"mschapv2":{"username":"a"}}}}'),
          '--to',
          'wpa-supplicant',
          '--show-secrets',
        ],
        keys: ['to', 'documents', 'files', 'notes'],
        bad: ['show', 'none'],
        code: windows ? /^E/u : elsewhere,
      },
      conform: {
        good: ['server', '--only', 'rfc2865-3-*', '--silence', '0.1'],
        keys: ['counts', 'cases'],
        bad: ['server', ...asked, '--secret-file', file('secret', 's')],
        code: 'EAPHOST_NO_VERDICT',
      },
      method: {
        good: [...pair, ...blobs],
        keys: ['verdict', 'peer', 'authenticator', 'calls'],
        bad: ['--peer', join(folder, 'none.dll'), '--type', '4'],
        code: 'ERROR_MOD_NOT_FOUND',
      },
      methods: listed,
      register: { bad: ['--module', module, '--dir', folder], code: 'EAPHOST_USAGE' },
      unregister: { bad: ['--method', '99999/200'], code: windows ? /^E/u : elsewhere },
      xml: {
        good: [file('options.json', '{"method":"mschapv2"}'), '--to', 'xml'],
        keys: ['method', 'name', 'xml'],
        bad: [file('bad.xml', '<EapHostConfig/>'), '--to', 'options'],
        code: 'EAP_E_EAPHOST_XML_MALFORMED',
      },
      trace: { bad: ['on', '--dir', join(folder, 'taken.json', 'x')], code: windows ? /^E/u : elsewhere },
      doctor: { good: [], keys: ['findings'], bad: ['--mend'], code: 'EAPHOST_USAGE' },
      // What it does on Windows, test/probe sees: it takes minutes.
      probe: windows
        ? { bad: ['--only', 'nothing'], code: 'EAPHOST_USAGE' }
        : { bad: ['--yes'], code: elsewhere },
      completion: { good: ['powershell'], keys: ['shell', 'script'], bad: ['tcsh'], code: 'EAPHOST_USAGE' },
      help: { good: ['auth'], keys: ['commands', 'help'], bad: ['frob'], code: 'EAPHOST_USAGE' },
    };
  });
  after(() => {
    silent.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** For each command, one after the other. */
  async function forEach(check: (name: string, one: Case) => Promise<void>): Promise<void> {
    for (const [name, one] of Object.entries(cases)) await check(name, one);
  }

  it('is in the table of this test', async () => {
    const { commands }: { commands: { name: string }[] } = JSON.parse(
      lineOf(await eaphost(['--help', '--json'])),
    );
    assert.deepEqual(
      commands.map(({ name }) => name),
      Object.keys(cases),
    );
  });

  it('has a help text with options, exit codes and examples that fits a terminal', async () => {
    await forEach(async (name) => {
      const { code, stdout, stderr } = await ask([name, '--help']);
      assert.deepEqual([code, stderr], [0, '']);
      assert.match(stdout, new RegExp(`^Usage: eaphost ${name} `, 'u'));
      assert.match(stdout, /\nThe exit code is 0/u, name);
      const [before = '', examples = ''] = stdout.split('\nExamples:\n');
      assert.match(examples, new RegExp(`^ {2}.*eaphost ${name}\\b`, 'mu'), name);
      for (const line of before.split('\n')) assert.ok(line.length <= 80, `${name}: ${line}`);
      for (const line of examples.split('\n')) assert.ok(line.length <= 80, `${name}: ${line}`);
      const table = new Map<string, CommandRow>(Object.entries(tables)).get(name);
      const options = optionsOf(table ?? assert.fail(name));
      for (const [option, { text }] of options) {
        assert.notEqual(text, '', option);
        assert.ok(before.includes(`--${option}`), `${name} --${option}`);
      }
      const known = new Set(options.map(([option]) => `--${option}`));
      assert.ok(known.has('--json') && known.has('--help'), name);
      for (const [used] of examples.matchAll(/--[a-z][a-z-]+/gu)) {
        assert.ok(
          known.has(used) || used === '--config' || used === '--make-test-config',
          `${name}: ${used}`,
        );
      }
      assert.deepEqual(await ask(['help', name]), { code, stdout, stderr });
      assert.deepEqual(await ask([name, '-h', '--frob']), { code, stdout, stderr });
    });
  });

  it('tells machines one object when it succeeds, with what it has', async () => {
    await forEach(async (name, { good, keys = [] }) => {
      if (good === undefined) return;
      const outcome = await eaphost([name, ...good, '--json']);
      assert.equal(outcome.code, 0, `${name}: ${outcome.stdout}${outcome.stderr}`);
      const told: Record<string, unknown> = JSON.parse(lineOf(outcome));
      assert.equal(told['exitCode'], 0, name);
      for (const key of keys) assert.ok(key in told, `${name}: ${key}`);
      assert.ok(!outcome.stdout.includes('\u001B') && !outcome.stderr.includes('\u001B'), name);
    });
  });

  it('tells machines and people of a failure, each in its place', async () => {
    await forEach(async (name, { bad, code }) => {
      const people = await ask([name, ...bad]);
      assert.equal(people.code, 2, `${name}: ${people.stdout}${people.stderr}`);
      const outcome = await eaphost([name, ...bad, '--json']);
      const told: Failed = JSON.parse(lineOf(outcome));
      assert.equal(outcome.code, 2);
      assert.equal(told.exitCode, 2);
      assert.match(told.error.code, typeof code === 'string' ? new RegExp(`^${code}$`, 'u') : code, name);
      for (const { stderr } of [people, outcome]) {
        assert.ok(stderr.includes(`eaphost ${name}: ${told.error.message}`), stderr);
        assert.ok(!stderr.includes('    at ') && !stderr.includes('\u001B'), stderr);
        if (told.error.remedy !== null) assert.ok(stderr.includes(told.error.remedy), stderr);
      }
    });
  });

  it('refuses options that it does not have, and arguments too many', async () => {
    await forEach(async (name) => {
      const check = async (...args: readonly string[]): Promise<void> => {
        const people = await ask([name, ...args]);
        assert.deepEqual([people.code, people.stdout], [2, ''], `${name} ${args.join(' ')}`);
        assert.match(people.stderr, /^eaphost \w+: [^\n]+ \(try: eaphost( \w+)? --help\)\n$/u);
        const { error }: Failed = JSON.parse(lineOf(await ask([name, ...args, '--json'])));
        assert.equal(error.code, 'EAPHOST_USAGE');
        assert.match(error.remedy ?? '', /^eaphost( \w+)? --help$/u);
      };
      await Promise.all([check('--frob'), check('surplus', 'surplus', 'surplus')]);
    });
  });

  it('ends in order where nobody reads what it says', async () => {
    await forEach(async (name, { good }) => {
      // What it made the first time is there.
      if (good === undefined || name === 'serve') return;
      const child = spawn(process.execPath, [main, name, ...good], {
        env: cleanEnvironment(),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let complaints = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => (complaints += text));
      const [code]: unknown[] = await once(child, 'close');
      assert.equal(code, 0, `${name}: ${complaints}`);
      assert.ok(!/EPIPE| {4}at /u.test(complaints), complaints);
    });
  });
});

describe('eaphost itself', () => {
  it('tells machines of a missing and of a wrong command, and its version', async () => {
    for (const args of [['--json'], ['frob', '--json'], ['--json', 'frob'], ['--frob', '--json']]) {
      const outcome = await eaphost(args);
      const { exitCode, error }: Failed = JSON.parse(lineOf(outcome));
      assert.deepEqual([outcome.code, exitCode, error.code], [2, 2, 'EAPHOST_USAGE'], args.join(' '));
      assert.equal(error.remedy, 'eaphost --help');
    }
    const { version, node }: { version: string; node: string } = JSON.parse(
      lineOf(await eaphost(['--version', '--json'])),
    );
    assert.match(version, /^\d+\.\d+\.\d+/u);
    assert.equal(node, process.versions.node);
  });

  it('has colours elsewhere than on a terminal only where they are forced', async () => {
    const args = ['auth', '--runtime', 'embedded', '--ladder'];
    assert.ok(!(await eaphost(args)).stdout.includes('\u001B'));
    assert.ok(!(await eaphost(args, { FORCE_COLOR: '0' })).stdout.includes('\u001B'));
    const { stdout } = await eaphost(args, { FORCE_COLOR: '1' });
    assert.ok(stdout.includes('\u001B[32maccepted\u001B[0m'), stdout);
    assert.ok(stdout.includes('\u001B[36m--'), 'the ladder has them, too');
    const refused = await eaphost(['auth', '--frob'], { FORCE_COLOR: '1' });
    assert.ok(refused.stderr.startsWith('\u001B[31meaphost auth:\u001B[0m Unknown'), refused.stderr);
  });

  it('knows which streams take colours', () => {
    const stream = (isTTY: boolean, has = true): OutputStream => ({
      isTTY,
      hasColors: () => has,
      write: () => true,
    });
    assert.equal(takesColors(stream(true), {}), true);
    assert.equal(takesColors(stream(true, false), {}), false);
    assert.equal(takesColors(stream(false), {}), false);
    assert.equal(takesColors(stream(true), { NO_COLOR: '1' }), false);
    assert.equal(takesColors(stream(true), { NO_COLOR: '' }), true);
    assert.equal(takesColors(stream(false), { FORCE_COLOR: '1', NO_COLOR: '1' }), true);
    assert.equal(takesColors(stream(true), { FORCE_COLOR: '0' }), false);
  });

  it('shows what it does on a terminal, and takes it away again', () => {
    const written: string[] = [];
    const terminal: OutputStream = { isTTY: true, columns: 24, write: (text) => written.push(text) };
    const output = new Output(false, terminal, terminal, {});
    output.step('doing this');
    output.line('a line');
    output.step('doing what is too long for it');
    output.done();
    output.done();
    const clear = '\r\u001B[2K';
    assert.equal(
      written.join('|'),
      [
        `${clear}doing this ...`,
        clear,
        'a line\n',
        `${clear}doing this ...`,
        `${clear}doing what is too long `,
        clear,
      ].join('|'),
    );
    for (const [json, env] of [
      [true, {}],
      [false, { TERM: 'dumb' }],
    ] as const) {
      const silent = new Output(
        json,
        terminal,
        { ...terminal, write: () => assert.fail('nothing is to be shown') },
        env,
      );
      silent.step('doing this');
      silent.done();
    }
  });

  it('has words for what a newcomer meets first', () => {
    for (const [code, command, sentence] of [
      ['EAPHOST_NATIVE_NOT_FOUND', 'auth', /eaphost doctor/u],
      ['EAPHOST_UNSUPPORTED_PLATFORM', 'auth', /--runtime embedded/u],
      ['EAPHOST_UNSUPPORTED_PLATFORM', 'methods', /run it on Windows/u],
      ['EAPHOST_ELEVATION_REQUIRED', 'register', /“Run as administrator”/u],
      ['EAPHOST_UNSAFE_FOLDER', 'register', /--dir/u],
      ['EAPHOST_METHOD_TIMEOUT', 'method', /--timeout/u],
    ] as const) {
      const error = new EapError('It did not work', { code });
      assert.match(failureOf(error, command).remedy ?? '', sentence);
      assert.match(failureLines(error, command).join('\n'), /^It did not work\n {2}to do: /u);
    }
    assert.deepEqual(failureOf('text', undefined), {
      code: 'EAPHOST_UNKNOWN',
      message: 'text',
      remedy: null,
    });
    assert.equal(failureOf(new TypeError('x'), 'xml').code, 'TypeError');
  });
});
