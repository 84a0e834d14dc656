// The baselines: what the servers and peers of others fail, as --baseline reads it: the case, the methods that it fails
// with in parentheses where others pass it, and why it is believed.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

import { type CaseResult, conformanceCases } from '../../lib/conformance/index.js';

/** Those that there are. */
export type BaselineName = 'freeradius' | 'hostapd' | 'eapol_test' | 'wpa_supplicant';

const folder = new URL('../../../test/interop/baselines/', import.meta.url);

/** The cases of a baseline that fail with a method. */
export function knownFailures(name: BaselineName, method: string): string[] {
  const lines = readFileSync(new URL(`${name}.txt`, folder), 'utf8').split('\n');
  return lines
    .map(
      (line) =>
        /^([a-z]\S+) {2}(?:\(([a-z0-9, -]+)\) )?[A-Z].+\.$/u.exec(line) ??
        assert.ok(/^(?:#|$)/u.test(line), line),
    )
    .flatMap((match) => {
      const [, id = '', methods] = match ?? [];
      assert.ok(!id || conformanceCases.some((each) => each.id === id), `there is no case ${id}`);
      return id && (methods?.split(', ').includes(method) ?? true) ? [id] : [];
    });
}

/** The results must be those that the baseline has, `without` cases that were not run. */
export function assertAsKnown(
  name: BaselineName,
  method: string,
  results: readonly CaseResult[],
  without: readonly string[] = [],
): void {
  const failures = new Map(
    results
      .filter(({ verdict }) => verdict === 'failed' || verdict === 'inconclusive')
      .map(({ id, verdict, reason }): [string, string] => [id, `${verdict}: ${reason}`]),
  );
  const known = knownFailures(name, method)
    .filter((id) => !without.includes(id))
    // What is about other methods is not in the way of those that have no list of methods.
    .filter((id) => results.find((each) => each.id === id)?.verdict !== 'notApplicable');
  const anew = [...failures].filter(([id, reason]) => !known.includes(id) || !reason.startsWith('failed'));
  assert.deepEqual(anew, [], 'failed anew');
  const mended = known.filter((id) => !failures.has(id));
  assert.deepEqual(mended, [], `passed: take them out of baselines/${name}.txt, or out of their methods`);
}
