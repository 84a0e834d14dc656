// Bundles what is published: dist/eaphost, an ECMAScript module for each entry of package.json, for its command and for
// its child processes and threads: of an isolated method DLL, of a probe, of `eaphost serve`. They share chunks; what is
// imported when used has chunks of its own. The examples that are programs for Node become a file each in dist/examples,
// which imports the package by its name.
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
    'method-dlls': 'lib/method-dlls/index.ts',
    registration: 'lib/registration/index.ts',
    conformance: 'lib/conformance/index.ts',
    diagnostics: 'lib/diagnostics/index.ts',
    wired: 'lib/wired/index.ts',
    networks: 'lib/networks/index.ts',
    cli: 'lib/cli/main.ts',
    'isolated-child': 'lib/method-dlls/isolated-child.ts',
    'probe-child': 'lib/probe/probe-child.ts',
    'serve-worker': 'lib/cli/serve-worker.ts',
    'conform-module-child': 'lib/cli/conform-module-child.ts',
    'memory-child': 'lib/conformance/memory-child.ts',
  },
  platform: 'node',
  external: [/^node:/u, /^saxes$/u],
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

await build({
  cwd: inRoot(),
  input: {
    'method-service': 'test/examples/method-service.ts',
    'wired-service': 'test/examples/wired-service.ts',
  },
  platform: 'node',
  external: [/^node:/u, /^eaphost(?:\/|$)/u],
  output: { dir: 'dist/examples', cleanDir: true },
  transform: { target: 'node20.19' },
  logLevel: 'warn',
});
