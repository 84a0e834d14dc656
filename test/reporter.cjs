// Mocha's spec reporter that also leaves what came out in a file: { passed, failed, skipped, failures: [text…] }.
'use strict';

const { writeFileSync } = require('node:fs');
const { reporters } = require('mocha');

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const { file } = options.reporterOptions;
    runner.once('end', () => {
      const { passes, failures: failed, pending } = this.stats;
      const failures = this.failures.map(
        (test) => `${test.fullTitle()}\n${test.err?.stack ?? String(test.err)}`,
      );
      writeFileSync(file, JSON.stringify({ passed: passes, failed, skipped: pending, failures }));
    });
  }
};
