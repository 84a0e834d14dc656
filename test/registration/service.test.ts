// The example of a service, and the commands, as an administrator uses them: register, start, check, list, stop, take
// out. Off Windows each says that it is Windows' own.

import assert from 'node:assert/strict';
import { spawn, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { begun } from '../../lib/base/child-process.js';

const cli = fileURLToPath(new URL('../../lib/cli/main.js', import.meta.url));
const example = fileURLToPath(new URL('../examples/method-service.js', import.meta.url));

interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the example of a service', () => {
  let logs: string;
  before(() => {
    logs = mkdtempSync(join(tmpdir(), 'eaphost-service-'));
  });
  after(() => {
    rmSync(logs, { recursive: true });
  });

  /** Runs a script to its end. Its output goes through files: a Windows program cannot write to every pipe. */
  const run = async (script: string, ...args: readonly string[]): Promise<Outcome> => {
    const files = ['out', 'err'].map((name) => join(logs, name));
    const [out, err] = files.map((file) => openSync(file, 'w'));
    const child = begun(() => spawn(process.execPath, [script, ...args], { stdio: ['ignore', out, err] }));
    const [code]: unknown[] = await once(child, 'exit');
    for (const file of [out, err]) if (file !== undefined) closeSync(file);
    const [stdout = '', stderr = ''] = files.map((file) => readFileSync(file, 'utf8'));
    return { code: typeof code === 'number' ? code : null, stdout, stderr };
  };

  /** The last line of a command's output. */
  const json = ({ stdout }: Outcome): Record<string, unknown> =>
    JSON.parse(stdout.trim().split('\n').at(-1) ?? '');

  for (const [args, message] of [
    [['register'], /--module is missing/u],
    [['register', '--module', example], /--dir is missing/u],
    [['register', '--module', 'nothing.js', '--dir', tmpdir()], /cannot be loaded/u],
    [['register', '--module', join(dirname(cli), 'command.js'), '--dir', tmpdir()], /exports no method/u],
    [['register', '--dirs', 'x'], /--dirs/u],
    [['unregister'], /one of --module and --method/u],
    [['unregister', '--method', '254'], /AUTHOR\/TYPE/u],
    [['unregister', '--method', '99999/254'], /AUTHOR\/TYPE/u],
    [['methods', '--all'], /--all/u],
  ] as const) {
    it(`says what is wrong with: eaphost ${args.slice(0, 3).join(' ').replace(example, 'M').replace(cli, 'C')}`, async () => {
      const { code, stdout, stderr } = await run(cli, ...args);
      assert.equal(code, 2);
      assert.equal(stdout, '');
      assert.match(stderr, message);
      assert.match(stderr, /try: eaphost \w+ --help/u);
    });
  }

  if (process.platform === 'win32') {
    it('is registered, starts, answers, is listed, stops and is taken out', async () => {
      const directory = mkdtempSync(join(process.env['ProgramFiles'] ?? 'C:\\', 'eaphost-test-'));
      let service: ChildProcess | undefined;
      try {
        const registered = await run(
          cli,
          'register',
          '--module',
          example,
          '--dir',
          directory,
          '--author',
          'Example',
          '--json',
        );
        assert.equal(registered.code, 0, registered.stderr);
        assert.equal((await run(example, 'health')).code, 1);

        service = begun(() => fork(example, ['serve'], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] }));
        await once(service, 'message');
        const healthy = await run(example, 'health');
        assert.equal(healthy.code, 0, healthy.stderr);
        assert.match(healthy.stdout, /Example MD5 answers/u);

        const listed = await run(cli, 'methods');
        assert.equal(listed.code, 0, listed.stderr);
        assert.match(
          listed.stdout,
          /4 \(author 99999\) {2}Example MD5, by Example\n {2}peer +.*\(unsigned\)/u,
        );
        assert.match(listed.stdout, /served by +S-1-5-[-\d]+, answers/u);
        const { methods } = json(await run(cli, 'methods', '--json'));
        assert.ok(Array.isArray(methods) && methods.length > 0);

        const exited = once(service, 'exit');
        service.disconnect();
        assert.deepEqual((await exited).slice(0, 1), [0]);
        assert.equal((await run(example, 'health')).code, 1);
      } finally {
        service?.kill();
        const gone = await run(cli, 'unregister', '--method', '99999/4');
        assert.equal(gone.code, 0, gone.stderr);
        assert.deepEqual(readdirSync(directory), []);
        rmSync(directory, { recursive: true });
      }
    });

    it('tells machines why it is not registered', async () => {
      const outcome = await run(cli, 'unregister', '--method', '99999/4', '--json');
      assert.equal(outcome.code, 2);
      assert.deepEqual(json(outcome)['exitCode'], 2);
      assert.match(outcome.stdout, /"code":"EAPHOST_REGISTRATION"/u);
    });
  } else {
    for (const args of [
      ['register', '--module', example, '--dir', tmpdir()],
      ['unregister', '--module', example],
      ['methods'],
    ]) {
      it(`says that ${args[0]} is for Windows`, async () => {
        const outcome = await run(cli, ...args, '--json');
        assert.equal(outcome.code, 2);
        assert.match(outcome.stdout, /"code":"EAPHOST_UNSUPPORTED_PLATFORM"/u);
        assert.match(outcome.stderr, /registered with Windows' EAPHost/u);
      });
    }
    it('says that it is for Windows', async () => {
      const { code, stderr } = await run(example, 'serve');
      assert.equal(code, 1);
      assert.match(stderr, /EAPHOST_UNSUPPORTED_PLATFORM/u);
    });
  }
});
