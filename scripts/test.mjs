// Sets the suites up, runs them, several at a time, adds up what they counted, says again what failed, and closes with
// one line: "N passed, N failed, N skipped".
// Usage: node scripts/test.mjs [SUITE…]      (default: all that this machine can run)

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { buildTypeScript } from './build.mjs';
import { functionsTable } from './functions.mjs';
import { builds, suites } from './suites.mjs';
import { ensureSystem } from './system.mjs';
import { broken, count, result } from './tally.mjs';
import { ensureFolder, inRoot } from './tools.mjs';

// The longest first: the others fill the lanes beside them.
const all = [
  'windows',
  'lib',
  'asan',
  'malloc',
  'examples',
  'interop',
  'hostile',
  'docs',
  'package',
  'binaries',
  'soak',
  'profiles',
  'diagnostics',
  'abi',
  'native',
];
const here = process.platform === 'linux' ? all : ['native', 'lib'];
const given = process.argv.slice(2);
const wanted = given.length > 0 ? given : here;
/** How many suites run at a time: they wait more than they compute. */
const width = process.platform === 'linux' ? Math.min(3, wanted.length) : 1;
const reports = ensureFolder('build', 'reports');

for (const name of wanted) {
  if (!suites[name]) throw new Error(`no suite ${name}; there are ${Object.keys(suites).join(', ')}`);
}
const each = (what) => [...new Set(wanted.flatMap((name) => suites[name][what] ?? []))];
ensureSystem(each('system'));
buildTypeScript();
/** Those that cannot be run, since what they need was not built. */
const unbuilt = new Set();
for (const build of each('build')) {
  try {
    builds[build]();
  } catch (error) {
    broken(`build ${build}`, error.message);
    for (const name of wanted) if (suites[name].build?.includes(build)) unbuilt.add(name);
  }
}

/** Runs a suite in a process of its own. Its output is shown whole, once it has ended, where others run beside it. */
async function runSuite(name) {
  const started = Date.now();
  const file = join(reports, `suite-${name}.json`);
  const log = join(reports, `suite-${name}.log`);
  rmSync(file, { force: true });
  const out = width > 1 ? openSync(log, 'w') : 'inherit';
  const child = spawn(process.execPath, [inRoot('scripts', 'suites.mjs'), name, file], {
    stdio: ['ignore', out, out],
  });
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
  if (width > 1) {
    closeSync(out);
    process.stdout.write(readFileSync(log, 'utf8'));
  }
  if (existsSync(file)) {
    const { total, failures, recorded } = JSON.parse(readFileSync(file, 'utf8'));
    for (const key of Object.keys(result.total)) result.total[key] += total[key];
    for (const platform of Object.keys(recorded)) result.recorded[platform].push(...recorded[platform]);
    result.failures.push(...failures);
  } else {
    broken(name, `ended with ${status} before any result`);
  }
  console.log(`suite ${name} took ${Math.round((Date.now() - started) / 1000)} s\n`);
}

const waiting = wanted.filter((name) => !unbuilt.has(name));
/** Runs what is waiting, one after another. One lane only has the suites that use Wine's one prefix. */
async function lane(mayUseWine) {
  for (;;) {
    const next = waiting.findIndex((name) => mayUseWine || !suites[name].usesWine);
    if (next < 0) return;
    const [name] = waiting.splice(next, 1);
    await runSuite(name);
  }
}
await Promise.all(Array.from({ length: width }, (_, index) => lane(index === 0)));

if (Object.values(result.recorded).some((files) => files.length > 0)) {
  count('functions of EAPHost', functionsTable(result.recorded));
}
for (const failure of result.failures) console.log(`\nFAILED ${failure}`);
const { passed, failed, skipped } = result.total;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
