// The package packed and installed, as somebody has it who has no compiler.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export const root = process.cwd();

/** What `npm pack` says. */
export interface Packed {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}

/** Runs a program to its end, which must be a good one; what it printed. `path`: where programs are looked for. */
export function output(
  command: string,
  args: readonly string[],
  options: { cwd?: string; path?: string } = {},
): string {
  const { path = process.env['PATH'] ?? '', cwd = root } = options;
  const env = { ...process.env, PATH: path, EAPHOST_BINARY: '' };
  // To a file: of the line that threw, which of a bundle is all of it, Node tells a pipe what that takes at once.
  const folder = mkdtempSync(join(tmpdir(), 'eaphost-output-'));
  const file = join(folder, 'stderr.txt');
  const out = openSync(file, 'w');
  try {
    const { status, stdout, error } = spawnSync(command, args, {
      encoding: 'utf8',
      cwd,
      env,
      stdio: ['ignore', 'pipe', out],
    });
    if (error) throw error;
    assert.equal(status, 0, `${command} ${args.join(' ')}: ${stdout}${readFileSync(file, 'utf8')}`);
    return stdout;
  } finally {
    closeSync(out);
    rmSync(folder, { recursive: true });
  }
}

/** Packs it, and installs it into a folder that has nothing else. */
export function packInto(folder: string) {
  const packed = (
    JSON.parse(output('npm', ['pack', '--json', '--pack-destination', folder])) as Packed[]
  )[0]!;
  const tarball = join(folder, packed.filename);
  // A PATH with Node, npm and a shell, and nothing that could build.
  const withoutCompiler = join(folder, 'bin');
  mkdirSync(withoutCompiler);
  for (const name of ['node', 'npm', 'npx']) {
    symlinkSync(join(dirname(process.execPath), name), join(withoutCompiler, name));
  }
  symlinkSync('/bin/sh', join(withoutCompiler, 'sh'));
  const installed = join(folder, 'installed');
  mkdirSync(installed);
  writeFileSync(join(installed, 'package.json'), '{ "type": "module" }');
  output('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd: installed, path: withoutCompiler });
  return { packed, tarball, withoutCompiler, installed };
}
