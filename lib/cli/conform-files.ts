// The files that `eaphost conform` writes of its results.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CaseResult } from '../conformance/case.js';
import { type ReportOptions, toBadge, toCapture, toJUnit, toTap } from '../conformance/reports.js';
import { toResultsPage } from '../conformance/results-page.js';
import type { ConformOptions } from './conform-options.js';
import { PrivateFile, writePrivateFile } from './files.js';

/** The files that were asked for. What is not written is left as it was. */
export interface Reports extends AsyncDisposable {
  write(results: readonly CaseResult[], options: ReportOptions): Promise<void>;
}

/** Tries whether the files can be written, before a run that may take minutes. Throws UsageError. */
export async function openReports({ values }: ConformOptions): Promise<Reports> {
  const makers = { html: toResultsPage, junit: toJUnit, tap: toTap, badge: toBadge };
  const files: [PrivateFile, (typeof makers)[keyof typeof makers]][] = [];
  for (const name of ['html', 'junit', 'tap', 'badge'] as const) {
    const path = values[name];
    if (path !== undefined) files.push([await PrivateFile.open(path), makers[name]]);
  }
  const { captures: folder } = values;
  if (folder !== undefined) await mkdir(folder, { recursive: true, mode: 0o700 });
  return {
    async write(results, options) {
      for (const [file, make] of files.splice(0)) await file.write(make(results, options));
      if (folder === undefined) return;
      for (const result of results.filter(({ verdict }) => verdict === 'failed')) {
        const capture = toCapture(result, options.startedAt);
        if (capture) await writePrivateFile(join(folder, `${result.id}.pcapng`), capture);
      }
    },
    async [Symbol.asyncDispose]() {
      for (const [file] of files.splice(0)) await file.close();
    },
  };
}
