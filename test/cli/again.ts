// Runs the `eaphost` command again and again in one process, which loads its modules once. A message is the arguments and
// the standard input of a run; the answer is what the run came to.

import { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

import { main, type Outcome } from './support.js';

/** One run. */
export interface Run {
  readonly args: readonly string[];
  /** In base64. */
  readonly input: string;
}

let runs = 0;

const exitCode = (): number => Number(process.exitCode ?? 0);

async function run({ args, input }: Run): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const write = (text: string | Uint8Array, done?: () => void): boolean => {
      texts[name] += String(text);
      done?.();
      return true;
    };
    Object.defineProperty(process[name], 'write', { value: write, configurable: true });
  }
  const stdin = Readable.from([Buffer.from(input, 'base64')], { objectMode: false });
  Object.defineProperty(process, 'stdin', { value: stdin, configurable: true });
  process.argv = [process.execPath, main, ...args];
  process.exitCode = undefined;
  await import(`${pathToFileURL(main).href}?${(runs += 1)}`);
  for (const stream of [process.stdout, process.stderr]) stream.removeAllListeners('error');
  process.removeAllListeners('SIGINT');
  return { code: exitCode(), ...texts };
}

process.on('message', (message: Run) => {
  void run(message).then((outcome) => process.send?.(outcome));
});
