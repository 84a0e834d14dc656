// Which folder of native includes which, as the sources say: only what is below it, and so never in a circle.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** From the bottom. Those of one floor do not know each other. */
const floors = [
  ['abi'],
  ['platform'],
  ['threads', 'values'],
  ['system', 'supplicant', 'method'],
  ['embedded', 'shim', 'probe'],
  ['addon'],
];
const floorOf = new Map(floors.flatMap((folders, floor) => folders.map((folder) => [folder, floor])));

const folders = readdirSync('native', { withFileTypes: true }).filter((entry) => entry.isDirectory());

/** What `pattern` captures in each source of native, with where it stands. */
function captures(pattern: RegExp): { folder: string; file: string; captured: string }[] {
  return folders.flatMap(({ name: folder }) =>
    readdirSync(join('native', folder))
      .filter((name) => /\.(cc|h)$/.test(name))
      .flatMap((file) => {
        const text = readFileSync(join('native', folder, file), 'utf8');
        return [...text.matchAll(pattern)].map(([, captured = '']) => ({ folder, file, captured }));
      }),
  );
}

describe("native's folders", () => {
  it('each have a floor', () => {
    assert.deepEqual(folders.map(({ name }) => name).toSorted(), [...floorOf.keys()].toSorted());
  });

  it('include only what is below them', () => {
    const all = captures(/^#include "native\/([^/"]+)\//gm).filter((one) => one.captured !== one.folder);
    assert.ok(all.length > 100, 'the includes are found');
    const wrong = all.filter(
      ({ folder, captured }) => (floorOf.get(captured) ?? Infinity) >= (floorOf.get(folder) ?? 0),
    );
    assert.deepEqual(wrong, []);
  });

  it('are named as the namespaces in them', () => {
    // The headers of our own exports lie with the ABI that they extend.
    const all = captures(/^namespace eaphost::(\w+)/gm).filter(({ folder }) => folder !== 'abi');
    assert.ok(all.length > 100, 'the namespaces are found');
    assert.deepEqual(
      all.filter(({ folder, captured }) => captured !== folder),
      [],
    );
  });
});
