// The parts of the machine that registration uses: its registry, its users, its folders. One object, so that tests
// can make a step fail. JavaScript thread.

import { constants } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

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

/** This machine. */
export const thisMachine: Machine = {
  registry: windowsRegistry,
  currentUser: () => callWindows('currentUser', {}),
  findIntruders: (folder) => callWindows('findIntruders', { path: folder }),
  async signatureOf(file) {
    return signatures[await callWindows('checkSignature', { path: file })] ?? 'invalid';
  },
  async isFile(path) {
    const found = await stat(path).catch(() => undefined);
    return found?.isFile() === true;
  },
  copyShim: (path) => copyFile(join(binaryFolder(), 'eapshim.dll'), path, constants.COPYFILE_EXCL),
  rename,
  remove: (path) => rm(path),
};
