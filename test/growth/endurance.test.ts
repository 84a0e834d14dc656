// Short endurance runs, and the straight line that is fitted to their figures.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import { seeded } from '../radius/support.js';
import { runs, separator } from '../soak/runs.js';
import { rises, slopeOf } from '../soak/slope.js';

describe('The slope of what was measured', () => {
  const points = (rise: number, noise: number): (readonly [number, number])[] => {
    const random = seeded(7);
    return Array.from({ length: 60 }, (_, x) => [x, 100 + rise * x + noise * (random() - 0.5)] as const);
  };
  it('is that of the line, with the error of what wavers around it', () => {
    const exact = slopeOf(points(2, 0));
    ok(Math.abs(exact.slope - 2) < 1e-9 && exact.error < 1e-9);
    const wavering = slopeOf(points(2, 10));
    ok(Math.abs(wavering.slope - 2) < 3 * wavering.error);
    deepEqual(
      [rises(wavering), rises(slopeOf(points(0, 10))), rises(slopeOf(points(-2, 10)))],
      [true, false, false],
    );
  });

  it('is not believed of what wanders', () => {
    const random = seeded(3);
    let at = 0;
    const walk = Array.from({ length: 60 }, (_, x) => [x, (at += random() - 0.5)] as const);
    equal(rises(slopeOf(walk)), false);
    ok(slopeOf(walk).error > slopeOf(points(0, 1)).error);
  });
});

describe('An endurance run in its short form', function suite() {
  this.timeout(120_000);
  const program = fileURLToPath(new URL('../soak/endurance.js', import.meta.url));
  for (const name of Object.keys(runs)) {
    // In a process of its own, as the full form is: the garbage of other tests is in the figures otherwise.
    it(name, () => {
      const { stdout, stderr } = spawnSync(
        process.execPath,
        ['--expose-gc', '--max-semi-space-size=1', program, name],
        { encoding: 'utf8' },
      );
      const [figures, ...beyond] = stdout.trimEnd().split(separator);
      match(figures ?? '', new RegExp(`^${name}: .*\\d`, 'u'), stderr);
      // Of growth and lateness a few seconds tell nothing.
      deepEqual(
        beyond.filter((what) => !/grows|late$/u.test(what)),
        [],
        figures,
      );
    });
  }
});
