#!/usr/bin/env node
// Merges reports of several machines as Artillery does those of its workers: counters are added, sketches merged, and
// percentiles come out of the merged sketches, as exact as in each report, to 1 %. Rates are left out: a report has
// only means of them. Usage: artillery-eap-merge REPORT... >merged.json

import { readFileSync } from 'node:fs';

import { DDSketch } from '@artilleryio/sketches-js';

/** The whole run in a report. */
interface Aggregate {
  readonly counters: Readonly<Record<string, number>>;
  /** Kept by the reporter artillery-engine-eap/sketches. */
  readonly sketches: Readonly<Record<string, string>>;
  /** Milliseconds since 1970 by the clock of the machine. */
  readonly firstMetricAt: number;
  readonly lastMetricAt: number;
}

type Fields = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function isAggregate(value: unknown): value is Aggregate {
  if (!isObject(value)) return false;
  const { counters, sketches, firstMetricAt, lastMetricAt } = value;
  return (
    isObject(counters) &&
    Object.values(counters).every((count) => typeof count === 'number') &&
    isObject(sketches) &&
    Object.values(sketches).every((sketch) => typeof sketch === 'string') &&
    typeof firstMetricAt === 'number' &&
    typeof lastMetricAt === 'number'
  );
}

function read(path: string): Aggregate {
  const report: unknown = JSON.parse(readFileSync(path, 'utf8'));
  if (isObject(report) && isAggregate(report['aggregate'])) return report['aggregate'];
  throw new Error('no report with sketches; CUSTOM_REPORTERS=artillery-engine-eap/sketches keeps them');
}

/** Each name's values of all reports, made one by `join`. */
function joined<Value>(
  all: readonly Readonly<Record<string, Value>>[],
  join: (a: Value, b: Value) => Value,
): Record<string, Value> {
  const result = new Map<string, Value>();
  for (const [name, value] of all.flatMap((values) => Object.entries(values))) {
    const before = result.get(name);
    result.set(name, before === undefined ? value : join(before, value));
  }
  return Object.fromEntries([...result].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function mergeSketches(a: DDSketch, b: DDSketch): DDSketch {
  a.merge(b);
  return a;
}

const quantiles = { p50: 0.5, median: 0.5, p75: 0.75, p90: 0.9, p95: 0.95, p99: 0.99, p999: 0.999 };

/** As in Artillery's reports. */
function summarize(sketch: DDSketch): Record<string, number> {
  const { min, max, count, sum } = sketch;
  const values = Object.entries(quantiles).map(([name, quantile]) => [
    name,
    rounded(sketch.getValueAtQuantile(quantile)),
  ]);
  return {
    min: rounded(min),
    max: rounded(max),
    count,
    mean: rounded(sum / count),
    ...Object.fromEntries(values),
  };
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10;
}

function merge(reports: readonly Aggregate[]): object {
  const decoded = reports.map(({ sketches }) =>
    Object.fromEntries(
      Object.entries(sketches).map(([name, text]) => [name, DDSketch.fromProto(Buffer.from(text, 'base64'))]),
    ),
  );
  const sketches = joined(decoded, mergeSketches);
  const each = <Value>(make: (sketch: DDSketch) => Value) =>
    Object.fromEntries(Object.entries(sketches).map(([name, sketch]) => [name, make(sketch)]));
  const summaries = each(summarize);
  return {
    counters: joined(
      reports.map(({ counters }) => counters),
      (a, b) => a + b,
    ),
    rates: {},
    firstMetricAt: Math.min(...reports.map(({ firstMetricAt }) => firstMetricAt)),
    lastMetricAt: Math.max(...reports.map(({ lastMetricAt }) => lastMetricAt)),
    summaries,
    histograms: summaries,
    sketches: each((sketch) => Buffer.from(sketch.toProto()).toString('base64')),
  };
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

const paths = process.argv.slice(2);
try {
  if (paths.length === 0) throw new Error('Usage: artillery-eap-merge REPORT... >merged.json');
  const reports = paths.map((path) => {
    try {
      return read(path);
    } catch (error) {
      throw new Error(`${path}: ${describe(error)}`, { cause: error });
    }
  });
  process.stdout.write(`${JSON.stringify({ aggregate: merge(reports), intermediate: [] }, undefined, 2)}\n`);
} catch (error) {
  process.stderr.write(`${describe(error)}\n`);
  process.exitCode = 1;
}
