// The main process' side of a trial: a utility process for each, which ends with it.

import type { Outcome, Progress } from './api.js';
import type { Settings } from './settings.js';
import type { TrialJob } from './trial.js';

/** To the utility process. */
export type ToWorker =
  { readonly kind: 'try'; readonly job: TrialJob; readonly settings: Settings } | { readonly kind: 'cancel' };

/** From it. */
export type FromWorker =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'outcome'; readonly outcome: Outcome };

/** What is needed of Electron's UtilityProcess. */
export interface Worker {
  postMessage(message: ToWorker): void;
  on(event: 'message', listener: (message: FromWorker) => void): unknown;
  on(event: 'exit', listener: (code: number) => void): unknown;
  kill(): boolean;
}

/** A trial that goes on. */
export interface Trial {
  readonly outcome: Promise<Outcome>;
  cancel(): void;
}

/** Starts a process with `fork` and has it try `job`. The job's blobs are wiped here as soon as it has them. */
export function startTrial(
  fork: () => Worker,
  job: TrialJob,
  settings: Settings,
  onProgress: (progress: Progress) => void,
): Trial {
  const port = fork();
  const outcome = new Promise<Outcome>((resolve) => {
    port.on('message', (message) => {
      if (message.kind === 'progress') {
        onProgress(message.progress);
        return;
      }
      resolve(message.outcome);
      port.kill();
    });
    port.on('exit', (code) => {
      const explanation = `The process of the trial ended with code ${code}, before there was a result.`;
      resolve({ isSuccess: false, explanation, ladder: [] });
    });
  });
  port.postMessage({ kind: 'try', job, settings });
  job.config.fill(0);
  job.credentials?.fill(0);
  return { outcome, cancel: () => port.postMessage({ kind: 'cancel' }) };
}
