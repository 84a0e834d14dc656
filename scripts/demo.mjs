// The main job from a fresh clone: sets up, builds, and authenticates with `eaphost auth`. Arguments are passed on.

import { buildNative, buildTypeScript } from './build.mjs';
import { inRoot, spawned } from './tools.mjs';

buildNative();
buildTypeScript();
const defaults = process.argv.includes('--method') ? [] : ['--method', 'peap-mschapv2'];
const cli = inRoot('dist/lib/cli/main.js');
process.exitCode = await spawned(process.execPath, [cli, 'auth', ...defaults, ...process.argv.slice(2)]);
