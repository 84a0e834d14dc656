// What the package weighs: memory of an open session, time to import it, size of its binaries.

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { binaryFolder } from '../../lib/native/binary.js';
import { median, rounds, times } from './support.js';

const packageFile = fileURLToPath(new URL('../../lib/index.js', import.meta.url));
const sessionsFile = fileURLToPath(new URL('./open-sessions.js', import.meta.url));

function runNode(args: readonly string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }));
}

/** What each of so many open sessions takes, in a process of their own: bytes, and nanoseconds of processor time. */
function openSessions(count: number): Record<'bytes' | 'begin' | 'close', number> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- open-sessions.ts prints it
  return runNode(['--expose-gc', sessionsFile, String(count)]) as ReturnType<typeof openSessions>;
}

/** Bytes of memory for each of a thousand open sessions. */
export function benchMemory(): { perSessionBytes: number } {
  return { perSessionBytes: median(times(rounds, () => openSessions(1000).bytes)) };
}

type Costs = Record<string, { nsPerSession: number }>;

/** What an open session costs among few and among very many; `bytesPerSession` among the most. */
export function benchScale(): { begin: Costs; close: Costs; bytesPerSession: number } {
  const scale = { begin: {} as Costs, close: {} as Costs, bytesPerSession: 0 };
  for (const count of [1000, 10_000, 100_000]) {
    const { begin, close, bytes } = openSessions(count);
    scale.begin[count] = { nsPerSession: begin };
    scale.close[count] = { nsPerSession: close };
    scale.bytesPerSession = bytes;
  }
  return scale;
}

/** Milliseconds that importing the package takes in a fresh process. */
export function benchImport(): number {
  const program =
    `const start = performance.now(); await import(${JSON.stringify(packageFile)});` +
    'console.log(performance.now() - start);';
  const [, ...measured] = times(rounds + 1, () =>
    Number(runNode(['--input-type=module', '--eval', program])),
  );
  return median(measured);
}

/** Bytes of each binary of the package. */
export function binarySizes(): Record<string, number> {
  const folder = binaryFolder();
  const names = readdirSync(folder).filter((name) => /^(eaphost\.node|eapembedded\.|eapshim\.)/.test(name));
  return Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).size]));
}
