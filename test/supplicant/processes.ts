// Scripts of the folder children, each in a process of its own.

import { fork } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { begun } from '../../lib/base/child-process.js';

/** How a process ended. */
export interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly ms: number;
}

/** How a script is run. */
export interface RunOptions {
  /** Options of Node. */
  readonly node?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** It ends as Node does not clean up after: under AddressSanitizer all of Node would count as leaked. */
  readonly endsAbruptly?: boolean;
  /** Default 90 s: then it is killed. */
  readonly timeoutMs?: number;
}

/** The code of a process that AddressSanitizer found something in. */
const foundCode = 99;
/** Where it says what it found; the process' id is appended. */
const foundFile = join(tmpdir(), 'eaphost-asan');

/** Under AddressSanitizer: a code of its own for what it finds, and a file. */
function sanitizerOptions(endsAbruptly: boolean): NodeJS.ProcessEnv {
  const { ASAN_OPTIONS: options } = process.env;
  if (options === undefined) return {};
  const own = [`exitcode=${foundCode}`, `log_path=${foundFile}`, ...(endsAbruptly ? ['detect_leaks=0'] : [])];
  return { ASAN_OPTIONS: [options, ...own].join(':') };
}

/** LeakSanitizer's own crash, as of a thread that ends while it looks: it has found nothing, and is to look again. */
const notLooked = /LeakSanitizer has encountered a fatal error/u;

/** What AddressSanitizer found in a process. */
function foundIn(pid: number): string {
  const file = `${foundFile}.${pid}`;
  const text = readFileSync(file, 'utf8');
  rmSync(file);
  return text;
}

/** Runs a script to its end; again, `tries` times in all, where the leak check came to none itself. */
export function run(
  script: string,
  args: readonly string[] = [],
  options: RunOptions = {},
  tries = 3,
): Promise<Ending> {
  const path = fileURLToPath(new URL(`children/${script}`, import.meta.url));
  const started = performance.now();
  const child = begun(() =>
    fork(path, [...args], {
      stdio: 'ignore',
      execArgv: [...(options.node ?? [])],
      env: { ...process.env, ...sanitizerOptions(options.endsAbruptly ?? false), ...options.env },
      timeout: options.timeoutMs ?? 90_000,
    }),
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      if (code === foundCode && child.pid !== undefined) {
        const found = foundIn(child.pid);
        const isAgain = tries > 1 && notLooked.test(found);
        return isAgain ? resolve(run(script, args, options, tries - 1)) : reject(new Error(found));
      }
      return resolve({ code, signal, ms: performance.now() - started });
    });
  });
}
