// The endurance runs in their short form, and the line that they fit.

import { deepEqual, equal, ok } from 'node:assert/strict';

import { seeded } from '../radius/support.js';
import { runs } from '../soak/runs.js';
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
  for (const [name, run] of Object.entries(runs)) {
    it(name, async () => {
      const { figures, beyond } = await run({});
      // Of memory and lateness a few seconds tell nothing.
      deepEqual(
        beyond.filter((what) => !/grows|late$/u.test(what)),
        [],
        figures,
      );
    });
  }
});
