// The utility process' side of a trial: takes a job, tells how it goes, and how it ended.

import { openHost, type Settings } from './settings.js';
import { runTrial, type TrialJob } from './trial.js';
import type { FromWorker, ToWorker } from './trials.js';

/** What is needed of Electron's `process.parentPort`. */
export interface Port {
  postMessage(message: FromWorker): void;
  on(event: 'message', listener: (event: { readonly data: ToWorker }) => void): unknown;
}

/** Serves the main process at the other end of `port`. */
export function serveTrials(port: Port): void {
  const cancelled = new AbortController();
  const run = async (job: TrialJob, settings: Settings): Promise<void> => {
    const outcome = await runTrial(
      job,
      (onEvent) => openHost(settings, onEvent),
      (progress) => port.postMessage({ kind: 'progress', progress }),
      cancelled.signal,
    );
    port.postMessage({ kind: 'outcome', outcome });
  };
  port.on('message', ({ data }) => {
    if (data.kind === 'try') void run(data.job, data.settings);
    else cancelled.abort(new Error('The trial was cancelled.'));
  });
}
