// The programs in the documents compile against the published package. Each code block is run as a reader would run it,
// or says why it is not.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { blocks, blocksOf, documents, placeOf, readText, root } from './blocks.js';
import { build, clear, compile, folderOf, Workshop } from './workshop.js';

/** Languages of which each block says whether it is run. */
const runnable = new Set(['ts', 'js', 'sh', 'powershell', 'yaml']);
/** Languages of which a block is data. */
const data = new Set(['json', 'xml', 'text']);

describe('What the documents show', function () {
  this.timeout(300_000);
  const reasons = new Map<string, number>();
  let run = 0;

  before(() => build());
  after(() => {
    clear();
    console.log(`      ${run} blocks were run or compared`);
    for (const [reason, count] of reasons) console.log(`      ${count} not run: ${reason}`);
  });

  it('has a language, and says whether it is run', () => {
    const strange = blocks.filter(({ language }) => !runnable.has(language) && !data.has(language));
    assert.deepEqual(strange.map(placeOf), [], 'a language that is not known');
    const silent = blocks.filter(({ language, marker }) => runnable.has(language) && marker === undefined);
    assert.deepEqual(
      silent.map(placeOf),
      [],
      'say before it <!-- run -->, or <!-- not run: REASON --> (test/docs/blocks.ts has the whole list)',
    );
  });

  it('is checked by a compiler that finds mistakes', async () => {
    const wrong = join(folderOf(blocks[0]!), 'wrong.ts');
    mkdirSync(dirname(wrong), { recursive: true });
    writeFileSync(wrong, "import { openEapHost } from 'eaphost';\nawait openEapHost({ runtime: 'none' });\n");
    await assert.rejects(compile([wrong]), /does not compile[^]*wrong\.ts\(2,/u);
  });

  for (const document of documents) {
    const shown = blocksOf(document).filter(({ marker }) => marker !== undefined);
    if (shown.length === 0) continue;
    it(`works: ${document.name}`, async () => {
      const workshop = await Workshop.open();
      try {
        for (const block of shown) {
          const { marker } = block;
          if (marker?.kind === 'not run') {
            reasons.set(marker.reason, (reasons.get(marker.reason) ?? 0) + 1);
            continue;
          }
          if (marker?.kind === 'is') {
            assert.ok(
              readText(marker.file).includes(block.text),
              `${placeOf(block)} is not what is in ${join(root, marker.file)}`,
            );
          } else {
            await workshop.run(block);
          }
          run += 1;
        }
      } finally {
        await workshop.close();
      }
    });
  }
});
