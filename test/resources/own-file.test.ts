// Where this process cannot read, or cannot find, the file of the Node that it runs: after an upgrade removed it, where
// others may only run it, without /proc, under the permission model.

import { deepEqual } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { findProgram } from '../interop/programs.js';

const run = promisify(execFile);
const script = fileURLToPath(new URL('children/own-file.js', import.meta.url));
const root = fileURLToPath(new URL('../../../', import.meta.url));
const isRoot = process.getuid?.() === 0;
const permission = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

async function outcome(program: string, ...args: readonly string[]): Promise<unknown> {
  const { stdout } = await run(program, args);
  return JSON.parse(stdout) as unknown;
}

const done = { session: 'done', isolated: 'done' };

if (process.platform === 'linux') {
  describe('a process whose own program', () => {
    let folder: string;
    let node: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), 'own-file-'));
      node = join(folder, 'node');
    });
    beforeEach(() => copyFileSync(process.execPath, node));
    after(() => rmSync(folder, { recursive: true }));

    it('was removed opens sessions, and says that no process can be started', async () => {
      deepEqual(await outcome(node, script, 'remove'), {
        session: 'done',
        isolated: 'EAPHOST_PROCESS_NOT_STARTED',
      });
    });

    it('may be run but not read', async () => {
      chmodSync(node, 0o111);
      // To root, who may read everything, a file without rights is kept by taking that right away.
      const bound = '--bounding-set=-dac_override,-dac_read_search';
      const [program = '', ...args] = isRoot ? [findProgram('setpriv', 'util-linux'), bound, node] : [node];
      deepEqual(await outcome(program, ...args, script), done);
    });

    it('is not told by /proc', async () => {
      const own = isRoot ? [] : ['--user', '--map-root-user'];
      const path = `PATH=${dirname(node)}:$PATH`;
      const program = ['sh', '-c', `mount -t tmpfs none /proc && ${path} exec node "$@"`, 'sh', script];
      deepEqual(await outcome(findProgram('unshare', 'util-linux'), ...own, '--mount', ...program), done);
    });

    it('is outside of what the permission model lets it read', async () => {
      const allowed = ['--allow-addons', '--allow-child-process', `--allow-fs-read=${root}`];
      deepEqual(await outcome(node, '--no-warnings', permission, ...allowed, script), done);
    });
  });
}
