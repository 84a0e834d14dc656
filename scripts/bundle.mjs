// Bundles what is published: dist/eaphost, an ECMAScript module for each entry of package.json, for its command and for
// the child process of an isolated method DLL. They share chunks; what is imported when used has chunks of its own.
// Usage: node scripts/bundle.mjs

import { build } from 'rolldown';

import { inRoot } from './tools.mjs';

await build({
  cwd: inRoot(),
  input: {
    index: 'lib/index.ts',
    methods: 'lib/methods/index.ts',
    radius: 'lib/radius/index.ts',
    profiles: 'lib/profiles/index.ts',
    'method-dlls': 'lib/conversation/index.ts',
    registration: 'lib/registration/index.ts',
    diagnostics: 'lib/diagnostics/index.ts',
    cli: 'lib/cli/main.ts',
    'isolated-child': 'lib/method-dlls/isolated-child.ts',
  },
  platform: 'node',
  external: [/^node:/u, /^saxes$/u, /^hash-wasm\//u],
  output: {
    dir: 'dist/eaphost',
    cleanDir: true,
    chunkFileNames: '[name]-[hash].js',
    // One file for the supplicant: each file more costs a millisecond at the start.
    codeSplitting: { groups: [{ name: 'supplicant', test: /[\\/]lib[\\/]index\.ts$/u }] },
    // Readable: Node shows the line of an uncaught error.
    minify: 'dce-only',
    comments: false,
    sourcemap: true,
    sourcemapExcludeSources: true,
  },
  transform: { target: 'node20.19' },
  logLevel: 'warn',
});
