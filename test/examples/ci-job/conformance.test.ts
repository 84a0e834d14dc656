// The workflow for conformance and the action that it uses: their steps for Linux are run as a runner would run them, in
// an empty folder where the packed package is installed.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

import { binaryFolder } from '../../../lib/native/binary.js';
import { freePort } from '../../support/free-port.js';
import { endGroup } from '../../support/process-group.js';

const root = resolve(import.meta.dirname, '../../../..');
const actionFile = join(root, 'action.yml');
const workflowFile = join(root, 'test', 'examples', 'ci-job', 'conformance.yml');

type Texts = Readonly<Record<string, string>>;
interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly if?: string;
  readonly env?: Texts;
  readonly with?: Texts;
}
interface Action {
  readonly inputs: Readonly<Record<string, { readonly default?: string; readonly required?: boolean }>>;
  readonly runs: { readonly steps: readonly Step[] };
}
interface Workflow {
  readonly jobs: { readonly conformance: { readonly steps: readonly Step[] } };
}

/** A file, read by mocha's own parser. */
async function read<File>(path: string): Promise<File> {
  const mocha = createRequire(import.meta.url).resolve('mocha/package.json');
  const parser = createRequire(mocha).resolve('js-yaml');
  const { load } = (await import(pathToFileURL(parser).href)) as { load: (text: string) => unknown };
  return load(readFileSync(path, 'utf8')) as File;
}

describe('A CI job for conformance', function () {
  this.timeout(600_000);
  let folder: string;
  let port: number;
  let action: Action;
  let workflow: Workflow;
  let tarball: string;
  const groups: number[] = [];

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-conform-job-'));
    port = await freePort();
    action = await read(actionFile);
    workflow = await read(workflowFile);
    const pack = spawnSync('npm', ['pack', '--pack-destination', folder], { cwd: root, encoding: 'utf8' });
    assert.equal(pack.status, 0, pack.stderr);
    tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '');
  });
  after(() => {
    for (const group of groups) endGroup(group);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs commands as GitHub runs `shell: bash`; a process that they leave goes on until the job's end. */
  async function bash(script: string, env: Texts = {}): Promise<{ code: number | null; said: string }> {
    const log = join(folder, 'log.txt');
    const output = openSync(log, 'w');
    const child = spawn('bash', ['--noprofile', '--norc', '-e', '-o', 'pipefail', '-c', script], {
      cwd: folder,
      env: {
        ...process.env,
        EAPHOST_BINARY: binaryFolder(),
        GITHUB_OUTPUT: join(folder, 'output'),
        GITHUB_STEP_SUMMARY: join(folder, 'summary'),
        ...env,
      },
      stdio: ['ignore', output, output],
      detached: true,
    });
    groups.push(child.pid!);
    await once(child, 'exit');
    closeSync(output);
    return { code: child.exitCode, said: readFileSync(log, 'utf8') };
  }

  const filled = (text: string, inputs: Texts): string =>
    text
      .replaceAll(/\$\{\{ inputs\.(\w+) \}\}/gu, (_, name: string) => inputs[name] ?? '')
      .replaceAll('${{ matrix.runtime }}', 'embedded')
      .replaceAll('18120', String(port));

  /** The action's steps that run commands. */
  async function act(given: Texts): Promise<{ code: number | null; said: string }> {
    const defaults = Object.entries(action.inputs).map(([name, { default: value = '' }]) => [name, value]);
    const inputs: Texts = { ...Object.fromEntries(defaults), ...given, package: tarball };
    for (const name of Object.keys(given)) assert.ok(name in action.inputs, name);
    let last: { code: number | null; said: string } = { code: null, said: '' };
    for (const { run, env = {} } of action.runs.steps) {
      if (run === undefined) continue;
      const values = Object.entries(env).map(([name, value]) => [name, filled(value, inputs)]);
      last = await bash(run, Object.fromEntries(values) as Texts);
      if (last.code !== 0) return last;
    }
    return last;
  }

  it('is a workflow, and an action whose own action is pinned', () => {
    const validator = join(root, 'node_modules', '@action-validator', 'cli', 'cli.mjs');
    for (const file of [actionFile, workflowFile]) {
      const { status, stdout, stderr } = spawnSync(process.execPath, [validator, file], { encoding: 'utf8' });
      assert.equal(status, 0, stdout + stderr);
    }
    const ci = readFileSync(join(root, '.github', 'workflows', 'ci.yml'), 'utf8');
    for (const [use] of readFileSync(actionFile, 'utf8').matchAll(/(?<=^[ -]+)uses: \S+@.+$/gmu))
      assert.ok(ci.includes(use), use);
  });

  it('is an action that macOS’ bash 3.2 can run, with a tag that others use it by', () => {
    const later = /\b(?:mapfile|readarray|coproc)\b|declare -[Ag]|\$\{\w+(?:[,^]|@)|\|&|&>>/u;
    for (const { run = '' } of action.runs.steps) {
      assert.doesNotMatch(run.replaceAll(/^ *#.*$/gmu, ''), later);
    }
    const release = readFileSync(join(root, '.github', 'workflows', 'release.yml'), 'utf8');
    assert.match(release, /ref=refs\/tags\/v1 /u);
    // That tag is no release.
    assert.match(release, /tags: \['v\*\.\*\.\*'\]/u);
  });

  it('tries the server, the peer and both, step by step', async () => {
    const { steps } = workflow.jobs.conformance;
    for (const step of steps.filter((each) => each.if?.includes('Windows') !== true)) {
      const script = step.run?.replace(/(?<=--no-save )eaphost$/u, tarball);
      const outcome =
        script === undefined
          ? step.uses === './.github/actions/conform'
            ? await act({ ...step.with, arguments: filled(step.with?.['arguments'] ?? '', {}) })
            : undefined
          : await bash(filled(script, {}));
      if (outcome) assert.equal(outcome.code, 0, `${step.name}: ${outcome.said}`);
    }
    for (const name of ['server', 'peer', 'fuzz']) {
      const files = readdirSync(join(folder, 'reports', name)).toSorted();
      assert.deepEqual(files, ['captures', 'junit.xml', 'results.html', 'results.tap', 'results.txt'], name);
    }
    const summary = readFileSync(join(folder, 'summary'), 'utf8');
    assert.equal([...summary.matchAll(/^\d+ cases: .* 0 failed/gmu)].length, 3, summary);
  });

  it('fails where the subject does, with the report', async () => {
    const wrong = '--runtime embedded --method mschapv2 --only "rfc3748-*" -- false';
    const { code, said } = await act({ subject: 'peer', name: 'wrong', arguments: wrong });
    assert.equal(code, 2, said);
    assert.ok(existsSync(join(folder, 'reports', 'wrong', 'results.txt')));
  });
});
