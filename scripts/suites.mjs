// The builds and the suites: what each needs of the system and of builds, and how it is run.
// Usage: node scripts/suites.mjs NAME FILE     (one whose needs are met; writes what it counted into FILE)
//
// A mocha test whose title has @long says the same as one beside it with more rounds, or takes long. `npm test` leaves
// those out, and the suites with -long in their names run them.

import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
import { ensureFolder, ensurePackages, ensurePackagesInBuild, inRoot, root, run } from './tools.mjs';
import {
  ensureWine,
  installSystemRuntime,
  removeSystemRuntime,
  useSecondPrefix,
  windowsPath,
  wine,
  wineEnvironment,
  withDisplay,
} from './wine.mjs';

const windowsBinaries = 'build/win32-x64/Release';

/** The test files of a folder, by their names without ending. */
const namesIn = (folder) =>
  readdirSync(inRoot('dist', 'test', folder))
    .filter((name) => name.endsWith('.test.js'))
    .map((name) => name.slice(0, -'.test.js'.length));
const specs = (folder, names) => names.map((name) => `dist/test/${folder}/${name}.test.js`);
const all = (...folders) => folders.map((folder) => `dist/test/${folder}/*.test.js`);
/** Those of a folder that are not named. */
const others = (folder, names) =>
  specs(
    folder,
    namesIn(folder).filter((name) => !names.includes(name)),
  );

// Wine and sanitizers are slow, and say nothing of TypeScript that natively is not said: in `npm test` they run what
// crosses the border to native code.

/** Tables of arguments, names and errors, and sessions over a fake of native code. */
const pure = ['api-table', 'arguments', 'calls', 'conversation', 'errors', 'host', 'method-info', 'names'];
/** Calls C through koffi, which leaks by itself, and is not there under Wine. */
const throughKoffi = ['reauthenticate'];
const facade = () => others('supplicant', [...pure, ...throughKoffi]);
const pureFacade = () => [...specs('supplicant', pure), 'dist/test/eap/attribute-values.test.js'];
/** DLLs in this process. What else there is of them starts processes, or is the command. */
const inProcess = ['bounds', 'converse', 'exports', 'life', 'limits', 'sequences', 'steps', 'ui-dlls'];
const methodDlls = () => specs('method-dlls', inProcess);
const otherMethodDlls = () => others('method-dlls', inProcess);
/** Each test is an attack. Those that a system, and not TypeScript alone, has a part in: */
const onSystem = ['exhaustion', 'files', 'planting', 'secrets', 'slab', 'squatter'];
const faulty = all('faulty');
/** The WLAN service and Remote Access, over libraries in their places. */
const wlan = specs('networks', ['eap-config', 'matrix', 'vpn', 'wlan']);
const dialogs = all('dialogs');
const probes = specs('probe', ['probe']);
/** Node-API itself, made to fail. */
const nodeApi = all('napi');
/** Network cards, virtual ones, of the machine itself. */
const cards = all('wired/cards');
/** `eaphost wired` at them, with a switch of others at the other end. */
const wiredService = all('wired/service');
/** Secrets in files, which Windows encrypts. */
const protectedFiles = specs('wired', ['protected-file', 'kept']);
/** What is measured over many rounds. */
const growth = all('growth');
/** Purposes of the programs of others: servers, peers, a switch. */
const foreign = ['interop', 'wired', 'supplicants', 'resources'];
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

/** Of a Node that has ASan loaded before everything else, over the sanitized binaries. */
export function asanEnvironment() {
  const runtime = (library) =>
    spawnSync('g++', [`-print-file-name=${library}`], { encoding: 'utf8' }).stdout.trim();
  return {
    ...sanitizerOptions,
    LD_PRELOAD: `${runtime('libasan.so')}:${runtime('libubsan.so')}`,
    EAPHOST_BINARY: inRoot('build/asan/Release'),
  };
}

const mochaUnderAsan = (name, files, { env = {}, only } = {}) =>
  mocha(name, files, { only, env: { ...asanEnvironment(), ...env } });
// Child processes end without cleaning up after Node, which would count as leaked; the test methods count their
// allocations themselves.
const withoutLeaks = { env: { ASAN_OPTIONS: 'detect_leaks=0' } };
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
function wineMocha(name, files, { env = {}, exe, only } = {}) {
  const node = exe ?? ensureWine();
  const report = reportOf(name);
  const args = [
    'node_modules/mocha/bin/mocha.js',
    ...mochaOptions(windowsPath(report), only),
    '--parallel=false',
    ...files,
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

const system = { EAPHOST_TEST_RUNTIME: 'system' };

/** The test runs here; what it starts at the machine's end of its wire is Windows'. */
function wiredUnderWine(name, only) {
  const env = { ...wineEnvironment(), EAPHOST_WINDOWS_NODE: ensureWine() };
  mocha(name, wiredService, { env, only });
}

function runWindows() {
  removeSystemRuntime();
  const exe = inRoot(windowsBinaries, 'native_tests.exe');
  const { status, stdout, stderr } = wine([exe, ...doctestOptions]);
  doctest('native under Wine', status, stdout + stderr);
  wineMocha('faulty run-time under Wine', faulty);
  wineMocha('the WLAN service and Remote Access under Wine', wlan);
  wineMocha('netsh and eaphost network under Wine', specs('networks', ['command', 'wired']));
  wineMocha('method DLLs under Wine', methodDlls());
  wineMocha('attacks under Wine', specs('conformance/hostile', onSystem), { env: testCertificates() });
  wineMocha('registration, security and secrets in files under Wine', [
    ...all('registration', 'security'),
    ...protectedFiles,
    ...specs('cli', ['wired-control']),
  ]);
}

function runWindowsSystem() {
  useSecondPrefix();
  installSystemRuntime(inRoot(windowsBinaries), windowsMethods);
  wineMocha('facade under Wine, system', facade(), { env: system });
  // The probes start Wine's services. Those that a command started would hold its pipes, and it would never close.
  wineMocha('probes and diagnosis under Wine', [
    ...probes,
    ...all('doctor'),
    ...specs('cli', ['doctor', 'trace']),
  ]);
  const method = windowsPath(inRoot(windowsBinaries, 'testmethod.dll'));
  const supplicant = inRoot(windowsBinaries, 'supplicant_program.exe');
  const run = wine([supplicant, 'eappprxy.dll', 'eappcfg.dll', method]);
  program('a C program under Wine', run.status, run.stdout + run.stderr);
  withDisplay((display) =>
    wineMocha('dialogs under Wine, system', dialogs, { env: { ...display, ...system } }),
  );
  wineMocha(
    'methods in TypeScript under Wine',
    specs('shim-server', ['busy', 'define', 'driven', 'embedded', 'processes', 'tunnel']),
  );
  wiredUnderWine('a wired service under Wine');
  wineMocha('renamed host under Wine', ['dist/test/supplicant/life.test.js'], { exe: renamedNode() });
  const example = specs('examples/electron-profile-editor', ['editor', 'networks']);
  wineMocha('Electron example in a renamed host under Wine', example, { exe: renamedNode() });
}

function runWindowsLong() {
  removeSystemRuntime();
  wineMocha('facade under Wine, embedded', [...facade(), ...pureFacade()], { only: 'all' });
  wineMocha('method DLLs under Wine, the others', otherMethodDlls(), { only: 'all' });
  wineMocha('attacks under Wine, the others', others('conformance/hostile', onSystem), {
    env: testCertificates(),
  });
  wineMocha('growth under Wine', growth, { only: 'all' });
  withDisplay((display) => wineMocha('dialogs under Wine, embedded', dialogs, { env: display }));
  installSystemRuntime(inRoot(windowsBinaries), windowsMethods);
  wineMocha('facade under Wine, system, the others', pureFacade(), { env: system });
  wineMocha('facade under Wine, system, long', facade(), { env: system, only: 'long' });
  wiredUnderWine('a wired service under Wine, long', 'long');
}

/** What suites are built of. */
export const builds = {
  native: () => buildNative({ tests: true }),
  'win32-x64': () => buildWindows('win32-x64'),
  asan: () => buildSanitized('asan', 'address,undefined'),
  wine: ensureWine,
  tsan: () => buildSanitized('tsan', 'thread'),
  'win32-ia32': () => buildWindows('win32-ia32'),
  prebuild: () => prebuildHere(),
  'prebuild for Windows': prebuildMingw,
};

const lib = [
  ...specs('probe', ['report']),
  ...all(
    'doctor',
    'eap',
    'faulty',
    'fuzz',
    'house',
    'method-dlls',
    'methods',
    'radius',
    'registration',
    'resources',
    'security',
    'shim-server',
    'supplicant',
    'wired',
  ),
];

/** Files for the functions of EAPHost that are called: the table of them is of Linux and of Windows under Wine. */
const recorded = (name) => (linux ? { env: { EAPHOST_RECORDED_CALLS: recordOf('linux', name) } } : {});

/**
 * `in`: what runs it, `npm test` or `npm run test:long`, undefined where it has to be named. `system`: purposes of
 * system.mjs. `build`: names of the above. `usesWine`: which prefix, of which each has one at a time. Those that take
 * longest come first: the others fill the lanes beside them. `tests`: the files that are its own; test/house/suites.test.ts misses none.
 * A suite without `run` is these in mocha.
 */
export const suites = {
  'windows-system': {
    in: 'test',
    system: ['wired', 'dialogs'],
    build: ['win32-x64', 'wine'],
    usesWine: 'second prefix',
    tests: [...dialogs, ...probes],
    run: runWindowsSystem,
  },
  windows: {
    in: 'test',
    build: ['win32-x64', 'wine'],
    usesWine: 'first prefix',
    run: runWindows,
  },
  conformance: {
    in: 'test',
    system: ['diagnostics', 'interop', 'profiles'],
    build: ['native'],
    tests: all('conformance', 'conformance/hostile'),
  },
  lib: {
    in: 'test',
    system: ['resources', 'clock'],
    build: ['native'],
    tests: lib,
    run: () => mocha('lib', lib, recorded('lib')),
  },
  wired: {
    in: 'test',
    system: ['wired', 'supplicants'],
    build: ['native'],
    tests: [...cards, ...wiredService],
  },
  examples: {
    in: 'test',
    system: ['examples'],
    build: ['native'],
    tests: ['dist/test/examples/**/*.test.js'],
    run() {
      ensurePackages('test', 'examples', 'artillery-engine-eap');
      const editor = ['test', 'examples', 'electron-profile-editor'];
      ensurePackages(...editor);
      run('npm', ['run', '--silent', 'build'], { cwd: inRoot(...editor) });
      mocha('examples', this.tests);
    },
  },
  asan: {
    in: 'test',
    system: ['wired'],
    build: ['asan'],
    tests: nodeApi,
    run() {
      nativeTests('native under ASan and UBSan', 'asan', sanitizerOptions);
      nativeProgram('a C program under ASan and UBSan', 'asan', sanitizerOptions);
      mochaUnderAsan('facade under ASan', facade());
      mochaUnderAsan('method DLLs under ASan', methodDlls(), withoutLeaks);
      mochaUnderAsan('faulty run-time under ASan', faulty);
      mochaUnderAsan('the WLAN service and Remote Access under ASan', wlan);
      mochaUnderAsan('failing calls of Node-API under ASan', nodeApi);
      mochaUnderAsan('network cards under ASan', cards);
    },
  },
  cli: {
    in: 'test',
    system: ['shells', 'units'],
    build: ['native'],
    tests: all('cli'),
    run() {
      mocha('cli', this.tests, recorded('cli'));
    },
  },
  interop: {
    in: 'test',
    system: foreign,
    build: ['native'],
    tests: all('interop', 'methods/tls'),
  },
  docs: {
    in: 'test',
    build: ['native'],
    tests: all('docs'),
    run() {
      buildDocs();
      count('reference', { passed: 1, failed: 0, skipped: 0 });
      mocha('docs', this.tests);
    },
  },
  diagnostics: {
    in: 'test',
    system: ['diagnostics'],
    build: ['native'],
    tests: all('diagnostics'),
  },
  profiles: {
    in: 'test',
    system: ['profiles', 'eapol'],
    build: ['native'],
    tests: all('profiles', 'eap-config'),
  },
  networks: {
    in: 'test',
    system: ['windows'],
    build: ['native'],
    tests: all('networks'),
  },
  abi: {
    in: 'test',
    system: ['build', 'windows'],
    tests: all('abi'),
  },
  scripts: {
    in: 'test',
    system: ['build'],
    tests: all('scripts'),
  },
  native: {
    in: 'test',
    build: ['native'],
    run() {
      nativeTests('native', 'native');
      nativeProgram('a C program', 'native');
    },
  },
  'windows-long': {
    in: 'long',
    system: ['wired', 'dialogs'],
    build: ['win32-x64', 'wine'],
    usesWine: 'first prefix',
    run: runWindowsLong,
  },
  'asan-long': {
    in: 'long',
    build: ['asan'],
    run() {
      mochaUnderAsan('facade under ASan, the others', pureFacade());
      mochaUnderAsan('facade under ASan, long', facade(), { only: 'long' });
      mochaUnderAsan('method DLLs under ASan, the others', otherMethodDlls(), {
        ...withoutLeaks,
        only: 'all',
      });
      mochaUnderAsan('failing calls of Node-API under ASan, long', nodeApi, { only: 'long' });
    },
  },
  'interop-long': {
    in: 'long',
    system: foreign,
    build: ['native'],
    run: () => mocha('interop, long', all('interop', 'methods/tls'), { only: 'long' }),
  },
  'lib-long': {
    in: 'long',
    system: foreign,
    build: ['native'],
    tests: growth,
    run() {
      mocha('long', [...lib, ...all('cli', 'conformance', 'conformance/hostile')], { only: 'long' });
      mocha('growth', growth, { only: 'all' });
    },
  },
  malloc: {
    in: 'long',
    build: ['native'],
    run() {
      // glibc checks each block that is freed: a wrong address, or one freed twice, ends the process.
      const checks = { LD_PRELOAD: 'libc_malloc_debug.so.0', MALLOC_CHECK_: '3' };
      nativeTests('native, its heap checked', 'native', checks);
      mocha('facade, its heap checked', [...facade(), ...pureFacade()], { env: checks, only: 'all' });
    },
  },
  soak: {
    in: 'long',
    build: ['native'],
    run() {
      const args = ['--expose-gc', '--max-semi-space-size=1', inRoot('dist/test/soak/growth.js')];
      const { status, signal, stdout } = spawnSync(process.execPath, args, {
        stdio: ['inherit', 'pipe', 'inherit'],
        encoding: 'utf8',
      });
      console.log(stdout);
      if (status !== 0)
        return broken('100,000 conversations of method DLLs', `ended with ${status ?? signal}: ${stdout}`);
      return count('100,000 conversations of method DLLs', { passed: 1, failed: 0, skipped: 0 });
    },
  },
  package: {
    in: 'long',
    system: ['wired'],
    build: ['native', 'wine', 'prebuild', 'win32-x64', 'win32-ia32', 'prebuild for Windows'],
    usesWine: 'first prefix',
    tests: all('package'),
    run() {
      const problems = checkPrebuilds();
      if (problems.length > 0) return broken('prebuilds', problems.join('\n'));
      ensurePackagesInBuild('test', 'package', 'bundlers');
      return mocha('package', this.tests, { only: 'all' });
    },
  },
  newcomer: {
    in: 'long',
    system: ['shells'],
    build: ['prebuild'],
    tests: all('newcomer'),
    run() {
      ensurePackagesInBuild('test', 'newcomer');
      return mocha('newcomer', this.tests);
    },
  },
  binaries: {
    in: 'long',
    build: ['native', 'prebuild', 'win32-x64', 'win32-ia32'],
    tests: all('binaries'),
  },
  tsan: {
    build: ['tsan'],
    run: () => nativeTests('native under TSan', 'tsan', { TSAN_OPTIONS: 'halt_on_error=1' }),
  },
  system: {
    tests: all('system'),
  },
};

/** Seconds of processor time of the processes that this one started and waited for, where the system tells. */
function secondsOfChildren() {
  if (!linux) return undefined;
  // The fields behind the name of the program, which may hold anything: cutime and cstime are the 16th and the 17th.
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [name, file] = process.argv.slice(2);
  try {
    const suite = suites[name];
    if (suite?.run) suite.run();
    else if (suite) mocha(name, suite.tests);
    else builds[name.replace(/^build /u, '')]();
  } catch (error) {
    broken(name, error.stack);
  }
  writeFileSync(file, JSON.stringify({ ...result, cpu: secondsOfChildren() }));
}
