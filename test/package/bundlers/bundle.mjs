// Bundles program.mjs of the current folder with each bundler, each into a folder of its own. The guide "Bundlers and
// CommonJS" shows these configurations.

import { readFileSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';

import commonjs from '@rollup/plugin-commonjs';
import { nodeResolve } from '@rollup/plugin-node-resolve';
import * as esbuild from 'esbuild';
import { rollup } from 'rollup';
import * as vite from 'vite';
import webpack from 'webpack';

// The same program for CommonJS, which has no await at the top level.
const [, imports, body] = /^((?:\/\/.*\n|import .*\n)+)([^]*)$/u.exec(readFileSync('program.mjs', 'utf8'));
writeFileSync('main.mjs', `${imports}void (async () => {${body}})();`);
// The same program, which names its binaries.
const extension = { win32: 'dll', darwin: 'dylib' }[process.platform] ?? 'so';
const files = ['eaphost.node', `eapembedded.${extension}`, `eapshim.${extension}`];
const paths = files.map((file) => `eaphost/prebuilds/${process.platform}-${process.arch}/${file}`);
const named = paths.map((path, index) => `import file${index} from '${path}';\n`);
writeFileSync('named.mjs', `${named.join('')}import './main.mjs';\nexport default [file0, file1, file2];\n`);

await esbuild.build({
  entryPoints: ['program.mjs'],
  bundle: true,
  platform: 'node',
  format: 'esm',
  splitting: true,
  outdir: 'esbuild',
  outExtension: { '.js': '.mjs' },
});

await esbuild.build({
  entryPoints: ['main.mjs'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile: 'esbuild-cjs/program.cjs',
  logOverride: { 'empty-import-meta': 'silent' },
});

await esbuild.build({
  entryPoints: ['every.mjs'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile: 'esbuild-cjs/every.cjs',
  logOverride: { 'empty-import-meta': 'silent' },
});

await esbuild.build({
  entryPoints: ['named.mjs'],
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outfile: 'esbuild-named/program.cjs',
  loader: { '.node': 'file', '.dll': 'file', '.so': 'file', '.dylib': 'file' },
  logOverride: { 'empty-import-meta': 'silent' },
});

const bundle = await rollup({ input: 'program.mjs', plugins: [nodeResolve(), commonjs()] });
await bundle.write({
  dir: 'rollup',
  format: 'es',
  entryFileNames: '[name].mjs',
  chunkFileNames: '[name].mjs',
  // Packages apart: a part that shares code with the entry would wait for it, which awaits that part at its top level.
  manualChunks: (id) => (id.includes('node_modules') ? 'packages' : undefined),
});

await vite.build({
  logLevel: 'warn',
  ssr: { noExternal: true },
  build: {
    ssr: 'main.mjs',
    outDir: 'vite',
    rollupOptions: { output: { format: 'cjs', entryFileNames: 'program.cjs', chunkFileNames: '[name].cjs' } },
  },
});

const pack = async (configuration) => {
  const stats = await promisify(webpack)({ mode: 'production', context: process.cwd(), ...configuration });
  if (stats.hasErrors()) throw new Error(stats.toString());
};
await pack({
  target: 'electron-main',
  entry: './named.mjs',
  output: { path: `${process.cwd()}/webpack`, filename: 'program.cjs', chunkFilename: '[name].cjs' },
  module: {
    rules: [
      {
        test: /\.(?:node|dll|so|dylib)$/u,
        type: 'asset/resource',
        generator: { filename: '[name]-[hash][ext]' },
      },
    ],
  },
});
await pack({
  target: 'node20',
  entry: './program.mjs',
  experiments: { outputModule: true },
  output: {
    path: `${process.cwd()}/webpack-esm`,
    filename: 'program.mjs',
    module: true,
    library: { type: 'module' },
  },
});
