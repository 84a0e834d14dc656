// What the README and the guides say, as somebody does it who has nothing: in an empty folder, with the packed package in
// the registry's place, on the oldest Node that it supports and on one of each line. The blocks that call functions into
// the tests (by=) are compiled only.

import assert from 'node:assert/strict';
import { execFile, type ExecFileOptions } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';

import { blocksOf, type Document, documents, readText, root } from '../docs/blocks.js';
import { type Place, settingOf, Workshop, writePrograms } from '../docs/workshop.js';

const execute = promisify(execFile);
const packages = join(root, 'build', 'packages', 'newcomer', 'node_modules');
const readme = readText('README.md');

/** Runs a program to its end; what it printed. Fails with that. */
async function run(program: string, args: readonly string[], options: ExecFileOptions): Promise<string> {
  try {
    return (await execute(program, args, { ...options, encoding: 'utf8' })).stdout;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${[program, ...args].join(' ')}\n${stdout}${stderr}`, { cause: error });
  }
}

/** The lines of the README's block that begins with this one. */
function linesFrom(first: string): string[] {
  const block = blocksOf(documents[0]!).find(({ text }) => text.startsWith(first));
  assert.ok(block, `the README does not say ${first}`);
  return block.text.trim().split('\n');
}

/** The lines that do not fit 80 columns. A path stands alone where it does not fit: it is to be copied. */
const wideLines = (shown: string): string[] =>
  shown.split('\n').filter((line) => line.length > 80 && !/^\s*\S+$/u.test(line));

/** An empty folder, and nothing on the path but a Node, its npm and the system. */
class Newcomer {
  readonly folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #path: string;
  readonly #name: string;

  constructor(parent: string, name: string) {
    this.#name = name;
    this.folder = join(parent, name, 'work');
    const bin = join(parent, name, 'bin');
    mkdirSync(this.folder, { recursive: true });
    mkdirSync(bin);
    symlinkSync(join(packages, name, 'bin', 'node'), join(bin, 'node'));
    for (const tool of ['npm', 'npx']) symlinkSync(join(dirname(process.execPath), tool), join(bin, tool));
    this.#path = `${bin}:/usr/bin:/bin`;
    // And the way to the registry: a proxy, and whom it is believed by.
    const isKept = /^(?:HOME|LANG|NODE_EXTRA_CA_CERTS|npm_config_\w+|(?:no|https?)_proxy)$/iu;
    const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => isKept.test(name)));
    this.#env = { ...own, PATH: this.#path, npm_config_prefer_offline: 'true', npm_config_loglevel: 'error' };
  }

  /** Where the documents' blocks are run. */
  get place(): Place {
    // As the guide says of the program whose workers have its own file.
    const compiled = 'npx esbuild workers.ts --log-level=error --outfile=workers.js && exec node workers.js';
    const start = (name: string): string[] =>
      name === 'workers' && this.#name === 'node20' ? ['bash', '-c', compiled] : ['npx', 'tsx', `${name}.ts`];
    const modules = join(this.folder, 'node_modules');
    return { folder: join(this.folder, 'documents'), modules, path: this.#path, start };
  }

  /** Types a line. */
  async type(line: string): Promise<string> {
    return run('bash', ['-c', line], { cwd: this.folder, env: this.#env });
  }

  /** Types a line at a terminal of 80 columns; what stays on it. */
  async show(line: string): Promise<string> {
    const env = { ...this.#env, TERM: 'xterm-256color' };
    const args = ['-qec', `stty cols 80 rows 24; ${line}`, '/dev/null'];
    const shown = await run('script', args, { cwd: this.folder, env });
    const lines = shown
      .split('\n')
      .map((each) => each.split('\r\u001B[2K').at(-1)?.replaceAll('\r', '') ?? '');
    return stripVTControlCharacters(lines.join('\n'));
  }
}

/** Runs the blocks of a document. */
async function workThrough(document: Document, place: Place): Promise<void> {
  const workshop = await Workshop.open(place);
  try {
    for (const block of blocksOf(document)) {
      const isShown = ['run', 'printed'].includes(block.marker?.kind ?? '');
      if (isShown && settingOf(block, 'by') === undefined) await workshop.run(block);
    }
  } finally {
    await workshop.close();
  }
}

/** All that a reader does, in the documents' order. */
async function journey(newcomer: Newcomer, tarball: string): Promise<void> {
  const [install = '', ...tries] = linesFrom('npm install eaphost\n');
  await newcomer.type(install.replace(/(?<=install )eaphost$/u, tarball));
  for (const line of tries) {
    const shown = await newcomer.show(line);
    assert.deepEqual(wideLines(shown), [], `${line} is wider than 80 columns`);
    if (line.includes('eaphost auth')) assert.match(shown, /^verdict +accepted$/mu);
  }
  const [prepare = ''] = linesFrom('npm pkg set type=module');
  await newcomer.type(prepare);
  writePrograms(newcomer.place);
  for (const document of documents.filter(({ name }) => !name.startsWith('.github/'))) {
    await workThrough(document, newcomer.place);
  }
}

describe('A newcomer', function () {
  this.timeout(300_000);
  let parent: string;
  const newcomers = new Map<string, Newcomer>();
  /** All at once: most of it is waiting. */
  const journeys = new Map<string, Promise<void>>();

  before(async () => {
    assert.ok(
      existsSync(join(packages, 'node24', 'bin', 'node')),
      `there is no Node in ${packages}: run node scripts/test.mjs newcomer, on Linux x64`,
    );
    parent = mkdtempSync(join(tmpdir(), 'eaphost-newcomer-'));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', parent], { cwd: root });
    const [{ filename }] = JSON.parse(packed) as [{ filename: string }];
    for (const name of ['node20', 'node22', 'node24']) {
      const newcomer = new Newcomer(parent, name);
      const made = journey(newcomer, join(parent, filename));
      // Its failure is the test's that waits for it.
      made.catch(() => undefined);
      newcomers.set(name, newcomer);
      journeys.set(name, made);
    }
  });
  after(async () => {
    await Promise.allSettled(journeys.values());
    rmSync(parent, { recursive: true, force: true });
  });

  for (const name of ['node20', 'node22', 'node24']) {
    it(`does what README and guides say: ${name}`, async () => {
      const version = await newcomers.get(name)!.type('node --version');
      assert.ok(version.startsWith(name.replace('node', 'v')), version);
      await journeys.get(name);
    });
  }

  it('needs no tsx from Node 24 on', async () => {
    const newcomer = newcomers.get('node24')!;
    await journeys.get('node24');
    await workThrough(documents[0]!, { ...newcomer.place, start: (name) => ['node', `${name}.ts`] });
  });

  it('reads the help of every command at 80 columns', async () => {
    await journeys.get('node24');
    const commands = [...readme.matchAll(/^\| (`eaphost [^|]*)\|/gmu)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`(?:eaphost )?(\w+)`/gu)].map(([, name = '']) => name),
    );
    assert.ok(commands.length > 8, commands.join());
    const helps = ['npx eaphost --help', ...commands.map((each) => `npx eaphost ${each} --help`)];
    const show = async (line: string) => [line, await newcomers.get('node24')!.show(line)] as const;
    for (const [line, shown] of await Promise.all(helps.map(show))) {
      assert.match(shown, /^Usage|eaphost /u);
      assert.deepEqual(wideLines(shown), [], `${line} is wider than 80 columns`);
    }
  });

  it('compiles every program of the documents, with each of the three resolutions', async () => {
    const newcomer = newcomers.get('node22')!;
    await journeys.get('node22');
    // `process.resourcesPath` is Electron's.
    const files = writePrograms(newcomer.place).filter((file) => !file.includes('/electron/'));
    const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022'];
    options.push('--lib', 'es2023,esnext.disposable', '--types', 'node');
    options.push('--typeRoots', join(packages, '@types'));
    const compile = async (resolution: string, module: string): Promise<string> => {
      const args = [...options, '--module', module, '--moduleResolution', resolution, ...files];
      const tsc = join(packages, 'typescript', 'bin', 'tsc');
      return run(process.execPath, [tsc, ...args], { cwd: newcomer.folder });
    };
    const said = [compile('node16', 'node16'), compile('nodenext', 'nodenext'), compile('bundler', 'esnext')];
    assert.deepEqual(await Promise.all(said), ['', '', '']);
  });
});
