// The documents: their JSON is JSON, their XML is XML, their links lead somewhere, and the table of codes names every
// code of the package and no other.

import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { SaxesParser } from 'saxes';

import { readServeSource, toServeConfig } from '../../lib/cli/serve-config.js';
import { errorCodeNumber } from '../../lib/index.js';
import { makeTestAuthority } from '../../lib/methods/index.js';
import { profiles } from '../../lib/profiles/index.js';
import { blocks, documents, placeOf, readText, root } from './blocks.js';

/** What the package says, by file. */
const said = readdirSync(join(root, 'lib'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readText(join('lib', name)));

/** The package's own codes of errors. Others are names of variables, and of states inside lib/methods/tls. */
const own = new Set(
  said
    .flatMap((source) => [...source.matchAll(/'(EAPHOST_[A-Z_]+)'/gu)].map(([, code = '']) => code))
    .filter(
      (code) => !/_(?:BINARY|DEBUG|PASSWORD|SECRET|UNKNOWN)$|_TLS_(?:CLOSED|FAILED|REFUSED)$/u.test(code),
    ),
);

/** A guide by its name. */
const textOf = (guide: string): string =>
  documents.find(({ name }) => name.endsWith(`/${guide}.md`))?.text ?? assert.fail(`there is no ${guide}.md`);

const inLanguage = (name: string) => blocks.filter(({ language }) => language === name);

/** The headings of a text, as links name them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    [...text.replaceAll(/^```[^]*?^```$/gmu, '').matchAll(/^#+ (.*)$/gmu)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\w\s-]/gu, '')
        .replaceAll(/\s/gu, '-'),
    ),
  );
}

describe('The documents', () => {
  it('have JSON that is JSON', () => {
    const all = inLanguage('json');
    assert.ok(all.length > 0);
    for (const block of all) assert.doesNotThrow(() => JSON.parse(block.text), placeOf(block));
  });

  it('have XML that is well-formed', () => {
    const all = inLanguage('xml');
    assert.ok(all.length > 0);
    for (const block of all) {
      const parser = new SaxesParser({ xmlns: true });
      parser.on('error', (error) => assert.fail(`${placeOf(block)}: ${error.message}`));
      parser.write(block.text.trim()).close();
    }
  });

  it('have profiles that Windows could take', () => {
    const all = inLanguage('xml').filter(({ text }) => text.startsWith('<EapHostConfig'));
    assert.ok(all.length > 0);
    for (const block of all) assert.deepEqual(profiles.parseConfig(block.text).unknown, [], placeOf(block));
  });

  it('have configurations that eaphost serve takes', async () => {
    const all = inLanguage('json').filter(({ text }) => text.includes('"users"'));
    assert.ok(all.length > 0);
    const folder = mkdtempSync(join(tmpdir(), 'eaphost-serve-'));
    try {
      const { ca, issue } = makeTestAuthority();
      const { cert, key } = issue({ name: 'radius', purpose: 'server' });
      const files = { 'ca.pem': ca, 'server.pem': cert, 'server.key': key };
      for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
      for (const block of all) {
        const path = join(folder, 'serve.json');
        writeFileSync(path, block.text);
        const { methods } = toServeConfig(await readServeSource(path));
        assert.ok(methods.length > 0, placeOf(block));
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it('have links that lead somewhere', () => {
    for (const { name, path, text } of documents) {
      for (const [, target = '', anchor] of text.matchAll(
        /\]\((?!https?:)([^)#\s]*)(?:#([^)\s]+))?[^)]*\)/gu,
      )) {
        const file = target === '' ? path : join(dirname(path), target);
        assert.ok(existsSync(file), `${name} links to ${target}`);
        const linked = documents.find((document) => document.path === file);
        if (anchor === undefined || linked === undefined) continue;
        assert.ok(anchorsOf(linked.text).has(anchor), `${name} links to ${target}#${anchor}`);
      }
    }
  });

  it('quote what the package says', () => {
    const [, symptoms = ''] = textOf('troubleshooting').split('## By symptom');
    const quoted = [...symptoms.matchAll(/^\| [^|]*"([^"|]+)"/gmu)].map((match) => match[1]!);
    assert.ok(quoted.length >= 3);
    for (const words of quoted) {
      const pieces = words.split(/ ?(?:\d+|…) ?/u).filter((piece) => piece !== '');
      const isSaid = said.some((source) => pieces.every((piece) => source.includes(piece)));
      assert.ok(isSaid, `nothing in lib says "${words}"`);
    }
  });

  it('name every code of the package and no code that there is not', () => {
    const guide = textOf('troubleshooting');
    const table = /<!-- codes[^]*?-->([^]*)<!-- end of codes -->/u.exec(guide)?.[1] ?? '';
    const named = [...table.matchAll(/^\| `([A-Z0-9_]+)`/gmu)].map((match) => match[1]!);
    assert.ok(named.length > 10);
    assert.ok(own.size > 20);
    assert.deepEqual(
      [...own].filter((code) => !named.includes(code)),
      [],
    );
    for (const code of named) {
      if (code.startsWith('EAPHOST_')) assert.ok(own.has(code), code);
      else assert.ok(errorCodeNumber(code) !== undefined, code);
    }
  });
});
