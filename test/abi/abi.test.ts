// native/abi against the numbers of the real SDK, with each compiler that a binary of ours is built with.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of native/abi/eaphost-abi.json that are changed below. */
interface Abi {
  structs: Record<string, { x64: { size: number; fields: { offset: number }[] } }>;
  enums: Record<string, { members: Record<string, number> }>;
  constants: Record<string, { value: number | string }>;
  functions: { name: string; parameters: unknown[] }[];
}

const folder = join('build', 'abi');
const compilers = ['g++', 'x86_64-w64-mingw32-g++-posix', 'i686-w64-mingw32-g++-posix'];

/** Generates the assertions from a file of numbers and compiles them; gives what the compiler said. */
function compile(compiler: string, abi?: string): { ok: boolean; said: string } {
  const source = join(folder, `asserts-${compiler}${abi === undefined ? '' : '-changed'}.cc`);
  const generated = spawnSync(process.execPath, ['scripts/abi-asserts.mjs', source, ...(abi ? [abi] : [])], {
    encoding: 'utf8',
  });
  assert.equal(generated.status, 0, generated.stderr);
  const flags = ['-std=c++20', '-Wall', '-Wextra', '-Wpedantic', '-Wconversion', '-Werror', '-fsyntax-only'];
  const result = spawnSync(compiler, [...flags, '-I.', source], { encoding: 'utf8' });
  if (result.error)
    throw new Error(`${compiler} is missing: install its Debian package`, { cause: result.error });
  return { ok: result.status === 0, said: result.stderr };
}

describe('ABI', () => {
  before(() => mkdirSync(folder, { recursive: true }));

  for (const compiler of compilers) {
    it(`is the SDK's for ${compiler}`, () => {
      const { ok, said } = compile(compiler);
      assert.ok(ok, said);
    });
  }

  it('is not asserted in vain: a changed number of each kind fails', () => {
    const text = readFileSync('native/abi/eaphost-abi.json', 'utf8');
    const changes: [string, (abi: Abi) => void][] = [
      ['sizeof EAP_ERROR', (abi) => (abi.structs['EAP_ERROR']!.x64.size += 8)],
      ['offset of EAP_ERROR.', (abi) => (abi.structs['EAP_ERROR']!.x64.fields[2]!.offset += 4)],
      ['eatUserName', (abi) => (abi.enums['EAP_ATTRIBUTE_TYPE']!.members['eatUserName'] = 2)],
      ['EAP_FLAG_LOGON', (abi) => (abi.constants['EAP_FLAG_LOGON']!.value = 8)],
      [
        'GUID_EapHost_Help_ObtainingCerts',
        (abi) =>
          (abi.constants['GUID_EapHost_Help_ObtainingCerts']!.value =
            abi.constants['GUID_EapHost_Default']!.value),
      ],
      [
        'EapHostPeerEndSession',
        (abi) => abi.functions.find((f) => f.name === 'EapHostPeerEndSession')!.parameters.pop(),
      ],
    ];
    const path = join(folder, 'changed.json');
    for (const [name, change] of changes) {
      const abi = JSON.parse(text) as Abi;
      change(abi);
      writeFileSync(path, JSON.stringify(abi));
      const { ok, said } = compile('g++', path);
      assert.ok(!ok && said.includes(name), `${name}: a changed number went unnoticed`);
    }
  });
});
