// `eaphost conform` of the packed package, in an empty folder where no compiler can be found: each kind of subject.

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { alice, pairPath, server as pairServer } from '../method-dlls/support.js';
import { output, packInto, root } from './packed.js';

const identity = 'alice';
const password = 'correct horse';

const methodSource = `
import { defineMethod, md5Authenticator, memoryUsers, type MethodDefinition } from 'eaphost/methods';

const { peer, authenticator, ...facts } = md5Authenticator({ users: memoryUsers({ ${identity}: '${password}' }) });
export const method: MethodDefinition = defineMethod({ ...facts, peer, authenticator });
`;

describe('eaphost conform of the packed package', function () {
  this.timeout(300_000);
  let folder: string;
  let installed: string;
  let path: string;
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(join(installed, name), content);
    return name;
  };
  /** Runs it; nothing may fail, and so many cases at least must pass. */
  const conform = (passes: number, ...args: readonly string[]): string => {
    // A slow machine.
    const all = ['eaphost', 'conform', ...args.slice(0, 1), '--timeout', '120', ...args.slice(1)];
    const text = output('npx', all, { cwd: installed, path });
    const [, passed] =
      /^\d+ cases: (\d+) passed, 0 failed, \d+ not applicable, 0 inconclusive$/mu.exec(text) ?? [];
    assert.ok(Number(passed) >= passes, text);
    return text;
  };

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'eaphost-conform-package-'));
    ({ installed, withoutCompiler: path } = packInto(folder));
    file('password', password);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const method of ['mschapv2', 'peap-mschapv2']) {
    it(`tries a server, with ${method}`, () => {
      conform(90, 'server', '--method', method);
    });

    it(`tries a peer, the package’s own, with ${method}`, () => {
      conform(30, 'peer', '--runtime', 'embedded', '--method', method);
    });
  }

  it('tries a peer that a command starts', () => {
    // The user of its built-in server.
    const user = ['--identity', '{identity}', '--password-file', file('demo', 'demo-password')];
    const where = ['--server', '127.0.0.1:{port}', '--secret', '{secret}'];
    const only = ['--only', 'rfc3748-4.2-*', '--only', 'rfc3748-5*'];
    const program = join('node_modules', 'eaphost', 'dist', 'eaphost', 'cli.js');
    const command = ['node', program, 'auth', '--method', 'mschapv2', ...where, ...user];
    conform(10, 'peer', '--method', 'mschapv2', ...only, '--', ...command);
  });

  it('tries a method DLL, with all that it prints', () => {
    cpSync(pairPath, join(installed, 'pairmethod.so'));
    const blobs = ['--user', file('user', alice), '--server-config', file('config', pairServer)];
    const type = ['--type', '254/99999/3', '--author', '99999'];
    const reports = ['--html', 'results.html', '--junit', 'junit.xml', '--tap', 'results.tap'];
    const text = conform(90, 'method', './pairmethod.so', ...type, ...blobs, ...reports);
    assert.match(text, /^passed {3}windows-EapPeerGetResult-success-with-keys {2}MUST$/mu);
  });

  it('tries a method in TypeScript, compiled there', () => {
    const tsc = [join(root, 'node_modules/typescript/bin/tsc'), '--ignoreConfig', '--strict'];
    const types = ['--types', 'node', '--typeRoots', join(root, 'node_modules/@types')];
    const language = ['--module', 'nodenext', '--target', 'es2022', '--lib', 'es2023,esnext.disposable'];
    output(process.execPath, [...tsc, ...types, ...language, file('method.ts', methodSource)], {
      cwd: installed,
    });
    const user = ['--identity', identity, '--password-file', 'password'];
    const text = conform(90, 'method', './method.js', ...user);
    assert.match(text, /: MD5-Challenge, peer and authenticator$/mu);
  });

  it('lists the cases', () => {
    const text = output('npx', ['eaphost', 'conform', 'list'], { cwd: installed, path });
    assert.match(text, /^[4-9]\d\d cases$/mu);
  });
});
