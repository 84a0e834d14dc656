// The README's section for authors of method DLLs: its programs compile as they stand and run against the pair, its
// command line works, and its error codes exist.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { pairPath } from './hosting/support.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
// Inside the package, so that it finds 'eaphost' by its own name.
const folder = join(root, 'build', 'readme-methods');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [, rest = ''] = readme.split('## Test your EAP method DLL\n');
const [section = ''] = rest.split(/^## /mu);

/** The blocks of a language, with the DLLs of the pair in the place of the author's. */
function blocks(language: string): string[] {
  const found = section.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gmu'));
  return [...found].map(([, text = '']) =>
    text.replaceAll(/'C:\\\\work\\\\\w+\.dll'/gu, JSON.stringify(pairPath)),
  );
}

describe("The README's section for method DLLs", () => {
  before(() => mkdirSync(folder, { recursive: true }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('has programs that compile and run', async () => {
    const programs = blocks('ts');
    equal(programs.length, 2);
    const files = programs.map((program, index) => {
      const file = join(folder, `program${index}.ts`);
      writeFileSync(file, program);
      return file;
    });
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--strict', '--skipLibCheck', '--ignoreConfig', '--types', 'node', '--target', 'es2022'];
    options.push('--module', 'nodenext', '--lib', 'es2023,esnext.disposable');
    await run(process.execPath, [compiler, ...options, ...files], { cwd: folder });
    const [one, two] = await Promise.all(
      files.map((file) => run(process.execPath, [file.replace(/ts$/u, 'js')], { cwd: folder })),
    );
    match(one?.stdout ?? '', /^success true \d+\n/u);
    match(
      one?.stdout ?? '',
      /'peer EapPeerGetIdentity',[^]*'authenticator EapMethodAuthenticatorEndSession'/u,
    );
    match(two?.stdout ?? '', /^EapPeerGetInfo 0 [^]*\nalice \{[^]*isSuccess: false[^]*EapPeerShutdown 0/mu);
  });

  it('has a command that runs, and the ladder that it prints', async () => {
    const [command = ''] = blocks('sh');
    const blobs = { config: join(folder, 'profile.blob'), user: join(folder, 'alice.blob') };
    writeFileSync(blobs.config, 'password=tiger');
    writeFileSync(blobs.user, 'identity=alice;password=tiger');
    const [, name, ...args] = command
      .replaceAll('\\\n', ' ')
      .trim()
      .split(/\s+/u)
      .map((word) => word.replace(/^my\w+\.dll$/u, pairPath))
      .map((word) => (word === 'profile.blob' ? blobs.config : word === 'alice.blob' ? blobs.user : word));
    equal(name, 'eaphost');
    const main = join(root, 'dist', 'lib', 'cli', 'main.js');
    const { stdout } = await run(process.execPath, [main, ...args]);
    const [ladder = ''] = blocks('text');
    const lines = new Set(stdout.split('\n'));
    const unseen = ladder.split('\n').filter((line) => !lines.has(line) && !/\d octets/u.test(line));
    deepEqual(unseen, []);
    ok(lines.has('keys           the same on both sides'));
  });
});
