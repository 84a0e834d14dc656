// The guide "What servers and peers do" says what the baselines have, no less and no more.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { conformanceCases } from '../../lib/conformance/index.js';
import { linkOf } from '../../lib/conformance/sources.js';

const root = join(import.meta.dirname, '..', '..', '..');
const folder = join(root, 'test', 'interop', 'baselines');
const guide = readFileSync(join(root, 'scripts', 'docs', 'guides', 'conformance-results.md'), 'utf8');

describe('What servers and peers do', () => {
  it('is what its script makes of the baselines', async () => {
    const script = pathToFileURL(join(root, 'scripts', 'docs', 'conformance-results.mjs')).href;
    const module: unknown = await import(script);
    const { conformanceResults } = module as { conformanceResults: () => Promise<string> };
    assert.equal(
      guide,
      await conformanceResults(),
      'run npx tsc && node scripts/docs/conformance-results.mjs',
    );
  });

  it('is preceded by one that names the documents which were not read', () => {
    const path = join(root, 'scripts', 'docs', 'guides', 'conformance.md');
    const [, named = ''] =
      /at present those are (.+?), as the record/su.exec(readFileSync(path, 'utf8')) ?? [];
    for (const { id, source, sourceNotRead } of conformanceCases) {
      const isNamed = named.includes(source.document) || named.includes(`${id.split('-', 1)[0]}-*`);
      assert.equal(isNamed, sourceNotRead === true, id);
    }
  });

  it('has each sentence of each baseline, with the level of its case', () => {
    const items = guide
      .split('\n- ')
      .slice(1)
      .map((item) => (item.split('\n\n', 1)[0] ?? '').replaceAll(/\s+/gu, ' ').trim());
    const lines = readdirSync(folder).flatMap((file) =>
      readFileSync(join(folder, file), 'utf8')
        .split('\n')
        .filter((line) => /^[a-z]/u.test(line)),
    );
    assert.ok(lines.length > 50);
    const expected = lines.map((line) => {
      const [id = '', rest = ''] = line.split('  ');
      const found = conformanceCases.find((each) => each.id === id);
      assert.ok(found, id);
      const unread = found.sourceNotRead ? ', source not read' : '';
      const level = `[${found.level}](${linkOf(found.source)})${unread}`;
      const [, methods, reason] = /^(?:\((.+?)\) )?(.+)$/u.exec(rest) ?? [];
      return `\`${id}\` (${methods === undefined ? level : `${level}; ${methods}`}): ${reason}`;
    });
    assert.deepEqual(items.toSorted(), expected.toSorted());
  });
});
