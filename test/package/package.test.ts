// The package as it is published: packed, installed into empty folders where no compiler can be found, and used
// there, natively and in a Windows Node under Wine.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

import { publint } from 'publint';

const root = process.cwd();
const program = join(root, 'test', 'package', 'program.mjs');

/** What a program may import. */
function entries(): string[] {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, unknown>;
  };
  return Object.entries(exports)
    .filter(([, conditions]) => typeof conditions === 'object')
    .map(([name]) => name.replace('.', 'eaphost'));
}

interface PackedFile {
  readonly path: string;
}
interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly PackedFile[];
}

function output(
  command: string,
  args: readonly string[],
  options: { cwd?: string; path?: string } = {},
): string {
  const { path = process.env['PATH'] ?? '', cwd = root } = options;
  const env = { ...process.env, PATH: path, EAPHOST_BINARY: '' };
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: 'utf8', cwd, env });
  if (error) throw error;
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}

describe('the packed package', function () {
  this.timeout(300_000);
  let folder: string;
  let packed: Packed;
  let tarball: string;
  let installed: string;
  let withoutCompiler: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-package-'));
    packed = (JSON.parse(output('npm', ['pack', '--json', '--pack-destination', folder])) as Packed[])[0]!;
    tarball = join(folder, packed.filename);
    // A PATH with Node, npm and a shell, and nothing that could build.
    withoutCompiler = join(folder, 'bin');
    mkdirSync(withoutCompiler);
    for (const name of ['node', 'npm', 'npx']) {
      symlinkSync(join(dirname(process.execPath), name), join(withoutCompiler, name));
    }
    symlinkSync('/bin/sh', join(withoutCompiler, 'sh'));
    installed = join(folder, 'installed');
    mkdirSync(installed);
    writeFileSync(join(installed, 'package.json'), '{ "type": "module" }');
    output('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: installed, path: withoutCompiler });
    cpSync(program, join(installed, 'program.mjs'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('holds what it needs and nothing else', () => {
    console.log(`      ${packed.size} octets packed, ${packed.unpackedSize} unpacked`);
    const strange = packed.files
      .map((file) => file.path)
      .filter(
        (path) =>
          !/^(package\.json|README\.md|LICENSE|dist\/eaphost\/[\w-]+\.js(?:\.map)?|dist\/lib\/.*\.d\.ts|scripts\/docs\/guides\/[^/]+\.md|prebuilds\/[^/]+\/[^/]+)$/u.test(
            path,
          ),
      );
    assert.deepEqual(strange, []);
  });

  it('has no install script', () => {
    const manifest = JSON.parse(
      readFileSync(join(installed, 'node_modules/eaphost/package.json'), 'utf8'),
    ) as { scripts?: Record<string, string>; gypfile?: boolean };
    for (const name of ['preinstall', 'install', 'postinstall', 'prepare']) {
      assert.equal(manifest.scripts?.[name], undefined, name);
    }
    assert.equal(manifest.gypfile, false);
    assert.ok(!existsSync(join(installed, 'node_modules/eaphost/binding.gyp')));
  });

  it('authenticates where no compiler is', () => {
    const text = output('node', ['program.mjs'], { cwd: installed, path: withoutCompiler });
    assert.match(text, /^authenticated, keys equal$/mu);
  });

  it('brings its command', () => {
    const text = output('npx', ['eaphost', '--help'], { cwd: installed, path: withoutCompiler });
    assert.match(text, /eaphost auth/u);
  });

  it('authenticates in a Windows Node under Wine', () => {
    const text = output(process.execPath, [join(root, 'scripts/wine.mjs'), join(installed, 'program.mjs')]);
    assert.match(text, /^authenticated, keys equal\r?$/mu);
  });

  it('can be imported where it has no binary, and the first call says how to get one', () => {
    const bare = join(folder, 'bare');
    cpSync(installed, bare, { recursive: true });
    rmSync(join(bare, 'node_modules/eaphost/prebuilds'), { recursive: true });
    writeFileSync(
      join(bare, 'bare.mjs'),
      `import { openEapHost } from 'eaphost';
       await openEapHost({ runtime: 'embedded' }).catch((error) => console.log(error.code, error.message));`,
    );
    const text = output('node', ['bare.mjs'], { cwd: bare, path: withoutCompiler });
    assert.match(text, /^EAPHOST_NATIVE_NOT_FOUND/u);
    assert.match(text, /clone of its repository/u);
    assert.match(text, /prebuilds/u);
  });

  it('loads its binaries from beside an archive, as asarUnpack puts them', () => {
    const archive = join(folder, 'resources', 'app.asar');
    cpSync(installed, archive, { recursive: true });
    const unpacked = join(`${archive}.unpacked`, 'node_modules', 'eaphost');
    mkdirSync(unpacked, { recursive: true });
    renameSync(join(archive, 'node_modules/eaphost/prebuilds'), join(unpacked, 'prebuilds'));
    const text = output('node', ['program.mjs'], { cwd: archive, path: withoutCompiler });
    assert.match(text, /^authenticated, keys equal$/mu);
  });

  it('is found sound by publint', async () => {
    const { messages } = await publint({
      pkgDir: join(installed, 'node_modules/eaphost'),
      pack: false,
      strict: true,
    });
    // Here only some of the platforms' binaries can be made; a release is checked for all of them.
    const made = new Set(readdirSync('prebuilds'));
    const isOfAnotherMachine = (path: readonly string[]): boolean => {
      const platform = /^\.\/prebuilds\/([^/]+)\//u.exec(path[1] ?? '')?.[1];
      return platform !== undefined && !made.has(platform);
    };
    const problems = messages.filter(
      ({ code, path }) => !(code === 'FILE_DOES_NOT_EXIST' && isOfAnotherMachine(path)),
    );
    assert.deepEqual(problems, []);
  });

  it('has types that resolve', () => {
    // ECMAScript modules only, which Node from 20.19 on can require() too.
    const cli = join(root, 'node_modules/@arethetypeswrong/cli/dist/index.js');
    const points = entries().map((name) => name.replace('eaphost', '.'));
    output(process.execPath, [cli, tarball, '--profile', 'esm-only', '--entrypoints', ...points]);
  });

  for (const [resolution, module] of [
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['bundler', 'esnext'],
  ] as const) {
    it(`has types that hold by themselves in every entry: ${resolution}`, () => {
      const lines = entries().map((name, index) => `export * as entry${index} from '${name}';`);
      writeFileSync(join(installed, 'every.ts'), lines.join('\n'));
      writeFileSync(join(installed, 'wrong.ts'), "import { openEapHosts } from 'eaphost';\nopenEapHosts();");
      const options = ['--ignoreConfig', '--noEmit', '--strict', '--exactOptionalPropertyTypes'];
      options.push('--skipLibCheck', 'false', '--target', 'es2022', '--lib', 'es2023,esnext.disposable');
      options.push('--types', 'node', '--typeRoots', join(root, 'node_modules/@types'));
      options.push('--module', module, '--moduleResolution', resolution);
      const tsc = [join(root, 'node_modules/typescript/bin/tsc'), ...options];
      output(process.execPath, [...tsc, 'every.ts'], { cwd: installed });
      assert.throws(
        () => output(process.execPath, [...tsc, 'wrong.ts'], { cwd: installed }),
        /openEapHosts/u,
      );
    });
  }

  it('can be required by CommonJS, in every entry', () => {
    writeFileSync(
      join(installed, 'every.cjs'),
      `for (const name of ${JSON.stringify(entries())}) console.log(name, Object.keys(require(name)).length);
       require('eaphost').openEapHost({ runtime: 'embedded' })
         .then((host) => host.close()).then(() => console.log('opened'));`,
    );
    const text = output('node', ['--no-warnings', 'every.cjs'], { cwd: installed, path: withoutCompiler });
    for (const name of entries()) assert.match(text, new RegExp(`^${name} [1-9]`, 'mu'));
    assert.match(text, /^opened$/mu);
  });

  it('runs a method DLL in a process of its own', () => {
    writeFileSync(
      join(installed, 'isolated.mjs'),
      `import { PeerMethod } from 'eaphost/method-dlls';
       import { md5 } from 'eaphost/methods';
       import { serveMethods } from 'eaphost/registration';
       await using server = await serveMethods({ methods: [md5] });
       await using method = await PeerMethod.load({ type: { type: 4 }, endpoint: server.endpoint, isolate: true });
       console.log('loaded');`
        // Node 20 has no such declarations.
        .replaceAll(/await using (\w+)/gu, 'const $1')
        .concat('await method.close(); await server.close();'),
    );
    const text = output('node', ['isolated.mjs'], { cwd: installed, path: withoutCompiler });
    assert.match(text, /^loaded$/mu);
  });

  describe('in a bundle, with its binaries beside it', () => {
    let bundled: string;
    before(() => {
      bundled = join(folder, 'bundled');
      cpSync(installed, bundled, { recursive: true });
      cpSync(join(root, 'test/package/bundlers/bundle.mjs'), join(bundled, 'bundle.mjs'));
      symlinkSync(join(root, 'test/package/bundlers/node_modules'), join(folder, 'node_modules'));
      const lines = entries().map(
        (name, at) =>
          `import * as entry${at} from '${name}'; console.log('${name}', Object.keys(entry${at}).length);`,
      );
      writeFileSync(join(bundled, 'every.mjs'), lines.join('\n'));
      output(process.execPath, ['bundle.mjs'], { cwd: bundled });
      // Nothing is left of the package but what is in the bundles.
      rmSync(join(bundled, 'node_modules'), { recursive: true });
      rmSync(join(folder, 'node_modules'));
    });
    it('can be imported as CommonJS, in every entry', () => {
      const text = output('node', [join(bundled, 'esbuild-cjs/every.cjs')]);
      for (const name of entries()) assert.match(text, new RegExp(`^${name} [1-9]`, 'mu'));
    });
    for (const file of [
      'esbuild/program.mjs',
      'esbuild-cjs/program.cjs',
      'rollup/program.mjs',
      'vite/program.cjs',
      'webpack-esm/program.mjs',
    ]) {
      it(`says which files to copy, and authenticates with them beside it: ${file}`, () => {
        const out = join(bundled, file);
        const run = (): string => output('node', [out], { cwd: folder, path: withoutCompiler });
        assert.throws(run, (error: Error) => {
          assert.match(error.message, /is bundled: mark eaphost external, or copy these three files to /u);
          assert.ok(error.message.includes(`to ${dirname(out)}, `), error.message);
          const paths = error.message.match(/(?<=^ +)node_modules\/eaphost\/prebuilds\/\S+$/gmu) ?? [];
          assert.equal(paths.length, 3);
          for (const path of paths) cpSync(join(installed, path), join(dirname(out), basename(path)));
          return true;
        });
        assert.match(run(), /^authenticated, keys equal$/mu);
      });
    }
    for (const file of ['esbuild-named/program.cjs', 'webpack/program.cjs']) {
      it(`authenticates with the files that it names, under the bundler's names: ${file}`, () => {
        const out = join(bundled, file);
        const names = readdirSync(dirname(out)).filter((name) => /^eap\w+-\w+\./u.test(name));
        assert.equal(names.length, 3, readdirSync(dirname(out)).join());
        const text = output('node', [out], { cwd: folder, path: withoutCompiler });
        assert.match(text, /^authenticated, keys equal$/mu);
      });
    }
  });

  it('has the version of package.json in its version resource', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const resource = readFileSync('native/version.rc.inc', 'utf8');
    assert.match(resource, new RegExp(`EAPHOST_VERSION_TEXT "${version.replaceAll('.', '\\.')}"`, 'u'));
    const numbers = [...version.split('-')[0]!.split('.'), '0'].join(', ');
    assert.ok(resource.includes(`EAPHOST_VERSION_NUMBERS ${numbers}\n`), numbers);
  });
});
