// A straight line fitted to measurements, and the standard error of its slope.

/** A slope with its standard error, in units of y for each of x. */
export interface Slope {
  readonly slope: number;
  readonly error: number;
}

type Point = readonly [x: number, y: number];

/**
 * The least-squares slope. Neighbours that resemble each other count as fewer points: memory wanders, and what wanders
 * looks like a slope to a test that takes each point for independent.
 */
export function slopeOf(points: readonly Point[]): Slope {
  if (points.length < 4) throw new RangeError(`a slope needs four points, not ${points.length}`);
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(([at]) => at)), mean(points.map(([, value]) => value))];
  const spread = points.reduce((sum, [at]) => sum + (at - x) ** 2, 0);
  const slope = points.reduce((sum, [at, value]) => sum + (at - x) * (value - y), 0) / spread;
  const rest = points.map(([at, value]) => value - y - slope * (at - x));
  const squares = rest.reduce((sum, each) => sum + each ** 2, 0);
  const products = rest.slice(1).reduce((sum, each, index) => sum + each * (rest[index] ?? 0), 0);
  const likeness = squares === 0 ? 0 : Math.max(0, products / squares);
  const counted = Math.max(3, (points.length * (1 - likeness)) / (1 + likeness));
  return { slope, error: Math.sqrt(squares / (counted - 2) / spread) * Math.sqrt(points.length / counted) };
}

/** Whether it rises beyond what chance would do: by more than three standard errors. */
export function rises({ slope, error }: Slope): boolean {
  return slope > 3 * error;
}
