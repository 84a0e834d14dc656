// The workflow for 802.1X in a user's CI job: it is a workflow, and its steps for Linux are run as a runner would run
// them, in an empty folder where the packed package is installed.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';

import { binaryFolder } from '../../../lib/native/binary.js';
import { freePort } from '../../support/free-port.js';
import { endGroup } from '../../support/process-group.js';

const root = resolve(import.meta.dirname, '../../../..');
const example = join(root, 'test', 'examples', 'ci-job');
const workflow = readFileSync(join(example, '802.1x.yml'), 'utf8').replaceAll('\r\n', '\n');
const port = new URL('../../docs/port.js', import.meta.url).href;

/** A step that runs commands. */
interface Step {
  readonly name: string;
  readonly script: string;
}

/** The steps that a runner with Linux runs. It reads the workflow's own way of writing YAML, not all of YAML. */
function stepsOf(text: string): Step[] {
  const [, list = ''] = text.split(/^ {4}steps:\n/mu);
  return list
    .split(/^ {6}- /mu)
    .map((step) => step.replaceAll(/^ {8}/gmu, ''))
    .filter((step) => /^run:/mu.test(step) && !/^if: .*Windows/mu.test(step))
    .map((step) => {
      const [, block, line = ''] = /^run: (?:\|\n([^]*?)(?=^\S|(?![^]))|(.*))/mu.exec(step) ?? [];
      return {
        name: /^name: (.*)/mu.exec(step)?.[1] ?? '',
        script: block?.replaceAll(/^ {2}/gmu, '') ?? line,
      };
    });
}

/** A folder with the example in it, as a runner has it after the checkout. */
class Runner {
  readonly folder = mkdtempSync(join(tmpdir(), 'eaphost-job-'));
  readonly #env: NodeJS.ProcessEnv;

  constructor(env: NodeJS.ProcessEnv) {
    copyFileSync(join(example, 'authenticate.test.mjs'), join(this.folder, 'authenticate.test.mjs'));
    // node --test in a process that is a test itself would report to that.
    const { EAPHOST_PASSWORD: _p, NODE_TEST_CONTEXT: _t, ...rest } = process.env;
    this.#env = { ...rest, ...env, GITHUB_ENV: join(this.folder, 'github-env') };
  }

  /** Runs a step as GitHub runs `shell: bash`. Gives its exit code, and all that it said. */
  async run(
    { script }: Step,
    override: NodeJS.ProcessEnv = {},
  ): Promise<{ code: number | null; said: string }> {
    const { GITHUB_ENV = '' } = this.#env;
    const given = existsSync(GITHUB_ENV) ? parseEnv(readFileSync(GITHUB_ENV, 'utf8')) : {};
    const log = join(this.folder, 'log.txt');
    const output = openSync(log, 'w');
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], {
      cwd: this.folder,
      env: { ...this.#env, ...given, ...override },
      stdio: ['ignore', output, output],
      detached: true,
    });
    await once(child, 'exit');
    closeSync(output);
    // What it left running: a runner ends it with the job.
    endGroup(child.pid!);
    return { code: child.exitCode, said: readFileSync(log, 'utf8') };
  }

  /** Takes the folder away. */
  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

describe('A CI job for 802.1X', function () {
  this.timeout(300_000);
  const steps = stepsOf(workflow);
  const step = (name: RegExp): Step => {
    const found = steps.find((each) => name.test(each.name));
    assert.ok(found, `there is no step ${name.source}`);
    return found;
  };
  const commandLine = /command line/u;
  const program = /test program/u;
  let runner: Runner;
  let packed: string;

  before(async () => {
    packed = mkdtempSync(join(tmpdir(), 'eaphost-packed-'));
    const pack = spawnSync('npm', ['pack', '--pack-destination', packed], { cwd: root, encoding: 'utf8' });
    assert.equal(pack.status, 0, pack.stderr);
    runner = new Runner({
      // What was built here, where the package has no prebuild of this machine's.
      EAPHOST_BINARY: binaryFolder(),
      EAPHOST_DOCS_PORT: String(await freePort()),
      NODE_OPTIONS: `--import=${port}`,
    });
  });

  after(() => {
    runner.close();
    rmSync(packed, { recursive: true, force: true });
  });

  it('is a workflow', () => {
    const validator = join(root, 'node_modules', '@action-validator', 'cli', 'cli.mjs');
    const { status, stdout, stderr } = spawnSync(process.execPath, [validator, join(example, '802.1x.yml')], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
  });

  it('authenticates, step by step', async () => {
    assert.deepEqual(
      steps.map(({ name }) => name.split(' ', 1)[0]),
      ['Install', 'Make', 'See', 'Authenticate', 'Authenticate'],
    );
    const [tarball = ''] = readdirSync(packed);
    for (const each of steps) {
      const isInstall = each.name === 'Install';
      const script = isInstall ? each.script.replace(/(?<= )eaphost$/u, join(packed, tarball)) : each.script;
      assert.ok(!isInstall || script !== each.script, 'the package is installed');
      const { code, said } = await runner.run({ ...each, script });
      assert.equal(code, 0, `${each.name}: ${said}`);
      if (commandLine.test(each.name)) assert.match(said, /^verdict {2}accepted$/mu);
      if (program.test(each.name)) assert.match(said, /^# pass 2$[^]*^# fail 0$/mu);
    }
  });

  it('has a report', () => {
    const report = join(runner.folder, 'report');
    assert.deepEqual(readdirSync(report).toSorted(), [
      'command-line.html',
      'command-line.pcapng',
      'doctor.json',
      'embedded.html',
      'server.txt',
    ]);
    const { exitCode } = JSON.parse(readFileSync(join(report, 'doctor.json'), 'utf8')) as {
      exitCode: number;
    };
    assert.equal(exitCode, 0);
    assert.match(readFileSync(join(report, 'server.txt'), 'utf8'), /accepted "alice"/u);
    for (const name of ['command-line', 'embedded']) {
      assert.match(readFileSync(join(report, `${name}.html`), 'utf8'), /PEAP/u);
    }
  });

  it('fails where the password is wrong, on the command line', async () => {
    const { code, said } = await runner.run(step(commandLine), { EAPHOST_PASSWORD: 'wrong' });
    assert.equal(code, 1, said);
    assert.match(said, /^verdict {2}rejected$/mu);
  });

  it('fails where the password is wrong, in the test program', async () => {
    const { code, said } = await runner.run(step(program), { EAPHOST_PASSWORD: 'wrong' });
    assert.equal(code, 1, said);
    assert.match(said, /^# fail 1$/mu);
  });
});
