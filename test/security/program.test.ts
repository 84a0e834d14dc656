// A program that embeds Node and exports nothing of libuv's: methods cannot be served from it, and it is told so.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { begun } from '../../lib/base/child-process.js';

if (process.platform === 'win32') {
  describe('a program that keeps libuv to itself', function () {
    this.timeout(120_000);

    it('is told that it cannot serve methods, and goes on', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'eaphost-program-'));
      try {
        // Node itself, with one name among its exports changed so that their order stays.
        const program = readFileSync(process.execPath);
        const name = Buffer.from('\0uv_open_osfhandle\0');
        const at = program.indexOf(name);
        assert.ok(at > 0, 'node.exe exports it');
        program.write('_', at + name.length - 2, 'latin1');
        const path = join(folder, 'program.exe');
        writeFileSync(path, program);
        const entry = (folder: string): string =>
          JSON.stringify(new URL(`../../lib/${folder}index.js`, import.meta.url).href);
        const script = `
          import { openEapHost } from ${entry('')};
          import { md5 } from ${entry('methods/')};
          import { serveMethods } from ${entry('registration/')};
          const error = await serveMethods({ methods: [md5] }).catch((error) => error);
          const host = await openEapHost({ runtime: 'embedded' });
          console.log(JSON.stringify({ code: error.code, message: error.message, sessions: host.counters().sessions }));
          await host.close();
        `;
        const args = ['--input-type=module', '-e', script];
        const { stdout } = await begun(() => promisify(execFile)(path, args));
        const { code, message, sessions } = JSON.parse(stdout);
        assert.equal(code, 'EAPHOST_NOT_SUPPORTED');
        assert.match(message, /program\.exe does not export libuv's uv_open_osfhandle/u);
        assert.equal(sessions, 0);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  });
}
