// Asks a Windows machine what only a real one can tell: `eaphost probe` of this clone, into build/probe. On Windows it
// needs an administrator and the service EapHost; on Linux it runs under Wine, against this package's own run-time.
// Usage: node scripts/probe.mjs [OPTION OF eaphost probe]...

import { buildNative, buildTypeScript, buildWindows } from './build.mjs';
import { ensureFolder, inRoot, run } from './tools.mjs';
import { ensureWine, installSystemRuntime, windowsPath, wine } from './wine.mjs';

const command = ['dist/eaphost/cli.js', 'probe', '--yes', ...process.argv.slice(2)];
const file = `${ensureFolder('build', 'probe')}/probe.html`;

buildTypeScript();
if (process.platform === 'win32') {
  buildNative();
  run(process.execPath, [...command, '--output', file]);
} else {
  buildWindows('win32-x64');
  const node = ensureWine();
  installSystemRuntime(inRoot('build/win32-x64/Release'), []);
  const { status } = wine([node, ...command, '--output', windowsPath(file)], { echo: true });
  if (status !== 0) throw new Error(`the probes ended with ${status}`);
}
