// Asks a Windows machine what only a real one can tell, and writes the answers as build/probe/probe.json and
// build/probe/probe.html. On Windows it needs an administrator (it registers a method of its own, and takes it out
// again) and the service EapHost; on Linux it runs under Wine, against this package's own run-time.
// Usage: node scripts/probe.mjs

import { buildNative, buildTypeScript, buildWindows } from './build.mjs';
import { inRoot, run } from './tools.mjs';
import { ensureWine, installSystemRuntime, windowsPath, wine } from './wine.mjs';

const main = 'dist/test/probe/main.js';
const folder = inRoot('build', 'probe');

buildTypeScript();
if (process.platform === 'win32') {
  buildNative({ tests: true });
  run(process.execPath, [main, folder]);
} else {
  buildWindows('win32-x64');
  const node = ensureWine();
  installSystemRuntime(inRoot('build/win32-x64/Release'), []);
  const { status } = wine([node, main, windowsPath(folder)], { echo: true });
  if (status !== 0) throw new Error(`the probes ended with ${status}`);
}
console.log(`see ${folder}`);
