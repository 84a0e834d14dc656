// Builds each fuzzer of test/native/fuzz with libFuzzer, ASan and UBSan, and runs it for a while; then the
// fuzzers in TypeScript, of test/fuzz and of the shim's requests.
// Usage: node scripts/fuzz.mjs [SECONDS] [NAME…]      (for each fuzzer; default 30, and all)

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { buildTypeScript } from './build.mjs';
import { ensureSystem } from './system.mjs';
import { ensureFolder, inRoot, run } from './tools.mjs';

ensureSystem(['fuzz']);
const seconds = Number(process.argv[2] ?? 30);
const names = process.argv.slice(3);
const isWanted = (name) => names.length === 0 || names.includes(name);
const out = ensureFolder('build', 'fuzz');
const sources = JSON.parse(readFileSync(inRoot('sources.gypi'), 'utf8')).variables;
const flags =
  '-std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all -I. -pthread'.split(' ');

for (const file of readdirSync(inRoot('test/native/fuzz')).filter((name) => name.endsWith('_fuzz.cc'))) {
  const name = file.replace('.cc', '');
  if (!isWanted(name)) continue;
  // What a fuzzer links with is named after the binary that its subject is part of: shim_…, embedded_….
  const part = `${name.split('_')[0]}_sources`;
  const linked = [part, 'stream_sources', 'method_sources', 'values_sources', 'platform_sources']
    .flatMap((list) => sources[list])
    .filter((file) => file.endsWith('.cc'));
  const binary = join(out, name);
  run('clang++', [...flags, '-o', binary, join('test/native/fuzz', file), ...linked, '-ldl']);
  const corpus = ensureFolder('build', 'fuzz', `${name}-corpus`);
  run(binary, [
    `-max_total_time=${seconds}`,
    '-max_len=4096',
    '-print_final_stats=1',
    '-verbosity=0',
    corpus,
    ...[inRoot('test/native/fuzz/seeds', name)].filter((folder) => existsSync(folder)),
  ]);
}

buildTypeScript();
if (isWanted('request-fuzz'))
  run(process.execPath, ['dist/test/shim-server/request-fuzz.js', String(seconds)]);
const instrument = ['--import', './dist/test/fuzz/instrument.js'];
run(process.execPath, [...instrument, 'dist/test/fuzz/main.js', String(seconds), ...names]);
