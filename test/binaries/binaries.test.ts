// The binaries as they come out of the builders: the same exports from cmake-js and node-gyp, Windows' own names
// from the cross-build, and nothing to load that is not part of the system.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const cmake = 'build/native/Release';
const gyp = `prebuilds/${process.platform}-${process.arch}`;

function output(command: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  if (error) throw error;
  assert.equal(status, 0, `${command} ${args.join(' ')}: ${stderr}`);
  return stdout;
}

/** Names that a Linux library exports, without the C++ ones that its runtime brings. */
function exportsOf(file: string): string[] {
  return output('nm', ['-D', '--defined-only', '--format=posix', file])
    .split('\n')
    .map((line) => line.split(' ')[0] ?? '')
    .filter((name) => /^(Eap|Ras|napi_|node_api_|Dll)/.test(name))
    .sort();
}

/** What JavaScript sees of an addon. */
function keysOf(file: string): string[] {
  const script = `console.log(JSON.stringify(Object.keys(require(${JSON.stringify(file)})).sort()))`;
  return JSON.parse(output(process.execPath, ['-e', script])) as string[];
}

/** The DLLs that a PE file imports and the names that it exports, by objdump. */
function portableExecutable(file: string): { imports: string[]; exports: string[] } {
  const text = output('x86_64-w64-mingw32-objdump', ['-p', file]);
  const imports = [...text.matchAll(/^\s*DLL Name: (\S+)/gm)].map((match) => match[1]!);
  const table = /\[Ordinal\/Name Pointer\] Table\n([^]*?)\n\n/.exec(text)?.[1] ?? '';
  const exports = [...table.matchAll(/^\s*\[\s*\d+\]\s+(?:\+base\[\s*\d+\]\s+(?:[0-9a-f]+\s+)?)?(\S+)$/gm)];
  return { imports, exports: exports.map((match) => match[1]!) };
}

interface AbiFile {
  dll_exports: Record<'eappprxy.dll' | 'eappcfg.dll', string[]>;
  functions: { name: string; implemented_by?: string; in_routine_table?: string | null }[];
}
const abi = JSON.parse(readFileSync('native/abi/eaphost-abi.json', 'utf8')) as AbiFile;

// EapHostPeerCreateMethodConfiguration has neither documentation nor prototype: nobody can call it.
const runtimeNames = [...abi.dll_exports['eappprxy.dll'], ...abi.dll_exports['eappcfg.dll']].filter(
  (name) => name !== 'EapHostPeerCreateMethodConfiguration',
);
const peerMethodNames = abi.functions
  .filter((f) => f.implemented_by === 'eap peer method dll' && !f.in_routine_table)
  .map((f) => f.name);

describe('binaries', () => {
  for (const name of ['eaphost.node', 'eapembedded.so', 'eapshim.so']) {
    it(`${name} has the same exports from both builders`, () => {
      const [fromCmake, fromGyp] = [exportsOf(join(cmake, name)), exportsOf(join(gyp, name))];
      assert.ok(fromCmake.length > 0);
      assert.deepEqual(fromGyp, fromCmake);
    });
  }

  it('the addon gives JavaScript the same functions from both builders', () => {
    const [fromCmake, fromGyp] = [cmake, gyp].map((folder) =>
      keysOf(join(process.cwd(), folder, 'eaphost.node')),
    );
    assert.ok(fromCmake!.length > 0);
    assert.deepEqual(fromGyp, fromCmake);
  });

  for (const target of ['win32-x64', 'win32-ia32']) {
    const folder = `build/${target}/Release`;

    it(`${target}: the embedded run-time exports every function of eappprxy.dll and eappcfg.dll`, () => {
      const { exports } = portableExecutable(join(folder, 'eapembedded.dll'));
      assert.deepEqual(
        runtimeNames.filter((name) => !exports.includes(name)),
        [],
      );
    });

    it(`${target}: the shim exports every function of a peer method DLL`, () => {
      const { exports } = portableExecutable(join(folder, 'eapshim.dll'));
      assert.deepEqual(
        peerMethodNames.filter((name) => !exports.includes(name)),
        [],
      );
    });

    for (const file of [
      'eaphost.node',
      'eapembedded.dll',
      'eapshim.dll',
      'eapprobemethod.dll',
      'eapprobe.exe',
    ]) {
      it(`${target}: ${file} needs nothing but the system`, () => {
        const { imports } = portableExecutable(join(folder, file));
        const system =
          /^(kernel32|msvcrt|advapi32|ole32|oleaut32|user32|ntdll|ws2_32|bcrypt|iphlpapi|node\.exe)(\.dll)?$/i;
        assert.deepEqual(
          imports.filter((name) => !system.test(name)),
          [],
        );
      });
    }
  }
});
