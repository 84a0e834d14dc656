// The program in an archive, packed by @electron/asar with the pattern of its package.json, which is the guide's. Then
// started from it as Electron shows it: the archive as a folder, without what lies beside it, unpacked.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

import { binaryFolder } from '../../../lib/native/binary.js';
import { addFakeElectron } from './staged.js';
import { appFolder, Folder } from './support.js';

/** What is needed of @electron/asar, which is the example's. */
interface Asar {
  listPackage(archive: string): string[];
  statFile(archive: string, file: string): { readonly unpacked?: boolean; readonly files?: object };
  extractAll(archive: string, folder: string): void;
  createPackageWithOptions(
    source: string,
    archive: string,
    options: { readonly unpack: string },
  ): Promise<void>;
}

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../../', import.meta.url));
const target = `${process.platform}-${process.arch}`;
const suffix = { win32: '.dll', darwin: '.dylib' }[process.platform as string] ?? '.so';
const binaries = ['eaphost.node', `eapembedded${suffix}`, `eapshim${suffix}`];
const start = fileURLToPath(new URL('fake-start.js', import.meta.url));

describe('The Electron example in an archive', function () {
  this.timeout(300_000);
  let folder: Folder;
  let asar: Asar;
  let archive: string;

  /** The package as it is published, with this machine's binaries. */
  const packEaphost = async (): Promise<string> => {
    const staged = join(folder.path, 'eaphost');
    for (const name of ['package.json', 'README.md', 'LICENSE', 'dist/lib', 'dist/eaphost']) {
      cpSync(join(root, name), join(staged, name), { recursive: true });
    }
    for (const name of binaries) {
      cpSync(join(binaryFolder(), name), join(staged, 'prebuilds', target, name));
    }
    const { stdout } = await run('npm', ['pack', '--silent'], { cwd: staged });
    return join(staged, stdout.trim());
  };

  /** What an archive holds, and which of it is unpacked. */
  const contents = (archive: string) => {
    const files = asar
      .listPackage(archive)
      .map((path) => path.replaceAll('\\', '/').slice(1))
      .filter((path) => asar.statFile(archive, path).files === undefined);
    return { files, unpacked: files.filter((path) => asar.statFile(archive, path).unpacked === true) };
  };

  /** The archive as Electron shows it to a program. */
  const mount = (from: string, name: string): string => {
    const mounted = join(folder.path, name, 'app.asar');
    mkdirSync(mounted, { recursive: true });
    asar.extractAll(from, mounted);
    for (const path of contents(from).unpacked) rmSync(join(mounted, path), { force: true });
    cpSync(`${from}.unpacked`, `${mounted}.unpacked`, { recursive: true });
    addFakeElectron(mounted);
    return mounted;
  };

  const smoke = async (program: string) => {
    const args = [start, program, '--smoke', '--runtime=embedded'];
    const { stdout } = await run(process.execPath, args, { env: { ...process.env, EAPHOST_BINARY: '' } });
    return JSON.parse(stdout) as Readonly<Record<string, unknown>>;
  };

  before(async () => {
    folder = new Folder();
    const url = pathToFileURL(join(appFolder, 'node_modules/@electron/asar/lib/asar.js')).href;
    asar = (await import(url)) as Asar;
    const tarball = await packEaphost();
    const resources = join(folder.path, 'resources');
    await run(process.execPath, [join(appFolder, 'pack.mjs'), resources, tarball]);
    archive = join(resources, 'app.asar');
  });
  after(() => {
    folder.remove();
  });

  it('is packed with the pattern of the guide', () => {
    const guide = readFileSync(join(root, 'scripts/docs/guides/electron.md'), 'utf8');
    const blocks = [...guide.matchAll(/^```json\n([^]*?)^```/gmu)].map(
      ([, text = '']) => JSON.parse(text) as { build?: { asarUnpack?: string[] } },
    );
    const own = JSON.parse(readFileSync(join(appFolder, 'package.json'), 'utf8')) as {
      build: { asarUnpack: string[] };
    };
    const guides = blocks.flatMap(({ build }) => build?.asarUnpack ?? []);
    assert.deepEqual(own.build.asarUnpack, guides);
  });

  it('has the binaries beside it, and everything else in it', () => {
    const { files, unpacked } = contents(archive);
    const prebuilds = binaries.map((name) => `node_modules/eaphost/prebuilds/${target}/${name}`);
    assert.deepEqual(unpacked.toSorted(), prebuilds.toSorted());
    for (const path of prebuilds) assert.ok(existsSync(join(`${archive}.unpacked`, path)), path);
    for (const path of [
      'dist/src/main.js',
      'dist/src/preload.cjs',
      'node_modules/eaphost/dist/eaphost/index.js',
    ]) {
      assert.ok(files.includes(path), path);
    }
    // Neither what it was built with, nor its sources.
    const tops = new Set(files.map((path) => path.split('/').slice(0, 2).join('/')));
    const pages = ['renderer/index.html', 'renderer/style.css'];
    const packages = ['eaphost', 'saxes', 'xmlchars'].map((name) => `node_modules/${name}`);
    for (const path of ['node_modules/.package-lock.json', 'node_modules/.bin']) tops.delete(path);
    const known = ['dist/renderer', 'dist/src', ...packages, 'package.json', ...pages];
    assert.deepEqual([...tops].toSorted(), known.toSorted());
  });

  it('loads the addon and its libraries from beside the archive, in both processes', async () => {
    const mounted = mount(archive, 'mounted');
    const report = await smoke(mounted);
    const { isAuthenticated, keysAgree, addon } = report;
    assert.deepEqual({ isAuthenticated, keysAgree }, { isAuthenticated: true, keysAgree: true });
    const expected = join(`${mounted}.unpacked`, 'node_modules/eaphost/prebuilds', target, 'eaphost.node');
    assert.equal(addon, expected);
  });

  it('says what is missing where only *.node was unpacked', async () => {
    const natives = join(folder.path, 'natives', 'app.asar');
    const whole = join(folder.path, 'whole');
    asar.extractAll(archive, whole);
    await asar.createPackageWithOptions(whole, natives, { unpack: '**/*.node' });
    await assert.rejects(smoke(mount(natives, 'natives-mounted')), (error) => {
      const { stderr = '' } = error as { stderr?: string };
      assert.match(stderr, /app\.asar\.unpacked.+eapembedded.+\(ERROR_MOD_NOT_FOUND\)/u);
      return true;
    });
  });
});
