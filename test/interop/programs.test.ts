// How the interop suites find and run the programs of others.

import assert from 'node:assert/strict';

import { findProgram, Program, run } from './programs.js';

describe('programs', () => {
  it('names the package of a program that is missing', () => {
    assert.throws(() => findProgram('no-such-program', 'some-package'), /apt-get install some-package/u);
    assert.match(findProgram('sh', 'dash'), /\/sh$/u);
  });

  it('gives status and output', async () => {
    const { status, output } = await run('/bin/sh', ['-c', 'echo out; echo err >&2; exit 3'], 10_000);
    assert.equal(status, 3);
    assert.deepEqual(output.split('\n').sort(), ['', 'err', 'out']);
  });

  it('stops a program, also one that will not', async () => {
    assert.equal((await run('/bin/sh', ['-c', 'exec sleep 600'], 100)).status, null);
    await using stubborn = new Program('/bin/sh', [
      '-c',
      'trap "" TERM; echo up; while :; do sleep 0.1; done',
    ]);
    await stubborn.says('up');
    await stubborn.stop();
    assert.equal(await stubborn.ended, null);
  });

  it('says what a program said that ended too early', async () => {
    const program = new Program('/bin/sh', ['-c', 'echo something else']);
    await assert.rejects(program.says('ready'), /something else/u);
    await assert.rejects(run('/no/such/program', [], 1000), { code: 'ENOENT' });
  });
});
