// Bundles program.mjs of the current folder with each bundler, each into a folder of its own.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import { build } from 'esbuild';
import { rollup } from 'rollup';
import webpack from 'webpack';

const entry = join(process.cwd(), 'program.mjs');
const common = { entryPoints: [entry], bundle: true, platform: 'node', logLevel: 'warning' };

await build({
  ...common,
  format: 'esm',
  splitting: true,
  outdir: 'esbuild',
  outExtension: { '.js': '.mjs' },
});
// CommonJS has no await at the top level.
const [, imports, body] = /^((?:\/\/.*\n|import .*\n)+)([^]*)$/u.exec(readFileSync(entry, 'utf8'));
await build({
  ...common,
  entryPoints: undefined,
  stdin: { contents: `${imports}(async () => {${body}})();`, resolveDir: process.cwd() },
  format: 'cjs',
  outfile: 'esbuild-cjs/program.cjs',
});
await build({ ...common, entryPoints: ['every.mjs'], format: 'cjs', outfile: 'esbuild-cjs/every.cjs' });

const bundle = await rollup({ input: entry, plugins: [nodeResolve(), commonjs()] });
await bundle.write({
  dir: 'rollup',
  format: 'es',
  entryFileNames: '[name].mjs',
  chunkFileNames: '[name].mjs',
  // Packages apart: a part that shares code with the entry would wait for it, which awaits that part at its top level.
  manualChunks: (id) => (id.includes('node_modules') ? 'packages' : undefined),
});

const stats = await promisify(webpack)({
  mode: 'production',
  target: 'node20',
  entry,
  experiments: { outputModule: true },
  // The bundle's own place, and not that of the module which was bundled.
  module: { parser: { javascript: { importMeta: false, url: false } } },
  output: {
    path: join(process.cwd(), 'webpack'),
    filename: 'program.mjs',
    module: true,
    library: { type: 'module' },
  },
});
if (stats.hasErrors()) throw new Error(stats.toString());
