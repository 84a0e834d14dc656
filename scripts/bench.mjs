// The benchmarks from a fresh clone: sets up, builds with the benchmark libraries, runs. Arguments are passed on.

import { buildNative, buildTypeScript } from './build.mjs';
import { ensureSystem } from './system.mjs';
import { inRoot, spawned } from './tools.mjs';

ensureSystem(['interop', 'wired', 'supplicants']);
buildNative({ tests: true });
buildTypeScript();
process.exitCode = await spawned(process.execPath, [
  inRoot('dist/test/bench/main.js'),
  ...process.argv.slice(2),
]);
