// Rounds of the fuzz proxy between our own supplicant and server, of each method in turn. Usage:
//   node dist/test/soak/fuzz.js [--rounds 50000] [--seed 1] [--keep build/fuzz/conform] [--credulous]
// Fails where something is found, and keeps it as a file for `eaphost conform fuzz --replay`. With --credulous the peer
// says success whatever comes, to see that.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { fuzzCaseFile } from '../../lib/conformance/fuzz.js';
import { fuzzOwn, Supplicant } from '../conformance/fuzz-subjects.js';

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '50000' },
    seed: { type: 'string', default: '1' },
    keep: { type: 'string', default: join('build', 'fuzz', 'conform') },
    credulous: { type: 'boolean', default: false },
  },
});
const [rounds, seed] = [Number(values.rounds), Number(values.seed)];

const started = performance.now();
const found: string[] = [];
await using supplicant = await Supplicant.open();
for (const offer of ['mschapv2', 'tls', 'peap', 'ttls'] as const) {
  const wrong = values.credulous
    ? {
        peer:
          (healthy: ReturnType<Supplicant['peer']>) => async (attempt: Parameters<typeof healthy>[0]) => ({
            ...(await healthy(attempt)),
            isSuccess: true,
          }),
      }
    : {};
  await fuzzOwn(supplicant, offer, wrong, {
    rounds,
    seed,
    onFinding(finding) {
      mkdirSync(values.keep, { recursive: true });
      const file = join(
        values.keep,
        `${offer}-${seed}-${finding.rounds[0]?.round ?? 0}-${finding.rule}.json`,
      );
      writeFileSync(file, fuzzCaseFile(seed, finding));
      found.push(file);
    },
  });
}
const seconds = Math.round((performance.now() - started) / 1000);
console.log(JSON.stringify({ fuzz: 4 * rounds, seed, seconds, found }));
process.exitCode = found.length > 0 ? 1 : 0;
