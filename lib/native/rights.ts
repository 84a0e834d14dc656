// Whether this process may have more rights than the user who set its environment. If so, a variable must not choose
// what code it runs. This is checked before anything native is loaded.

import { readdirSync, readFileSync } from 'node:fs';

import { systemCodeOf } from '../base/shortage.js';

/** AT_SECURE of the auxiliary vector: the kernel started the program with rights that its starter has not. */
const atSecure = 23n;
const auxiliaryVector = '/proc/self/auxv';

/** LocalSystem's own profile. By this name no variable of the environment has a say in what it is. */
const systemProfile = String.raw`\\?\GLOBALROOT\SystemRoot\System32\config\systemprofile`;

/**
 * What glibc's secure_getenv asks: whether real and effective ids differ, and on Linux AT_SECURE, which file
 * capabilities set, too. The vector of a process that has dropped its rights cannot be read: that counts as more.
 */
function hasMoreOnPosix(): boolean {
  if (process.getuid?.() !== process.geteuid?.() || process.getgid?.() !== process.getegid?.()) return true;
  if (process.platform !== 'linux') return false;
  let bytes: Uint8Array;
  try {
    bytes = Uint8Array.from(readFileSync(auxiliaryVector));
  } catch (error) {
    // No /proc is no sign of rights; one that is kept from this process is.
    return systemCodeOf(error) !== 'ENOENT';
  }
  const isNarrow = process.arch === 'arm' || process.arch === 'ia32';
  const numbers = isNarrow
    ? Array.from(new Uint32Array(bytes.buffer), BigInt)
    : Array.from(new BigUint64Array(bytes.buffer));
  return numbers.some((key, at) => at % 2 === 0 && key === atSecure && numbers[at + 1] !== 0n);
}

/**
 * Whether this is LocalSystem or an elevated administrator: who may list LocalSystem's profile. An administrator's
 * variables can be set by his programs that are not elevated, and an elevated one finds them.
 */
function hasMoreOnWindows(): boolean {
  try {
    readdirSync(systemProfile);
    return true;
  } catch (error) {
    // Only a plain refusal says that there are no such rights.
    return !['EPERM', 'EACCES'].includes(systemCodeOf(error) ?? '');
  }
}

/** Whether variables of the environment must not choose what this process loads. */
export function hasMoreRights(): boolean {
  return process.platform === 'win32' ? hasMoreOnWindows() : hasMoreOnPosix();
}
