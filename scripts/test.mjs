// Runs the suites, adds up what they counted, and closes with one line: "N passed, N failed, N skipped".
// Usage: node scripts/test.mjs [SUITE…]      (default: all that this machine can run)

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { buildNative, buildSanitized, buildTypeScript, buildWindows } from './build.mjs';
import { checkPrebuilds, prebuildHere, prebuildMingw } from './prebuild.mjs';
import { buildDocs } from './docs.mjs';
import { functionsTable } from './functions.mjs';
import { ensureSystem } from './system.mjs';
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
const facade = ['dist/test/facade/*.test.js'];
const faulty = ['dist/test/faulty/*.test.js'];
const dialogs = ['dist/test/dialogs/*.test.js'];
const hosting = ['dist/test/hosting/*.test.js'];
const doctestOptions = ['--no-version', '--no-colors'];
const linux = process.platform === 'linux';
const total = { passed: 0, failed: 0, skipped: 0 };
const reports = ensureFolder('build', 'reports');
/** What failed, with its cause: said again at the end, where a log that was cut short still has it. */
const failures = [];
/** Where suites wrote down which of EAPHost's functions they called, by platform. */
const recorded = { linux: [], windows: [] };

function count(name, { passed, failed, skipped }) {
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

/** A suite that died or said nothing has failed, whatever it counted before. */
function broken(name, why) {
  failures.push(`${name}: ${why}`);
  count(name, { passed: 0, failed: 1, skipped: 0 });
}

/** The mocha suites in `specs` under this machine's Node. */
function mocha(name, specs, { env = {}, node = [] } = {}) {
  const report = reportOf(name);
  const args = [...node, inRoot('node_modules/mocha/bin/mocha.js'), ...mochaOptions(report), ...specs];
  const run = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  readMocha(name, report, run.status ?? run.signal);
}

/** A file for the functions that a suite calls. */
function recordOf(platform, name) {
  const file = reportOf(`${name} functions`);
  recorded[platform].push(file);
  return file;
}

/** Where a suite's counts go: a new file, without commas, which part mocha's reporter options. */
function reportOf(name) {
  const report = join(reports, `${name.replaceAll(/[^a-z0-9]+/giu, '-')}.json`);
  rmSync(report, { force: true });
  return report;
}

const mochaOptions = (report) => [
  '--config',
  'test/mocharc.json',
  '--reporter',
  'test/reporter.cjs',
  '--reporter-option',
  `file=${report}`,
];

function readMocha(name, report, status) {
  if (!existsSync(report)) return broken(name, `ended with ${status} before any result`);
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  failures.push(...counts.failures.map((text) => `${name}: ${text}`));
  if (status !== 0 && counts.failed === 0) return broken(name, `ended with ${status}`);
  if (counts.passed === 0 && counts.failed === 0) return broken(name, 'ran no test');
  return count(name, counts);
}

/** Reads doctest's summary. */
function doctest(name, status, output) {
  const line = /test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed\s*\|\s*(\d+) skipped/.exec(
    output,
  );
  if (status !== 0 || !line) {
    if (!line || line[3] === '0') return broken(name, `ended with ${status}\n${output}`);
    failures.push(`${name}: ${output}`);
  }
  return count(name, { passed: Number(line[2]), failed: Number(line[3]), skipped: Number(line[4]) });
}

function nativeTests(name, folder, env = {}) {
  const exe = inRoot('build', folder, 'Release', 'native_tests');
  const run = spawnSync(exe, doctestOptions, {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
  doctest(name, run.status ?? run.signal, `${run.stdout}${run.stderr}`);
}

/** What the program of test/native/program said: one test, of many checks. */
function program(name, status, output) {
  if (status !== 0 || !/^\d+ checks, 0 failed$/m.test(output)) {
    return broken(name, `ended with ${status}\n${output}`);
  }
  return count(name, { passed: 1, failed: 0, skipped: 0 });
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

const suites = {
  abi() {
    ensureSystem(['build', 'windows']);
    mocha('abi', ['dist/test/abi/*.test.js']);
  },
  native() {
    buildNative({ tests: true });
    nativeTests('native', 'native');
    nativeProgram('a C program', 'native');
  },
  lib() {
    ensureSystem(['shells']);
    buildNative({ tests: true });
    const folders = [
      '.',
      'cli',
      'doctor',
      'facade',
      'faulty',
      'growth',
      'hosting',
      'methods',
      'radius',
      'registration',
      'security',
      'shim',
    ];
    mocha(
      'lib',
      folders.map((folder) => `dist/test/${folder}/*.test.js`),
      linux ? { env: { EAPHOST_RECORDED_CALLS: recordOf('linux', 'lib') } } : {},
    );
  },
  profiles() {
    ensureSystem(['profiles']);
    mocha('profiles', ['dist/test/profiles/*.test.js']);
  },
  docs() {
    buildDocs();
    count('reference', { passed: 1, failed: 0, skipped: 0 });
    buildNative({ tests: true });
    mocha('docs', ['dist/test/docs/*.test.js']);
  },
  diagnostics() {
    ensureSystem(['diagnostics']);
    buildNative({ tests: true });
    mocha('diagnostics', ['dist/test/diagnostics/*.test.js']);
  },
  interop() {
    ensureSystem(['interop']);
    buildNative({ tests: true });
    mocha('interop', ['dist/test/interop/*.test.js', 'dist/test/tls/*.test.js']);
  },
  binaries() {
    buildNative({ tests: true });
    prebuildHere();
    buildWindows('win32-x64');
    buildWindows('win32-ia32');
    mocha('binaries', ['dist/test/binaries/*.test.js']);
  },
  package() {
    ensureWine();
    prebuildHere();
    prebuildMingw();
    const problems = checkPrebuilds();
    if (problems.length > 0) return broken('prebuilds', problems.join('\n'));
    return mocha('package', ['dist/test/package/*.test.js']);
  },
  windows() {
    ensureSystem(['wired']);
    buildWindows('win32-x64');
    ensureWine();
    removeSystemRuntime();
    const exe = inRoot(windowsBinaries, 'native_tests.exe');
    const { status, stdout, stderr } = wine([exe, ...doctestOptions]);
    doctest('native under Wine', status, stdout + stderr);
    wineMocha('facade under Wine, embedded', facade);
    wineMocha('faulty run-time under Wine', faulty);
    wineMocha('hosting under Wine', hosting);
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
      ['define', 'driven', 'embedded', 'processes', 'tunnel'].map((name) => `dist/test/shim/${name}.test.js`),
    );
    // The test runs here; what it starts at the machine's end of its wire is Windows'.
    mocha('a wired service under Wine', ['dist/test/examples/wired-service/wired-service.test.js'], {
      env: {
        ...wineEnvironment(),
        EAPHOST_WINDOWS_NODE: ensureWine(),
        EAPHOST_WINDOWS_PACKAGES: windowsPackages(),
      },
    });
    wineMocha('renamed host under Wine', ['dist/test/facade/life.test.js'], { exe: renamedNode() });
    const example = 'dist/test/examples/electron-profile-editor/editor.test.js';
    wineMocha('Electron example in a renamed host under Wine', [example], { exe: renamedNode() });
  },
  asan() {
    buildSanitized('asan', 'address,undefined');
    nativeTests('native under ASan and UBSan', 'asan', sanitizerOptions);
    nativeProgram('a C program under ASan and UBSan', 'asan', sanitizerOptions);
    mochaUnderAsan('facade under ASan', facade);
    // Its child processes end without cleaning up after Node, which would count as leaked; the test methods count
    // their allocations themselves.
    mochaUnderAsan('hosting under ASan', hosting, { ASAN_OPTIONS: 'detect_leaks=0' });
    mochaUnderAsan('faulty run-time under ASan', faulty);
  },
  examples() {
    ensureSystem(['examples']);
    buildNative({ tests: true });
    ensurePackages('test', 'examples', 'artillery-engine-eap');
    const editor = ['test', 'examples', 'electron-profile-editor'];
    ensurePackages(...editor);
    run('npm', ['run', '--silent', 'build'], { cwd: inRoot(...editor) });
    mocha('examples', ['dist/test/examples/**/*.test.js']);
  },
  soak() {
    buildNative({ tests: true });
    const args = ['--expose-gc', '--max-semi-space-size=1', inRoot('dist/test/soak/growth.js')];
    const { status, signal } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) return broken('100,000 conversations of method DLLs', `ended with ${status ?? signal}`);
    return count('100,000 conversations of method DLLs', { passed: 1, failed: 0, skipped: 0 });
  },
  tsan() {
    buildSanitized('tsan', 'thread');
    nativeTests('native under TSan', 'tsan', { TSAN_OPTIONS: 'halt_on_error=1' });
  },
  system: () => mocha('the real EAPHost', ['dist/test/system/*.test.js']),
};

const here = linux
  ? [
      'abi',
      'native',
      'lib',
      'profiles',
      'docs',
      'diagnostics',
      'interop',
      'examples',
      'soak',
      'binaries',
      'package',
      'windows',
      'asan',
    ]
  : ['native', 'lib'];
const wanted = process.argv.length > 2 ? process.argv.slice(2) : here;
buildTypeScript();
for (const name of wanted) {
  if (!suites[name]) throw new Error(`no suite ${name}; there are ${Object.keys(suites).join(', ')}`);
  const started = Date.now();
  try {
    suites[name]();
  } catch (error) {
    broken(name, error.message);
  }
  console.log(`suite ${name} took ${Math.round((Date.now() - started) / 1000)} s\n`);
}
if (Object.values(recorded).some((files) => files.length > 0)) {
  count('functions of EAPHost', functionsTable(recorded));
}
for (const failure of failures) console.log(`\nFAILED ${failure}`);
console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;
