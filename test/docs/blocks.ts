// The project's documents and the blocks of code in them. A comment before a block of a language that can be run says
// what becomes of it:
//
//   <!-- run -->             it is run; behind it, in this order where there are several:
//       as=FILE              it is written under this name, for the blocks behind it
//       with=SCENE           what must be there beforehand (scenes.ts)
//       background           it runs until the document ends; the next block comes after its first line
//       by=DRIVER            its functions are called (drivers.ts)
//       args="A B"           its arguments
//       ends=N               its exit code; 0 if none is given
//       prints="PATTERN"     what it must print
//   <!-- printed -->         what the block before it printed, but for numbers
//   <!-- is FILE -->         the same as this file of the repository, which is tested as a file
//   <!-- not run: REASON -->

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../../', import.meta.url));

/** A document. */
export interface Document {
  /** Below the root. */
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** What is to become of a block. */
export type Marker =
  | { readonly kind: 'run'; readonly settings: ReadonlyMap<string, string> }
  | { readonly kind: 'printed' }
  | { readonly kind: 'is'; readonly file: string }
  | { readonly kind: 'not run'; readonly reason: string };

/** A block of code. */
export interface Block {
  readonly document: Document;
  /** Of its fence, from 1. */
  readonly line: number;
  readonly language: string;
  readonly text: string;
  readonly marker: Marker | undefined;
}

/** A file of the repository, with the line ends of Unix. */
export function readText(name: string): string {
  return readFileSync(join(root, name), 'utf8').replaceAll('\r\n', '\n');
}

const guides = 'scripts/docs/guides';

/** Every document of the project. */
export const documents: readonly Document[] = [
  'README.md',
  ...readdirSync(join(root, guides))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${guides}/${name}`),
  ...['CHANGELOG', 'CONTRIBUTING', 'SECURITY'].map((name) => `.github/${name}.md`),
].map((name) => ({ name, path: join(root, name), text: readText(name) }));

const settingNames = new Set(['as', 'with', 'background', 'by', 'args', 'ends', 'prints']);

function parseMarker(text: string): Marker {
  const [, words, rest = ''] = /^(run|printed|is|not run:)(?: (.*))?$/u.exec(text) ?? [];
  if (words === 'printed') return { kind: 'printed' };
  if (words === 'is') return { kind: 'is', file: rest };
  if (words === 'not run:' && rest !== '') return { kind: 'not run', reason: rest };
  assert.ok(words === 'run', `<!-- ${text} --> is no marker`);
  const settings = new Map<string, string>();
  for (const [, name = '', quoted, plain] of rest.matchAll(/(\S+?)(?:=(?:"([^"]*)"|(\S+)))?(?: |$)/gu)) {
    assert.ok(settingNames.has(name), `<!-- ${text} -->: ${name} is not known`);
    settings.set(name, quoted ?? plain ?? '');
  }
  return { kind: 'run', settings };
}

/** The blocks of a document, in order. */
export function blocksOf(document: Document): Block[] {
  const lines = document.text.split('\n');
  const blocks: Block[] = [];
  let marker: string | undefined;
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const fence = /^\s*```(\w*)$/u.exec(line);
    if (fence) {
      const end = lines.indexOf(line.replace(/\w+$/u, ''), at + 1);
      assert.ok(end > at, `${document.name}:${at + 1}: the block has no end`);
      blocks.push({
        document,
        line: at + 1,
        language: fence[1] ?? '',
        text: `${lines.slice(at + 1, end).join('\n')}\n`,
        marker: marker === undefined ? undefined : parseMarker(marker),
      });
      at = end;
    }
    if (line.trim() !== '') marker = /^<!-- (.*) -->$/u.exec(line)?.[1];
  }
  return blocks;
}

/** Where a block is, for messages. */
export const placeOf = ({ document, line }: Block): string => `${document.name}:${line}`;

/** Every block. */
export const blocks: readonly Block[] = documents.flatMap(blocksOf);
