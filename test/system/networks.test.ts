// The real services of a Windows machine that keep networks, of which there may be none: the questions about them of
// `eaphost probe`, which change nothing, must be answered as the documents of this package say. Needs Windows; elsewhere
// it fails.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { callWindows } from '../../lib/native/registry.js';
import { Bench } from '../../lib/probe/bench.js';
import { networkProbes } from '../../lib/probe/network-probes.js';
import { sentencesOf } from '../../lib/probe/page.js';
import { answer } from '../../lib/probe/probe.js';

describe("Windows' networks", () => {
  let root: string;
  let bench: Bench;
  before(async () => {
    const { wineVersion, nativeMachine } = await callWindows('queryProcess', {});
    root = mkdtempSync(join(tmpdir(), 'eaphost-networks-'));
    bench = new Bench({ mayRestart: false, wineVersion, nativeMachine, root });
  });
  after(() => {
    assert.equal(bench.close(), undefined);
    rmSync(root, { recursive: true });
  });

  for (const probe of networkProbes) {
    it(probe.question, async () => {
      const answered = await answer(probe, bench);
      console.log(JSON.stringify(answered, null, 2));
      assert.equal(answered.claims.length, probe.claims?.length, 'it was answered');
      assert.ok(
        answered.claims.every(({ holds }) => holds),
        sentencesOf(answered).join('\n'),
      );
    });
  }
});
