// oxlint (type-aware), prettier, clang-format, tsc and the workflows' schema: silent when all pass, otherwise exits with an error.

import { spawnSync } from 'node:child_process';

import { ensureSystem } from './system.mjs';
import { ensurePackages, inRoot, root } from './tools.mjs';

ensureSystem(['lint']);
ensurePackages();

const files = (...patterns) =>
  spawnSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], { cwd: root, encoding: 'utf8' })
    .stdout.split('\n')
    .filter(Boolean);

const script = (path, ...args) => [process.execPath, [inRoot('node_modules', path), ...args]];
const checks = [
  ['tsc', ...script('typescript/bin/tsc', '-p', '.', '--noEmit')],
  ['oxlint', ...script('oxlint/bin/oxlint', '--type-aware', '--deny-warnings', '--quiet')],
  ['prettier', ...script('prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.')],
  ...files('.github/workflows/*.yml', 'test/examples/ci-job/*.yml', 'action.yml').map((file) => [
    file,
    ...script('@action-validator/cli/cli.mjs', file),
  ]),
  [
    'clang-format',
    'clang-format',
    ['--dry-run', '-Werror', ...files('native/*.h', 'native/*.cc', 'test/*.h', 'test/*.cc', 'test/*.c')],
  ],
];

let failed = 0;
for (const [name, command, args] of checks) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  if (status === 0) continue;
  failed += 1;
  console.error(`${name}:\n${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`);
}
process.exitCode = failed === 0 ? 0 : 1;
