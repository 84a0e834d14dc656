// Mocha's spec reporter that also leaves what came out in a file: { passed, failed, skipped, failures: [text…] }. Tests
// that leave something open, which would keep the process for ever, have failed by what they left.
'use strict';

const { spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

/** Milliseconds that what the last test closed may still take. */
const patience = 60_000;
/** Milliseconds of the longest timer that is looked for, beside one of ten minutes and the longest of all. */
const longestTimer = 200_000;

/** Timers that keep the process, which Node only counts: each is in a list with those of its length. */
function timers() {
  const found = [];
  for (const ms of [...Array(longestTimer).keys(), 600_000, 0x7fff_ffff]) {
    const mine = setTimeout(() => undefined, ms).unref();
    for (let other = mine._idlePrev; other !== mine; other = other._idlePrev) {
      if (other.hasRef?.()) found.push(`${ms} ms: ${other._onTimeout}`);
    }
    clearTimeout(mine);
  }
  return found;
}

/**
 * What keeps the process. Calls of the addon are libuv's `async`; a pipe may be kept by a process that inherited its
 * other end.
 */
function leftOpen() {
  const isKept = (handle) => handle.is_active && handle.is_referenced;
  const handles = process.report
    .getReport()
    .libuv.filter(isKept)
    .map((handle) => JSON.stringify(handle));
  const children = process._getActiveHandles().flatMap(({ spawnargs }) => spawnargs?.join(' ') ?? []);
  const { stdout } = spawnSync('ps', ['-eo', 'pid,ppid,etimes,comm'], { encoding: 'utf8' });
  return [...process.getActiveResourcesInfo(), ...timers(), ...handles, ...children, stdout].join('\n');
}

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const { file } = options.reporterOptions;
    runner.once('end', () => {
      const { passes: passed, failures: failed, pending: skipped } = this.stats;
      const failures = this.failures.map(
        (test) => `${test.fullTitle()}\n${test.err?.stack ?? String(test.err)}`,
      );
      const write = (counts) => writeFileSync(file, JSON.stringify({ passed, skipped, ...counts }));
      write({ failed, failures });
      setTimeout(() => {
        const left = `something is left open ${patience / 1000} s after the last test:\n${leftOpen()}`;
        console.error(left);
        write({ failed: failed + 1, failures: [...failures, left] });
        process.exit(1);
      }, patience).unref();
    });
  }
};
