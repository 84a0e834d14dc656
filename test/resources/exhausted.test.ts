// What happens where UDP ports, or a disk, are all taken: the call says what ran out and what to do, leaves nothing, and
// succeeds when there is some again. The namespaces of a process have few of either.

import { deepEqual, equal, match } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { findProgram } from '../interop/programs.js';
import type { Told } from './children/exhausted.js';

const script = fileURLToPath(new URL('children/exhausted.js', import.meta.url));
const cases: readonly (readonly [scenario: string, code: string, message: RegExp])[] = [
  ['client', 'EAPHOST_RADIUS_NETWORK', /\(EADDRINUSE\); no UDP port is free: .*ip_local_port_range/u],
  ['server', 'EAPHOST_RADIUS_NETWORK', /\(EADDRINUSE\); no UDP port is free: .*ip_local_port_range/u],
  ['folder', 'EAPHOST_TEMPORARY_FOLDER', /TMPDIR/u],
];

async function run(scenario: string, folder: string): Promise<readonly Told[]> {
  const setUp = [
    `${findProgram('ip', 'iproute2')} link set lo up`,
    'echo "40000 40003" > /proc/sys/net/ipv4/ip_local_port_range',
    `mount -t tmpfs -o size=64k,nr_inodes=8 none ${folder}`,
    'exec "$@"',
  ].join(' && ');
  const own = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const program = ['sh', '-c', setUp, 'sh', process.execPath, script, scenario, folder];
  const child = spawn(findProgram('unshare', 'util-linux'), [...own, '--net', '--mount', ...program], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, TMPDIR: folder },
  });
  const exited = once(child, 'exit');
  const [told] = (await Promise.race([once(child, 'message'), exited])) as [readonly Told[]];
  deepEqual(await exited, [0, null], 'unshare, which needs root or user namespaces (docker: --privileged)');
  return told;
}

if (process.platform === 'linux') {
  describe('a machine that has none left, of ports or of disk', () => {
    let folder: string;
    beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'exhausted-'))));
    afterEach(() => rmSync(folder, { recursive: true }));

    for (const [scenario, code, message] of cases) {
      it(`says so, keeps none, and goes on when there is some again: ${scenario}`, async () => {
        const [without, again] = await run(scenario, folder);
        equal(without?.code, code);
        match(without?.message ?? '', message);
        equal(without?.left, 0);
        deepEqual(again, { code: 'none', message: '', left: 0 });
      });
    }
  });
}
