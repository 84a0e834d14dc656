// Mocha's spec reporter that also leaves what came out in a file: { passed, failed, skipped, failures: [text…] }. Tests
// that leave something open, which would keep the process for ever, have failed by what they left.
'use strict';

const { spawnSync } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const { inspect } = require('node:util');
const { reporters } = require('mocha');

/** Milliseconds that what the last test closed may still take. */
const patience = 60_000;

/** What keeps the process, and what runs: pipes are kept by who inherited their other ends, too. */
function leftOpen() {
  const handles = process._getActiveHandles().map((handle) => inspect(handle, { depth: 1 }));
  const { stdout } = spawnSync('ps', ['--ppid', '2', '--deselect', '-o', 'pid,ppid,etimes,args'], { encoding: 'utf8' });
  return [...process.getActiveResourcesInfo(), ...handles, stdout].join('\n');
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
