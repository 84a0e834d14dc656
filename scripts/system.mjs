// What the project needs from the system: looks for it, installs it on Debian as root, otherwise says what to
// install. Node's own modules only: it runs before npm ci.
// Usage: node scripts/system.mjs PURPOSE…

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { platform } from 'node:process';
import { pathToFileURL } from 'node:url';

const libraries = `/usr/lib/${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}-linux-gnu`;

const wired = [
  ['iproute2', 'ip'],
  ['hostapd', '/usr/sbin/hostapd'],
];

/** Debian packages by purpose, each with a program or file that shows it is there. */
const needs = {
  build: [
    ['g++', 'g++'],
    ['make', 'make'],
    ['cmake', 'cmake'],
  ],
  native: [['doctest-dev', '/usr/include/doctest/doctest.h']],
  lint: [['clang-format', 'clang-format']],
  fuzz: [
    ['clang', 'clang++'],
    ['libclang-rt-14-dev', '/usr/lib/llvm-14/lib/clang/14.0.6/lib/linux/libclang_rt.fuzzer-x86_64.a'],
  ],
  windows: [
    ['g++-mingw-w64-x86-64-posix', 'x86_64-w64-mingw32-g++-posix'],
    ['g++-mingw-w64-i686-posix', 'i686-w64-mingw32-g++-posix'],
  ],
  wine: [
    ['wine', 'wine'],
    ['wine64', '/usr/lib/wine/wine64'],
    // Wine's wpcap.dll is made of it.
    ['libpcap0.8', `${libraries}/libpcap.so.0.8`],
  ],
  prebuild: [['llvm-14', '/usr/lib/llvm-14/bin/llvm-readobj']],
  dialogs: [['xvfb', 'Xvfb']],
  // Completion and terminals of the command line.
  shells: [
    ['zsh', 'zsh'],
    ['fish', 'fish'],
    ['bsdutils', 'script'],
  ],
  units: [['systemd', 'systemd-analyze']],
  clock: [['libfaketime', `${libraries}/faketime/libfaketime.so.1`]],
  resources: [
    ['iproute2', 'ip'],
    ['util-linux', 'unshare'],
  ],
  profiles: [['libxml2-utils', 'xmllint']],
  wired,
  examples: [...wired, ['chromium', '/usr/bin/chromium']],
  diagnostics: [
    ['tshark', 'tshark'],
    ['chromium', '/usr/bin/chromium'],
  ],
  interop: [
    ['freeradius', '/usr/sbin/freeradius'],
    ['eapoltest', 'eapol_test'],
    ['hostapd', '/usr/sbin/hostapd'],
    ['openssl', 'openssl'],
  ],
  eapol: [['eapoltest', 'eapol_test']],
  supplicants: [['wpasupplicant', '/usr/sbin/wpa_supplicant']],
};

/** Whether a file is there, or a program of this name on the path. */
export function present(probe) {
  if (probe.startsWith('/')) return existsSync(probe);
  return (process.env.PATH ?? '').split(':').some((folder) => existsSync(`${folder}/${probe}`));
}

/** Builds run side by side, and each may lack something: apt-get fails at once where another one holds its locks. */
function aptGet(...args) {
  spawnSync(
    'flock',
    ['/run/lock/eaphost-apt-get', 'apt-get', '-q', '-o', 'DPkg::Lock::Timeout=600', ...args],
    {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    },
  );
}

/**
 * Makes sure that what `purposes` need is there. Off Linux it only says what cannot be had; there the compiler's
 * own error is clearer than a guess of ours.
 */
export function ensureSystem(purposes) {
  if (platform !== 'linux') return;
  const all = purposes.flatMap((purpose) => needs[purpose]);
  const missing = () => all.filter(([, probe]) => !present(probe)).map(([name]) => name);
  let names = missing();
  if (names.length === 0) return;
  const root = process.getuid?.() === 0;
  if (root && present('apt-get')) {
    console.error(`installing ${names.join(' ')}`);
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', ...names);
    names = missing();
    if (names.length === 0) return;
  }
  throw new Error(`missing on this system: install ${names.join(' ')} (apt-get install ${names.join(' ')})`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) ensureSystem(process.argv.slice(2));
