// The known answers: what this package's own run-time answers under Wine, where it is in the place of EAPHost. Written by
// `node dist/test/probe/known.js REPORT`, where REPORT is what `eaphost probe --json` printed: look at what has changed.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { isObject } from '../../lib/base/guards.js';

const file = join(import.meta.dirname, '..', '..', '..', 'test', 'probe', 'known.json');

/** What differs from one run or one Wine to the next, by the name of its field. */
export const volatile: ReadonlySet<string> = new Set([
  'milliseconds',
  'privileges',
  'commandLine',
  'servedBy',
  'account',
  'user',
  'session of the process',
  'adapters',
]);

/** An answer without what differs from run to run. */
export function steady(value: unknown, name = ''): unknown {
  if (volatile.has(name)) return '(volatile)';
  if (Array.isArray(value)) {
    const items: readonly unknown[] = value;
    return items.map((each) => steady(each));
  }
  if (isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, steady(each, key)]));
  }
  // A process by its path, with its number or without.
  if (typeof value === 'string')
    return value
      .replace(/^.*\\(\w+\.exe)(?: \d+)?$/u, '$1')
      .replace(/^S-1-[-\d]+$|^<account>-\d+$/u, '(account)');
  return value;
}

/** The table. */
export const known: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(file, 'utf8'));

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const report: { answers: { id: string; answer: unknown }[] } = JSON.parse(
    readFileSync(process.argv[2] ?? '', 'utf8')
      .trim()
      .split('\n')
      .at(-1) ?? '',
  );
  const table = Object.fromEntries(report.answers.map(({ id, answer }) => [id, steady(answer)]));
  writeFileSync(file, `${JSON.stringify(table, null, 1)}\n`);
}
