// A little of every fuzzer of a parser in TypeScript, always from the same seed; scripts/fuzz.mjs runs them for longer.
// And a fuzzer finds a bug that was planted.

import { equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';

import { fuzz } from './engine.js';
import { planted } from './planted.js';
import { targets } from './targets.js';

describe('Fuzzers of parsers', () => {
  for (const target of targets) {
    const executions = ['xml', 'connections', 'eap-config'].includes(target.name) ? 200 : 2000;
    it(`${target.name}: ${executions} inputs are refused or read`, () => {
      const { found } = fuzz(target, { executions, seed: 1 });
      if (found) throw new Error(`not withstood: ${found.input.toString('hex')}`, { cause: found.error });
    });
  }

  it('find a bug by what its inputs reach, and by chance do not', () => {
    equal(fuzz(planted, { executions: 20_000, seed: 1 }).found, undefined);
    const args = ['--import', './dist/test/fuzz/instrument.js', 'dist/test/fuzz/main.js', '20', 'planted'];
    const env = { ...process.env, EAPHOST_FUZZ_SEED: '1' };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    match(stdout, /^planted: \d+ executions/u);
    match(stderr, /planted does not withstand build\/fuzz\/planted-1\.bin \(seed 1\): Error: planted/u);
    equal(status, 1);
  });
});
