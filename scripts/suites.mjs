// The suites: what each needs of the system, what is built for it, and how it is run.
// Usage: node scripts/suites.mjs SUITE FILE     (runs one that is built, and writes what it counted into FILE)

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { buildNative, buildSanitized, buildWindows } from './build.mjs';
import { buildDocs } from './docs.mjs';
import { checkPrebuilds, prebuildHere, prebuildMingw } from './prebuild.mjs';
import {
  broken,
  count,
  doctest,
  doctestOptions,
  mocha,
  mochaOptions,
  program,
  readMocha,
  recordOf,
  reportOf,
  result,
} from './tally.mjs';
import { ensureFolder, ensurePackages, inRoot, root, run } from './tools.mjs';
import {
  ensureWine,
  installSystemRuntime,
  removeSystemRuntime,
  windowsPackages,
  windowsPath,
  wine,
  wineEnvironment,
  withDisplay,
} from './wine.mjs';

const windowsBinaries = 'build/win32-x64/Release';
const facade = ['dist/test/supplicant/*.test.js', 'dist/test/eap/attribute-values.test.js'];
const faulty = ['dist/test/faulty/*.test.js'];
const dialogs = ['dist/test/dialogs/*.test.js'];
const hosting = ['dist/test/method-dlls/*.test.js', 'dist/test/conversation/*.test.js'];
/** Each test is an attack. */
const hostile = ['dist/test/hostile/*.test.js'];
const linux = process.platform === 'linux';

function nativeTests(name, folder, env = {}) {
  const exe = inRoot('build', folder, 'Release', 'native_tests');
  const run = spawnSync(exe, doctestOptions, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  doctest(name, run.status ?? run.signal, `${run.stdout}${run.stderr}`);
}

/** The program over two copies of the embedded run-time, which have Windows' names as far as a system lets them. */
function nativeProgram(name, folder, env = {}) {
  const binaries = inRoot('build', folder, 'Release');
  const suffix = { win32: '.dll', darwin: '.dylib' }[process.platform] ?? '.so';
  const copies = ['eappprxy', 'eappcfg'].map((library) => {
    const copy = join(ensureFolder('build', folder, 'Release', 'system'), library + suffix);
    copyFileSync(join(binaries, `eapembedded${suffix}`), copy);
    return copy;
  });
  const method = join(binaries, `testmethod${suffix}`);
  const run = spawnSync(join(binaries, 'supplicant_program'), [...copies, method, 'register'], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  program(name, run.status ?? run.signal, `${run.stdout}${run.stderr}`);
}

const sanitizerOptions = {
  ASAN_OPTIONS: 'detect_leaks=1',
  UBSAN_OPTIONS: 'print_stacktrace=1',
};

/** Mocha suites in a Node that has ASan loaded before everything else, over the sanitized binaries. */
function mochaUnderAsan(name, specs, env = {}) {
  const runtime = (library) =>
    spawnSync('g++', [`-print-file-name=${library}`], { encoding: 'utf8' }).stdout.trim();
  mocha(name, specs, {
    env: {
      ...sanitizerOptions,
      LD_PRELOAD: `${runtime('libasan.so')}:${runtime('libubsan.so')}`,
      EAPHOST_BINARY: inRoot('build/asan/Release'),
      ...env,
    },
  });
}
const windowsMethods = [
  {
    authorId: 99999,
    type: 254,
    vendorId: 99999,
    vendorType: 1,
    dll: 'trivialmethod.dll',
    name: 'Trivial',
    properties: 0x280000,
  },
  {
    authorId: 99999,
    type: 254,
    vendorId: 99999,
    vendorType: 2,
    dll: 'testmethod.dll',
    name: 'Scripted',
    properties: 0x280000,
  },
];

/** node.exe under another name: an addon that imports from node.exe by name would crash there, as in Electron. */
function renamedNode() {
  const node = ensureWine();
  const copy = join(dirname(node), 'electron.exe');
  if (!existsSync(copy)) copyFileSync(node, copy);
  return copy;
}

/** Mocha suites in a Windows Node under Wine. */
function wineMocha(name, specs, { env = {}, exe } = {}) {
  const node = exe ?? ensureWine();
  const report = reportOf(name);
  const args = [
    'node_modules/mocha/bin/mocha.js',
    ...mochaOptions(windowsPath(report)),
    '--parallel=false',
    ...specs,
  ];
  const EAPHOST_RECORDED_CALLS = windowsPath(recordOf('windows', name));
  const { status, stdout, stderr } = wine([node, ...args], { env: { ...env, EAPHOST_RECORDED_CALLS } });
  console.log(stdout + stderr);
  readMocha(name, report, status);
}
/** Certificates made here: Wine has no openssl. */
function testCertificates() {
  const file = join(ensureFolder('build', 'wine'), 'certificates.json');
  run(process.execPath, [inRoot('dist/test/methods/tls/write-certificates.js'), file]);
  return { EAPHOST_TEST_CERTIFICATES: windowsPath(file) };
}

function runWindows() {
  removeSystemRuntime();
  const exe = inRoot(windowsBinaries, 'native_tests.exe');
  const { status, stdout, stderr } = wine([exe, ...doctestOptions]);
  doctest('native under Wine', status, stdout + stderr);
  wineMocha('facade under Wine, embedded', facade);
  wineMocha('faulty run-time under Wine', faulty);
  wineMocha('hosting under Wine', hosting);
  wineMocha('hostile under Wine', hostile, { env: testCertificates() });
  wineMocha('growth under Wine', ['dist/test/growth/*.test.js']);
  wineMocha('registration and security under Wine', [
    'dist/test/registration/*.test.js',
    'dist/test/security/*.test.js',
  ]);
  installSystemRuntime(inRoot(windowsBinaries), windowsMethods);
  wineMocha('facade under Wine, system', facade, { env: { EAPHOST_TEST_RUNTIME: 'system' } });
  wineMocha('probes and diagnosis under Wine', [
    'dist/test/probe/*.test.js',
    'dist/test/doctor/*.test.js',
    'dist/test/cli/doctor.test.js',
    'dist/test/cli/trace.test.js',
  ]);
  const method = windowsPath(inRoot(windowsBinaries, 'testmethod.dll'));
  const supplicant = inRoot(windowsBinaries, 'supplicant_program.exe');
  const run = wine([supplicant, 'eappprxy.dll', 'eappcfg.dll', method]);
  program('a C program under Wine', run.status, run.stdout + run.stderr);
  withDisplay((display) => {
    wineMocha('dialogs under Wine, embedded', dialogs, { env: display });
    wineMocha('dialogs under Wine, system', dialogs, {
      env: { ...display, EAPHOST_TEST_RUNTIME: 'system' },
    });
  });
  wineMocha(
    'methods in TypeScript under Wine',
    ['busy', 'define', 'driven', 'embedded', 'processes', 'tunnel'].map(
      (name) => `dist/test/shim-server/${name}.test.js`,
    ),
  );
  // The test runs here; what it starts at the machine's end of its wire is Windows'.
  mocha('a wired service under Wine', ['dist/test/examples/wired-service/wired-service.test.js'], {
    env: {
      ...wineEnvironment(),
      EAPHOST_WINDOWS_NODE: ensureWine(),
      EAPHOST_WINDOWS_PACKAGES: windowsPackages(),
    },
  });
  wineMocha('renamed host under Wine', ['dist/test/supplicant/life.test.js'], { exe: renamedNode() });
  const example = 'dist/test/examples/electron-profile-editor/editor.test.js';
  wineMocha('Electron example in a renamed host under Wine', [example], { exe: renamedNode() });
}

/** What suites are built of, by name: each is made once, before any suite runs. */
export const builds = {
  native: () => buildNative({ tests: true }),
  'win32-x64': () => buildWindows('win32-x64'),
  'win32-ia32': () => buildWindows('win32-ia32'),
  prebuild: () => prebuildHere(),
  'prebuild for Windows': prebuildMingw,
  asan: () => buildSanitized('asan', 'address,undefined'),
  tsan: () => buildSanitized('tsan', 'thread'),
  wine: ensureWine,
};

/** `system`: purposes of system.mjs; `build`: names of the above, in order; `usesWine`: the prefix, which there is one of. */
export const suites = {
  abi: {
    system: ['build', 'windows'],
    run: () => mocha('abi', ['dist/test/abi/*.test.js']),
  },
  native: {
    build: ['native'],
    run() {
      nativeTests('native', 'native');
      nativeProgram('a C program', 'native');
    },
  },
  lib: {
    system: ['shells'],
    build: ['native'],
    run() {
      const folders = [
        'cli',
        'conversation',
        'doctor',
        'eap',
        'faulty',
        'fuzz',
        'growth',
        'method-dlls',
        'methods',
        'radius',
        'registration',
        'resources',
        'security',
        'shim-server',
        'supplicant',
      ];
      mocha(
        'lib',
        folders.map((folder) => `dist/test/${folder}/*.test.js`),
        linux ? { env: { EAPHOST_RECORDED_CALLS: recordOf('linux', 'lib') } } : {},
      );
    },
  },
  hostile: {
    build: ['native'],
    run() {
      const { passed, failed } = mocha('hostile', hostile);
      console.log(`${passed + failed} attacks tried, ${passed} withstood`);
    },
  },
  profiles: {
    system: ['profiles'],
    run: () => mocha('profiles', ['dist/test/profiles/*.test.js']),
  },
  docs: {
    build: ['native'],
    run() {
      buildDocs();
      count('reference', { passed: 1, failed: 0, skipped: 0 });
      mocha('docs', ['dist/test/docs/*.test.js']);
    },
  },
  diagnostics: {
    system: ['diagnostics'],
    build: ['native'],
    run: () => mocha('diagnostics', ['dist/test/diagnostics/*.test.js']),
  },
  interop: {
    system: ['interop'],
    build: ['native'],
    run: () => mocha('interop', ['dist/test/interop/*.test.js', 'dist/test/methods/tls/*.test.js']),
  },
  binaries: {
    build: ['native', 'prebuild', 'win32-x64', 'win32-ia32'],
    run: () => mocha('binaries', ['dist/test/binaries/*.test.js']),
  },
  package: {
    build: ['wine', 'prebuild', 'prebuild for Windows'],
    usesWine: true,
    run() {
      const problems = checkPrebuilds();
      if (problems.length > 0) return broken('prebuilds', problems.join('\n'));
      return mocha('package', ['dist/test/package/*.test.js']);
    },
  },
  windows: {
    system: ['wired', 'dialogs'],
    build: ['win32-x64', 'wine'],
    usesWine: true,
    run: runWindows,
  },
  asan: {
    build: ['asan'],
    run() {
      nativeTests('native under ASan and UBSan', 'asan', sanitizerOptions);
      nativeProgram('a C program under ASan and UBSan', 'asan', sanitizerOptions);
      mochaUnderAsan('facade under ASan', facade);
      // Its child processes end without cleaning up after Node, which would count as leaked; the test methods count
      // their allocations themselves.
      mochaUnderAsan('hosting under ASan', hosting, { ASAN_OPTIONS: 'detect_leaks=0' });
      mochaUnderAsan('faulty run-time under ASan', faulty);
      mochaUnderAsan('failing calls of Node-API under ASan', ['dist/test/napi/*.test.js']);
    },
  },
  malloc: {
    build: ['native'],
    run() {
      // glibc checks each block that is freed: a wrong address, or one freed twice, ends the process.
      const checks = { LD_PRELOAD: 'libc_malloc_debug.so.0', MALLOC_CHECK_: '3' };
      nativeTests('native, its heap checked', 'native', checks);
      mocha('facade, its heap checked', facade, { env: checks });
    },
  },
  examples: {
    system: ['examples'],
    build: ['native'],
    run() {
      ensurePackages('test', 'examples', 'artillery-engine-eap');
      const editor = ['test', 'examples', 'electron-profile-editor'];
      ensurePackages(...editor);
      run('npm', ['run', '--silent', 'build'], { cwd: inRoot(...editor) });
      mocha('examples', ['dist/test/examples/**/*.test.js']);
    },
  },
  soak: {
    build: ['native'],
    run() {
      const args = ['--expose-gc', '--max-semi-space-size=1', inRoot('dist/test/soak/growth.js')];
      const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit' });
      if (status !== 0)
        return broken('100,000 conversations of method DLLs', `ended with ${status ?? signal}`);
      return count('100,000 conversations of method DLLs', { passed: 1, failed: 0, skipped: 0 });
    },
  },
  tsan: {
    build: ['tsan'],
    run: () => nativeTests('native under TSan', 'tsan', { TSAN_OPTIONS: 'halt_on_error=1' }),
  },
  system: {
    run: () => mocha('the real EAPHost', ['dist/test/system/*.test.js']),
  },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [name, file] = process.argv.slice(2);
  try {
    suites[name].run();
  } catch (error) {
    broken(name, error.stack);
  }
  writeFileSync(file, JSON.stringify(result));
}
