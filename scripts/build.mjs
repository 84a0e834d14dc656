// Builds everything that a machine can build, each step incremental.
// Usage: node scripts/build.mjs [native] [ts] [gyp] [win] [win-ia32] [asan] [tsan]      (default: native ts)

import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { ensureSystem, present } from './system.mjs';
import { ensureFolder, ensurePackages, inRoot, jobs, root, run, runPackage } from './tools.mjs';

// Where there is a compiler cache, CMake uses it in folders that it configures from now on.
if (process.env.CMAKE_CXX_COMPILER_LAUNCHER === undefined && present('ccache')) {
  process.env.CMAKE_CXX_COMPILER_LAUNCHER = 'ccache';
}

/** Takes away what was configured for a clone at another place, or at this one before it was moved: CMake refuses it. */
function forgetMoved(...parts) {
  const cache = inRoot(...parts, 'CMakeCache.txt');
  if (!existsSync(cache)) return;
  const home = /^CMAKE_HOME_DIRECTORY:INTERNAL=(.*)$/mu.exec(readFileSync(cache, 'utf8'))?.[1];
  if (home !== root.replaceAll('\\', '/')) rmSync(inRoot(...parts), { recursive: true });
}

/** Addon, embedded run-time, shim and the native tests for this machine, into build/native/Release. */
export function buildNative({ tests = false } = {}) {
  ensureSystem(tests ? ['build', 'native'] : ['build']);
  ensurePackages();
  forgetMoved('build', 'native');
  const args = ['build', '--out', 'build/native', '--config', 'Release', '--parallel', jobs];
  args.push('--CDEAPHOST_UNITY=ON');
  if (tests) args.push('--CDEAPHOST_TESTS=ON');
  args.push('--log-level', 'error');
  // cmake-js configures a folder once: one that was made without the tests would stay without them.
  const cache = inRoot('build', 'native', 'CMakeCache.txt');
  if (tests && existsSync(cache) && !readFileSync(cache, 'utf8').includes('EAPHOST_TESTS:BOOL=ON')) {
    runPackage('cmake-js/bin/cmake-js', ['configure', ...args.slice(1)]);
  }
  runPackage('cmake-js/bin/cmake-js', args);
}

/** The same addon by node-gyp, from the same source list, into build/Release. */
export function buildGyp() {
  ensureSystem(['build']);
  ensurePackages();
  // Headers that were installed with Node spare the download.
  const prefix = dirname(dirname(process.execPath));
  const headers = existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
  const options = ['--jobs', jobs, '--loglevel', 'error', ...headers];
  runPackage('node-gyp/bin/node-gyp.js', ['configure', 'build', ...options]);
}

export function buildTypeScript() {
  ensurePackages();
  runPackage('typescript/bin/tsc', ['-p', '.']);
  // What is left of a source that is gone would be run as a test, or shipped.
  for (const name of readdirSync(inRoot('dist'), { recursive: true })) {
    const stem = /^(.*)\.js$/.exec(name)?.[1];
    if (stem === undefined || existsSync(inRoot(`${stem}.ts`))) continue;
    for (const ending of ['.js', '.js.map', '.d.ts']) rmSync(inRoot('dist', stem + ending), { force: true });
  }
  run(process.execPath, ['scripts/bundle.mjs']);
}

/** A plain CMake build into build/<folder>, for what cmake-js is not needed for. */
function cmake(folder, options) {
  forgetMoved('build', folder);
  const out = ensureFolder('build', folder);
  const args = Object.entries({ CMAKE_BUILD_TYPE: 'Release', ...options }).map(([k, v]) => `-D${k}=${v}`);
  run('cmake', ['-S', '.', '-B', out, ...args, '--log-level=WARNING']);
  run('cmake', ['--build', out, '--parallel', jobs, '--', '--no-print-directory', '-s']);
}

const addonIncludes = () =>
  ['node-api-headers/include', 'node-addon-api'].map((p) => inRoot('node_modules', p)).join(';');

/** Windows binaries by MinGW-w64, static, into build/<target>/Release. */
export function buildWindows(target = 'win32-x64') {
  ensureSystem(['build', 'native', 'windows']);
  ensurePackages();
  const triple = { 'win32-x64': 'x86_64-w64-mingw32', 'win32-ia32': 'i686-w64-mingw32' }[target];
  cmake(target, {
    CMAKE_SYSTEM_NAME: 'Windows',
    CMAKE_CXX_COMPILER: `${triple}-g++-posix`,
    CMAKE_RC_COMPILER: `${triple}-windres`,
    CMAKE_JS_INC: addonIncludes(),
    // No 32-bit program runs under this Wine: only the binaries of the package are built.
    EAPHOST_TESTS: target === 'win32-x64' ? 'ON' : 'OFF',
    EAPHOST_UNITY: target === 'win32-x64' ? 'ON' : 'OFF',
  });
}

/** Native tests and addon under a sanitizer, into build/<name>/Release. */
export function buildSanitized(name, sanitizers) {
  ensureSystem(['build', 'native']);
  ensurePackages();
  cmake(name, {
    CMAKE_JS_INC: addonIncludes(),
    EAPHOST_TESTS: 'ON',
    EAPHOST_UNITY: 'ON',
    EAPHOST_SANITIZE: sanitizers,
  });
}

const steps = {
  native: () => buildNative(),
  'native-tests': () => buildNative({ tests: true }),
  ts: buildTypeScript,
  gyp: buildGyp,
  win: () => buildWindows(),
  'win-ia32': () => buildWindows('win32-ia32'),
  asan: () => buildSanitized('asan', 'address,undefined'),
  tsan: () => buildSanitized('tsan', 'thread'),
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const wanted = process.argv.length > 2 ? process.argv.slice(2) : ['native', 'ts'];
  for (const name of wanted) {
    if (!steps[name]) throw new Error(`no build step ${name}; there are ${Object.keys(steps).join(', ')}`);
    steps[name]();
  }
}
