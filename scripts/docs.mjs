// The reference and the guides as pages in build/docs. An export without a doc comment, or a link that leads nowhere,
// is an error; scripts/docs/subjects.mjs has the subject of each. TypeDoc is in a folder of its own, scripts/docs, with the
// TypeScript that it needs.
// Usage: node scripts/docs.mjs

import { pathToFileURL } from 'node:url';

import { ensurePackages, inRoot, run } from './tools.mjs';

export function buildDocs() {
  ensurePackages();
  ensurePackages('scripts', 'docs');
  run(process.execPath, ['node_modules/typedoc/bin/typedoc', '--options', 'typedoc.json'], {
    cwd: inRoot('scripts', 'docs'),
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) buildDocs();
