// What the documents and the comments say of this repository is so: the files they name are there, CONTRIBUTING's tables
// have every folder and every suite, and each claim of the README has the tests that prove it.

import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { documents, readText, root } from './blocks.js';

const contributing = readText('.github/CONTRIBUTING.md');
const protocol = { name: 'native/shim/PROTOCOL.md', text: readText('native/shim/PROTOCOL.md') };

/** The rows of a table of `document` whose first heading is `heading`, by their cells. */
function tableOf(document: string, heading: string): string[][] {
  const [, table = ''] =
    new RegExp(String.raw`^\| ${heading} +\|[^\n]*\n\|[ -|]*\n((?:\|[^\n]*\n)+)`, 'mu').exec(document) ?? [];
  const rows = table.split('\n').filter((row) => row !== '');
  assert.ok(rows.length > 3, `there is no table of ${heading}`);
  return rows.map((row) =>
    row
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim()),
  );
}

const quotedIn = (text: string): string[] =>
  [...text.matchAll(/`([^`\n]+)`/gu)].map(([, quoted = '']) => quoted);
const foldersIn = (path: string): string[] =>
  readdirSync(join(root, path), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${path}/${name}`);

/** Paths of the repository in a text: below one of its folders, and no pattern such as lib/methods/NAME.ts. */
const pathsIn = (text: string): string[] =>
  [...text.matchAll(/(?<![\w./\\<-])(?:lib|native|test|scripts|\.github|\.ci)\/[\w./-]*\w/gu)]
    .map(([path]) => path.replace(/\.js$/u, '.ts'))
    .filter((path) => !/[A-Z]{4}\.ts$/u.test(path));

/** All files of a folder but for those of packages: examples have this one among them, and everything in it. */
const filesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : filesIn(path);
    return [path];
  });

const sources = ['lib', 'native', 'scripts', 'test']
  .flatMap(filesIn)
  .filter((name) => /\.(?:ts|mjs|cc|c|h|cmake)$|CMakeLists\.txt$/u.test(name));
const names = new Set(sources.map((source) => basename(source)));

/** The comments of a source, without what stands in strings: a comment begins its line. */
const commentsOf = (source: string): string =>
  readText(source)
    .split('\n')
    .filter((line) => /^\s*(?:\/\/|\/\*|\*|#)/u.test(line))
    .join('\n');

describe('What is said of the repository', () => {
  for (const { name, text } of [...documents, protocol]) {
    it(`names files that are there: ${name}`, () => {
      const quoted = text === contributing ? [text] : quotedIn(text);
      const missing = quoted.flatMap(pathsIn).filter((path) => !existsSync(join(root, path)));
      assert.deepEqual(missing, []);
    });
  }

  it('says of each prebuild what builds it, what tests it, and when that was last seen green', async () => {
    const module: unknown = await import(pathToFileURL(join(root, 'scripts', 'prebuild.mjs')).href);
    const { targets } = module as { targets: readonly string[] };
    const rows = tableOf(readText('README.md'), 'platform');
    assert.deepEqual(
      rows.flatMap(([, , prebuild = '']) => quotedIn(prebuild)).toSorted(),
      targets.toSorted(),
    );
    for (const [platform, , , builtBy, testedBy, green = ''] of rows) {
      assert.ok(builtBy && testedBy, platform);
      assert.match(green, /\b20\d\d-\d\d-\d\d\b|\bnever\b/u, platform);
    }
  });

  it('names files that are there in comments', () => {
    const missing = sources.flatMap((source) => {
      const comments = commentsOf(source);
      const paths = pathsIn(comments).filter(
        (path) => !existsSync(join(root, path)) && !existsSync(join(root, `${path}.ts`)),
      );
      const files = [...comments.matchAll(/(?<![\w./*<'-])[a-z][a-z0-9_-]*\.(?:ts|cc)\b/gu)]
        .map(([file]) => file)
        .filter((file) => !names.has(file));
      return [...paths, ...files].map((each) => `${source}: ${each}`);
    });
    assert.deepEqual(missing, []);
  });

  it('has every folder of lib and native in its table', () => {
    const named = tableOf(contributing, 'folder').flatMap(([cell = '']) => quotedIn(cell));
    const there = [...foldersIn('lib'), ...foldersIn('native')];
    assert.deepEqual(named.filter((name) => /^(?:lib|native)\//u.test(name)).toSorted(), there.toSorted());
  });

  it('has every suite in its table, and no other', async () => {
    const named = tableOf(contributing, 'suite').flatMap(([cell = '']) => quotedIn(cell));
    const module: unknown = await import(pathToFileURL(join(root, 'scripts/suites.mjs')).href);
    const { suites } = module as { suites: object };
    assert.deepEqual(named.toSorted(), Object.keys(suites).toSorted());
  });

  it('draws the way of a packet through nine files at most', () => {
    const [, way = ''] =
      contributing
        .split(/^## /mu)
        .find((part) => part.startsWith('The way of a packet'))
        ?.split('```text') ?? [];
    const files = new Set(pathsIn(way));
    assert.ok(files.size > 5 && files.size <= 9, [...files].join(', '));
  });

  it('has a test for each claim of the README', () => {
    const readme = tableOf(readText('README.md'), 'claim').map(([claim = '']) => claim);
    const proofs = new Map(tableOf(contributing, 'claim').map(([claim = '', by = '']) => [claim, by]));
    assert.deepEqual([...proofs.keys()], readme);
    for (const [claim, by] of proofs) assert.ok(pathsIn(by).length > 0, `${claim}: ${by}`);
  });

  it('has each entry of the package in the table of the README, and no other', () => {
    const { exports } = JSON.parse(readText('package.json')) as { exports: object };
    const entries = Object.keys(exports).filter((key) => !/^\.\/(?:package\.json|prebuilds\/.*)$/u.test(key));
    const named = tableOf(readText('README.md'), 'import from').map(([cell = '']) =>
      cell.replaceAll('`', ''),
    );
    assert.deepEqual(named.toSorted(), entries.map((key) => key.replace('.', 'eaphost')).toSorted());
  });

  it('has each entry of the package in the reference, and no other', () => {
    const { exports } = JSON.parse(readText('package.json')) as { exports: object };
    const { compilerOptions } = JSON.parse(readText('tsconfig.json')) as {
      compilerOptions: { paths: Record<string, readonly [string]> };
    };
    const { entryPoints } = JSON.parse(readText('scripts/docs/typedoc.json')) as { entryPoints: string[] };
    const entries = Object.keys(exports).filter((key) => !/^\.\/(?:package\.json|prebuilds\/.*)$/u.test(key));
    const files = entries.map((key) => String(compilerOptions.paths[key.replace('.', 'eaphost')]));
    assert.deepEqual(entryPoints.map((file) => file.replace('../../', './')).toSorted(), files.toSorted());
  });

  it('has a changelog that a release can be cut from (keepachangelog.com)', () => {
    const { version } = JSON.parse(readText('package.json')) as { version: string };
    const changelog = readText('.github/CHANGELOG.md');
    const [newest = '', ...older] = changelog.split(/^## /mu).slice(1);
    assert.match(newest, /^\[Unreleased\]\n/u);
    for (const release of older) assert.match(release, /^\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d\n/u);
    const isReleased = older.some((release) => release.startsWith(`[${version}]`));
    assert.ok(isReleased || newest.includes(version), `nothing is said of ${version}`);
    for (const [, group = ''] of changelog.matchAll(/^### (.*)$/gmu)) {
      assert.match(group, /^(?:Added|Changed|Deprecated|Removed|Fixed|Security)$/u);
    }
  });
});
