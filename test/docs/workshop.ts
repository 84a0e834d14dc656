// Runs the blocks of the documents: each document has a folder of its own, in which its blocks run one after the
// other, as a reader would run them. The folders are inside of the package, so that programs find it by its name.

import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { freePort } from '../support/free-port.js';
import { pairPath } from '../method-dlls/support.js';
import { endGroup } from '../support/process-group.js';
import { blocks, type Block, placeOf, root } from './blocks.js';
import { drivers } from './drivers.js';
import { scenes } from './scenes.js';

const run = promisify(execFile);
const folder = join(root, 'build', 'documents');
const modules = join(folder, 'node_modules');
/** What npm installs is not on a reader's path: npx is. */
const bin = join(folder, 'bin');

/** A setting of a block that is to be run. */
export function settingOf({ marker }: Block, name: string): string | undefined {
  return marker?.kind === 'run' ? marker.settings.get(name) : undefined;
}

/** Where blocks are run. */
export interface Place {
  /** Has a folder for each document. */
  readonly folder: string;
  /** The packages that are installed there. */
  readonly modules: string;
  /** What is on the path before the rest. */
  readonly path: string;
  /** How a program is started. */
  readonly start: (name: string) => readonly string[];
}

/** This clone: its package, and programs that were compiled beforehand. */
const clone: Place = { folder, modules, path: bin, start: (name) => [process.execPath, `${name}.js`] };

/** The folder in which a block runs. */
export function folderOf({ document }: Block, place = clone): string {
  return join(place.folder, basename(document.name, '.md').toLowerCase());
}

/** The DLL of somebody else's method, as the documents call it. */
const strangeDll = /'C:\\\\work\\\\\w+\.dll'/gu;

/** The blocks that are programs. */
const programs = blocks.filter(({ language }) => language === 'ts');

/** Writes the programs into their folders; gives their files. */
export function writePrograms(place = clone): string[] {
  return programs.map((block) => {
    const file = join(folderOf(block, place), `${nameOf(block)}.ts`);
    mkdirSync(folderOf(block, place), { recursive: true });
    writeFileSync(file, block.text.replaceAll(strangeDll, JSON.stringify(pairPath)));
    return file;
  });
}

/** The name of a program, without its ending. */
function nameOf(block: Block): string {
  return settingOf(block, 'as')?.replace(/\.ts$/u, '') ?? `program${block.line}`;
}

/** Compiles files strictly, to JavaScript beside them. Fails with what the compiler says. */
export async function compile(files: readonly string[]): Promise<void> {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const options = [
    '--strict',
    '--noUncheckedIndexedAccess',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
  ];
  options.push('--ignoreConfig', '--types', 'node', '--rootDir', folder);
  options.push('--target', 'es2022', '--module', 'nodenext', '--lib', 'es2023,esnext.disposable');
  try {
    await run(process.execPath, [compiler, ...options, ...files], { cwd: folder });
  } catch (error) {
    const { stdout } = error as { stdout?: string };
    assert.fail(`what the documents show does not compile:\n${stdout ?? String(error)}`);
  }
}

/** The folders, with every program in them, compiled. */
export async function build(): Promise<void> {
  rmSync(folder, { recursive: true, force: true });
  const installed = join(modules, '.bin');
  for (const each of [bin, installed]) mkdirSync(each, { recursive: true });
  const main = join(root, 'dist', 'eaphost', 'cli.js');
  const scripts = {
    [join(bin, 'npx')]: `name="$1"; shift; exec '${installed}'/"$name" "$@"`,
    [join(installed, 'eaphost')]: `exec '${process.execPath}' '${main}' "$@"`,
    // They were compiled beforehand, as strictly as tsx is not.
    [join(installed, 'esbuild')]: ':',
    [join(installed, 'tsx')]: `name="\${1%.ts}.js"; shift; exec '${process.execPath}' "$name" "$@"`,
  };
  for (const [file, command] of Object.entries(scripts)) {
    writeFileSync(file, `#!/bin/sh\n${command}\n`);
    chmodSync(file, 0o755);
  }
  const files = writePrograms();
  // What Electron adds to Node's process.
  const electron = join(folder, 'electron.d.ts');
  writeFileSync(
    electron,
    'declare namespace NodeJS { interface Process { readonly resourcesPath: string } }\n',
  );
  await compile([...files, electron]);
}

/** Takes the folders away. */
export function clear(): void {
  rmSync(folder, { recursive: true, force: true });
}

/** A document that is being worked through. */
export class Workshop {
  readonly #groups: ChildProcess[] = [];
  readonly #env: NodeJS.ProcessEnv;
  readonly #place: Place;
  #printed = '';

  private constructor(port: number, place: Place) {
    this.#place = place;
    const { EAPHOST_PASSWORD: _p, EAPHOST_SERVER_PASSWORD: _s, EAPHOST_DEBUG: _d, ...env } = process.env;
    this.#env = {
      ...env,
      PATH: `${place.path}${delimiter}${env['PATH'] ?? ''}`,
      NODE_OPTIONS: `--import=${new URL('port.js', import.meta.url).href}`,
      EAPHOST_DOCS_PORT: String(port),
    };
  }

  static async open(place = clone): Promise<Workshop> {
    return new Workshop(await freePort(), place);
  }

  /** Does with a block what its marker says. Fails where it does not go as the marker says. */
  async run(block: Block): Promise<void> {
    if (block.marker?.kind === 'printed') return this.#compare(block);
    const cwd = folderOf(block, this.#place);
    mkdirSync(cwd, { recursive: true });
    const installed = join(cwd, 'node_modules');
    if (!existsSync(installed)) symlinkSync(this.#place.modules, installed);
    for (const name of settingOf(block, 'with')?.split(',') ?? []) {
      const scene = scenes[name];
      assert.ok(scene, `${placeOf(block)}: there is no scene ${name}`);
      await scene(cwd);
    }
    const name = settingOf(block, 'by');
    if (name !== undefined) {
      const driver = drivers[name];
      assert.ok(driver, `${placeOf(block)}: there is no driver ${name}`);
      return driver((await import(pathToFileURL(join(cwd, `${nameOf(block)}.js`)).href)) as never);
    }
    return settingOf(block, 'background') === undefined ? this.#finish(block, cwd) : this.#start(block, cwd);
  }

  /** Ends what still runs: programs in the background, and a shell's. */
  async close(): Promise<void> {
    for (const child of this.#groups) {
      const exited = child.exitCode ?? child.signalCode;
      const exit = exited === null ? once(child, 'exit') : undefined;
      endGroup(child.pid!);
      await exit;
    }
  }

  #spawn(block: Block, cwd: string, output: readonly (number | 'pipe')[]): ChildProcess {
    const args = settingOf(block, 'args')?.split(' ') ?? [];
    const isShell = block.language === 'sh';
    assert.ok(isShell || block.language === 'ts', `${placeOf(block)}: ${block.language} cannot be run`);
    const command = isShell
      ? ['bash', '-e', '-o', 'pipefail', '-c', block.text]
      : this.#place.start(nameOf(block));
    const [program = '', ...rest] = [...command, ...args];
    const stdio = ['ignore' as const, ...output];
    const child = spawn(program, rest, { cwd, env: this.#env, stdio, detached: true });
    if (!isShell || / &$/mu.test(block.text)) this.#groups.push(child);
    return child;
  }

  /** Runs a block to its end. Its output goes to files: what it leaves in the background would keep pipes open. */
  async #finish(block: Block, cwd: string): Promise<void> {
    const [out, err] = ['stdout.txt', 'stderr.txt'].map((name) => join(cwd, name));
    const [stdout, stderr] = [openSync(out!, 'w'), openSync(err!, 'w')];
    const child = this.#spawn(block, cwd, [stdout, stderr]);
    await once(child, 'exit');
    closeSync(stdout);
    closeSync(stderr);
    this.#printed = readFileSync(out!, 'utf8');
    const said = `${placeOf(block)} printed:\n${this.#printed}${readFileSync(err!, 'utf8')}`;
    assert.equal(child.exitCode, Number(settingOf(block, 'ends') ?? 0), said);
    assert.match(this.#printed, new RegExp(settingOf(block, 'prints') ?? '', 'mu'), said);
  }

  /** Starts a block, and waits until it has said what it is to. */
  async #start(block: Block, cwd: string): Promise<void> {
    const child = this.#spawn(block, cwd, ['pipe', 'pipe']);
    const wanted = new RegExp(settingOf(block, 'prints') ?? '', 'mu');
    let said = '';
    const words = new Promise<void>((resolve) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream?.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (wanted.test(said)) resolve();
        });
      }
    });
    await Promise.race([once(child, 'exit'), words]);
    assert.equal(child.exitCode, null, `${placeOf(block)} did not stay; it printed:\n${said}`);
  }

  #compare(block: Block): void {
    const shape = (line: string): string => line.replaceAll(/\d+/gu, '0').trimEnd();
    const printed = new Set(this.#printed.split('\n').map(shape));
    const missing = block.text.split('\n').filter((line) => line.trim() !== '…' && !printed.has(shape(line)));
    assert.deepEqual(missing, [], `${placeOf(block)} shows what is not printed; there was\n${this.#printed}`);
  }
}
