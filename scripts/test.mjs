// Builds what suites need and runs them, each as soon as what it needs is there, several at a time. Adds up what they
// counted, says how long each took, says again what failed, and closes with one line: "N passed, N failed, N skipped".
// Usage: node scripts/test.mjs [--long] [SUITE…]      (default: those of `npm test` or, with --long, of `npm run test:long`)

import { spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { buildTypeScript } from './build.mjs';
import { functionsTable } from './functions.mjs';
import { builds, suites } from './suites.mjs';
import { ensureSystem } from './system.mjs';
import { broken, count, result } from './tally.mjs';
import { ensureFolder, inRoot } from './tools.mjs';
import { wineOutput } from './wine.mjs';

const isLinux = process.platform === 'linux';
const args = process.argv.slice(2);
const given = args.filter((name) => name !== '--long');
const here = Object.keys(suites).filter(
  (name) => suites[name].in === (args.includes('--long') ? 'long' : 'test'),
);
const wanted = given.length > 0 ? given : isLinux ? here : ['native', 'lib', 'cli'];
for (const name of wanted) {
  if (!suites[name]) throw new Error(`no suite ${name}; there are ${Object.keys(suites).join(', ')}`);
}
const reports = ensureFolder('build', 'reports');
const isNeeded = (build) => wanted.some((name) => suites[name].build?.includes(build));
const started = Date.now();
const seconds = (since) => Math.round((Date.now() - since) / 1000);

ensureSystem(wanted.flatMap((name) => suites[name].system ?? []));
buildTypeScript();
const times = [{ name: 'build ts', wall: seconds(started) }];

/**
 * What is still to be done, in order. Builds come first, one at a time, as each has a compiler for every core; of what
 * uses a prefix of Wine's there is one at a time, too.
 */
const waiting = [
  ...Object.keys(builds)
    .filter(isNeeded)
    .map((name) => ({
      name: `build ${name}`,
      makes: name,
      needs: [],
      alone: name === 'wine' ? 'wine' : 'build',
    })),
  ...wanted.map((name) => ({
    name,
    needs: suites[name].build ?? [],
    alone: suites[name].usesWine,
  })),
];
const running = new Map();
/** Builds that are made. */
const made = new Set();
/** Builds that failed. */
const missing = new Set();
/** Minutes that one may take. What hangs is ended with all that it started, and has failed by its name. */
const limit = 25;
/** How many run at a time: they wait more than they compute. */
const width = isLinux ? Math.min(3, waiting.length) : 1;

/** Ends a suite's or build's process and, by their group, those that it started. */
function endWithChildren(child) {
  if (isLinux) process.kill(-child.pid, 'SIGKILL');
  else child.kill('SIGKILL');
}
// They have groups of their own, which the terminal's signals do not reach.
for (const [signal, number] of [
  ['SIGINT', 2],
  ['SIGTERM', 15],
]) {
  process.once(signal, () => {
    for (const { child } of running.keys()) endWithChildren(child);
    process.exit(128 + number);
  });
}

/** The last lines of what was written. */
const lastLines = (file) =>
  existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n').slice(-20) : [];

/** Runs one in a process of its own. Its output is shown whole, once it has ended, where others run beside it. */
async function start(job) {
  const { name, makes } = job;
  const since = Date.now();
  const file = join(reports, `suite-${name}.json`);
  const log = join(reports, `suite-${name}.log`);
  rmSync(file, { force: true });
  const out = width > 1 ? openSync(log, 'w') : 'inherit';
  const child = spawn(process.execPath, [inRoot('scripts', 'suites.mjs'), name, file], {
    stdio: ['ignore', out, out],
    detached: isLinux,
  });
  job.child = child;
  let isLate = false;
  const end = () => {
    isLate = true;
    endWithChildren(child);
  };
  const timer = setTimeout(end, limit * 60_000);
  const status = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? signal));
  });
  clearTimeout(timer);
  if (width > 1) {
    closeSync(out);
    process.stdout.write(readFileSync(log, 'utf8'));
  }
  const told = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  if (told) {
    for (const key of Object.keys(result.total)) result.total[key] += told.total[key];
    for (const platform of Object.keys(told.recorded))
      result.recorded[platform].push(...told.recorded[platform]);
    result.failures.push(...told.failures);
  } else {
    const why = isLate ? `was not through in ${limit} minutes` : `ended with ${status} before any result`;
    broken(name, [why, ...lastLines(log), ...lastLines(wineOutput(child.pid))].join('\n'));
  }
  if (makes !== undefined) (told?.total.failed === 0 ? made : missing).add(makes);
  times.push({ name, wall: seconds(since), cpu: told?.cpu });
  running.delete(job);
}

while (waiting.length + running.size > 0) {
  const isFree = ({ alone }) =>
    alone === undefined || ![...running.keys()].some((job) => job.alone === alone);
  const next = waiting.findIndex(
    (job) => job.needs.every((build) => made.has(build) || missing.has(build)) && isFree(job),
  );
  if (next >= 0 && running.size < width) {
    const [job] = waiting.splice(next, 1);
    const lacking = job.needs.filter((build) => missing.has(build));
    if (lacking.length > 0) broken(job.name, `not run: no ${lacking.join(', ')}`);
    else running.set(job, start(job));
  } else {
    await Promise.race(running.values());
  }
}

// The long suites repeat a part of what `npm test` calls: of them alone the table would miss functions.
if (!args.includes('--long') && Object.values(result.recorded).some((files) => files.length > 0)) {
  count('functions of EAPHost', functionsTable(result.recorded));
}
for (const failure of result.failures) console.log(`\nFAILED ${failure}`);
console.log(`\n${'seconds'.padEnd(28)} wall  processor`);
for (const { name, wall, cpu } of [...times, { name: 'all', wall: seconds(started) }]) {
  console.log(
    `${name.padEnd(26)} ${String(wall).padStart(6)} ${cpu === undefined ? '' : String(Math.round(cpu)).padStart(10)}`.trimEnd(),
  );
}
const { passed, failed, skipped } = result.total;
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
