// What the engine's suites share: where the package is, Artillery's helpers, programs of Node's.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

import type { Outcome } from '../../cli/support.js';
import type { Helpers } from './artillery.js';

export const root = fileURLToPath(new URL('../../../../', import.meta.url));
/** The package as it is in the repository. */
export const folder = join(root, 'test', 'examples', 'artillery-engine-eap');
/** Artillery is installed there, by the suite `examples` of scripts/test.mjs. */
export const modules = join(folder, 'node_modules');

/** What loopback-only.ts says. */
export const refusal = 'refused to connect';

/** What Artillery lends to engines. */
export async function artilleryHelpers(): Promise<Helpers> {
  const path = join(modules, 'artillery', 'dist', 'lib', 'commons', 'engine_util.js');
  const helpers: Helpers = await import(pathToFileURL(path).href);
  return helpers;
}

/** Runs a program of Node's to its end, in the package's folder. */
export async function runNode(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
  }
  await once(child, 'close');
  return { code: child.exitCode, ...texts };
}
