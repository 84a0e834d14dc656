// The parts of the machine that registration uses: its registry, its users, its folders. One object, so that tests
// can make a step fail. JavaScript thread.

import { constants, existsSync } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';

import { eaphostError } from '../base/errors.js';
import { binaryFolder } from '../native/binary.js';
import { callWindows, windowsRegistry, type Registry } from '../native/registry.js';
import type { NativeIntruder } from '../native/system-types.js';

/** Whether a file is signed, as Windows checks it: `invalid` for a signature that is wrong or not trusted here. */
export type Signature = 'unsigned' | 'valid' | 'invalid';

/** The machine. */
export interface Machine {
  readonly registry: Registry;
  /** The SID of this process' user. */
  currentUser(): Promise<string>;
  /** Those beside administrators who could change what lies in a folder. */
  findIntruders(folder: string): Promise<readonly NativeIntruder[]>;
  /** The signature of a file that exists (WinVerifyTrust). */
  signatureOf(file: string): Promise<Signature>;
  /** Whether there is such a file. */
  isFile(path: string): Promise<boolean>;
  /** Copies the package's shim; refused where there is a file. */
  copyShim(path: string): Promise<void>;
  /** Renames a file. */
  rename(from: string, to: string): Promise<void>;
  /** Deletes a file. */
  remove(path: string): Promise<void>;
}

const signatures: readonly Signature[] = ['unsigned', 'valid', 'invalid'];

const architectures: Readonly<Record<number, string>> = { 0x014c: 'ia32', 0x8664: 'x64', 0xaa64: 'arm64' };

/**
 * A DLL of the package that Windows' EAPHost can load: of the system's machine (IMAGE_FILE_MACHINE_…, 0 if unknown), not
 * of this process, which may be emulated. `folder` has that of this process. Throws `EAPHOST_NOT_SUPPORTED` where the
 * package has none.
 */
export function nativeFile(
  folder: string,
  nativeMachine: number,
  name: string,
  isThere: (path: string) => boolean = existsSync,
  arch: string = process.arch,
): string {
  const native =
    nativeMachine === 0 ? arch : (architectures[nativeMachine] ?? `0x${nativeMachine.toString(16)}`);
  const path = native === arch ? join(folder, name) : join(dirname(folder), `win32-${native}`, name);
  if (native === arch || isThere(path)) return path;
  throw eaphostError(
    'EAPHOST_NOT_SUPPORTED',
    `this process is ${arch}, emulated on ${native}: EAPHost loads DLLs of ${native} alone, and there is none at ${path}; ` +
      `register with the ${native} build of Node`,
  );
}

/** This machine. */
export const thisMachine: Machine = {
  registry: windowsRegistry,
  currentUser: () => callWindows('currentUser', {}),
  findIntruders: (folder) => callWindows('findIntruders', { path: folder, trustsUser: true }),
  async signatureOf(file) {
    return signatures[await callWindows('checkSignature', { path: file })] ?? 'invalid';
  },
  async isFile(path) {
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() === true;
  },
  async copyShim(path) {
    const { nativeMachine } = await callWindows('queryProcess', {});
    await copyFile(nativeFile(binaryFolder(), nativeMachine, 'eapshim.dll'), path, constants.COPYFILE_EXCL);
  },
  rename,
  remove: (path) => rm(path),
};
