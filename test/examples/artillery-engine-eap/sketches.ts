// A reporter for Artillery that keeps the sketches of the histograms in the report of `--output`, from which Artillery
// drops them: percentiles of several reports can be merged only out of sketches.
//
//   CUSTOM_REPORTERS=artillery-engine-eap/sketches npx artillery run --output report.json load-test.yml

import type { EventEmitter } from 'node:events';

import type { DDSketch } from '@artilleryio/sketches-js';

/** The statistics of a whole run, which become the `aggregate` of the report. */
interface Stats {
  readonly histograms?: Readonly<Record<string, DDSketch>>;
  sketches?: Readonly<Record<string, string>>;
}

/** Called by Artillery before it listens itself. */
export default function keepSketches(events: EventEmitter): object {
  events.once('done', (stats: Stats) => {
    stats.sketches = Object.fromEntries(
      Object.entries(stats.histograms ?? {}).map(([name, sketch]) => [
        name,
        Buffer.from(sketch.toProto()).toString('base64'),
      ]),
    );
  });
  return {};
}
