// The examples that are packages of their own, with this clone as their eaphost: installed as their lock says, and built.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { inRoot, run } from './tools.mjs';

/** Installs and builds the example in this folder of test/examples. TypeScript's output of the clone must be there. */
export function buildExample(name) {
  const folder = inRoot('test', 'examples', name);
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    // No scripts: what they would download is not needed to test an example here.
    run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], { cwd: folder });
    writeFileSync(stamp, lock);
  }
  run('npm', ['run', '--silent', 'build'], { cwd: folder });
}
