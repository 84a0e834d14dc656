// The package works with --frozen-intrinsics, which programs use against changes of the language's own objects.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = new URL('../../../', import.meta.url);
const { exports }: { exports: Readonly<Record<string, unknown>> } = JSON.parse(
  readFileSync(new URL('package.json', root), 'utf8'),
);
const entries = Object.keys(exports).filter((entry) => /^\.(?:\/[\w-]+)?$/u.test(entry));

describe('With --frozen-intrinsics', function () {
  this.timeout(60_000);

  for (const entry of entries) {
    const name = entry.replace('.', 'eaphost');
    it(`${name} is imported`, async () => {
      const use =
        entry === '.'
          ? "const { openEapHost } = entry; await (await openEapHost({ runtime: 'embedded' })).close();"
          : '';
      const program = `const entry = await import('${name}'); ${use} console.log(Object.keys(entry).length);`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--frozen-intrinsics', '--input-type=module', '--eval', program],
        { cwd: fileURLToPath(root) },
      );
      assert.ok(Number(stdout) > 0, stdout);
    });
  }
});
