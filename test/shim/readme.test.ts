// The program of the README's "Write an EAP method in TypeScript", compiled and run as printed.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve('dist/readme');
const options =
  '--target es2022 --lib esnext --module nodenext --types node --strict --noUncheckedIndexedAccess --skipLibCheck ' +
  `--ignoreConfig --rootDir ${folder} --outDir ${folder}`;

function run(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  return { status, output: `${stdout}${stderr}`.trim() };
}

describe('the method of the README', function () {
  this.timeout(120_000);

  it('is a program of under 60 lines that authenticates against a RADIUS server', () => {
    const [, section = ''] = readFileSync('README.md', 'utf8').split(
      '## Write an EAP method in TypeScript\n',
    );
    const program = /```ts\n([^]*?)```/u.exec(section)?.[1] ?? '';
    assert.ok(program.split('\n').length < 60);
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/method.ts`, program);
    const compiled = run(
      resolve('node_modules/typescript/bin/tsc'),
      ...options.split(' '),
      `${folder}/method.ts`,
    );
    assert.deepEqual(compiled, { status: 0, output: '' });
    assert.deepEqual(run(`${folder}/method.js`), { status: 0, output: 'welcome' });
    assert.deepEqual(run(`${folder}/method.js`, 'wrong'), { status: 0, output: 'refused' });
  });
});
