// What the package weighs: memory of an open session, time to import it, size of its binaries.

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { binaryFolder } from '../../lib/binary.js';
import { median, rounds, times } from './support.js';

const packageFile = fileURLToPath(new URL('../../lib/index.js', import.meta.url));
const sessionsFile = fileURLToPath(new URL('./open-sessions.js', import.meta.url));

function runNode(args: readonly string[]): number {
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

/** Bytes of memory for each of a thousand open sessions, in a process of their own. */
export function benchMemory(): { perSessionBytes: number } {
  return { perSessionBytes: median(times(rounds, () => runNode(['--expose-gc', sessionsFile]))) };
}

/** Milliseconds that importing the package takes in a fresh process. */
export function benchImport(): number {
  const program =
    `const start = performance.now(); await import(${JSON.stringify(packageFile)});` +
    'console.log(performance.now() - start);';
  const [, ...measured] = times(rounds + 1, () => runNode(['--input-type=module', '--eval', program]));
  return median(measured);
}

/** Bytes of each binary of the package. */
export function binarySizes(): Record<string, number> {
  const folder = binaryFolder();
  const names = readdirSync(folder).filter((name) => /^(eaphost\.node|eapembedded\.|eapshim\.)/.test(name));
  return Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).size]));
}
