// What a suite counts: runs mocha, reads what it and doctest say, and keeps counts, failures and the functions of
// EAPHost that were called, of one process.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { ensureFolder, inRoot, root } from './tools.mjs';

export const doctestOptions = ['--no-version', '--no-colors'];
const reports = ensureFolder('build', 'reports');

/**
 * What came out so far. `failures`: what failed, with its cause. `recorded`: where suites wrote down which of EAPHost's
 * functions they called, by platform.
 * @type {{
 *   total: Record<'passed' | 'failed' | 'skipped', number>,
 *   failures: string[],
 *   recorded: Record<'linux' | 'windows', string[]>,
 * }}
 */
export const result = {
  total: { passed: 0, failed: 0, skipped: 0 },
  failures: [],
  recorded: { linux: [], windows: [] },
};

export function count(name, { passed, failed, skipped }) {
  console.log(`${name}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  result.total.passed += passed;
  result.total.failed += failed;
  result.total.skipped += skipped;
  return { passed, failed };
}

/** A suite that died or said nothing has failed, whatever it counted before. */
export function broken(name, why) {
  result.failures.push(`${name}: ${why}`);
  return count(name, { passed: 0, failed: 1, skipped: 0 });
}

/** The mocha suites in `specs` under this machine's Node; `only`: see mochaOptions. */
export function mocha(name, specs, { env = {}, node = [], only } = {}) {
  const report = reportOf(name);
  const args = [...node, inRoot('node_modules/mocha/bin/mocha.js'), ...mochaOptions(report, only), ...specs];
  const run = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  return readMocha(name, report, run.status ?? run.signal);
}

/** A file for the functions that a suite calls. */
export function recordOf(platform, name) {
  const file = reportOf(`${name} functions`);
  result.recorded[platform].push(file);
  return file;
}

/** Where a suite's counts go: a new file, without commas, which part mocha's reporter options. */
export function reportOf(name) {
  const report = join(reports, `${name.replaceAll(/[^a-z0-9]+/giu, '-')}.json`);
  rmSync(report, { force: true });
  return report;
}

/** `only`: the 'long' tests, which have @long in their titles, or 'all'; by default those that are not long. */
export const mochaOptions = (report, only = 'short') => [
  '--config',
  'test/mocharc.json',
  '--reporter',
  'test/reporter.cjs',
  '--reporter-option',
  `file=${report}`,
  ...{ short: ['--fgrep', '@long', '--invert'], long: ['--fgrep', '@long'], all: [] }[only],
];

export function readMocha(name, report, status) {
  if (!existsSync(report)) return broken(name, `ended with ${status} before any result`);
  const counts = JSON.parse(readFileSync(report, 'utf8'));
  result.failures.push(...counts.failures.map((text) => `${name}: ${text}`));
  if (status !== 0 && counts.failed === 0) return broken(name, `ended with ${status}`);
  if (counts.passed === 0 && counts.failed === 0) return broken(name, 'ran no test');
  return count(name, counts);
}

/** Reads doctest's summary. */
export function doctest(name, status, output) {
  const line = /test cases:\s*(\d+)\s*\|\s*(\d+) passed\s*\|\s*(\d+) failed\s*\|\s*(\d+) skipped/.exec(
    output,
  );
  if (status !== 0 || !line) {
    if (!line || line[3] === '0') return broken(name, `ended with ${status}\n${output}`);
    result.failures.push(`${name}: ${output}`);
  }
  return count(name, { passed: Number(line[2]), failed: Number(line[3]), skipped: Number(line[4]) });
}

/** What the program of test/native/program said: one test, of many checks. */
export function program(name, status, output) {
  if (status !== 0 || !/^\d+ checks, 0 failed$/m.test(output)) {
    return broken(name, `ended with ${status}\n${output}`);
  }
  return count(name, { passed: 1, failed: 0, skipped: 0 });
}
