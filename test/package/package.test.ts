// The package as it is published: packed, installed into empty folders where no compiler can be found, and used
// there, natively and in a Windows Node under Wine.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
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
import { basename, dirname, join, posix } from 'node:path';
import { pathToFileURL } from 'node:url';

import { publint } from 'publint';

import { profiles } from '../../lib/profiles/index.js';
import { openEthernetLink } from '../../lib/wired/index.js';
import { Veth } from '../wired/cards/veth.js';
import { output, type Packed, packInto, root } from './packed.js';

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

describe('the packed package', function () {
  this.timeout(300_000);
  let folder: string;
  let packed: Packed;
  let tarball: string;
  let installed: string;
  let withoutCompiler: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-package-'));
    ({ packed, tarball, withoutCompiler, installed } = packInto(folder));
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
          !/^(package\.json|README\.md|LICENSE|dist\/eaphost\/[\w-]+\.js(?:\.map)?|dist\/lib\/.*\.d\.ts|prebuilds\/[^/]+\/[^/]+)$/u.test(
            path,
          ) &&
          !/^(scripts\/docs\/guides\/[^/]+\.(?:md|png)|\.github\/[A-Z]+\.md|native\/shim\/PROTOCOL\.md|action\.yml|test\/interop\/baselines\/\w+\.txt)$/u.test(
            path,
          ) &&
          !/^(dist\/examples\/[\w-]+\.js|test\/examples\/(?!.*(?:\.test\.ts|node_modules)).*)$/u.test(path),
      );
    assert.deepEqual(strange, []);
  });

  it('holds what its documents link to', () => {
    const files = packed.files.map(({ path }) => path);
    const missing = files
      .filter((name) => name.endsWith('.md'))
      .flatMap((name) =>
        [...readFileSync(name, 'utf8').matchAll(/\]\((?!https?:)([^)#\s]+)/gu)].map(([, link = '']) =>
          posix.join(posix.dirname(name), link),
        ),
      )
      .filter((path) => !files.some((file) => file === path || file.startsWith(`${path}/`)));
    assert.deepEqual(missing, []);
  });

  it('has examples that import it by its name, and nothing of what is not packed', () => {
    const files = new Set(packed.files.map(({ path }) => path));
    const imports = [...files]
      .filter((name) => /^(?:dist|test)\/examples\/.*\.(?:m?[jt]s|cts)$/u.test(name))
      .flatMap((name) =>
        [...readFileSync(name, 'utf8').matchAll(/^(?:import|\} from|export).* '(\.[^']+)'/gmu)].map(
          ([, target = '']) => posix.join(posix.dirname(name), target),
        ),
      );
    assert.ok(imports.length > 20);
    const missing = imports.filter((path) => !files.has(path) && !files.has(path.replace(/\.js$/u, '.ts')));
    assert.deepEqual(missing, []);
  });

  describe('with its example services', () => {
    const start = (name: string, ...args: readonly string[]) => {
      const script = join('node_modules/eaphost/dist/examples', name);
      return spawnSync('node', [script, ...args], { cwd: installed, encoding: 'utf8' });
    };

    it('says how they are used, also where links lead to them', () => {
      const linked = join(folder, 'linked');
      symlinkSync(join(installed, 'node_modules/eaphost/dist/examples'), linked);
      for (const [name, usage] of [
        ['wired-service.js', /^Usage: wired-service\.js PORT PROFILE CREDENTIALS \[CA\]\n/u],
        ['method-service.js', /^Usage: method-service\.js serve\|health\n/u],
      ] as const) {
        for (const { status, stderr } of [
          start(name),
          start(name, 'serves'),
          spawnSync('node', [join(linked, name)], { encoding: 'utf8' }),
        ]) {
          assert.match(stderr, usage);
          assert.equal(status, 2);
        }
      }
    });

    it('keeps a port with eaphost wired: asks its switch, is asked for its health, stops', async () => {
      using veth = new Veth();
      const switchPort = await openEthernetLink({ interface: veth.far });
      const file = (name: string, text: string) => writeFileSync(join(installed, name), text);
      file('profile.xml', profiles.mschapv2({ useWinlogonCredentials: false }));
      file('alice.xml', profiles.credentials.mschapv2({ username: 'alice', password: 'secret' }));
      const port = ['--interface', veth.near, '--control', join(folder, 'control')];
      const command = join('node_modules', 'eaphost', 'dist', 'eaphost', 'cli.js');
      const say = (word: string) =>
        spawnSync('node', [command, 'wired', word, ...port, '--json'], { cwd: installed, encoding: 'utf8' });
      const asked = new Promise<Buffer>((frame) => {
        const ignore = () => undefined;
        switchPort.start({ frame, portEnabled: ignore, dropped: ignore, trouble: ignore });
      });
      const source = ['--runtime', 'embedded', '--profile', 'profile.xml', '--credentials', 'alice.xml'];
      const service = spawn('node', [command, 'wired', ...port, ...source], {
        cwd: installed,
        stdio: 'ignore',
      });
      const ended = once(service, 'exit');
      try {
        const frame = await asked;
        // To the PAE group address, EAPOL of version 2, Start.
        assert.equal(frame.toString('hex', 0, 6), '0180c2000003');
        assert.equal(frame.toString('hex', 12, 16), '888e0201');
        const health = say('health');
        assert.match(health.stdout, /"suppPortStatus":"Unauthorized"/u);
        assert.equal(health.status, 1);
        assert.equal(say('stop').status, 0);
        assert.deepEqual(await ended, [0, null]);
      } finally {
        service.kill();
        await switchPort.close();
      }
    });
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

  it('asks what is in the place of EAPHost under Wine, with the programs and the DLL that it brings', async () => {
    const wine: unknown = await import(pathToFileURL(join(root, 'scripts', 'wine.mjs')).href);
    const { ensureWine, installSystemRuntime, windowsPath } = wine as {
      ensureWine: () => string;
      installSystemRuntime: (binaries: string, methods: readonly never[]) => void;
      windowsPath: (path: string) => string;
    };
    ensureWine();
    const own = join(installed, 'node_modules/eaphost');
    installSystemRuntime(join(own, 'prebuilds/win32-x64'), []);
    const page = join(folder, 'probe.html');
    const asked = ['shim-end-to-end', 'exports-by-path', 'missing-exports'].flatMap((id) => ['--only', id]);
    const command = [
      join(own, 'dist/eaphost/cli.js'),
      'probe',
      '--yes',
      ...asked,
      '--output',
      windowsPath(page),
    ];
    const text = output(process.execPath, [join(root, 'scripts/wine.mjs'), ...command]);
    assert.equal(text.match(/^as documented /gmu)?.length, 3, text);
    assert.match(readFileSync(page, 'utf8'), /<section id="shim-end-to-end">/u);
    output(process.execPath, [join(root, 'scripts/wine.mjs'), ...command.slice(0, 2), '--undo']);
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
    // An example that is a package is copied, and then its exports are seen; nobody imports it out of this one.
    const isOfExample = (args: object): boolean =>
      'filePath' in args && String(args.filePath).startsWith('./test/examples/');
    const problems = messages.filter(
      ({ code, path, args }) =>
        !(code === 'FILE_DOES_NOT_EXIST' && isOfAnotherMachine(path)) &&
        !(code === 'NESTED_PACKAGE_JSON_FIELD_IGNORED' && isOfExample(args)),
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
      symlinkSync(join(root, 'build/packages/bundlers/node_modules'), join(folder, 'node_modules'));
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

  it('leaves the tree as lint takes it: no types of what the tests install', () => {
    const scripts = output('git', ['ls-files', '*.mjs']).split('\n').filter(Boolean);
    const oxlint = [join(root, 'node_modules/oxlint/bin/oxlint'), '--type-aware', '--deny-warnings'];
    output(process.execPath, [...oxlint, ...scripts]);
  });

  it('has the version of package.json in its version resource', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    const resource = readFileSync('native/version.rc.inc', 'utf8');
    assert.match(resource, new RegExp(`EAPHOST_VERSION_TEXT "${version.replaceAll('.', '\\.')}"`, 'u'));
    const numbers = [...version.split('-')[0]!.split('.'), '0'].join(', ');
    assert.ok(resource.includes(`EAPHOST_VERSION_NUMBERS ${numbers}\n`), numbers);
  });
});
