// The suites have every test file: one that none of them names would never run.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..', '..');

/** The test files of a folder; not those of packages that examples have installed, which link back here. */
function testsIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testsIn(path);
    return entry.name.endsWith('.test.ts') ? [path] : [];
  });
}
const files = testsIn('test');

/** A pattern of mocha's for compiled files, as one for their sources. */
function sourcesOf(pattern: string): RegExp {
  const source = pattern
    .replace(/^dist\//u, '')
    .replace(/\.js$/u, '.ts')
    .replaceAll('.', String.raw`\.`);
  return new RegExp(`^${source.replaceAll('**/', '(?:.+/)?').replaceAll(/(?<!\.)\*/gu, '[^/]*')}$`, 'u');
}

describe('The suites', () => {
  it('run every file of tests, and name none that is not there', async () => {
    const module: unknown = await import(pathToFileURL(join(root, 'scripts', 'suites.mjs')).href);
    const { suites } = module as { suites: Readonly<Record<string, { readonly tests?: readonly string[] }>> };
    const patterns = Object.values(suites).flatMap(({ tests = [] }) => tests.map(sourcesOf));
    const unrun = files.filter((file) => !patterns.some((pattern) => pattern.test(file)));
    assert.deepEqual(unrun, []);
    const empty = patterns.filter((pattern) => !files.some((file) => pattern.test(file)));
    assert.deepEqual(empty, []);
  });
});
