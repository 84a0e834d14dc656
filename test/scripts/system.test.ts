// Packages of the system, installed by several builds at once: apt-get has one lock, and fails where it is taken.

import { equal } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../../scripts/system.mjs', import.meta.url));

/** Installs a package by a file of its name, and fails where another one runs, as the real one does. */
const aptGet = `#!/bin/sh
cd "\${0%/*}" && mkdir busy || exit 100
sleep 0.3
for name; do case $name in clang-format) : > clang-format ;; xvfb) : > Xvfb ;; esac; done
rmdir busy
`;

(process.platform === 'linux' ? describe : describe.skip)('Packages of the system', () => {
  it('are installed one after another where several builds lack some', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-apt-'));
    try {
      writeFileSync(join(folder, 'apt-get'), aptGet);
      chmodSync(join(folder, 'apt-get'), 0o755);
      for (const program of ['flock', 'mkdir', 'rmdir', 'sleep']) {
        const place = ['/usr/bin', '/bin'].find((bin) => existsSync(join(bin, program))) ?? '';
        symlinkSync(join(place, program), join(folder, program));
      }
      const asRoot = 'data:text/javascript,process.getuid = () => 0';
      const codes = ['lint', 'dialogs'].map(async (purpose) => {
        const child = spawn(process.execPath, ['--import', asRoot, script, purpose], {
          env: { PATH: folder },
          stdio: 'ignore',
        });
        return (await once(child, 'exit'))[0] as number;
      });
      equal((await Promise.all(codes)).join(), '0,0');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
