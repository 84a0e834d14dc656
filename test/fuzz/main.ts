// Fuzzes the parsers in TypeScript, one after another, with what instrument.ts sees as their guide.
// Usage: node --import ./dist/test/fuzz/instrument.js dist/test/fuzz/main.js [SECONDS] [NAME…]
//   EAPHOST_FUZZ_SEED: repeats a run. EAPHOST_FUZZ_INPUT: a file to give to the target named, in place of fuzzing it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { fuzz } from './engine.js';
import { planted } from './planted.js';
import { targets } from './targets.js';

const [seconds = '30', ...names] = process.argv.slice(2);
const seed = Number(process.env['EAPHOST_FUZZ_SEED'] ?? Date.now() % 2 ** 32);
const replay = process.env['EAPHOST_FUZZ_INPUT'];
const wanted =
  names.length === 0 ? targets : [...targets, planted].filter(({ name }) => names.includes(name));
for (const target of wanted) {
  if (replay !== undefined) {
    target.run(readFileSync(replay));
    continue;
  }
  const { executions, corpus, reached, total, found } = fuzz(target, {
    milliseconds: Number(seconds) * 1000,
    seed,
  });
  const percent = total === 0 ? 'not measured' : `${((100 * reached) / total).toFixed(1)} %`;
  console.log(
    `${target.name}: ${executions} executions, ${corpus} inputs kept, coverage ${percent} (${reached} of ${total})`,
  );
  if (found === undefined) continue;
  mkdirSync('build/fuzz', { recursive: true });
  const file = `build/fuzz/${target.name}-${seed}.bin`;
  writeFileSync(file, found.input);
  console.error(`${target.name} does not withstand ${file} (seed ${seed}):`, found.error);
  process.exitCode = 1;
}
