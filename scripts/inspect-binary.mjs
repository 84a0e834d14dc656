// What a binary needs from the system and how it is hardened, read by llvm-readobj, which knows the formats of all
// platforms on each of them. Anything that is not part of the system is a problem: a user has no redistributable.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

import { ensureSystem } from './system.mjs';

/** Libraries that every system of the platform has. node.exe is only ever delay-loaded, from the host program. */
const system = {
  win32:
    /^(kernel32|msvcrt|ntdll|advapi32|iphlpapi|ole32|oleaut32|user32|ws2_32|bcrypt|crypt32|wintrust|version|node\.exe|api-ms-win-[a-z0-9-]+)(\.dll)?$/i,
  linux: /^(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|ld-linux-[a-z0-9-]+)\.so(\.\d+)*$/,
  darwin: /^\/usr\/lib\/lib(System\.B|c\+\+\.1|objc\.A)\.dylib$/,
};

/** The machine that a target's file headers must name. */
const machines = {
  'win32-x64': 'IMAGE_FILE_MACHINE_AMD64',
  'win32-ia32': 'IMAGE_FILE_MACHINE_I386',
  'win32-arm64': 'IMAGE_FILE_MACHINE_ARM64',
  'linux-x64': 'EM_X86_64',
  'linux-arm64': 'EM_AARCH64',
  'darwin-x64': 'X86-64',
  'darwin-arm64': 'Arm64',
};

/** Address randomization and no execution of data; 64-bit programs use all of their address space. */
const characteristics = {
  'win32-x64': ['DYNAMIC_BASE', 'NX_COMPAT', 'HIGH_ENTROPY_VA'],
  'win32-ia32': ['DYNAMIC_BASE', 'NX_COMPAT'],
  'win32-arm64': ['DYNAMIC_BASE', 'NX_COMPAT', 'HIGH_ENTROPY_VA'],
};

function readobj() {
  ensureSystem(['prebuild']);
  const versions = existsSync('/usr/lib')
    ? readdirSync('/usr/lib').filter((name) => name.startsWith('llvm-'))
    : [];
  const installed = versions
    .map((name) => `/usr/lib/${name}/bin/llvm-readobj`)
    .find((file) => existsSync(file));
  return installed ?? 'llvm-readobj';
}

/** What llvm-readobj says of a file: the libraries that it needs, and its headers as text. */
export function describe(file) {
  const { status, stdout, stderr, error } = spawnSync(
    readobj(),
    ['--file-headers', '--needed-libs', '--coff-resources', file],
    { encoding: 'utf8', maxBuffer: 1 << 26 },
  );
  if (error) throw error;
  if (status !== 0) throw new Error(`llvm-readobj ${file}: ${stderr}`);
  const needed = /NeededLibraries \[\n([^]*?)\n?\]/.exec(stdout)?.[1] ?? '';
  return {
    text: stdout,
    libraries: needed
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean),
  };
}

/** The newest glibc that a Linux binary asks for, as text; undefined where it names none. */
export function glibcOf(file) {
  const versions = [...readFileSync(file, 'latin1').matchAll(/GLIBC_(\d+)\.(\d+)/g)];
  const newest = versions
    .map((match) => [Number(match[1]), Number(match[2])])
    .sort((a, b) => b[0] - a[0] || b[1] - a[1]);
  return newest[0]?.join('.');
}

/** What must be mended before a binary of `target` may be shipped; empty when nothing. */
export function inspect(file, target) {
  const { text, libraries } = describe(file);
  const platform = target.slice(0, target.indexOf('-'));
  const problems = libraries
    .filter((name) => !system[platform].test(name))
    .map((name) => `needs ${name}, which is not part of the system`);
  if (!text.includes(machines[target])) problems.push(`is not for ${machines[target]}`);
  if (platform === 'win32') {
    for (const name of characteristics[target]) {
      if (!text.includes(`IMAGE_DLL_CHARACTERISTICS_${name}`)) problems.push(`is not linked for ${name}`);
    }
    if (!/VERSION/u.test(text.slice(text.indexOf('Resources')))) problems.push('has no version resource');
  }
  return problems;
}
