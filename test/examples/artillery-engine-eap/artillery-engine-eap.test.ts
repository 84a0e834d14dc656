// Whole load tests: the package, packed and installed beside Artillery, as load-test.yml runs it, against `eaphost
// serve`. What Artillery reports must be what the server did.

import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { eaphost, main, type Outcome } from '../../cli/support.js';
import { Program } from '../../interop/programs.js';
import { folder, modules, root, runNode, refusal } from './support.js';

const installed = join(modules, 'artillery-engine-eap');
const loopbackOnly = new URL('loopback-only.js', import.meta.url).href;

/** What is read of the whole run in Artillery's reports, and in merged ones. */
interface Aggregate {
  readonly counters: Readonly<Record<string, number>>;
  readonly summaries: Readonly<Record<string, Summary>>;
  readonly firstMetricAt: number;
  readonly lastMetricAt: number;
}
type Summary = Readonly<Record<'min' | 'max' | 'count' | 'mean' | 'p50' | 'p95' | 'p99', number>>;

/** An authentication, as the server tells it. */
interface Told {
  readonly kind: string;
  readonly client: { readonly port: number };
}

async function run(name: string, ...args: readonly string[]): Promise<void> {
  const program = new Program(name, args);
  assert.equal(await program.ended, 0, program.output);
}

/** Packs the package, and installs it and a link to eaphost where Artillery is. */
async function install(): Promise<void> {
  assert.ok(existsSync(join(modules, 'artillery')), 'Artillery is missing: node scripts/test.mjs examples');
  const link = join(modules, 'eaphost');
  await rm(link, { recursive: true, force: true });
  await symlink(root, link, 'dir');
  const target = await mkdtemp(join(tmpdir(), 'eaphost-pack-'));
  try {
    await run('npm', 'run', 'build', '--prefix', folder);
    await run('npm', 'pack', folder, '--pack-destination', target);
    await rm(installed, { recursive: true, force: true });
    await mkdir(installed);
    const archive = join(target, 'artillery-engine-eap-0.1.0.tgz');
    await run('tar', '-xzf', archive, '-C', installed, '--strip-components=1');
  } finally {
    await rm(target, { recursive: true, force: true });
  }
}

/** A server and the files of load-test.yml for it, in a temporary folder. */
class Lab implements AsyncDisposable {
  /** What must not be told to anybody. */
  readonly secrets: readonly string[];
  readonly #folder: string;
  readonly #server: Program;

  constructor(path: string, secrets: readonly string[], server: Program) {
    this.#folder = path;
    this.secrets = secrets;
    this.#server = server;
  }

  static async open(): Promise<Lab> {
    const path = await mkdtemp(join(tmpdir(), 'eaphost-load-'));
    const file = (name: string) => join(path, name);
    const made = await eaphost(['serve', '--make-test-config', file('radius')]);
    assert.equal(made.code, 0, made.stderr);
    const config = JSON.parse(await readFile(file('radius/serve.json'), 'utf8'));
    const users = Array.from({ length: 9 }, (_, index) => [`user${index}`, randomBytes(8).toString('hex')]);
    config.users = Object.fromEntries(users);
    // One of them does not know.
    const known = users.map(([name, word = ''], index) => [name, index === 4 ? `${word}0` : word]);
    await writeFile(file('radius/serve.json'), JSON.stringify(config));
    await writeFile(file('radius/secret.txt'), `${config.secret}\n`);
    await writeFile(file('users.csv'), known.map((user) => `${user.join(',')}\n`).join(''));
    await copyFile(join(folder, 'load-test.yml'), file('load-test.yml'));
    const args = ['serve', '--config', file('radius/serve.json'), '--port', '0', '--json'];
    const server = new Program(process.execPath, [main, ...args]);
    await server.says('\n');
    return new Lab(path, [config.secret, ...[...users, ...known].map(([, word = '']) => word)], server);
  }

  get port(): number {
    return JSON.parse(this.#server.output.split('\n')[0] ?? '').port;
  }

  /** A file beside load-test.yml. */
  file(name: string): string {
    return join(this.#folder, name);
  }

  /** Runs the load test with so many workers, and other settings. */
  run(workers: number, report: string, settings: Readonly<Record<string, unknown>> = {}): Promise<Outcome> {
    // A machine that is busy with other suites answers late.
    const eap = { timeoutMs: 20_000, ...settings };
    const overrides = { config: { phases: [{ duration: 2, arrivalRate: 15 }], engines: { eap } } };
    const args = ['--target', `radius://127.0.0.1:${this.port}`, '--overrides', JSON.stringify(overrides)];
    args.push('--output', this.file(report), join(this.#folder, 'load-test.yml'));
    return runNode([join(modules, 'artillery', 'bin', 'run'), 'run', ...args], {
      WORKERS: String(workers),
      NODE_OPTIONS: `--import artillery-engine-eap/workers --import ${loopbackOnly}`,
      CUSTOM_REPORTERS: 'artillery-engine-eap/sketches',
      ARTILLERY_DISABLE_TELEMETRY: 'true',
    });
  }

  async read(name: string): Promise<Aggregate> {
    return aggregateOf(await readFile(this.file(name), 'utf8'));
  }

  /** Ends the server; gives what it told. */
  async told(): Promise<Told[]> {
    await this.#server.stop();
    // Between what it says when it listens and when it has stopped.
    const lines = this.#server.output.trimEnd().split('\n').slice(1, -1);
    return lines.map((line) => JSON.parse(line));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function countOf(told: readonly Told[], kind: string): number {
  return told.filter((event) => event.kind === kind).length;
}

describe('A load test with Artillery', function () {
  this.timeout(300_000);
  before(install);

  it('runs on several workers, and reports what the server did', async () => {
    await using lab = await Lab.open();
    const outcome = await lab.run(3, 'report.json');
    assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
    const { counters, summaries } = await lab.read('report.json');
    const told = await lab.told();

    const {
      'eap.accepted': accepted = 0,
      'eap.rejected': rejected = 0,
      'vusers.created': users = 0,
    } = counters;
    assert.deepEqual([accepted, rejected], [countOf(told, 'accepted'), countOf(told, 'rejected')]);
    assert.ok(accepted > 0 && rejected > 0 && users >= 3);
    assert.equal(accepted + rejected, 2 * users);
    assert.deepEqual([counters['vusers.completed'], counters['vusers.failed']], [users, 0]);
    assert.equal(counters['eap.rejected.EAP_E_USER_NAME_PASSWORD_REJECTED'], rejected);
    assert.equal(counters['eap.errors'], undefined);
    for (const name of ['eap.authentication_time', 'eap.round_trips']) {
      assert.equal(summaries[name]?.count, accepted + rejected);
    }
    assert.ok((summaries['eap.authentication_time']?.min ?? 0) > 0);

    // A worker has a socket of its own.
    assert.equal(counters['eap.workers'], 3);
    assert.equal(new Set(told.map(({ client }) => client.port)).size, 3);

    const said = outcome.stdout + outcome.stderr + (await readFile(lab.file('report.json'), 'utf8'));
    assert.deepEqual(
      lab.secrets.filter((secret) => said.includes(secret)),
      [],
    );
    assert.ok(!said.includes(refusal), said);
  });

  it('runs on several machines, whose reports are merged', async () => {
    await using lab = await Lab.open();
    const names = ['one.json', 'two.json'];
    const outcomes = await Promise.all(names.map((name) => lab.run(2, name)));
    for (const { code, stdout, stderr } of outcomes) assert.equal(code, 0, stdout + stderr);
    const each = await Promise.all(names.map((name) => lab.read(name)));
    const told = await lab.told();

    const merged = await merge(...names.map((name) => lab.file(name)));
    assert.equal(merged.code, 0, merged.stderr);
    const { counters, summaries, firstMetricAt, lastMetricAt } = aggregateOf(merged.stdout);
    assert.equal(counters['eap.accepted'], countOf(told, 'accepted'));
    assert.equal(counters['eap.rejected'], countOf(told, 'rejected'));
    assert.equal(counters['eap.workers'], 4);
    const times = each.map((aggregate) => aggregate.summaries['eap.authentication_time']);
    const all = summaries['eap.authentication_time'];
    assert.equal(all?.count, told.length);
    assert.equal(all.min, Math.min(...times.map((time) => time?.min ?? 0)));
    assert.equal(all.max, Math.max(...times.map((time) => time?.max ?? 0)));
    assert.equal(firstMetricAt, Math.min(...each.map((aggregate) => aggregate.firstMetricAt)));
    assert.equal(lastMetricAt, Math.max(...each.map((aggregate) => aggregate.lastMetricAt)));
  });

  it('counts users without a verdict as failed, with the code of the error', async () => {
    await using lab = await Lab.open();
    await writeFile(lab.file('wrong.txt'), 'another secret');
    const hurried = { secretFile: 'wrong.txt', timeoutMs: 50, retries: 1 };
    const outcome = await lab.run(3, 'report.json', hurried);
    assert.equal(outcome.code, 0, outcome.stdout + outcome.stderr);
    const { counters, summaries } = await lab.read('report.json');
    const { 'vusers.created': users = 0 } = counters;
    assert.ok(users >= 3);
    for (const name of ['vusers.failed', 'eap.errors', 'errors.EAPHOST_RADIUS_TIMEOUT']) {
      assert.equal(counters[name], users, name);
    }
    assert.deepEqual([counters['eap.accepted'], counters['eap.rejected']], [undefined, undefined]);
    assert.equal(summaries['eap.authentication_time'], undefined);
    const told = await lab.told();
    assert.ok(told.length > 0, 'what the server drops, it tells');
    assert.equal(countOf(told, 'dropped'), told.length);
    const said = outcome.stdout + outcome.stderr;
    assert.ok(!said.includes('another secret') && lab.secrets.every((secret) => !said.includes(secret)));
  });

  it('ends at once where the script makes no sense, and says which field', async () => {
    await using lab = await Lab.open();
    const { code, stdout, stderr } = await lab.run(1, 'report.json', { method: 'pap' });
    assert.equal(code, 11);
    assert.match(stdout + stderr, /ScriptError\]?: config\.engines\.eap\.method must be one of md5,/u);
    assert.deepEqual(await lab.told(), []);
  });

  it('starts no number of workers that is none', async () => {
    for (const number of ['', '0', '2.5', 'many']) {
      const { code, stderr } = await runNode(['--import', 'artillery-engine-eap/workers', '--eval', '0'], {
        WORKERS: number,
      });
      assert.notEqual(code, 0);
      assert.match(stderr, /WORKERS must say how many worker threads/u);
    }
  });

  describe('in merged reports', () => {
    const load = createRequire(join(folder, 'package.json'));
    const { DDSketch }: typeof import('@artilleryio/sketches-js') = load('@artilleryio/sketches-js');
    let reports: string;

    before(async () => {
      reports = await mkdtemp(join(tmpdir(), 'eaphost-reports-'));
    });

    after(() => rm(reports, { recursive: true, force: true }));

    function sketchOf(values: readonly number[]) {
      const sketch = new DDSketch();
      for (const value of values) sketch.accept(value);
      return sketch;
    }

    async function write(name: string, report: unknown): Promise<string> {
      const path = join(reports, name);
      await writeFile(path, typeof report === 'string' ? report : JSON.stringify(report));
      return path;
    }

    function writeReport(
      name: string,
      values: readonly number[],
      at: number,
      counters: Record<string, number>,
    ) {
      const sketches = { time: Buffer.from(sketchOf(values).toProto()).toString('base64') };
      const aggregate = { counters, sketches, firstMetricAt: at, lastMetricAt: at + 10, rates: { a: 1 } };
      return write(name, { aggregate, intermediate: [] });
    }

    it('has the percentiles of all values together', async () => {
      const fast = Array.from({ length: 900 }, (_, index) => 10 + index / 100);
      const slow = Array.from({ length: 100 }, (_, index) => 500 + index);
      const paths = [
        await writeReport('fast.json', fast, 2000, { both: 1, fast: 2 }),
        await writeReport('slow.json', slow, 1000, { both: 10, slow: 20 }),
      ];
      const { code, stdout, stderr } = await merge(...paths);
      assert.equal(code, 0, stderr);
      const aggregate = aggregateOf(stdout);
      assert.deepEqual(aggregate.counters, { both: 11, fast: 2, slow: 20 });
      assert.deepEqual([aggregate.firstMetricAt, aggregate.lastMetricAt], [1000, 2010]);
      const time = aggregate.summaries['time'];
      assert.ok(time);
      assert.deepEqual([time.min, time.max, time.count], [10, 599, 1000]);
      const all = [...fast, ...slow];
      assert.ok(Math.abs(time.mean - all.reduce((a, b) => a + b) / all.length) < 0.06);
      for (const [name, quantile] of [
        ['p50', 0.5],
        ['p95', 0.95],
        ['p99', 0.99],
      ] as const) {
        const exact = all[Math.floor(quantile * (all.length - 1))] ?? 0;
        // The sketches' accuracy, and a decimal.
        assert.ok(
          Math.abs(time[name] - exact) <= exact * 0.01 + 0.06,
          `${name}: ${time[name]}, not ${exact}`,
        );
        assert.equal(time[name], Math.round(sketchOf(all).getValueAtQuantile(quantile) * 10) / 10);
      }
      // A merged report is a report.
      const again = await merge(await write('merged.json', stdout), ...paths);
      assert.equal(aggregateOf(again.stdout).summaries['time']?.count, 2000);
    });

    it('is not merged out of what has no sketches, or is no report', async () => {
      const good = await writeReport('good.json', [1], 1, {});
      const bare = { counters: {}, firstMetricAt: 1, lastMetricAt: 2 };
      for (const [path, message] of [
        [
          await write('bare.json', { aggregate: bare }),
          /bare\.json: no report with sketches; CUSTOM_REPORTERS=/u,
        ],
        [await write('null.json', null), /null\.json: no report with sketches/u],
        [await write('text.json', 'text'), /text\.json: .*JSON/u],
        [join(reports, 'nowhere.json'), /nowhere\.json: ENOENT/u],
      ] as const) {
        const { code, stdout, stderr } = await merge(good, path);
        assert.deepEqual([code, stdout], [1, '']);
        assert.match(stderr, message);
        assert.ok(stderr.trimEnd().split('\n').length === 1, stderr);
      }
      assert.match((await merge()).stderr, /^Usage: artillery-eap-merge REPORT/u);
    });
  });
});

function merge(...paths: readonly string[]): Promise<Outcome> {
  return runNode([join(installed, 'dist', 'merge.js'), ...paths]);
}

function aggregateOf(text: string): Aggregate {
  const report: { readonly aggregate: Aggregate } = JSON.parse(text);
  return report.aggregate;
}
