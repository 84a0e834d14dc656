// The workflows, without GitHub: what a linter would refuse, that they run what there is, and the steps whose shell runs
// here.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly shell?: string;
  readonly if?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
}
interface Job {
  readonly 'runs-on': string;
  readonly steps: readonly Step[];
  readonly needs?: string | readonly string[];
  readonly container?: unknown;
  readonly defaults?: { readonly run?: { readonly shell?: string; readonly 'working-directory'?: string } };
  readonly strategy?: {
    readonly matrix: Readonly<Record<string, unknown>> & { readonly include?: readonly object[] };
  };
  readonly outputs?: Readonly<Record<string, string>>;
}
interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

const root = fileURLToPath(new URL('../../../', import.meta.url));
const folder = join(root, '.github', 'workflows');
const texts = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
);
let workflows: Readonly<Record<string, Workflow>> = {};

/** mocha's own parser. */
async function parser(): Promise<(text: string) => Workflow> {
  const mocha = createRequire(import.meta.url).resolve('mocha/package.json');
  const file = createRequire(mocha).resolve('js-yaml');
  return ((await import(pathToFileURL(file).href)) as { load: (text: string) => Workflow }).load;
}

const jobsOf = (): [string, Job][] =>
  Object.entries(workflows).flatMap(([name, { jobs }]) =>
    Object.entries(jobs).map(([job, value]): [string, Job] => [`${name} ${job}`, value]),
  );
const needsOf = ({ needs = [] }: Job): readonly string[] => (typeof needs === 'string' ? [needs] : needs);
const isWindows = (job: Job): boolean => /windows/u.test(JSON.stringify(job.strategy ?? job['runs-on']));
const shellOf = (job: Job, step: Step): string =>
  step.shell ?? job.defaults?.run?.shell ?? (isWindows(job) ? 'pwsh' : 'bash');

describe('The workflows', () => {
  before(async () => {
    const load = await parser();
    workflows = Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, load(text)]));
  });

  it('pin every action by its commit, each by the same', () => {
    const pins = new Map<string, string>();
    for (const text of Object.values(texts)) {
      const uses = [...text.matchAll(/uses: (.+)$/gmu)].map(([, use = '']) => use);
      assert.ok(uses.length > 0);
      for (const use of uses) {
        const [, action = '', pin = ''] =
          /^([\w-]+\/[\w-]+)@([0-9a-f]{40} # v\d+\.\d+\.\d+)$/u.exec(use) ?? [];
        assert.notEqual(action, '', `${use} is no commit with its version`);
        assert.equal(pins.get(action) ?? pin, pin, `${action} has two commits`);
        pins.set(action, pin);
      }
    }
  });

  it('have jobs that are there, limits and machines', () => {
    for (const { jobs } of Object.values(workflows)) {
      for (const [name, job] of Object.entries(jobs)) {
        const known = new Set(
          'name runs-on steps needs if container defaults strategy outputs env timeout-minutes permissions'.split(
            ' ',
          ),
        );
        assert.deepEqual(
          Object.keys(job).filter((key) => !known.has(key)),
          [],
          name,
        );
        for (const needed of needsOf(job)) assert.ok(needed in jobs, `${name} needs ${needed}`);
        for (const step of job.steps) {
          assert.ok((step.run === undefined) !== (step.uses === undefined), `${name}: a step runs or uses`);
          const keys = new Set('name id if uses with run shell env working-directory'.split(' '));
          assert.deepEqual(
            Object.keys(step).filter((key) => !keys.has(key)),
            [],
            name,
          );
        }
      }
    }
  });

  it('name what a matrix, a needed job and GitHub have', () => {
    for (const [name, job] of jobsOf()) {
      const { include = [], exclude: _, ...axes } = job.strategy?.matrix ?? {};
      const keys = new Set([...Object.keys(axes), ...include.flatMap((row) => Object.keys(row))]);
      for (const [, expression = ''] of JSON.stringify(job).matchAll(/\$\{\{ (.+?) \}\}/gu)) {
        for (const [, context = '', key = ''] of expression.matchAll(/\b([a-z]+)\.([\w-]+)/gu)) {
          if (context === 'matrix') assert.ok(keys.has(key), `${name}: matrix.${key}`);
          else if (context === 'needs') assert.ok(needsOf(job).includes(key), `${name}: needs.${key}`);
          else if (context === 'steps') assert.ok(JSON.stringify(job.steps).includes(`"id":"${key}"`), name);
          else if (
            !['github', 'runner', 'secrets', 'vars'].includes(context) &&
            context === context.toLowerCase()
          )
            assert.ok(
              expression.includes(`.${context}.`) || expression.includes(`'`),
              `${name}: ${expression}`,
            );
        }
      }
    }
  });

  it('run scripts and suites that there are, in shell that is well formed', async () => {
    const { suites } = (await import(pathToFileURL(join(root, 'scripts', 'suites.mjs')).href)) as {
      suites: Readonly<Record<string, { readonly system?: readonly string[] }>>;
    };
    for (const [name, job] of jobsOf()) {
      for (const step of job.steps.filter(({ run }) => run !== undefined)) {
        const text = step.run?.replaceAll(/\$\{\{.*?\}\}/gu, 'x') ?? '';
        const place = job.defaults?.run?.['working-directory'] ?? '';
        for (const [, file = ''] of text.matchAll(/\bnode (scripts\/[\w-]+\.mjs|[\w-]+\.mjs)/gu)) {
          const isMade = file === 'program.mjs';
          const found = isMade || existsSync(join(root, file)) || existsSync(join(root, place, file));
          assert.ok(found, `${name}: ${file}`);
        }
        for (const [, listed = ''] of text.matchAll(/scripts\/test\.mjs ([\w -]+)/gu)) {
          for (const suite of listed.trim().split(' ')) {
            assert.ok(suite in suites, `${name}: ${suite}`);
            // As root in a container the scripts install it. A runner's user has to.
            const system = suites[suite]?.system ?? [];
            const installed = JSON.stringify(job.steps);
            if (job.container === undefined && /ubuntu/u.test(JSON.stringify(job.strategy))) {
              for (const purpose of system)
                assert.match(installed, new RegExp(`system\\.mjs[^"]* ${purpose}\\b`, 'u'));
            }
          }
        }
        if (shellOf(job, step) === 'pwsh') continue;
        const { status, stderr } = spawnSync('bash', ['-n', '-c', text], { encoding: 'utf8' });
        assert.equal(status, 0, `${name}: ${stderr}`);
      }
    }
  });

  it('ask a real Windows without a compiler, whatever else fails', () => {
    const { facts } = workflows['ci.yml']?.jobs ?? {};
    assert.ok(facts);
    assert.doesNotMatch(JSON.stringify(facts.steps), /npm ci|npm run|build\.mjs|checkout/u);
    assert.match(JSON.stringify(facts), /windows-2022","windows-2025","windows-11-arm/u);
    const kept = facts.steps.slice(facts.steps.findIndex(({ run }) => run?.includes('sc.exe')));
    for (const step of kept) assert.match(step.if ?? '', /!cancelled\(\)/u, step.name);
    for (const word of [
      'qc EapHost',
      'qprivs EapHost',
      'system.test.js',
      'cli.js probe --yes --restart-service',
      'cli.js doctor',
      'wevtutil qe',
    ]) {
      assert.ok(
        kept.some(({ run }) => run?.includes(word)),
        word,
      );
    }
    assert.ok(kept.at(-1)?.uses?.startsWith('actions/upload-artifact@'));
  });

  it('carry to Windows what the steps there run', function carry() {
    this.timeout(300_000);
    const { linux, facts } = workflows['ci.yml']?.jobs ?? {};
    const pack = linux?.steps.find(({ run }) => run?.startsWith('tar'))?.run ?? '';
    const named = pack
      .trim()
      .split(/\s+/u)
      .filter((word) => !/^-|^tar$|\.tgz$/u.test(word));
    const used = facts?.steps.flatMap(({ run = '' }) => [
      ...run.matchAll(/(?:node|--config) ((?:dist|node_modules|test)\/\S+)|(dist\/\S+\.js)/gu),
    ]);
    for (const [, file = '', other = ''] of used ?? []) {
      const path = file === '' ? other : file;
      assert.ok(
        named.some((name) => path === name || path.startsWith(`${name}/`)),
        `${path} is not carried`,
      );
      assert.ok(existsSync(join(root, path)), `${path} is not built`);
    }
    // The same command over a tree of the same shape: no binary of this system travels.
    const place = mkdtempSync(join(tmpdir(), 'eaphost-carry-'));
    try {
      for (const name of [...named, 'node_modules/.bin', 'node_modules/koffi/build', 'build']) {
        const target = join(place, name);
        if (existsSync(target)) continue;
        if (/\.\w+$/u.test(name) && !name.endsWith('.bin')) {
          mkdirSync(join(target, '..'), { recursive: true });
          writeFileSync(target, '');
        } else {
          mkdirSync(target, { recursive: true });
        }
      }
      for (const file of [
        'node_modules/koffi/build/koffi.node',
        'build/win32-x64/Release/eaphost.node',
        'node_modules/.bin/tsc',
      ]) {
        writeFileSync(join(place, file), '');
      }
      const packed = spawnSync('bash', ['-e', '-c', `${pack}\ntar -tzf build/windows.tgz`], {
        cwd: place,
        encoding: 'utf8',
      });
      assert.equal(packed.status, 0, packed.stderr);
      assert.match(packed.stdout, /Release\/eaphost\.node/u);
      assert.doesNotMatch(packed.stdout, /koffi\.node|\.bin/u);
    } finally {
      rmSync(place, { recursive: true });
    }
  });

  it('list the endurance runs for the nightly matrix', () => {
    const step = workflows['nightly.yml']?.jobs['runs']?.steps.find(({ run }) =>
      run?.includes('endurance.mjs'),
    );
    const output = join(mkdtempSync(join(tmpdir(), 'eaphost-nightly-')), 'output');
    const { status, stderr } = spawnSync('bash', ['-e', '-c', step?.run ?? 'false'], {
      cwd: root,
      env: { ...process.env, GITHUB_OUTPUT: output },
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    assert.match(readFileSync(output, 'utf8'), /^names=\["[\w-]+"/u);
  });
});

describe('The steps of a release', () => {
  let place = '';
  const release = (args: readonly string[], env: Readonly<Record<string, string>> = {}) => {
    const { PATH = '' } = process.env;
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(root, 'scripts', 'release.mjs'), ...args],
      {
        cwd: place,
        env: { PATH, GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'o/eaphost', ...env },
        encoding: 'utf8',
      },
    );
    return { status, text: stdout + stderr };
  };
  const written = (): Record<string, unknown> =>
    JSON.parse(readFileSync(join(place, 'package.json'), 'utf8')) as Record<string, unknown>;
  const setVersion = (version: string): void => {
    writeFileSync(join(place, 'package.json'), JSON.stringify({ ...written(), version }));
  };
  const tag = { GITHUB_REF_TYPE: 'tag' };

  beforeEach(() => {
    place = mkdtempSync(join(tmpdir(), 'eaphost-release-'));
    cpSync(join(root, 'package.json'), join(place, 'package.json'));
    mkdirSync(join(place, 'prebuilds', 'win32-x64'), { recursive: true });
    writeFileSync(join(place, 'prebuilds', 'win32-x64', 'eaphost.node'), 'msvc');
  });
  afterEach(() => rmSync(place, { recursive: true }));

  it('refuse a package without the repository that npm compares, and write it', () => {
    assert.match(
      release(['check']).text,
      /repository is undefined, not git\+https:\/\/github\.com\/o\/eaphost\.git/u,
    );
    assert.equal(release(['repository']).status, 0);
    assert.deepEqual(written()['repository'], { type: 'git', url: 'git+https://github.com/o/eaphost.git' });
    assert.equal(release(['check']).status, 0);
    assert.equal(release(['check'], { GITHUB_REPOSITORY: 'o/fork' }).status, 1);
    assert.equal(release(['repository'], { GITHUB_REPOSITORY: '' }).status, 1);
  });

  it('refuse a tag that is not the version', () => {
    release(['repository']);
    setVersion('1.2.3');
    assert.equal(release(['check'], { ...tag, GITHUB_REF_NAME: 'v1.2.3' }).status, 0);
    assert.match(release(['check'], { ...tag, GITHUB_REF_NAME: 'v1.2.4' }).text, /the version 1\.2\.3/u);
  });

  it('let no tag out unsigned, but for a pre-release where that is allowed', () => {
    const sign = (version: string, env: Readonly<Record<string, string>>) => {
      setVersion(version);
      return release(['sign', 'prebuilds'], env);
    };
    assert.match(sign('1.0.0', {}).text, /^::warning::/u);
    assert.match(sign('1.0.0', tag).text, /no certificate is configured/u);
    assert.equal(sign('1.0.0', { ...tag, ALLOW_UNSIGNED: 'true' }).status, 1);
    assert.equal(sign('1.0.0-rc.1', tag).status, 1);
    const allowed = sign('1.0.0-rc.1', { ...tag, ALLOW_UNSIGNED: 'true' });
    assert.equal(allowed.status, 0);
    assert.match(allowed.text, /^::warning::the Windows binaries stay unsigned/u);
  });

  it('sign every Windows binary, fail with the tool, and leave no certificate', () => {
    const tool = join(place, 'signtool');
    const env = {
      ...tag,
      SIGNTOOL: tool,
      RUNNER_TEMP: place,
      WINDOWS_CERTIFICATE: 'cGZ4',
      WINDOWS_CERTIFICATE_PASSWORD: 'secret',
    };
    for (const code of [0, 3]) {
      writeFileSync(tool, `#!/bin/sh\necho "$@"\nexit ${code}\n`, { mode: 0o755 });
      const { status, text } = release(['sign', 'prebuilds'], env);
      assert.equal(status, code === 0 ? 0 : 1, text);
      assert.match(text, /\/p secret .*win32-x64.eaphost\.node/u);
      assert.deepEqual(
        readdirSync(place).filter((name) => name.startsWith('sign-')),
        [],
      );
    }
  });

  it("publish MinGW-w64's binaries where MSVC made none, and say so", () => {
    for (const target of ['win32-x64', 'win32-ia32']) {
      mkdirSync(join(place, 'fallback', target), { recursive: true });
      writeFileSync(join(place, 'fallback', target, 'eaphost.node'), 'mingw');
    }
    setVersion('1.0.0-rc.1');
    assert.match(release(['fallback', 'fallback', 'prebuilds'], tag).text, /ALLOW_MINGW/u);
    const { status, text } = release(['fallback', 'fallback', 'prebuilds'], { ...tag, ALLOW_MINGW: 'true' });
    assert.equal(status, 0);
    assert.match(text, /^::warning::prebuilds\/win32-ia32 are of MinGW-w64/u);
    assert.doesNotMatch(text, /win32-x64/u);
    const inside = (target: string) => readFileSync(join(place, 'prebuilds', target, 'eaphost.node'), 'utf8');
    assert.deepEqual([inside('win32-x64'), inside('win32-ia32')], ['msvc', 'mingw']);
    assert.deepEqual(written()['builtWithMinGW'], ['win32-ia32']);
  });
});
