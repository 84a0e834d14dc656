// The reference and the guides as pages in build/docs. An export without a doc comment, or a link that leads nowhere,
// is an error. TypeDoc is in a folder of its own, scripts/docs, with the TypeScript that it needs.
// Usage: node scripts/docs.mjs

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { pathToFileURL } from 'node:url';

import { ensurePackages, inRoot, run } from './tools.mjs';

export function buildDocs() {
  ensurePackages();
  const folder = inRoot('scripts', 'docs');
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const stamp = join(folder, 'node_modules', '.installed');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
    run('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder });
    writeFileSync(stamp, lock);
  }
  run(process.execPath, ['node_modules/typedoc/bin/typedoc', '--options', 'typedoc.json'], { cwd: folder });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) buildDocs();
