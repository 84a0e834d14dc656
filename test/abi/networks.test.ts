// native/abi/networks.h against its table, and the table against mingw-w64's own headers and import libraries: another
// source than the one that the table was taken from.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

interface Table {
  structs: Record<string, { x64: { size: number; fields: { name: string; offset: number }[] } }>;
  enums: Record<string, { members: Record<string, number> }>;
  constants: Record<string, { value: number }>;
  functions: { name: string; dll: string; x86_stack_bytes: number; parameters: unknown[] }[];
}

const folder = join('build', 'abi');
const mingw = ['x86_64-w64-mingw32', 'i686-w64-mingw32'];
const read = (): Table => JSON.parse(readFileSync('native/abi/networks-abi.json', 'utf8')) as Table;

function run(command: string, args: readonly string[]): { ok: boolean; out: string; said: string } {
  const { error, status, stdout, stderr } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw new Error(`${command} is missing: install its Debian package`, { cause: error });
  return { ok: status === 0, out: stdout, said: stderr };
}

const flags = ['-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror', '-fsyntax-only'];

/** Compiles the assertions of a table against our header. */
function againstOurs(compiler: string, table: Table): ReturnType<typeof run> {
  const [json, source] = [join(folder, 'networks.json'), join(folder, `networks-${compiler}.cc`)];
  writeFileSync(json, JSON.stringify(table));
  const generated = run(process.execPath, ['scripts/abi-asserts.mjs', source, json]);
  assert.ok(generated.ok, generated.said);
  return run(compiler, [...flags, '-I.', source]);
}

/** The same against the compiler's own. */
async function againstMingw(target: string, table: Table): Promise<ReturnType<typeof run>> {
  const asserts = (await import(pathToFileURL(join('scripts', 'abi-asserts.mjs')).href)) as {
    headerAsserts(file: Table, headers: readonly string[]): string;
  };
  const source = join(folder, `networks-headers-${target}.cc`);
  writeFileSync(source, asserts.headerAsserts(table, ['windows.h', 'wlanapi.h', 'ras.h']));
  return run(`${target}-g++-posix`, ['-std=c++20', '-D_WIN32_WINNT=0x0A00', '-fsyntax-only', source]);
}

describe('The ABI of the WLAN service, 802.1X and RAS', () => {
  before(() => mkdirSync(folder, { recursive: true }));

  for (const compiler of ['g++', ...mingw.map((target) => `${target}-g++-posix`)]) {
    it(`is the table's for ${compiler}`, () => {
      const { ok, said } = againstOurs(compiler, read());
      assert.ok(ok, said);
    });
  }

  for (const target of mingw) {
    it(`is that of the headers of ${target}`, async () => {
      const { ok, said } = await againstMingw(target, read());
      assert.ok(ok, said);
    });
  }

  it('has functions with the stack of the import libraries', () => {
    const symbols = ['wlanapi', 'rasapi32'].map(
      (library) => run('i686-w64-mingw32-nm', [`/usr/i686-w64-mingw32/lib/lib${library}.a`]).out,
    );
    const wrong = read().functions.filter(
      ({ name, x86_stack_bytes }) =>
        !symbols.some((text) => text.includes(` T _${name}@${x86_stack_bytes}\n`)),
    );
    assert.deepEqual(wrong, []);
  });

  it('is not asserted in vain: a changed number fails against either', async () => {
    const changes: readonly [string, 'ours' | 'both', (table: Table) => void][] = [
      [
        'offset of WLAN_AVAILABLE_NETWORK.dwFlags',
        'both',
        ({ structs }) => {
          structs['WLAN_AVAILABLE_NETWORK']!.x64.fields.find(({ name }) => name === 'dwFlags')!.offset += 4;
        },
      ],
      ['sizeof ONEX_EAP_ERROR', 'ours', ({ structs }) => (structs['ONEX_EAP_ERROR']!.x64.size += 4)],
      [
        'wlan_notification_acm_disconnected',
        'both',
        ({ enums }) => {
          enums['WLAN_NOTIFICATION_ACM']!.members['wlan_notification_acm_disconnected'] = 22;
        },
      ],
      [
        'WLAN_NOTIFICATION_SOURCE_MSM',
        'both',
        ({ constants }) => {
          constants['WLAN_NOTIFICATION_SOURCE_MSM']!.value = 32;
        },
      ],
      [
        'WlanConnect',
        'ours',
        ({ functions }) => functions.find(({ name }) => name === 'WlanConnect')!.parameters.pop(),
      ],
    ];
    for (const [what, where, change] of changes) {
      const table = read();
      change(table);
      const results = [againstOurs('g++', table)];
      if (where === 'both') results.push(await againstMingw(mingw[0]!, table));
      for (const { ok, said } of results)
        assert.ok(!ok && said.includes(what), `${what}: unnoticed\n${said}`);
    }
  });
});
