// The suites have every test file: one that none of them names would never run.

import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const root = join(import.meta.dirname, '..', '..', '..');

const files = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .map((file) => `test/${file.replaceAll('\\', '/')}`)
  .filter((file) => file.endsWith('.test.ts') && !file.includes('/node_modules/'));

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
