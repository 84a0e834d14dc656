// `eaphost wired protect`: makes files of secrets usable for their account alone, in place.

import { lstat, stat } from 'node:fs/promises';

import { readOwnFile, unsafeFile } from '../wired/own-file.js';
import { isProtected, writeProtectedFile } from '../wired/protected-file.js';
import { exitCodes, readInput, UsageError, type Values } from './command.js';
import type { Output } from './output.js';
import { readSecretInput } from './password.js';
import type { wired as row } from './tables.js';

const readByOthers = 0o044;

type Given = Values<typeof row>;

/** The options whose files hold secrets that may be read from a protected file. */
const secretOptions = ['credentials', 'password-file', 'passphrase-file'] as const;

const secretFiles = (values: Given): { path: string; option: string }[] =>
  secretOptions.flatMap((name) => {
    const path = values[name];
    return path === undefined ? [] : [{ path, option: `--${name}` }];
  });

/** What is in the file, whoever may read it; a file that is not this account's to replace is left as it is. */
async function read(path: string, option: string): Promise<Buffer> {
  if (process.platform !== 'win32') return readOwnFile(path, { isOpen: true });
  const found = await lstat(path);
  if (!found.isFile() || found.nlink > 1)
    throw unsafeFile(path, 'it is no file, or has other names', 'name the file itself');
  return readSecretInput(path, option);
}

/** Protects the files of the options that are given. */
export async function protectFiles(values: Given, output: Output): Promise<number> {
  const files = secretFiles(values);
  if (files.length === 0) {
    throw new UsageError('give --credentials, --password-file or --passphrase-file: the files to protect');
  }
  for (const { path, option } of files) {
    const content = await read(path, option);
    try {
      await writeProtectedFile(path, content, values['for-machine'] === true ? { forMachine: true } : {});
    } finally {
      content.fill(0);
    }
  }
  const paths = files.map(({ path }) => path);
  output.report(
    { exitCode: exitCodes.accepted, protected: paths },
    paths.map((path) => `${path} is protected`),
  );
  return exitCodes.accepted;
}

/** Why others of this machine may learn what is in the file; undefined where they may not. */
async function leak(path: string, option: string): Promise<string | undefined> {
  if (process.platform !== 'win32') {
    return ((await stat(path)).mode & readByOthers) === 0 ? undefined : 'other users may read it';
  }
  const content = await readInput(path, option);
  const isSafe = isProtected(content);
  content.fill(0);
  return isSafe ? undefined : 'it is not encrypted';
}

/** Says which files of secrets are not protected. */
export async function warnOfReaders(
  values: Given,
  say: (event: object, words: string) => void,
): Promise<void> {
  for (const { path, option } of secretFiles(values)) {
    const why = await leak(path, option);
    if (why === undefined) continue;
    const remedy = `eaphost wired protect ${option} ${path}`;
    say({ event: 'trouble', text: `${path}: ${why}`, remedy }, `${path}: ${why}; mend that: ${remedy}`);
  }
}
