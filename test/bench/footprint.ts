// What the package weighs: memory of an open session, what its import costs, size of its binaries.

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { binaryFolder } from '../../lib/native/binary.js';
import { median, rounds, times } from './support.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const commandFile = join(root, 'dist', 'eaphost', 'cli.js');
const sessionsFile = fileURLToPath(new URL('./open-sessions.js', import.meta.url));

function runNode(args: readonly string[]): unknown {
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8', cwd: root }));
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

/** What it costs to start: the package and its command, beside a Node that does nothing. */
export interface StartCosts {
  /** Of the time of `node -e 0`: a program that imports the package, and `eaphost --help`. */
  readonly ratio: number;
  readonly cliRatio: number;
  /** Bytes of memory that the package takes when it is imported. */
  readonly extraBytes: number;
  /** Milliseconds of `node -e 0`. */
  readonly bareMs: number;
}

const startRounds = 21;
const peak = 'console.log(process.resourceUsage().maxRSS)';

/** Each round starts all of them, so that what else the machine does meets them alike; the medians count. */
export function benchImport(): StartCosts {
  const milliseconds = (args: readonly string[]) => (): number => {
    const start = performance.now();
    execFileSync(process.execPath, args, { cwd: root });
    return performance.now() - start;
  };
  const bytes = (program: string) => (): number => Number(runNode(['--eval', program])) * 1024;
  const ways = {
    bare: milliseconds(['--eval', '0']),
    imported: milliseconds(['--eval', "import('eaphost')"]),
    help: milliseconds([commandFile, '--help']),
    bareBytes: bytes(peak),
    importedBytes: bytes(`import('eaphost').then(() => ${peak})`),
  };
  const measured = times(startRounds + 1, () => mapValues(ways, (measure) => measure())).slice(1);
  const middle = mapValues(ways, (_, name) => median(measured.map((round) => round[name])));
  return {
    ratio: middle.imported / middle.bare,
    cliRatio: middle.help / middle.bare,
    extraBytes: middle.importedBytes - middle.bareBytes,
    bareMs: middle.bare,
  };
}

function mapValues<Name extends string, From, To>(
  record: Readonly<Record<Name, From>>,
  map: (value: From, name: Name) => To,
): Record<Name, To> {
  const names = Object.keys(record) as Name[];
  return Object.fromEntries(names.map((name) => [name, map(record[name], name)])) as Record<Name, To>;
}

/** Bytes of each binary of the package. */
export function binarySizes(): Record<string, number> {
  const folder = binaryFolder();
  const names = readdirSync(folder).filter((name) => /^(eaphost\.node|eapembedded\.|eapshim\.)/.test(name));
  return Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).size]));
}
