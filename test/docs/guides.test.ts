// The guides: their programs compile against what ships, their JSON is JSON, their links lead somewhere, and the
// table of codes names every code of the package and no other.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { errorCodeNumber } from '../../lib/index.js';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const guides = join(root, 'scripts', 'docs', 'guides');
// Inside the package, so that it finds 'eaphost' by its own name.
const folder = join(root, 'build', 'guides');
const run = promisify(execFile);

const pages = readdirSync(guides).map((name) => ({
  name,
  path: join(guides, name),
  text: readFileSync(join(guides, name), 'utf8').replaceAll('\r\n', '\n'),
}));
const documents = [
  ...pages,
  ...['README.md', '.github/CONTRIBUTING.md', '.github/SECURITY.md'].map((name) => ({
    name,
    path: join(root, name),
    text: readFileSync(join(root, name), 'utf8').replaceAll('\r\n', '\n'),
  })),
];

const blocks = (text: string, language: string): string[] =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'gmu'))].map((match) => match[1]!);

describe('The guides', () => {
  before(() => mkdirSync(folder, { recursive: true }));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('have programs that compile', async function () {
    this.timeout(120_000);
    const files = pages.flatMap(({ name, text }) =>
      blocks(text, 'ts').map((program, index) => {
        const file = join(folder, `${name.replace('.md', '')}-${index}.ts`);
        writeFileSync(file, program);
        return file;
      }),
    );
    assert.ok(files.length >= 8);
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--ignoreConfig', '--types', 'node'];
    options.push('--target', 'es2022', '--module', 'nodenext', '--lib', 'es2023,esnext.disposable');
    try {
      await run(process.execPath, [compiler, ...options, ...files], { cwd: folder });
    } catch (error) {
      assert.fail(`the guides do not compile:\n${(error as { stdout?: string }).stdout ?? String(error)}`);
    }
  });

  it('have JSON that is JSON', () => {
    const all = documents.flatMap(({ text }) => blocks(text, 'json'));
    assert.ok(all.length > 0);
    for (const text of all) JSON.parse(text);
  });

  it('have links that lead somewhere', () => {
    for (const { name, path, text } of documents) {
      for (const [, target = ''] of text.matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/gu)) {
        assert.ok(existsSync(join(dirname(path), target)), `${name} links to ${target}`);
      }
    }
  });

  it('name every code of the package and no code that there is not', () => {
    const troubleshooting = pages.find(({ name }) => name === 'troubleshooting.md')!.text;
    const table = /<!-- codes[^]*?-->([^]*)<!-- end of codes -->/u.exec(troubleshooting)?.[1] ?? '';
    const named = [...table.matchAll(/^\| `([A-Z0-9_]+)`/gmu)].map((match) => match[1]!);
    assert.ok(named.length > 10);
    const declared = readFileSync(join(root, 'lib', 'errors.ts'), 'utf8').replaceAll('\r\n', '\n');
    const union = /export type EaphostCode =([^]*?');/u.exec(declared)?.[1] ?? '';
    const own = [...union.matchAll(/'(EAPHOST_[A-Z_]+)'/gu)].map((match) => match[1]!);
    assert.deepEqual(
      own.filter((code) => !named.includes(code)),
      [],
    );
    for (const code of named) {
      if (code.startsWith('EAPHOST_')) assert.ok(own.includes(code), code);
      else assert.ok(errorCodeNumber(code) !== undefined, code);
    }
  });
});
