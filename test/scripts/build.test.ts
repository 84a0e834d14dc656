// The builds of a clone that was moved: CMake refuses a folder that was configured at another place, so it starts anew.

import { equal, match } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A project of one source, built by the scripts of this one. */
function makeClone(clone: string): void {
  cpSync(join(root, 'scripts'), join(clone, 'scripts'), { recursive: true });
  for (const name of ['package.json', 'package-lock.json']) cpSync(join(root, name), join(clone, name));
  symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'), 'junction');
  writeFileSync(join(clone, 'one.cc'), 'int One() { return 1; }\n');
  writeFileSync(
    join(clone, 'CMakeLists.txt'),
    'cmake_minimum_required(VERSION 3.19)\nproject(one LANGUAGES CXX)\nadd_library(one STATIC one.cc)\n',
  );
}

describe('A clone that was moved', function suite() {
  this.timeout(120_000);
  for (const step of process.platform === 'linux' ? ['native', 'asan'] : ['native']) {
    it(`is built anew: ${step}`, () => {
      const folder = realpathSync(mkdtempSync(join(tmpdir(), 'eaphost-moved-')));
      try {
        const [before, after] = [join(folder, 'before'), join(folder, 'after')];
        makeClone(before);
        const build = (clone: string): void => {
          const { status, stdout, stderr } = spawnSync(
            process.execPath,
            [join(clone, 'scripts', 'build.mjs'), step],
            { encoding: 'utf8' },
          );
          equal(status, 0, stdout + stderr);
        };
        build(before);
        renameSync(before, after);
        build(after);
        build(after);
        const cache = readFileSync(join(after, 'build', step, 'CMakeCache.txt'), 'utf8');
        match(cache, /^CMAKE_HOME_DIRECTORY:INTERNAL=.*after$/mu);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
