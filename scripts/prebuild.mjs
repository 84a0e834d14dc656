// Makes the binaries that the package ships: prebuilds/<platform>-<arch>/ with the addon, the embedded run-time and
// the method DLL shim side by side, on Windows also those of `eaphost probe`, stripped; and checks them.
// Usage: node scripts/prebuild.mjs            this machine's, by prebuildify
//        node scripts/prebuild.mjs mingw      win32-x64 and win32-ia32, cross-built by MinGW-w64
//        node scripts/prebuild.mjs check [--all]   checks what is there; with --all every platform must be

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { buildWindows } from './build.mjs';
import { inspect } from './inspect-binary.mjs';
import { ensureSystem } from './system.mjs';
import { digestOf, ensureFolder, ensurePackages, inRoot, jobs, run, runPackage } from './tools.mjs';

/** Every platform that a release has binaries for. */
export const targets = [
  'darwin-arm64',
  'darwin-x64',
  'linux-arm64',
  'linux-x64',
  'win32-arm64',
  'win32-ia32',
  'win32-x64',
];

const extension = (target) =>
  ({ win32: 'dll', darwin: 'dylib', linux: 'so' })[target.slice(0, target.indexOf('-'))];

/** The files of one target, addon first. */
export const filesOf = (target) => [
  'eaphost.node',
  `eapembedded.${extension(target)}`,
  `eapshim.${extension(target)}`,
  ...(target.startsWith('win32-') ? ['eapprobemethod.dll', probeProgram] : []),
];

/** Not a library: prebuildify leaves it where it was built. */
const probeProgram = 'eapprobe.exe';

/** What prebuildify is asked for. node-gyp fetches headers for a whole version only, not for 20.x. */
export const prebuildOptions = (arch) => ['--napi', '-t', process.versions.node, '--strip', '--arch', arch];

/**
 * This machine's prebuild by prebuildify, in a copy of the sources: `node-gyp rebuild` deletes the folder build,
 * which holds more than node-gyp's files here. It always compiles everything, so what is up to date is left alone.
 * `arch` other than the machine's works where the compiler can do it.
 */
export function prebuildHere(arch = process.arch) {
  ensureSystem(['build']);
  ensurePackages();
  const copy = ensureFolder('build', 'prebuild');
  const sources = ['package.json', 'binding.gyp', 'sources.gypi', 'native'];
  const target = `${process.platform}-${arch}`;
  const stamp = join(copy, `${target}.digest`);
  const digest = digestOf([...sources, 'package-lock.json', 'scripts/prebuild.mjs']) + process.version;
  const isThere = filesOf(target).every((file) => existsSync(inRoot('prebuilds', target, file)));
  if (isThere && existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  for (const name of sources) cpSync(inRoot(name), join(copy, name), { recursive: true, force: true });
  rmSync(inRoot('prebuilds', target), { recursive: true, force: true });
  // Headers that were installed with Node spare the download.
  const prefix = dirname(dirname(process.execPath));
  const local = existsSync(join(prefix, 'include/node/node_api.h')) ? { npm_config_nodedir: prefix } : {};
  const args = [...prebuildOptions(arch), '--cwd', copy, '--out', inRoot('.')];
  runPackage('prebuildify/bin.js', args, { env: { JOBS: jobs, ...process.env, ...local } });
  if (filesOf(target).includes(probeProgram)) {
    cpSync(join(copy, 'build', 'Release', probeProgram), inRoot('prebuilds', target, probeProgram));
  }
  writeFileSync(stamp, digest);
  console.log(`prebuilds/${target}: ${filesOf(target).join(', ')}`);
}

/**
 * The Windows prebuilds of what MinGW-w64 has built: build/win32-x64 and build/win32-ia32. Runners with MSVC make those of
 * a release.
 */
export function prebuildMingw() {
  for (const [target, triple] of [
    ['win32-x64', 'x86_64-w64-mingw32'],
    ['win32-ia32', 'i686-w64-mingw32'],
  ]) {
    const folder = ensureFolder('prebuilds', target);
    for (const file of filesOf(target)) {
      run(`${triple}-strip`, [
        '--strip-all',
        '-o',
        join(folder, file),
        inRoot('build', target, 'Release', file),
      ]);
    }
    console.log(`prebuilds/${target}: ${filesOf(target).join(', ')}`);
  }
}

/** What is wrong with the prebuilds that are there; with `all`, each target that is not there as well. */
export function checkPrebuilds({ all = false } = {}) {
  const folder = inRoot('prebuilds');
  const present = existsSync(folder) ? readdirSync(folder).sort() : [];
  const problems = present.filter((name) => !targets.includes(name)).map((name) => `${name}: no such target`);
  if (all) {
    problems.push(...targets.filter((name) => !present.includes(name)).map((name) => `${name}: missing`));
  }
  if (present.length === 0) problems.push('there are no prebuilds');
  for (const target of present.filter((name) => targets.includes(name))) {
    const wanted = filesOf(target);
    const found = readdirSync(join(folder, target));
    problems.push(
      ...found.filter((name) => !wanted.includes(name)).map((name) => `${target}/${name}: not ours`),
    );
    for (const name of wanted) {
      const file = join(folder, target, name);
      if (!existsSync(file)) problems.push(`${target}/${name}: missing`);
      else problems.push(...inspect(file, target).map((problem) => `${target}/${name}: ${problem}`));
    }
  }
  return problems;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [what = 'here', option] = process.argv.slice(2);
  if (what === 'check') {
    const problems = checkPrebuilds({ all: option === '--all' });
    for (const problem of problems) console.error(problem);
    process.exitCode = problems.length === 0 ? 0 : 1;
  } else if (what === 'mingw') {
    buildWindows('win32-x64');
    buildWindows('win32-ia32');
    prebuildMingw();
  } else if (what === 'here') {
    prebuildHere(option);
  } else {
    throw new Error(`prebuild: not ${what}; see the head of scripts/prebuild.mjs`);
  }
}
